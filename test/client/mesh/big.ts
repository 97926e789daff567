/** A `status` reply of a mesh of any size, in the daemon's own random order; for tests and benches of the model and its views. */
import type { StatusReply } from '../../../client/src/mesh/types.ts';
import { seeded } from '../../harness/random.ts';

/** As the daemon does: Go randomises the walk over a map on every call. */
export function shuffle<T>(list: readonly T[], rnd: () => number): T[] {
  const out = [...list];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(rnd() * (i + 1));
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

/** A connected mesh of `count` nodes with about `degree` links each, one control service and three work types per node. */
export function bigStatus(count: number, options: { seed?: number; degree?: number; now?: number } = {}): Required<StatusReply> {
  const { seed = 1, degree = 8, now = Date.UTC(2026, 0, 1) } = options;
  const rnd = seeded(seed);
  const name = (i: number): string => `node-${String(i).padStart(5, '0')}.example.org`;
  const costs: Record<string, Record<string, number>> = {};
  for (let i = 0; i < count; i++) costs[name(i)] = {};
  const link = (i: number, j: number): void => {
    const cost = 1 + Math.floor(rnd() * 3);
    costs[name(i)]![name(j)] = cost;
    costs[name(j)]![name(i)] = cost;
  };
  for (let i = 1; i < count; i++) link(i, Math.floor(rnd() * i));
  for (let n = 0; n < (count * (degree - 2)) / 2; n++) {
    const i = Math.floor(rnd() * count);
    const j = Math.floor(rnd() * count);
    if (i !== j) link(i, j);
  }
  const self = name(0);
  const peers = Object.keys(costs[self]!);
  const routes: Record<string, string> = {};
  for (let i = 1; i < count; i++) routes[name(i)] = peers.includes(name(i)) ? name(i) : peers[i % peers.length]!;
  const ads = Array.from({ length: count }, (_, i) => ({
    NodeID: name(i),
    Service: 'control',
    Time: new Date(now - Math.floor(rnd() * 60_000)).toISOString().replace('Z', '123456Z'),
    ConnType: 1,
    Tags: { type: 'Control Service' },
    WorkCommands: ['ansible-runner', 'cat', 'kubernetes-runtime-auth'].map((WorkType, n) => ({ WorkType, Secure: n === 0 })),
  }));
  return {
    Advertisements: shuffle(ads, rnd),
    Connections: shuffle(peers, rnd).map((NodeID) => ({ NodeID, Cost: costs[self]![NodeID]! })),
    KnownConnectionCosts: costs,
    NodeID: self,
    RoutingTable: routes,
    SystemCPUCount: 8,
    SystemMemoryMiB: 16000,
    Version: '1.6.9',
  };
}
