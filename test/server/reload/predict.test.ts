import { describe, expect, test } from 'vitest';
import { ConfigDocument } from '../../../server/src/config/document.ts';
import { goValue } from '../../../server/src/config/go-values.ts';
import { marshal } from '../../../server/src/reload/marshal.ts';
import { predictReload } from '../../../server/src/reload/predict.ts';
import { parseYaml } from '../../../server/src/yaml/parse.ts';

const written = (text: string): string => marshal(goValue(parseYaml(text, 'yaml.v2').root!, 'yaml.v2'));

describe('the text that is compared', () => {
  test.each([
    ['b: 1\na: [x, {c: yes}]', 'a:\n- x\n- c: true\nb: 1\n'],
    ['{port: 0660}', 'port: 432\n'],
    ['local-only', 'local-only\n'],
    ['local-only:', 'local-only: null\n'],
    ['a: "5"', 'a: "5"\n'],
    ['a: "yes"', 'a: "yes"\n'],
    ['a: ""', 'a: ""\n'],
    ['a: "x: y"', 'a: "x: y"\n'],
    ['a: {}', 'a: {}\n'],
    ['a: []', 'a: []\n'],
    ['a: 1.0', 'a: 1\n'],
    ['a: 1e6', 'a: 1e+06\n'],
    ['a: {b: [1, [2, 3]]}', 'a:\n  b:\n  - 1\n  - - 2\n    - 3\n'],
    ['b: &x {c: 1}\na: *x', 'a:\n  c: 1\nb:\n  c: 1\n'],
  ])('%s', (text, expected) => expect(written(text)).toBe(expected));

  test.each([
    ['a: yes', 'a: "yes"'],
    ['a: 5', 'a: "5"'],
    ['log-level: info', 'log-level: {level: info}'],
    ['a: ~', 'a: ""'],
    ['a: 1000000', 'a: 1000000.0'],
  ])('%s is not %s', (left, right) => expect(written(left)).not.toBe(written(right)));

  test.each([
    ['a: yes', 'a: true'],
    ['a: 0x10', 'a: 16'],
    ['a: 1', 'a: 1.0'],
    ['{a: x, b: z}', 'b: "z"\na: \'x\'  # comment'],
  ])('%s equals %s', (left, right) => expect(written(left)).toBe(written(right)));
});

describe('prediction', () => {
  const base = `- node: {id: a}
- log-level: info
- tcp-listener: {port: 2222}
- work-command: {worktype: x, command: cat}
`;
  const predict = (text: string) => predictReload(base, new ConfigDocument(text));
  const outcome = (text: string) => {
    const { accepted, code, changes } = predict(text);
    return { accepted, ...(code === undefined ? {} : { code }), changes };
  };

  test('nothing changed', () => expect(outcome(base)).toEqual({ accepted: true, changes: false }));

  test('formatting and order do not count', () => {
    expect(outcome(`# hi\n- log-level:   "info"\n${base.replace('- log-level: info\n', '')}`)).toEqual({ accepted: true, changes: false });
  });

  test('a backend is edited, added, removed', () => {
    expect(outcome(base.replace('2222', '2223'))).toEqual({ accepted: true, changes: true });
    expect(outcome(`${base}- local-only\n`)).toEqual({ accepted: true, changes: true });
    expect(outcome(base.replace('- tcp-listener: {port: 2222}\n', ''))).toEqual({ accepted: true, changes: true });
  });

  test('a second copy of a fixed item goes unnoticed', () => {
    expect(outcome(`${base}- work-command: {worktype: x, command: cat}\n`)).toEqual({ accepted: true, changes: false });
  });

  test('a fixed item is edited or removed', () => {
    expect(predict(base.replace('info', 'debug'))).toMatchObject({
      code: 3,
      message: "a non-reloadable config action 'log-level' was modified or added. Must restart receptor for these changes to take effect",
    });
    expect(predict(base.replace('- log-level: info\n', ''))).toMatchObject({
      code: 3,
      message: "a non-reloadable config action 'log-level' was removed. Must restart receptor for changes to take effect",
    });
  });

  test('each item has its verdict, what is gone comes last', () => {
    const { items } = predict(base.replace('2222', '2223').replace('cat', 'tac'));
    expect(items.map((i) => [i.action, i.verdict, i.span === undefined])).toEqual([
      ['node', 'unchanged', false],
      ['log-level', 'unchanged', false],
      ['tcp-listener', 'reloads', false],
      ['work-command', 'restart', false],
      ['tcp-listener', 'reloads', true],
      ['work-command', 'restart', true],
    ]);
  });

  test('a text that cannot be read is refused before anything else', () => {
    expect(predict(`${base.replace('info', 'debug')}- bogus: {}\n`)).toMatchObject({ accepted: false, code: 4 });
    expect(predict(`${base}- [`)).toMatchObject({ accepted: false, code: 4 });
  });

  test('what stands alone is refused, whatever else changed', () => {
    expect(predict(`${base.replace('info', 'debug')}- version\n`)).toMatchObject({ accepted: false, code: 4 });
  });

  test('the daemon goes on reading the format that it was started for', () => {
    expect(predict('node: {id: a}\nlocal-only: {local: true}\n')).toMatchObject({ accepted: false, code: 4 });
  });
});

describe('what the watch of v2 does', () => {
  const base = 'node: {id: a}\ntcp-listeners: [{port: 1}]\nwork-commands: [{worktype: x, command: cat}]\n';
  const predict = (text: string, watched?: string) =>
    predictReload(base, new ConfigDocument(text), watched === undefined ? {} : { watched });
  const verdicts = (text: string, watched?: string) => predict(text, watched).items.map(({ action, verdict }) => `${action} ${verdict}`);

  test('a reload is always answered with code 4', () => {
    expect(predict(base)).toMatchObject({ accepted: false, code: 4, changes: false, watch: 'nothing' });
  });

  test('backends are applied at once, all else waits for a restart', () => {
    const text = base.replace('port: 1', 'port: 2').replace('cat', 'tac');
    expect(predict(text)).toMatchObject({ changes: true, watch: 'restarts' });
    expect(verdicts(text)).toEqual([
      'node unchanged',
      'tcp-listeners reloads',
      'work-commands restart',
      'work-commands restart',
      'tcp-listeners reloads',
    ]);
  });

  test('what was saved before is applied already, except what waits', () => {
    const text = base.replace('port: 1', 'port: 2').replace('cat', 'tac');
    expect(predict(text, text)).toMatchObject({ changes: false, watch: 'nothing' });
    expect(verdicts(text, text)).toEqual(['node unchanged', 'tcp-listeners unchanged', 'work-commands restart', 'work-commands restart']);
  });

  test('a text that cannot be read changes nothing, and does not count as seen', () => {
    expect(predict(`${base}a: [`)).toMatchObject({ watch: 'ignored', changes: false });
    expect(predict(base, `${base}a: [`)).toMatchObject({ watch: 'nothing' });
  });

  test('a backend that cannot be decoded ends the daemon', () => {
    expect(predict(base.replace('port: 1', 'port: x'))).toMatchObject({ watch: 'crash', changes: false });
  });
});
