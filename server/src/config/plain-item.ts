/**
 * Items as nearly all are written: an action, and under it a line for each field with a plain value. They are read
 * straight from the text, several times as fast as through a YAML tree, which is made when somebody asks for it.
 */
import type { ActionSpec, FieldSpec } from '../schema/knowledge.ts';
import { hasSince } from '../schema/knowledge.ts';
import type { Span, YamlMapping, YamlNode } from '../yaml/nodes.ts';
import { parseYaml } from '../yaml/parse.ts';
import { isText } from '../yaml/scalar.ts';
import { schemaFindings } from './against-schema.ts';
import type { ConfigField, FieldPart, FieldValue, ItemReading, Located, NameUse, ReadingContext } from './model.ts';
import { noFields, noFindings, noParts } from './model.ts';
import { namesOf } from './names.ts';

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
export function readPlainItem(text: string, { knowledge, version, onItem }: ReadingContext): ItemReading | undefined {
  const colon = text.indexOf(':');
  const spec = text.startsWith('- ') ? knowledge.actions.get(text.slice(2, colon)) : undefined;
  if (spec === undefined || spec.upstreamOnly || !hasSince(spec.since, version) || !plainCharacters.test(text)) return undefined;
  const item = new PlainItem(text, spec, colon);
  const fields = readFields(item, text, colon);
  if (fields === undefined) return undefined;
  item.hold(fields);
  const findings = schemaFindings(item, knowledge, false);
  if (findings.length > 0) item.findings = findings;
  if (onItem !== undefined) {
    onItem(item, { format: 'v1', version });
    item.letGo();
  }
  return item;
}

/** The fields of an item whose action ends at `colon`; undefined when one of them is not plain, or there is none. */
function readFields(item: PlainItem, text: string, colon: number): readonly PlainField[] | undefined {
  const { spec } = item;
  let next = lineEnd(text, colon);
  if (!isAside(text, colon + 1, next)) return undefined;
  const fields: PlainField[] = [];
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
    const read = new PlainField(item, fields.length, field, from);
    if (!readValue(read, text, skipBlanks(text, end + 1), next)) return undefined;
    fields.push(read);
  }
  return indent === 0 ? undefined : fields;
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

/** Reads the value in `[start, end)` of a line. False when it is not beyond doubt what it means to the daemon. */
function readValue(field: PlainField, text: string, start: number, end: number): boolean {
  const { kind } = field.spec;
  const first = text.charCodeAt(start);
  if (first === doubleQuote || first === quote) return kind === 'string' && readQuoted(field, text, start, end, first);
  if (first === bracket) return kind === 'strings' && readList(field, text, start, end);
  const comment = text.indexOf(' #', start);
  let to = comment === -1 || comment > end ? end : comment;
  while (to > start && (text.charCodeAt(to - 1) === blank || text.charCodeAt(to - 1) === carriageReturn)) to--;
  const value = plainValue(text.slice(start, to), kind);
  return value !== undefined && field.hold(value, start, to);
}

/** Text in quotes without escapes. */
function readQuoted(field: PlainField, text: string, start: number, end: number, mark: number): boolean {
  const close = text.indexOf(mark === quote ? "'" : '"', start + 1);
  if (close === -1 || close >= end || !isAside(text, close + 1, end)) return false;
  const inner = text.slice(start + 1, close);
  if (mark === doubleQuote && inner.includes('\\')) return false;
  return field.hold(inner, start, close + 1);
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
function readList(field: PlainField, text: string, start: number, end: number): boolean {
  const close = text.indexOf(']', start);
  if (close === -1 || close >= end || !isAside(text, close + 1, end)) return false;
  const texts: string[] = [];
  const parts: FieldPart[] = [];
  for (let at = start + 1; skipBlanks(text, at) < close;) {
    const comma = text.indexOf(',', at);
    const to = comma === -1 || comma > close ? close : comma;
    const from = skipBlanks(text, at);
    let until = to;
    while (until > from && text.charCodeAt(until - 1) === blank) until--;
    const element = text.slice(from, until);
    if (!word.test(element) || !isText(element, 'yaml.v2')) return false;
    texts.push(element);
    parts.push({ value: { text: element, span: { start: from, end: until } }, read: element });
    at = to + 1;
  }
  field.parts = parts;
  return field.hold(texts, start, close + 1);
}

/**
 * Its fields are read from its text when they are asked for: few ever are. What can be told from other things is not
 * kept either, here and in {@link PlainField}: a config may have very many of both.
 */
class PlainItem implements ItemReading {
  readonly spec: ActionSpec;
  findings = noFindings;
  digest: unknown;
  readonly #text: string;
  readonly #colon: number;
  #end = 0;
  #fields: readonly ConfigField[] | undefined;
  #names: readonly NameUse[] | undefined;
  #node: YamlMapping | undefined;

  constructor(text: string, spec: ActionSpec, colon: number) {
    this.#text = text;
    this.#colon = colon;
    this.spec = spec;
  }

  get text(): string {
    return this.#text;
  }

  get shape(): 'fields' {
    return 'fields';
  }

  get hidden(): typeof noFields {
    return noFields;
  }

  get templated(): false {
    return false;
  }

  get name(): Located {
    return { text: this.spec.key, span: { start: 2, end: this.#colon } };
  }

  get span(): Span {
    return { start: 2, end: this.#end };
  }

  get fields(): readonly ConfigField[] {
    return (this.#fields ??= readFields(this, this.#text, this.#colon)!);
  }

  get names(): readonly NameUse[] {
    return (this.#names ??= namesOf(this.fields));
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

  hold(fields: readonly ConfigField[]): void {
    this.#fields = fields;
    this.#end = fields[fields.length - 1]!.span.end;
  }

  letGo(): void {
    this.#fields = undefined;
    this.#names = undefined;
  }
}

class PlainField implements ConfigField {
  readonly spec: FieldSpec;
  value: FieldValue = '';
  parts = noParts;
  readonly #item: PlainItem;
  readonly #index: number;
  readonly #key: number;
  #start = 0;
  #end = 0;

  /** @param key where its key begins */
  constructor(item: PlainItem, index: number, spec: FieldSpec, key: number) {
    this.#item = item;
    this.#index = index;
    this.#key = key;
    this.spec = spec;
  }

  hold(value: FieldValue, start: number, end: number): true {
    this.value = value;
    this.#start = start;
    this.#end = end;
    return true;
  }

  get name(): string {
    return this.spec.name;
  }

  get key(): Located {
    return { text: this.name, span: { start: this.#key, end: this.#key + this.name.length } };
  }

  get span(): Span {
    return { start: this.#start, end: this.#end };
  }

  get text(): string | undefined {
    const { value } = this;
    if (typeof value === 'string') return value;
    return typeof value === 'object' ? undefined : this.#item.text.slice(this.#start, this.#end);
  }

  get templated(): false {
    return false;
  }

  get plain(): true {
    return true;
  }

  get node(): YamlNode {
    const fields = this.#item.node.pairs[0]?.value;
    const node = fields?.kind === 'mapping' ? fields.pairs[this.#index]?.value : undefined;
    if (node === undefined) throw new Error('a plain field has no node');
    return node;
  }
}
