import { content, effectiveEntries } from './compose.ts';
import type { Dialect, YamlNode } from './nodes.ts';
import { formatShortest } from './number.ts';
import { resolveScalar } from './scalar.ts';
import type { ScalarError, ScalarValue } from './scalar.ts';

/** Deeper or longer values are cut: nobody reads such a message to its end. */
const MAX_DEPTH = 50;
const MAX_LENGTH = 4000;

/** A value as Go's `%#v` prints it: `[]interface {}{"a", 1}`, `map[interface {}]interface {}{"a":true}`. */
export function goSyntax(node: YamlNode, dialect: Dialect): string {
  return print(node, dialect, 0).slice(0, MAX_LENGTH);
}

function print(node: YamlNode, dialect: Dialect, depth: number): string {
  const value = content(node);
  if (depth > MAX_DEPTH) return '…';
  if (value.kind === 'scalar') return printScalar(resolveScalar(value, dialect));
  const parts: string[] = [];
  let length = 0;
  const add = (part: string): boolean => {
    parts.push(part);
    length += part.length;
    return length < MAX_LENGTH;
  };
  if (value.kind === 'sequence') {
    value.items.every((item) => add(print(item, dialect, depth + 1)));
    return `[]interface {}{${parts.join(', ')}}`;
  }
  const { entries } = effectiveEntries(value, dialect);
  const strings = dialect === 'yaml.v3' && entries.every(({ key }) => key.type === 'string');
  const sorted = entries.toSorted((a, b) => compareKeys(a.key, b.key));
  sorted.every(({ key, valueNode }) => add(`${printScalar(key)}:${print(valueNode, dialect, depth + 1)}`));
  return `map[${strings ? 'string' : 'interface {}'}]interface {}{${parts.join(', ')}}`;
}

const ORDER: readonly ScalarValue['type'][] = ['null', 'int', 'uint', 'string', 'float', 'bool', 'time'];

function compareKeys(a: ScalarValue, b: ScalarValue): number {
  if (a.type !== b.type) return ORDER.indexOf(a.type) - ORDER.indexOf(b.type);
  if (a.type === 'null' || a.type === 'time' || b.type === 'null' || b.type === 'time') return 0;
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}

function printScalar(value: ScalarValue | ScalarError): string {
  switch (value.type) {
    case 'null':
      return 'interface {}(nil)';
    case 'bool':
    case 'int':
      return String(value.value);
    case 'uint':
      return `0x${value.value.toString(16)}`;
    case 'float':
      return formatShortest(value.value);
    case 'string':
      return quote(value.value);
    case 'time':
      return `time.Time(${value.text})`;
    case 'error':
    default:
      return value.message;
  }
}

const named: Readonly<Record<string, string>> = {
  '\x07': String.raw`\a`,
  '\b': String.raw`\b`,
  '\f': String.raw`\f`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
  '\v': String.raw`\v`,
  '"': String.raw`\"`,
  '\\': String.raw`\\`,
};

/** A string in Go's double quotes: whatever does not print is escaped. */
export function quote(text: string): string {
  let quoted = '"';
  for (const c of text) {
    const code = c.codePointAt(0)!;
    if (named[c] !== undefined) quoted += named[c];
    else if (code < 0x20 || code === 0x7f) quoted += String.raw`\x${code.toString(16).padStart(2, '0')}`;
    else if (code >= 0x80 && /[\p{C}\p{Z}]/u.test(c)) {
      quoted += code > 0xff_ff ? String.raw`\U${code.toString(16).padStart(8, '0')}` : String.raw`\u${code.toString(16).padStart(4, '0')}`;
    } else quoted += c;
  }
  return `${quoted}"`;
}
