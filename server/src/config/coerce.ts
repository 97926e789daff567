/**
 * What a v1 field would hold, or the daemon's reason to refuse the value: the conversions of every YAML value to every
 * Go kind that receptor's fields have, JSON inside strings and crashes included.
 */
import type { FieldKind } from '../schema/knowledge.ts';
import type { Span, YamlNode } from '../yaml/nodes.ts';
import { contentSpan } from './go-values.ts';
import type { GoEntry, GoValue } from './go-values.ts';
import { goText } from './go-values.ts';
import { formatFixed, narrow, parseFloat64, parseInt64, parseLooseBool, truncateToInt64 } from './go-numbers.ts';
import type { FieldPart, FieldValue, FirewallKey, FirewallRule } from './model.ts';

/** Why the daemon refuses a value. */
export interface Refused {
  readonly code: 'null-value' | 'wrong-type' | 'bad-number' | 'bad-boolean' | 'bad-json' | 'wrong-element';
  /** What the daemon prints after `error setting field X in command Y: `, or its crash. */
  readonly daemon: string;
  /** The smallest part that is wrong. */
  readonly span: Span;
  /** The daemon does not complain but crashes. */
  readonly crash: boolean;
  /** Set where the key of an entry is wrong: as written. */
  readonly key?: string;
}

export interface Coerced {
  /** Undefined where nothing is set: a null in a list or map field. */
  readonly value: FieldValue | undefined;
  readonly parts: readonly FieldPart[];
  readonly refused: Refused | undefined;
}

/** The Go type of a field, as the daemon's libraries name it. */
export const goTypes: Readonly<Record<FieldKind, string>> = {
  string: 'string',
  int: 'int',
  float: 'float64',
  bool: 'bool',
  strings: '[]string',
  'float-map': 'map[string]float64',
  'string-map': 'map[string]string',
  'any-map': 'map[string]interface {}',
  'firewall-rules': '[]netceptor.FirewallRuleData',
};

const crashText = 'panic: reflect: call of reflect.Value.Type on zero Value';

const none: readonly FieldPart[] = [];
const set = (value: FieldValue | undefined, parts: readonly FieldPart[] = none): Coerced => ({ value, parts, refused: undefined });
const refuse = (code: Refused['code'], node: YamlNode, daemon: string, parts: readonly FieldPart[] = []): Coerced => ({
  value: undefined,
  parts,
  refused: { code, daemon, span: contentSpan(node), crash: daemon === crashText },
});

/** Converts as `setValue` of receptor's command line library does. */
export function coerce(kind: FieldKind, value: GoValue): Coerced {
  if (value.type === 'null') {
    const clears = kind !== 'string' && kind !== 'int' && kind !== 'float' && kind !== 'bool';
    return clears ? set(undefined) : refuse('null-value', value.node, 'value cannot be nil');
  }
  switch (kind) {
    case 'string':
      return toText(value);
    case 'int':
    case 'float':
      return toNumber(kind, value);
    case 'bool':
      return toBool(value);
    case 'strings':
    case 'firewall-rules':
      return toList(kind, value);
    case 'float-map':
    case 'string-map':
    case 'any-map':
      return toMap(kind, value);
  }
}

const typeError = (kind: FieldKind, value: GoValue): Coerced => refuse('wrong-type', value.node, `type error (expected ${goTypes[kind]})`);

function toText(value: GoValue): Coerced {
  const text = value.type === 'list' || value.type === 'map' ? undefined : textOf(value);
  return text === undefined ? typeError('string', value) : set(text);
}

/** Text of a scalar in a string field. */
function textOf(value: Exclude<GoValue, { type: 'list' | 'map' }>): string | undefined {
  switch (value.type) {
    case 'string':
      return value.value;
    case 'int':
      return String(value.value);
    case 'uint':
      return '\uFFFD'; // Go converts an unsigned number to the character of that code point
    case 'float':
      return formatFixed(value.value);
    case 'bool':
      return String(value.value);
    case 'null':
    case 'time':
      return undefined;
  }
}

function toNumber(kind: 'int' | 'float', value: GoValue): Coerced {
  switch (value.type) {
    case 'int':
      return set(kind === 'int' ? value.value : Number(value.value));
    case 'uint':
      return set(kind === 'int' ? BigInt.asIntN(64, BigInt(value.value)) : Number(value.value));
    case 'float':
      return set(kind === 'int' ? narrow(truncateToInt64(value.value)) : value.value);
    case 'string': {
      const parsed = kind === 'int' ? parseInt64(value.value) : parseFloat64(value.value);
      if ('value' in parsed) return set(typeof parsed.value === 'bigint' ? narrow(parsed.value) : parsed.value);
      return refuse(
        'bad-number',
        value.node,
        `strconv.Parse${kind === 'int' ? 'Int' : 'Float'}: parsing ${quote(value.value)}: ${parsed.error}`,
      );
    }
    case 'bool':
    case 'null':
    case 'time':
    case 'list':
    case 'map':
      return typeError(kind, value);
  }
}

const quote = (text: string): string => JSON.stringify(text);

function toBool(value: GoValue): Coerced {
  if (value.type === 'bool') return set(value.value);
  if (value.type !== 'string') return typeError('bool', value);
  const parsed = parseLooseBool(value.value);
  return parsed === undefined ? refuse('bad-boolean', value.node, `could not parse ${value.value} as boolean`) : set(parsed);
}

function toList(kind: 'strings' | 'firewall-rules', value: GoValue): Coerced {
  if (value.type === 'string') {
    if (value.value.startsWith('[')) {
      const json = readJson(value);
      return 'refused' in json ? json : toElements(kind, json as GoValue & { type: 'list' }, true);
    }
    return kind === 'strings' ? set([value.value], [wholePart(value)]) : typeError(kind, value);
  }
  return value.type === 'list' ? toElements(kind, value, false) : typeError(kind, value);
}

const wholePart = (value: GoValue & { type: 'string' }): FieldPart => ({
  value: { text: value.value, span: contentSpan(value.node) },
  read: value.value,
});

function toElements(kind: 'strings' | 'firewall-rules', list: GoValue & { type: 'list' }, json: boolean): Coerced {
  const element = kind === 'strings' ? 'string' : 'netceptor.FirewallRuleData';
  const texts: string[] = [];
  const rules: FirewallRule[] = [];
  const parts: FieldPart[] = [];
  let refused: Coerced | undefined;
  for (const item of list.items) {
    const located =
      json || item.type === 'list' || item.type === 'map' ? undefined : { text: writtenText(item), span: contentSpan(item.node) };
    if (item.type === 'null') {
      refused ??= refuse('wrong-element', item.node, crashText);
    } else if (kind === 'strings') {
      const text = elementText(item);
      if (text === undefined) refused ??= refuse('wrong-element', item.node, `invalid value ${goText(item)}: must be type ${element}`);
      else texts.push(text);
      parts.push({ value: located, read: text });
      continue;
    } else if (item.type === 'map' && !json) rules.push(firewallRule(item));
    else refused ??= refuse('wrong-element', item.node, `invalid value ${goText(item)}: must be type ${element}`);
    parts.push({ value: located, read: undefined });
  }
  if (refused !== undefined) return { ...refused, parts };
  return set(kind === 'strings' ? texts : rules, parts);
}

/** Strings stay, integers become the character of their code point: Go's conversion. */
function elementText(item: GoValue): string | undefined {
  if (item.type === 'string') return item.value;
  if (item.type === 'uint') return '\uFFFD';
  if (item.type !== 'int') return undefined;
  const code = Number(item.value);
  return code < 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? '\uFFFD' : String.fromCodePoint(code);
}

export const writtenText = (value: GoValue): string => (value.node.kind === 'scalar' ? value.node.text : '');

export function firewallRule(map: GoValue & { type: 'map' }): FirewallRule {
  const keys = map.entries.map(({ key, value }): FirewallKey => ({
    name: key.type === 'string' ? key.value.toLowerCase() : '',
    key: { text: key.type === 'string' ? key.value : goText(key), span: contentSpan(key.node) },
    value: { text: value.type === 'string' ? value.value : writtenText(value), span: contentSpan(value.node) },
    isString: value.type === 'string',
    node: value.node,
  }));
  return { span: contentSpan(map.node), keys };
}

function toMap(kind: 'float-map' | 'string-map' | 'any-map', value: GoValue): Coerced {
  if (value.type === 'map') return toEntries(kind, value.entries, false);
  if (value.type !== 'string' || !value.value.startsWith('{')) return typeError(kind, value);
  const json = readJson(value);
  return 'refused' in json ? json : toEntries(kind, (json as GoValue & { type: 'map' }).entries, true);
}

function toEntries(kind: 'float-map' | 'string-map' | 'any-map', entries: readonly GoEntry[], json: boolean): Coerced {
  const map = new Map<string, unknown>();
  const parts: FieldPart[] = [];
  let refused: Coerced | undefined;
  for (const { key, value } of entries) {
    const name = elementText(key);
    const read = entryValue(kind, value);
    if (key.type === 'null') refused ??= refuse('wrong-element', key.node, crashText);
    else if (name === undefined) refused ??= refuseKey(key);
    else if (value.type === 'null') refused ??= refuse('wrong-element', value.node, crashText);
    else if (read === undefined) {
      const type = kind === 'float-map' ? 'float64' : 'string';
      refused ??= refuse('wrong-element', value.node, `invalid value ${goText(value)}: must be type ${type}`);
    } else map.set(name, read);
    if (json) continue;
    parts.push({
      key: { text: writtenText(key), span: contentSpan(key.node) },
      value: value.node.kind === 'scalar' ? { text: writtenText(value), span: contentSpan(value.node) } : undefined,
      read: typeof read === 'string' || typeof read === 'number' ? read : undefined,
    });
  }
  return refused === undefined ? set(map, parts) : { ...refused, parts };
}

function refuseKey(key: GoValue): Coerced {
  const { refused, ...rest } = refuse('wrong-element', key.node, `invalid key ${goText(key)}: must be type string`);
  return { ...rest, refused: { ...refused!, key: writtenText(key) } };
}

function entryValue(kind: 'float-map' | 'string-map' | 'any-map', value: GoValue): unknown {
  if (kind === 'any-map') return plain(value);
  if (kind === 'string-map') return elementText(value);
  return value.type === 'int' || value.type === 'uint' || value.type === 'float' ? Number(value.value) : undefined;
}

/** A value without its places. */
function plain(value: GoValue): unknown {
  switch (value.type) {
    case 'null':
      return null;
    case 'list':
      return value.items.map(plain);
    case 'map':
      return Object.fromEntries(value.entries.map((e) => [writtenText(e.key), plain(e.value)]));
    case 'string':
    case 'bool':
    case 'int':
    case 'uint':
    case 'float':
    case 'time':
      return value.value;
  }
}

/** JSON inside a string; every value of it stands at the whole string. */
function readJson(value: GoValue & { type: 'string' }): GoValue | Coerced {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value.value);
  } catch {
    return refuse('bad-json', value.node, jsonComplaint(value.value));
  }
  const { node } = value;
  let overflow = false;
  const convert = (from: unknown): GoValue => {
    if (from === null) return { type: 'null', node };
    if (typeof from === 'string') return { type: 'string', value: from, node };
    if (typeof from === 'boolean') return { type: 'bool', value: from, node };
    if (typeof from === 'number') {
      overflow ||= !Number.isFinite(from);
      return { type: 'float', value: from, node };
    }
    if (Array.isArray(from)) return { type: 'list', items: from.map(convert), node };
    const entries = Object.entries(from as object).map(([k, v]) => ({ key: convert(k), value: convert(v) }));
    return { type: 'map', entries, node };
  };
  const converted = convert(parsed);
  return overflow ? refuse('bad-json', node, 'json: cannot unmarshal number into Go value of type float64') : converted;
}

/** Go's words for the usual mistakes; its wording depends on the place, ours names the character. */
function jsonComplaint(text: string): string {
  const bad = /^\{\s*([^"}\s])/.exec(text);
  if (bad !== null) return `invalid character '${bad[1]}' looking for beginning of object key string`;
  return /[}\]]\s*$/.test(text) ? 'invalid character looking for beginning of value' : 'unexpected end of JSON input';
}
