/**
 * The text that the daemon compares items by when it reloads: each item decoded and written again by yaml.v2. Formatting,
 * comments, quoting, key order and item order vanish; types stay (`5` is not `"5"`), defaults spelled out stay too.
 */
import type { GoEntry, GoValue } from '../config/go-values.ts';
import { formatShortest } from '../yaml/number.ts';

/** Block YAML as yaml.v2 lays it out: sorted keys, lists not indented under their key, strings quoted where they must be. */
export const marshal = (value: GoValue): string => `${block(value, 0).join('\n')}\n`;

function block(value: GoValue, depth: number): string[] {
  // An alias may nest what the file writes once: far deeper than any config, and the comparison needs no more.
  if (depth > 100) return ['…'];
  if (value.type === 'list' && value.items.length > 0) return value.items.flatMap((item) => prefixed('- ', block(item, depth + 1)));
  if (value.type === 'map' && value.entries.length > 0) return sorted(value.entries).flatMap((entry) => pair(entry, depth));
  return [scalar(value)];
}

function pair({ key, value }: GoEntry, depth: number): string[] {
  const name = key.type === 'list' || key.type === 'map' ? '…' : scalar(key);
  const lines = block(value, depth + 1);
  if (value.type === 'map' && value.entries.length > 0) return [`${name}:`, ...lines.map((line) => `  ${line}`)];
  if (value.type === 'list' && value.items.length > 0) return [`${name}:`, ...lines];
  return prefixed(`${name}: `, lines);
}

const prefixed = (prefix: string, lines: readonly string[]): string[] =>
  lines.map((line, i) => (i === 0 ? prefix : ' '.repeat(prefix.length)) + line);

const sorted = (entries: readonly GoEntry[]): GoEntry[] =>
  entries.toSorted((a, b) => {
    const [left, right] = [marshal(a.key), marshal(b.key)];
    return left < right ? -1 : left > right ? 1 : 0;
  });

function scalar(value: GoValue): string {
  switch (value.type) {
    case 'null':
      return 'null';
    case 'string':
    case 'time':
      return text(value.value);
    case 'bool':
    case 'int':
    case 'uint':
      return String(value.value);
    case 'float':
      return float(value.value);
    case 'list':
      return '[]';
    case 'map':
      return '{}';
  }
}

/** A whole float prints as an integer does: `1.0` and `1` are the same to the comparison, as they are to the daemon. */
function float(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  return formatShortest(value);
}

/** Words and numbers that would read back as something else than a string. */
const ambiguous = /^(?:~|null|true|false|y|n|yes|no|on|off|<<|[-+.]?\d[\d_.,:eExXoOa-fA-F+-]*|[-+]?\.(?:inf|nan))$/i;
const plain = /^[A-Za-z0-9_./$@^+=()-][^\p{Cc}:#"'\\]*(?::[^\p{Cc}\s:#"'\\]+)*$/u;

function text(value: string): string {
  const safe = plain.test(value) && !ambiguous.test(value) && !/^[-?]\s|\s$|^[-.]{3}/.test(value);
  return safe ? value : JSON.stringify(value);
}
