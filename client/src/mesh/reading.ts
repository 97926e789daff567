/**
 * A `status` reply made searchable: what one look-up needs, and no more. Links are made when somebody asks for them, since
 * of ten thousand nodes a tree shows twenty.
 */
import type { Steps } from '../control/slices.ts';
import { compare, parseTime, type Ad } from './ads.ts';
import { pairId, type LinkState, type MeshLink, type StatusReply } from './types.ts';

type Costs = NonNullable<StatusReply['KnownConnectionCosts']>;

const none: readonly never[] = [];
const noCosts: Costs = {};
const noPeers: Readonly<Record<string, number>> = {};

/**
 * An advertisement is resent every 60 s; the slack is for its way through the mesh and clocks that differ.
 * Past this age the daemon still lists it, since nothing ever expires there.
 */
const staleAfterMs = 130_000;

/** Nodes that are looked at between two pauses. */
export const perStep = 500;

/** Of each node that is silent about a link, who tells of it. Only while the mesh converges, or for the dead. */
type Silent = ReadonlyMap<string, ReadonlySet<string>>;

export class Reading {
  readonly reply: StatusReply;
  readonly takenAt: number;
  readonly self: string;
  readonly costs: Costs;
  /** Cost of each connection that the answering node holds. */
  readonly direct: ReadonlyMap<string, number>;
  /** Links made so far, by id. */
  #links = new Map<string, MeshLink>();
  /** Found when first asked for: the way to the tree does without. */
  #silent: Silent | undefined;
  #countOfTellers: number | undefined;
  /** From this second on an advertisement is fresh; as advertisements write it. */
  readonly #freshFrom: string;

  constructor(reply: StatusReply, takenAt: number, silent?: Silent) {
    this.reply = reply;
    this.takenAt = takenAt;
    this.self = reply.NodeID ?? '';
    this.costs = reply.KnownConnectionCosts ?? noCosts;
    this.direct = new Map((reply.Connections ?? none).map(({ NodeID, Cost }) => [NodeID, Cost]));
    this.#silent = silent;
    this.#freshFrom = secondText(takenAt - staleAfterMs + 1000);
  }

  /**
   * The same for the reply that came after `before`, of the same node.
   * @returns with the nodes that tell of their links otherwise than before
   */
  static *after(before: Reading, reply: StatusReply, takenAt: number): Steps<{ reading: Reading; retold: ReadonlySet<string> }> {
    const costs = reply.KnownConnectionCosts ?? noCosts;
    const retold = new Set<string>();
    let [ids, kept] = [0, 0];
    for (const id in costs) {
      const told = own(before.costs, id);
      if (told !== undefined) kept++;
      if (told === undefined || !sameCosts(told ?? noPeers, costs[id] ?? noPeers)) retold.add(id);
      if (++ids % perStep === 0) yield;
    }
    if (kept !== before.#tellers()) for (const id in before.costs) if (!Object.hasOwn(costs, id)) retold.add(id);
    const known = before.#silent;
    const silent = known === undefined || retold.size === 0 ? known : silentAfter(known, before.costs, costs, retold);
    const reading = new Reading(reply, takenAt, silent);
    reading.#countOfTellers = ids;
    return { reading, retold };
  }

  /** How many nodes tell of links. Ten thousand names take ms to go through. */
  #tellers(): number {
    return (this.#countOfTellers ??= Object.keys(this.costs).length);
  }

  /** How many nodes the routing table leads to. */
  countOfRoutes(): number {
    let count = 0;
    for (const _ in this.reply.RoutingTable) count++;
    return count;
  }

  /** Next hop of a node in the routing table. */
  route(id: string): string | undefined {
    return own(this.reply.RoutingTable, id);
  }

  isReachable(id: string): boolean {
    return id === this.self || this.route(id) !== undefined || this.direct.has(id);
  }

  /** What `id` tells of its links: peer to cost. */
  peersTold(id: string): Readonly<Record<string, number>> {
    return own(this.costs, id) ?? noPeers;
  }

  /** True when any node has or claims a link with `id`. */
  hasLinks(id: string): boolean {
    for (const _ in this.peersTold(id)) return true;
    if (this.direct.has(id) || (id === this.self && this.direct.size > 0)) return true;
    return this.#tellingOf(id) !== none;
  }

  /** Links of a node, ordered by the peer's id. */
  linksOf(id: string): MeshLink[] {
    const peers = new Set(Object.keys(this.peersTold(id)));
    for (const peer of this.#tellingOf(id)) peers.add(peer);
    if (id === this.self) for (const peer of this.direct.keys()) peers.add(peer);
    else if (this.direct.has(id)) peers.add(this.self);
    return [...peers].sort(compare).map((peer) => this.link(id, peer));
  }

  link(x: string, y: string): MeshLink {
    const [a, b] = x < y ? [x, y] : [y, x];
    const id = pairId(a, b);
    let link = this.#links.get(id);
    if (link === undefined) this.#links.set(id, (link = this.#makeLink(id, a, b)));
    return link;
  }

  *links(): Iterable<MeshLink> {
    for (const from in this.costs) {
      const peers = this.peersTold(from);
      // Both ends usually tell: the smaller one is asked, the larger one only where the other is silent.
      for (const to in peers) if (from < to || !Object.hasOwn(this.peersTold(to), from)) yield this.link(from, to);
    }
    for (const peer of this.direct.keys()) yield this.link(this.self, peer);
  }

  /** Advertised too long ago for a service that still runs. */
  isStale(ad: Ad): boolean {
    if (ad.NodeID === this.self) return false;
    const { Time } = ad;
    // Most clocks run in UTC, where order is order of text: reading a time takes ten times as long as comparing it.
    if (typeof Time === 'string' && Time.endsWith('Z') && Time >= this.#freshFrom) return false;
    const seenAt = parseTime(Time);
    return seenAt !== undefined && this.takenAt - seenAt > staleAfterMs;
  }

  /**
   * Takes over the links of an earlier reading that still hold; that one makes its links anew when it is asked again.
   * @param changed nodes that tell of their links otherwise, or can be reached now and could not before, or the other way round
   * @returns nodes of which a link may be another one than it was
   */
  takeLinks(before: Reading, changed: ReadonlySet<string>): ReadonlySet<string> {
    const moved = new Set(changed);
    for (const [id, cost] of this.direct) if (before.direct.get(id) !== cost) moved.add(id);
    for (const id of before.direct.keys()) if (!this.direct.has(id)) moved.add(id);
    const dirty = new Set(moved);
    if (moved.size > 0) dirty.add(this.self);
    for (const id of moved) {
      for (const reading of [before, this]) {
        for (const peer in reading.peersTold(id)) dirty.add(peer);
        for (const peer of reading.#tellingOf(id)) dirty.add(peer);
      }
    }
    this.#links = before.#links;
    before.#links = new Map();
    if (dirty.size > 0) for (const [id, { a, b }] of this.#links) if (dirty.has(a) || dirty.has(b)) this.#links.delete(id);
    return dirty;
  }

  /** Who tells of a link with `id` which does not tell of it itself. */
  #tellingOf(id: string): Iterable<string> {
    return (this.#silent ??= silentIn(this.costs)).get(id) ?? none;
  }

  #makeLink(id: string, a: string, b: string): MeshLink {
    const costAB = this.#told(a, b);
    const costBA = this.#told(b, a);
    const cost = Math.max(costAB ?? 0, costBA ?? 0);
    let state: LinkState;
    if (!this.isReachable(a) || !this.isReachable(b)) state = 'stale';
    else if (costAB === undefined || costBA === undefined) state = 'one-sided';
    else state = costAB === costBA ? 'up' : 'disagreed';
    return { id, a, b, costAB, costBA, cost, state };
  }

  #told(from: string, to: string): number | undefined {
    // What the answering node holds open is surer than what it told the mesh about itself.
    const held = from === this.self ? this.direct.get(to) : undefined;
    return held ?? own(this.peersTold(from), to);
  }
}

/** Node ids may be called anything, `constructor` too. What JSON says is no function, so mostly one look is enough. */
function own<T>(object: Readonly<Record<string, T>> | null | undefined, key: string): T | undefined {
  if (object === null || object === undefined) return undefined;
  const value = object[key];
  return (typeof value === 'function' || key === '__proto__') && !Object.hasOwn(object, key) ? undefined : value;
}

function sameCosts(x: Readonly<Record<string, number>>, y: Readonly<Record<string, number>>): boolean {
  let count = 0;
  for (const peer in x) {
    if (x[peer] !== y[peer]) return false;
    count++;
  }
  for (const _ in y) count--;
  return count === 0;
}

/** Of numbers instead of names: there are as many pairs as there are ends of links. */
function silentIn(costs: Costs): Silent {
  const silent = new Map<string, Set<string>>();
  const names = Object.keys(costs);
  const numbers = new Map(names.map((name, number) => [name, number]));
  /** Whom the first tells of, whom the second tells of, and so on; and where each of them begins. */
  const told: number[] = [];
  const toldFrom = new Uint32Array(names.length + 1);
  const tellers = new Uint32Array(names.length + 1);
  for (const [from, name] of names.entries()) {
    for (const to in costs[name]) {
      const number = numbers.get(to);
      if (number === undefined) added(silent, to, name);
      else {
        told.push(number);
        tellers[number]!++;
      }
    }
    toldFrom[from + 1] = told.length;
  }
  /** The same the other way round: who tells of the first, of the second. */
  const telling = new Uint32Array(told.length);
  const tellingTo = new Uint32Array(names.length);
  for (let number = 1; number < names.length; number++) tellingTo[number] = tellingTo[number - 1]! + tellers[number - 1]!;
  for (let from = 0; from < names.length; from++) {
    for (let at = toldFrom[from]!; at < toldFrom[from + 1]!; at++) telling[tellingTo[told[at]!]!++] = from;
  }
  for (let number = 0; number < names.length; number++) {
    const begin = toldFrom[number]!;
    const count = toldFrom[number + 1]! - begin;
    const first = tellingTo[number]! - tellers[number]!;
    let at = 0;
    while (at < count && told[begin + at] === telling[first + at]) at++;
    if (at === count && count === tellers[number]) continue; // the daemon sorts both: mostly they are the same
    const peers = new Set(told.slice(begin, begin + count));
    for (let place = first; place < tellingTo[number]!; place++) {
      if (!peers.has(telling[place]!)) added(silent, names[number]!, names[telling[place]!]!);
    }
  }
  return silent;
}

/** What `silentIn` would find in `costs`, from what it found before: only pairs with a node in `retold` can differ. */
function silentAfter(silent: Silent, before: Costs, costs: Costs, retold: ReadonlySet<string>): Silent {
  const after = new Map(Array.from(silent, ([to, from]) => [to, new Set(from)]));
  const look = (from: string, to: string): void => {
    if (tells(costs, from, to) && !tells(costs, to, from)) added(after, to, from);
    else if (after.get(to)?.delete(from) === true && after.get(to)?.size === 0) after.delete(to);
  };
  for (const id of retold) {
    for (const peers of [own(before, id), own(costs, id)]) {
      for (const peer in peers) {
        look(id, peer);
        look(peer, id);
      }
    }
  }
  return after;
}

const tells = (costs: Costs, from: string, to: string): boolean => {
  const peers = own(costs, from);
  return peers !== undefined && peers !== null && Object.hasOwn(peers, to);
};

function added(silent: Map<string, Set<string>>, to: string, from: string): void {
  const known = silent.get(to);
  if (known === undefined) silent.set(to, new Set([from]));
  else known.add(from);
}

/** As RFC 3339 begins, to the second, in UTC. */
const secondText = (ms: number): string => {
  const time = new Date(ms);
  return Number.isNaN(time.getTime()) ? '' : time.toISOString().slice(0, 19);
};
