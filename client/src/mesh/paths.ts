/** The cheapest way through a mesh. The daemon tells next hops only; the rest of the way follows from the link costs. */
import { peerOf } from './model.ts';
import type { MeshLink, MeshSnapshot } from './types.ts';

export interface MeshPath {
  /** Node ids from the start to the target, both included. */
  readonly nodes: readonly string[];
  /** Link ids between them. */
  readonly links: readonly string[];
  readonly cost: number;
}

/**
 * The way from the answering node to `target`: by its routing table for the first hop, then by lowest cost, as each node
 * on the way decides for itself. Undefined when there is no way.
 */
export function pathTo(snapshot: MeshSnapshot, target: string): MeshPath | undefined {
  return pathBetween(snapshot, snapshot.self, target);
}

/** The cheapest way between any two nodes over links that are not stale (Dijkstra); undefined when there is none. */
export function pathBetween(snapshot: MeshSnapshot, from: string, target: string): MeshPath | undefined {
  if (!snapshot.nodes.has(from) || !snapshot.nodes.has(target)) return undefined;
  // Distances towards the target, so that every node on the way can ask which neighbour is on its cheapest way.
  const distance = distancesTo(snapshot, target);
  if (!distance.has(from)) return undefined;
  const nodes = [from];
  const links: string[] = [];
  let cost = 0;
  let at = from;
  while (at !== target) {
    const step = nextStep(snapshot, at, distance, from === snapshot.self && at === from ? snapshot.nodes.get(target)?.nextHop : undefined);
    if (step === undefined || nodes.length > snapshot.nodes.size) return undefined;
    links.push(step.link.id);
    cost += step.cost;
    at = peerOf(step.link, at);
    nodes.push(at);
  }
  return { nodes, links, cost };
}

/** Cost from `from` over `link`, as that end tells it. */
const costFrom = (link: MeshLink, from: string): number => (from === link.a ? link.costAB : link.costBA) ?? link.cost;

function nextStep(
  snapshot: MeshSnapshot,
  at: string,
  distance: ReadonlyMap<string, number>,
  preferred: string | undefined,
): { link: MeshLink; cost: number } | undefined {
  let best: { link: MeshLink; cost: number; total: number } | undefined;
  for (const link of snapshot.nodes.get(at)?.links ?? []) {
    const peer = peerOf(link, at);
    const rest = distance.get(peer);
    if (link.state === 'stale' || rest === undefined) continue;
    const cost = costFrom(link, at);
    // The routing table may lag behind the costs: a hop whose own best way leads back here is no way.
    if (peer === preferred && rest < (distance.get(at) ?? 0) + costFrom(link, peer)) return { link, cost };
    if (best === undefined || cost + rest < best.total) best = { link, cost, total: cost + rest };
  }
  return best;
}

function distancesTo(snapshot: MeshSnapshot, target: string): Map<string, number> {
  const distance = new Map<string, number>();
  const queue = new Heap();
  queue.push(0, target);
  for (let item = queue.pop(); item !== undefined; item = queue.pop()) {
    const { key, id } = item;
    if (distance.has(id)) continue;
    distance.set(id, key);
    for (const link of snapshot.nodes.get(id)?.links ?? []) {
      const peer = peerOf(link, id);
      if (link.state !== 'stale' && !distance.has(peer)) queue.push(key + costFrom(link, peer), peer);
    }
  }
  return distance;
}

/** A binary heap, smallest key first. */
class Heap {
  readonly #items: { key: number; id: string }[] = [];

  push(key: number, id: string): void {
    const items = this.#items;
    let at = items.length;
    items.push({ key, id });
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent]!.key <= key) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = { key, id };
  }

  pop(): { key: number; id: string } | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (top === undefined || last === undefined || items.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1]!.key < items[child]!.key) child++;
      if (items[child]!.key >= last.key) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
    return top;
  }
}
