/** What the status of a unit means to somebody who looks at a list of them. */
import type { UnitState, UnitStatus } from '../control/types.ts';
import { isFinal } from '../control/replies.ts';
import type { UnitTimes } from './times.ts';

/**
 * - `node-gone`: a pending remote unit whose node can't be reached; the daemon tries on for ever
 * - `retry-dead`: a pending remote unit whose node can be reached, yet nothing happens: a background attempt was refused,
 *   which the daemon only logs, and there will be no other
 */
export type OrphanReason = 'node-gone' | 'retry-dead';

export interface Unit {
  readonly id: string;
  readonly state: UnitState;
  readonly stateName: string;
  readonly detail: string;
  /** Bytes of output, as far as the daemon knows. */
  readonly size: number;
  /** The real type, also of a remote unit. */
  readonly workType: string;
  /** Node that runs it; undefined for the node that was asked. */
  readonly remoteNode: string | undefined;
  /** Whether the asked node has a route to that node; undefined for its own units and when it is not known. */
  readonly remoteReachable: boolean | undefined;
  readonly remoteUnitId: string | undefined;
  readonly tlsClient: string | undefined;
  readonly signed: boolean;
  /** Runtime parameters in one line, secrets left out by the daemon; undefined when there are none. */
  readonly params: string | undefined;
  /** RFC 3339, when a ttl was given. */
  readonly expires: string | undefined;
  /** Cancelled here; the remote node does not know yet. */
  readonly cancelPending: boolean;
  /** Released here; the remote node does not know yet. */
  readonly releasePending: boolean;
  readonly orphan: OrphanReason | undefined;
  readonly final: boolean;
  /** The type is not in the node's config any more. */
  readonly unknownType: boolean;
}

export interface UnitContext {
  /**
   * Since when a node can be reached, as we saw it, ms since 1970; undefined when it can't be. No function while the
   * routing table is not known.
   */
  readonly reachableSince: ((node: string) => number | undefined) | undefined;
  /** When the unit was first seen, ms since 1970. */
  readonly firstSeen: number | undefined;
  readonly now: number;
}

/** A retry that the daemon still makes comes a minute after the node came back at most; past this time nothing is coming. */
export const retryDeadAfterMs = 150_000;

/** Since when nodes can be reached, by what each look at them saw. */
export class ReachTimes {
  readonly #since = new Map<string, number>();

  /** Notes a look at a node; gives since when it can be reached. */
  note(node: string, reachable: boolean, now: number): number | undefined {
    if (!reachable) this.#since.delete(node);
    else if (!this.#since.has(node)) this.#since.set(node, now);
    return this.#since.get(node);
  }
}

/** Reads one entry of `work list`. */
export function readUnit(id: string, status: UnitStatus, context: UnitContext): Unit {
  const remote = remotePart(status);
  const final = isFinal(status);
  const reachableSince = remote === undefined ? undefined : context.reachableSince?.(remote.node);
  const reachable = remote === undefined || context.reachableSince === undefined ? undefined : reachableSince !== undefined;
  return {
    id,
    state: status.State,
    stateName: status.StateName,
    detail: status.Detail,
    size: status.StdoutSize,
    workType: remote?.workType ?? status.WorkType,
    remoteNode: remote?.node,
    remoteReachable: reachable,
    remoteUnitId: remote?.unitId,
    tlsClient: remote?.tlsClient,
    signed: remote?.signed ?? false,
    params: remote === undefined ? localParams(status) : remote.params,
    expires: remote?.expires,
    cancelPending: (remote?.cancelled ?? false) && !final,
    releasePending: remote?.released ?? false,
    orphan: remote === undefined || final || status.State !== 0 ? undefined : orphanReason(remote, context, reachableSince),
    final,
    unknownType: typeof status.ExtraData === 'string',
  };
}

interface RemotePart {
  node: string;
  workType: string;
  unitId: string | undefined;
  started: boolean;
  cancelled: boolean;
  released: boolean;
  signed: boolean;
  tlsClient: string | undefined;
  params: string | undefined;
  expires: string | undefined;
}

function remotePart({ ExtraData }: UnitStatus): RemotePart | undefined {
  if (typeof ExtraData !== 'object' || ExtraData === null || typeof ExtraData['RemoteNode'] !== 'string') return undefined;
  const text = (name: string): string | undefined => {
    const value = ExtraData[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const params = ExtraData['RemoteParams'];
  const expires = text('Expiration');
  return {
    node: ExtraData['RemoteNode'],
    workType: text('RemoteWorkType') ?? '',
    unitId: text('RemoteUnitID'),
    started: ExtraData['RemoteStarted'] === true,
    cancelled: ExtraData['LocalCancelled'] === true,
    released: ExtraData['LocalReleased'] === true,
    signed: ExtraData['SignWork'] === true,
    tlsClient: text('TLSClient'),
    params:
      typeof params === 'object' && params !== null && Object.keys(params).length > 0
        ? oneLine(params as Record<string, unknown>)
        : undefined,
    expires: expires?.startsWith('0001-01-01') === true ? undefined : expires,
  };
}

const oneLine = (params: Record<string, unknown>): string =>
  Object.entries(params)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');

function localParams({ ExtraData }: UnitStatus): string | undefined {
  const params = typeof ExtraData === 'object' && ExtraData !== null ? ExtraData['Params'] : undefined;
  return typeof params === 'string' && params !== '' ? params : undefined;
}

function orphanReason(remote: RemotePart, context: UnitContext, reachableSince: number | undefined): OrphanReason | undefined {
  if (remote.started || remote.cancelled || remote.released || context.reachableSince === undefined) return undefined;
  if (reachableSince === undefined) return 'node-gone';
  const { firstSeen, now } = context;
  return firstSeen !== undefined && now - Math.max(firstSeen, reachableSince) > retryDeadAfterMs ? 'retry-dead' : undefined;
}

/** The reading of a whole `work list` reply. */
export function readUnits(
  list: Readonly<Record<string, UnitStatus>>,
  times: UnitTimes,
  context: { reachableSince: UnitContext['reachableSince']; nodeId: string; now: number },
): Unit[] {
  return Object.entries(list).map(([id, status]) => readUnit(id, status, { ...context, firstSeen: times.of(context.nodeId, id)?.first }));
}

/** What may be done with a unit. */
export const canCancel = (unit: Unit): boolean => !unit.final && !unit.cancelPending && !unit.releasePending;
export const isFinished = (unit: Unit): boolean => unit.final && !unit.releasePending;

/** In a sentence, why a cancel or release is pending; undefined when none is. */
export function explainPending({ cancelPending, releasePending, remoteNode = '', remoteReachable }: Unit): string | undefined {
  if (!cancelPending && !releasePending) return undefined;
  const what = releasePending ? 'release it' : 'cancel it';
  const until = 'Until it answers the state is the last that it told.';
  return remoteReachable === false
    ? `There is no route to ${remoteNode} now. It is asked to ${what} when it is back. ${until}`
    : `${remoteNode} was asked to ${what} and has not answered yet; the daemon asks again, at most a minute apart. ${until}`;
}

/** In a sentence, what a detail of the daemon means; undefined when it speaks for itself. First match counts. */
export const explainDetail = (detail: string): string | undefined => meanings.find(([pattern]) => pattern.test(detail))?.[1];

const meanings: readonly (readonly [RegExp, string])[] = [
  [/^Waiting for Input Data/, 'The daemon waits for the end of the payload.'],
  [/^Unit Created/, 'The submission was refused after the unit had been made; nothing will run. Release it.'],
  [/^Pending at restart/, 'The daemon was restarted before the work began; it will not run. Submit it again.'],
  [/^Failed to restart: remote work had not/, 'The daemon was restarted before the remote node had the work; it will not run.'],
  [/^Failed to restart/, 'The daemon was restarted and could not take up the work again.'],
  [/^Remote work unit is gone/, 'The remote node does not know the unit any more: it was released there, or its data folder was emptied.'],
  [/^Locally Cancelled/, 'Cancelled before the remote node had it.'],
  [/^Work unit expired/, 'Its ttl ran out before the remote node could start it.'],
  [/^TLS error connecting/, 'The certificates of the two nodes do not fit, or the tls-client is the wrong one.'],
  [/unknown work type/, 'The remote node has no such work type, or not any more.'],
  [/signature is empty/, 'The remote node runs this type only when the request is signed.'],
  [/did not expect a signature/, 'The remote node refuses signed requests for this type: submit without signwork.'],
  [/cannot sign work/, 'The submitting node has no work-signing key.'],
  [/extra params provided/, 'The work type has no allowruntimeparams: submit without params.'],
  [/provided but not allowed/, 'The work type does not allow this parameter at run time.'],
  [/executable file not found/, 'The command of the work type is not on the PATH of the node.'],
  [/^Killed|^signal: killed/, 'The worker was ended by a signal, e.g. for lack of memory or with its daemon.'],
  [/^Error reading input data/, 'The payload broke off on its way; the work did not run.'],
  [/^Starting Worker/, 'The node tries to reach the remote node.'],
];
