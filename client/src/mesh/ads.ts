/** Advertisements of nodes, and what they say. */
import { sameTags } from './same.ts';
import { pairId, type MeshService, type MeshWorkType, type StatusReply } from './types.ts';

export type Ad = NonNullable<StatusReply['Advertisements']>[number];

/** Of one node. Most have one, and it stands for itself: ten thousand lists of one cost more than they are worth. */
export type Ads = Ad | readonly Ad[] | undefined;

const none: readonly never[] = [];

export const listOf = (ads: Ads): readonly Ad[] => (ads === undefined ? none : isList(ads) ? ads : [ads]);

const isList = (ads: Ad | readonly Ad[]): ads is readonly Ad[] => Array.isArray(ads);

/** Services, ordered by name. */
export const servicesOf = (ads: Ads, isStale: (ad: Ad) => boolean): MeshService[] =>
  listOf(ads)
    .map((ad): MeshService => ({
      id: pairId(ad.NodeID, ad.Service),
      node: ad.NodeID,
      name: ad.Service,
      connType: ad.ConnType,
      tls: ad.ConnType === 2,
      tags: ad.Tags ?? {},
      stale: isStale(ad),
    }))
    .sort((a, b) => compare(a.name, b.name));

/** Work types, ordered by name, each once: the answering node repeats its own on each of its services. */
export function workTypesOf(ads: Ads): MeshWorkType[] {
  const types = new Map<string, MeshWorkType>();
  for (const { WorkCommands } of listOf(ads)) {
    for (const { WorkType, Secure } of WorkCommands ?? none) types.set(`${WorkType}\n${Secure}`, { name: WorkType, signed: Secure });
  }
  return [...types.values()].sort((a, b) => compare(a.name, b.name) || Number(a.signed) - Number(b.signed));
}

/** True when even the newest of them is stale; of none, false. */
export function allStale(ads: Ads, isStale: (ad: Ad) => boolean): boolean {
  if (ads === undefined || !isList(ads)) return ads !== undefined && isStale(ads);
  const timed = ads.filter(({ Time }) => parseTime(Time) !== undefined);
  return timed.length > 0 && timed.every(isStale);
}

/** Code unit order: names of receptor are case-sensitive names, not words of a language. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** RFC 3339 with up to nine fractional digits and the advertiser's own offset, to ms since 1970; undefined when it is no time. */
export function parseTime(time: string | null | undefined): number | undefined {
  const ms = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

/** True when both lists have the same advertisements, in whatever order. */
export function sameAds(x: Ads, y: Ads, same: (a: Ad, b: Ad) => boolean): boolean {
  const [all, others] = [listOf(x), listOf(y)];
  return (
    all.length === others.length &&
    all.every((ad) => {
      const there = others.find(({ Service }) => Service === ad.Service);
      return there !== undefined && same(ad, there);
    })
  );
}

/** True when both advertise the same; their times apart. Asked for each of ten thousand at every poll. */
export const sameAd = (x: Ad, y: Ad): boolean =>
  x.Service === y.Service && x.ConnType === y.ConnType && sameTags(x.Tags, y.Tags) && sameTypes(x.WorkCommands, y.WorkCommands);

function sameTypes(x: Ad['WorkCommands'], y: Ad['WorkCommands']): boolean {
  const [types, others] = [x ?? none, y ?? none];
  if (types.length !== others.length) return false;
  for (let at = 0; at < types.length; at++) {
    const { WorkType, Secure } = types[at]!;
    const there = others[at]!;
    if (there.WorkType === WorkType && there.Secure === Secure) continue;
    if (!others.some((type) => type.WorkType === WorkType && type.Secure === Secure)) return false;
  }
  return true;
}
