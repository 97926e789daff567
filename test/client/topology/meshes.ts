/** Meshes for the tests of the topology, as one node's `status` tells them. */
import { buildSnapshot, type MeshSnapshot, type StatusReply } from '../../../client/src/mesh/model.ts';
import type { MeshSource, NodeAction } from '../../../client/src/topology/source.ts';

export const now = Date.UTC(2026, 0, 1, 12);
const iso = (agoMs: number): string => new Date(now - agoMs).toISOString();
const ad = (node: string, service: string, agoMs: number, more: Partial<NonNullable<StatusReply['Advertisements']>[number]> = {}) => ({
  NodeID: node,
  Service: service,
  Time: iso(agoMs),
  ConnType: 1,
  Tags: { type: 'Control Service' },
  WorkCommands: null,
  ...more,
});

/**
 * One node of every state and one link of every state, seen from `hub`:
 * hub - east (1), hub - west (2), east - far (1, and 3 by far), west - far (one end tells), east - gone (stale), a ghost.
 */
export const everyState: StatusReply = {
  NodeID: 'hub',
  Version: '1.6.9',
  SystemCPUCount: 4,
  SystemMemoryMiB: 16_000,
  Connections: [
    { NodeID: 'east', Cost: 1 },
    { NodeID: 'west', Cost: 2 },
  ],
  RoutingTable: { east: 'east', west: 'west', far: 'east' },
  KnownConnectionCosts: {
    hub: { east: 1, west: 2 },
    east: { hub: 1, far: 1, gone: 1 },
    west: { hub: 2, far: 5 },
    far: { east: 3 },
    gone: { east: 1 },
  },
  Advertisements: [
    ad('hub', 'control', 5000, { WorkCommands: [{ WorkType: 'cat', Secure: false }] }),
    ad('east', 'control', 20_000, { WorkCommands: [{ WorkType: 'ansible-runner', Secure: true }] }),
    ad('west', 'echo', 600_000, { ConnType: 2 }),
    ad('far', 'control', 30_000),
    ad('phantom', 'control', 9_000_000),
  ],
};

/** As {@link everyState}, but far is as near through west, and the routing table says to go there. */
export const throughWest: StatusReply = {
  ...everyState,
  RoutingTable: { ...everyState.RoutingTable, far: 'west' },
  KnownConnectionCosts: { ...everyState.KnownConnectionCosts, west: { hub: 2, far: 2 } },
};

export const snapshotOf = (reply: StatusReply, previous?: MeshSnapshot): MeshSnapshot => buildSnapshot(reply, now, previous);

/** A tree with `count` nodes that have `children` each; costs 1. */
export function treeReply(count: number, children = 3): StatusReply {
  const name = (i: number): string => `n${String(i).padStart(3, '0')}`;
  const costs: Record<string, Record<string, number>> = {};
  const routes: Record<string, string> = {};
  for (let i = 0; i < count; i++) costs[name(i)] = {};
  for (let i = 1; i < count; i++) {
    const parent = Math.floor((i - 1) / children);
    costs[name(i)]![name(parent)] = 1;
    costs[name(parent)]![name(i)] = 1;
    routes[name(i)] = parent === 0 ? name(i) : routes[name(parent)]!;
  }
  return {
    NodeID: name(0),
    Connections: Object.entries(costs[name(0)]!).map(([NodeID, Cost]) => ({ NodeID, Cost })),
    RoutingTable: routes,
    KnownConnectionCosts: costs,
    Advertisements: [],
  };
}

/** A source that a test drives. */
export class FakeSource implements MeshSource {
  readonly id = 'fake';
  label = 'fake mesh';
  state: ReturnType<MeshSource['status']> = { state: 'live', text: '' };
  watchers = 0;
  readonly asked: [NodeAction, string][] = [];
  readonly actions = {
    ping: (node: string) => this.asked.push(['ping', node]),
    traceroute: (node: string) => this.asked.push(['traceroute', node]),
  };
  readonly #listeners = new Set<() => void>();
  #snapshot: MeshSnapshot | undefined;

  constructor(reply?: StatusReply) {
    if (reply !== undefined) this.#snapshot = snapshotOf(reply);
  }

  current = (): MeshSnapshot | undefined => this.#snapshot;
  status = (): ReturnType<MeshSource['status']> => this.state;

  onDidChange(listener: () => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  watch(): { dispose(): void } {
    this.watchers++;
    return { dispose: () => this.watchers-- };
  }

  /** A new answer of the node. */
  answer(reply: StatusReply): void {
    this.#snapshot = snapshotOf(reply, this.#snapshot);
    this.tell();
  }

  tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
