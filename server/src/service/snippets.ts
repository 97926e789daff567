/** Text to insert for actions and fields: required fields in order, at the user's own indentation. */
import { defaultOf, hasSince, type ActionSpec, type ConfigFormat, type FieldSpec } from '../schema/knowledge.ts';
import { scalar } from './scalar.ts';

/** Columns that this document indents by. */
export interface Indentation {
  /** From the dash (v1) or the section (v2 mapping) to its fields. */
  readonly fields: number;
  /** From a v2 section to the dashes of its list. */
  readonly list: number;
}

/** Collects placeholders; without snippet support their text stands alone. */
export class SnippetWriter {
  #stop = 0;
  readonly #snippets: boolean;

  constructor(snippets: boolean) {
    this.#snippets = snippets;
  }

  text(text: string): string {
    return this.#snippets ? text.replaceAll(/[\\$}]/g, (c) => `\\${c}`) : text;
  }

  placeholder(text: string): string {
    if (!this.#snippets) return text;
    return text === '' ? `$${++this.#stop}` : `\${${++this.#stop}:${text.replaceAll(/[\\$}]/g, (c) => `\\${c}`)}}`;
  }

  choice(values: readonly string[]): string {
    if (!this.#snippets) return values[0] ?? '';
    return `\${${++this.#stop}|${values.map((value) => value.replaceAll(/[\\,|]/g, (c) => `\\${c}`)).join(',')}|}`;
  }

  end(): string {
    return this.#snippets ? '$0' : '';
  }
}

/** Value of a field behind its colon and a blank; `indent` stands before further lines. */
export function fieldValue(field: FieldSpec, writer: SnippetWriter, version: string, indent: string, flow: boolean): string {
  switch (field.kind) {
    case 'bool': {
      // Who writes a field wants what it is not by default.
      const usual = defaultOf(field, version) === true;
      return ` ${writer.choice(usual ? ['false', 'true'] : ['true', 'false'])}`;
    }
    case 'strings':
      return flow ? ` [${writer.placeholder('')}]` : `\n${indent}  - ${writer.placeholder(firstOf(field) ?? '')}`;
    case 'float-map':
      return flow
        ? writer.text(' {') + writer.placeholder('node') + ': ' + writer.placeholder('1.0') + writer.text('}')
        : `\n${indent}  ${writer.placeholder('node')}: ${writer.placeholder('1.0')}`;
    case 'string-map':
    case 'any-map':
      return flow
        ? writer.text(' {') + writer.placeholder('') + writer.text('}')
        : `\n${indent}  ${writer.placeholder('name')}: ${writer.placeholder('value')}`;
    case 'firewall-rules': {
      const action = writer.choice(['accept', 'reject', 'drop']);
      if (flow) return ' [' + writer.text('{') + `action: ${action}` + writer.text('}') + ']';
      return `\n${indent}  - action: ${action}\n${indent}    ${writer.choice(['fromnode', 'tonode', 'fromservice', 'toservice'])}: ${writer.placeholder('')}`;
    }
    case 'string':
    case 'int':
    case 'float':
      break;
  }
  if (field.values !== undefined && !field.openValues) return ` ${writer.choice(field.values)}`;
  if (field.refers !== undefined) return ` ${writer.placeholder('')}`;
  const example = field.examples[0] ?? defaultOf(field, version);
  return ` ${writer.placeholder(example === undefined ? '' : field.kind === 'string' ? scalar(String(example)) : String(example))}`;
}

function firstOf(field: FieldSpec): string | undefined {
  const example = field.examples[0];
  if (example === undefined) return undefined;
  try {
    const list: unknown = JSON.parse(example);
    return Array.isArray(list) ? scalar(String(list[0])) : undefined;
  } catch {
    return undefined;
  }
}

/** An action with the fields of its snippet, without the dash of a v1 item. Further lines are relative to the dash or the section. */
export function actionSnippet(
  action: ActionSpec,
  format: ConfigFormat,
  indentation: Indentation,
  version: string,
  snippets: boolean,
): string {
  const writer = new SnippetWriter(snippets);
  const fields = action.snippet
    .map((name) => action.fields.get(name))
    .filter((field): field is FieldSpec => field !== undefined && hasSince(field.since, version));
  const key = `${action.key}:`;
  if (action.name === 'local-only') return format === 'v1' ? `${key} null` : `${key}\n${' '.repeat(indentation.fields)}local: true`;
  if (fields.length === 0) return format === 'v1' ? (action.exclusive ? action.key : `${key} null`) : `${key} {}`;
  if (fields.length === 1 && format === 'v1' && action.bare === fields[0] && action.name === 'log-level')
    return key + fieldValue(fields[0]!, writer, version, '', false);
  const inList = format === 'v2' && action.list;
  const first = inList ? `${' '.repeat(indentation.list)}- ` : ' '.repeat(indentation.fields);
  const indent = ' '.repeat(first.length);
  const lines = fields.map((field, i) => `${i === 0 ? first : indent}${field.name}:${fieldValue(field, writer, version, indent, false)}`);
  return [key, ...lines].join('\n') + writer.end();
}
