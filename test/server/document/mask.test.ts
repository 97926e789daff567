import { describe, expect, it } from 'vitest';
import { isMasked, maskCharacter, maskTemplates } from '../../../server/src/document/mask.ts';

const m = (length: number): string => maskCharacter.repeat(length);

describe('maskTemplates', () => {
  it('keeps the length and the line breaks', () => {
    const text = '- node:\n    id: {{ a\n  | b }}\n{% if x %}\r\n- local-only\n{% endif %}\n{# a\nb #}\n';
    const masked = maskTemplates(text);
    expect(masked.templated).toBe(true);
    expect(masked.text).toHaveLength(text.length);
    const breaks = (of: string): number[] => [...of.matchAll(/\n/g)].map((match) => match.index);
    expect(breaks(masked.text)).toEqual(breaks(text));
  });

  it('leaves expressions as unknown text and statements as blanks', () => {
    expect(maskTemplates('a: {{ b }}c').text).toBe(`a: ${m(7)}c`);
    expect(maskTemplates('  {% if a -%}\nb: 1').text).toBe(`  ${' '.repeat(11)}\nb: 1`);
    expect(maskTemplates('{% a %} {#\n#}\nb: 1').text).toBe(`${' '.repeat(10)}\n  \nb: 1`);
    expect(maskTemplates('a: x{% if b %}y{% endif %}').text).toBe(`a: x${m(10)}y${m(11)}`);
  });

  it('sees no template in plain YAML', () => {
    for (const text of ['a: {b: {c: d}}', 'a: "%}"', '{a: b}', 'a: {{ open', '# {'])
      expect(maskTemplates(text)).toEqual({ text, templated: false });
  });

  it('does not mistake a character of the text for its own', () => {
    const { text, templated } = maskTemplates(`a: ${maskCharacter}`);
    expect(templated).toBe(false);
    expect(isMasked(text)).toBe(false);
  });
});
