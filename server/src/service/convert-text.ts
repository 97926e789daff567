/** Takes the author's own words over into a converted config: comments, and values as they are written. */
import type { ConfigDocument } from '../config/document.ts';
import type { ConfigField, ConfigItem, FirewallRule } from '../config/model.ts';
import { fieldSpan } from './places.ts';
import { scalar } from './scalar.ts';
import { dashOf, itemEnd, lineEnd, lineStart } from './write.ts';

/** Document marks and the comments before the first item that a blank line parts from it. */
export function leadingComments(document: ConfigDocument): string[] {
  const first = document.model.items[0];
  const start =
    document.model.format === 'v1'
      ? first === undefined
        ? undefined
        : firstLine(document, first)
      : document.model.sections[0]?.key.span.start;
  const end = start ?? document.text.length;
  const lines = document.text.slice(0, end).split(/\r?\n/);
  const blank = lines.slice(0, -1).findLastIndex((line) => line.trim() === '');
  const own = lines.slice(0, -1).filter((line, i) => i <= blank || /^(?:---|%)/.test(line));
  return own.filter((line) => /^\s*#/.test(line) || line.startsWith('---')).map((line) => line.trimStart());
}

/** Start of the line that an item begins on: that of its dash, or of its key. */
export function firstLine(document: ConfigDocument, item: ConfigItem): number {
  const dash = dashOf(document, item);
  const key = document.model.format === 'v2' ? item.reading.name?.span.start : undefined;
  return lineStart(document, dash ?? item.base + (key ?? item.reading.span.start));
}

/** Comment lines right above an item, and the comment behind its name. */
export function commentsAround(document: ConfigDocument, item: ConfigItem): string[] {
  const { text } = document;
  const start = firstLine(document, item);
  const comments = commentsOver(text, start, 0);
  const { name, fields } = item.reading;
  if (name !== undefined && document.model.format === 'v2') {
    const section = document.model.sections.find(({ key }) => key.span.start === name.span.start);
    const key = lineStart(document, name.span.start);
    if (key !== start && section !== undefined && document.model.items[section.items[0] ?? -1] === item)
      comments.unshift(...commentsOver(text, key, 0));
  }
  const [first] = fields;
  if (name !== undefined && item.base + name.span.start >= firstLine(document, item)) {
    const at = item.base + name.span.end;
    const end = lineEnd(document, at);
    if (first === undefined || fieldSpan(item, first).start > end) {
      const behind = /\s#.*$/.exec(text.slice(at, end));
      if (behind !== null) comments.push(behind[0].trim());
    }
  }
  return comments;
}

/** Lines of one field, as if its key stood in column 0, with the comments above and behind it. */
export function fieldText(document: ConfigDocument, item: ConfigItem, field: ConfigField, name: string): string[] {
  const { text } = document;
  const lines: string[] = [];
  const span = fieldSpan(item, field);
  const block = field.key !== undefined && text.slice(lineStart(document, span.start), span.start).replace(/^\s*-/, '').trim() === '';
  if (block && !/^\s*-/.test(text.slice(lineStart(document, span.start), span.start)))
    lines.push(...commentsOver(text, lineStart(document, span.start), item.base + 1));
  const value = valueLines(field, text.slice(item.base + field.span.start, item.base + field.span.end));
  const end = lineEnd(document, Math.min(span.end, itemEnd(document, item)));
  const behind = block && value.length === 1 ? (/^\s+#.*$/.exec(text.slice(span.end, end))?.[0] ?? '') : '';
  return [...lines, `${name}:${value[0] === '' ? '' : ` ${value[0]}`}${behind.replace(/^\s+/, '  ')}`, ...value.slice(1)];
}

/** Comment lines right above the line that starts at `start`, and behind `floor`. */
function commentsOver(text: string, start: number, floor: number): string[] {
  const comments: string[] = [];
  for (let at = start; at > floor;) {
    const previous = text.lastIndexOf('\n', at - 2) + 1;
    const line = text.slice(previous, at).trim();
    if (!line.startsWith('#') || previous < floor) break;
    comments.unshift(line);
    at = previous;
  }
  return comments;
}

/** The value so that yaml.v2 and yaml.v3 read the same: the first line goes behind the key, the others below it. */
function valueLines(field: ConfigField, raw: string): string[] {
  const { spec, value, node } = field;
  if (value === undefined || spec === undefined)
    return raw
      .trimEnd()
      .split(/\r?\n/)
      .map((line, i) => (i === 0 ? line : `  ${line.trim()}`));
  if (typeof value === 'string') {
    const safe = node.kind === 'scalar' && (node.style === 'single' || node.style === 'double') && !raw.includes('\n');
    return [safe ? raw : scalar(value)];
  }
  if (spec.format === 'permissions' && /^(["']?)0o?[0-7]+\1$/.test(raw)) return [raw];
  if (typeof value === 'number')
    return [Number.isFinite(value) ? String(value) : Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf'];
  if (typeof value !== 'object') return [String(value)];
  if (Array.isArray(value)) return listLines(value as readonly (string | FirewallRule)[], raw.startsWith('['));
  const entries = [...(value as ReadonlyMap<string, unknown>)];
  if (entries.length === 0) return ['{}'];
  return ['', ...entries.map(([key, entry]) => `  ${scalar(key)}: ${typeof entry === 'string' ? scalar(entry) : JSON.stringify(entry)}`)];
}

function listLines(list: readonly (string | FirewallRule)[], flow: boolean): string[] {
  if (list.length === 0) return ['[]'];
  if (list.every((element) => typeof element === 'string')) {
    return flow
      ? [`[${list.map((element) => scalar(element, true)).join(', ')}]`]
      : ['', ...list.map((element) => `  - ${scalar(element)}`)];
  }
  const rules = list as readonly FirewallRule[];
  return [
    '',
    ...rules.flatMap(({ keys }) => keys.map(({ name, value }, i) => `${i === 0 ? '  - ' : '    '}${name}: ${scalar(value.text)}`)),
  ];
}
