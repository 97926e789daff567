import { describe, expect, it } from 'vitest';
import { content, effectiveEntries } from '../../../server/src/yaml/compose.ts';
import { decodeProblem } from '../../../server/src/yaml/decode.ts';
import type { RootType } from '../../../server/src/yaml/decode.ts';
import type { Dialect } from '../../../server/src/yaml/nodes.ts';
import { parseYaml } from '../../../server/src/yaml/parse.ts';

/** The last item of a list, as `key=value` (value's source), merged entries marked; then what was overridden. */
const entries = (text: string, dialect: Dialect): { entries: string[]; overridden: string[] } => {
  const { root, problem } = parseYaml(text, dialect);
  const last = root?.kind === 'sequence' ? content(root.items.at(-1)!) : root;
  if (last?.kind !== 'mapping') throw new Error(problem?.message ?? 'no mapping');
  const found = effectiveEntries(last, dialect);
  const show = ({ key, valueNode, merged }: (typeof found.entries)[number]): string =>
    `${key.type === 'null' ? '~' : key.type === 'time' ? key.text : String(key.value)}=${text.slice(valueNode.start, valueNode.end)}${merged ? ' merged' : ''}`;
  return { entries: found.entries.map(show), overridden: found.overridden.map(show) };
};

describe('entries of a mapping', () => {
  it.each<[string, string[], string[]]>([
    ['{a: 1, b: 2, a: 3}', ['a=3', 'b=2'], ['a=1']],
    ['{1: a, "1": b, 1.0: c, 0x1: d}', ['1=d', '1=b', '1=c'], ['1=a']],
    ['{~: a, yes: b, n: c}', ['~=a', 'true=b', 'false=c'], []],
    ['{.nan: a, .nan: b}', ['NaN=a', 'NaN=b'], []],
    ['- &x {a: 1, b: 2}\n- {<<: *x, a: 3}', ['a=3', 'b=2 merged'], ['a=1 merged']],
    ['- &x {a: 1, b: 2}\n- {a: 3, <<: *x}', ['a=1 merged', 'b=2 merged'], ['a=3']],
    ['{<<: [{a: 1}, {a: 2, b: 3}]}', ['a=1 merged', 'b=3 merged'], ['a=2 merged']],
    ['{"<<": 1, b: 2}', ['<<=1', 'b=2'], []],
    ['{! "<<": {a: 1}}', ['a=1 merged'], []],
    ['- &x {<<: {c: 1}, d: 2}\n- {<<: *x, c: 3}', ['c=3', 'd=2 merged'], ['c=1 merged']],
  ])('yaml.v2 %j', (text, wanted, overridden) => {
    expect(entries(text, 'yaml.v2')).toEqual({ entries: wanted, overridden });
  });

  it.each<[string, string[]]>([
    ['- &x {a: 1, b: 2}\n- {a: 3, <<: *x}', ['a=3', 'b=2 merged']],
    ['{<<: [{a: 1}, {a: 2, b: 3}]}', ['a=1 merged', 'b=3 merged']],
    ['- &x {<<: {c: 1}, d: 2}\n- {<<: *x, e: 3}', ['e=3', 'd=2 merged', 'c=1 merged']],
    ['{yes: a, true: b}', ['yes=a', 'true=b']],
  ])('yaml.v3 %j', (text, wanted) => {
    expect(entries(text, 'yaml.v3').entries).toEqual(wanted);
  });
});

describe('problems with values', () => {
  const problem = (text: string, dialect: Dialect, wanted?: RootType): unknown => {
    const parsed = parseYaml(text, dialect);
    expect(parsed.problem).toBeUndefined();
    const found = decodeProblem(parsed, text, dialect, wanted);
    return found === undefined ? undefined : [found.message, text.slice(found.start, found.end)];
  };

  it.each<[string, RootType, string, string]>([
    ['a: b', 'list', 'unmarshal errors:\n  line 1: cannot unmarshal !!map into []interface {}', 'a: b'],
    ['\n\nhello', 'list', 'unmarshal errors:\n  line 3: cannot unmarshal !!str `hello` into []interface {}', 'hello'],
    ['hello world', 'list', 'unmarshal errors:\n  line 1: cannot unmarshal !!str `hello w...` into []interface {}', 'hello world'],
    ['2001-01-01', 'list', 'unmarshal errors:\n  line 1: cannot unmarshal !!timestamp `2001-01-01` into []interface {}', '2001-01-01'],
    ['- !!int x', 'list', 'cannot decode !!str `x` as a !!int', 'x'],
    ['- <<: 5', 'list', 'map merge requires map or sequence of maps as the value', '5'],
    ['- <<: [{}, 5]', 'list', 'map merge requires map or sequence of maps as the value', '5'],
    [
      '- ? [a, 1, 1e6, ~, yes, {b: "\\n"}]\n',
      'list',
      String.raw`invalid map key: []interface {}{"a", 1, 1e+06, interface {}(nil), true, map[interface {}]interface {}{"b":"\n"}}`,
      '[a, 1, 1e6, ~, yes, {b: "\\n"}]',
    ],
    ['- &a [*a]', 'list', "anchor 'a' value contains itself", '*a'],
    ['- a: !!int x\n  ? [b]\n  : c', 'list', 'cannot decode !!str `x` as a !!int', 'x'],
  ])('yaml.v2 %j', (text, wanted, message, source) => {
    expect(problem(text, 'yaml.v2', wanted)).toEqual([message, source]);
  });

  it.each(['', '~', '---', '- a', '[]', '&a [b, {c: d, c: e}]'])('yaml.v2 has nothing against %j', (text) => {
    expect(problem(text, 'yaml.v2', 'list')).toBeUndefined();
  });

  it('yaml.v3 refuses keys with equal text, and lists them all', () => {
    expect(problem('a: 1\nb:\n  c: 2\n  "c": 3\n', 'yaml.v3', 'map')).toEqual([
      'unmarshal errors:\n  line 4: mapping key "c" already defined at line 3',
      '"c"',
    ]);
    expect(problem('a: 1\na: 2\na: 3\n', 'yaml.v3', 'map')).toEqual([
      'unmarshal errors:\n  line 2: mapping key "a" already defined at line 1\n  line 3: mapping key "a" already defined at line 1\n  line 3: mapping key "a" already defined at line 2',
      'a',
    ]);
    expect(problem('- a', 'yaml.v3', 'map')).toEqual([
      'unmarshal errors:\n  line 1: cannot unmarshal !!seq into map[string]interface {}',
      '- a',
    ]);
  });
});
