/** Finds things by offset in a config, and turns spans into LSP's ranges. */
import type { Range } from 'vscode-languageserver';
import type { ConfigDocument } from '../config/document.ts';
import { placed, type ConfigField, type ConfigItem, type ConfigModel } from '../config/model.ts';
import type { Span } from '../yaml/nodes.ts';

export function rangeOf(document: ConfigDocument, span: Span): Range {
  return { start: document.positionAt(span.start), end: document.positionAt(span.end) };
}

/** True when `offset` is in the span or right behind it, as a cursor after a word is. */
export const touches = (span: Span, offset: number): boolean => span.start <= offset && offset <= span.end;

/** Index of the last item that starts at or before `offset`; -1 when there is none. */
export function itemIndexAt(model: ConfigModel, offset: number): number {
  let low = -1;
  let high = model.items.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (startOf(model.items[middle]!) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

const startOf = ({ base, reading }: ConfigItem): number => base + reading.span.start;

/** The item that holds `offset`. */
export function itemAt(model: ConfigModel, offset: number): ConfigItem | undefined {
  const item = model.items[itemIndexAt(model, offset)];
  return item !== undefined && offset <= item.base + item.reading.span.end ? item : undefined;
}

/** Key and value of a field, as offsets of the document. */
export function fieldSpan(item: ConfigItem, field: ConfigField): Span {
  return {
    start: item.base + (field.key?.span.start ?? field.span.start),
    end: item.base + Math.max(field.span.end, field.key?.span.end ?? 0),
  };
}

/** Where a value stands in the document. */
export const valueSpan = (item: ConfigItem, field: ConfigField): Span => placed(item, field.span);

/** Without the line break that a block scalar ends with: what replaces it must not join the next line. */
export const trimmed = (text: string, { start, end }: Span): Span => ({ start, end: start + text.slice(start, end).trimEnd().length });

export function lineAt(document: ConfigDocument, line: number): string {
  const { lineStarts, text } = document;
  return text.slice(lineStarts[line] ?? text.length, lineStarts[line + 1] ?? text.length).replace(/[\r\n]+$/, '');
}

/** Column as YAML counts: a byte order mark at the start of the text takes none. */
export function columnAt(document: ConfigDocument, offset: number): number {
  const { line, character } = document.positionAt(offset);
  return line === 0 && document.text.startsWith('\uFEFF') ? Math.max(character - 1, 0) : character;
}
