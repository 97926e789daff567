import { isUtf8 } from 'node:buffer';

const encodings: Readonly<Record<string, string>> = { fffe: 'utf-16le', feff: 'utf-16be' };
const encodingOf = (bytes: Buffer): string => encodings[bytes.toString('hex', 0, 2)] ?? 'utf-8';

/** Stands for the first bytes that are no text: the daemon's reader refuses it just as it refuses these. */
export const wrongBytes = '\uFFFF';

/** Text of a config file, as the daemon decodes it in both formats: UTF-8, or UTF-16 where a byte order mark says so. */
export function decodeText(bytes: Buffer): string {
  const decode = (fatal: boolean): string => new TextDecoder(encodingOf(bytes), { ignoreBOM: true, fatal }).decode(bytes);
  try {
    return decode(true);
  } catch {
    return decode(false).replace('\uFFFD', wrongBytes);
  }
}

/** What the daemon's YAML library says of the first bytes that are no text; undefined where there are none. */
export function refusalOf(bytes: Buffer): string | undefined {
  const encoding = encodingOf(bytes);
  if (encoding !== 'utf-8') return wrongUtf16(bytes, encoding === 'utf-16be');
  if (isUtf8(bytes)) return undefined;
  for (let at = 0; ; at += utf8Width(bytes[at]!)) {
    const says = wrongUtf8(bytes, at);
    if (says !== undefined) return says;
  }
}

function wrongUtf16(bytes: Buffer, swapped: boolean): string | undefined {
  const units = Buffer.from(bytes.subarray(0, bytes.length & ~1));
  const text = (swapped ? units.swap16() : units).toString('utf16le');
  const at = text.search(/\p{Surrogate}/u);
  if (at === -1) return bytes.length % 2 === 0 ? undefined : 'incomplete UTF-16 character';
  if (text.charCodeAt(at) >= 0xdc_00) return 'unexpected low surrogate area';
  return 2 * at + 4 > bytes.length ? 'incomplete UTF-16 surrogate pair' : 'expected low surrogate area';
}

/** Bytes of the character that begins with `lead`; 0 when none does. */
const utf8Width = (lead: number): number => (lead < 0x80 ? 1 : lead < 0xc0 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf8 ? 4 : 0);

/** What is wrong with the character at `at`, looked for in the daemon's order. */
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
