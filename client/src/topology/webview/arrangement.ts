/** Where the nodes are: laid out once, kept from then on. */
import { ForceLayout } from './force.ts';
import type { Graph, PictureNode } from './graph.ts';
import { layOutInLayers } from './layered.ts';
import { placeInRings, placeNew, put } from './place.ts';
import type { LayoutKind, Saved } from './saved.ts';

/** Positions of nodes that left, so that one which comes back finds its place; older ones are forgotten. */
const maxRemembered = 2000;
/** A first picture is drawn after this many milliseconds of layout, and improved from there. */
const firstSliceMs = 150;
const sliceMs = 10;

export class Arrangement {
  readonly #graph: Graph;
  readonly #remembered: Map<string, readonly [number, number]>;
  #force: ForceLayout | undefined;
  /** What it may move. */
  #moving: ReadonlySet<PictureNode> = new Set();
  kind: LayoutKind;

  constructor(graph: Graph, kind: LayoutKind, positions: Saved['positions']) {
    this.#graph = graph;
    this.kind = kind;
    this.#remembered = new Map(positions.map(([id, x, y]) => [id, [x, y]]));
  }

  get settled(): boolean {
    return this.#force === undefined;
  }

  /** Lays out every node again. */
  arrangeAll(kind: LayoutKind): void {
    this.kind = kind;
    this.#force = undefined;
    if (kind === 'layered') layOutInLayers(this.#graph);
    else {
      placeInRings(this.#graph);
      this.#begin(new Set(this.#graph.nodes.values()));
    }
  }

  /** Gives a place to the nodes that have none; all others stay exactly where they are. */
  placeMissing(): void {
    for (const node of this.#graph.nodes.values()) {
      const place = node.placed ? undefined : this.#remembered.get(node.id);
      if (place !== undefined) put(node, ...place);
    }
    const all = this.#graph.nodes.size;
    const placed = [...this.#graph.nodes.values()].filter((node) => node.placed).length;
    if (placed === all) return;
    if (placed === 0) {
      this.arrangeAll(this.kind);
      return;
    }
    // A layout that still runs knows nothing of the new nodes: it begins anew from where it is.
    const moving = this.#force === undefined ? [] : [...this.#moving].filter(({ id }) => this.#graph.nodes.has(id));
    const fresh = placeNew(this.#graph);
    if (this.kind === 'force') this.#begin(new Set([...moving, ...fresh]));
  }

  /** Goes on with the layout for a frame's worth; true when positions changed. */
  step(): boolean {
    if (this.#force === undefined) return false;
    // A large picture takes longer to draw than to improve: it is drawn less often.
    this.#force.run(Math.max(sliceMs, this.#graph.nodes.size / 20));
    if (this.#force.settled) this.#force = undefined;
    return true;
  }

  /** Runs the layout to its end. */
  finish(): void {
    while (this.#force !== undefined) this.step();
  }

  /** Takes what runs as it stands: someone moved a node by hand. */
  stop(): void {
    this.#force = undefined;
  }

  forget(removed: readonly PictureNode[]): void {
    for (const { id, x, y, placed } of removed) {
      if (!placed) continue;
      this.#remembered.delete(id);
      this.#remembered.set(id, [x, y]);
    }
    for (const id of this.#remembered.keys()) {
      if (this.#remembered.size <= maxRemembered + this.#graph.nodes.size) break;
      this.#remembered.delete(id);
    }
  }

  positions(): [string, number, number][] {
    const all = new Map(this.#remembered);
    for (const { id, x, y, placed } of this.#graph.nodes.values()) if (placed) all.set(id, [x, y]);
    return Array.from(all, ([id, [x, y]]) => [id, Math.round(x), Math.round(y)]);
  }

  #begin(moving: ReadonlySet<PictureNode>): void {
    this.#moving = moving;
    this.#force = new ForceLayout(this.#graph, moving);
    this.#force.run(firstSliceMs);
    if (this.#force.settled) this.#force = undefined;
  }
}
