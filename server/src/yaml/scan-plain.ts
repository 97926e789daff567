import { isBlank, isBlankOrBreakOrEnd, isBreak, isDocumentMarker, isFlowIndicator } from './characters.ts';
import type { Scanner } from './scanner.ts';
import { Kind } from './tokens.ts';

/** A plain scalar: one slice of the text when it stands on one line, folded from its lines otherwise. */
export function scanPlain(s: Scanner): void {
  const { text } = s;
  const inFlow = s.flowLevel > 0;
  const indent = s.indent + 1;
  const start = s.pos;
  const startLine = s.line;
  let pieces: string | undefined;
  let pieceStart = start;
  let end = start;
  let leading = '';
  let trailing = '';

  for (;;) {
    let c = text.charCodeAt(s.pos);
    if (s.pos === s.lineStart && (c === 45 || c === 46) && isDocumentMarker(text, s.pos)) break;
    if (c === 35) break;

    const from = s.pos;
    let at = from;
    while (!isBlankOrBreakOrEnd(c)) {
      if (c === 58 ? isBlankOrBreakOrEnd(text.charCodeAt(at + 1)) : inFlow && isFlowIndicator(c)) break;
      c = text.charCodeAt(++at);
    }
    s.pos = at;
    if (at > from) {
      if (leading !== '') {
        pieces = (pieces ?? '') + text.slice(pieceStart, end) + fold(leading, trailing);
        pieceStart = from;
        leading = '';
        trailing = '';
      }
      end = at;
    }
    if (!isBlank(c) && !isBreak(c)) break;

    for (; isBlank(c) || isBreak(c); c = text.charCodeAt(s.pos)) {
      if (!isBreak(c)) {
        if (c === 9 && leading !== '' && s.pos - s.lineStart < indent) {
          s.fail('found a tab character that violates indentation', { pos: start, line: startLine });
        }
        s.pos++;
      } else if (leading === '') leading = s.readBreak();
      else trailing += s.readBreak();
    }
    if (!inFlow && s.pos - s.lineStart < indent) break;
  }

  const last = text.slice(pieceStart, end);
  const stand = s.pos;
  s.pos = end;
  s.push(Kind.scalar, start, startLine, pieces === undefined ? last : pieces + last);
  s.pos = stand;
  if (leading !== '') {
    s.simpleKeyAllowed = true;
    s.brokeLine = true;
  }
}

/** Line breaks inside a flow scalar: one becomes a space, of several the first is dropped; LS and PS stay. */
export const fold = (leading: string, trailing: string): string =>
  leading === '\n' ? (trailing === '' ? ' ' : trailing) : leading + trailing;
