// Names from the mesh are hostile: nothing in them may act, hide or reorder what stands beside them.
import { describe, expect, test } from 'vitest';
import { shorten, visible, visibleName } from '../../../client/src/topology/text.ts';
import { fc } from '../../harness/fastCheck.ts';

describe('visible', () => {
  test.each([
    ['plain-node.example.org', 'plain-node.example.org'],
    ['ünïcödé 節点 🙂', 'ünïcödé 節点 🙂'],
    ['a\tb\nc\u0000', 'a<U+0009>b<U+000A>c<U+0000>'],
    ['\u001b[31mred', '<U+001B>[31mred'],
    ['admin\u202egnp.exe', 'admin<U+202E>gnp.exe'],
    ['zero\u200bwidth\ufeff', 'zero<U+200B>width<U+FEFF>'],
    ['del\u007f', 'del<U+007F>'],
    ['half\ud83d', 'half<U+D83D>'],
    ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'], // set as text, never as markup
  ])('%j is shown as %j', (name, shown) => {
    expect(visible(name)).toBe(shown);
  });

  test('leaves nothing unseen in any string, and two names that differ stay different', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(visible(name)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(visible(visible(name))).toBe(visible(name));
      }),
    );
    expect(visible('node\u200b')).not.toBe(visible('node'));
  });

  test('says of an empty name that it is one', () => {
    expect(visibleName('')).toBe('(no name)');
  });
});

describe('shorten', () => {
  test('keeps what fits and cuts the rest, between characters', () => {
    expect(shorten('short', 5)).toBe('short');
    expect(shorten('longer', 5)).toBe('long…');
    expect(shorten('🙂🙂🙂', 3)).toBe('🙂🙂🙂');
    expect(shorten('🙂🙂🙂🙂', 3)).toBe('🙂🙂…');
  });
});
