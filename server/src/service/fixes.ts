/** The repairs that findings offer, as edits. */
import type { ConfigDocument } from '../config/document.ts';
import type { Finding, Fix } from '../config/findings.ts';
import { fieldOf, placed, type ConfigItem } from '../config/model.ts';
import { defaultOf, knowledgeOf, type FieldSpec } from '../schema/knowledge.ts';
import { mostSimilar } from '../schema/similar.ts';
import type { Span } from '../yaml/nodes.ts';
import { resolveScalar } from '../yaml/scalar.ts';
import { indentationOf } from './indentation.ts';
import { renaming } from './names.ts';
import { columnAt, fieldSpan, itemAt, touches, trimmed } from './places.ts';
import { inPlaceOf, quoted, scalar } from './scalar.ts';
import {
  addFields,
  appendItem,
  dashOf,
  flowFields,
  itemEnd,
  lineEnd,
  lineStart,
  linesOf,
  nextLineStart,
  valueAsField,
  type Edit,
  type WrittenField,
} from './write.ts';

export interface Repair {
  readonly title: string;
  readonly edits: readonly Edit[];
}

/** Undefined where the text's layout leaves no safe way. */
export function repair(document: ConfigDocument, finding: Finding, fix: Fix): Repair | undefined {
  const item = itemAt(document.model, finding.span.start) ?? itemOfSection(document, finding);
  switch (fix.kind) {
    case 'replace': {
      const span = trimmed(document.text, fix.span);
      const old = document.text.slice(span.start, span.end);
      // Words stay in their quotes: behind a key without them JSON's colon would be no colon.
      const text = fix.any === true || (/^["']/.test(old) && /^[\w.-]+$/.test(fix.text)) ? inPlaceOf(old, fix.text) : fix.text;
      return { title: fix.title, edits: [{ span, text }] };
    }
    case 'quote': {
      const text = document.text.slice(fix.span.start, fix.span.end);
      return { title: `Put ${short(text)} in quotes`, edits: [{ span: fix.span, text: quoted(text) }] };
    }
    case 'unquote': {
      const text = /^(["'])([-+.\w]+)\1$/.exec(document.text.slice(fix.span.start, fix.span.end))?.[2];
      if (text === undefined) return undefined;
      return { title: `Write ${short(text)} without quotes`, edits: [{ span: fix.span, text }] };
    }
    case 'remove-field':
      return item === undefined ? undefined : named('Remove this field', removeField(document, item, finding.span));
    case 'remove-item': {
      const span = item === undefined ? undefined : linesOf(document, item);
      return span === undefined ? undefined : { title: 'Remove this item', edits: [{ span, text: '' }] };
    }
    case 'add-fields': {
      const spec = item?.reading.spec;
      if (item === undefined || spec === undefined) return undefined;
      const absent = fix.names.filter((name) => fieldOf(item.reading, name) === undefined);
      if (absent.length === 0) return undefined;
      const fields = absent.map((name): WrittenField => [name, placeholder(spec.fields.get(name), document)]);
      return named(`Add ${absent.join(', ')}`, addFields(document, item, fields));
    }
    case 'reindent':
      return item === undefined ? undefined : named('Indent the fields below their action', reindent(document, item, fix.spans));
    case 'split-item':
      return item === undefined ? undefined : named('Make each action an item of its own', splitItem(document, item, fix.spans));
    case 'add-tls':
      return one(`Add a ${fix.action} called ${short(fix.name)}`, appendItem(document, fix.action, tlsFields(fix.action, fix.name)));
    case 'add-backend':
      return one('Add local-only: no links', appendItem(document, 'local-only', document.model.format === 'v1' ? [] : [['local', 'true']]));
    case 'add-verification':
      return one(
        'Add a work-verification',
        appendItem(document, 'work-verification', [['publickey', examplePath('work-verification', 'publickey')]]),
      );
  }
}

/** The entry that a finding on the key of a v2 section is about. */
function itemOfSection({ model }: ConfigDocument, finding: Finding): ConfigItem | undefined {
  const section = model.sections.find(({ key }) => key.span.start === finding.span.start);
  const items = section?.items.map((i) => model.items[i]!) ?? [];
  return items.find(({ reading }) => reading.findings.includes(finding)) ?? (items.length === 1 ? items[0] : undefined);
}

/** A second way to do the same, for findings that leave the choice to the author. */
export function alternative(document: ConfigDocument, finding: Finding, fix: Fix): Repair | undefined {
  if (fix.kind === 'add-tls') {
    const near = mostSimilar(fix.name, definedNames(document, fix.action));
    return near === undefined ? undefined : { title: `Change to ${short(near)}`, edits: [renaming(document.text, finding.span, near)] };
  }
  return fix.kind === 'add-backend'
    ? one('Add a tcp-listener on port 27199', appendItem(document, 'tcp-listener', [['port', '27199']]))
    : undefined;
}

const one = (title: string, edit: Edit | undefined): Repair | undefined => (edit === undefined ? undefined : { title, edits: [edit] });
const named = (title: string, edits: readonly Edit[] | undefined): Repair | undefined =>
  edits === undefined || edits.length === 0 ? undefined : { title, edits };
const short = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

function tlsFields(action: 'tls-server' | 'tls-client', name: string): WrittenField[] {
  return [
    ['name', scalar(name)],
    ['cert', examplePath(action, 'cert')],
    ['key', examplePath(action, 'key')],
    ...(action === 'tls-client' ? [['rootcas', examplePath(action, 'rootcas')] as const] : []),
  ];
}

const examplePath = (action: string, field: string): string =>
  knowledgeOf('v1').actions.get(action)?.fields.get(field)?.examples[0] ?? "''";

const definedNames = ({ model }: ConfigDocument, kind: FieldSpec['refers']): string[] =>
  model.items.flatMap(({ reading }) =>
    reading.names.filter((use) => use.kind === kind && use.role === 'definition' && use.name !== '').map(({ name }) => name),
  );

/** A value that is easy to see and to replace. */
function placeholder(field: FieldSpec | undefined, document: ConfigDocument): string {
  if (field === undefined) return "''";
  const names = definedNames(document, field.refers);
  if (names.length === 1) return scalar(names[0]!, true);
  const example = field.examples[0] ?? defaultOf(field, document.model.version);
  if (example === undefined) return field.kind === 'bool' ? 'true' : "''";
  return field.kind === 'string' ? scalar(String(example)) : String(example);
}

function removeField(document: ConfigDocument, item: ConfigItem, at: Span): Edit[] | undefined {
  const all = [...item.reading.fields, ...item.reading.hidden]
    .filter((field) => field.key !== undefined)
    .sort((a, b) => a.key!.span.start - b.key!.span.start);
  const index = all.findIndex((field) => touches(fieldSpan(item, field), at.start));
  const field = all[index];
  if (field === undefined) return undefined;
  const span = fieldSpan(item, field);
  const next = all[index + 1];
  const start = lineStart(document, span.start);
  const lead = document.text.slice(start, span.start);
  if (lead.trim() === '' && flowFields(document, item) === undefined) {
    if (all.length === 1) return emptied(document, item, span);
    return [{ span: { start, end: nextLineStart(document, Math.max(span.end - 1, span.start)) }, text: '' }];
  }
  // In flow style, or right behind the dash of a list entry.
  if (next !== undefined) return [{ span: { start: span.start, end: fieldSpan(item, next).start }, text: '' }];
  const before = all[index - 1];
  if (before === undefined) return /-[ \t]*$/.test(lead) ? [{ span, text: '{}' }] : [{ span, text: '' }];
  const end = fieldSpan(item, before).end;
  return /^\s*,/.test(document.text.slice(end, span.start)) ? [{ span: { start: end, end: span.end }, text: '' }] : undefined;
}

/** The last field goes: what is left is an action without fields, or an empty entry of a v2 list. */
function emptied(document: ConfigDocument, item: ConfigItem, span: Span): Edit[] {
  const { name } = item.reading;
  const section = document.model.sections.find(({ items }) => items.some((i) => document.model.items[i] === item));
  if (section?.value.kind === 'sequence') return [{ span, text: '{}' }];
  const start = name === undefined ? lineStart(document, span.start) : lineEnd(document, item.base + name.span.end);
  return [{ span: { start, end: lineEnd(document, Math.max(span.end - 1, span.start)) }, text: '' }];
}

/** Moves the lines of each key, and those below it, to where fields stand; a value that stands there becomes a field. */
function reindent(document: ConfigDocument, item: ConfigItem, keys: readonly Span[]): Edit[] | undefined {
  const dash = dashOf(document, item);
  const first = keys[0];
  const { node, spec } = item.reading;
  const [own, next] = node.kind === 'mapping' ? node.pairs : [];
  const value = own?.value;
  // A key that stands there twice is in the list once: the lines from the first one on belong together.
  if (next !== undefined && first !== undefined && item.base + next.key.start < first.start) return undefined;
  if (dash === undefined || first === undefined || value === undefined) return undefined;
  const besides = columnAt(document, first.start);
  const usual = columnAt(document, dash) + indentationOf(document).fields;
  const below = usual > besides ? usual : besides + 2;
  const column = value.kind === 'mapping' ? columnAt(document, item.base + value.pairs[0]!.key.start) : below;
  const columns = column - besides;
  const edits: Edit[] = [];
  if (value.kind === 'scalar' && value.end > value.start) {
    const span = placed(item, value);
    if (document.text.slice(span.start, span.end).includes('\n')) return undefined;
    const isNull = resolveScalar(value, 'yaml.v2').type === 'null';
    edits.push(isNull ? { span, text: '' } : valueAsField(document, item, span, spec?.bare?.name ?? '', column));
  }
  const end = itemEnd(document, item);
  for (let start = lineStart(document, first.start); start < end; start = nextLineStart(document, start)) {
    if (lineEnd(document, start) > start) edits.push({ span: { start, end: start }, text: ' '.repeat(columns) });
    if (nextLineStart(document, start) === document.text.length) break;
  }
  return edits;
}

/** Gives each key its own dash, in the column of the item's. */
function splitItem(document: ConfigDocument, item: ConfigItem, keys: readonly Span[]): Edit[] | undefined {
  const dash = dashOf(document, item);
  if (dash === undefined) return undefined;
  const column = columnAt(document, dash);
  const edits = keys.map((key): Edit | undefined => {
    const start = lineStart(document, key.start);
    const lead = document.text.slice(start, key.start);
    if (lead.trim() !== '' || lead.length < column + 2) return undefined;
    return { span: { start: start + column, end: start + column + 1 }, text: '-' };
  });
  return edits.every((edit) => edit !== undefined) ? edits : undefined;
}
