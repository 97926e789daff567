/**
 * The mesh as one node's `status` tells it: nodes, undirected links, services, work types, reachability.
 *
 * Pure: a reply goes in, a snapshot comes out. A node that says the same as in the previous snapshot *is* the previous
 * one (structural sharing), so a difference is a walk over identities and an unchanged mesh redraws nothing.
 */
import { atOnce, type Steps } from '../control/slices.ts';
import { KnownNode } from './node.ts';
import { listOf, parseTime, type Ad, type Ads } from './ads.ts';
import { perStep, Reading } from './reading.ts';
import { pairId, type MeshLink, type MeshSnapshot, type StatusReply } from './types.ts';

export * from './types.ts';

/** The end of `link` that is not `id`. */
export const peerOf = (link: MeshLink, id: string): string => (link.a === id ? link.b : link.a);

/**
 * Builds a snapshot from a `status` reply.
 *
 * Reachable means: self, or in `Connections` or `RoutingTable`; `KnownConnectionCosts` and `Advertisements` also remember
 * nodes that are gone, for ever. Every container may be null or missing. The snapshot keeps the reply: do not change it.
 * @param takenAt when the reply came, in ms since 1970
 * @param previous the snapshot before, whose nodes and links are reused where nothing changed; of another node, it is ignored
 */
export const buildSnapshot = (reply: StatusReply, takenAt: number, previous?: MeshSnapshot): MeshSnapshot =>
  atOnce(snapshotSteps(reply, takenAt, previous));

/** As `buildSnapshot`, in steps: of ten thousand nodes it takes longer than an extension host should be kept from the rest. */
export function* snapshotSteps(reply: StatusReply, takenAt: number, previous?: MeshSnapshot): Steps<MeshSnapshot> {
  if (previous instanceof Snapshot && previous.self === reply.NodeID) return yield* previous.next(reply, takenAt);
  const reading = new Reading(reply, takenAt);
  const { self, costs, direct } = reading;
  const nodes = new Map<string, KnownNode>();
  const add = (id: string): KnownNode => {
    const node = new KnownNode(reading, id, undefined);
    nodes.set(id, node);
    return node;
  };
  add(self);
  let routed = 0;
  for (const id in costs) {
    if (id !== self && add(id).nextHop !== undefined) routed++;
    if (nodes.size % perStep === 0) yield;
  }
  // Whoever has links tells of them: mostly there is nobody else.
  if (routed !== reading.countOfRoutes()) for (const id in reply.RoutingTable) if (!nodes.has(id)) add(id);
  for (const id of direct.keys()) if (!nodes.has(id)) add(id);
  let seen = 0;
  for (const ad of reply.Advertisements ?? []) {
    if (++seen % perStep === 0) yield;
    (nodes.get(ad.NodeID) ?? add(ad.NodeID)).advertise(ad);
  }
  return new Snapshot(reading, nodes);
}

class Snapshot implements MeshSnapshot {
  readonly self: string;
  readonly takenAt: number;
  readonly version: string;
  readonly cpuCount: number | undefined;
  readonly memoryMiB: number | undefined;
  readonly nodes: ReadonlyMap<string, KnownNode>;
  readonly counts: MeshSnapshot['counts'];
  readonly reply: StatusReply;
  readonly #reading: Reading;
  #links: ReadonlyMap<string, MeshLink> | undefined;
  #nodeSeenAt: ReadonlyMap<string, number> | undefined;
  #serviceSeenAt: ReadonlyMap<string, number> | undefined;

  constructor(reading: Reading, nodes: ReadonlyMap<string, KnownNode>) {
    const { reply } = reading;
    this.#reading = reading;
    this.reply = reply;
    this.self = reading.self;
    this.takenAt = reading.takenAt;
    this.version = reply.Version ?? '';
    this.cpuCount = reply.SystemCPUCount ?? undefined;
    this.memoryMiB = reply.SystemMemoryMiB ?? undefined;
    this.nodes = nodes;
    let unreachable = 0;
    let ghosts = 0;
    for (const { state, ghost } of this.nodes.values()) {
      if (state === 'unreachable') unreachable++;
      if (ghost) ghosts++;
    }
    this.counts = { nodes: this.nodes.size, reachable: this.nodes.size - unreachable, unreachable, ghosts };
  }

  get links(): ReadonlyMap<string, MeshLink> {
    if (this.#links === undefined) {
      const links = new Map<string, MeshLink>();
      for (const link of this.#reading.links()) links.set(link.id, link);
      this.#links = links;
    }
    return this.#links;
  }

  get nodeSeenAt(): ReadonlyMap<string, number> {
    if (this.#nodeSeenAt === undefined) {
      const times = new Map<string, number>();
      for (const { NodeID, Time } of this.reply.Advertisements ?? []) {
        const seenAt = parseTime(Time);
        if (seenAt !== undefined) times.set(NodeID, Math.max(seenAt, times.get(NodeID) ?? seenAt));
      }
      this.#nodeSeenAt = times;
    }
    return this.#nodeSeenAt;
  }

  get serviceSeenAt(): ReadonlyMap<string, number> {
    if (this.#serviceSeenAt === undefined) {
      const times = new Map<string, number>();
      for (const { NodeID, Service, Time } of this.reply.Advertisements ?? []) {
        const seenAt = parseTime(Time);
        if (seenAt !== undefined) times.set(pairId(NodeID, Service), seenAt);
      }
      this.#serviceSeenAt = times;
    }
    return this.#serviceSeenAt;
  }

  /** The snapshot after this one, with what holds still. */
  *next(reply: StatusReply, takenAt: number): Steps<Snapshot> {
    const { reading, retold } = yield* Reading.after(this.#reading, reply, takenAt);
    const others = yield* this.#sortAds(reading);
    const adsOf = (id: string, known: KnownNode): Ads => known.offered(reading) ?? others.get(id);
    /** Nodes that are others than before, or no more. */
    const replaced = new Map<string, KnownNode | undefined>();
    /** Told otherwise of their links, or reachable now and not before, or the other way round. */
    const moved = new Set(retold);
    let seen = 0;
    for (const [id, known] of this.nodes) {
      if (++seen % perStep === 0) yield;
      const holds = (known.offered(reading) !== undefined || known.advertises(others.get(id), reading)) && known.holdsIn(reading);
      if (holds && !retold.has(id)) continue;
      const node = isIn(reading, id, adsOf(id, known)) ? new KnownNode(reading, id, adsOf(id, known)) : undefined;
      if (!holds || node === undefined) replaced.set(id, node);
      if (node === undefined || (node.state === 'unreachable') !== (known.state === 'unreachable')) moved.add(id);
    }
    for (const id of idsIn(reading, retold, others.keys())) {
      if (this.nodes.has(id) || replaced.has(id)) continue;
      replaced.set(id, new KnownNode(reading, id, others.get(id)));
      moved.add(id);
    }
    yield;
    const dirty = reading.takeLinks(this.#reading, moved);
    for (const id of dirty) {
      const known = this.nodes.get(id);
      if (known !== undefined && !replaced.has(id)) replaced.set(id, new KnownNode(reading, id, adsOf(id, known)));
    }
    const after = new Snapshot(reading, withReplaced(this.nodes, replaced));
    if (dirty.size === 0) after.#links = this.#links;
    // Only now: until here a node had to find the reply before.
    for (const [id, known] of this.nodes) if (!replaced.has(id)) known.readFrom(reading, adsOf(id, known));
    return after;
  }

  /** Offers each node the advertisement that is still its only one and says the same; gives all others, by node. */
  *#sortAds(reading: Reading): Steps<ReadonlyMap<string, Ad | Ad[]>> {
    const rest: Ad[] = [];
    let seen = 0;
    for (const ad of reading.reply.Advertisements ?? []) {
      if (++seen % perStep === 0) yield;
      const known = this.nodes.get(ad.NodeID);
      if (known?.advertisesOnly(ad, reading) === true && known.offered(reading) === undefined) known.offer(reading, ad);
      else rest.push(ad);
    }
    const others = yield* adsByNode(rest);
    for (const [id, ads] of others) {
      const known = this.nodes.get(id);
      const first = known?.offered(reading);
      if (known === undefined || first === undefined) continue;
      others.set(id, [...listOf(first), ...listOf(ads)]);
      known.offer(reading, undefined);
    }
    return others;
  }
}

function withReplaced(
  nodes: ReadonlyMap<string, KnownNode>,
  replaced: ReadonlyMap<string, KnownNode | undefined>,
): ReadonlyMap<string, KnownNode> {
  if (replaced.size === 0) return nodes;
  const after = new Map(nodes);
  for (const [id, node] of replaced) {
    if (node === undefined) after.delete(id);
    else after.set(id, node);
  }
  return after;
}

function* adsByNode(ads: readonly Ad[]): Steps<Map<string, Ad | Ad[]>> {
  const nodes = new Map<string, Ad | Ad[]>();
  let seen = 0;
  for (const ad of ads) {
    if (++seen % perStep === 0) yield;
    const known = nodes.get(ad.NodeID);
    if (known === undefined) nodes.set(ad.NodeID, ad);
    else if (Array.isArray(known)) known.push(ad);
    else nodes.set(ad.NodeID, [known, ad]);
  }
  return nodes;
}

/**
 * The nodes that a reply speaks of and the one before may not have; most more than once.
 * @param telling which of the nodes that tell of links are asked for
 * @param advertisers the nodes that advertise anything
 */
function* idsIn(reading: Reading, telling: Iterable<string>, advertisers: Iterable<string>): Iterable<string> {
  const { costs, reply, direct } = reading;
  for (const id of telling) if (Object.hasOwn(costs, id)) yield id;
  for (const id in reply.RoutingTable) yield id;
  yield* direct.keys();
  yield* advertisers;
}

/** True when a reply speaks of `id`. */
const isIn = (reading: Reading, id: string, ads: Ads): boolean =>
  ads !== undefined || id === reading.self || Object.hasOwn(reading.costs, id) || reading.route(id) !== undefined || reading.direct.has(id);
