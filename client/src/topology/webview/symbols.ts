/** How each kind of node and link looks. No two kinds differ by colour alone. */
import type { LinkState } from '../../mesh/types.ts';
import type { Brush, Stroke } from './brush.ts';
import type { NodeKind } from './graph.ts';

export interface Colours {
  readonly background: string;
  readonly text: string;
  readonly muted: string;
  readonly self: string;
  readonly direct: string;
  readonly reachable: string;
  readonly trouble: string;
  readonly warning: string;
  readonly link: string;
  /** Of links where there are very many. */
  readonly faint: string;
  readonly route: string;
  readonly trace: string;
  readonly selection: string;
  readonly focus: string;
  /** Thicker lines, and no tint that means something. */
  readonly highContrast: boolean;
}

/** One node's symbol, `radius` being that of a plain node. */
export function drawSymbol(brush: Brush, kind: NodeKind, x: number, y: number, radius: number, colours: Colours): void {
  const width = Math.max(1, Math.min(colours.highContrast ? 2.5 : 2, radius / 3));
  const outline = (color: string, dash: readonly number[] = []): Stroke => ({ color, width, dash });
  switch (kind) {
    case 'self': {
      const r = radius * 1.45;
      const corners = [0, 1, 2, 3, 4, 5].flatMap((i) => [x + r * Math.cos((i * Math.PI) / 3), y + r * Math.sin((i * Math.PI) / 3)]);
      brush.polygon(corners, { fill: colours.self, stroke: outline(colours.background) });
      brush.circle(x, y, radius * 0.5, { fill: colours.background });
      return;
    }
    case 'direct':
      brush.circle(x, y, radius, { fill: colours.direct, stroke: outline(colours.direct) });
      return;
    case 'reachable':
      brush.circle(x, y, radius, { fill: colours.background, stroke: outline(colours.reachable) });
      return;
    case 'unreachable': {
      const r = radius * 0.95;
      const inner = r * 0.55;
      brush.polygon(square(x, y, r), { fill: colours.background, stroke: outline(colours.trouble) });
      brush.segments([x - inner, y - inner, x + inner, y + inner, x - inner, y + inner, x + inner, y - inner], outline(colours.trouble));
      return;
    }
    case 'ghost':
      brush.polygon([x, y - radius * 1.2, x + radius * 1.2, y, x, y + radius * 1.2, x - radius * 1.2, y], {
        fill: colours.background,
        stroke: outline(colours.muted, [Math.max(1.5, radius / 3), Math.max(1.5, radius / 3)]),
      });
  }
}

const square = (x: number, y: number, r: number): number[] => [x - r, y - r, x + r, y - r, x + r, y + r, x - r, y + r];

/** At a node that advertised nothing for too long: a triangle with its point up. */
export function drawStaleBadge(brush: Brush, x: number, y: number, radius: number, colours: Colours): void {
  const r = Math.max(3, radius * 0.6);
  const [cx, cy] = [x + radius * 1.1, y - radius * 1.1];
  brush.polygon([cx, cy - r, cx + r, cy + r * 0.8, cx - r, cy + r * 0.8], {
    fill: colours.warning,
    stroke: { color: colours.background, width: 1, dash: [] },
  });
}

/** @param dense many links are drawn: those that are as they should be step back */
export function linkStroke(state: LinkState, colours: Colours, dense = false): Stroke {
  const width = colours.highContrast ? 1.6 : 1.2;
  switch (state) {
    case 'up':
      return dense ? { color: colours.faint, width: 0.7, dash: [] } : { color: colours.link, width, dash: [] };
    case 'one-sided':
      return { color: colours.warning, width: width + 0.3, dash: [8, 4] };
    case 'disagreed':
      return { color: colours.warning, width, dash: [] };
    case 'stale':
      return { color: colours.muted, width, dash: [1.5, 4] };
    default:
      return state satisfies never;
  }
}

/** Links whose ends disagree are drawn as two lines this far apart. */
export const disagreedGap = 4;

export const routeStroke = (colours: Colours): Stroke => ({ color: colours.route, width: colours.highContrast ? 5 : 4, dash: [] });
export const traceStroke = (colours: Colours): Stroke => ({ color: colours.trace, width: 3, dash: [10, 4, 2, 4] });

/** An arrowhead in the middle of a line. */
export function drawArrow(brush: Brush, x1: number, y1: number, x2: number, y2: number, size: number, color: string, halo: string): void {
  const length = Math.hypot(x2 - x1, y2 - y1);
  if (length < size * 3) return;
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
  const [mx, my] = [(x1 + x2) / 2, (y1 + y2) / 2];
  brush.polygon(
    [
      mx + ux * size,
      my + uy * size,
      mx - ux * size - uy * size,
      my - uy * size + ux * size,
      mx - ux * size + uy * size,
      my - uy * size - ux * size,
    ],
    { fill: color, stroke: { color: halo, width: 1, dash: [] } },
  );
}
