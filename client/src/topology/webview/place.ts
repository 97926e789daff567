/** First positions: of a whole mesh, and of nodes that join one which already has its places. */
import { hopsFromSelf, peerOf, type Graph, type PictureNode } from './graph.ts';

/** Room that a node wants around itself, in world units. */
export const spacing = 64;

/**
 * Rings around the answering node: as many nodes per area everywhere, each near the one by which it is reached. A force
 * layout that starts from here needs few steps; one that starts from a heap never gets rid of its knots.
 */
export function placeInRings(graph: Graph): void {
  const hops = hopsFromSelf(graph);
  const rest = graph.order.filter((node) => !hops.has(node));
  const children = new Map<PictureNode, PictureNode[]>();
  const claimed = new Set<PictureNode>();
  const byHops = [...hops.keys()].sort((x, y) => hops.get(x)! - hops.get(y)! || (x.id < y.id ? -1 : 1));
  for (const node of byHops) {
    const own: PictureNode[] = [];
    for (const link of node.links) {
      const peer = peerOf(link, node);
      if (hops.get(peer) === hops.get(node)! + 1 && !claimed.has(peer)) {
        claimed.add(peer);
        own.push(peer);
      }
    }
    children.set(node, own);
  }
  const weight = new Map<PictureNode, number>();
  for (const node of byHops.toReversed()) {
    weight.set(node, 1 + children.get(node)!.reduce((sum, child) => sum + weight.get(child)!, 0));
  }
  const perRing: number[] = [];
  for (const depth of hops.values()) perRing[depth] = (perRing[depth] ?? 0) + 1;
  let total = 0;
  const radius = perRing.map((count) => {
    const ring = total === 0 ? 0 : Math.sqrt(total + count / 2) * spacing * 0.9;
    total += count;
    return ring;
  });
  const root = byHops[0];
  if (root !== undefined) {
    // Sectors as wide as what hangs in them; no recursion, since a chain may be as long as the mesh.
    const open: { node: PictureNode; from: number; to: number }[] = [{ node: root, from: 0, to: 2 * Math.PI }];
    for (const { node, from, to } of open) {
      const angle = (from + to) / 2;
      const r = radius[hops.get(node)!]!;
      put(node, r * Math.cos(angle), r * Math.sin(angle));
      const own = children.get(node)!;
      const sum = own.reduce((all, child) => all + weight.get(child)!, 0);
      let at = from;
      for (const child of own) {
        const end = at + ((to - from) * weight.get(child)!) / sum;
        open.push({ node: child, from: at, to: end });
        at = end;
      }
    }
  }
  placeAside(graph, rest);
}

/** Rows below everything that has a place, as wide as it. */
function placeAside(graph: Graph, nodes: readonly PictureNode[]): void {
  if (nodes.length === 0) return;
  const box = boundsOf([...graph.nodes.values()].filter(({ placed }) => placed));
  const columns = Math.max(4, Math.ceil(Math.sqrt(nodes.length)), Math.floor((box.right - box.left) / (spacing * 2)));
  const wide = Math.min(columns, nodes.length);
  nodes.forEach((node, i) => {
    const column = i % columns;
    put(node, (box.left + box.right) / 2 + (column - (wide - 1) / 2) * spacing * 2, box.bottom + spacing * (2 + Math.floor(i / columns)));
  });
}

/**
 * Places the nodes that have no place yet near their neighbours that have one, and moves nothing else.
 * @returns those it placed
 */
export function placeNew(graph: Graph): PictureNode[] {
  const waiting = graph.order.filter(({ placed }) => !placed);
  if (waiting.length === 0) return [];
  const taken = new Occupied(spacing * 0.8);
  for (const node of graph.nodes.values()) if (node.placed) taken.add(node.x, node.y);
  let left = waiting;
  // Those with a placed neighbour first; they are the neighbours of the next ones.
  for (let placed = true; placed && left.length > 0;) {
    placed = false;
    const next: PictureNode[] = [];
    for (const node of left) {
      const near = [...node.links].map((link) => peerOf(link, node)).filter((peer) => peer.placed);
      if (near.length === 0) {
        next.push(node);
        continue;
      }
      const x = near.reduce((sum, peer) => sum + peer.x, 0) / near.length;
      const y = near.reduce((sum, peer) => sum + peer.y, 0) / near.length;
      const spot = taken.freeNear(x, y, spacing);
      put(node, spot.x, spot.y);
      taken.add(spot.x, spot.y);
      placed = true;
    }
    left = next;
  }
  placeAside(graph, left);
  return waiting;
}

export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The box around the nodes; empty around the origin when there are none. */
export function boundsOf(nodes: Iterable<PictureNode>): Bounds {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of nodes) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return left <= right ? { left, top, right, bottom } : { left: 0, top: 0, right: 0, bottom: 0 };
}

export function put(node: PictureNode, x: number, y: number): void {
  node.x = x;
  node.y = y;
  node.placed = true;
}

/** Which spots are taken, by cells as wide as the distance that two nodes keep. */
class Occupied {
  readonly #cell: number;
  readonly #spots = new Map<string, { x: number; y: number }[]>();

  constructor(distance: number) {
    this.#cell = distance;
  }

  add(x: number, y: number): void {
    const key = this.#key(x, y);
    const spots = this.#spots.get(key);
    if (spots === undefined) this.#spots.set(key, [{ x, y }]);
    else spots.push({ x, y });
  }

  #key = (x: number, y: number): string => `${Math.floor(x / this.#cell)},${Math.floor(y / this.#cell)}`;

  #isFree(x: number, y: number): boolean {
    for (const dx of [-1, 0, 1]) {
      for (const dy of [-1, 0, 1]) {
        const spots = this.#spots.get(this.#key(x + dx * this.#cell, y + dy * this.#cell));
        if (spots?.some((spot) => Math.hypot(spot.x - x, spot.y - y) < this.#cell)) return false;
      }
    }
    return true;
  }

  /** The first free spot on widening circles around a point, never the point itself. */
  freeNear(x: number, y: number, distance: number): { x: number; y: number } {
    for (let ring = 1; ring < 200; ring++) {
      const steps = 6 * ring;
      for (let step = 0; step < steps; step++) {
        const angle = (2 * Math.PI * step) / steps + ring;
        const spot = { x: x + ring * distance * Math.cos(angle), y: y + ring * distance * Math.sin(angle) };
        if (this.#isFree(spot.x, spot.y)) return spot;
      }
    }
    return { x: x + distance, y: y + distance };
  }
}
