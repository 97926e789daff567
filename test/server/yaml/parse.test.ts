import { describe, expect, it } from 'vitest';
import type { YamlNode } from '../../../server/src/yaml/nodes.ts';
import { parseYaml } from '../../../server/src/yaml/parse.ts';

/** A tree as nested lists of the source text that each node spans; mappings as lists of pairs. */
const spans = (text: string, node: YamlNode): unknown => {
  const source = text.slice(node.start, node.end);
  if (node.kind === 'sequence') return { source, items: node.items.map((item) => spans(text, item)) };
  if (node.kind === 'mapping') return { source, pairs: node.pairs.map(({ key, value }) => [spans(text, key), spans(text, value)]) };
  return source;
};

/** Plain data: the text of scalars, `*name` for aliases. */
const data = (node: YamlNode | undefined): unknown => {
  if (node === undefined) return undefined;
  if (node.kind === 'scalar') return node.text;
  if (node.kind === 'alias') return `*${node.name}`;
  return node.kind === 'sequence' ? node.items.map(data) : node.pairs.map(({ key, value }) => [data(key), data(value)]);
};
const read = (text: string, dialect: 'yaml.v2' | 'yaml.v3' = 'yaml.v2'): unknown => {
  const { root, problem } = parseYaml(text, dialect);
  return problem?.message ?? data(root);
};

describe('offsets', () => {
  it('span keys, values and collections of a receptor config', () => {
    const text = '# a node\n- node:\n    id: foo # me\n- tcp-peer: {address: "h:1", tls:}\n- local-only\n';
    const { root } = parseYaml(text, 'yaml.v2');
    expect(spans(text, root!)).toEqual({
      source: text.slice(9, -1),
      items: [
        { source: 'node:\n    id: foo', pairs: [['node', { source: 'id: foo', pairs: [['id', 'foo']] }]] },
        {
          source: 'tcp-peer: {address: "h:1", tls:}',
          pairs: [
            [
              'tcp-peer',
              {
                source: '{address: "h:1", tls:}',
                pairs: [
                  ['address', '"h:1"'],
                  ['tls:', ''],
                ],
              },
            ],
          ],
        },
        'local-only',
      ],
    });
    expect(root).toMatchObject({ dashes: [9, 34, 69] });
  });

  it('put an absent value where it would stand', () => {
    const { root } = parseYaml('a:\nb: \n', 'yaml.v2');
    expect(root).toMatchObject({ kind: 'mapping', pairs: [{ value: { start: 2, end: 2, text: '' } }, { value: { start: 5, end: 5 } }] });
    expect(parseYaml('-\n- \n', 'yaml.v2').root).toMatchObject({
      items: [
        { start: 1, end: 1 },
        { start: 3, end: 3 },
      ],
      end: 3,
    });
  });

  it('count from the start of the text, a byte order mark included', () => {
    expect(parseYaml('\uFEFF- 😀: é\r\n- b', 'yaml.v2').root).toMatchObject({
      items: [{ pairs: [{ key: { start: 3, end: 5 }, value: { start: 7, end: 8 } }] }, { start: 12, end: 13 }],
    });
  });

  it('count anchors and tags to a collection but not to a scalar, and know where an anchor stands', () => {
    const text = '- &x !!str foo\n- !e &y [a]\n- *x\n';
    const { root } = parseYaml(text, 'yaml.v2');
    expect(spans(text, root!)).toMatchObject({ items: ['foo', { source: '!e &y [a]' }, '*x'] });
    expect(root).toMatchObject({
      items: [
        { tag: 'tag:yaml.org,2002:str', anchor: { name: 'x', span: { start: 2, end: 4 } }, text: 'foo' },
        { tag: '!e', anchor: { name: 'y', span: { start: 20, end: 22 } } },
        { kind: 'alias', name: 'x', target: { text: 'foo' } },
      ],
    });
  });

  it('end a block scalar behind its last line, and a document where the next one starts', () => {
    const text = '- |\n  a\n\n  b\n- c\n';
    expect(spans(text, parseYaml(text, 'yaml.v2').root!)).toMatchObject({ items: ['|\n  a\n\n  b\n', 'c'] });
    expect(parseYaml('a: 1\n---\n} not yaml', 'yaml.v2')).toMatchObject({ end: 5, problem: undefined });
    expect(parseYaml('a: 1\n...\n} not yaml', 'yaml.v2')).toMatchObject({ end: 8, problem: undefined });
  });

  it('tell how deep collections nest and whether values need a second look', () => {
    expect(parseYaml('a', 'yaml.v2')).toMatchObject({ depth: 0, intricate: false });
    expect(parseYaml('- a: [1]\n- b', 'yaml.v2')).toMatchObject({ depth: 3, intricate: false });
    for (const text of ['[&a 1, *a]', '!!int 5', '<<: {}', '[a]: b', '? {a: b}\n: c']) {
      expect(parseYaml(text, 'yaml.v2').intricate, text).toBe(true);
    }
  });
});

describe('what is read', () => {
  it.each<[string, unknown]>([
    ['', undefined],
    ['# only a comment', undefined],
    ['---', ''],
    ['--- # c\n...\n', ''],
    ['%YAML 1.1\n---\na', 'a'],
    ['%TAG ! tag:x,\n--- !y a', 'a'],
    ['a\n  b\n\n  c', 'a b\nc'],
    ['a #b', 'a'],
    ['a#b', 'a#b'],
    ['a:b', 'a:b'],
    ['- a\n-\n  - b\n- - c', ['a', ['b'], ['c']]],
    [
      'k:\n- a\n- b\nl: c',
      [
        ['k', ['a', 'b']],
        ['l', 'c'],
      ],
    ],
    [
      '? a\n: b\n? c',
      [
        ['a', 'b'],
        ['c', ''],
      ],
    ],
    ['? - a\n: - b', [[['a'], ['b']]]],
    [
      '{a, b: , c: d, ? e : f}',
      [
        ['a', ''],
        ['b', ''],
        ['c', 'd'],
        ['e', 'f'],
      ],
    ],
    ['[a, b: c, ? d : e, {f}]', ['a', [['b', 'c']], [['d', 'e']], [['f', '']]]],
    ['[a:b, c?d]', "did not find expected ',' or ']'"],
    ['"a\\x41\\u00e9\\U0001F600\\_\\N\\L\\P\\e"', 'aAé😀\u00A0\u0085\u2028\u2029\u001B'],
    ['"a \\\n  b\\ \n  c"', 'a b  c'],
    ['"a\n\n  b  \n  c"', 'a\nb c'],
    ["'it''s\n  so'", "it's so"],
    ['|\n a\n  b\n\n', 'a\n b\n'],
    ['|+\n a\n\n', 'a\n\n'],
    ['|-\n a\n\n', 'a'],
    ['|2\n   a\n  b\n', ' a\nb\n'],
    ['>\n a\n b\n\n c\n  d\n e\n', 'a b\nc\n d\ne\n'],
    ['a\r\n  b', 'a b'],
    ['- a\r- b\u0085- c\u2028- d', ['a', 'b', 'c', 'd']],
    ['a\u2028 b', 'a\u2028b'],
    ['key with spaces: v', [['key with spaces', 'v']]],
    [
      '"quoted": v\n\'single\': w',
      [
        ['quoted', 'v'],
        ['single', 'w'],
      ],
    ],
    ['&a k: *a ', [['k', '*a']]],
    ['[]: 1', []],
    ['a b: \tc', [['a b', 'c']]],
  ])('%j', (text, wanted) => {
    expect(read(text)).toEqual(wanted);
  });

  it('differs between the dialects in comments behind tabs and in collections as keys', () => {
    expect(read('# a\n\t# b\nc: d')).toBe('line 2: found character that cannot start any token');
    expect(read('# a\n\t# b\nc: d', 'yaml.v3')).toEqual([['c', 'd']]);
    expect(read('[]: 1', 'yaml.v3')).toEqual([[[], '1']]);
  });
});

describe('problems', () => {
  it.each<[string, string, number, number]>([
    ['- a\n\tb: c', 'line 2: found a tab character that violates indentation', 4, 5],
    ['a:\n\tb', 'line 2: found character that cannot start any token', 3, 4],
    ['@a', 'found character that cannot start any token', 0, 1],
    ['a: b: c', 'mapping values are not allowed in this context', 4, 5],
    ['a: - b', 'block sequence entries are not allowed in this context', 3, 4],
    ['a: ? b', 'mapping keys are not allowed in this context', 3, 4],
    ['a: 1\nb\nc: 2', "line 3: could not find expected ':'", 5, 6],
    ['x:\n  a: 1\n b: 2', 'line 2: did not find expected key', 11, 12],
    ['- a\nb: c', "line 1: did not find expected '-' indicator", 4, 5],
    ['[a, b', "line 1: did not find expected ',' or ']'", 5, 5],
    ['{a: b\nc: d}', "line 1: did not find expected ',' or '}'", 7, 8],
    ['a: [b}', "did not find expected ',' or ']'", 5, 6],
    ['a: [}', 'did not find expected node content', 4, 5],
    ['a: "b\nc', 'line 2: found unexpected end of stream', 3, 5],
    ['a: "b\n--- c"', 'line 2: found unexpected document indicator', 6, 9],
    [String.raw`"\q"`, 'found unknown escape character', 1, 3],
    [String.raw`"\x4g"`, 'did not find expected hexdecimal number', 1, 4],
    [String.raw`"\ud800"`, 'found invalid Unicode character escape code', 1, 7],
    ['a: |0\n', 'found an indentation indicator equal to 0', 4, 5],
    ['a: |x\n', 'did not find expected comment or line break', 4, 5],
    ['a: |\n\tb', 'line 2: found a tab character where an indentation space is expected', 5, 6],
    ['*x', "unknown anchor 'x' referenced", 0, 2],
    ['a: &', 'did not find expected alphabetic or numeric character', 3, 4],
    ['!e!x a', 'found undefined tag handle', 0, 4],
    ['!<x a', "did not find the expected '>'", 0, 3],
    ['%YAML 1.2\n---\na', 'found incompatible YAML document', 0, 9],
    ['%YAML 1.1\n%YAML 1.1\n---\na', 'line 1: found duplicate %YAML directive', 10, 19],
    ['%TAG ! a\n%TAG ! b\n--- c', 'line 1: found duplicate %TAG directive', 9, 17],
    ['%FOO\n--- a', 'found unknown directive name', 0, 4],
    ['%YAML 1.1\na', 'line 1: did not find expected <document start>', 10, 11],
    ['a\u0001', 'control characters are not allowed', 1, 2],
    ['- "\u007F', 'control characters are not allowed', 3, 4],
  ])('%j', (text, message, start, end) => {
    expect(parseYaml(text, 'yaml.v2').problem).toEqual({ message, start, end });
  });

  it('finds control characters as early as the daemon does, piece by piece of 512 bytes', () => {
    const line = `- ${'a'.repeat(61)}\n`;
    const bad = (before: number): string => `${line.repeat(before)}- @\n${line.repeat(20)}\u0001`;
    expect(parseYaml(bad(1), 'yaml.v2').problem?.message).toBe('line 2: found character that cannot start any token');
    expect(parseYaml(bad(18), 'yaml.v2').problem?.message).toBe('line 19: found character that cannot start any token');
    expect(parseYaml(`- @\n${line}\u0001`, 'yaml.v2').problem?.message).toBe('control characters are not allowed');
    expect(parseYaml(`a\n---\n${line.repeat(20)}\u0001`, 'yaml.v2').problem).toBeUndefined();
  });

  it('allows keys of 1024 characters, counted as code points', () => {
    expect(parseYaml(`${'a'.repeat(1024)}: b`, 'yaml.v2').root).toMatchObject({ kind: 'mapping' });
    expect(parseYaml(`${'a'.repeat(1025)}: b`, 'yaml.v2').problem?.message).toBe('mapping values are not allowed in this context');
    expect(parseYaml(`"${'😀'.repeat(1022)}": b`, 'yaml.v2').root).toMatchObject({ kind: 'mapping' });
    expect(parseYaml(`"${'😀'.repeat(1023)}": b`, 'yaml.v2').problem).toBeDefined();
  });
});
