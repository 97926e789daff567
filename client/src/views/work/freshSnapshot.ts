/** Pictures of the mesh for questions and checks: no view may be asking for them. No `vscode`. */
import type { MeshSnapshot } from '../../mesh/types.ts';
import { bounded } from '../../work/waiting.ts';
import type { MeshFeed } from '../feed.ts';

/** A picture that is older than this is taken anew. */
const freshMs = 10_000;
/** A question to the user does not wait longer for the mesh when there is an older picture. */
const patienceMs = 2_000;

/** The last picture, unless it is old or the last question failed. */
export function freshSnapshot({ snapshot, error }: MeshFeed): MeshSnapshot | undefined {
  return error === undefined && snapshot !== undefined && Date.now() - snapshot.takenAt < freshMs ? snapshot : undefined;
}

/**
 * A fresh picture; the last one when the node does not give another soon.
 * @throws what the client says when there is none at all
 */
export async function recentSnapshot(feed: MeshFeed): Promise<MeshSnapshot> {
  const fresh = freshSnapshot(feed);
  if (fresh !== undefined) return fresh;
  const { snapshot } = feed;
  if (snapshot === undefined) return feed.refresh();
  return bounded(new AbortController().signal, patienceMs, async () => feed.refresh()).catch(() => snapshot);
}
