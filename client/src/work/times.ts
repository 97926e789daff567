/** The daemon keeps no times of its units: when we first saw each, and when we saw it end, is all there is. */
import type { UnitStatus } from '../control/types.ts';
import { isFinal } from '../control/replies.ts';

export interface UnitTime {
  /** When the unit was first seen (or submitted from here), ms since 1970. */
  readonly first: number;
  /** When its end was seen; undefined while it runs, and when it had ended before it was first seen. */
  readonly ended?: number;
  /** It had ended already when it was first seen. */
  readonly endedBefore?: true;
  /** When it was last in a list; decides what is forgotten. */
  readonly last: number;
}

/** Plain data, by {@link timeKey}. */
export type StoredTimes = Readonly<Record<string, UnitTime>>;

const most = 5_000;
const forgetAfterMs = 30 * 24 * 3600_000;
/** `last` moves at most this often, so that looking at a list is not writing to disk. */
const lastStepMs = 3600_000;

const timeKey = (nodeId: string, unitId: string): string => `${nodeId}\n${unitId}`;

export class UnitTimes {
  #times: Map<string, UnitTime>;

  constructor(stored: StoredTimes = {}) {
    this.#times = new Map(Object.entries(stored));
  }

  of(nodeId: string, unitId: string): UnitTime | undefined {
    return this.#times.get(timeKey(nodeId, unitId));
  }

  /** Takes what another window stored: the earliest sight of each counts. */
  merge(stored: StoredTimes): void {
    for (const [key, theirs] of Object.entries(stored)) {
      const ours = this.#times.get(key);
      if (ours === undefined) this.#times.set(key, theirs);
      else {
        const earlier = ours.first <= theirs.first ? ours : theirs;
        const ended = Math.min(ours.ended ?? Infinity, theirs.ended ?? Infinity);
        this.#times.set(key, {
          first: earlier.first,
          last: Math.max(ours.last, theirs.last),
          ...(ended === Infinity ? {} : { ended }),
          ...(earlier.endedBefore === true ? { endedBefore: true } : {}),
        });
      }
    }
  }

  /** Notes a list of units of a node. True when something is worth storing. */
  note(nodeId: string, list: Readonly<Record<string, UnitStatus>>, now: number): boolean {
    let changed = false;
    for (const [unitId, status] of Object.entries(list)) changed = this.noteOne(nodeId, unitId, status, now) || changed;
    return changed;
  }

  noteOne(nodeId: string, unitId: string, status: Pick<UnitStatus, 'State'>, now: number): boolean {
    const key = timeKey(nodeId, unitId);
    const before = this.#times.get(key);
    const final = isFinal(status);
    if (before === undefined) {
      this.#times.set(key, { first: now, last: now, ...(final ? { endedBefore: true } : {}) });
      return true;
    }
    const ends = final && before.ended === undefined && before.endedBefore !== true;
    if (!ends && now - before.last < lastStepMs) return false;
    this.#times.set(key, { ...before, last: now, ...(ends ? { ended: now } : {}) });
    return true;
  }

  /** What is to be stored: not what has been out of sight for a month, and the newest of too many. */
  toStored(now: number): StoredTimes {
    const kept = [...this.#times].filter(([, { last }]) => now - last < forgetAfterMs);
    if (kept.length > most) kept.sort(([, a], [, b]) => b.last - a.last).length = most;
    this.#times = new Map(kept);
    return Object.fromEntries(kept);
  }
}
