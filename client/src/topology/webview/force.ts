/** The force layout: d3-force, run in slices so that the page stays alive. */
import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type Simulation,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
} from 'd3-force';
import type { Graph, PictureNode } from './graph.ts';
import { put, spacing } from './place.ts';

interface Body extends SimulationNodeDatum {
  readonly node: PictureNode;
}

/** Fewer steps for what takes longer per step: the picture is good enough long before it is perfect. */
const stepsFor = (nodes: number): number => (nodes <= 300 ? 250 : nodes <= 2000 ? 120 : 50);

export class ForceLayout {
  readonly #simulation: Simulation<Body, SimulationLinkDatum<Body>>;
  readonly #moving: readonly Body[];
  #stepsLeft: number;

  /** @param moving the nodes that may move; all others stay exactly where they are and push these */
  constructor(graph: Graph, moving: ReadonlySet<PictureNode>) {
    const all = [...graph.nodes.values()];
    // What hangs on nothing would drift away from the rest and make the whole picture small: it stays where it was put.
    const bodies = all.map((node): Body =>
      moving.has(node) && node.links.size > 0 ? { node, x: node.x, y: node.y } : { node, x: node.x, y: node.y, fx: node.x, fy: node.y },
    );
    const bodyOf = new Map(all.map((node, i) => [node, bodies[i]!]));
    const links = Array.from(graph.links, ({ a, b }) => ({ source: bodyOf.get(a)!, target: bodyOf.get(b)! }));
    this.#moving = bodies.filter(({ fx }) => fx === undefined);
    this.#stepsLeft = this.#moving.length === 0 ? 0 : stepsFor(all.length);
    this.#simulation = forceSimulation<Body>(bodies)
      .stop()
      .alphaDecay(1 - 0.001 ** (1 / Math.max(1, this.#stepsLeft)))
      // Few that join many need no storm.
      .alpha(this.#moving.length * 4 < all.length ? 0.3 : 1)
      .force('links', forceLink<Body, SimulationLinkDatum<Body>>(links).distance(spacing * 1.25))
      .force(
        'apart',
        forceManyBody<Body>()
          .strength(-spacing * 5)
          .theta(1)
          .distanceMax(spacing * 14),
      )
      .force('room', forceCollide<Body>(spacing / 2).iterations(1))
      .force('x', forceX<Body>().strength(0.03))
      .force('y', forceY<Body>().strength(0.04));
  }

  get settled(): boolean {
    return this.#stepsLeft <= 0;
  }

  /** Goes on for about `ms` milliseconds, at least one step; then the nodes have their new positions. */
  run(ms: number, now: () => number = () => performance.now()): void {
    const end = now() + ms;
    while (this.#stepsLeft > 0) {
      this.#simulation.tick();
      this.#stepsLeft--;
      if (now() >= end) break;
    }
    for (const { node, x, y } of this.#moving) if (x !== undefined && y !== undefined) put(node, x, y);
  }
}
