import { isBlank, isBlankOrBreakOrEnd, isBreak, isBreakOrEnd, isDigit, isHex, isUri, isWord } from './characters.ts';
import type { Mark } from './refusal.ts';
import type { Scanner } from './scanner.ts';
import { Kind } from './tokens.ts';

const MAX_VERSION_DIGITS = 2;

/** `&name` or `*name`. */
export function scanAnchor(s: Scanner, kind: number): void {
  const start = s.mark();
  s.pos++;
  const name = takeWord(s);
  const c = s.text.charCodeAt(s.pos);
  if (name === '' || !(isBlankOrBreakOrEnd(c) || '?:,]}%@`'.includes(String.fromCharCode(c)))) {
    s.fail('did not find expected alphabetic or numeric character', start, start.pos, s.pos + 1);
  }
  s.push(kind, start.pos, start.line, name);
}

/** `!suffix`, `!handle!suffix`, `!<verbatim>` or `!`: the token has the handle, empty for the last two, and the suffix. */
export function scanTag(s: Scanner): void {
  const start = s.mark();
  let handle = '';
  let suffix: string;
  if (s.text.charCodeAt(s.pos + 1) === 60) {
    s.pos += 2;
    suffix = takeUri(s, start, '');
    if (s.text.charCodeAt(s.pos) !== 62) s.fail("did not find the expected '>'", start, start.pos, s.pos);
    s.pos++;
  } else {
    handle = takeHandle(s, start, false);
    if (handle.length > 1 && handle.endsWith('!')) suffix = takeUri(s, start, '');
    else {
      suffix = takeUri(s, start, handle);
      handle = '!';
      if (suffix === '') [handle, suffix] = [suffix, handle];
    }
  }
  if (!isBlankOrBreakOrEnd(s.text.charCodeAt(s.pos))) s.fail('did not find expected whitespace or line break', start);
  s.push(Kind.tag, start.pos, start.line, handle, suffix);
}

/** `%YAML 1.1` or `%TAG !handle! prefix`, with the rest of its line. */
export function scanDirective(s: Scanner): void {
  const { text } = s;
  const start = s.mark();
  s.pos++;
  const name = takeWord(s);
  if (name === '') s.fail('could not find expected directive name', start);
  if (!isBlankOrBreakOrEnd(text.charCodeAt(s.pos))) s.fail('found unexpected non-alphabetical character', start);
  if (name === 'YAML') {
    s.skipBlanks();
    const major = takeVersionNumber(s, start);
    if (text.charCodeAt(s.pos) !== 46) s.fail("did not find expected digit or '.' character", start);
    s.pos++;
    const minor = takeVersionNumber(s, start);
    s.push(Kind.versionDirective, start.pos, start.line, `${major}.${minor}`);
  } else if (name === 'TAG') {
    s.skipBlanks();
    const handle = takeHandle(s, start, true);
    if (!isBlank(text.charCodeAt(s.pos))) s.fail('did not find expected whitespace', start);
    s.skipBlanks();
    const prefix = takeUri(s, start, '');
    if (!isBlankOrBreakOrEnd(text.charCodeAt(s.pos))) s.fail('did not find expected whitespace or line break', start);
    s.push(Kind.tagDirective, start.pos, start.line, handle, prefix);
  } else s.fail('found unknown directive name', start, start.pos, s.pos);

  s.skipBlanks();
  if (text.charCodeAt(s.pos) === 35) s.skipComment();
  if (!isBreakOrEnd(text.charCodeAt(s.pos))) s.fail('did not find expected comment or line break', start);
  if (isBreak(text.charCodeAt(s.pos))) s.skipBreak();
}

function takeWord(s: Scanner): string {
  const from = s.pos;
  while (isWord(s.text.charCodeAt(s.pos))) s.pos++;
  return s.text.slice(from, s.pos);
}

function takeVersionNumber(s: Scanner, start: Mark): number {
  const from = s.pos;
  for (; isDigit(s.text.charCodeAt(s.pos)); s.pos++) {
    if (s.pos - from === MAX_VERSION_DIGITS) s.fail('found extremely long version number', start);
  }
  if (s.pos === from) s.fail('did not find expected version number', start);
  return Number(s.text.slice(from, s.pos));
}

function takeHandle(s: Scanner, start: Mark, directive: boolean): string {
  if (s.text.charCodeAt(s.pos) !== 33) s.fail("did not find expected '!'", start);
  const from = s.pos++;
  takeWord(s);
  if (s.text.charCodeAt(s.pos) === 33) s.pos++;
  else if (directive && s.pos - from > 1) s.fail("did not find expected '!'", start);
  return s.text.slice(from, s.pos);
}

/** Characters of a URI behind `head`, whose `!` does not count as one. */
function takeUri(s: Scanner, start: Mark, head: string): string {
  let uri = head.slice(1);
  const from = s.pos;
  let at = from;
  for (let c = s.text.charCodeAt(s.pos); isUri(c); c = s.text.charCodeAt(s.pos)) {
    if (c === 37) {
      uri += s.text.slice(at, s.pos) + takeEscapedCharacter(s, start);
      at = s.pos;
    } else s.pos++;
  }
  if (head === '' && s.pos === from) s.fail('did not find expected tag URI', start);
  return uri + s.text.slice(at, s.pos);
}

const utf8Width = (octet: number): number => {
  if (octet < 0x80) return 1;
  if ((octet & 0xe0) === 0xc0) return 2;
  if ((octet & 0xf0) === 0xe0) return 3;
  return (octet & 0xf8) === 0xf0 ? 4 : 0;
};

function takeEscapedCharacter(s: Scanner, start: Mark): string {
  const octets: number[] = [];
  let width = 1;
  while (octets.length < width) {
    if (s.text.charCodeAt(s.pos) !== 37 || !isHex(s.text.charCodeAt(s.pos + 1)) || !isHex(s.text.charCodeAt(s.pos + 2))) {
      s.fail('did not find URI escaped octet', start);
    }
    const octet = Number.parseInt(s.text.slice(s.pos + 1, s.pos + 3), 16);
    if (octets.length === 0) {
      width = utf8Width(octet);
      if (width === 0) s.fail('found an incorrect leading UTF-8 octet', start);
    } else if ((octet & 0xc0) !== 0x80) s.fail('found an incorrect trailing UTF-8 octet', start);
    octets.push(octet);
    s.pos += 3;
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(octets));
}
