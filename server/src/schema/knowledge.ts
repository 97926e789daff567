/**
 * Typed access to what `schemas/` knows. Everything about actions and fields is data there: the JSON schema itself, and
 * under `definitions["x-receptor"]` what a schema cannot say. No table of actions or fields exists in code.
 */
import { v1Schema, v2Definitions } from './schemas.ts';

/** How a config is read: `--config` (v1, a list) or `--config-v2 --config` (v2, a mapping). */
export type ConfigFormat = 'v1' | 'v2';

/** Go type of a field, as the daemon coerces to it. */
export type FieldKind = 'string' | 'int' | 'float' | 'bool' | 'strings' | 'float-map' | 'string-map' | 'any-map' | 'firewall-rules';

/** Namespaces that names live in. */
export type NameKind = 'tls-server' | 'tls-client' | 'work-type' | 'service' | 'node-id';

/** What a path field wants of the disk: a file to read, a file it creates, a folder it creates, a socket it creates, one it connects to. */
export type PathKind = 'read' | 'write' | 'folder' | 'socket' | 'peer-socket';

/** Meaning of a value beyond its Go type; rules, hover and completion use it. */
export type FieldFormat =
  | 'node-id'
  | 'duration'
  | 'port'
  | 'permissions'
  | 'bind-address'
  | 'host-port'
  | 'port-or-host-port'
  | 'ws-url'
  | 'header'
  | 'url-path'
  | 'cost'
  | 'service-name'
  | 'cidr'
  | 'cidr-list'
  | 'date-time'
  | 'ip-address'
  | 'fingerprint'
  | 'command';

export type DefaultValue = string | number | boolean;

export interface FieldSpec {
  /** Lower-case, as in the schema. */
  readonly name: string;
  readonly action: string;
  readonly kind: FieldKind;
  /** Refused (v1) when absent. v2 requires nothing; there it tells what will not work. */
  readonly required: boolean;
  /** Not required by the reader, yet the daemon refuses to start without it. */
  readonly needed: boolean;
  /** The action's bare value (`- node: foo`) goes to this field. */
  readonly bare: boolean;
  readonly title: string;
  /** One or two sentences, Markdown. */
  readonly doc: string;
  readonly examples: readonly string[];
  /** Allowed values, lower-case; matched without regard to case. */
  readonly values?: readonly string[];
  /** True: other values are accepted too, and mean something like the default. */
  readonly openValues: boolean;
  /** The daemon's words for another value; `{value}` stands for it. */
  readonly refusal?: string;
  /** What each of `values` means. */
  readonly valueDocs?: Readonly<Record<string, string>>;
  /** Item or field defines this name in this namespace. */
  readonly defines?: NameKind;
  /** Value must be a name of this namespace; `work-verification`: true needs that item to exist. */
  readonly refers?: NameKind | 'work-verification';
  readonly path?: PathKind;
  /** The file must hold exactly one PEM block of this label. */
  readonly pem?: string;
  readonly format?: FieldFormat;
  /** For lists and maps: meaning of an element, or of a key. */
  readonly elementFormat?: FieldFormat;
  /** First version that has the field; undefined: since before the oldest version known here. */
  readonly since?: string;
  /** Accepted but without effect, and why. */
  readonly inert?: string;
  /** Default of each version range, oldest first; see {@link defaultOf}. */
  readonly defaults: readonly { readonly since?: string; readonly value: DefaultValue }[];
  /** How to write the default where the value alone misleads (`0600` for 384), or a default that is built into the daemon. */
  readonly defaultText?: string;
  /** v2: how its default differs from v1's, for hover. */
  readonly defaultNote?: string;
}

export type ActionGroup = 'node' | 'control' | 'backends' | 'tls' | 'services' | 'work' | 'certificates' | 'other';

export interface ActionSpec {
  /** v1 action, also where the reading is of a v2 section. */
  readonly name: string;
  /** How this format writes it: the action in v1, the section (`tcp-listeners`) in v2. */
  readonly key: string;
  /** v2: true when the section is a list. v1: true unless singleton. */
  readonly list: boolean;
  readonly title: string;
  /** Markdown, some sentences. */
  readonly doc: string;
  readonly example: string;
  readonly group: ActionGroup;
  readonly singleton: boolean;
  /** Does its work alone and ends: nothing else may stand in the file. */
  readonly exclusive: boolean;
  /** Not in the daemon's help: never offered. */
  readonly hidden: boolean;
  /** v1: refused at start whatever its fields. v2: does something else than its name says. The daemon's words, or why. */
  readonly broken?: string;
  /** Accepted and without effect: why. */
  readonly inert?: string;
  /** Counts as a backend: a config without any is refused. */
  readonly backend: boolean;
  /** Applied by the control command `reload`; all others need a restart. */
  readonly reloadable: boolean;
  readonly phases: readonly string[];
  /** Where the action exists; undefined: everywhere. */
  readonly platforms?: readonly string[];
  readonly since?: string;
  /** Upstream builds have it, distributions remove it: never an Error for being unknown. */
  readonly upstreamOnly: boolean;
  readonly fields: ReadonlyMap<string, FieldSpec>;
  readonly bare?: FieldSpec;
  /** Fields a snippet fills in, in order. */
  readonly snippet: readonly string[];
  /** Key in the other format; undefined when it has none. */
  readonly otherKey?: string;
}

/** A name that older releases or other tools used. */
export interface RenamedName {
  /** What to use instead, when one name replaces it. */
  readonly use?: string;
  /** Sentence for the message. */
  readonly hint: string;
}

export interface Knowledge {
  readonly format: ConfigFormat;
  /** Versions whose behaviour is known, oldest first. */
  readonly versions: readonly string[];
  readonly newest: string;
  /** By `key`: action names in v1, section names in v2. */
  readonly actions: ReadonlyMap<string, ActionSpec>;
  /** Actions or sections that do not exist (any more). */
  readonly renamedActions: ReadonlyMap<string, RenamedName>;
  /** Fields that do not exist (any more), by action name; `*` holds those of every action. */
  renamedField(action: string, field: string): RenamedName | undefined;
}

interface FieldSchema {
  readonly title: string;
  readonly description: string;
  readonly examples?: readonly unknown[];
  readonly default?: DefaultValue;
}

interface ActionSchema {
  readonly title: string;
  readonly description: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, FieldSchema>>;
}

/** `definitions["x-receptor"].actions[…].fields[…]` of the v1 schema. */
interface FieldAnnotation {
  readonly kind: FieldKind;
  readonly bare?: boolean;
  readonly needed?: boolean;
  readonly defines?: NameKind;
  readonly refers?: FieldSpec['refers'];
  readonly path?: PathKind;
  readonly pem?: string;
  readonly format?: FieldFormat;
  readonly elementFormat?: FieldFormat;
  readonly values?: Readonly<Record<string, string>>;
  readonly openValues?: boolean;
  readonly refusal?: string;
  readonly inert?: string;
  /** Inert in v1 only. */
  readonly inertV1?: string;
  readonly since?: string;
  readonly defaults?: readonly { readonly since?: string; readonly value: DefaultValue }[];
  readonly defaultText?: string;
}

/** `definitions["x-receptor"].actions[…]` of the v1 schema. */
interface ActionAnnotation {
  readonly group: ActionGroup;
  readonly singleton?: boolean;
  readonly exclusive?: boolean;
  readonly hidden?: boolean;
  readonly broken?: string;
  readonly inert?: string;
  readonly backend?: boolean;
  readonly reloadable?: boolean;
  readonly phases: readonly string[];
  readonly platforms?: readonly string[];
  readonly since?: string;
  readonly upstreamOnly?: boolean;
  readonly v2?: { readonly key: string; readonly list: boolean };
  readonly snippet: readonly string[];
  readonly example: string;
  readonly fields: Readonly<Record<string, FieldAnnotation>>;
}

interface V1Schema {
  readonly items: { readonly properties: Readonly<Record<string, ActionSchema>> };
  readonly definitions: {
    readonly 'x-receptor': {
      readonly versions: readonly string[];
      readonly actions: Readonly<Record<string, ActionAnnotation>>;
      readonly renamedActions: Readonly<Record<string, RenamedName>>;
      readonly renamedFields: Readonly<Record<string, Readonly<Record<string, RenamedName>>>>;
    };
  };
}

/** `definitions["x-receptor"].sections[…]` of the v2 schema: only what differs from the v1 action. */
interface SectionAnnotation {
  readonly action: string;
  readonly list: boolean;
  readonly required?: readonly string[];
  readonly snippet?: readonly string[];
  readonly broken?: string;
  readonly inert?: string;
  readonly example: string;
  readonly defaults?: Readonly<Record<string, { readonly value: DefaultValue; readonly note: string }>>;
}

interface V2Definitions {
  readonly 'x-receptor': {
    readonly sections: Readonly<Record<string, SectionAnnotation>>;
    readonly renamedSections: Readonly<Record<string, RenamedName>>;
  };
}

// The build loads the schemas when they are first read; so must we.
const v1 = (): V1Schema => v1Schema as unknown as V1Schema;
const v2 = (): V2Definitions['x-receptor'] => (v2Definitions as unknown as V2Definitions)['x-receptor'];

/** Examples are values in the schema; editors show and insert text. */
const exampleText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function fieldSpec(
  format: ConfigFormat,
  action: string,
  name: string,
  schema: ActionSchema,
  note: FieldAnnotation,
  required: readonly string[],
): FieldSpec {
  const own = schema.properties?.[name];
  const examples = (own?.examples ?? []).map(exampleText);
  const fallback = own?.default;
  return {
    name,
    action,
    kind: note.kind,
    required: required.includes(name),
    needed: note.needed ?? false,
    bare: note.bare ?? false,
    title: own?.title ?? name,
    doc: own?.description ?? '',
    examples,
    openValues: note.openValues ?? false,
    defaults: note.defaults ?? (fallback === undefined ? [] : [{ value: fallback }]),
    ...(note.values === undefined ? {} : { values: Object.keys(note.values), valueDocs: note.values }),
    ...defined({
      refusal: note.refusal,
      defines: note.defines,
      refers: note.refers,
      path: note.path,
      pem: note.pem,
      format: note.format,
      elementFormat: note.elementFormat,
      since: note.since,
      inert: format === 'v1' ? (note.inertV1 ?? note.inert) : note.inert,
      defaultText: note.defaultText,
    }),
  };
}

/** Without the members that are undefined: `exactOptionalPropertyTypes` tells absent from undefined. */
function defined<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function actionSpec(
  name: string,
  own: { key: string; list: boolean; otherKey: string | undefined; schema: ActionSchema; section?: SectionAnnotation },
): ActionSpec {
  const note = v1().definitions['x-receptor'].actions[name]!;
  const { section } = own;
  const required = section?.required ?? own.schema.required ?? [];
  const fields = new Map<string, FieldSpec>();
  for (const [field, annotation] of Object.entries(note.fields)) {
    const spec = fieldSpec(section === undefined ? 'v1' : 'v2', name, field, own.schema, annotation, required);
    const differs = section?.defaults?.[field];
    if (differs !== undefined) {
      const { defaultText: _, ...rest } = spec;
      const doc = `${spec.doc} In v2: ${differs.note}.`;
      fields.set(field, { ...rest, doc, defaults: differs.value === '' ? [] : [{ value: differs.value }], defaultNote: differs.note });
    } else fields.set(field, spec);
  }
  const bare = [...fields.values()].find((f) => f.bare);
  return {
    name,
    key: own.key,
    list: own.list,
    title: own.schema.title,
    doc: section?.broken === undefined ? own.schema.description : `${own.schema.description} In v2: ${section.broken}.`,
    example: section?.example ?? note.example,
    group: note.group,
    singleton: note.singleton ?? false,
    exclusive: note.exclusive ?? false,
    hidden: note.hidden ?? false,
    backend: note.backend ?? false,
    reloadable: note.reloadable ?? false,
    phases: note.phases,
    upstreamOnly: note.upstreamOnly ?? false,
    fields,
    snippet: section?.snippet ?? note.snippet,
    ...defined({
      broken: section === undefined ? note.broken : section.broken,
      inert: section === undefined ? note.inert : section.inert,
      platforms: note.platforms,
      since: note.since,
      otherKey: own.otherKey,
      bare: section === undefined ? bare : undefined,
    }),
  };
}

const entries = (record: Readonly<Record<string, RenamedName>>): ReadonlyMap<string, RenamedName> => new Map(Object.entries(record));

function build(format: ConfigFormat): Knowledge {
  const notes = v1().definitions['x-receptor'];
  const actions = new Map<string, ActionSpec>();
  if (format === 'v1') {
    for (const [name, schema] of Object.entries(v1().items.properties)) {
      const note = notes.actions[name]!;
      actions.set(name, actionSpec(name, { key: name, list: note.singleton !== true, otherKey: note.v2?.key, schema }));
    }
  } else {
    for (const [key, section] of Object.entries(v2().sections)) {
      const schema = v1().items.properties[section.action]!;
      actions.set(key, actionSpec(section.action, { key, list: section.list, otherKey: section.action, schema, section }));
    }
  }
  const renamedFields = new Map(Object.entries(notes.renamedFields).map(([action, fields]) => [action, entries(fields)]));
  return {
    format,
    versions: notes.versions,
    newest: notes.versions.at(-1)!,
    actions,
    renamedActions: entries(format === 'v1' ? notes.renamedActions : v2().renamedSections),
    renamedField: (action, field) => renamedFields.get(action)?.get(field),
  };
}

const built = new Map<ConfigFormat, Knowledge>();

/** What is known of a format; built from the schema on first use. */
export function knowledgeOf(format: ConfigFormat): Knowledge {
  let knowledge = built.get(format);
  if (knowledge === undefined) built.set(format, (knowledge = build(format)));
  return knowledge;
}

/** Negative, zero or positive as `a` is older than, equal to or newer than `b`. Missing parts count as 0; suffixes are ignored. */
export function compareVersions(a: string, b: string): number {
  const left = numbersOf(a);
  const right = numbersOf(b);
  for (let i = 0; i < 3; i++) {
    const difference = left[i]! - right[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Asked for with every item, of the same few versions. */
const versionNumbers = new Map<string, readonly number[]>();

function numbersOf(version: string): readonly number[] {
  let numbers = versionNumbers.get(version);
  if (numbers === undefined) {
    const parts = version.split('.');
    numbers = [0, 1, 2].map((i) => Number.parseInt(parts[i] ?? '0', 10) || 0);
    if (versionNumbers.size < 100) versionNumbers.set(version, numbers);
  }
  return numbers;
}

/** True when a receptor of `version` has what came with `since`. */
export const hasSince = (since: string | undefined, version: string): boolean =>
  since === undefined || compareVersions(version, since) >= 0;

/** Default of a field in `version`; undefined when the field has none. */
export function defaultOf(field: FieldSpec, version: string): DefaultValue | undefined {
  return field.defaults.findLast((d) => hasSince(d.since, version))?.value;
}
