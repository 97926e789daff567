/** Puts whole items and fields into a config, in the layout that it has. */
import type { ConfigDocument } from '../config/document.ts';
import { placed, type ConfigItem } from '../config/model.ts';
import { knowledgeOf, type ActionSpec } from '../schema/knowledge.ts';
import type { Span, YamlMapping } from '../yaml/nodes.ts';
import { dashColumn, indentationOf } from './indentation.ts';
import { columnAt, fieldSpan, lineAt } from './places.ts';

/** Replaces `span` of the document by `text`. */
export interface Edit {
  readonly span: Span;
  readonly text: string;
}

/** A field's name and its value as YAML. */
export type WrittenField = readonly [name: string, value: string];

const insertion = (offset: number, text: string): Edit => ({ span: { start: offset, end: offset }, text });

/** End of the line that holds `offset`, before its break. */
export function lineEnd(document: ConfigDocument, offset: number): number {
  const newline = document.text.indexOf('\n', offset);
  const end = newline === -1 ? document.text.length : newline;
  return document.text[end - 1] === '\r' && end > offset ? end - 1 : end;
}

export const lineStart = (document: ConfigDocument, offset: number): number => document.text.lastIndexOf('\n', offset - 1) + 1;

/** Start of the next line, or the end of the text. */
export function nextLineStart(document: ConfigDocument, offset: number): number {
  const newline = document.text.indexOf('\n', offset);
  return newline === -1 ? document.text.length : newline + 1;
}

const breakOf = (document: ConfigDocument): string => (document.text.includes('\r\n') ? '\r\n' : '\n');

/** End of what an item says, without the blank lines and comments that follow. */
export function itemEnd(document: ConfigDocument, item: ConfigItem): number {
  let end = item.base + item.reading.span.end;
  while (end > item.base && /\s/.test(document.text[end - 1] ?? '')) end--;
  return end;
}

/** Offset of the dash of a v1 item or a v2 list entry; undefined in flow style and for v2 mappings. */
export function dashOf(document: ConfigDocument, item: ConfigItem): number | undefined {
  const at = item.base + Math.min(item.reading.node.start, item.reading.span.start);
  const start = lineStart(document, at);
  const lead = /^\uFEFF?[ \t]*-(?=\s)/.exec(document.text.slice(start, at + 1));
  return lead === null ? undefined : start + lead[0].length - 1;
}

/** Adds an item of this v1 action at the end; undefined where the layout (flow style) leaves no simple place. */
export function appendItem(document: ConfigDocument, actionName: string, fields: readonly WrittenField[]): Edit | undefined {
  const { model } = document;
  const action = [...knowledgeOf(model.format).actions.values()].find(({ name }) => name === actionName);
  if (action === undefined) return undefined;
  return model.format === 'v1' ? appendV1(document, action, fields) : appendV2(document, action, fields);
}

function appendV1(document: ConfigDocument, action: ActionSpec, fields: readonly WrittenField[]): Edit | undefined {
  const last = document.model.items.at(-1);
  const eol = breakOf(document);
  const indentation = indentationOf(document);
  const dash = last === undefined ? undefined : dashOf(document, last);
  if (last !== undefined && dash === undefined) return undefined;
  const lead = ' '.repeat(dash === undefined ? 0 : columnAt(document, dash));
  const item = [
    `${lead}- ${action.key}:${fields.length === 0 ? ' null' : ''}`,
    ...fields.map(([name, value]) => `${lead}${' '.repeat(indentation.fields)}${name}: ${value}`),
  ].join(eol);
  if (last === undefined) return insertion(document.model.end, `${onNewLine(document, document.model.end)}${item}${eol}`);
  return insertion(lineEnd(document, itemEnd(document, last)), `${eol}${spaced(document) ? eol : ''}${item}`);
}

/** Nothing at the start of a line, else a line break. */
const onNewLine = (document: ConfigDocument, offset: number): string =>
  offset === 0 || document.text[offset - 1] === '\n' ? '' : breakOf(document);

/** Blank lines stand between the items. */
function spaced(document: ConfigDocument): boolean {
  const [first, second] = document.model.items;
  if (first === undefined || second === undefined) return false;
  return /\n[ \t]*\r?\n/.test(document.text.slice(itemEnd(document, first), second.base + second.reading.span.start));
}

function appendV2(document: ConfigDocument, action: ActionSpec, fields: readonly WrittenField[]): Edit | undefined {
  const { model } = document;
  const eol = breakOf(document);
  const indentation = indentationOf(document);
  const section = model.sections.find(({ spec }) => spec === action);
  const block = (lead: string): string => {
    const inner = `${lead}${action.list ? '  ' : ''}`;
    return fields.map(([name, value], i) => `${i === 0 && action.list ? `${lead}- ` : inner}${name}: ${value}`).join(eol);
  };
  if (section === undefined) {
    const lead = ' '.repeat(action.list ? indentation.list : indentation.fields);
    const last = model.sections.at(-1);
    const outer = ' '.repeat(last === undefined ? 0 : columnAt(document, last.key.span.start));
    const text = `${outer}${action.key}:${eol}${block(outer + lead)}`;
    if (last === undefined) return insertion(model.end, `${onNewLine(document, model.end)}${text}${eol}`);
    if (isFlow(document)) return undefined;
    let end = Math.max(last.value.end, last.key.span.end);
    while (end > 0 && /\s/.test(document.text[end - 1]!)) end--;
    return insertion(lineEnd(document, end), `${eol}${text}`);
  }
  if (!action.list || section.value.kind !== 'sequence' || section.value.flow) return undefined;
  const dash = section.value.dashes.at(-1);
  if (dash === undefined) return undefined;
  let end = section.value.end;
  while (end > 0 && /\s/.test(document.text[end - 1]!)) end--;
  return insertion(lineEnd(document, end), `${eol}${block(' '.repeat(columnAt(document, dash)))}`);
}

/** Whether the sections of a v2 config stand in braces: comments, directives and the mark of the document may come first. */
const isFlow = ({ text }: ConfigDocument): boolean =>
  /^\uFEFF?(?:[ \t]*(?:(?:#|%|---[ \t]+#).*|---[ \t]*)?\r?\n)*(?:---)?[ \t]*\{/.test(text);

/** Adds fields to an item: a key that stands there without a value gets it, the others come behind those it has. */
export function addFields(document: ConfigDocument, item: ConfigItem, fields: readonly WrittenField[]): Edit[] | undefined {
  const filled: Edit[] = [];
  const absent: WrittenField[] = [];
  for (const field of fields) {
    const empty = item.reading.hidden.find(({ name }) => name === field[0]);
    if (empty === undefined) absent.push(field);
    else filled.push(filledIn(document, placed(item, empty.span), field[1]));
  }
  const added = absent.length === 0 ? [] : appendFields(document, item, absent);
  return added === undefined ? undefined : [...filled, ...added];
}

const filledIn = (document: ConfigDocument, span: Span, value: string): Edit => ({
  span,
  text: document.text[span.start - 1] === ':' ? ` ${value}` : value,
});

function appendFields(document: ConfigDocument, item: ConfigItem, fields: readonly WrittenField[]): Edit[] | undefined {
  const { reading } = item;
  const eol = breakOf(document);
  const flow = flowFields(document, item);
  if (flow !== undefined) {
    const text = fields.map(([name, value]) => `${name}: ${value}`).join(', ');
    const last = flow.pairs.at(-1);
    const end = last === undefined ? flow.end - 1 : Math.max(last.key.end, last.value.end);
    return [insertion(item.base + end, last === undefined ? text : `, ${text}`)];
  }
  const keyed = [...reading.fields, ...reading.hidden]
    .filter((field) => field.key !== undefined)
    .toSorted((a, b) => a.span.start - b.span.start);
  const last = keyed.at(-1);
  const lines = (column: number): string => fields.map(([name, value]) => `${eol}${' '.repeat(column)}${name}: ${value}`).join('');
  if (last !== undefined) {
    // Such as `work-signing.privatekey`: its fields stand at the top.
    if (keyed[0]!.key!.span.start === reading.name?.span.start) return undefined;
    const column = columnAt(document, item.base + keyed[0]!.key!.span.start);
    let { end } = fieldSpan(item, last);
    while (end > 0 && /\s/.test(document.text[end - 1]!)) end--;
    return [insertion(lineEnd(document, end), lines(column))];
  }
  if (reading.name === undefined || document.model.format !== 'v1' || dashOf(document, item) === undefined) return undefined;
  const name = item.base + reading.name.span.end;
  const column = dashColumn(document, document.positionAt(name).line) + indentationOf(document).fields;
  const colon = colonBehind(document, name);
  const bare = reading.fields[0];
  if (bare !== undefined) {
    const { span, text } = valueAsField(document, item, fieldSpan(item, bare), bare.name, column);
    return [{ span, text: text + lines(column) }];
  }
  if (colon === null) return [insertion(name, `:${lines(column)}`)];
  const at = name + colon[0].length;
  const rest = document.text.slice(at, lineEnd(document, at));
  const isNull = /^[ \t]*(?:null|Null|NULL|~)/.exec(rest);
  if (isNull !== null)
    return [{ span: { start: at, end: at + isNull[0].length }, text: '' }, insertion(lineEnd(document, at), lines(column))];
  return [insertion(lineEnd(document, at), lines(column))];
}

const colonBehind = (document: ConfigDocument, name: number): RegExpExecArray | null =>
  /^["']?[ \t]*:/.exec(document.text.slice(name, name + 20));

/** A bare value becomes a field of its own below its action. */
export function valueAsField(document: ConfigDocument, { base, reading }: ConfigItem, value: Span, field: string, column: number): Edit {
  const name = base + (reading.name?.span.end ?? 0);
  const start = name + (colonBehind(document, name)?.[0].length ?? 0);
  const text = `${breakOf(document)}${' '.repeat(column)}${field}: ${document.text.slice(value.start, value.end)}`;
  return { span: { start, end: value.end }, text };
}

/** The mapping that holds an item's fields, where it is written in braces. */
export function flowFields({ model }: ConfigDocument, { reading: { node } }: ConfigItem): YamlMapping | undefined {
  const whole = node.kind === 'mapping' ? node : undefined;
  const value = model.format === 'v1' ? whole?.pairs[0]?.value : whole;
  return value?.kind === 'mapping' && value.flow ? value : undefined;
}

/** Whole lines of an item, from its dash to its last word; also right for the last item of a file without a line break at its end. */
export function linesOf(document: ConfigDocument, item: ConfigItem): Span | undefined {
  const dash = dashOf(document, item);
  if (dash === undefined) return undefined;
  const start = lineStart(document, dash);
  if (
    lineAt(document, document.positionAt(dash).line)
      .slice(0, dash - start)
      .trim() !== ''
  )
    return undefined;
  return { start, end: nextLineStart(document, itemEnd(document, item)) };
}
