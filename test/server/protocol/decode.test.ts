import { expect, it } from 'vitest';
import { decodeText, refusalOf } from '../../../server/src/protocol/decode.ts';

const bytes = (...values: number[]): Buffer => Buffer.from(values);

it.each<[says: string, wrong: Buffer]>([
  ['invalid leading UTF-8 octet', bytes(0x80, 0x20)],
  ['invalid leading UTF-8 octet', bytes(0xff, 0x20)],
  ['invalid trailing UTF-8 octet', bytes(0xe9, 0x20, 0x20)],
  ['incomplete UTF-8 octet sequence', bytes(0xe9, 0x0a)],
  ['invalid length of a UTF-8 sequence', bytes(0xc0, 0x80)],
  ['invalid length of a UTF-8 sequence', bytes(0xe0, 0x9f, 0xbf)],
  ['invalid length of a UTF-8 sequence', bytes(0xf0, 0x8f, 0xbf, 0xbf)],
  ['invalid Unicode character', bytes(0xed, 0xa0, 0x80)],
  ['invalid Unicode character', bytes(0xf4, 0x90, 0x80, 0x80)],
  ['invalid Unicode character', bytes(0xf5, 0x80, 0x80, 0x80)],
])('finds wrong UTF-8: %s', (says, wrong) => {
  const before = '\uFEFFé€😀';
  const encoded = Buffer.concat([Buffer.from(before), wrong]);
  expect(refusalOf(encoded)).toBe(says);
  expect(decodeText(encoded).slice(0, before.length + 1)).toBe(`${before}\uFFFF`);
});

it('reads UTF-8 and UTF-16, and keeps a byte order mark', () => {
  const text = '\uFEFF# é😀\n';
  const little = Buffer.from(text, 'utf16le');
  for (const encoded of [Buffer.from(text), little, Buffer.from(little).swap16()]) expect(decodeText(encoded)).toBe(text);
  expect(decodeText(Buffer.alloc(0))).toBe('');
});

it.each<[says: string, units: string, length: number]>([
  ['expected low surrogate area', '\uD800 x', 3],
  ['incomplete UTF-16 surrogate pair', '\uD800', 1],
  ['unexpected low surrogate area', '\uDC00', 1],
  ['incomplete UTF-16 character', 'a', 0.5],
])('finds wrong UTF-16: %s', (says, units, length) => {
  const little = Buffer.from(`\uFEFFa😀${units}`, 'utf16le').subarray(0, 8 + 2 * length);
  const big = Buffer.from(little);
  for (let i = 0; i + 1 < big.length; i += 2) [big[i], big[i + 1]] = [big[i + 1]!, big[i]!];
  if (length < 1) big[8] = 0;
  for (const encoded of [little, big]) {
    expect(refusalOf(encoded)).toBe(says);
    expect(decodeText(encoded)[4]).toBe('\uFFFF');
  }
});
