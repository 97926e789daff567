import type { Dialect, YamlScalar } from './nodes.ts';
import { parseDottedFloat, parseFloatOfYaml, parseInteger, parseLeftover } from './number.ts';
import { isTimestamp } from './timestamp.ts';

/** A scalar as Go's `yaml.Unmarshal` puts it into an `interface{}`. Ints fit int64; `uint` is used only above that. */
export type ScalarValue =
  | { readonly type: 'null' }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'int' | 'uint'; readonly value: bigint }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  /** A `time.Time`, which only yaml.v3 makes; `text` is as written. */
  | { readonly type: 'time'; readonly text: string };

/** The library refuses the whole document because of this scalar. `message` is the daemon's text without `yaml: `. */
export interface ScalarError {
  readonly type: 'error';
  readonly message: string;
}

/** Short form of the tags whose meaning the libraries know; every other tag leaves the text as it is. */
const resolvable = new Set(['!!str', '!!bool', '!!int', '!!float', '!!null', '!!timestamp']);
const LONG_PREFIX = 'tag:yaml.org,2002:';

/** `tag:yaml.org,2002:str` as `!!str`, the way the libraries print it. */
export const shortTag = (tag: string): string => (tag.startsWith(LONG_PREFIX) ? `!!${tag.slice(LONG_PREFIX.length)}` : tag);

/** True when an untagged plain scalar of this text is text to the library, this very text. */
export function isText(text: string, dialect: Dialect): boolean {
  if (text === '') return false;
  if (!mayBeOther(text.charCodeAt(0))) return true;
  return resolvePlain(text, dialect).value.type === 'string';
}

interface Resolved {
  /** Short form. */
  readonly tag: string;
  readonly value: ScalarValue | ScalarError;
}

const NULL: Resolved = { tag: '!!null', value: { type: 'null' } };
const TRUE: Resolved = { tag: '!!bool', value: { type: 'bool', value: true } };
const FALSE: Resolved = { tag: '!!bool', value: { type: 'bool', value: false } };
const float = (value: number): Resolved => ({ tag: '!!float', value: { type: 'float', value } });
const INFINITY = float(Infinity);
const MINUS_INFINITY = float(-Infinity);
const NAN = float(Number.NaN);
const string = (value: string): Resolved => ({ tag: '!!str', value: { type: 'string', value } });

const words = (text: string, resolved: Resolved): [string, Resolved][] => text.split(' ').map((word) => [word, resolved]);
const commonWords = [
  ...words('true True TRUE', TRUE),
  ...words('false False FALSE', FALSE),
  ...words('~ null Null NULL', NULL),
  ...words('.nan .NaN .NAN', NAN),
  ...words('.inf .Inf .INF +.inf +.Inf +.INF', INFINITY),
  ...words('-.inf -.Inf -.INF', MINUS_INFINITY),
];
const wordsOf: Record<Dialect, ReadonlyMap<string, Resolved>> = {
  'yaml.v2': new Map([...commonWords, ...words('y Y yes Yes YES on On ON', TRUE), ...words('n N no No NO off Off OFF', FALSE)]),
  'yaml.v3': new Map(commonWords),
};
const LONGEST_WORD = 5;

/** The value of a scalar in the eyes of `dialect`. */
export function resolveScalar(node: YamlScalar, dialect: Dialect): ScalarValue | ScalarError {
  return resolve(node, dialect).value;
}

/**
 * The short tag that Go's messages print for a scalar, as in ``cannot unmarshal !!str `hello` into []interface {}``: the
 * tag as written, otherwise what the text resolves to.
 */
export function scalarTag(node: YamlScalar, dialect: Dialect): string {
  return resolve(node, dialect).tag;
}

function resolve(node: YamlScalar, dialect: Dialect): Resolved {
  const { text, style } = node;
  const v3 = dialect === 'yaml.v3';
  const tag = node.tag === undefined ? undefined : shortTag(node.tag);
  // `!` says "not a number" to yaml.v2, and nothing to yaml.v3.
  if (tag === undefined || (v3 && tag === '!')) return style === 'plain' ? resolvePlain(text, dialect) : string(text);
  if (tag === '!!binary') return { tag, value: decodeBase64(text) };
  if (!resolvable.has(tag)) return { tag, value: { type: 'string', value: text } };
  if (tag === '!!str') return string(text);
  const found = resolveText(text, dialect, tag === '!!timestamp');
  if (found.tag === tag) return found;
  if (tag === '!!float' && found.value.type === 'int') return float(Number(found.value.value));
  return { tag, value: { type: 'error', message: `cannot decode ${found.tag} \`${text}\` as a ${tag}` } };
}

const resolvePlain = (text: string, dialect: Dialect): Resolved => resolveText(text, dialect, true);

function resolveText(text: string, dialect: Dialect, timestamps: boolean): Resolved {
  if (text === '') return NULL;
  const first = text.charCodeAt(0);
  if (!mayBeOther(first)) return string(text);
  if (text.length <= LONGEST_WORD) {
    const word = wordsOf[dialect].get(text);
    if (word !== undefined) return word;
  }
  if (first === 46) {
    const value = parseDottedFloat(text);
    return value === undefined ? string(text) : float(value);
  }
  return isDigit(first) || first === 43 || first === 45 ? resolveNumber(text, dialect, timestamps) : string(text);
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const STARTS: ReadonlySet<number> = new Set(Array.from('yYnNtTfFoO~+-.', (c) => c.charCodeAt(0)));
/** Most scalars are words: only some letters, signs, digits and dots can start anything else than a string. */
const mayBeOther = (first: number): boolean => isDigit(first) || STARTS.has(first);

function resolveNumber(text: string, dialect: Dialect, timestamps: boolean): Resolved {
  if (timestamps && isTimestamp(text)) {
    const value: ScalarValue = dialect === 'yaml.v3' ? { type: 'time', text } : { type: 'string', value: text };
    return { tag: '!!timestamp', value };
  }
  const plain = text.includes('_') ? text.replaceAll('_', '') : text;
  const integer = parseInteger(plain);
  if (integer !== undefined) return { tag: '!!int', value: integer };
  const number = parseFloatOfYaml(plain);
  if (number !== undefined) return float(number);
  const leftover = parseLeftover(plain, dialect === 'yaml.v3');
  return leftover === undefined ? string(text) : { tag: '!!int', value: leftover };
}

/** Standard base64 with padding; line breaks do not count. The bytes are shown as UTF-8. */
function decodeBase64(text: string): ScalarValue | ScalarError {
  const bare = text.replaceAll(/[\r\n]/g, '');
  if (bare.length % 4 !== 0 || !/^[A-Za-z\d+/]*={0,2}$/.test(bare)) {
    return { type: 'error', message: '!!binary value contains invalid base64 data' };
  }
  return { type: 'string', value: Buffer.from(bare, 'base64').toString('utf8') };
}
