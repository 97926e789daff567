/** The units of one node, asked for while somebody looks. No `vscode`. */
import { asError, isControlError } from '../../control/errors.ts';
import type { UnitStatus } from '../../control/types.ts';
import { isUnitGone } from '../../work/follow.ts';
import { ReachTimes, readUnits, type Unit } from '../../work/units.ts';
import type { UnitTimes } from '../../work/times.ts';
import { longestPauseMs, restAfter } from '../feed.ts';
import { Signal } from '../signal.ts';
import type { WorkHost } from './hosts.ts';

/** Running units change no faster than this: the daemon looks at its files once a second. */
const runningMs = 1_000;
/** A unit that is pending for longer than this is not about to start. */
const youngMs = 60_000;

export type UnitList = Readonly<Record<string, UnitStatus>>;

export class UnitFeed {
  readonly host: WorkHost;
  /** Fired after every answer and failure. */
  readonly onDidAsk = new Signal<void>();
  readonly #times: UnitTimes;
  readonly #onList: (nodeId: string, list: UnitList, askedAt: number) => void;
  readonly #idleMs: () => number;
  readonly #reach = new ReachTimes();
  readonly #subscription: { dispose(): void };
  #list: UnitList = {};
  #units: readonly Unit[] = [];
  #takenAt: number | undefined;
  #error: Error | undefined;
  #watching = false;
  #timer: NodeJS.Timeout | undefined;
  #asking: Promise<readonly Unit[]> | undefined;
  /** Released since the question that is under way was asked: its answer may have them still. */
  readonly #released = new Set<string>();
  #failures = 0;
  #tookMs = 0;
  #abort = new AbortController();

  /**
   * @param onList told of each whole list and when it was asked for, for whoever keeps times and ends
   * @param idleMs pause between two questions while no unit runs
   */
  constructor(host: WorkHost, times: UnitTimes, onList: (nodeId: string, list: UnitList, askedAt: number) => void, idleMs: () => number) {
    this.host = host;
    this.#times = times;
    this.#onList = onList;
    this.#idleMs = idleMs;
    this.#subscription = host.connection.onDidChange.on(({ kind }) => {
      if (kind === 'up' && this.#failures > 0) this.resume();
    });
  }

  get units(): readonly Unit[] {
    return this.#units;
  }

  /** When the list is from; undefined before the first answer. */
  get takenAt(): number | undefined {
    return this.#takenAt;
  }

  /** Why the list is not of now. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** The daemon's own status of a unit, as last listed. */
  statusOf(unitId: string): UnitStatus | undefined {
    return Object.hasOwn(this.#list, unitId) ? this.#list[unitId] : undefined;
  }

  watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    this.#schedule(0);
  }

  unwatch(): void {
    this.#watching = false;
    clearTimeout(this.#timer);
  }

  /** No need to wait for the end of a long pause: the connection is back, or pauses are set otherwise. */
  resume(): void {
    this.#failures = 0;
    if (this.#watching && this.#asking === undefined) this.#schedule(0);
  }

  /** Asks at once; callers at the same time share the question. */
  async refresh(): Promise<readonly Unit[]> {
    clearTimeout(this.#timer);
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
      if (this.#abort.signal.aborted) return;
      this.onDidAsk.emit();
      if (this.#watching) this.#schedule(this.#pause());
    });
    return this.#asking;
  }

  /** The unit was released: it goes at once, and is not asked for again. */
  forget(unitId: string): void {
    if (this.#asking !== undefined) this.#released.add(unitId);
    const { [unitId]: _, ...rest } = this.#list;
    this.#list = rest;
    this.#units = this.#units.filter(({ id }) => id !== unitId);
    this.onDidAsk.emit();
  }

  dispose(): void {
    this.unwatch();
    this.#subscription.dispose();
    this.#abort.abort();
    if (this.host.remote !== undefined) this.host.dispose();
  }

  async #ask(): Promise<readonly Unit[]> {
    const began = performance.now();
    const askedAt = Date.now();
    try {
      this.#released.clear();
      const listed = await this.#listed();
      const list =
        this.#released.size === 0 ? listed : Object.fromEntries(Object.entries(listed).filter(([unitId]) => !this.#released.has(unitId)));
      const now = Date.now();
      this.#tookMs = performance.now() - began;
      this.#error = undefined;
      this.#failures = 0;
      this.#takenAt = now;
      this.#list = list;
      const nodeId = this.host.nodeId ?? '';
      this.#onList(nodeId, list, askedAt);
      const snapshot = this.host.connection.feed.snapshot;
      const isReachable = (node: string): boolean => (snapshot?.nodes.get(node)?.state ?? 'unreachable') !== 'unreachable';
      const reachableSince = snapshot === undefined ? undefined : (node: string) => this.#reach.note(node, isReachable(node), now);
      this.#units = readUnits(list, this.#times, { reachableSince, nodeId, now });
      return this.#units;
    } catch (error) {
      this.#error = asError(error);
      this.#failures++;
      throw error;
    }
  }

  async #listed(): Promise<UnitList> {
    const ask = async (): Promise<UnitList> => this.host.use((control) => control.workList({ signal: this.#abort.signal }));
    try {
      return await ask();
    } catch (error) {
      // A unit that is released during the walk fails the whole list, in both versions: the next one has it no more.
      if (isControlError(error) && isUnitGone(error)) return ask();
      throw error;
    }
  }

  #pause(): number {
    const now = Date.now();
    const busy = this.#units.some(
      ({ id, state, orphan }) =>
        state === 1 || (state === 0 && orphan === undefined && now - (this.#times.of(this.host.nodeId ?? '', id)?.first ?? now) < youngMs),
    );
    const usual = Math.max(busy ? runningMs : this.#idleMs(), restAfter(this.#tookMs));
    return this.#failures === 0 ? usual : Math.min(this.#idleMs() * 2 ** (this.#failures - 1), longestPauseMs);
  }

  #schedule(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#poll(), delay);
  }

  async #poll(): Promise<void> {
    try {
      await this.refresh();
    } catch {
      // kept in `error`, and told by onDidAsk
    }
  }
}
