/** Reloads a node through its control service, and watches its links come back. */
import { isControlError, type ReceptorControl } from '../control/index.ts';
import { nodeLinksOf, watchLinks, type LinkReport, type NodeLinks } from './links.ts';
import { readReloadReply, type ReloadOutcome } from './outcome.ts';

/** A listener's port is free again within some hundred ms: the daemon lets go of it a little too late. */
const racePause = 700;

export interface ReloadReport {
  readonly outcome: ReloadOutcome;
  /** Undefined when nothing was reloaded, or it is not known and the links were not looked at. */
  readonly links: LinkReport | undefined;
}

export interface ReloadOptions {
  /** The id that must answer: another node is never reloaded in its place. */
  readonly nodeId: string | undefined;
  /** Links of before that are known to be down already, by the other end's id. */
  readonly before?: readonly string[];
  /** Peers that the change takes away; see {@link watchLinks}. */
  readonly fewer?: number;
  /** Told which links are to be there afterwards. */
  readonly onStart?: (links: readonly string[]) => void;
  /** Told what the daemon answered, before the links are waited for. */
  readonly onOutcome?: (outcome: ReloadOutcome) => Promise<void>;
  /** Told whenever a link returns, with the ms since the reload was asked for. */
  readonly onReturn?: (node: string, after: number) => void;
  /**
   * For a node that is reached over its own links, which go with its answer: another look at them, on a connection that
   * may have to be made anew.
   */
  readonly lookAgain?: ((signal: AbortSignal) => Promise<NodeLinks>) | undefined;
  /** Ends the watch early. */
  readonly signal?: AbortSignal;
}

/** The part of the control client that is used here. */
export type ReloadControl = Pick<ReceptorControl, 'nodeId' | 'reload' | 'status'>;

/**
 * Asks once more when the daemon lost the race for its own port.
 * @throws WrongNodeError when another node answers; ControlError when the node cannot be asked. A node that goes away
 * after it was asked is an outcome: `lost`; the links are followed then too where `lookAgain` says how.
 */
export async function reloadNode(control: ReloadControl, options: ReloadOptions): Promise<ReloadReport> {
  const { nodeId, fewer = 0, onStart, onOutcome, onReturn, lookAgain, signal } = options;
  if (nodeId !== undefined && control.nodeId !== nodeId) throw new WrongNodeError(nodeId, control.nodeId);
  const before = [...new Set([...(options.before ?? []), ...(await linksOf(control)).direct.keys()])];
  onStart?.(before);
  const outcome = await ask(control);
  await onOutcome?.(outcome);
  if (outcome.kind !== 'done' && (outcome.kind !== 'lost' || lookAgain === undefined)) return { outcome, links: undefined };
  const watch = lookAgain === undefined ? {} : { patience: Number.POSITIVE_INFINITY }; // it is silent for as long as its links are down
  const links = await watchLinks({ before, fewer, ask: lookAgain ?? ((stop) => linksOf(control, stop)), onReturn, signal, ...watch });
  return { outcome, links };
}

export class WrongNodeError extends Error {
  override name = 'WrongNodeError';

  constructor(wanted: string, answered: string) {
    super(`Node ${answered} answers there now, not ${wanted}: nothing was reloaded.`);
  }
}

export const linksOf = async (control: Pick<ReceptorControl, 'status'>, signal?: AbortSignal): Promise<NodeLinks> =>
  nodeLinksOf(await control.status(['Connections', 'RoutingTable'], signal === undefined ? {} : { signal }));

const lostCodes: ReadonlySet<string> = new Set(['daemon-gone', 'timeout', 'protocol']);

async function ask(control: ReloadControl): Promise<ReloadOutcome> {
  try {
    const first = readReloadReply(await control.reload({ ownConnection: true }));
    if (first.kind !== 'refused' || !first.retry) return first;
    await new Promise((resolve) => setTimeout(resolve, racePause));
    return readReloadReply(await control.reload({ ownConnection: true }));
  } catch (error) {
    // It was asked, and it is not known what it did.
    if (isControlError(error) && lostCodes.has(error.code)) return { kind: 'lost', message: error.message };
    throw error;
  }
}
