import { isUtf8 } from 'node:buffer';

/** A config file's text, as the daemon decodes it. */
export interface DecodedText {
  /** Where the bytes are no text, a control character, which the daemon's reader refuses likewise, stands for the first of them. */
  readonly text: string;
  readonly wrong: WrongBytes | undefined;
}

export interface WrongBytes {
  /** Offset in the text. */
  readonly at: number;
  /** What the daemon's YAML library says of them. */
  readonly says: string;
}

/** Both formats are read as UTF-8, or as UTF-16 where a byte order mark says so. */
export function decodeText(bytes: Buffer): DecodedText {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return decodeUtf16(bytes);
  if (first === 0xfe && second === 0xff) return decodeUtf16(Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16(), bytes.length);
  if (isUtf8(bytes)) return { text: bytes.toString(), wrong: undefined };
  for (let at = 0; ; at += utf8Width(bytes[at]!)) {
    const says = wrongUtf8(bytes, at);
    if (says !== undefined) return broken(bytes.toString('utf8', 0, at), says, bytes.toString('utf8', at + 1));
  }
}

const broken = (before: string, says: string, behind: string): DecodedText => ({
  text: `${before}\uFFFF${behind}`,
  wrong: { at: before.length, says },
});

function decodeUtf16(bytes: Buffer, length = bytes.length): DecodedText {
  const text = bytes.toString('utf16le');
  const at = text.search(/\p{Surrogate}/u);
  if (at !== -1) {
    const pair = text.charCodeAt(at) < 0xdc_00;
    const says = !pair
      ? 'unexpected low surrogate area'
      : 2 * at + 4 > length
        ? 'incomplete UTF-16 surrogate pair'
        : 'expected low surrogate area';
    return broken(text.slice(0, at), says, text.slice(at + 1));
  }
  return length % 2 === 0 ? { text, wrong: undefined } : broken(text, 'incomplete UTF-16 character', '');
}

/** Bytes of the character that begins with `lead`; 0 when none does. */
const utf8Width = (lead: number): number => (lead < 0x80 ? 1 : lead < 0xc0 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf8 ? 4 : 0);

/** What is wrong with the character at `at`, looked for in the daemon's order; undefined when nothing is. */
function wrongUtf8(bytes: Buffer, at: number): string | undefined {
  const width = utf8Width(bytes[at]!);
  if (width === 0) return 'invalid leading UTF-8 octet';
  const character = bytes.subarray(at, at + width);
  if (character.length < width) return 'incomplete UTF-8 octet sequence';
  if (character.subarray(1).some((byte) => byte >> 6 !== 2)) return 'invalid trailing UTF-8 octet';
  if (isUtf8(character)) return undefined;
  const [lead, second] = character;
  // The shortest form of a character always has more bits than what fits in one byte less.
  const short = width === 2 ? lead! < 0xc2 : width === 3 ? lead === 0xe0 && second! < 0xa0 : lead === 0xf0 && second! < 0x90;
  return short ? 'invalid length of a UTF-8 sequence' : 'invalid Unicode character';
}
