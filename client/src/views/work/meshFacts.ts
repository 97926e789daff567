import type { MeshSnapshot } from '../../mesh/types.ts';
import type { MeshFacts } from '../../work/checks.ts';

/** The last picture of the mesh, as the checks of a submission want it. */
export const meshFacts = (snapshot: MeshSnapshot, unixSocket: boolean | undefined): MeshFacts => ({
  self: snapshot.self,
  unixSocket,
  reachOf: (id) => {
    const state = snapshot.nodes.get(id)?.state;
    return state === undefined ? 'unknown' : state === 'direct' ? 'reachable' : state;
  },
  workTypesOf: (id) => {
    const node = snapshot.nodes.get(id);
    // Work types come with a control service only; before its first advertisement nothing is known.
    return node === undefined || node.services.every(({ tags }) => tags['type'] !== 'Control Service') ? undefined : node.workTypes;
  },
});
