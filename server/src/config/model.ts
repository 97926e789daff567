/**
 * The one typed reading of a config per document version. Rules, completion, hover, symbols, navigation, conversion and
 * reload prediction all read this; nothing parses again.
 *
 * Positions: an item is read once and kept while its own text is unchanged, also when text before it grows. All spans
 * inside an {@link ItemReading} therefore count from the item's start; add {@link ConfigItem.base} to place them.
 */
import type { Span, YamlNode, YamlProblem } from '../yaml/nodes.ts';
import type { ActionSpec, ConfigFormat, FieldSpec, Knowledge, NameKind } from '../schema/knowledge.ts';
import type { Finding } from './findings.ts';

/** What the daemon's field would hold. Numbers of `int` fields may exceed 2^53: then they are bigint. */
export type FieldValue = string | number | bigint | boolean | readonly string[] | ReadonlyMap<string, unknown> | readonly FirewallRule[];

/** Text together with where it stands. */
export interface Located {
  readonly text: string;
  readonly span: Span;
}

/** An element of a list or an entry of a map, with its own place. */
export interface FieldPart {
  /** Map entries only. */
  readonly key?: Located;
  /** As written, after unescaping; undefined when it is no scalar. */
  readonly value: Located | undefined;
  /** Coerced; undefined when refused, or known only when the template is filled in. */
  readonly read: string | number | undefined;
}

/** A condition of a firewall rule. `name` is lower-case, `written` as in the file. */
export interface FirewallKey {
  readonly name: string;
  readonly key: Located;
  readonly value: Located;
  /** False when the value is no string (the daemon refuses it). */
  readonly isString: boolean;
  readonly node: YamlNode;
}

export interface FirewallRule {
  readonly span: Span;
  readonly keys: readonly FirewallKey[];
}

export interface ConfigField {
  /** Lower-case name: how the schema calls it. */
  readonly name: string;
  /** The key as written; undefined for a bare value (`- node: foo`). */
  readonly key: Located | undefined;
  /** Undefined: unknown to the daemon. */
  readonly spec: FieldSpec | undefined;
  readonly node: YamlNode;
  /** A plain scalar or list: no anchor, alias or tag. To look at `node` for that is to have it made. */
  readonly plain?: true;
  /** Whole value. For an absent value an empty span after the key. */
  readonly span: Span;
  /** Text of a scalar value, after unescaping; undefined for lists and maps. */
  readonly text: string | undefined;
  /** What the daemon would hold; undefined when it refuses the value, or when a template fills it in. */
  readonly value: FieldValue | undefined;
  /** List elements and map entries with their places; empty for scalars (also for JSON inside a string). */
  readonly parts: readonly FieldPart[];
  /** The value (or a part of it) comes from a template expression. */
  readonly templated: boolean;
}

/** `- node: {…}` fields · `- node: foo` value · `- node:` null · `- node` bare · anything else broken. v2 knows fields, null and broken. */
export type ItemShape = 'fields' | 'value' | 'null' | 'bare' | 'broken';

export interface NameUse {
  readonly kind: NameKind;
  readonly name: string;
  readonly role: 'definition' | 'reference';
  /** The name itself, without quotes. */
  readonly span: Span;
  readonly field: ConfigField;
}

export interface ItemReading {
  /** The item's node, or (v2) one entry of a section. */
  readonly node: YamlNode;
  readonly span: Span;
  /** Action or section name as written; undefined when the item has none. */
  readonly name: Located | undefined;
  /** Undefined for an unknown action. */
  readonly spec: ActionSpec | undefined;
  readonly shape: ItemShape;
  /** In document order. v1: a key twice (exactly equal) appears once, the last; `hidden` has the others. */
  readonly fields: readonly ConfigField[];
  /** Fields that do not count: a later, equal key hides them (v1), or nothing stands behind their colon (v2). */
  readonly hidden: readonly ConfigField[];
  readonly names: readonly NameUse[];
  /** What is wrong with the item alone, at load. Further rules look at the whole config. */
  readonly findings: readonly Finding[];
  /** The text holds template expressions or statements: what is absent may still come. */
  readonly templated: boolean;
  /** A place for what a layer above made of the reading; it lives as long as the reading does. */
  digest?: unknown;
}

/**
 * Told of an item as soon as it is read, while its fields are at hand: plain items let them go then, and read them again
 * when somebody asks.
 */
export type OnItem = (item: ItemReading, scope: Pick<ConfigModel, 'format' | 'version'>) => void;

/** What a reading depends on besides the text. */
export interface ReadingContext {
  readonly knowledge: Knowledge;
  readonly version: string;
  readonly onItem?: OnItem | undefined;
}

export interface ConfigItem {
  /** Offset in the document that spans inside `reading` count from. */
  readonly base: number;
  readonly reading: ItemReading;
}

export interface ConfigModel {
  readonly format: ConfigFormat;
  /** Receptor version whose rules apply, for example `1.6.9`. */
  readonly version: string;
  /** v1: items in file order. v2: entries of sections in file order (a single mapping is one entry). */
  readonly items: readonly ConfigItem[];
  /** v2: top-level keys with where they stand, unknown ones too; v1: empty. */
  readonly sections: readonly ConfigSection[];
  /** Why the YAML library refuses the text. The items that could be read all the same are in `items`. */
  readonly problem: YamlProblem | undefined;
  /** Findings that belong to no item: root shape, YAML, file name. Absolute spans. */
  readonly findings: readonly Finding[];
  /** The text holds `{{ }}`, `{% %}` or `{# #}`. */
  readonly templated: boolean;
  /** Where the daemon stops reading (start of what follows a second `---`), usually the text's length. */
  readonly end: number;
}

/** A top-level key of a v2 config. */
export interface ConfigSection {
  readonly key: Located;
  readonly value: YamlNode;
  readonly spec: ActionSpec | undefined;
  /** Indexes into `ConfigModel.items`. */
  readonly items: readonly number[];
}

/** Shared: most fields are scalars, most items have no findings and hide no fields, and configs may have very many. */
export const noParts: readonly FieldPart[] = [];
export const noFindings: readonly Finding[] = [];
export const noFields: readonly ConfigField[] = [];

/** A field by its lower-case name; the last one when case variants compete. */
export function fieldOf(item: ItemReading, name: string): ConfigField | undefined {
  for (let i = item.fields.length - 1; i >= 0; i--) if (item.fields[i]?.name === name) return item.fields[i];
  return undefined;
}

/** A span inside an item as offsets of the document. */
export const placed = (item: ConfigItem, span: Span): Span => ({ start: span.start + item.base, end: span.end + item.base });

/** A scalar value as text, for messages; empty for lists, maps and values that are not known. */
export function valueText({ value }: Pick<ConfigField, 'value'>): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? String(value)
    : '';
}
