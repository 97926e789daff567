/** How the facts of a mesh are said; views only decide where. */
import { peerOf } from './model.ts';
import type { MeshLink, MeshNode, MeshService, MeshSnapshot } from './types.ts';

/** `this node`, `direct`, `reachable via bar`, `unreachable`. */
export function stateText(node: MeshNode): string {
  switch (node.state) {
    case 'self':
      return 'this node';
    case 'direct':
      return 'direct';
    case 'reachable':
      return `reachable via ${node.nextHop ?? '?'}`;
    case 'unreachable':
      return node.ghost ? 'unreachable, no links known' : 'unreachable';
    default:
      return node.state satisfies never;
  }
}

/** The cost of a link seen from `id`: one number, or both where the ends tell different ones. */
export function costText(link: MeshLink, id: string): string {
  const own = id === link.a ? link.costAB : link.costBA;
  const other = id === link.a ? link.costBA : link.costAB;
  if (own === undefined) return `cost ${other ?? '?'}, told by ${peerOf(link, id)} only`;
  if (other === undefined) return `cost ${own}, not told by ${peerOf(link, id)}`;
  return own === other ? `cost ${own}` : `cost ${own}, but ${other} from the other end`;
}

export const linkStateText: Record<MeshLink['state'], string> = {
  up: 'up',
  'one-sided': 'converging: only one end tells of it',
  disagreed: 'the ends disagree about the cost',
  stale: 'remembered only: an end is unreachable',
};

const connTypes = ['datagram', 'stream', 'stream with TLS'];
export const serviceTypeText = (service: MeshService): string => connTypes[service.connType] ?? `type ${service.connType}`;

export const tagsText = (tags: Readonly<Record<string, string>>): string =>
  Object.entries(tags)
    .map(([key, value]) => (key === 'type' ? value : `${key} ${value}`))
    .join(', ');

/** How many of what: `3 nodes, 1 unreachable`. */
export function countsText({ counts }: MeshSnapshot): string {
  const nodes = `${counts.nodes} ${counts.nodes === 1 ? 'node' : 'nodes'}`;
  return counts.unreachable === 0 ? nodes : `${nodes}, ${counts.unreachable} unreachable`;
}
