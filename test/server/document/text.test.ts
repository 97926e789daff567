import { describe, expect, it } from 'vitest';
import { LineText, lineStartsOf } from '../../../server/src/document/text.ts';
import { fc } from '../../harness/fastCheck.ts';

describe('LineText', () => {
  it('counts LF, CRLF and lone CR as one break each', () => {
    expect(lineStartsOf('a\nb\r\nc\rd')).toEqual([0, 2, 5, 7]);
    expect(lineStartsOf('\r\r\n\n\r')).toEqual([0, 1, 3, 4, 5]);
  });

  it('takes very many lines', () => expect(lineStartsOf('\r\n'.repeat(300_000))).toHaveLength(300_001));

  it('converts between offsets and positions, clamped to the line and the text', () => {
    const text = new LineText('ab\r\ncd');
    expect(text.positionAt(5)).toEqual({ line: 1, character: 1 });
    expect(text.positionAt(99)).toEqual({ line: 1, character: 2 });
    expect(text.offsetAt({ line: 0, character: 99 })).toBe(2);
    expect(text.offsetAt({ line: 9, character: 0 })).toBe(6);
    expect(text.offsetAt({ line: -1, character: 0 })).toBe(0);
  });

  it('keeps its lines right under any edits', () => {
    const piece = fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\r\n', '- '), maxLength: 8 });
    fc.assert(
      fc.property(piece, fc.array(fc.tuple(fc.nat(40), fc.nat(12), piece), { maxLength: 8 }), fc.nat(6), (start, edits, reach) => {
        const lines = new LineText(start, reach);
        let text = start;
        for (const [at, length, inserted] of edits) {
          const from = Math.min(at, text.length);
          const to = Math.min(from + length, text.length);
          lines.apply({ start: from, end: to, text: inserted });
          text = text.slice(0, from) + inserted + text.slice(to);
          for (const [a, b] of [
            [from - 1, from + inserted.length + 1],
            [from, text.length + 3],
            [0, to],
          ] as const)
            expect(lines.slice(a, b)).toBe(text.slice(Math.max(a, 0), b));
          expect(lines.length).toBe(text.length);
          if (at % 2 === 0) expect(lines.text).toBe(text); // which puts it together
          expect([...lines.lineStarts]).toEqual(lineStartsOf(text));
        }
      }),
      { numRuns: process.env['SOAK'] === '1' ? 20_000 : 500 },
    );
  });
});
