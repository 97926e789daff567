/** Numbers in text, as Go's `strconv` and `time` read and write them. */

export const maxInt64 = 0x7fff_ffff_ffff_ffffn;
export const minInt64 = -0x8000_0000_0000_0000n;

/** A value, or Go's reason why there is none (`invalid syntax`, `value out of range`). */
export type Parsed<T> = { readonly value: T } | { readonly error: 'invalid syntax' | 'value out of range' };

/**
 * Underscores may stand between digits, or between a base prefix and a digit (Go's integer literals).
 * A leading zero counts as a prefix only where it introduces a base letter.
 */
function underscoresInPlace(text: string): boolean {
  let last = '^';
  let rest = text.replace(/^[-+]/, '');
  let hex = false;
  if (/^0[bBoOxX]/.test(rest)) {
    hex = /^0[xX]/.test(rest);
    last = '0';
    rest = rest.slice(2);
  }
  for (const c of rest) {
    if ((c >= '0' && c <= '9') || (hex && /[a-fA-F]/.test(c))) last = '0';
    else if (c === '_') {
      if (last !== '0') return false;
      last = '_';
    } else {
      if (last === '_') return false;
      last = '!';
    }
  }
  return last !== '_';
}

/** `strconv.ParseInt(text, 0, 64)`: prefixes `0x`, `0b`, `0o` and plain `0` (octal), underscores, a sign; no blanks. */
export function parseInt64(text: string): Parsed<bigint> {
  const match = /^([-+]?)(0[xX]|0[bB]|0[oO]|0)?([0-9a-fA-F_]*)$/.exec(text);
  if (match === null) return { error: 'invalid syntax' };
  const [, sign = '', prefix = '', body = ''] = match;
  const lower = prefix.toLowerCase();
  const radix = lower === '0x' ? 16 : lower === '0b' ? 2 : lower === '0o' || lower === '0' ? 8 : 10;
  const digits = body.replaceAll('_', '');
  if (digits === '' && lower !== '0') return { error: 'invalid syntax' };
  const allowed = radix === 16 ? /^[0-9a-fA-F]*$/ : radix === 10 ? /^[0-9]*$/ : radix === 8 ? /^[0-7]*$/ : /^[01]*$/;
  if (!allowed.test(digits)) return { error: 'invalid syntax' };
  if (body.includes('_') && !underscoresInPlace(text)) return { error: 'invalid syntax' };
  const spelled = digits === '' ? '0' : digits;
  const size = BigInt(radix === 10 ? spelled : `${{ 16: '0x', 8: '0o', 2: '0b' }[radix]}${spelled}`);
  const value = sign === '-' ? -size : size;
  return value > maxInt64 || value < minInt64 ? { error: 'value out of range' } : { value };
}

/** `strconv.ParseFloat(text, 64)`: decimal, hexadecimal with a `p` exponent, underscores, `inf`, `infinity`, `nan`. */
export function parseFloat64(text: string): Parsed<number> {
  const lower = text.toLowerCase();
  if (/^[-+]?inf(?:inity)?$/.test(lower)) return { value: lower.startsWith('-') ? -Infinity : Infinity };
  if (lower === 'nan') return { value: Number.NaN };
  const plain = lower.replaceAll('_', '');
  if (plain !== lower && !underscoresInPlace(text)) return { error: 'invalid syntax' };
  const hex = /^([-+]?)0x([0-9a-f]*)(?:\.([0-9a-f]*))?p([-+]?\d+)$/.exec(plain);
  if (hex !== null) {
    const [, sign, whole = '', fraction = '', exponent] = hex;
    if (whole + fraction === '') return { error: 'invalid syntax' };
    const size = Number(BigInt(`0x${whole}${fraction}`)) * 2 ** (Number(exponent) - 4 * fraction.length);
    return Number.isFinite(size) ? { value: sign === '-' ? -size : size } : { error: 'value out of range' };
  }
  if (!/^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/.test(plain)) return { error: 'invalid syntax' };
  const value = Number(plain);
  return Number.isFinite(value) ? { value } : { error: 'value out of range' };
}

/** A float as Go converts it to int64 on amd64: towards zero; what does not fit becomes the smallest int64. */
export function truncateToInt64(value: number): bigint {
  if (!Number.isFinite(value)) return minInt64;
  const whole = BigInt(Math.trunc(value));
  return whole > maxInt64 || whole < minInt64 ? minInt64 : whole;
}

/** A bigint as a number where that loses nothing. */
export const narrow = (value: bigint): number | bigint =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;

/** `fmt.Sprintf("%f", value)`: six decimals. */
export function formatFixed(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  // toFixed switches to exponents at 1e21, Go does not.
  if (Math.abs(value) >= 1e21) return `${BigInt(value)}.000000`;
  return Object.is(value, -0) ? '-0.000000' : value.toFixed(6);
}

const unitNanoseconds: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 6e10, h: 3.6e12 };

/** `time.ParseDuration(text)` in nanoseconds. Undefined: Go refuses it. */
export function parseDuration(text: string): number | undefined {
  const duration = nanoseconds(text);
  return duration === undefined || Math.abs(duration) > 2 ** 63 ? undefined : duration;
}

/**
 * What Go takes for a duration, also where it is too long for Go: decimal numbers each with a unit (`ns us µs ms s m h`),
 * an optional sign, or a bare `0`.
 */
export function nanoseconds(text: string): number | undefined {
  const match = /^([-+]?)(.*)$/s.exec(text);
  const sign = match?.[1] === '-' ? -1 : 1;
  let rest = match?.[2] ?? '';
  if (rest === '0') return 0;
  if (rest === '') return undefined;
  let total = 0;
  while (rest !== '') {
    const part = /^(\d+(?:\.\d*)?|\.\d+)([^\d.]+)/.exec(rest);
    const unit = part === null ? undefined : unitNanoseconds[part[2]!];
    if (part === null || unit === undefined) return undefined;
    total += Number(part[1]) * unit;
    rest = rest.slice(part[0].length);
  }
  return sign * total;
}

/** Words for true and false that quoted text may use in a v1 bool field; anything else is refused. */
export function parseLooseBool(text: string): boolean | undefined {
  if (/^(?:1|t|T|Y|true|TRUE|True|yes|Yes|YES)$/.test(text)) return true;
  return /^(?:0|f|F|N|false|FALSE|False|no|No|NO)$/.test(text) ? false : undefined;
}

/** `strconv.ParseBool`: what v2 accepts. */
export function parseStrictBool(text: string): boolean | undefined {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
  return /^(?:0|f|F|FALSE|false|False)$/.test(text) ? false : undefined;
}
