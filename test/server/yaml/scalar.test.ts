import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../../server/src/yaml/nodes.ts';
import { parseYaml } from '../../../server/src/yaml/parse.ts';
import { resolveScalar, scalarTag } from '../../../server/src/yaml/scalar.ts';

const scalar = (text: string) => {
  const { root } = parseYaml(text, 'yaml.v2');
  if (root?.kind !== 'scalar') throw new Error(`not a scalar: ${text}`);
  return root;
};
const value = (text: string, dialect: Dialect): unknown => {
  const resolved = resolveScalar(scalar(text), dialect);
  if (resolved.type === 'error') return new Error(resolved.message);
  return resolved.type === 'null' ? null : resolved.type === 'time' ? `time ${resolved.text}` : resolved.value;
};

/** Text, value in yaml.v2, value in yaml.v3 where it is another one. */
const table: [text: string, v2: unknown, v3?: unknown][] = [
  ...['true', 'True', 'TRUE'].map((text): [string, unknown] => [text, true]),
  ...['false', 'False', 'FALSE'].map((text): [string, unknown] => [text, false]),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON'].map((text): [string, unknown, unknown] => [text, true, text]),
  ...['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF'].map((text): [string, unknown, unknown] => [text, false, text]),
  ...['---', '~', 'null', 'Null', 'NULL'].map((text): [string, unknown] => [text, null]),
  ...['tRue', 'yEs', 'nULL', 'oN', 'Infinity', 'NaN', '.', '-', '+', '_1', '=', '<<', '12:30', '0x', '0xg', '1e', '1e400', '--1'].map(
    (text): [string, unknown] => [text === '-' ? '--' : text, text === '-' ? '--' : text],
  ),
  ['0', 0n],
  ['-0', 0n],
  ['+12', 12n],
  ['1_000', 1000n],
  ['1__0_', 10n],
  ['0660', 432n],
  ['-0660', -432n],
  ['0o660', 432n],
  ['0O17', 15n],
  ['0x1F', 31n],
  ['0X1f', 31n],
  ['0b101', 5n],
  ['-0b11', -3n],
  ['0b-1', -1n],
  ['0o-7', '0o-7', -7n],
  ['08080', 8080],
  ['0668', 668],
  ['9223372036854775807', 2n ** 63n - 1n],
  ['-9223372036854775808', -(2n ** 63n)],
  ['9223372036854775808', 2n ** 63n],
  ['18446744073709551615', 2n ** 64n - 1n],
  ['18446744073709551616', 2 ** 64],
  ['-9223372036854775809', -(2 ** 63)],
  ['+9223372036854775808', 2 ** 63],
  ['1e3', 1000],
  ['1.5E-2', 0.015],
  ['5.', 5],
  ['.5', 0.5],
  ['-.5', -0.5],
  ['.1_0', 0.1],
  ['._5', '._5'],
  ['1_0.5', 10.5],
  ['.inf', Infinity],
  ['+.Inf', Infinity],
  ['-.INF', -Infinity],
  ['.NaN', Number.NaN],
  ['2001-01-01', '2001-01-01', 'time 2001-01-01'],
  ['2001-1-1', '2001-1-1', 'time 2001-1-1'],
  ['2001-02-29', '2001-02-29'],
  ['2000-02-29', '2000-02-29', 'time 2000-02-29'],
  ['2001-01-01 1:2:3.5', '2001-01-01 1:2:3.5', 'time 2001-01-01 1:2:3.5'],
  ['2001-01-01T01:02:03Z', '2001-01-01T01:02:03Z', 'time 2001-01-01T01:02:03Z'],
  ['2001-01-01T01:02:03', '2001-01-01T01:02:03'],
  ['2001-01-01t01:02:03+05:30', '2001-01-01t01:02:03+05:30', 'time 2001-01-01t01:02:03+05:30'],
  ['2001-01-01T25:02:03Z', '2001-01-01T25:02:03Z'],
  ['"5"', '5'],
  ["'true'", 'true'],
  ['""', ''],
  ['|\n 5', '5'],
  ['!!str 5', '5'],
  ['!!str', ''],
  ['!!int "5"', 5n],
  ['!!float 5', 5],
  ['!!float 1.5', 1.5],
  ['!!bool yes', true, new Error('cannot decode !!str `yes` as a !!bool')],
  ['!!null ~', null],
  ['!!timestamp "2001-01-01"', '2001-01-01', 'time 2001-01-01'],
  ['! 5', '5', 5n],
  ['! ""', ''],
  ['!x 5', '5'],
  ['!!merge <<', '<<'],
  ['!!binary aGk=', 'hi'],
  ['!!binary a', new Error('!!binary value contains invalid base64 data')],
  ['!!int abc', new Error('cannot decode !!str `abc` as a !!int')],
  ['!!int 5.5', new Error('cannot decode !!float `5.5` as a !!int')],
  ['!!int ""', new Error('cannot decode !!null `` as a !!int')],
  ['!!float 18446744073709551615', new Error('cannot decode !!int `18446744073709551615` as a !!float')],
  ['!!null x', new Error('cannot decode !!str `x` as a !!null')],
  ['!!timestamp 5', new Error('cannot decode !!int `5` as a !!timestamp')],
];

describe('values', () => {
  it.each(table)('%j', (text, v2, ...v3) => {
    expect(value(text, 'yaml.v2')).toEqual(v2);
    expect(value(text, 'yaml.v3')).toEqual(v3.length === 0 ? v2 : v3[0]);
  });

  it('use uint only above int64', () => {
    expect(resolveScalar(scalar('9223372036854775807'), 'yaml.v2').type).toBe('int');
    expect(resolveScalar(scalar('9223372036854775808'), 'yaml.v2').type).toBe('uint');
  });
});

it('names tags as messages do', () => {
  const tags = ['abc', '5', '1.5', 'yes', '2001-01-01', '"5"', '!!int 5', '!x 5'].map((text) => scalarTag(scalar(text), 'yaml.v2'));
  expect(tags).toEqual(['!!str', '!!int', '!!float', '!!bool', '!!timestamp', '!!str', '!!int', '!x']);
});
