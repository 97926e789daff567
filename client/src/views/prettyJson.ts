/** A reply as indented, coloured JSON for a terminal. No `vscode`. */
import { terminal } from './hostile.ts';

const paint = (code: number, text: string): string => `\u001b[${code}m${text}\u001b[0m`;
const text = (value: string): string => terminal(JSON.stringify(value));

/** Lines end as a terminal wants them. Deeper than `limit` levels it is written on one line. */
export function prettyJson(value: unknown, indent = '', limit = 20): string {
  if (typeof value === 'string') return paint(32, text(value));
  if (typeof value === 'number') return paint(33, String(value));
  if (typeof value !== 'object' || value === null) return paint(35, String(value));
  const deeper = `${indent}  `;
  const entries = Array.isArray(value)
    ? value.map((item: unknown) => prettyJson(item, deeper, limit - 1))
    : Object.entries(value).map(([key, item]) => `${paint(36, text(key))}: ${prettyJson(item, deeper, limit - 1)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (entries.length === 0) return open + close;
  return limit <= 0
    ? `${open}${entries.join(', ')}${close}`
    : `${open}\r\n${entries.map((entry) => deeper + entry).join(',\r\n')}\r\n${indent}${close}`;
}
