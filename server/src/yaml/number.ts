/** Numbers as Go's `strconv` reads and writes them on behalf of the YAML libraries. */

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

const digitsOf = { 2: /^[01]+$/, 8: /^[0-7]+$/, 10: /^\d+$/, 16: /^[\da-f]+$/i } as const;
type Base = keyof typeof digitsOf;

/** An int64 with an optional sign in a given base; undefined when it is none. */
const parseSigned = (text: string, base: Base): bigint | undefined => {
  const sign = text.startsWith('-') || text.startsWith('+');
  const value = parseDigits(sign ? text.slice(1) : text, base);
  if (value === undefined) return undefined;
  const signed = text.startsWith('-') ? -value : value;
  return signed >= MIN_INT64 && signed <= MAX_INT64 ? signed : undefined;
};

const parseDigits = (digits: string, base: Base): bigint | undefined => {
  if (!digitsOf[base].test(digits)) return undefined;
  if (base === 10) return digits.length > 400 ? undefined : BigInt(digits);
  // Leading zeros say nothing, and bound the work on hostile text.
  const bare = digits.replace(/^0+/, '') || '0';
  return bare.length > 64 ? undefined : BigInt((base === 2 ? '0b' : base === 8 ? '0o' : '0x') + bare);
};

const prefixed = (text: string): { digits: string; base: Base } => {
  if (text.length > 1 && text.startsWith('0')) {
    const letter = text.charAt(1);
    if (letter === 'x' || letter === 'X') return { digits: text.slice(2), base: 16 };
    if (letter === 'b' || letter === 'B') return { digits: text.slice(2), base: 2 };
    if (letter === 'o' || letter === 'O') return { digits: text.slice(2), base: 8 };
    return { digits: text.slice(1), base: 8 };
  }
  return { digits: text, base: 10 };
};

export type GoInteger = { readonly type: 'int'; readonly value: bigint } | { readonly type: 'uint'; readonly value: bigint };

/** Up to this many digits fit a double exactly: the common case needs no big arithmetic. */
const SMALL = 15;

/**
 * An integer in text without underscores: `0x`, `0o`, `0b` and a leading `0` (octal) choose the base. `uint` only above
 * the range of int64.
 */
export function parseInteger(plain: string): GoInteger | undefined {
  const first = plain.charCodeAt(0);
  const signed = first === 43 || first === 45;
  const body = signed ? plain.slice(1) : plain;
  if (body.length <= SMALL && body.charCodeAt(0) !== 48 && digitsOf[10].test(body)) {
    return { type: 'int', value: BigInt(first === 45 ? `-${body}` : body) };
  }
  const { digits, base } = prefixed(body);
  const value = parseDigits(digits, base);
  if (value !== undefined) {
    const int = first === 45 ? -value : value;
    if (int >= MIN_INT64 && int <= MAX_INT64) return { type: 'int', value: int };
    return !signed && value <= MAX_UINT64 ? { type: 'uint', value } : undefined;
  }
  return undefined;
}

/** What is tried when a text is neither an integer nor a float: a prefix with a sign behind it. */
export function parseLeftover(plain: string, octal: boolean): GoInteger | undefined {
  const base = /^-?0b/.test(plain) ? 2 : octal && /^-?0o/.test(plain) ? 8 : undefined;
  if (base === undefined) return undefined;
  const value = plain.startsWith('-') ? parseSigned(`-${plain.slice(3)}`, base) : parseSigned(plain.slice(2), base);
  return value === undefined ? undefined : { type: 'int', value };
}

const styleFloat = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;

/** A float in text without underscores that does not start with a dot; undefined when it is none or out of range. */
export function parseFloatOfYaml(plain: string): number | undefined {
  if (!styleFloat.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}

const dottedFloat = /^\.\d+(?:_\d+)*(?:[eE][-+]?\d+(?:_\d+)*)?$/;

/** A float that starts with a dot: here underscores count as Go counts them, only between digits. */
export function parseDottedFloat(text: string): number | undefined {
  if (!dottedFloat.test(text)) return undefined;
  const value = Number(text.replaceAll('_', ''));
  return Number.isFinite(value) ? value : undefined;
}

/** `%v` and `%#v` of a float64, and how yaml.v2 writes one: shortest digits, with an exponent below 1e-4 and from 1e6. */
export function formatShortest(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const size = Math.abs(value);
  const text = value !== 0 && (size < 1e-4 || size >= 1e6) ? value.toExponential() : Object.is(value, -0) ? '-0' : String(value);
  return text.replace(/e([-+])(\d)$/, 'e$10$2');
}
