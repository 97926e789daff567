/** Submissions of a workspace, newest first. Secrets are not in it, and long payloads are not either. */
import type { UnitStatus } from '../control/types.ts';
import { isFinal } from '../control/replies.ts';
import { withoutSecrets, type PayloadSource, type Submission } from './submission.ts';

export interface HistoryRecord {
  /** Unique in the history. */
  readonly id: string;
  /** When it was submitted, ms since 1970. */
  readonly at: number;
  /** Name of the connection, and id of the node that was asked. */
  readonly connection: string;
  readonly nodeId: string;
  readonly unitId: string;
  readonly title: string;
  /** The file that it is about, as a URI: the work file that it stands in, or the one whose text was sent. */
  readonly file?: string | undefined;
  readonly submission: Submission;
  /** The payload's text was too long to keep: ask for it before this is submitted again. */
  readonly payloadDropped?: true;
  /** Parameters whose values were not kept, since they are secret. */
  readonly secrets?: readonly string[];
  /** Bytes of the payload. */
  readonly bytes: number;
  readonly end?: HistoryEnd;
}

export interface HistoryEnd {
  readonly at: number;
  /** `Succeeded`, `Failed`, `Canceled`; `Released` when the unit was gone before its end was seen. */
  readonly stateName: string;
  readonly detail: string;
  /** Bytes of output. */
  readonly size: number;
}

const mostRecords = 200;
/** The state of a workspace is kept in memory and written as a whole: only small payloads go there. */
const longestPayload = 32 * 1024;

export type NewRecord = Omit<HistoryRecord, 'id' | 'payloadDropped' | 'secrets' | 'end'>;

/** The history with one more record. */
export function addRecord(history: readonly HistoryRecord[], record: NewRecord): HistoryRecord[] {
  const submission = withoutSecrets(record.submission);
  const secrets = Object.keys(record.submission.params).filter((name) => !Object.hasOwn(submission.params, name));
  const kept = keptPayload(record.submission.payload);
  const added: HistoryRecord = {
    ...record,
    id: `${record.at}-${record.unitId}`,
    submission: { ...submission, payload: kept ?? { kind: 'none' } },
    ...(kept === undefined ? { payloadDropped: true as const } : {}),
    ...(secrets.length > 0 ? { secrets } : {}),
  };
  return [added, ...history].slice(0, mostRecords);
}

const keptPayload = (payload: PayloadSource): PayloadSource | undefined =>
  payload.kind === 'text' && Buffer.byteLength(payload.text) > longestPayload ? undefined : payload;

/**
 * Takes the states of units of a node into the records that have no end yet. The same array when nothing changed.
 * @param askedAt when `list` is the whole list of the node: the time of asking; what was submitted before and is not in
 * it was released
 */
export function noteEnds(
  history: readonly HistoryRecord[],
  nodeId: string,
  list: Readonly<Record<string, UnitStatus>>,
  now: number,
  askedAt?: number,
): readonly HistoryRecord[] {
  let changed = false;
  const noted = history.map((record) => {
    if (record.nodeId !== nodeId || record.end !== undefined) return record;
    const status = Object.hasOwn(list, record.unitId) ? list[record.unitId] : undefined;
    const released = askedAt !== undefined && record.at < askedAt;
    const end = status === undefined ? (released ? gone(now) : undefined) : endOf(status, now);
    if (end === undefined) return record;
    changed = true;
    return { ...record, end };
  });
  return changed ? noted : history;
}

/** Notes that a unit was released from here. */
export const noteReleased = (history: readonly HistoryRecord[], nodeId: string, unitId: string, now: number): readonly HistoryRecord[] =>
  history.map((record) =>
    record.nodeId === nodeId && record.unitId === unitId && record.end === undefined ? { ...record, end: gone(now) } : record,
  );

/** What "once more" means: the submission that made `unitId`, else the newest about `file`, else the newest of all. */
export const lastOf = (history: readonly HistoryRecord[], file?: string, unitId?: string): HistoryRecord | undefined =>
  history.find((record) => unitId !== undefined && record.unitId === unitId) ??
  history.find((record) => file !== undefined && record.file === file) ??
  history[0];

const gone = (at: number): HistoryEnd => ({ at, stateName: 'Released', detail: '', size: 0 });

const endOf = (status: UnitStatus, at: number): HistoryEnd | undefined =>
  isFinal(status) ? { at, stateName: status.StateName, detail: status.Detail, size: status.StdoutSize } : undefined;
