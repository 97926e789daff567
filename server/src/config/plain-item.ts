/**
 * Items as nearly all are written: an action, and under it a line for each field with a plain value. They are read
 * straight from the text, several times as fast as through a YAML tree, which is made when somebody asks for it.
 */
import type { FieldSpec } from '../schema/knowledge.ts';
import { hasSince } from '../schema/knowledge.ts';
import type { Span, YamlMapping, YamlNode } from '../yaml/nodes.ts';
import { parseYaml } from '../yaml/parse.ts';
import { isText } from '../yaml/scalar.ts';
import { schemaFindings } from './against-schema.ts';
import type { ConfigField, FieldPart, FieldValue, ItemReading, Located } from './model.ts';
import { noFields, noFindings, noParts } from './model.ts';
import { namesOf, noNames } from './names.ts';
import type { ItemContext } from './v1-item.ts';

/** What a plain item is made of: every reader of YAML takes these characters alike. */
const plainCharacters = /^[ -~\r\n]*$/;
const word = /^[A-Za-z][\w.-]*$/;
/** Numbers without a sign, a zero in front, or anything else that readers of YAML differ on. */
const integer = /^(?:0|[1-9]\d{0,8})$/;
const decimal = /^(?:0|[1-9]\d{0,8})(?:\.\d{1,6})?$/;

const [lineFeed, carriageReturn, blank, doubleQuote, hash, quote, colonSign, bracket] = [10, 13, 32, 34, 35, 39, 58, 91];

/**
 * Reads the text of an item, which starts with its dash, to the same as the reading of its YAML tree.
 * @returns undefined for everything that is not written as plainly, or not known: then the tree decides
 */
export function readPlainItem(text: string, { knowledge, version }: ItemContext): ItemReading | undefined {
  const colon = text.indexOf(':');
  const spec = text.startsWith('- ') ? knowledge.actions.get(text.slice(2, colon)) : undefined;
  if (spec === undefined || spec.upstreamOnly || !hasSince(spec.since, version) || !plainCharacters.test(text)) return undefined;
  let next = lineEnd(text, colon);
  if (!isAside(text, colon + 1, next)) return undefined;
  const item = new PlainItem(text, { text: spec.key, span: { start: 2, end: colon } }, spec);
  const fields: ConfigField[] = [];
  let indent = 0;
  while (++next < text.length) {
    const lineStart = next;
    next = lineEnd(text, lineStart);
    const from = skipBlanks(text, lineStart);
    if (isAside(text, from, next)) continue;
    const end = text.indexOf(': ', from);
    const field = end === -1 || end > next ? undefined : spec.fields.get(text.slice(from, end));
    if (indent === 0) indent = from - lineStart;
    if (field === undefined || indent < 3 || from - lineStart !== indent || hasField(fields, field.name)) return undefined;
    const value = valueOf(text, skipBlanks(text, end + 1), next, field);
    if (value === undefined) return undefined;
    fields.push(new PlainField(item, fields.length, { text: field.name, span: { start: from, end } }, field, value));
  }
  if (indent === 0) return undefined;
  item.finish(fields);
  const findings = schemaFindings(item, knowledge, false);
  if (findings.length > 0) item.findings = findings;
  return item;
}

/** Where the line of `at` ends, its break excluded; a carriage return counts to what is in the line. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === blank) at++;
  return at;
}

/** True when nothing but a comment stands in `[from, end)`. */
function isAside(text: string, from: number, end: number): boolean {
  const at = skipBlanks(text, from);
  if (at >= end) return true;
  const code = text.charCodeAt(at);
  if (code === carriageReturn) return at + 1 === end;
  if (code !== hash) return false;
  const before = text.charCodeAt(at - 1);
  return before === blank || before === lineFeed;
}

const hasField = (fields: readonly ConfigField[], name: string): boolean => {
  for (const field of fields) if (field.name === name) return true;
  return false;
};

interface Value {
  readonly span: Span;
  readonly text: string | undefined;
  readonly value: FieldValue;
  readonly parts: readonly FieldPart[];
}

/** The value in `[start, end)` of a line, when what it means to the daemon is beyond doubt. */
function valueOf(text: string, start: number, end: number, { kind }: FieldSpec): Value | undefined {
  const first = text.charCodeAt(start);
  if (first === doubleQuote || first === quote) return kind === 'string' ? quotedValue(text, start, end, first) : undefined;
  if (first === bracket) return kind === 'strings' ? listValue(text, start, end) : undefined;
  const comment = text.indexOf(' #', start);
  let to = comment === -1 || comment > end ? end : comment;
  while (to > start && (text.charCodeAt(to - 1) === blank || text.charCodeAt(to - 1) === carriageReturn)) to--;
  const plain = text.slice(start, to);
  const value = plainValue(plain, kind);
  return value === undefined ? undefined : { span: { start, end: to }, text: plain, value, parts: noParts };
}

/** Text in quotes without escapes. */
function quotedValue(text: string, start: number, end: number, mark: number): Value | undefined {
  const close = text.indexOf(mark === quote ? "'" : '"', start + 1);
  if (close === -1 || close >= end || !isAside(text, close + 1, end)) return undefined;
  const inner = text.slice(start + 1, close);
  if (mark === doubleQuote && inner.includes('\\')) return undefined;
  return { span: { start, end: close + 1 }, text: inner, value: inner, parts: noParts };
}

function plainValue(text: string, kind: FieldSpec['kind']): FieldValue | undefined {
  switch (kind) {
    case 'string':
      return startsPlainly(text.charCodeAt(0)) && isText(text, 'yaml.v2') && isOneLine(text) ? text : undefined;
    case 'int':
      return integer.test(text) ? Number(text) : undefined;
    case 'float':
      return decimal.test(text) ? Number(text) : undefined;
    case 'bool':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'strings':
    case 'float-map':
    case 'string-map':
    case 'any-map':
    case 'firewall-rules':
      return undefined;
  }
}

/** Letters, digits, `_`, `.` and `/`: what begins a scalar and nothing else. */
const startsPlainly = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 46 && code <= 57) || (code >= 65 && code <= 90) || code === 95;

/** A plain scalar: no key, and no carriage return in its middle. */
const isOneLine = (text: string): boolean => !text.includes(': ') && text.charCodeAt(text.length - 1) !== colonSign && !text.includes('\r');

/** Words between brackets. */
function listValue(text: string, start: number, end: number): Value | undefined {
  const close = text.indexOf(']', start);
  if (close === -1 || close >= end || !isAside(text, close + 1, end)) return undefined;
  const texts: string[] = [];
  const parts: FieldPart[] = [];
  for (let at = start + 1; skipBlanks(text, at) < close;) {
    const comma = text.indexOf(',', at);
    const to = comma === -1 || comma > close ? close : comma;
    const from = skipBlanks(text, at);
    let until = to;
    while (until > from && text.charCodeAt(until - 1) === blank) until--;
    const element = text.slice(from, until);
    if (!word.test(element) || !isText(element, 'yaml.v2')) return undefined;
    texts.push(element);
    parts.push({ value: { text: element, span: { start: from, end: until } }, read: element });
    at = to + 1;
  }
  return { span: { start, end: close + 1 }, text: undefined, value: texts, parts };
}

class PlainItem implements ItemReading {
  readonly name: Located;
  readonly spec: NonNullable<ItemReading['spec']>;
  readonly shape = 'fields';
  fields = noFields;
  readonly hidden = noFields;
  readonly templated = false;
  span: Span;
  names = noNames;
  findings = noFindings;
  readonly #text: string;
  #node: YamlMapping | undefined;

  constructor(text: string, name: Located, spec: PlainItem['spec']) {
    this.#text = text;
    this.name = name;
    this.spec = spec;
    this.span = name.span;
  }

  get node(): YamlMapping {
    if (this.#node === undefined) {
      const { root } = parseYaml(this.#text, 'yaml.v2');
      const node = root?.kind === 'sequence' ? root.items[0] : undefined;
      if (node?.kind !== 'mapping') throw new Error('a plain item is no mapping');
      this.#node = node;
    }
    return this.#node;
  }

  finish(fields: readonly ConfigField[]): void {
    this.fields = fields.slice(); // without the room that pushing left
    this.span = { start: 2, end: fields[fields.length - 1]!.span.end };
    this.names = namesOf(this.fields);
  }
}

class PlainField implements ConfigField {
  readonly name: string;
  readonly key: Located;
  readonly spec: FieldSpec;
  readonly span: Span;
  readonly text: string | undefined;
  readonly value: FieldValue;
  readonly parts: readonly FieldPart[];
  readonly templated = false;
  readonly #item: PlainItem;
  readonly #index: number;

  constructor(item: PlainItem, index: number, key: Located, spec: FieldSpec, { span, text, value, parts }: Value) {
    this.#item = item;
    this.#index = index;
    this.name = key.text;
    this.key = key;
    this.spec = spec;
    this.span = span;
    this.text = text;
    this.value = value;
    this.parts = parts;
  }

  get node(): YamlNode {
    const fields = this.#item.node.pairs[0]?.value;
    const node = fields?.kind === 'mapping' ? fields.pairs[this.#index]?.value : undefined;
    if (node === undefined) throw new Error('a plain field has no node');
    return node;
  }
}
