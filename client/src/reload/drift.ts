/** How a running node differs from its config: what the file says against what `status` shows. */
import type { BackendSummary, ConfigSummary } from '../../../server/src/protocol/requests.ts';
import type { MeshSnapshot } from '../mesh/types.ts';

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
export function findDrift({ summary, snapshot, others, expectedVersion }: DriftFacts): Drift[] {
  const self = snapshot.nodes.get(snapshot.self);
  if (self === undefined || summary.templated) return [];
  const costs = new Map(
    self.links.filter(({ state }) => state !== 'stale').map(({ a, b, cost }) => [a === snapshot.self ? b : a, cost] as const),
  );
  const drift: Drift[] = [];
  for (const peer of summary.peers) {
    const node = nodeAt(peer, others);
    const cost = node === undefined ? undefined : costs.get(node);
    if (node === undefined) {
      if (costs.size === 0) {
        drift.push({
          code: 'no-link',
          message: `The node has no link at all: nothing answers at ${peer.address}, or the other end refuses.`,
          range: peer.range,
        });
      }
    } else if (cost === undefined) {
      drift.push({
        code: 'no-link',
        message: `There is no link with ${node}: it is down, or the ends disagree on cost, TLS or allowedpeers.`,
        range: peer.range,
      });
    } else if (cost !== peer.cost) {
      drift.push({
        code: 'unexpected-cost',
        message: `The link with ${node} has cost ${cost}, not ${peer.cost}: the file was changed since.`,
        range: peer.range,
      });
    }
  }
  for (const node of costs.keys()) {
    if (mayBeLinked(node, summary, others)) continue;
    drift.push({
      code: 'unconfigured-link',
      message: `There is a link with ${node}, which no peer of this file dials and no listener lets in: the file was changed since, and not reloaded.`,
      range: summary.nodeRange,
    });
  }
  const services = new Set(self.services.map(({ name }) => name));
  for (const { service, range } of summary.controlServices) {
    if (service !== '' && !services.has(service)) {
      drift.push({
        code: 'missing-service',
        message: `The node does not offer the service "${service}" now: restart it if the item is new; ${advertised}.`,
        range,
      });
    }
  }
  // Work types are told with the services: without any, nothing is known of them.
  const workTypes = new Map(self.workTypes.map((type) => [type.name, type]));
  if (services.size > 0) {
    for (const { name, range } of summary.workTypes) {
      if (!workTypes.has(name)) {
        drift.push({
          code: 'missing-work-type',
          message: `The node does not offer the work type "${name}": it needs a restart to read this item.`,
          range,
        });
      }
    }
    for (const name of workTypes.keys()) {
      if (summary.workTypes.some((type) => type.name === name)) continue;
      drift.push({
        code: 'unconfigured-work-type',
        message: `The node offers the work type "${name}", which is not in this file.`,
        range: summary.nodeRange,
      });
    }
  }
  const version = /^\d+\.\d+(?:\.\d+)?/.exec(snapshot.version)?.[0];
  if (version !== undefined && expectedVersion !== 'auto' && !`${version}.`.startsWith(`${expectedVersion}.`)) {
    drift.push({
      code: 'other-version',
      message: `The node runs receptor ${version}, and the file is checked by the rules of ${expectedVersion} (receptor.version).`,
      range: summary.nodeRange,
    });
  }
  return drift;
}

/** False when the file surely makes no link with this node: no listener would take it, and every peer dials another. */
function mayBeLinked(node: string, { listeners, peers }: ConfigSummary, others: readonly ConfigSummary[]): boolean {
  if (listeners.some(({ allowedPeers }) => allowedPeers === undefined || allowedPeers.length === 0 || allowedPeers.includes(node)))
    return true;
  return peers.map((peer) => nodeAt(peer, others)).some((dialled) => dialled === undefined || dialled === node);
}

/** The node whose listener a peer dials, by the ports of the configs at hand; undefined when none or several could be meant. */
function nodeAt(peer: BackendSummary, others: readonly ConfigSummary[]): string | undefined {
  const { transport, host, port } = partsOf(peer);
  // A name or an address of another machine says nothing about the files here.
  if (!/^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host)) return undefined;
  const nodes = new Set<string>();
  for (const { nodeId, listeners } of others) {
    if (nodeId === undefined) continue;
    if (listeners.some((l) => l.action === `${transport}-listener` && l.address.endsWith(`:${port}`))) nodes.add(nodeId);
  }
  return nodes.size === 1 ? [...nodes][0] : undefined;
}

function partsOf({ action, address }: BackendSummary): { transport: string; host: string; port: string } {
  const plain = address.replace(/^wss?:\/\//, '').replace(/\/.*$/, '');
  const colon = plain.lastIndexOf(':');
  return { transport: action.replace(/-peer$/, ''), host: plain.slice(0, colon), port: plain.slice(colon + 1) };
}
