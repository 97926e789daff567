/** The mesh as the webview holds it: nodes with positions, links that point at their nodes. */
import type { GraphLink, GraphNode, Trace } from '../messages.ts';
import { shorten, visibleName } from '../text.ts';

export interface PictureNode {
  readonly id: string;
  /** Fit for showing; short enough for a label. */
  readonly label: string;
  data: GraphNode;
  /** In world units; meaningless until `placed`. */
  x: number;
  y: number;
  placed: boolean;
  readonly links: Set<PictureLink>;
}

export interface PictureLink {
  readonly a: PictureNode;
  readonly b: PictureNode;
  data: GraphLink;
}

export type NodeKind = 'self' | 'direct' | 'reachable' | 'unreachable' | 'ghost';

/** State and ghostliness in one word; also the order of nodes in lists. */
export const kindOf = ({ data }: Pick<PictureNode, 'data'>): NodeKind => (data.ghost ? 'ghost' : data.state);
const ranks: readonly NodeKind[] = ['self', 'direct', 'reachable', 'unreachable', 'ghost'];

export const peerOf = (link: PictureLink, node: PictureNode): PictureNode => (link.a === node ? link.b : link.a);

/** What `node` pays to send over `link`, and what it costs when only the other end tells. */
export const costOf = ({ data }: PictureLink): string => {
  const { costAB, costBA } = data;
  if (costAB === undefined || costBA === undefined || costAB === costBA) return String(costAB ?? costBA ?? '?');
  return `${costAB}≠${costBA}`;
};

const keyOf = (a: string, b: string): string => `${a}\n${b}`;

export interface Touched {
  readonly added: PictureNode[];
  readonly removed: PictureNode[];
  /** Their state was another one before. */
  readonly changed: { readonly node: PictureNode; readonly before: NodeKind }[];
  /** A link came or went, or tells something else. */
  readonly links: number;
}

export class Graph {
  readonly nodes = new Map<string, PictureNode>();
  readonly #links = new Map<string, PictureLink>();
  #order: PictureNode[] | undefined;

  get links(): Iterable<PictureLink> {
    return this.#links.values();
  }

  get linkCount(): number {
    return this.#links.size;
  }

  /** Every node: the answering one, then by state, then by id. */
  get order(): readonly PictureNode[] {
    this.#order ??= [...this.nodes.values()].sort(
      (x, y) => ranks.indexOf(kindOf(x)) - ranks.indexOf(kindOf(y)) || (x.id < y.id ? -1 : x.id > y.id ? 1 : 0),
    );
    return this.#order;
  }

  get self(): PictureNode | undefined {
    const first = this.order[0];
    return first?.data.state === 'self' ? first : undefined;
  }

  link(a: string, b: string): PictureLink | undefined {
    return this.#links.get(a < b ? keyOf(a, b) : keyOf(b, a));
  }

  /** Takes a whole picture. Nodes that were there before keep their positions. */
  replace(nodes: readonly GraphNode[], links: readonly GraphLink[]): Touched {
    const ids = new Set(nodes.map(({ id }) => id));
    const keys = new Set(links.map(({ a, b }) => keyOf(a, b)));
    return this.change(
      nodes,
      [...this.nodes.keys()].filter((id) => !ids.has(id)),
      links,
      [...this.#links].filter(([key]) => !keys.has(key)).map(([, { data }]) => [data.a, data.b]),
    );
  }

  change(
    nodes: readonly GraphNode[],
    goneNodes: readonly string[],
    links: readonly GraphLink[],
    goneLinks: readonly (readonly [string, string])[],
  ): Touched {
    const touched: Touched = { added: [], removed: [], changed: [], links: 0 };
    let linksTouched = 0;
    for (const [a, b] of goneLinks) if (this.#unlink(keyOf(a, b))) linksTouched++;
    for (const id of goneNodes) {
      const node = this.nodes.get(id);
      if (node === undefined) continue;
      for (const link of node.links) this.#unlink(keyOf(link.data.a, link.data.b));
      this.nodes.delete(id);
      touched.removed.push(node);
    }
    for (const data of nodes) {
      const node = this.nodes.get(data.id);
      if (node === undefined) {
        const made = {
          id: data.id,
          label: shorten(visibleName(data.id), 40),
          data,
          x: 0,
          y: 0,
          placed: false,
          links: new Set<PictureLink>(),
        };
        this.nodes.set(data.id, made);
        touched.added.push(made);
        continue;
      }
      const before = kindOf(node);
      node.data = data;
      if (kindOf(node) !== before) touched.changed.push({ node, before });
    }
    for (const data of links) {
      const key = keyOf(data.a, data.b);
      const link = this.#links.get(key);
      const a = this.nodes.get(data.a);
      const b = this.nodes.get(data.b);
      if (a === undefined || b === undefined || a === b) continue;
      linksTouched++;
      if (link !== undefined) {
        link.data = data;
        continue;
      }
      const made = { a, b, data };
      this.#links.set(key, made);
      a.links.add(made);
      b.links.add(made);
    }
    this.#order = undefined;
    return { ...touched, links: linksTouched };
  }

  #unlink(key: string): boolean {
    const link = this.#links.get(key);
    if (link === undefined) return false;
    link.a.links.delete(link);
    link.b.links.delete(link);
    return this.#links.delete(key);
  }
}

/** Number of a traceroute's first hop: it usually is the answering node, which is no hop away from itself. */
export const firstHop = (graph: Graph, trace: Trace | undefined): number => (trace?.hops[0]?.node === graph.self?.id ? 0 : 1);

/**
 * Hops from the answering node over links that are not stale, then from what these reach over stale ones; nodes that no
 * link reaches are left out.
 */
export function hopsFromSelf(graph: Graph): Map<PictureNode, number> {
  const hops = new Map<PictureNode, number>();
  const { self } = graph;
  if (self === undefined) return hops;
  hops.set(self, 0);
  const spread = (through: (link: PictureLink) => boolean): void => {
    const queue = [...hops.keys()];
    for (const node of queue) {
      for (const link of node.links) {
        const peer = peerOf(link, node);
        if (hops.has(peer) || !through(link)) continue;
        hops.set(peer, hops.get(node)! + 1);
        queue.push(peer);
      }
    }
  };
  spread((link) => link.data.state !== 'stale');
  spread(() => true);
  return hops;
}
