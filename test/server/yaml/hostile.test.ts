import { describe, expect, it } from 'vitest';
import { effectiveEntries } from '../../../server/src/yaml/compose.ts';
import { decodeProblem } from '../../../server/src/yaml/decode.ts';
import type { Dialect } from '../../../server/src/yaml/nodes.ts';
import { parseYaml } from '../../../server/src/yaml/parse.ts';
import { seeded, testSeed } from '../../harness/random.ts';
import { mutate, soup } from './random-yaml.ts';

const SIZE = process.env['SOAK'] === '1' ? 2 ** 20 : 2 ** 18;
const fill = (piece: string): string => piece.repeat(SIZE / piece.length);

/** Large enough that a quadratic reader would not end within the test's time. */
const texts: Record<string, string> = {
  brackets: fill('['),
  'brackets on lines': fill('[\n'),
  braces: fill('{a: '),
  'question marks': fill('? '),
  dashes: fill('- '),
  tabs: fill('\t'),
  anchors: fill('&a '),
  'anchored items': fill('- &a\n'),
  'one word': fill('a'),
  words: fill('a '),
  'folded lines': fill('a\n '),
  'quoted lines': `"${fill('a\n')}"`,
  escapes: `"${fill(String.raw`\n`)}"`,
  'block lines': `|\n${fill(' a\n')}`,
  'empty lines': fill('\n'),
  comments: fill('#\n'),
  'spaced comments': fill(`#${' '.repeat(500)}\n`),
  'empty flow lists': `[${fill('[],')}]`,
  'flow pairs': `[${fill('"a": b, ')}]`,
  directives: fill('%TAG !a! b\n'),
  keys: Array.from({ length: SIZE / 8 }, (_, i) => `k${i}: v\n`).join(''),
  duplicates: fill('k: v\n'),
  marks: fill('\uFEFF'),
};

describe.each<Dialect>(['yaml.v2', 'yaml.v3'])('%s', (dialect) => {
  it.each(Object.keys(texts))('reads or refuses %s', (name) => {
    const text = texts[name]!;
    const parsed = parseYaml(text, dialect);
    const problem = parsed.problem ?? decodeProblem(parsed, text, dialect);
    expect(problem === undefined || problem.end <= text.length).toBe(true);
    expect((problem?.message.length ?? 0) < 20_000).toBe(true);
  });

  it('nests as deep as the daemon allows, without a call stack', () => {
    const deep = (levels: number, open: string, close: string): string => `${open.repeat(levels)}a${close.repeat(levels)}`;
    for (const [open, close] of [
      ['[', ']'],
      ['{a: ', '}'],
      ['- ', ''],
    ] as const) {
      const text = deep(10_000, open, close);
      const parsed = parseYaml(text, dialect);
      expect(parsed).toMatchObject({ problem: undefined, depth: 10_000 });
      expect(decodeProblem(parsed, text, dialect)).toBeUndefined();
      expect(parseYaml(deep(10_001, open, close), dialect).problem?.message).toBe('exceeded max depth of 10000');
    }
  });

  it('stops at alias bombs and at anchors inside themselves', () => {
    let bomb = '- &a0 [x, x, x, x, x, x, x, x, x]\n';
    for (let i = 1; i < 9; i++)
      bomb += `- &a${i} [${Array(9)
        .fill(`*a${i - 1}`)
        .join(', ')}]\n`;
    expect(decodeProblem(parseYaml(bomb, dialect), bomb, dialect)?.message).toBe('document contains excessive aliasing');
    const loop = '- &a [*a]';
    expect(decodeProblem(parseYaml(loop, dialect), loop, dialect)).toEqual({
      message: "anchor 'a' value contains itself",
      start: 6,
      end: 8,
    });
  });

  it('unfolds merges that multiply or merge themselves only so far', () => {
    let merges = '- &a0 {x: 1}\n';
    for (let i = 1; i < 30; i++) merges += `- &a${i} {<<: [*a${i - 1}, *a${i - 1}], y${i}: 1}\n`;
    const root = parseYaml(merges, dialect).root;
    const last = root?.kind === 'sequence' ? root.items.at(-1) : undefined;
    expect(last?.kind === 'mapping' ? effectiveEntries(last, dialect).entries.length : 0).toBeGreaterThan(0);
    const own = parseYaml('&a {<<: *a, b: 1}', dialect).root;
    expect(own?.kind === 'mapping' ? effectiveEntries(own, dialect).entries.length : 0).toBe(1);
  });

  it('never throws, and keeps all offsets inside the text', () => {
    const random = seeded(testSeed());
    for (let count = process.env['SOAK'] === '1' ? 200_000 : 2000; count > 0; count--) {
      const text = mutate(random, soup(random));
      const parsed = parseYaml(text, dialect);
      const problem = parsed.problem ?? decodeProblem(parsed, text, dialect);
      const { start, end } = problem ?? parsed.root ?? { start: 0, end: 0 };
      if (!(start >= 0 && start <= end && end <= text.length && parsed.end <= text.length)) expect.fail(JSON.stringify(text));
    }
  });
});
