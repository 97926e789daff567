/** What changed between two snapshots of a mesh. */
import { sameLink, sameNode } from './same.ts';
import type { MeshSnapshot } from './types.ts';

export interface Changes {
  /** Ids, in the order of the snapshot that holds them. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

export interface MeshDiff {
  readonly nodes: Changes;
  /** Found when first asked for: of ten thousand nodes that takes a while, and the tree does without. */
  readonly links: Changes;
  /** The answering node is another one, or its version, CPU count or memory changed. */
  readonly identity: boolean;
  /** Nothing that a view shows changed, apart from ages. */
  readonly empty: boolean;
}

/**
 * Compares two snapshots. The daemon's random order and the times of advertisements are no difference; a service that
 * became stale is. Cheap when `after` was built with `before` as its previous snapshot.
 */
export function diffSnapshots(before: MeshSnapshot | undefined, after: MeshSnapshot): MeshDiff {
  const nodes = compareMaps(before?.nodes ?? nothing, after.nodes, sameNode);
  const identity =
    before === undefined ||
    before.self !== after.self ||
    before.version !== after.version ||
    before.cpuCount !== after.cpuCount ||
    before.memoryMiB !== after.memoryMiB;
  let links: Changes | undefined;
  return {
    nodes,
    get links() {
      return (links ??= compareMaps(before?.links ?? nothing, after.links, sameLink));
    },
    identity,
    // A link that changed has changed the nodes at its ends.
    empty: !identity && isEmpty(nodes),
  };
}

const nothing: ReadonlyMap<string, never> = new Map<string, never>();
const isEmpty = ({ added, removed, changed }: Changes): boolean => added.length + removed.length + changed.length === 0;

function compareMaps<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>, same: (x: T, y: T) => boolean): Changes {
  if (before === after) return { added: [], removed: [], changed: [] };
  const added: string[] = [];
  const changed: string[] = [];
  for (const [id, now] of after) {
    const was = before.get(id);
    if (was === undefined) added.push(id);
    else if (was !== now && !same(was, now)) changed.push(id);
  }
  const removed: string[] = [];
  // Everything kept and nothing added: same size means that nothing went.
  if (before.size !== after.size - added.length) for (const id of before.keys()) if (!after.has(id)) removed.push(id);
  return { added, removed, changed };
}
