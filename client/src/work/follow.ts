/**
 * The results follower: every byte of a unit's output once, in order, over whatever breaks in between.
 *
 * A stream of results ends alike when the unit is done, when the daemon dies and when a proxy on the way gives up; so an
 * end is believed only when the unit's status says that it is done and that no more bytes exist. Anything else is a cut,
 * and the stream is opened anew at the exact byte. Results of a cancelled unit never end on their own: the status, asked
 * while nothing flows, ends them.
 */
import type { Readable } from 'node:stream';
import { asError, isControlError } from '../control/errors.ts';
import { orAborted, sleep } from '../control/limit.ts';
import { isFinal } from '../control/replies.ts';
import type { UnitStatus } from '../control/types.ts';
import { backOff, bounded } from './waiting.ts';

/** All that the follower knows of a daemon. */
export interface ResultsSource {
  /** Opens the raw output of the unit from byte `offset` on. */
  open(offset: number, signal: AbortSignal): Promise<Readable> | Readable;
  /** Asks for the unit's status; must reject with a ControlError for a unit that is unknown. */
  status(signal: AbortSignal): Promise<UnitStatus>;
  /** Whether the way to the daemon was given up: no attempt finds it again. */
  closed?(): boolean;
}

export interface ResultsSink {
  /**
   * Takes the bytes at `offset`: every one once, in order. While a returned promise is pending nothing more is read; when
   * it rejects, the following ends with that error.
   */
  write(chunk: Uint8Array, offset: number): void | Promise<void>;
}

/** What a follower does right now. */
export type FollowState =
  | { readonly kind: 'opening' }
  | { readonly kind: 'streaming' }
  | { readonly kind: 'paused' }
  /** The connection was lost, or ended before the unit did; the next attempt comes after `retryMs`. */
  | { readonly kind: 'waiting'; readonly error: Error | undefined; readonly attempt: number; readonly retryMs: number };

/**
 * - `ended`: the unit is done and all of its output was delivered
 * - `incomplete`: the unit is done and more output was announced, but the daemon gave no more of it for about a minute
 * - `gone`: the unit was released meanwhile
 * - `stopped`: `stop()` was called
 */
export type FollowReason = 'ended' | 'incomplete' | 'gone' | 'stopped';

export interface FollowEnd {
  readonly reason: FollowReason;
  /** Offset after the last byte delivered. */
  readonly position: number;
  /** As last told by the daemon. */
  readonly status: UnitStatus | undefined;
}

export interface FollowOptions {
  /** Offset of the first byte wanted; 0 by default. */
  startPos?: number;
  onState?: (state: FollowState) => void;
  /** Told of every status that was asked for. */
  onStatus?: (status: UnitStatus) => void;
  /** Milliseconds between two looks at the status while no bytes come; 2 s by default. */
  watchMs?: number;
  /** Milliseconds without a byte, after the unit ended with more output announced, until that is given up; 30 s by default. */
  stallMs?: number;
  /** Most that one question for the status may take; 15 s by default. */
  statusMs?: number;
  /** First and longest pause before a new attempt, in ms; 250 ms and 15 s by default. */
  backOff?: { readonly first: number; readonly most: number };
}

export interface Following {
  /** Offset of the next byte. */
  readonly position: number;
  readonly paused: boolean;
  /** Resolves when there is nothing more to come; rejects when the sink fails or the daemon refuses for good. */
  readonly done: Promise<FollowEnd>;
  /** Holds the stream; the bytes wait at the daemon. */
  pause(): void;
  resume(): void;
  /** Ends the following; `done` resolves with `stopped`. */
  stop(): void;
}

/** Starts to deliver the results of one unit to `sink`. */
export function followResults(source: ResultsSource, sink: ResultsSink, options: FollowOptions = {}): Following {
  return new Follower(source, sink, options);
}

/** Failures that no retry mends. */
const fatalCodes = new Set(['invalid-argument', 'invalid-address', 'unsupported', 'node-changed']);

/**
 * Streams in a row that the node ends without a byte, of a unit that is done with more output announced, before the rest
 * is given up: with the pauses between them about a minute.
 */
const mostFruitless = 12;

/** The daemon does not know the unit (any more). */
export const isUnitGone = (error: unknown): boolean =>
  isControlError(error) && (error.code === 'unit-gone' || (error.code === 'command-refused' && /unknown work unit/.test(error.message)));

/** A refused `work` command is meant so; a refused `connect`, on the way to a node, is a mesh that heals. */
const isFatal = (error: unknown): boolean =>
  isControlError(error) &&
  (fatalCodes.has(error.code) || (error.code === 'command-refused' && 'command' in error && String(error.command).startsWith('work')));

/** The node gave a stream and ended it, as far as one can tell: a way to the node that breaks is known by other errors. */
const endedByNode = (error: Error | undefined): boolean => error === undefined || (isControlError(error) && error.code === 'results-cut');

class Follower implements Following {
  readonly done: Promise<FollowEnd>;
  readonly #source: ResultsSource;
  readonly #sink: ResultsSink;
  readonly #options: FollowOptions;
  readonly #stop = new AbortController();
  #position: number;
  #status: UnitStatus | undefined;
  #paused = false;
  /** The sink has a chunk that it has not done with. */
  #writing: Promise<void> | undefined;
  /** What the sink failed with, whenever it did: also when the stream had ended by then. */
  #sinkFailure: { readonly cause: unknown } | undefined;
  #stream: Readable | undefined;
  #onResume: (() => void) | undefined;

  constructor(source: ResultsSource, sink: ResultsSink, options: FollowOptions) {
    this.#source = source;
    this.#sink = sink;
    this.#options = options;
    this.#position = options.startPos ?? 0;
    this.done = this.#run();
  }

  get position(): number {
    return this.#position;
  }

  get paused(): boolean {
    return this.#paused;
  }

  pause(): void {
    if (this.#paused || this.#stop.signal.aborted) return;
    this.#paused = true;
    this.#stream?.pause();
    this.#tell({ kind: 'paused' });
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#stream !== undefined) this.#tell({ kind: 'streaming' });
    if (this.#writing === undefined) this.#stream?.resume();
    this.#onResume?.();
  }

  stop(): void {
    this.#stop.abort();
  }

  async #run(): Promise<FollowEnd> {
    const { first = 250, most = 15_000 } = this.#options.backOff ?? {};
    const { signal } = this.#stop;
    let attempt = 0;
    let fruitless = 0;
    await Promise.resolve(); // whoever called has `done` in hand before anything is told
    while (!signal.aborted) {
      const before = this.#position;
      let outcome: 'ended' | 'done' | 'stalled' | undefined;
      let error: Error | undefined;
      try {
        await this.#unpaused();
        this.#tell({ kind: 'opening' });
        outcome = await this.#streamOnce();
      } catch (caught) {
        error = asError(caught);
      }
      if (this.#sinkFailure !== undefined) throw this.#sinkFailure.cause;
      const moved = this.#position > before;
      if (moved) attempt = 0;
      try {
        if (outcome === 'done') return this.#end('ended');
        if (error !== undefined && (isUnitGone(error) || this.#isOver(error))) throw error;
        await this.#ask();
        if (this.#hasAll()) return this.#end('ended');
        const fruit = moved || !endedByNode(error) || this.#status === undefined || !isFinal(this.#status);
        fruitless = fruit ? 0 : fruitless + (outcome === 'stalled' ? mostFruitless / 2 : 1);
        if (fruitless >= mostFruitless) return this.#end('incomplete');
      } catch (caught) {
        if (signal.aborted) break;
        if (isUnitGone(caught)) return this.#end(this.#hasAll() ? 'ended' : 'gone');
        if (this.#isOver(caught)) throw caught;
        fruitless = 0;
        error ??= asError(caught);
      }
      attempt++;
      const retryMs = backOff(attempt, first, most);
      if (!this.#paused) this.#tell({ kind: 'waiting', error, attempt, retryMs });
      await sleep(retryMs, signal);
    }
    return this.#end('stopped');
  }

  #end(reason: FollowReason): FollowEnd {
    return { reason, position: this.#position, status: this.#status };
  }

  #tell(state: FollowState): void {
    this.#options.onState?.(state);
  }

  #isOver(error: unknown): boolean {
    return isFatal(error) || this.#source.closed?.() === true;
  }

  #hasAll(): boolean {
    return this.#status !== undefined && isFinal(this.#status) && this.#position >= this.#status.StdoutSize;
  }

  async #ask(): Promise<void> {
    const status = await bounded(this.#stop.signal, this.#options.statusMs ?? 15_000, (signal) => this.#source.status(signal));
    this.#status = status;
    this.#options.onStatus?.(status);
  }

  async #unpaused(): Promise<void> {
    if (!this.#paused) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        this.#stop.signal.removeEventListener('abort', go);
        this.#onResume = undefined;
        resolve();
      };
      this.#onResume = go;
      this.#stop.signal.addEventListener('abort', go, { once: true });
    });
    this.#stop.signal.throwIfAborted();
  }

  /**
   * Delivers one stream to its end, whatever that end is worth. `done`: the status said while nothing flowed that there
   * is no more. `stalled`: it said that there is more, but nothing came for long.
   */
  async #streamOnce(): Promise<'ended' | 'done' | 'stalled'> {
    const control = new AbortController();
    const abort = (): void => control.abort();
    this.#stop.signal.addEventListener('abort', abort, { once: true });
    let stream: Readable | undefined;
    try {
      this.#stop.signal.throwIfAborted();
      stream = await orAborted(control.signal, this.#open(control.signal));
      this.#stream = stream;
      this.#tell({ kind: this.#paused ? 'paused' : 'streaming' });
      const watching = new AbortController();
      try {
        return await Promise.race([this.#pipe(stream, control.signal), this.#watch(watching.signal)]);
      } finally {
        watching.abort();
      }
    } finally {
      this.#stream = undefined;
      this.#stop.signal.removeEventListener('abort', abort);
      control.abort();
      stream?.on('error', () => undefined); // what a stream says after we left it concerns nobody
      stream?.destroy();
      await this.#writing; // the next stream begins after what the sink has taken
    }
  }

  /** Whoever stops does not wait for a way to the daemon that is still being made: a stream that comes late is left. */
  async #open(signal: AbortSignal): Promise<Readable> {
    const stream = await this.#source.open(this.#position, signal);
    if (signal.aborted) stream.on('error', () => undefined).destroy();
    return stream;
  }

  async #pipe(stream: Readable, signal: AbortSignal): Promise<'ended'> {
    let left = false;
    try {
      return await new Promise<'ended'>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(asError(signal.reason)), { once: true });
        stream.on('error', reject);
        stream.on('end', () => resolve('ended'));
        stream.on('close', () => resolve('ended'));
        stream.on('data', (chunk: Uint8Array) => {
          if (left || chunk.length === 0) return;
          const offset = this.#position;
          this.#position += chunk.length;
          try {
            const written = this.#sink.write(chunk, offset);
            if (written === undefined) return;
            stream.pause();
            this.#writing = this.#written(written).then(() => {
              if (this.#sinkFailure !== undefined) reject(asError(this.#sinkFailure.cause));
              else if (!this.#paused && !left) stream.resume();
              return undefined;
            });
          } catch (cause) {
            this.#sinkFailure = { cause };
            reject(asError(cause));
          }
        });
        if (this.#paused) stream.pause();
      });
    } finally {
      left = true;
    }
  }

  async #written(write: Promise<void>): Promise<void> {
    try {
      await write;
    } catch (cause) {
      this.#sinkFailure ??= { cause };
    } finally {
      this.#writing = undefined;
    }
  }

  /** Looks at the status while no bytes come. Resolves when it is clear that none will, rejects when the daemon is lost. */
  async #watch(signal: AbortSignal): Promise<'done' | 'stalled'> {
    const { watchMs = 2_000, stallMs = 30_000 } = this.#options;
    let seen = this.#position;
    let idleSince = Date.now();
    let failures = 0;
    for (;;) {
      await sleep(watchMs, signal);
      if (signal.aborted) return await new Promise<never>(() => undefined); // the race is over
      const busy = this.#position > seen || this.#writing !== undefined || this.#paused;
      if (busy) {
        seen = this.#position;
        idleSince = Date.now();
        continue;
      }
      try {
        await this.#ask();
        failures = 0;
      } catch (error) {
        // A single failure may be the daemon's; a stream that is silent while nobody answers either is dead.
        if (isUnitGone(error) || isFatal(error) || ++failures >= 3) throw error;
        continue;
      }
      if (this.#position > seen) continue;
      if (this.#hasAll()) return 'done';
      if (this.#status !== undefined && isFinal(this.#status) && Date.now() - idleSince >= stallMs) return 'stalled';
    }
  }
}
