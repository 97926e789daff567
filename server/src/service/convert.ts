/**
 * Rewrites a config in the other format. The daemon must do the same with the result: values are written so that the
 * other YAML library reads them alike, and defaults that differ between the formats are spelled out. What has no
 * counterpart stays in the file as a comment that says why.
 */
import { ConfigDocument } from '../config/document.ts';
import type { Finding } from '../config/findings.ts';
import { fieldOf, type ConfigField, type ConfigItem } from '../config/model.ts';
import { checkConfig } from '../rules/check.ts';
import type { CheckContext } from '../rules/context.ts';
import { defaultOf, knowledgeOf, type ActionSpec, type ConfigFormat, type DefaultValue, type FieldSpec } from '../schema/knowledge.ts';
import { Comments } from './comments.ts';
import { commentsOver, fieldText, firstLine, headOf } from './convert-text.ts';
import { octal } from './explain.ts';
import { quoted } from './scalar.ts';
import { fieldSpan } from './places.ts';
import { dashOf, itemEnd, lineEnd, lineStart } from './write.ts';

export interface Conversion {
  readonly text: string;
  /** What could not be carried over, and what will differ. One sentence each. */
  readonly notes: readonly string[];
}

/** An item in its new form, without dash and indentation of the list around it. */
interface Converted {
  readonly action: ActionSpec;
  readonly comments: readonly string[];
  /** Lines of the fields, as if they stood in column 0. */
  readonly fields: readonly string[];
  readonly source: ConfigItem;
}

interface Dropped {
  readonly reason: string;
  readonly lines: readonly string[];
}

export function convert(document: ConfigDocument, to: ConfigFormat, context: CheckContext): Conversion {
  const before = errorCodes(checkConfig(document, context));
  const refused = new Set<ConfigItem>();
  // Something that the old format let pass may be refused in the new one: such an item becomes a comment in the next round.
  for (let round = 0; ; round++) {
    const converter = new Converter(document, to, refused);
    const { text, notes, placed } = converter.run();
    const result = new ConfigDocument(text, { ...document.options, path: undefined, format: to });
    const fresh = checkConfig(result, context).filter(
      ({ severity, code }) => severity === 'error' && code !== 'no-backend' && !before.has(code),
    );
    const items = fresh.flatMap(({ span }) => {
      const item = placed.find(({ start, end }) => start <= span.start && span.start < end)?.source;
      return item === undefined || refused.has(item) ? [] : [item];
    });
    if (items.length === 0 || round === 5) return { text, notes };
    for (const item of items) refused.add(item);
  }
}

const errorCodes = (findings: readonly Finding[]): Set<string> =>
  new Set(findings.filter(({ severity }) => severity === 'error').map(({ code }) => code));

interface Placed {
  readonly start: number;
  readonly end: number;
  readonly source: ConfigItem;
}

class Converter {
  readonly #document: ConfigDocument;
  readonly #to: ConfigFormat;
  readonly #refused: ReadonlySet<ConfigItem>;
  readonly #notes: string[] = [];
  readonly #dropped: Dropped[] = [];
  readonly #comments: Comments;
  readonly #once = new Set<ActionSpec>();
  /** Where the item before ends: what comments stand behind belong to the next one. */
  #from = 0;

  constructor(document: ConfigDocument, to: ConfigFormat, refused: ReadonlySet<ConfigItem>) {
    this.#document = document;
    this.#to = to;
    this.#refused = refused;
    this.#comments = new Comments(document);
  }

  run(): { text: string; notes: string[]; placed: Placed[] } {
    const { model, text } = this.#document;
    const out = new Output();
    const { marks, end } = headOf(this.#document);
    out.lines([...marks, ...this.#comments.take(0, end)]);
    if (this.#to === 'v1') this.#unknownSections();
    const converted = model.items.map((item) => this.#item(item)).filter((item) => item !== undefined);
    if (this.#to === 'v1') for (const item of converted) this.#writeV1(out, item);
    else this.#writeV2(out, converted);
    out.block(this.#comments.take(0, model.end));
    for (const { reason, lines } of this.#dropped) out.block([`# ${reason}`, ...lines.map((line) => `# ${line}`.trimEnd())]);
    const rest = text.slice(model.end).trim();
    if (rest !== '') out.block([...(rest.startsWith('---') ? [] : ['...']), rest]);
    const notes = [...new Set(this.#notes)];
    // Who reads the result has to see what differs; what was dropped stands at its end with its reason.
    const head = notes.map((note) => `# Note: ${note}\n`).join('');
    const placed = out.placed.map(({ start, end, source }) => ({ start: start + head.length, end: end + head.length, source }));
    return { text: head + out.text, notes: [...this.#dropped.map(({ reason }) => reason.replace(/:$/, '.')), ...notes], placed };
  }

  #item(item: ConfigItem): Converted | undefined {
    const converted = this.#converted(item);
    this.#from = Math.max(this.#from, lineEnd(this.#document, itemEnd(this.#document, item)));
    return converted;
  }

  #converted(item: ConfigItem): Converted | undefined {
    const { spec, name } = item.reading;
    const { version } = this.#document.model;
    if (spec === undefined) return this.#drop(item, `\`${name?.text ?? '?'}\` is no action`);
    const action = spec.otherKey === undefined ? undefined : knowledgeOf(this.#to).actions.get(spec.otherKey);
    if (action === undefined) return this.#drop(item, `\`${spec.key}\` has no counterpart in ${this.#to}`);
    if (action.broken !== undefined) return this.#drop(item, `\`${action.key}\` does not work in ${this.#to}: ${action.broken}`);
    if (this.#refused.has(item)) return this.#drop(item, `\`${action.key}\` as it stands here is refused in ${this.#to}`);
    if (item.reading.shape === 'broken') return this.#drop(item, `\`${spec.key}\` could not be read`);
    // A mapping of v2 holds one; the daemon refuses a second one in v1 as well.
    if (this.#once.has(action)) return this.#drop(item, `\`${action.key}\` may stand only once`);
    if (this.#to === 'v2' && !action.list) this.#once.add(action);
    if (action.inert !== undefined) this.#notes.push(`\`${action.key}\` is without effect in ${this.#to}: ${action.inert}.`);
    if (spec.name === 'local-only') return this.#localOnly(item, action);
    const fields: string[] = [];
    let floor = this.#fieldsFrom(item);
    for (const field of item.reading.fields) {
      fields.push(...this.#field(item, field, action, floor));
      floor = Math.max(floor, lineEnd(this.#document, fieldSpan(item, field).end));
    }
    fields.push(...this.#differingDefaults(item, spec, action, version));
    return { action, comments: this.#commentsOf(item), fields, source: item };
  }

  /** From where on comments are about the first field: those over a dash are about the entry. */
  #fieldsFrom(item: ConfigItem): number {
    const dash = this.#to === 'v1' ? dashOf(this.#document, item) : undefined;
    return dash ?? Math.max(this.#from, lineEnd(this.#document, item.base + (item.reading.name?.span.end ?? 0)));
  }

  /** All that is left over the item and in it: what has no better place stands over it. */
  #commentsOf(item: ConfigItem): string[] {
    return this.#comments.take(this.#from, lineEnd(this.#document, itemEnd(this.#document, item)));
  }

  #localOnly(item: ConfigItem, action: ActionSpec): Converted | undefined {
    // In v2 only `local: true` counts.
    if (this.#to === 'v1' && fieldOf(item.reading, 'local')?.value !== true)
      return this.#drop(item, '`local-only` was without effect in v2, where it needs `local: true`');
    return { action, comments: this.#commentsOf(item), fields: this.#to === 'v2' ? ['local: true'] : [], source: item };
  }

  #field(item: ConfigItem, field: ConfigField, action: ActionSpec, floor: number): string[] {
    const { spec } = field;
    if (spec === undefined) {
      if (this.#to === 'v1')
        this.#notes.push(`Field \`${field.key?.text ?? ''}\` of \`${item.reading.spec!.key}\` was ignored by v2 and is a comment now.`);
      const lines = fieldText(this.#document, item, field, field.key?.text ?? field.name, this.#comments, floor);
      return lines.map((line) => (this.#to === 'v1' && !line.startsWith('#') ? `# ${line}` : line));
    }
    const inV2 = this.#to === 'v1' ? spec : action.fields.get(spec.name);
    const instead = inV2 && replacementInV2(inV2, field.value, this.#document.model.version);
    if (instead !== undefined) {
      const what = `\`${spec.name}: ${JSON.stringify(field.value)}\` is as good as not written in v2`;
      this.#notes.push(`${what}${this.#to === 'v1' ? ' and was left out' : ''}: the default is \`${written(spec, instead)}\`.`);
      if (this.#to === 'v1') return [];
    }
    if (this.#to === 'v2') this.#notesFor(field);
    return fieldText(this.#document, item, field, spec.name, this.#comments, floor);
  }

  #notesFor({ spec, value }: ConfigField): void {
    if (
      spec?.kind === 'float-map' &&
      value instanceof Map &&
      [...(value.keys() as Iterable<string>)].some((key) => key !== key.toLowerCase())
    ) {
      this.#notes.push('v2 lower-cases the node ids in `nodecost`: ids with capitals do not match there.');
    }
  }

  /** Fields that were left to a default which the other format does not share. */
  #differingDefaults(item: ConfigItem, from: ActionSpec, to: ActionSpec, version: string): string[] {
    const lines: string[] = [];
    for (const field of to.fields.values()) {
      const old = from.fields.get(field.name);
      if (old === undefined || fieldOf(item.reading, field.name) !== undefined) continue;
      const value = defaultOf(old, version);
      if (value !== undefined && value !== '' && value !== defaultOf(field, version)) lines.push(`${field.name}: ${written(field, value)}`);
      else if (this.#to === 'v1' && field.required) lines.push(`${field.name}: ${field.kind === 'int' ? '0' : "''"}`);
    }
    return lines;
  }

  #drop(item: ConfigItem, reason: string): undefined {
    const start = firstLine(this.#document, item);
    this.#dropText(reason, this.#comments.take(this.#from, start), start, Math.max(itemEnd(this.#document, item), start));
  }

  /** Whole lines of the source become a comment, with those in them. */
  #dropText(reason: string, over: readonly string[], start: number, last: number): void {
    const end = lineEnd(this.#document, last);
    this.#comments.take(start, end);
    this.#dropped.push({ reason: `${reason}:`, lines: [...over, ...this.#document.text.slice(start, end).trimEnd().split(/\r?\n/)] });
  }

  /** Keys at the top of a v2 config that the daemon does not read. */
  #unknownSections(): void {
    for (const { key, value, spec } of this.#document.model.sections) {
      if (spec !== undefined || key.text.toLowerCase() === 'version') continue;
      const { start } = key.span;
      const over = this.#comments.take(commentsOver(this.#document, lineStart(this.#document, start)), start);
      const last = this.#document.text.slice(0, Math.max(value.end, key.span.end)).trimEnd().length;
      this.#dropText(`v2 ignored \`${key.text}\``, over, start, last);
    }
  }

  #writeV1(out: Output, { action, comments, fields, source }: Converted): void {
    const lines =
      fields.length === 0 ? [`- ${action.key}: null`] : [`- ${action.key}:`, ...fields.map((line) => (line === '' ? '' : `    ${line}`))];
    out.block([...comments, ...lines], source);
  }

  #writeV2(out: Output, items: readonly Converted[]): void {
    const sections = new Map<ActionSpec, Converted[]>();
    for (const item of items) {
      const list = sections.get(item.action);
      if (list === undefined) sections.set(item.action, [item]);
      else list.push(item);
    }
    for (const [action, entries] of sections) {
      if (!action.list) {
        const { comments, fields, source } = entries[0]!;
        out.block([...comments, fields.length === 0 ? `${action.key}: {}` : `${action.key}:`, ...fields.map(indented('  '))], source);
        continue;
      }
      out.block([`${action.key}:`]);
      for (const { comments, fields, source } of entries) {
        // A dash wants a field beside it: comments above the first one go above the dash.
        const start = Math.max(
          fields.findIndex((line) => !line.startsWith('#')),
          0,
        );
        const [first, ...rest] = fields.length === 0 ? ['{}'] : fields.slice(start);
        out.lines([...[...comments, ...fields.slice(0, start)].map(indented('  ')), `  - ${first}`, ...rest.map(indented('    '))], source);
      }
    }
  }
}

const indented =
  (lead: string) =>
  (line: string): string =>
    line === '' ? '' : lead + line;

/** The default that v2 puts in place of an empty text, 0 or `false`: it can't tell these from a field that is not there. */
function replacementInV2(field: FieldSpec, value: ConfigField['value'], version: string): DefaultValue | undefined {
  return value === '' || value === 0 || value === false ? defaultOf(field, version) || undefined : undefined;
}

/** A default as people write it. */
function written(field: FieldSpec, value: string | number | boolean): string {
  if (field.format === 'permissions' && typeof value === 'number') return octal(value);
  return typeof value === 'string' && !/^[\w./-]+$/.test(value) ? quoted(value) : String(value);
}

/** The new text, and where each item went. */
class Output {
  text = '';
  readonly placed: Placed[] = [];

  /** Lines that stand apart from those before. */
  block(lines: readonly string[], source?: ConfigItem): void {
    if (lines.length > 0 && this.text !== '' && !this.text.endsWith('\n\n')) this.text += '\n';
    this.lines(lines, source);
  }

  lines(lines: readonly string[], source?: ConfigItem): void {
    if (lines.length === 0) return;
    const start = this.text.length;
    this.text += `${lines.join('\n')}\n`;
    if (source !== undefined) this.placed.push({ start, end: this.text.length, source });
  }
}
