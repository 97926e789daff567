/** When two parts of snapshots say the same. Times of advertisements never count: see MeshSnapshot. */
import type { MeshLink, MeshNode, MeshService, MeshWorkType } from './types.ts';

export const sameLink = (x: MeshLink, y: MeshLink): boolean =>
  x === y || (x.id === y.id && x.costAB === y.costAB && x.costBA === y.costBA && x.state === y.state);

export const sameService = (x: MeshService, y: MeshService): boolean =>
  x === y || (x.id === y.id && x.connType === y.connType && x.stale === y.stale && sameTags(x.tags, y.tags));

export const sameWorkType = (x: MeshWorkType, y: MeshWorkType): boolean => x === y || (x.name === y.name && x.signed === y.signed);

export const sameNode = (x: MeshNode, y: MeshNode): boolean =>
  x === y ||
  (x.id === y.id &&
    x.state === y.state &&
    x.ghost === y.ghost &&
    x.nextHop === y.nextHop &&
    x.stale === y.stale &&
    sameList(x.links, y.links, sameLink) &&
    sameList(x.services, y.services, sameService) &&
    sameList(x.workTypes, y.workTypes, sameWorkType));

function sameList<T>(x: readonly T[], y: readonly T[], same: (a: T, b: T) => boolean): boolean {
  if (x === y) return true;
  if (x.length !== y.length) return false;
  for (let i = 0; i < x.length; i++) if (!same(x[i]!, y[i]!)) return false;
  return true;
}

type Tags = Readonly<Record<string, string>> | null | undefined;

export function sameTags(x: Tags, y: Tags): boolean {
  let count = 0;
  for (const key in x) {
    if (x[key] !== y?.[key]) return false;
    count++;
  }
  for (const _ in y) count--;
  return count === 0;
}
