/** v1 configs as texts with marks: `«…»` is what a finding underlines. */
import { describe, expect, it } from 'vitest';
import { ConfigDocument } from '../../../server/src/config/document.ts';
import { fieldOf } from '../../../server/src/config/model.ts';
import { checkConfig } from '../../../server/src/rules/check.ts';

/** The text without its marks, and what stood between them. */
function unmark(marked: string): { text: string; spans: { start: number; end: number }[] } {
  const spans: { start: number; end: number }[] = [];
  let text = '';
  for (const part of marked.split(/([«»])/)) {
    if (part === '«') spans.push({ start: text.length, end: text.length });
    else if (part === '»') spans.at(-1)!.end = text.length;
    else text += part;
  }
  return { text, spans };
}

const check = (text: string, receptorVersion = '1.6.9') =>
  checkConfig(new ConfigDocument(text, { receptorVersion }), { files: 'off', now: () => 0 });

describe('findings stand on the smallest range that is wrong', () => {
  it.each([
    ['action-case', '- «Node»: {id: a}\n- local-only:\n'],
    ['unknown-action', '- node: {id: a}\n- «tcp-listner»: {port: 1}\n'],
    ['unknown-field', '- node:\n    id: a\n    «nodeid2»: x\n- local-only:\n'],
    ['missing-field', '- «tls-server»: {name: s}\n- local-only:\n'],
    ['item-names', '- node:\n  «id»: a\n- local-only:\n'],
    ['item-names', '- node:\n  «id: a\n  datadir»: b\n- local-only:\n'],
    ['bad-number', '- tcp-listener: {port: «"22x"»}\n'],
    ['wrong-element', '- tcp-listener: {port: 1, nodecost: {a: 1, b: «"2"»}}\n'],
    ['wrong-element', '- tcp-listener: {port: 1, allowedpeers: [a, «true»]}\n'],
    ['cost-not-positive', '- tcp-listener: {port: 1, nodecost: {a: 1, b: «0»}}\n'],
    ['tls-unknown', '- tcp-listener: {port: 1, tls: «nothing»}\n'],
    ['firewall-action', '- node: {id: a, firewallrules: [{action: drop}, {action: «block»}]}\n- local-only:\n'],
    ['firewall-key', '- node:\n    firewallrules:\n      - action: drop\n        «fromnodes»: x\n- local-only:\n'],
    ['duplicate-singleton', '- node: {id: a}\n- «node»: {id: b}\n- local-only:\n'],
    ['null-value', '- node: {«id»: }\n- local-only:\n'],
    ['item-format', '- local-only:\n«-»\n'],
  ])('%s in %j', (code, marked) => {
    const { text, spans } = unmark(marked);
    const found = check(text).filter((f) => f.code === code);
    expect(found.map((f) => f.span)).toEqual(spans);
  });
});

describe('one cause, one finding', () => {
  it.each([
    ['fields that lack two blanks', '- tls-server:\n  name: s\n  cert: a\n  key: b\n- tcp-listener: {port: 1, tls: s}\n', ['item-names']],
    ['a misspelt required field', '- tcp-listener: {prt: 1}\n', ['unknown-field']],
    ['a misspelt action', '- tls-sever: {name: s, cert: a, key: b}\n- tcp-listener: {port: 1, tls: s}\n', ['unknown-action']],
    ['a backend that cannot be read', '- node: {id: a}\n- tcp-listener: 2222\n', ['bare-value-type']],
    ['broken YAML', '- node: {id: a\n- tcp-listener: {port: 1, tls: s}\n', ['yaml']],
  ])('%s', (_, text, codes) => {
    expect(
      check(text)
        .filter((f) => f.severity === 'error')
        .map((f) => f.code),
    ).toEqual(codes);
  });

  it('still finds what is wrong elsewhere when YAML breaks in one item', () => {
    const codes = check('- node: {idd: a}\n- tcp-listener: {port: "x"}\n- tcp-peer: {address: "a\n').map((f) => f.code);
    expect(codes).toEqual(expect.arrayContaining(['unknown-field', 'bad-number', 'yaml']));
  });
});

it.each([
  ['- node:\n    id: a\n    datadir\n- local-only:\n', 'A colon is missing behind this name'],
  ['- node:\n    id: a\n   datadir: /d\n', 'This line is indented unlike those beside it'],
  ['- node: {id: a\n- local-only:\n', 'A comma or a closing bracket is missing'],
  ['- node:\n    id: "a\n', 'A quote that opens here is not closed'],
  ['- node:\n    id: @a\n', 'put text in quotes'],
  ['- node:\n    id: a\nlocal-only:\n', 'A v1 config is a list'],
])('says what to do about %j', (text, advice) => {
  const finding = check(text).find(({ code }) => code === 'yaml');
  expect(finding?.message).toContain(advice);
  expect(finding?.message).toContain('(receptor: yaml: ');
});

it.each([
  ['- tcp-listener: {port: }\n', '`port` has no value: write a whole number, such as 27199. '],
  ['- log-level: {level: }\n- local-only:\n', 'write `error`, `warning`, `info`, `debug`'],
  ['- node: {datadir: }\n- local-only:\n', ', or remove the field. '],
  ['- node: {firewallrules: [{action: drop, fromnode: }]}\n- local-only:\n', '`fromnode` has no value: write one, or remove it. '],
  ['- node: {firewallrules: [{action: drop, fromnode: 1}]}\n- local-only:\n', '`fromnode` must be text: quote it. '],
  ['- tcp-peer: {address: "h:1", redial: maybe}\n', '`redial` must be true or false, not `maybe`. '],
  ['- tcp-peer: {address: "h:1", redial: "maybe"}\n', '`redial` must be true or false, not `maybe` in quotes. '],
])('says of %j what is true', (text, words) => expect(check(text)[0]?.message).toContain(words));

describe('the reading', () => {
  const model = (text: string) => new ConfigDocument(text).model;

  it('coerces as the daemon does', () => {
    const { items } = model('- tcp-listener: {PORT: 0x10, cost: "1_000", allowedpeers: a, tls: 017, nodecost: \'{"b": 2}\'}\n');
    const value = (name: string) => fieldOf(items[0]!.reading, name)?.value;
    expect([value('port'), value('cost'), value('allowedpeers'), value('tls')]).toEqual([16, 1000, ['a'], '15']);
    expect([...(value('nodecost') as Map<string, number>)]).toEqual([['b', 2]]);
  });

  it('knows shapes', () => {
    expect(model('- local-only\n- node:\n- log-level: info\n- tcp-peer: {address: x}\n- 5\n').items.map((i) => i.reading.shape)).toEqual([
      'bare',
      'null',
      'value',
      'fields',
      'broken',
    ]);
  });

  it('names what is defined and used, without quotes', () => {
    const text = '- tls-client: {name: "c", cert: "", key: ""}\n- tcp-peer: {address: x, tls: \'c\'}\n';
    const names = model(text).items.flatMap(({ base, reading }) =>
      reading.names.map((n) => [n.role, n.kind, text.slice(base + n.span.start, base + n.span.end)]),
    );
    expect(names).toEqual([
      ['definition', 'tls-client', 'c'],
      ['reference', 'tls-client', 'c'],
    ]);
  });

  it('reads anchors that items share from the whole text', () => {
    const { items, problem } = model('- tcp-listener: &l {port: 1}\n- tcp-listener: *l\n');
    expect(problem).toBeUndefined();
    expect(items.map((i) => fieldOf(i.reading, 'port')?.value)).toEqual([1, 1]);
  });

  it('stops at the first document', () => {
    const codes = (text: string): string[] => check(text).map(({ code }) => code);
    expect(codes('- node: {id: a}\n- local-only:\n---\n- bogus: {}\n')).toEqual(['second-document']);
    expect(codes('- node: {id: a}\n- local-only:\n...\n# the rest\n\n: {\n')).toEqual(['second-document']);
    expect(codes('---\n- node: {id: a}\n- local-only:\n...\n# end\n')).toEqual([]);
    expect(codes('- node: {id: a}\n- local-only:\n---\n')).toEqual([]);
  });

  it('holds its tongue about templates, and still checks what is plain', () => {
    const text =
      '- node:\n    id: {{ id }}\n{% if x %}\n- {{ p }}-listener:\n    port: {{ port }}\n{% endif %}\n- log-level: warn\n- node: {foo: 1}\n';
    expect(check(text).map((f) => f.code)).toEqual(['unknown-value', 'unknown-field']);
  });

  it('finds control characters in what stands before the items', () => {
    for (const head of ['# \u0001\n', '\n--- # \uFFFF\n', '---\n# \u0080\r\n'])
      expect(check(`${head}- node: {id: a}\n- local-only:\n`).map((f) => f.code)).toEqual(['yaml']);
    expect(check('# é\t€ 😀\n- node: {id: a}\n- local-only:\n')).toEqual([]);
  });

  it('bounds what hostile text makes it say', () => {
    expect(check('- x\n'.repeat(5000))).toHaveLength(1000);
    expect(check('\t'.repeat(20_000)).length).toBeLessThan(5);
    expect(check(`- node: ${'['.repeat(9000)}`).length).toBeLessThan(5);
    expect(
      check(`- work-python: {worktype: x, plugin: p, function: f, config: ${'{a: '.repeat(5000)}1${'}'.repeat(5000)}}\n`).length,
    ).toBeLessThan(5);
    expect(check(`- &a [${'*a,'.repeat(10)}]\n`).length).toBeLessThan(5);
  });

  // Once this took quadratic time, which is more than any test has.
  it.each([
    ['{', false],
    ['{%', false],
    ['a{%%}', true],
    ['{# #}{%', true],
  ])('reads a long line of braces as templates in one go: %s', (braces, templated) => {
    const document = new ConfigDocument(`- node: ${braces.repeat(200_000 / braces.length)}`);
    document.update([{ start: 8, end: 8, text: '{' }]);
    expect(document.model.templated).toBe(templated);
  });
});

describe('versions', () => {
  it('choose the rules', () => {
    const empty = '- node: {id: a, datadir: ""}\n- local-only:\n';
    expect(check(empty, '1.6.9').map((f) => f.severity)).toEqual(['error']);
    expect(check(empty, '1.5.5').map((f) => f.severity)).toEqual(['information']);
    expect(check('- node: {id: a/b}\n- local-only:\n', '1.4.9')).toEqual([]);
  });
});
