import { isMasked } from '../document/mask.ts';
import { content } from '../yaml/compose.ts';
import type { YamlNode } from '../yaml/nodes.ts';

/** True when a template expression fills in some of a node's own text. */
export function hasMask(node: YamlNode, depth = 0): boolean {
  const inner = content(node);
  if (inner.kind === 'scalar') return isMasked(inner.text);
  if (depth > 20) return false;
  if (inner.kind === 'sequence') return inner.items.some((item) => hasMask(item, depth + 1));
  return inner.pairs.some((pair) => hasMask(pair.key, depth + 1) || hasMask(pair.value, depth + 1));
}
