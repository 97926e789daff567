/** Values as Go's YAML libraries hand them to receptor: resolved, merged, without repeated keys, each with its node. */
import type { Entry } from '../yaml/compose.ts';
import { content, effectiveEntries } from '../yaml/compose.ts';
import type { Dialect, Span, YamlNode } from '../yaml/nodes.ts';
import { formatShortest } from '../yaml/number.ts';
import { resolveScalar } from '../yaml/scalar.ts';
import { narrow } from './go-numbers.ts';

export interface GoEntry {
  readonly key: GoValue;
  readonly value: GoValue;
}

export type GoValue = { readonly node: YamlNode } & (
  | { readonly type: 'null' }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'bool'; readonly value: boolean }
  /** int64: a bigint where a number would lose digits. */
  | { readonly type: 'int'; readonly value: number | bigint }
  /** Above int64. */
  | { readonly type: 'uint'; readonly value: number | bigint }
  | { readonly type: 'float'; readonly value: number }
  /** yaml.v3 only: an unquoted date. */
  | { readonly type: 'time'; readonly value: string }
  | { readonly type: 'list'; readonly items: readonly GoValue[] }
  | { readonly type: 'map'; readonly entries: readonly GoEntry[] }
);

/** Deeper values count as empty lists: no field of receptor looks that far, and hostile text must not exhaust the stack. */
const deepest = 100;

/** The value of a node in the eyes of `dialect`. */
export function goValue(node: YamlNode, dialect: Dialect, depth = 0): GoValue {
  const inner = content(node);
  if (inner.kind === 'scalar') return goScalar(resolveScalar(inner, dialect), node, inner.text);
  if (depth > deepest) return { type: 'list', items: [], node };
  if (inner.kind === 'sequence') return { type: 'list', items: inner.items.map((item) => goValue(item, dialect, depth + 1)), node };
  return { type: 'map', entries: effectiveEntries(inner, dialect).entries.map((entry) => goEntry(entry, dialect, depth + 1)), node };
}

/** Key and value of a mapping's entry. */
export const goEntry = (entry: Entry, dialect: Dialect, depth = 1): GoEntry => ({
  key: goScalar(entry.key, entry.keyNode, ''),
  value: goValue(entry.valueNode, dialect, depth),
});

function goScalar(value: ReturnType<typeof resolveScalar>, node: YamlNode, text: string): GoValue {
  switch (value.type) {
    case 'int':
    case 'uint':
      return { type: value.type, value: narrow(value.value), node };
    case 'time':
      return { type: 'time', value: value.text, node };
    case 'error': // the whole document is refused; this reading only serves the editor
      return { type: 'string', value: text, node };
    case 'null':
      return { type: 'null', node };
    case 'bool':
      return { type: 'bool', value: value.value, node };
    case 'float':
      return { type: 'float', value: value.value, node };
    case 'string':
      return { type: 'string', value: value.value, node };
  }
}

/** A value as Go's `%s` prints it: strings raw, everything else with its type. */
export function goText(value: GoValue): string {
  switch (value.type) {
    case 'null':
      return '%!s(<nil>)';
    case 'string':
    case 'time':
      return value.value;
    case 'bool':
      return `%!s(bool=${value.value})`;
    case 'int':
      return `%!s(int=${value.value})`;
    case 'uint':
      return `%!s(uint64=${value.value})`;
    case 'float':
      return `%!s(float64=${formatShortest(value.value)})`;
    case 'list':
      return `[${value.items.map(goText).join(' ')}]`;
    case 'map':
      return `map[${value.entries
        .map((e) => `${goText(e.key)}:${goText(e.value)}`)
        .sort()
        .join(' ')}]`;
  }
}

/** Where a node stands; an alias stands where it is used. */
export const contentSpan = (node: YamlNode): Span => ({ start: node.start, end: node.end });
