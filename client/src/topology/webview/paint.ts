/** Draws the picture, with whichever brush. */
import type { Brush, TextStyle } from './brush.ts';
import type { Trace } from '../messages.ts';
import { costOf, firstHop, kindOf, type Graph, type PictureLink, type PictureNode } from './graph.ts';
import { disagreedGap, drawArrow, drawStaleBadge, drawSymbol, linkStroke, routeStroke, traceStroke, type Colours } from './symbols.ts';
import type { Size, Viewport } from './viewport.ts';

/** What stands out at the moment. */
export interface Emphasis {
  /** Where the keyboard is. */
  readonly current?: PictureNode | undefined;
  /** The graph or the list has the focus, so that `current` must be seen. */
  readonly focused: boolean;
  readonly selected?: PictureNode | undefined;
  readonly hovered?: PictureNode | undefined;
  /** Ids on the way to the selected node. */
  readonly route: readonly string[];
  readonly trace?: Trace | undefined;
  /** What the search found; undefined when nothing is searched. */
  readonly matches?: ReadonlySet<PictureNode> | undefined;
}

/** Below this scale only what stands out is labelled. */
const labelScale = 0.4;
const costScale = 0.7;
/** With more links than this on the screen they step back behind the nodes. */
const denseLinks = 600;
/** More labels than this, of nodes and again of links, make a frame slow and the picture no clearer. */
const labelsPerFrame = 300;

export const nodeRadius = (scale: number): number => Math.min(13, Math.max(3, 10 * scale));

/** @param maxLabels of nodes, and of links; what is no frame may have all */
export function paint(
  brush: Brush,
  graph: Graph,
  view: Viewport,
  size: Size,
  colours: Colours,
  emphasis: Emphasis,
  maxLabels = labelsPerFrame,
): void {
  new Painter(brush, graph, view, size, colours, emphasis, maxLabels).paint();
}

class Painter {
  readonly #brush: Brush;
  readonly #graph: Graph;
  readonly #view: Viewport;
  readonly #size: Size;
  readonly #colours: Colours;
  readonly #emphasis: Emphasis;
  readonly #maxLabels: number;
  readonly #radius: number;
  readonly #taken = new Areas();

  constructor(brush: Brush, graph: Graph, view: Viewport, size: Size, colours: Colours, emphasis: Emphasis, maxLabels: number) {
    this.#brush = brush;
    this.#graph = graph;
    this.#view = view;
    this.#size = size;
    this.#colours = colours;
    this.#emphasis = emphasis;
    this.#maxLabels = maxLabels;
    this.#radius = nodeRadius(view.scale);
  }

  paint(): void {
    const links = this.#drawLinks();
    this.#drawRoute();
    this.#drawTraceLines();
    const nodes = this.#drawNodes();
    this.#drawRings();
    this.#drawTraceNumbers();
    this.#labelNodes(nodes);
    this.#labelLinks(links);
  }

  #x = (node: PictureNode): number => node.x * this.#view.scale + this.#view.x;
  #y = (node: PictureNode): number => node.y * this.#view.scale + this.#view.y;

  /** @returns those on the screen */
  #drawLinks(): PictureLink[] {
    const { width, height } = this.#size;
    const seen: PictureLink[] = [];
    const lines = { up: [] as number[], 'one-sided': [] as number[], disagreed: [] as number[], stale: [] as number[] };
    for (const link of this.#graph.links) {
      const [x1, y1, x2, y2] = [this.#x(link.a), this.#y(link.a), this.#x(link.b), this.#y(link.b)];
      if ((x1 < 0 && x2 < 0) || (y1 < 0 && y2 < 0) || (x1 > width && x2 > width) || (y1 > height && y2 > height)) continue;
      seen.push(link);
      const { state } = link.data;
      if (state === 'disagreed') {
        const length = Math.hypot(x2 - x1, y2 - y1);
        const [dx, dy] = length === 0 ? [0, 0] : [(((y2 - y1) / length) * disagreedGap) / 2, ((-(x2 - x1) / length) * disagreedGap) / 2];
        lines.disagreed.push(x1 + dx, y1 + dy, x2 + dx, y2 + dy, x1 - dx, y1 - dy, x2 - dx, y2 - dy);
      } else lines[state].push(x1, y1, x2, y2);
    }
    for (const state of ['stale', 'up', 'one-sided', 'disagreed'] as const) {
      this.#brush.segments(lines[state], linkStroke(state, this.#colours, seen.length > denseLinks));
    }
    return seen;
  }

  /** Screen positions of a way through nodes, those that the picture knows. */
  #way(ids: readonly string[]): [number, number][] {
    return ids.flatMap((id) => {
      const node = this.#graph.nodes.get(id);
      return node === undefined ? [] : [[this.#x(node), this.#y(node)] as [number, number]];
    });
  }

  #drawRoute(): void {
    const stroke = routeStroke(this.#colours);
    const way = this.#way(this.#emphasis.route);
    this.#brush.segments(pairs(way), stroke);
    eachPair(way, (from, to) => drawArrow(this.#brush, ...from, ...to, 7, stroke.color, this.#colours.background));
  }

  #drawTraceLines(): void {
    const stroke = traceStroke(this.#colours);
    const way = this.#way(this.#traced());
    this.#brush.segments(pairs(way), stroke);
    eachPair(way, (from, to) => drawArrow(this.#brush, ...from, ...to, 6, stroke.color, this.#colours.background));
  }

  /** The answering node, then each hop that named itself. */
  #traced(): string[] {
    const { trace } = this.#emphasis;
    const self = this.#graph.self;
    if (trace === undefined || self === undefined) return [];
    const hops = trace.hops.map(({ node }) => node).filter((node) => node !== '');
    return hops[0] === self.id ? hops : [self.id, ...hops];
  }

  #drawTraceNumbers(): void {
    const { trace } = this.#emphasis;
    const first = firstHop(this.#graph, trace);
    trace?.hops.forEach((hop, i) => {
      const node = this.#graph.nodes.get(hop.node);
      if (node === undefined) return;
      const [x, y] = [this.#x(node) - this.#radius - 9, this.#y(node) - this.#radius - 5];
      const failed = hop.error !== undefined;
      this.#brush.circle(x, y, 8, {
        fill: this.#colours.background,
        stroke: { color: failed ? this.#colours.trouble : this.#colours.trace, width: 1.5, dash: [] },
      });
      this.#brush.text(failed ? '×' : String(i + first), x, y, this.#style({ size: 10, bold: true }));
    });
  }

  /** @returns those on the screen, in their order */
  #drawNodes(): PictureNode[] {
    const { width, height } = this.#size;
    const { matches } = this.#emphasis;
    const margin = this.#radius * 2;
    const seen = this.#graph.order.filter((node) => {
      const [x, y] = [this.#x(node), this.#y(node)];
      return x > -margin && y > -margin && x < width + margin && y < height + margin;
    });
    // The important ones last, on top of the others.
    for (let i = seen.length - 1; i >= 0; i--) {
      const node = seen[i]!;
      const [x, y] = [this.#x(node), this.#y(node)];
      drawSymbol(this.#brush, kindOf(node), x, y, this.#radius, this.#colours);
      // Of what cannot be reached, silence is no news.
      if (node.data.stale && node.data.state !== 'unreachable') drawStaleBadge(this.#brush, x, y, this.#radius, this.#colours);
      if (matches?.has(node) === true) {
        this.#brush.circle(x, y, this.#radius + 6, { stroke: { color: this.#colours.text, width: 2, dash: [2, 3] } });
      }
    }
    return seen;
  }

  #drawRings(): void {
    const { selected, current, focused } = this.#emphasis;
    if (selected !== undefined) {
      this.#brush.circle(this.#x(selected), this.#y(selected), this.#radius + 5, {
        stroke: { color: this.#colours.selection, width: 3, dash: [] },
      });
    }
    if (current !== undefined && focused) {
      const [x, y, r] = [this.#x(current), this.#y(current), this.#radius + 9];
      this.#brush.polygon([x - r, y - r, x + r, y - r, x + r, y + r, x - r, y + r], {
        stroke: { color: this.#colours.focus, width: 2, dash: [] },
      });
    }
  }

  #labelNodes(seen: readonly PictureNode[]): void {
    const { current, focused, selected, hovered, route, trace, matches } = this.#emphasis;
    const important = new Set<PictureNode>();
    for (const node of [hovered, selected, focused ? current : undefined]) if (node !== undefined) important.add(node);
    for (const id of [...route, ...(trace?.hops.map(({ node }) => node) ?? [])]) {
      const node = this.#graph.nodes.get(id);
      if (node !== undefined) important.add(node);
    }
    for (const node of matches ?? []) if (important.size < this.#maxLabels) important.add(node);
    if (this.#graph.self !== undefined) important.add(this.#graph.self);

    const everyone = this.#view.scale >= labelScale || seen.length <= 40;
    const on = new Set(seen);
    let drawn = 0;
    for (const node of everyone ? new Set([...important, ...seen]) : important) {
      if (!on.has(node)) continue;
      if (drawn >= this.#maxLabels) break;
      const strong = node === selected || node.data.state === 'self';
      const style = this.#style({ size: 12, bold: strong });
      const half = this.#brush.measure(node.label, style) / 2 + 2;
      const [x, y] = [
        this.#x(node),
        this.#y(node) + this.#radius * (node.data.state === 'self' ? 1.45 : 1) + (node === current && focused ? 19 : 12),
      ];
      // What stands out is always readable, even over something else.
      if (!this.#taken.claim(x - half, y - 8, x + half, y + 8) && !(node === hovered || node === selected || node === current)) continue;
      this.#brush.text(node.label, x, y, style);
      drawn++;
    }
  }

  #labelLinks(seen: readonly PictureLink[]): void {
    const { selected, hovered } = this.#emphasis;
    const route = new Set<PictureLink>();
    this.#emphasis.route.forEach((id, i, all) => {
      const link = i === 0 ? undefined : this.#graph.link(all[i - 1]!, id);
      if (link !== undefined) route.add(link);
    });
    const all = this.#view.scale >= costScale || seen.length <= 60;
    let drawn = 0;
    const style = this.#style({ size: 11 });
    for (const link of new Set([...route, ...seen])) {
      if (drawn >= this.#maxLabels) break;
      const near = route.has(link) || link.a === selected || link.b === selected || link.a === hovered || link.b === hovered;
      if (!near && !all && link.data.state !== 'disagreed') continue;
      const [x1, y1, x2, y2] = [this.#x(link.a), this.#y(link.a), this.#x(link.b), this.#y(link.b)];
      if (Math.hypot(x2 - x1, y2 - y1) < 4 * this.#radius + 10) continue;
      const text = costOf(link);
      const half = this.#brush.measure(text, style) / 2 + 1;
      // Off the middle, where a route has its arrowhead.
      for (const part of [0.4, 0.6]) {
        const [x, y] = [x1 + (x2 - x1) * part, y1 + (y2 - y1) * part];
        if (!this.#taken.claim(x - half, y - 7, x + half, y + 7)) continue;
        this.#brush.text(text, x, y, near ? { ...style, bold: true } : style);
        drawn++;
        break;
      }
    }
  }

  #style = (style: Pick<TextStyle, 'size' | 'bold'>): TextStyle => ({
    ...style,
    color: this.#colours.text,
    halo: this.#colours.background,
  });
}

function eachPair<T>(list: readonly T[], tell: (from: T, to: T) => void): void {
  for (let i = 1; i < list.length; i++) tell(list[i - 1]!, list[i]!);
}

function pairs(way: readonly [number, number][]): number[] {
  const coords: number[] = [];
  eachPair(way, (from, to) => coords.push(...from, ...to));
  return coords;
}

const rowHeight = 8;

/** Which parts of the screen a text already has. */
class Areas {
  readonly #rows = new Map<number, [number, number][]>();

  /** Takes the box when it is free; false when it is not. */
  claim(left: number, top: number, right: number, bottom: number): boolean {
    const from = Math.floor(top / rowHeight);
    const to = Math.ceil(bottom / rowHeight) - 1;
    for (let row = from; row <= to; row++) {
      if (this.#rows.get(row)?.some(([l, r]) => l < right && left < r) === true) return false;
    }
    for (let row = from; row <= to; row++) {
      const spans = this.#rows.get(row);
      if (spans === undefined) this.#rows.set(row, [[left, right]]);
      else spans.push([left, right]);
    }
    return true;
  }
}
