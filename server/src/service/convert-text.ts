/** Takes the author's own words over into a converted config: comments, and values as they are written. */
import type { ConfigDocument } from '../config/document.ts';
import { placed, type ConfigField, type ConfigItem, type FirewallRule } from '../config/model.ts';
import type { Span } from '../yaml/nodes.ts';
import type { Comments } from './comments.ts';
import { columnAt, fieldSpan, valueSpan } from './places.ts';
import { scalar } from './scalar.ts';
import { dashOf, itemEnd, lineEnd, lineStart } from './write.ts';

/** What stands before the first item and a blank line: the mark of a document, and where the comments about the whole end. */
export function headOf(document: ConfigDocument): { marks: string[]; end: number } {
  const { items, sections, format } = document.model;
  const first = items[0];
  const start = format === 'v2' ? sections[0]?.key.span.start : first && firstLine(document, first);
  const text = document.text.slice(0, lineStart(document, start ?? document.text.length));
  const blank = [...text.matchAll(/^[^\S\n]*\n/gm)].at(-1);
  return { marks: /^---/m.test(text) ? ['---'] : [], end: blank === undefined ? 0 : blank.index + blank[0].length };
}

/** Start of the line that an item begins on: that of its dash, or of its key. */
export function firstLine(document: ConfigDocument, item: ConfigItem): number {
  const dash = dashOf(document, item);
  const key = document.model.format === 'v2' ? item.reading.name?.span.start : undefined;
  return lineStart(document, dash ?? item.base + (key ?? item.reading.span.start));
}

/** Lines of one field, as if its key stood in column 0, with the comments behind `floor` that belong to it. */
export function fieldText(
  document: ConfigDocument,
  item: ConfigItem,
  field: ConfigField,
  name: string,
  comments: Comments,
  floor: number,
): string[] {
  const span = fieldSpan(item, field);
  const lead = document.text.slice(lineStart(document, span.start), span.start);
  const value = new ValueText(document, item, field, comments).lines();
  // Fields that share a line, and those that come in from another item, leave their comments to the item.
  if (field.key === undefined || !/^\s*(?:-\s+)*$/.test(lead) || span.start < floor) return withValue(name, value);
  const end = lineEnd(document, Math.min(span.end, itemEnd(document, item)));
  const over = comments.take(floor, span.start);
  const behind = value.length === 1 ? comments.take(span.end, end) : [];
  const [first, ...rest] = withValue(name, value);
  return [...over, ...comments.take(span.start, end), [first, ...behind].join('  '), ...rest];
}

const withValue = (name: string, [first, ...rest]: readonly string[]): string[] => [`${name}:${first === '' ? '' : ` ${first}`}`, ...rest];

/** Start of the comment lines right above the line that starts at `start`; that line's own where there are none. */
export function commentsOver({ text }: ConfigDocument, start: number): number {
  for (let at = start; ;) {
    const previous = text.lastIndexOf('\n', at - 2) + 1;
    if (at === 0 || !text.slice(previous, at).trimStart().startsWith('#')) return at;
    at = previous;
  }
}

/** A value so that yaml.v2 and yaml.v3 read the same: the first line goes behind the key, the others below it. */
class ValueText {
  readonly #document: ConfigDocument;
  readonly #item: ConfigItem;
  readonly #field: ConfigField;
  readonly #comments: Comments;
  readonly #span: Span;
  /** Up to where comments inside the value have found their place. */
  #at: number;

  constructor(document: ConfigDocument, item: ConfigItem, field: ConfigField, comments: Comments) {
    this.#document = document;
    this.#item = item;
    this.#field = field;
    this.#comments = comments;
    this.#span = valueSpan(item, field);
    this.#at = fieldSpan(item, field).start;
  }

  lines(): string[] {
    const { spec, value, node } = this.#field;
    const raw = this.#document.text.slice(this.#span.start, this.#span.end);
    if (value === undefined || spec === undefined) return this.#asWritten(raw.trimEnd());
    if (typeof value === 'string') {
      const safe = node.kind === 'scalar' && (node.style === 'single' || node.style === 'double') && !raw.includes('\n');
      return [safe ? raw : scalar(value)];
    }
    if (spec.format === 'permissions' && /^(["']?)0o?[0-7]+\1$/.test(raw)) return [raw];
    if (typeof value === 'number')
      return [Number.isFinite(value) ? String(value) : Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf'];
    if (typeof value !== 'object') return [String(value)];
    if (Array.isArray(value)) return this.#list(value as readonly (string | FirewallRule)[], raw.startsWith('['));
    return this.#map([...(value as ReadonlyMap<string, unknown>)]);
  }

  /** What the daemon does not read, or refuses. */
  #asWritten(raw: string): string[] {
    const { node } = this.#field;
    const lines = raw.split(/\r?\n/);
    this.#comments.take(this.#span.start, this.#span.end); // they are in the lines
    if (node.kind === 'scalar' || node.kind === 'alias' || node.flow) return lines.map((line, i) => (i === 0 ? line : `  ${line.trim()}`));
    const indentation = new RegExp(`^ {0,${columnAt(this.#document, this.#span.start)}}`);
    return ['', ...lines.map((line) => `  ${line.replace(indentation, '')}`)];
  }

  #list(list: readonly (string | FirewallRule)[], flow: boolean): string[] {
    if (list.length === 0) return ['[]'];
    if (list.every((element) => typeof element === 'string')) {
      if (flow) return [`[${list.map((element) => scalar(element, true)).join(', ')}]`];
      return ['', ...list.flatMap((element, i) => this.#noted('  ', `- ${scalar(element)}`, this.#field.parts[i]?.value?.span))];
    }
    const rules = list as readonly FirewallRule[];
    return [
      '',
      ...rules.flatMap(({ keys }) =>
        keys.flatMap(({ name, key, value }, i) => {
          const line = `${name}: ${scalar(value.text)}`;
          const span = { start: key.span.start, end: Math.max(key.span.end, value.span.end) };
          return i === 0 ? this.#noted('  ', `- ${line}`, span) : this.#noted('    ', line, span);
        }),
      ),
    ];
  }

  #map(entries: readonly (readonly [string, unknown])[]): string[] {
    if (entries.length === 0) return ['{}'];
    return [
      '',
      ...entries.flatMap(([key, entry]) => {
        const line = `${scalar(key)}: ${typeof entry === 'string' ? scalar(entry) : JSON.stringify(entry)}`;
        return this.#noted('  ', line, this.#field.parts.find((part) => part.key?.text === key)?.value?.span);
      }),
    ];
  }

  /** A line of the value with the comments over and behind what it was written as. */
  #noted(lead: string, line: string, part: Span | undefined): string[] {
    if (part === undefined) return [lead + line];
    const { start, end } = placed(this.#item, part);
    if (start < this.#at || end > this.#span.end) return [lead + line]; // an alias leads elsewhere
    const over = this.#comments.take(this.#at, start);
    this.#at = lineEnd(this.#document, end);
    return [...over.map((comment) => lead + comment), [lead + line, ...this.#comments.take(end, this.#at)].join('  ')];
  }
}
