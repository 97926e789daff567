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
import { defaultOf, knowledgeOf, type ActionSpec, type ConfigFormat, type FieldSpec } from '../schema/knowledge.ts';
import { commentsAround, fieldText, firstLine, leadingComments } from './convert-text.ts';
import { octal } from './explain.ts';
import { quoted } from './scalar.ts';
import { itemEnd } from './write.ts';

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

  constructor(document: ConfigDocument, to: ConfigFormat, refused: ReadonlySet<ConfigItem>) {
    this.#document = document;
    this.#to = to;
    this.#refused = refused;
  }

  run(): { text: string; notes: string[]; placed: Placed[] } {
    const { model } = this.#document;
    const converted = model.items.map((item) => this.#item(item)).filter((item) => item !== undefined);
    if (this.#to === 'v1') this.#unknownSections();
    const out = new Output();
    out.comment(leadingComments(this.#document));
    if (this.#to === 'v1') for (const item of converted) this.#writeV1(out, item);
    else this.#writeV2(out, converted);
    for (const { reason, lines } of this.#dropped) out.block([`# ${reason}`, ...lines.map((line) => `# ${line}`.trimEnd())]);
    const notes = [...new Set(this.#notes)];
    // Who reads the result has to see what differs; what was dropped stands at its end with its reason.
    const head = notes.map((note) => `# Note: ${note}\n`).join('');
    const placed = out.placed.map(({ start, end, source }) => ({ start: start + head.length, end: end + head.length, source }));
    return { text: head + out.text, notes: [...this.#dropped.map(({ reason }) => reason.replace(/:$/, '.')), ...notes], placed };
  }

  #item(item: ConfigItem): Converted | undefined {
    const { spec, name } = item.reading;
    const { version } = this.#document.model;
    if (spec === undefined) return this.#drop(item, `\`${name?.text ?? '?'}\` is no action`);
    const action = spec.otherKey === undefined ? undefined : knowledgeOf(this.#to).actions.get(spec.otherKey);
    if (action === undefined) return this.#drop(item, `\`${spec.key}\` has no counterpart in ${this.#to}`);
    if (action.broken !== undefined) return this.#drop(item, `\`${action.key}\` does not work in ${this.#to}: ${action.broken}`);
    if (this.#refused.has(item)) return this.#drop(item, `\`${action.key}\` as it stands here is refused in ${this.#to}`);
    if (action.inert !== undefined) this.#notes.push(`\`${action.key}\` is without effect in ${this.#to}: ${action.inert}.`);
    if (spec.name === 'local-only') return this.#localOnly(item, action);
    const fields: string[] = [];
    for (const field of item.reading.fields) fields.push(...this.#field(item, field, action));
    if (item.reading.shape === 'broken') return this.#drop(item, `\`${spec.key}\` could not be read`);
    fields.push(...this.#differingDefaults(item, spec, action, version));
    return { action, comments: commentsAround(this.#document, item), fields, source: item };
  }

  #localOnly(item: ConfigItem, action: ActionSpec): Converted | undefined {
    // In v2 only `local: true` counts.
    if (this.#to === 'v1' && fieldOf(item.reading, 'local')?.value !== true)
      return this.#drop(item, '`local-only` was without effect in v2, where it needs `local: true`');
    return { action, comments: commentsAround(this.#document, item), fields: this.#to === 'v2' ? ['local: true'] : [], source: item };
  }

  #field(item: ConfigItem, field: ConfigField, action: ActionSpec): string[] {
    const { spec } = field;
    if (spec === undefined) {
      if (this.#to === 'v1')
        this.#notes.push(`Field \`${field.key?.text ?? ''}\` of \`${item.reading.spec!.key}\` was ignored by v2 and is a comment now.`);
      return fieldText(this.#document, item, field, field.key?.text ?? field.name).map((line) => (this.#to === 'v1' ? `# ${line}` : line));
    }
    if (spec.name === 'redial' && field.value === false) {
      if (this.#to === 'v1') {
        this.#notes.push('`redial: false` has no effect in v2 and was left out: peers keep dialling, as before.');
        return [];
      }
      this.#notes.push('`redial: false` has no effect in v2: peers always dial again.');
    }
    if (this.#to === 'v2') this.#notesFor(field, action);
    return fieldText(this.#document, item, field, spec.name);
  }

  #notesFor({ spec, value }: ConfigField, action: ActionSpec): void {
    if (
      spec?.kind === 'float-map' &&
      value instanceof Map &&
      [...(value.keys() as Iterable<string>)].some((key) => key !== key.toLowerCase())
    ) {
      this.#notes.push('v2 lower-cases the node ids in `nodecost`: ids with capitals do not match there.');
    }
    if (action.name === 'control-service' && spec?.name === 'service' && value === '')
      this.#notes.push('v2 has no control service without a mesh name: it is called `control`.');
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
    this.#dropped.push({
      reason: `${reason}:`,
      lines: this.#document.text.slice(start, Math.max(itemEnd(this.#document, item), start)).split(/\r?\n/),
    });
  }

  /** Keys at the top of a v2 config that the daemon does not read. */
  #unknownSections(): void {
    for (const { key, value, spec } of this.#document.model.sections) {
      if (spec !== undefined || key.text.toLowerCase() === 'version') continue;
      const lines = this.#document.text.slice(key.span.start, Math.max(value.end, key.span.end)).trimEnd().split(/\r?\n/);
      this.#dropped.push({ reason: `v2 ignored \`${key.text}\`:`, lines });
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
      // A mapping holds one; the daemon refuses a second one in v1 as well.
      for (const second of action.list ? [] : entries.slice(1)) this.#drop(second.source, `\`${action.key}\` may stand only once`);
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

/** A default as people write it. */
function written(field: FieldSpec, value: string | number | boolean): string {
  if (field.format === 'permissions' && typeof value === 'number') return octal(value);
  return typeof value === 'string' && !/^[\w./-]+$/.test(value) ? quoted(value) : String(value);
}

/** The new text, and where each item went. */
class Output {
  text = '';
  readonly placed: Placed[] = [];

  comment(lines: readonly string[]): void {
    if (lines.length > 0) this.text += `${lines.join('\n')}\n`;
  }

  /** Lines that stand apart from those before. */
  block(lines: readonly string[], source?: ConfigItem): void {
    if (this.text !== '' && !this.text.endsWith('\n\n')) this.text += '\n';
    this.lines(lines, source);
  }

  lines(lines: readonly string[], source?: ConfigItem): void {
    const start = this.text.length;
    this.text += `${lines.join('\n')}\n`;
    if (source !== undefined) this.placed.push({ start, end: this.text.length, source });
  }
}
