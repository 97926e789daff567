/**
 * What a v2 field would hold, or why the daemon refuses the config: the weak decoding of the `mapstructure` library, with
 * the hook that splits strings into lists.
 */
import type { FieldKind } from '../schema/knowledge.ts';
import type { YamlNode } from '../yaml/nodes.ts';
import type { Coerced } from './coerce.ts';
import { firewallRule, goTypes, writtenText } from './coerce.ts';
import { narrow, parseFloat64, parseInt64, parseStrictBool, truncateToInt64 } from './go-numbers.ts';
import type { GoValue } from './go-values.ts';
import { contentSpan } from './go-values.ts';
import type { FieldPart, FieldValue, FirewallRule } from './model.ts';

const set = (value: FieldValue | undefined, parts: readonly FieldPart[] = []): Coerced => ({ value, parts, refused: undefined });

/** The library's word for a value's type. */
function goTypeOf(value: GoValue): string {
  switch (value.type) {
    case 'list':
      return '[]interface {}';
    case 'map':
      return 'map[string]interface {}';
    case 'time':
      return 'time.Time';
    case 'float':
      return 'float64';
    case 'uint':
      return 'uint64';
    case 'null':
    case 'string':
    case 'bool':
    case 'int':
      return value.type;
  }
}

function refuse(code: NonNullable<Coerced['refused']>['code'], node: YamlNode, daemon: string, parts: readonly FieldPart[] = []): Coerced {
  return { value: undefined, parts, refused: { code, daemon, span: contentSpan(node), crash: false } };
}

const unconvertible = (kind: FieldKind, value: GoValue): Coerced =>
  refuse('wrong-type', value.node, `expected type '${goTypes[kind]}', got unconvertible type '${goTypeOf(value)}'`);

/** Decodes a value as v2 does. */
export function coerceV2(kind: FieldKind, value: GoValue): Coerced {
  if (value.type === 'null') return set(undefined);
  switch (kind) {
    case 'string': {
      const text = textOf(value);
      return text === undefined ? unconvertible(kind, value) : set(text);
    }
    case 'int':
    case 'float':
      return toNumber(kind, value);
    case 'bool':
      return toBool(value);
    case 'strings':
      return toTexts(value);
    case 'firewall-rules':
      return toRules(value);
    case 'float-map':
    case 'string-map':
    case 'any-map':
      return toMap(kind, value);
  }
}

function textOf(value: GoValue): string | undefined {
  switch (value.type) {
    case 'string':
      return value.value;
    case 'int':
    case 'uint':
      return String(value.value);
    case 'float':
      return Number.isFinite(value.value)
        ? value.value.toLocaleString('en-US', { useGrouping: false, maximumSignificantDigits: 17 })
        : Number.isNaN(value.value)
          ? 'NaN'
          : value.value > 0
            ? '+Inf'
            : '-Inf';
    case 'bool':
      return value.value ? '1' : '0';
    case 'null':
      return '';
    case 'time':
    case 'list':
    case 'map':
      return undefined;
  }
}

function toNumber(kind: 'int' | 'float', value: GoValue): Coerced {
  switch (value.type) {
    case 'int':
      return set(kind === 'int' ? value.value : Number(value.value));
    case 'uint':
      return set(kind === 'int' ? narrow(BigInt.asIntN(64, BigInt(value.value))) : Number(value.value));
    case 'float':
      return set(kind === 'int' ? narrow(truncateToInt64(value.value)) : value.value);
    case 'bool':
      return set(value.value ? 1 : 0);
    case 'string': {
      if (value.value === '') return set(0);
      const parsed = kind === 'int' ? parseInt64(value.value) : parseFloat64(value.value);
      if ('value' in parsed) return set(typeof parsed.value === 'bigint' ? narrow(parsed.value) : parsed.value);
      return refuse(
        'bad-number',
        value.node,
        `cannot parse value as '${goTypes[kind]}': strconv.Parse${kind === 'int' ? 'Int' : 'Float'}: ${parsed.error}`,
      );
    }
    case 'null':
    case 'time':
    case 'list':
    case 'map':
      return unconvertible(kind, value);
  }
}

function toBool(value: GoValue): Coerced {
  switch (value.type) {
    case 'bool':
      return set(value.value);
    case 'int':
    case 'uint':
      return set(Number(value.value) !== 0);
    case 'float':
      return set(value.value !== 0);
    case 'string': {
      const parsed = value.value === '' ? false : parseStrictBool(value.value);
      return parsed === undefined
        ? refuse('bad-boolean', value.node, "cannot parse value as 'bool': strconv.ParseBool: invalid syntax")
        : set(parsed);
    }
    case 'null':
    case 'time':
    case 'list':
    case 'map':
      return unconvertible('bool', value);
  }
}

function toTexts(value: GoValue): Coerced {
  if (value.type === 'string') {
    const texts = value.value === '' ? [] : value.value.split(',');
    return set(
      texts,
      texts.map((text) => ({ value: texts.length === 1 ? { text, span: contentSpan(value.node) } : undefined, read: text })),
    );
  }
  if (value.type === 'map' && value.entries.length === 0) return set([]);
  const items = value.type === 'list' ? value.items : [value];
  const texts: string[] = [];
  const parts: FieldPart[] = [];
  for (const item of items) {
    const text = textOf(item);
    if (text === undefined) return unconvertible('string', item);
    texts.push(text);
    parts.push({ value: item.node.kind === 'scalar' ? { text: writtenText(item), span: contentSpan(item.node) } : undefined, read: text });
  }
  return set(texts, parts);
}

function toRules(value: GoValue): Coerced {
  if (value.type === 'string' && value.value === '') return set([]);
  const items = value.type === 'list' ? value.items : [value];
  const rules: FirewallRule[] = [];
  for (const item of items) {
    if (item.type === 'map') rules.push(firewallRule(item));
    else if (item.type !== 'null')
      return refuse('wrong-element', item.node, `expected type 'netceptor.FirewallRuleData', got unconvertible type '${goTypeOf(item)}'`);
    else rules.push({ span: contentSpan(item.node), keys: [] });
  }
  return set(rules);
}

function toMap(kind: 'float-map' | 'string-map' | 'any-map', value: GoValue): Coerced {
  if (value.type === 'list' && value.items.length === 0) return set(new Map());
  if (value.type === 'list' && value.items.length === 1) return toMap(kind, value.items[0]!);
  if (value.type !== 'map') return refuse('wrong-type', value.node, `expected a map, got '${goTypeOf(value)}'`);
  const map = new Map<string, unknown>();
  const parts: FieldPart[] = [];
  for (const entry of value.entries) {
    const name = writtenText(entry.key);
    const inner =
      kind === 'float-map'
        ? toNumber('float', entry.value.type === 'null' ? { type: 'int', value: 0, node: entry.value.node } : entry.value)
        : set(textOf(entry.value) ?? '');
    if (inner.refused !== undefined) return { ...inner, parts };
    map.set(name, inner.value);
    parts.push({
      key: { text: name, span: contentSpan(entry.key.node) },
      value: entry.value.node.kind === 'scalar' ? { text: writtenText(entry.value), span: contentSpan(entry.value.node) } : undefined,
      read: typeof inner.value === 'number' || typeof inner.value === 'string' ? inner.value : undefined,
    });
  }
  return set(map, parts);
}
