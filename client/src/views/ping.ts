/** Ping and traceroute, once or again and again. */
import * as vscode from 'vscode';
import type { Hop, PingResult } from '../control/index.ts';
import { sleep } from '../control/limit.ts';
import type { App } from './app.ts';
import { notice, plain } from './hostile.ts';
import { pingSummary } from './pingStatistics.ts';
import { pickNode, type NodeTarget } from './pick.ts';
import { signalOf, withProgress } from './progress.ts';

/** One ping, the answer as a notification. Resolves to the daemon's reply. */
export async function ping(app: App, target: unknown): Promise<PingResult | undefined> {
  const node = await pickNode(app, target, 'Ping');
  if (node === undefined) return undefined;
  const result = await withProgress(`Pinging ${node.nodeId}…`, (signal) =>
    node.connection.use((control) => control.ping(node.nodeId, { signal, ownConnection: true })),
  );
  if (result.Success) app.notices.information(`${result.From} answered in ${result.TimeStr}.`);
  else showFailure(app, node, result.Error);
  return result;
}

const pings = 10;
const pauseMs = 1000;

/** Ten pings, a second apart, then the figures. Cancelling gives the figures so far. */
export async function pingRepeatedly(app: App, target: unknown): Promise<void> {
  const node = await pickNode(app, target, 'Ping repeatedly');
  if (node === undefined) return;
  const results: PingResult[] = [];
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Pinging ${notice(node.nodeId)}`, cancellable: true },
    async (progress, token) => {
      const signal = signalOf(token);
      while (results.length < pings && !signal.aborted) {
        const result = await node.connection
          .use((control) => control.ping(node.nodeId, { signal, ownConnection: true }))
          .catch((error: unknown) => {
            if (!signal.aborted) throw error;
          });
        if (result === undefined) break;
        results.push(result);
        progress.report({ increment: 100 / pings, message: notice(pingSummary(results)) });
        if (results.length < pings) await sleep(pauseMs, signal);
      }
    },
  );
  if (results.length > 0) app.notices.information(`${node.nodeId}: ${pingSummary(results)}`);
}

/** Told to whoever draws the way, e.g. the topology. */
export interface Traced {
  readonly target: NodeTarget;
  readonly hops: readonly Hop[];
}

export const onDidTrace = new vscode.EventEmitter<Traced>();

/** The way to a node; resolves to its hops. */
export async function traceroute(app: App, target: unknown): Promise<Hop[] | undefined> {
  const node = await pickNode(app, target, 'Traceroute');
  if (node === undefined) return undefined;
  const hops = await withProgress(`Tracing the way to ${node.nodeId}…`, (signal) =>
    node.connection.use((control) => control.traceroute(node.nodeId, { signal, ownConnection: true })),
  );
  onDidTrace.fire({ target: node, hops });
  const failed = hops.at(-1)?.Error;
  const way = hops
    .filter((hop) => hop.Error === undefined)
    .map((hop) => `${plain(hop.From)} (${hop.TimeStr})`)
    .join(' → ');
  if (failed === undefined) app.notices.information(`Way to ${node.nodeId}: ${way}`);
  else showFailure(app, node, `${failed}${way === '' ? '' : `; the way so far: ${way}`}`);
  return hops;
}

function showFailure(app: App, { nodeId }: NodeTarget, why: string): void {
  const cause = `ping ${nodeId}`;
  app.notices.settled(cause);
  app.notices.warning(cause, `${nodeId} does not answer: ${why}. ${nextStep(why)}`);
}

/** What the daemon's words mean for the user. */
function nextStep(why: string): string {
  if (why.includes('no route')) return 'It is not in the routing table: check that the node runs and that a peer links it.';
  if (why.includes('timeout')) return 'It is routed but silent: it may have just stopped, or a firewall rule drops the way back.';
  if (why.includes('blocked by firewall')) return 'A firewall rule of a node on the way forbids it.';
  return 'The log of the node that we are connected to may tell more.';
}
