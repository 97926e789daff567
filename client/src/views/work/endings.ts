/**
 * Units whose end somebody awaits: what was submitted from this window, and what is followed in it. Each end is told once,
 * by whoever sees it first: a follower, the list of a view, or a question of our own. No `vscode`.
 */
import { isFinal } from '../../control/replies.ts';
import { isUnitGone, type FollowEnd } from '../../work/follow.ts';
import { Signal } from '../signal.ts';
import type { WorkHost } from './hosts.ts';
import type { UnitList } from './unitFeed.ts';

/** The pause between two questions is this part of the time that the unit is awaited, within the bounds. */
const agePart = 0.1;
const shortestMs = 1_000;
const longestMs = 15_000;

/**
 * - `loud`: its end is news
 * - `quiet`: its end is noted; whoever ended it, or shows it, knows already
 * - `unknown`: submitted in an earlier session: news only if it has not ended by now
 */
export type Interest = 'loud' | 'quiet' | 'unknown';

export interface Ending {
  readonly host: WorkHost;
  readonly unitId: string;
  readonly end: FollowEnd;
  readonly news: boolean;
}

interface Awaited {
  readonly host: WorkHost;
  readonly unitId: string;
  readonly since: number;
  interest: Interest;
  /** Awaited also when nobody follows it (any more). */
  kept: boolean;
  /** While somebody follows it the end is theirs to tell: they have all of the output then. */
  followers: number;
  askedAt: number;
}

export class Endings {
  readonly onDidEnd = new Signal<Ending>();
  readonly #awaited = new Map<string, Awaited>();
  #timer: NodeJS.Timeout | undefined;
  #asking = false;
  #disposed = false;

  /** Awaits the end of a unit. One that is awaited already keeps its interest. */
  watch(host: WorkHost, unitId: string, interest: Interest): void {
    this.#entry(host, unitId, interest).kept = true;
    this.#schedule();
  }

  /** A follower of the unit, whose end is told unless it was stopped before. */
  follow(host: WorkHost, unitId: string, done: Promise<FollowEnd>): void {
    const entry = this.#entry(host, unitId, 'loud');
    entry.followers++;
    const left = (end?: FollowEnd): void => {
      entry.followers--;
      if (end !== undefined && end.reason !== 'stopped') this.#end(entry, end);
      else if (!entry.kept && entry.followers === 0) this.#drop(entry);
      else this.#schedule();
    };
    done.then(left, () => left());
  }

  /** Whoever asks knows of its end, or causes it: no news. */
  hush(host: WorkHost, unitId: string): void {
    const entry = this.#awaited.get(keyOf(host.nodeId, unitId));
    if (entry !== undefined) entry.interest = 'quiet';
  }

  /** It was released from here. */
  forget(nodeId: string, unitId: string): void {
    this.#awaited.delete(keyOf(nodeId, unitId));
  }

  /** Takes in what a node said of its units. */
  note(nodeId: string, list: UnitList): void {
    for (const entry of this.#awaited.values()) {
      if (entry.host.nodeId !== nodeId || entry.followers > 0 || !Object.hasOwn(list, entry.unitId)) continue;
      const status = list[entry.unitId]!;
      entry.askedAt = Date.now();
      if (isFinal(status)) this.#end(entry, { reason: 'ended', position: status.StdoutSize, status });
      else if (entry.interest === 'unknown') entry.interest = 'loud';
    }
  }

  /** Whether the unit ends within `ms`. */
  async within(host: WorkHost, unitId: string, ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (ended: boolean): void => {
        clearTimeout(timer);
        subscription.dispose();
        resolve(ended);
      };
      const timer = setTimeout(() => finish(false), ms);
      const subscription = this.onDidEnd.on((ending) => {
        if (ending.unitId === unitId && ending.host.nodeId === host.nodeId) finish(true);
      });
    });
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#awaited.clear();
  }

  #entry(host: WorkHost, unitId: string, interest: Interest): Awaited {
    const key = keyOf(host.nodeId, unitId);
    let entry = this.#awaited.get(key);
    if (entry === undefined) {
      const now = Date.now();
      entry = { host, unitId, since: now, interest, kept: false, followers: 0, askedAt: now };
      this.#awaited.set(key, entry);
    }
    return entry;
  }

  #drop(entry: Awaited): boolean {
    const key = keyOf(entry.host.nodeId, entry.unitId);
    return this.#awaited.get(key) === entry && this.#awaited.delete(key);
  }

  #end(entry: Awaited, end: FollowEnd): void {
    if (this.#drop(entry)) this.onDidEnd.emit({ host: entry.host, unitId: entry.unitId, end, news: entry.interest === 'loud' });
  }

  #schedule(): void {
    if (this.#disposed || this.#asking) return;
    clearTimeout(this.#timer);
    const due = [...this.#awaited.values()].filter(({ followers }) => followers === 0).map(dueAt);
    if (due.length > 0) this.#timer = setTimeout(() => void this.#ask(), Math.max(0, Math.min(...due) - Date.now()));
  }

  /** One after the other: a node has other things to do than to answer us. */
  async #ask(): Promise<void> {
    this.#asking = true;
    const now = Date.now();
    for (const entry of this.#awaited.values()) {
      if (entry.followers > 0 || dueAt(entry) > now) continue;
      entry.askedAt = now;
      if (entry.host.closed) this.#drop(entry);
      else if (entry.host.up) await this.#askFor(entry);
    }
    this.#asking = false;
    this.#schedule();
  }

  async #askFor(entry: Awaited): Promise<void> {
    const { host, unitId } = entry;
    try {
      this.note(host.nodeId ?? '', { [unitId]: await host.use((control) => control.workStatus(unitId)) });
    } catch (error) {
      if (isUnitGone(error)) {
        entry.interest = 'quiet'; // whoever released it knows
        this.#end(entry, { reason: 'gone', position: 0, status: undefined });
      }
      // Anything else is a node that is busy or away: it is asked again.
    }
  }
}

const dueAt = ({ askedAt, since }: Awaited): number => askedAt + Math.min(longestMs, Math.max(shortestMs, (askedAt - since) * agePart));

const keyOf = (nodeId: string | undefined, unitId: string): string => `${nodeId ?? ''}\n${unitId}`;
