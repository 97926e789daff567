/** Which node an arrow key goes to. */
import { peerOf, type PictureNode } from './graph.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';
const vectors: Readonly<Record<Direction, readonly [number, number]>> = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };

/**
 * The linked node that lies best in that direction; when none does, the nearest of all nodes that lie clearly there, so
 * that the arrows also cross gaps. Undefined at the edge of the picture.
 */
export function neighbourTowards(from: PictureNode, direction: Direction, all: Iterable<PictureNode>): PictureNode | undefined {
  const linked = [...from.links].map((link) => peerOf(link, from));
  return best(from, direction, linked, 75) ?? best(from, direction, all, 45);
}

function best(from: PictureNode, direction: Direction, nodes: Iterable<PictureNode>, maxDegrees: number): PictureNode | undefined {
  const [ux, uy] = vectors[direction];
  const limit = Math.cos((maxDegrees * Math.PI) / 180);
  let found: PictureNode | undefined;
  let least = Infinity;
  for (const node of nodes) {
    if (node === from) continue;
    const dx = node.x - from.x;
    const dy = node.y - from.y;
    const distance = Math.hypot(dx, dy);
    const cosine = distance === 0 ? 0 : (dx * ux + dy * uy) / distance;
    if (cosine < limit) continue;
    // Twice as far straight ahead is as good as near by at 60 degrees.
    const penalty = distance / cosine;
    if (penalty < least || (penalty === least && found !== undefined && node.id < found.id)) {
      least = penalty;
      found = node;
    }
  }
  return found;
}
