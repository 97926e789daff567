/** How a running node differs from its config: what the file says against what `status` shows. */
import type { BackendSummary, ConfigSummary } from '../../../server/src/protocol/requests.ts';
import type { MeshNode, MeshSnapshot } from '../mesh/types.ts';

type LspRange = BackendSummary['range'];

export interface Drift {
  /** Stable, kebab-case. */
  readonly code:
    | 'no-link'
    | 'unconfigured-link'
    | 'unexpected-cost'
    | 'missing-service'
    | 'missing-work-type'
    | 'unconfigured-work-type'
    | 'other-version';
  /** What differs, and the likely reason. */
  readonly message: string;
  /** The item that it is about; undefined for the whole file. */
  readonly range: LspRange | undefined;
}

/** A few words for each, for lists. */
export const driftTitles: Readonly<Record<Drift['code'], string>> = {
  'no-link': 'Link missing',
  'unconfigured-link': 'Link not in the file',
  'unexpected-cost': 'Another cost',
  'missing-service': 'Service missing',
  'missing-work-type': 'Work type missing',
  'unconfigured-work-type': 'Work type not in the file',
  'other-version': 'Another version',
};

export interface DriftFacts {
  readonly summary: ConfigSummary;
  /** The mesh as the file's own node sees it. */
  readonly snapshot: MeshSnapshot;
  /** Configs of other nodes, to tell whose listener a peer's address is. */
  readonly others: readonly ConfigSummary[];
  /** Setting `receptor.version`; `auto` expects nothing. */
  readonly expectedVersion: string;
}

/** A node advertises a service 5 s after it starts, so what is missing may merely be new. */
const advertised = 'a service is advertised some seconds after the node started';

/** Says only what both sides are sure of: a peer whose node cannot be told from its address is passed over. */
export function findDrift(facts: DriftFacts): Drift[] {
  const { summary, snapshot } = facts;
  const self = snapshot.nodes.get(snapshot.self);
  if (self === undefined || summary.templated) return [];
  return [...linkDrift(self, facts), ...serviceDrift(self, facts), ...workTypeDrift(self, facts), ...versionDrift(facts)];
}

function linkDrift({ id, links }: MeshNode, { summary, others }: DriftFacts): Drift[] {
  const costs = new Map(
    links
      .filter(({ state }) => state !== 'stale')
      .map(({ a, b, cost, costAB, costBA }) => (a === id ? [b, costAB ?? cost] : [a, costBA ?? cost])),
  );
  const missing = summary.peers.flatMap((peer): Drift[] => {
    const node = nodeAt(peer, others);
    if (node === undefined ? costs.size > 0 : costs.has(node)) return [];
    const message =
      node === undefined
        ? `The node has no link at all: nothing answers at ${peer.address}, or the other end refuses.`
        : `There is no link with ${node}: it is down, or the ends disagree on cost, TLS or allowedpeers.`;
    return [{ code: 'no-link', message, range: peer.range }];
  });
  const unlike = [...costs].flatMap(([node, cost]): Drift[] => {
    const makers = makersOf(node, summary, others);
    if (makers.length === 0) {
      const message = `There is a link with ${node}, which no peer of this file dials and no listener lets in: the file was changed since, and not reloaded.`;
      return [{ code: 'unconfigured-link', message, range: summary.nodeRange }];
    }
    const written = [...new Set(makers.map((maker) => maker.cost))].sort((a, b) => a - b);
    if (written.includes(cost)) return [];
    const maker = makers.find(({ sure }) => sure) ?? (makers.length === 1 ? makers[0] : undefined);
    const message = `The link with ${node} has cost ${cost}, not ${written.join(' or ')}: the file was changed since.`;
    return [{ code: 'unexpected-cost', message, range: maker?.range ?? summary.nodeRange }];
  });
  return [...missing, ...unlike];
}

const serviceDrift = ({ services }: MeshNode, { summary }: DriftFacts): Drift[] =>
  servicesOf(summary)
    .filter(({ name }) => services.every((service) => service.name !== name))
    .map(({ name, range }) => ({
      code: 'missing-service',
      message: `The node does not offer the service "${name}" now: restart it if the item is new; ${advertised}.`,
      range,
    }));

function workTypeDrift({ services, workTypes }: MeshNode, { summary }: DriftFacts): Drift[] {
  // Work types are told with the services: without any, nothing is known of them.
  if (services.length === 0) return [];
  const missing = summary.workTypes.filter(({ name }) => workTypes.every((type) => type.name !== name));
  const others = workTypes.filter(({ name }) => summary.workTypes.every((type) => type.name !== name));
  return [
    ...missing.map(({ name, range }): Drift => ({
      code: 'missing-work-type',
      message: `The node does not offer the work type "${name}": it needs a restart to read this item.`,
      range,
    })),
    ...others.map(({ name }): Drift => ({
      code: 'unconfigured-work-type',
      message: `The node offers the work type "${name}", which is not in this file.`,
      range: summary.nodeRange,
    })),
  ];
}

function versionDrift({ summary, snapshot, expectedVersion }: DriftFacts): Drift[] {
  const version = /^\d+\.\d+(?:\.\d+)?/.exec(snapshot.version)?.[0];
  if (version === undefined || expectedVersion === 'auto' || `${version}.`.startsWith(`${expectedVersion}.`)) return [];
  const message = `The node runs receptor ${version}, and the file is checked by the rules of ${expectedVersion} (receptor.version).`;
  return [{ code: 'other-version', message, range: summary.nodeRange }];
}

/** What a file offers to the mesh by name: control services, command services, the inner ends of proxies, IP routers. */
function servicesOf({ controlServices, items }: ConfigSummary): { name: string; range: LspRange }[] {
  const all = [
    ...controlServices.map(({ service, range }) => ({ name: service, range })),
    ...items.flatMap(({ action, offers = '', range }) => (action === 'control-service' ? [] : [{ name: offers, range }])),
  ];
  return all.filter(({ name }) => name !== ''); // without a name it gets one at random, or none
}

/** A backend that may make a link, and the cost that it gives it. */
interface Maker {
  readonly cost: number;
  /** It dials this node and no other. */
  readonly sure: boolean;
  readonly range: LspRange;
}

/**
 * The backends of a file by which it may be linked with this node. None: it surely makes no such link. A listener that the
 * node does not dial by its own config, when that is at hand, is left out where another backend makes the link.
 */
function makersOf(node: string, summary: ConfigSummary, others: readonly ConfigSummary[]): Maker[] {
  const dials = summary.peers.flatMap((peer): Maker[] => {
    const other = nodeAt(peer, others);
    return other === undefined || other === node ? [{ cost: peer.cost, sure: other === node, range: peer.range }] : [];
  });
  const letIn = summary.listeners.filter(({ allowedPeers = [] }) => allowedPeers.length === 0 || allowedPeers.includes(node));
  const dialled = letIn.filter((listener) => mayDial(node, listener, others));
  const lets = dials.length + dialled.length > 0 ? dialled : letIn;
  const costOf = ({ cost, nodeCost = {} }: BackendSummary): number => (Object.hasOwn(nodeCost, node) ? (nodeCost[node] ?? cost) : cost);
  return [...dials, ...lets.map((listener) => ({ cost: costOf(listener), sure: false, range: listener.range }))];
}

/** False when the config of the node is at hand, and none of its peers has the port of this listener. */
function mayDial(node: string, listener: BackendSummary, others: readonly ConfigSummary[]): boolean {
  const configs = others.filter(({ nodeId }) => nodeId === node);
  if (configs.length === 0 || listener.address.endsWith(':0')) return true; // any port
  return configs.some(({ peers, templated }) => templated || peers.some((peer) => leadsTo(peer, listener)));
}

/** The ports fit: whether it is the same machine is not looked at. */
const leadsTo = (peer: BackendSummary, listener: BackendSummary): boolean => {
  const { transport, port } = partsOf(peer);
  return listener.action === `${transport}-listener` && listener.address.endsWith(`:${port}`);
};

/** The node whose listener a peer dials, by the ports of the configs at hand; undefined when none or several could be meant. */
function nodeAt(peer: BackendSummary, others: readonly ConfigSummary[]): string | undefined {
  const { host } = partsOf(peer);
  // A name or an address of another machine says nothing about the files here.
  if (!/^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host)) return undefined;
  const nodes = new Set<string>();
  for (const { nodeId, listeners } of others) {
    if (nodeId === undefined) continue;
    if (listeners.some((listener) => leadsTo(peer, listener))) nodes.add(nodeId);
  }
  return nodes.size === 1 ? [...nodes][0] : undefined;
}

function partsOf({ action, address }: BackendSummary): { transport: string; host: string; port: string } {
  const plain = address.replace(/^wss?:\/\//, '').replace(/\/.*$/, '');
  const colon = plain.lastIndexOf(':');
  return { transport: action.replace(/-peer$/, ''), host: plain.slice(0, colon), port: plain.slice(colon + 1) };
}
