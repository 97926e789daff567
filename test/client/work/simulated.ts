/** A unit of a daemon that breaks off, restarts and lies about ends, as the real ones do. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { CommandRefusedError, ControlError } from '../../../client/src/control/errors.ts';
import type { UnitState, UnitStatus } from '../../../client/src/control/types.ts';
import type { ResultsSink, ResultsSource } from '../../../client/src/work/follow.ts';
import { seeded } from '../../harness/random.ts';

const stateNames = ['Pending', 'Running', 'Succeeded', 'Failed', 'Canceled'];

export const unitStatus = (State: UnitState, StdoutSize: number, more: Partial<UnitStatus> = {}): UnitStatus => ({
  State,
  StateName: stateNames[State]!,
  Detail: State === 2 ? 'exit status 0' : '',
  StdoutSize,
  WorkType: 'cat',
  ExtraData: null,
  ...more,
});

export const unknownUnit = (): CommandRefusedError => new CommandRefusedError('work status', 'unknown work unit x', { nextStep: '-' });
export const lost = (): ControlError => new ControlError('daemon-gone', 'The daemon is gone.', { nextStep: '-' });

/**
 * @param output all that the unit will ever write
 * @param cut asked before each chunk: how the stream breaks off there, if it does
 */
export class SimulatedUnit implements ResultsSource {
  readonly output: Buffer;
  state: UnitState = 1;
  /** Bytes written so far. */
  written = 0;
  released = false;
  opened: number[] = [];
  readonly streams: Readable[] = [];
  asked = 0;
  cut: () => 'clean' | 'error' | undefined = () => undefined;
  refuseOpen: () => Error | undefined = () => undefined;
  refuseStatus: () => Error | undefined = () => undefined;
  chunk: () => number = () => 4096;
  readonly #random: () => number;

  constructor(output: Buffer, random: () => number = seeded(1)) {
    this.output = output;
    this.#random = random;
  }

  finish(state: UnitState = 2): this {
    this.written = this.output.length;
    this.state = state;
    return this;
  }

  async status(): Promise<UnitStatus> {
    this.asked++;
    await new Promise(setImmediate);
    const refusal = this.refuseStatus();
    if (refusal !== undefined) throw refusal;
    if (this.released) throw unknownUnit();
    return unitStatus(this.state, this.written);
  }

  async open(offset: number, signal: AbortSignal): Promise<Readable> {
    await new Promise(setImmediate);
    const refusal = this.refuseOpen();
    if (refusal !== undefined) throw refusal;
    if (this.released) throw unknownUnit();
    this.opened.push(offset);
    let at = offset;
    const next = (): void => {
      if (stream.destroyed) return;
      const how = this.cut();
      if (how === 'clean') return void stream.push(null);
      if (how === 'error') return void stream.destroy(lost());
      if (at >= this.written) {
        // As the daemon: only Succeeded and Failed end a stream.
        if (this.state === 2 || this.state === 3) return void stream.push(null);
        setTimeout(next, 2);
        return;
      }
      const part = this.output.subarray(at, Math.min(this.written, at + Math.max(1, Math.floor(this.chunk() * this.#random()))));
      at += part.length;
      stream.push(part);
    };
    const stream = new Readable({ signal, highWaterMark: 8192, read: () => void setImmediate(next) });
    this.streams.push(stream);
    return stream;
  }
}

/** Keeps what it was given and fails on a byte that comes twice or too early. */
export class CheckedSink implements ResultsSink {
  readonly #hash = createHash('sha256');
  readonly chunks: Buffer[] = [];
  next: number;
  delay: (() => Promise<void> | undefined) | undefined;
  onWrite: ((chunk: Uint8Array) => void) | undefined;

  constructor(from = 0) {
    this.next = from;
  }

  write(chunk: Uint8Array, offset: number): void | Promise<void> {
    if (offset !== this.next) throw new Error(`byte ${offset} came, ${this.next} was due`);
    this.next += chunk.length;
    this.#hash.update(chunk);
    this.chunks.push(Buffer.from(chunk));
    this.onWrite?.(chunk);
    return this.delay?.();
  }

  get sha256(): string {
    return this.#hash.copy().digest('hex');
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

export const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
