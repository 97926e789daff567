/** What the webview remembers while it is hidden and after the window was reloaded. */
import type { Viewport } from './viewport.ts';

export type LayoutKind = 'force' | 'layered';

export interface Saved {
  /** Id of the source: the panel is restored by it. */
  readonly source: string;
  readonly layout: LayoutKind;
  /** Node id, x, y; also of nodes that left lately. */
  readonly positions: readonly (readonly [string, number, number])[];
  /** Undefined: show everything. */
  readonly viewport?: Viewport | undefined;
  readonly selected?: string | undefined;
  readonly current?: string | undefined;
  readonly list: boolean;
  readonly legend: boolean;
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const stringOrNothing = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Whatever an earlier version may have left: what is not understood is forgotten. */
export function readSaved(value: unknown): Saved | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const state = value as Readonly<Record<string, unknown>>;
  if (typeof state['source'] !== 'string') return undefined;
  const positions = Array.isArray(state['positions']) ? (state['positions'] as unknown[]) : [];
  return {
    source: state['source'],
    layout: state['layout'] === 'layered' ? 'layered' : 'force',
    positions: positions.filter(
      (entry): entry is [string, number, number] =>
        Array.isArray(entry) && typeof entry[0] === 'string' && isNumber(entry[1]) && isNumber(entry[2]),
    ),
    viewport: readViewport(state['viewport']),
    selected: stringOrNothing(state['selected']),
    current: stringOrNothing(state['current']),
    list: state['list'] === true,
    legend: state['legend'] === true,
  };
}

function readViewport(value: unknown): Viewport | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { scale, x, y } = value as Readonly<Record<string, unknown>>;
  return isNumber(scale) && scale > 0 && isNumber(x) && isNumber(y) ? { scale, x, y } : undefined;
}
