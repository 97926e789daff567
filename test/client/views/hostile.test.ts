import { describe, expect, test } from 'vitest';
import { ColouredOutput, label, markdown, notice, plain, terminal } from '../../../client/src/views/hostile.ts';
import { prettyJson } from '../../../client/src/views/prettyJson.ts';

describe('hostile text', () => {
  test('as a label has nothing invisible, and an end', () => {
    expect(plain('a\u0000b\nc\u001b[31md\u202ee\u200bf')).toBe('a\ufffdb\ufffdc\ufffd[31md\ufffde\ufffdf');
    expect(plain('x'.repeat(500), 10)).toBe('xxxxxxxxx…');
    expect(plain('näme 节点 🚀')).toBe('näme 节点 🚀');
  });

  test('makes no icon and no link', () => {
    expect(label('$(trash) x')).toBe('\\$(trash) x');
    expect(notice('[click](command:evil)')).not.toContain('](');
  });

  test('stands for itself in Markdown', () => {
    const escaped = markdown('[x](command:y) <img src=a> **b** `c` $(icon) https://a.b &lt;');
    expect(escaped).not.toMatch(/(?<!\\)[[\]()*`<>]/);
    expect(escaped).toContain('&amp;lt;');
  });

  test('cannot steer a terminal', () => {
    expect(terminal('a\u001b]0;title\u0007b\u009b2J\r\nc\rd')).toBe('a␛]0;title␇b\ufffd2J\r\nc␍d');
    expect(prettyJson({ 'k\u001b': '\u001b[2J\u009b', n: 1, l: [], t: [true, null] })).not.toMatch(/\u001b(?!\[\d+m)|\u009b/);
  });

  test('keeps its colours and nothing else, however it is cut', () => {
    const text = '\u001b[1;31mred\u001b[0m \u001b[2Jcleared\u001b]52;c;x\u0007\n';
    const whole = new ColouredOutput().write(text);
    expect(whole).toBe('\u001b[1;31mred\u001b[0m ␛[2Jcleared␛]52;c;x␇\r\n');
    const cut = new ColouredOutput();
    expect(Array.from(text, (character) => cut.write(character)).join('')).toBe(whole);
  });
});

test('JSON is indented and coloured for a terminal', () => {
  const bare = (text: string): string => text.replaceAll(/\u001b\[\d+m/g, '');
  expect(bare(prettyJson({ a: 1, b: ['x', {}], c: { d: null } }))).toBe(
    '{\r\n  "a": 1,\r\n  "b": [\r\n    "x",\r\n    {}\r\n  ],\r\n  "c": {\r\n    "d": null\r\n  }\r\n}',
  );
  const deep = prettyJson(JSON.parse('['.repeat(500) + ']'.repeat(500)));
  expect(bare(deep).match(/\[/g)).toHaveLength(500);
});
