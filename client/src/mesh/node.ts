import { allStale, sameAd, sameAds, servicesOf, workTypesOf, type Ad, type Ads } from './ads.ts';
import type { Reading } from './reading.ts';
import type { MeshLink, MeshNode, MeshService, MeshWorkType, NodeState } from './types.ts';

/** What is known of a node at a glance; the rest is read from the reply when it is asked for. */
export class KnownNode implements MeshNode {
  readonly id: string;
  readonly state: NodeState;
  readonly ghost: boolean;
  readonly nextHop: string | undefined;
  #reading: Reading;
  #ads: Ads;
  #offeredBy: Reading | undefined;
  #offered: Ads;
  #links: readonly MeshLink[] | undefined;
  #services: readonly MeshService[] | undefined;
  #workTypes: readonly MeshWorkType[] | undefined;
  #stale: boolean | undefined;

  constructor(reading: Reading, id: string, ads: Ads) {
    this.id = id;
    this.nextHop = reading.route(id);
    this.state = stateOf(reading, id, this.nextHop);
    this.ghost = this.state === 'unreachable' && !reading.hasLinks(id);
    this.#reading = reading;
    this.#ads = ads;
  }

  get stale(): boolean {
    return (this.#stale ??= allStale(this.#ads, (ad) => this.#reading.isStale(ad)));
  }

  get links(): readonly MeshLink[] {
    return (this.#links ??= this.#reading.linksOf(this.id));
  }

  get services(): readonly MeshService[] {
    return (this.#services ??= servicesOf(this.#ads, (ad) => this.#reading.isStale(ad)));
  }

  get workTypes(): readonly MeshWorkType[] {
    return (this.#workTypes ??= workTypesOf(this.#ads));
  }

  /** While the snapshot is built. */
  advertise(ad: Ad): void {
    if (this.#ads === undefined) this.#ads = ad;
    else if (Array.isArray(this.#ads)) this.#ads.push(ad);
    else this.#ads = [this.#ads as Ad, ad];
  }

  /** Keeps the advertisement of a later reply until it is known whether this node is still the same. */
  offer(reading: Reading, ad: Ads): void {
    this.#offeredBy = reading;
    this.#offered = ad;
  }

  /** What a later reply offered; undefined when it offered nothing. */
  offered(reading: Reading): Ads {
    return this.#offeredBy === reading ? this.#offered : undefined;
  }

  /** True when `ad` says the same as the only advertisement of this node. */
  advertisesOnly(ad: Ad, reading: Reading): boolean {
    return !Array.isArray(this.#ads) && this.#ads !== undefined && sameAd(this.#ads as Ad, ad) && this.stale === reading.isStale(ad);
  }

  /** True when `ads` say the same as those of this node, and the same of them are stale. */
  advertises(ads: Ads, reading: Reading): boolean {
    return sameAds(this.#ads, ads, (ad, there) => sameAd(ad, there) && this.#reading.isStale(ad) === reading.isStale(there));
  }

  /** True when this node is in `reading` what it was, its links and advertisements apart. */
  holdsIn(reading: Reading): boolean {
    const nextHop = reading.route(this.id);
    return (
      this.nextHop === nextHop &&
      this.state === stateOf(reading, this.id, nextHop) &&
      (this.state !== 'unreachable' || this.ghost !== reading.hasLinks(this.id))
    );
  }

  /** What was not asked for yet is read from here from now on: it says the same, and the reply before can go. */
  readFrom(reading: Reading, ads: Ads): void {
    this.#reading = reading;
    this.#ads = ads;
    this.#offeredBy = undefined;
    this.#offered = undefined;
  }

  /** Getters are no fields: without this a node as JSON would lack half of it. */
  toJSON(): MeshNode {
    const { id, state, ghost, nextHop, links, services, workTypes, stale } = this;
    return { id, state, ghost, nextHop, links, services, workTypes, stale };
  }
}

function stateOf(reading: Reading, id: string, nextHop: string | undefined): NodeState {
  if (id === reading.self) return 'self';
  if (reading.direct.has(id)) return 'direct';
  return nextHop === undefined ? 'unreachable' : 'reachable';
}
