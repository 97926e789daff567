import { END, isBlank, isBlankOrBreakOrEnd, isBreak, isBreakOrEnd, isDocumentMarker, isHex } from './characters.ts';
import { fold } from './scan-plain.ts';
import type { Scanner } from './scanner.ts';
import { Kind } from './tokens.ts';

const escapes = new Map<string, string>([
  ['0', '\0'],
  ['a', '\x07'],
  ['b', '\b'],
  ['t', '\t'],
  ['\t', '\t'],
  ['n', '\n'],
  ['v', '\v'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\x1b'],
  [' ', ' '],
  ['"', '"'],
  ["'", "'"],
  ['\\', '\\'],
  ['N', '\u0085'],
  ['_', '\u00a0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
]);
const codeLengths = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

/** A quoted scalar, unescaped and folded. */
export function scanQuoted(s: Scanner, single: boolean): void {
  const { text } = s;
  const quote = single ? 39 : 34;
  const start = s.mark();
  let content = '';
  let from = ++s.pos;

  for (;;) {
    let c = text.charCodeAt(s.pos);
    if (s.pos === s.lineStart && isDocumentMarker(text, s.pos)) {
      s.fail('found unexpected document indicator', start, s.pos, s.pos + 3);
    }
    if (c === END) s.fail('found unexpected end of stream', start, start.pos, lineEnd(text, start.pos));

    let escapedBreak = false;
    for (; !isBlankOrBreakOrEnd(c); c = text.charCodeAt(s.pos)) {
      if (c === quote) {
        if (!single || text.charCodeAt(s.pos + 1) !== 39) break;
        content += text.slice(from, s.pos + 1);
        s.pos += 2;
        from = s.pos;
      } else if (!single && c === 92) {
        content += text.slice(from, s.pos);
        if (isBreak(text.charCodeAt(s.pos + 1))) {
          s.pos++;
          s.skipBreak();
          escapedBreak = true;
          break;
        }
        content += scanEscape(s, start);
        from = s.pos;
      } else s.pos++;
    }
    c = text.charCodeAt(s.pos);
    if (!escapedBreak && c === quote) break;
    if (escapedBreak && c === quote) {
      from = s.pos;
      break;
    }

    // Blanks are kept unless a line break follows them; behind a line break, or an escaped one, they are dropped.
    const blanks = s.pos;
    let leading = '';
    let trailing = '';
    let dropping = escapedBreak;
    for (c = text.charCodeAt(s.pos); isBlank(c) || isBreak(c); c = text.charCodeAt(s.pos)) {
      if (!isBreak(c)) s.pos++;
      else if (dropping) trailing += s.readBreak();
      else {
        content += text.slice(from, blanks);
        leading = s.readBreak();
        dropping = true;
      }
    }
    if (!dropping) continue;
    content += leading === '' ? trailing : fold(leading, trailing);
    from = s.pos;
  }

  content = content === '' ? text.slice(from, s.pos) : content + text.slice(from, s.pos);
  s.pos++;
  s.push(Kind.scalar, start.pos, start.line, content, '', single ? 'single' : 'double');
}

const lineEnd = (text: string, at: number): number => {
  while (!isBreakOrEnd(text.charCodeAt(at))) at++;
  return at;
};

function scanEscape(s: Scanner, start: { pos: number; line: number }): string {
  const { text } = s;
  const letter = text.charAt(s.pos + 1);
  const plain = escapes.get(letter);
  if (plain !== undefined) {
    s.pos += 2;
    return plain;
  }
  const length = codeLengths.get(letter);
  if (length === undefined) s.fail('found unknown escape character', start, s.pos, s.pos + 2);
  const at = s.pos;
  s.pos += 2;
  let code = 0;
  for (let k = 0; k < length; k++) {
    if (!isHex(text.charCodeAt(s.pos + k))) s.fail('did not find expected hexdecimal number', start, at, s.pos + k);
    code = code * 16 + Number.parseInt(text.charAt(s.pos + k), 16);
  }
  if ((code >= 0xd8_00 && code <= 0xdf_ff) || code > 0x10_ff_ff) {
    s.fail('found invalid Unicode character escape code', start, at, s.pos + length);
  }
  s.pos += length;
  return String.fromCodePoint(code);
}
