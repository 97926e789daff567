/** What the topology graph needs from whoever holds connections; given to it, so that it knows no connection itself. */
import type { MeshSnapshot } from '../mesh/types.ts';

interface Disposable {
  dispose(): void;
}

/**
 * - `live`: snapshots arrive
 * - `waiting`: connecting, or not asked yet
 * - `down`: no connection; the last good picture stays
 */
export type SourceState = 'live' | 'waiting' | 'down';

/** What a node in the picture can be asked for besides being looked at. */
export type NodeAction = 'ping' | 'traceroute' | 'session' | 'connectAs' | 'openConfig';

/** One mesh, seen from one node. */
export interface MeshSource {
  /** Stays the same when the window reloads: the panel is restored by it. */
  readonly id: string;
  /** What people call it: the profile's name, or the address. */
  readonly label: string;
  /** The last good picture, also while the connection is down. */
  current(): MeshSnapshot | undefined;
  /** How it is with the connection, and a sentence for people (`down since 12:04: connection refused`; may be empty). */
  status(): { readonly state: SourceState; readonly text: string };
  /** Tells of a new snapshot and of a new status. */
  onDidChange(listener: () => void): Disposable;
  /** Someone looks from now on, until the result is disposed. Nothing is polled for the graph while nobody does. */
  watch(): Disposable;
  /** What this source can do with a node; the graph offers no other. Errors are shown by whoever made the action. */
  readonly actions?: Readonly<Partial<Record<NodeAction, (node: string) => unknown>>>;
}

/** A traceroute as the control service answers it: ordered hops. */
export interface TraceHop {
  /** The node that answered; empty when none did. */
  readonly From: string;
  /** Round trip in nanoseconds. */
  readonly Time: number;
  readonly Error?: string | undefined;
}
