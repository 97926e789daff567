/** A `status` reply as receptorctl prints it, column for column. */
import type { StatusReply } from './types.ts';

const connTypes = ['Datagram', 'Stream', 'StreamTLS'];
const known = new Set([
  'NodeID',
  'Version',
  'SystemCPUCount',
  'SystemMemoryMiB',
  'Connections',
  'KnownConnectionCosts',
  'RoutingTable',
  'Advertisements',
]);

/** Lines joined by line feeds, the last one ended by one. Blocks without rows are left out, as there. */
export function statusText(status: StatusReply): string {
  const connections = status.Connections ?? [];
  const costs = Object.entries(status.KnownConnectionCosts ?? {});
  const routes = Object.entries(status.RoutingTable ?? {});
  const ads = status.Advertisements ?? [];
  const width = Math.max(12, ...connections.map(({ NodeID }) => NodeID.length), ...costs.map(([node]) => node.length));
  const lines = [
    `Node ID: ${status.NodeID ?? ''}`,
    `Version: ${status.Version ?? ''}`,
    `System CPU Count: ${status.SystemCPUCount ?? ''}`,
    `System Memory MiB: ${status.SystemMemoryMiB ?? ''}`,
  ];
  const block = (rows: string[], ...heading: string[]): void => {
    if (rows.length > 0) lines.push('', ...heading, ...rows);
  };
  const row = (first: string, rest: string): string => `${first.padEnd(width)} ${rest}`;
  block(
    connections.map(({ NodeID, Cost }) => row(NodeID, String(Cost))),
    row('Connection', 'Cost'),
  );
  block(
    costs.map(([node, peers]) =>
      row(
        node,
        Object.entries(peers ?? {})
          .map(([peer, cost]) => `${peer}: ${cost} `)
          .join(''),
      ),
    ),
    row('Known Node', 'Known Connections'),
  );
  block(
    routes.map(([node, hop]) => row(node, hop)),
    row('Route', 'Via'),
  );
  const ad = (service: string, type: string, seen: string, tags: string): string =>
    `${service.padEnd(9)} ${type.padEnd(10)} ${seen.padEnd(21)} ${tags.padEnd(16)}`;
  block(
    ads.map(({ NodeID, Service, ConnType, Time, Tags }) =>
      row(
        NodeID,
        ad(Service, connTypes[ConnType] ?? String(ConnType), wallClock(Time), Tags === null || Tags === undefined ? '-' : pythonDict(Tags)),
      ),
    ),
    row('Node', ad('Service', 'Type', 'Last Seen', 'Tags').trimEnd()),
  );
  block(workTypeRows(ads, false, row), row('Node', 'Work Types'));
  block(workTypeRows(ads, true, row), row('Node', 'Secure Work Types'));
  const unknown = Object.entries(status).filter(([key]) => !known.has(key));
  block(
    unknown.map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`),
    'Additional data returned from Receptor:',
  );
  return `${lines.join('\n')}\n`;
}

/** One row for each node: its first advertisement that has any of that kind. */
function workTypeRows(
  ads: NonNullable<StatusReply['Advertisements']>,
  secure: boolean,
  row: (first: string, rest: string) => string,
): string[] {
  const rows = new Map<string, string>();
  for (const { NodeID, WorkCommands } of ads) {
    const types = (WorkCommands ?? []).filter(({ Secure }) => Secure === secure).map(({ WorkType }) => WorkType);
    if (types.length > 0 && !rows.has(NodeID)) rows.set(NodeID, row(NodeID, types.join(', ')));
  }
  return [...rows.values()];
}

/** The advertiser's own wall clock; its offset is dropped, as there. */
const wallClock = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 19)}`;

const pythonDict = (tags: Readonly<Record<string, string>>): string =>
  `{${Object.entries(tags)
    .map(([key, value]) => `${pythonString(key)}: ${pythonString(value)}`)
    .join(', ')}}`;

const pythonString = (text: string): string => {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
  return text.includes("'") && !text.includes('"') ? `"${escaped}"` : `'${escaped.replaceAll("'", "\\'")}'`;
};
