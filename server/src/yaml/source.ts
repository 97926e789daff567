import { Refusal } from './refusal.ts';

/** Go's reader takes its input in pieces of this many bytes, and refuses a control character once it takes its piece. */
const PIECE = 512;
const BYTE_ORDER_MARK = 0xfe_ff;

/** A text made ready for scanning. Offsets are those of the text itself. */
export interface Source {
  /** The text with NULs behind it, cut off where the piece with a control character begins. */
  readonly text: string;
  /** Length of the readable part, without the NULs. */
  readonly length: number;
  /** Where scanning starts: behind a byte order mark. */
  readonly start: number;
  /** Offset of the first control character; -1 when there is none. */
  readonly control: number;
  /**
   * A second byte order mark makes the library skip one character at the start of every line of its first piece, which
   * ends here; 0 otherwise.
   */
  readonly skipsUntil: number;
}

const isControl = (c: number): boolean =>
  c < 0x20 ? c !== 9 && c !== 10 && c !== 13 : (c >= 0x7f && c < 0xa0 && c !== 0x85) || c === 0xff_fe || c === 0xff_ff;

const findControl = (text: string): number => {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if ((c < 0x20 || c > 0x7e) && isControl(c)) return i;
  }
  return -1;
};

const utf8Length = (c: number): number => (c < 0x80 ? 1 : c < 0x8_00 ? 2 : c >= 0xd8_00 && c <= 0xdf_ff ? 2 : 3);

/** Start of the piece that holds the character at `at`. Pieces hold whole characters only. */
const pieceStart = (text: string, at: number, from: number): number => {
  let start = from;
  let room = PIECE - (from > 0 ? 3 : 0);
  for (let i = from; i <= at; i++) {
    const pair = (text.charCodeAt(i) & 0xfc_00) === 0xd8_00 && (text.charCodeAt(i + 1) & 0xfc_00) === 0xdc_00;
    const bytes = pair ? 4 : utf8Length(text.charCodeAt(i));
    if (bytes > room) {
      start = i;
      room = PIECE;
    }
    room -= bytes;
    if (pair) i++;
  }
  return start;
};

/** @throws Refusal when a control character stands in the first piece: then nothing else is looked at */
export function openSource(text: string): Source {
  const start = text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0;
  const control = findControl(text);
  let length = text.length;
  if (control >= 0) {
    length = pieceStart(text, control, start);
    if (length === start) throw controlRefused(control);
  }
  const doubled = start === 1 && text.charCodeAt(1) === BYTE_ORDER_MARK;
  const readable = length === text.length ? text : text.slice(0, length);
  return { text: `${readable}\0\0\0\0`, length, start, control, skipsUntil: doubled ? Math.min(length, PIECE - 3) : 0 };
}

/** The library's words for a control character. */
export const controlWords = 'control characters are not allowed';

export const controlRefused = (at: number): Refusal => new Refusal('reader', controlWords, { pos: at, line: 0 });
