/** Asks a node for its `status` while somebody looks, and tells what changed. No `vscode`. */
import { asError } from '../control/errors.ts';
import { diffSnapshots, type MeshDiff } from '../mesh/diff.ts';
import { inSlices } from '../control/slices.ts';
import { snapshotSteps, type MeshSnapshot, type StatusReply } from '../mesh/model.ts';
import { Signal } from './signal.ts';

export interface MeshChange {
  readonly snapshot: MeshSnapshot;
  readonly diff: MeshDiff;
}

/** No feed pauses for longer, unless it was set to. */
export const longestPauseMs = 60_000;

/** The node shall spend at most a tenth of its time on our questions: ms to leave it alone after one that took `tookMs`. */
export const restAfter = (tookMs: number): number => Math.min(10 * tookMs, longestPauseMs);

export class MeshFeed {
  /** Fired when something that a view shows is another; ages alone do not count. */
  readonly onDidChange = new Signal<MeshChange>();
  /** Fired after every answer and every failure: the age and the state of the picture are another. */
  readonly onDidAsk = new Signal<void>();
  readonly #ask: (signal: AbortSignal) => Promise<StatusReply>;
  readonly #intervalMs: () => number;
  #snapshot: MeshSnapshot | undefined;
  #error: Error | undefined;
  #failures = 0;
  #lastTookMs = 0;
  #watchers = 0;
  #timer: NodeJS.Timeout | undefined;
  #asking: Promise<MeshSnapshot> | undefined;
  #abort = new AbortController();

  constructor(ask: (signal: AbortSignal) => Promise<StatusReply>, intervalMs: () => number) {
    this.#ask = ask;
    this.#intervalMs = intervalMs;
  }

  /** The last good picture; it stays when later questions fail. */
  get snapshot(): MeshSnapshot | undefined {
    return this.#snapshot;
  }

  /** From when on the picture is too old to pass for one of now, in ms since 1970: questions failed, or nobody asks. */
  get staleAt(): number {
    return (this.#snapshot?.takenAt ?? 0) + 3 * this.#usualPause();
  }

  /** Why the picture is not of now; undefined while the last question was answered. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** Asks now and again until the watcher leaves. */
  watch(): { dispose(): void } {
    this.#watchers++;
    if (this.#watchers === 1) this.#schedule(this.#age() < this.#intervalMs() ? this.#intervalMs() - this.#age() : 0);
    let watching = true;
    return {
      dispose: () => {
        if (!watching) return;
        watching = false;
        this.#watchers--;
        if (this.#watchers === 0) clearTimeout(this.#timer);
      },
    };
  }

  /** Asks at once; callers at the same time share the question. Rejects with what the client says. */
  refresh(): Promise<MeshSnapshot> {
    if (this.#asking !== undefined) return this.#asking;
    clearTimeout(this.#timer);
    const began = performance.now();
    const { signal } = this.#abort;
    const before = this.#snapshot;
    this.#asking = this.#ask(signal)
      .then((reply) => inSlices(snapshotSteps(reply, Date.now(), before), signal))
      .then(
        (snapshot) => {
          this.#error = undefined;
          this.#failures = 0;
          const diff = diffSnapshots(before, snapshot);
          this.#snapshot = snapshot;
          this.#lastTookMs = performance.now() - began;
          if (!diff.empty) this.onDidChange.emit({ snapshot, diff });
          return snapshot;
        },
        (error: unknown) => {
          this.#error = asError(error);
          this.#failures++;
          throw error;
        },
      )
      .finally(() => {
        this.#asking = undefined;
        if (signal.aborted) return;
        this.onDidAsk.emit();
        if (this.#watchers > 0) this.#schedule(this.#pause());
      });
    return this.#asking;
  }

  /** No need to wait for the end of a long pause: the connection is back, or pauses are set otherwise. */
  resume(): void {
    this.#failures = 0;
    if (this.#watchers > 0 && this.#asking === undefined) this.#schedule(0);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  #age(): number {
    return this.#snapshot === undefined || this.#error !== undefined ? Number.POSITIVE_INFINITY : Date.now() - this.#snapshot.takenAt;
  }

  #pause(): number {
    const usual = this.#usualPause();
    return this.#failures === 0 ? usual : Math.min(usual * 2 ** (this.#failures - 1), Math.max(longestPauseMs, usual));
  }

  #usualPause(): number {
    return Math.max(this.#intervalMs(), restAfter(this.#lastTookMs));
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
