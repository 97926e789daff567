/** What a key means while the graph has the focus. */
import { neighbourTowards, type Direction } from './direction.ts';
import type { Graph, PictureNode } from './graph.ts';

export interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

export type KeyMeaning =
  | { readonly do: 'go'; readonly node: PictureNode }
  | { readonly do: 'select' | 'clear' | 'search' | 'fit' | 'stay' }
  | { readonly do: 'zoom'; readonly factor: number }
  | { readonly do: 'pan' | 'move'; readonly dx: number; readonly dy: number };

const directions: Readonly<Record<string, Direction>> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' };
const vectors: Readonly<Record<Direction, readonly [number, number]>> = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };
const [panStep, moveStep, pageStep] = [60, 16, 1];

/** Undefined for a key that is not the graph's: it goes on to VS Code. */
export function meaningOf(press: KeyPress, graph: Graph, current: PictureNode | undefined): KeyMeaning | undefined {
  if (press.ctrlKey || press.metaKey) return undefined;
  const direction = Object.hasOwn(directions, press.key) ? directions[press.key] : undefined;
  if (direction !== undefined) {
    const [dx, dy] = vectors[direction];
    if (press.shiftKey) return { do: 'pan', dx: -dx * panStep, dy: -dy * panStep };
    if (press.altKey) return { do: 'move', dx: dx * moveStep, dy: dy * moveStep };
    const from = current ?? graph.self;
    const node =
      from === undefined ? graph.order[0] : current === undefined ? from : neighbourTowards(from, direction, graph.nodes.values());
    return node === undefined ? { do: 'stay' } : { do: 'go', node };
  }
  if (press.altKey) return undefined;
  switch (press.key) {
    case 'Home':
      return go(graph.order[0]);
    case 'End':
      return go(graph.order.at(-1));
    case 'PageDown':
      return go(step(graph, current, pageStep));
    case 'PageUp':
      return go(step(graph, current, -pageStep));
    case 'Enter':
    case ' ':
      return { do: 'select' };
    case 'Escape':
      return { do: 'clear' };
    case '/':
      return { do: 'search' };
    case '+':
    case '=':
      return { do: 'zoom', factor: 1.25 };
    case '-':
    case '_':
      return { do: 'zoom', factor: 1 / 1.25 };
    case '0':
      return { do: 'fit' };
    default:
      return undefined;
  }
}

const go = (node: PictureNode | undefined): KeyMeaning => (node === undefined ? { do: 'stay' } : { do: 'go', node });

/** Through all nodes in their order, round and round. */
function step(graph: Graph, current: PictureNode | undefined, by: number): PictureNode | undefined {
  const { order } = graph;
  if (current === undefined) return order.at(by > 0 ? 0 : -1);
  return order[(order.indexOf(current) + by + order.length) % order.length];
}
