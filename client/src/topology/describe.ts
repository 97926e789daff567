/** A mesh snapshot in the words of the graph's messages. */
import { diffSnapshots } from '../mesh/diff.ts';
import { pathTo } from '../mesh/paths.ts';
import type { MeshLink, MeshNode, MeshSnapshot } from '../mesh/types.ts';
import type { GraphLink, GraphNode, HostMessage, NodeDetails, Trace } from './messages.ts';
import type { MeshSource, NodeAction, TraceHop } from './source.ts';

const graphNode = ({ id, state, ghost, stale, nextHop, services, workTypes }: MeshNode): GraphNode => ({
  id,
  state,
  ghost,
  stale,
  nextHop,
  services: services.map(({ name }) => name),
  workTypes: workTypes.map(({ name }) => name),
});

const graphLink = ({ a, b, costAB, costBA, state }: MeshLink): GraphLink => ({ a, b, costAB, costBA, state });

/** The whole picture; an empty one when the source has none yet. */
export function describeGraph(source: MeshSource, snapshot: MeshSnapshot | undefined): HostMessage {
  return {
    type: 'graph',
    source: { id: source.id, label: source.label, actions: Object.keys(source.actions ?? {}) as NodeAction[] },
    nodes: snapshot === undefined ? [] : Array.from(snapshot.nodes.values(), graphNode),
    links: snapshot === undefined ? [] : Array.from(snapshot.links.values(), graphLink),
  };
}

/** What must be redrawn to get from one snapshot to the next; undefined when nothing must. */
export function describeChanges(before: MeshSnapshot, after: MeshSnapshot): HostMessage | undefined {
  const { nodes, links } = diffSnapshots(before, after);
  const touchedNodes = [...nodes.added, ...nodes.changed];
  const touchedLinks = [...links.added, ...links.changed];
  if (touchedNodes.length + touchedLinks.length + nodes.removed.length + links.removed.length === 0) return undefined;
  return {
    type: 'changes',
    nodes: touchedNodes.map((id) => graphNode(after.nodes.get(id)!)),
    goneNodes: nodes.removed,
    links: touchedLinks.map((id) => graphLink(after.links.get(id)!)),
    goneLinks: links.removed.map((id) => {
      const { a, b } = before.links.get(id)!;
      return [a, b] as const;
    }),
  };
}

/** What the side panel says of a node; undefined when the mesh does not know it (any more). */
export function describeNode(snapshot: MeshSnapshot, id: string): NodeDetails | undefined {
  const node = snapshot.nodes.get(id);
  if (node === undefined) return undefined;
  const path = node.state === 'unreachable' ? undefined : pathTo(snapshot, id);
  const self = id === snapshot.self;
  return {
    id,
    route: path === undefined ? undefined : { nodes: path.nodes, cost: path.cost },
    version: self && snapshot.version !== '' ? snapshot.version : undefined,
    cpuCount: self ? snapshot.cpuCount : undefined,
    memoryMiB: self ? snapshot.memoryMiB : undefined,
    seenAt: snapshot.nodeSeenAt.get(id),
    services: node.services.map(({ id: service, name, connType, tags, stale }) => ({
      name,
      connType,
      tags: Object.entries(tags),
      stale,
      seenAt: snapshot.serviceSeenAt.get(service),
    })),
    workTypes: node.workTypes,
  };
}

/** Hops of a traceroute as the graph draws them. */
export function describeTrace(target: string, hops: readonly TraceHop[]): Trace {
  return {
    target,
    hops: hops.map(({ From, Time, Error }) => ({
      node: From,
      ms: Time / 1e6,
      error: Error === undefined || Error === '' ? undefined : Error,
    })),
  };
}
