/**
 * Classes of characters in YAML text. Texts are scanned with a NUL behind their end, which no text may hold itself, so a
 * scanner needs no test for the end of its input.
 */

/** What `charCodeAt` yields behind the end of a text. */
export const END = 0;

const BLANK = 1;
const BREAK = 2;
const NUL = 4;
const WORD = 8;
const DIGIT = 16;
const HEX = 32;
const URI = 64;
const FLOW = 128;

const classes = new Uint8Array(128);
const mark = (characters: string, bits: number): void => {
  for (let i = 0; i < characters.length; i++) classes[characters.charCodeAt(i)]! |= bits;
};
mark(' \t', BLANK);
mark('\n\r', BREAK);
mark('\0', NUL);
mark('0123456789', WORD | DIGIT | HEX | URI);
mark('abcdefABCDEF', HEX);
mark('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-', WORD | URI);
mark(";/?:@&=+$,.!~*'()[]%", URI);
mark(',?[]{}', FLOW);

const has = (c: number, bits: number): boolean => c < 128 && (classes[c]! & bits) !== 0;

/** NEL, LS and PS end a line in YAML 1.1, as LF and CR do. */
const isWideBreak = (c: number): boolean => c === 0x85 || c === 0x2028 || c === 0x2029;

export const isBlank = (c: number): boolean => c === 32 || c === 9;
export const isBreak = (c: number): boolean => (c < 128 ? c === 10 || c === 13 : isWideBreak(c));
export const isBreakOrEnd = (c: number): boolean => (c < 128 ? (classes[c]! & (BREAK | NUL)) !== 0 : isWideBreak(c));
export const isBlankOrBreakOrEnd = (c: number): boolean => (c < 128 ? (classes[c]! & (BLANK | BREAK | NUL)) !== 0 : isWideBreak(c));
/** Letters, digits, `_` and `-`: what anchors, tag handles and directive names are made of. */
export const isWord = (c: number): boolean => has(c, WORD);
export const isDigit = (c: number): boolean => has(c, DIGIT);
export const isHex = (c: number): boolean => has(c, HEX);
export const isUri = (c: number): boolean => has(c, URI);
/** Ends a plain scalar inside brackets or braces. */
export const isFlowIndicator = (c: number): boolean => has(c, FLOW);

/** True where the three characters `---` or `...` stand alone at `at`. */
export const isDocumentMarker = (text: string, at: number): boolean => {
  const c = text.charCodeAt(at);
  return (
    (c === 45 || c === 46) && text.charCodeAt(at + 1) === c && text.charCodeAt(at + 2) === c && isBlankOrBreakOrEnd(text.charCodeAt(at + 3))
  );
};
