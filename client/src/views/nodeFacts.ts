/** Tells the language support what the active connection's node knows. */
import * as vscode from 'vscode';
import type { LiveMeshParams } from '../../../server/src/protocol/requests.ts';
import type { Language } from '../language/language.ts';
import type { MeshSnapshot } from '../mesh/types.ts';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';

export function followActiveNode(connections: Connections, language: Language): vscode.Disposable {
  let followed: Connection | undefined;
  let feed: { dispose(): void } | undefined;
  let known: { readonly snapshot: MeshSnapshot; readonly mesh: LiveMeshParams } | undefined;
  const tell = (): void => {
    const snapshot = followed?.state.kind === 'up' ? followed.feed.snapshot : undefined;
    if (snapshot !== known?.snapshot) known = snapshot === undefined ? undefined : { snapshot, mesh: namesOf(snapshot) };
    language.follow({ version: followed?.version, mesh: known?.mesh ?? null });
  };
  const choose = (): void => {
    if (followed !== connections.active) {
      feed?.dispose();
      followed = connections.active;
      feed = followed?.feed.onDidChange.on(tell);
    }
    tell();
  };
  choose();
  return vscode.Disposable.from(connections.onDidChange(choose), { dispose: () => feed?.dispose() });
}

/** The names that may be suggested: of nodes that can be reached. */
function namesOf(snapshot: MeshSnapshot): LiveMeshParams {
  const reachable = [...snapshot.nodes.values()].filter(({ state }) => state !== 'unreachable');
  return {
    nodes: reachable.map(({ id }) => id),
    services: Object.fromEntries(reachable.map(({ id, services }) => [id, services.map(({ name }) => name)])),
    workTypes: [...new Set(reachable.flatMap(({ workTypes }) => workTypes.map(({ name }) => name)))],
  };
}
