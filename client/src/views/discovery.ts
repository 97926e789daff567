/** Finds control services that may be connected to: the user's configs and the usual places. Looks, never opens. */
import { stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ConfigSummary } from '../../../server/src/protocol/requests.ts';
import { findReceptorFiles } from '../language/files.ts';
import type { ProfileTls } from './profile.ts';

export interface Candidate {
  readonly address: string;
  /** Why it is offered, e.g. `foo.yml`. */
  readonly source: string;
  /** By the config; undefined for a socket in a usual place. */
  readonly nodeId?: string | undefined;
  readonly config?: vscode.Uri | undefined;
  /** For a TLS listener: the config's own tls-client, when it has exactly one. */
  readonly tls?: ProfileTls | undefined;
  /** The socket file is there now. */
  readonly exists: boolean;
}

/** Where packages, containers and the documentation put the socket. */
const usualPlaces = (): string[] => [
  '/var/run/receptor/receptor.sock',
  '/run/receptor/receptor.sock',
  '/var/run/awx-receptor/receptor.sock',
  '/tmp/receptor.sock',
  ...(process.env['XDG_RUNTIME_DIR'] === undefined ? [] : [path.join(process.env['XDG_RUNTIME_DIR'], 'receptor.sock')]),
  path.join(os.homedir(), '.receptor', 'receptor.sock'),
];

export async function isSocket(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isSocket();
  } catch {
    return false; // absent, or in a folder that we may not look into: either way nothing to offer
  }
}

/** The control services of one config, as addresses. Relative sockets count from the config's folder, the likely working directory. */
export async function candidatesOf(uri: vscode.Uri, summary: ConfigSummary): Promise<Candidate[]> {
  const source = vscode.workspace.asRelativePath(uri);
  const found: Candidate[] = [];
  for (const service of summary.controlServices) {
    const base = { source, nodeId: summary.nodeId, config: uri };
    if (service.filename !== undefined && service.filename !== '' && !isTemplate(service.filename)) {
      const file = expandHome(service.filename);
      const absolute = path.isAbsolute(file) ? file : path.join(path.dirname(uri.fsPath), file);
      found.push({ ...base, address: `unix:${absolute}`, exists: await isSocket(absolute) });
    }
    if (service.tcpListen !== undefined && service.tcpListen !== '' && !isTemplate(service.tcpListen)) {
      const only = summary.tlsClients.length === 1 ? summary.tlsClients[0] : undefined;
      found.push({
        ...base,
        address: tcpAddress(service.tcpListen, service.tcpTls === true),
        tls: service.tcpTls === true && only !== undefined ? { config: uri.fsPath, tlsclient: only.name } : undefined,
        exists: true, // only a connection could tell
      });
    }
  }
  return found;
}

/** Everything that could be connected to, what exists first. `summarize` reads a config; it may give null. */
export async function discover(
  summarize: (uri: vscode.Uri) => Promise<ConfigSummary | null>,
  open: readonly vscode.Uri[],
): Promise<Candidate[]> {
  const uris = new Map([...open, ...(await findReceptorFiles())].map((uri) => [uri.toString(), uri]));
  const found: Candidate[] = [];
  for (const uri of uris.values()) {
    const summary = await summarize(uri);
    if (summary !== null) found.push(...(await candidatesOf(uri, summary)));
  }
  for (const file of usualPlaces()) {
    if (await isSocket(file)) found.push({ address: `unix:${file}`, source: 'found on this machine', exists: true });
  }
  const unique = new Map(found.toReversed().map((candidate) => [candidate.address, candidate]));
  return [...unique.values()].toReversed().sort((a, b) => Number(b.exists) - Number(a.exists));
}

const isTemplate = (text: string): boolean => /\{\{|\{%|\$\{/.test(text);
/** As a shell reads it: `~/` is the home of the user. */
export const expandHome = (file: string): string => (file.startsWith('~/') ? path.join(os.homedir(), file.slice(2)) : file);

/** `port` listens on every interface: from here that is the loopback. */
function tcpAddress(listen: string, tls: boolean): string {
  const scheme = tls ? 'tls' : 'tcp';
  const host = /^(?:0\.0\.0\.0|\[::\]|)(:\d+)$/.exec(listen);
  if (/^\d+$/.test(listen)) return `${scheme}://localhost:${listen}`;
  return host === null ? `${scheme}://${listen}` : `${scheme}://localhost${host[1]}`;
}
