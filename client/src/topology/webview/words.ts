/** The picture in words, for those who cannot or do not want to look at it. */
import { linkStateText } from '../../mesh/wording.ts';
import type { LinkState } from '../../mesh/types.ts';
import type { Trace } from '../messages.ts';
import { visible, visibleName } from '../text.ts';
import { kindOf, peerOf, type Graph, type NodeKind, type PictureLink, type PictureNode, type Touched } from './graph.ts';

export const kindWords: Readonly<Record<NodeKind, string>> = {
  self: 'this node',
  direct: 'direct',
  reachable: 'reachable via other nodes',
  unreachable: 'unreachable',
  ghost: 'ghost: unreachable, no links known',
};

/** The state of one node, with the way to it. */
export function stateWords(node: PictureNode): string {
  const kind = kindOf(node);
  const { nextHop } = node.data;
  return kind === 'reachable' && nextHop !== undefined ? `reachable via ${visibleName(nextHop)}` : kindWords[kind];
}

export const linkWords: Readonly<Record<LinkState, string>> = linkStateText;

export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`;

/** `node-b, reachable via node-a, 3 links`. */
export function nodeSentence(node: PictureNode): string {
  const parts = [visibleName(node.id), stateWords(node)];
  if (node.data.stale) parts.push('nothing heard of it lately');
  parts.push(node.links.size === 0 ? 'no links' : count(node.links.size, 'link'));
  return parts.join(', ');
}

/** `link to node-c, cost 1, up`, seen from `node`. */
export function linkSentence(link: PictureLink, node: PictureNode): string {
  const peer = peerOf(link, node);
  const { costAB, costBA } = link.data;
  const [there, back] = link.a === node ? [costAB, costBA] : [costBA, costAB];
  const cost =
    there === back || there === undefined || back === undefined
      ? `cost ${there ?? back ?? 'unknown'}`
      : `cost ${there} there, ${back} back`;
  return `link to ${visibleName(peer.id)}, ${cost}, ${linkWords[link.data.state]}`;
}

/** How the mesh changed; empty when nothing that can be told did. */
export function changeSentences({ added, removed, changed, links }: Touched): string {
  const sentences: string[] = [];
  if (added.length > 0) sentences.push(`${count(added.length, 'new node')}: ${names(added)}.`);
  if (removed.length > 0) sentences.push(`${count(removed.length, 'node')} gone: ${names(removed)}.`);
  const byKind = new Map<NodeKind, PictureNode[]>();
  for (const { node } of changed) byKind.set(kindOf(node), [...(byKind.get(kindOf(node)) ?? []), node]);
  for (const [kind, nodes] of byKind) sentences.push(`Now ${kindWords[kind]}: ${names(nodes)}.`);
  if (sentences.length === 0 && links > 0) sentences.push(`${count(links, 'link')} changed.`);
  return sentences.join(' ');
}

function names(nodes: readonly PictureNode[]): string {
  const shown = nodes.slice(0, 5).map(({ id }) => visibleName(id));
  return nodes.length > shown.length ? `${shown.join(', ')} and ${count(nodes.length - shown.length, 'other')}` : shown.join(', ');
}

/** `6 nodes, 1 unreachable, 1 ghost, 5 links`. */
export function countsSentence(graph: Graph): string {
  const kinds = [...graph.nodes.values()].map(kindOf);
  const ghosts = kinds.filter((kind) => kind === 'ghost').length;
  const unreachable = kinds.filter((kind) => kind === 'unreachable').length;
  return [
    count(kinds.length, 'node'),
    ...(unreachable > 0 ? [`${unreachable.toLocaleString('en')} unreachable`] : []),
    ...(ghosts > 0 ? [count(ghosts, 'ghost')] : []),
    count(graph.linkCount, 'link'),
  ].join(', ');
}

/** `Traceroute to c: a 0.1 ms, b 0.3 ms, c 0.7 ms`. */
export function traceSentence({ target, hops }: Trace): string {
  const told = hops.map(({ node, ms, error }) => `${visibleName(node)} ${error === undefined ? milliseconds(ms) : visible(error)}`);
  return `Traceroute to ${visibleName(target)}: ${told.length === 0 ? 'no hop answered' : told.join(', ')}`;
}

export const milliseconds = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;

/** `just now`, `12 s ago`, `3 min ago`, `2 h ago`, `5 d ago`. */
export function age(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1) return 'just now';
  if (seconds < 100) return `${seconds} s ago`;
  if (seconds < 100 * 60) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}
