/**
 * The end of a unit's output as a document shows it: of an event stream of ansible-runner the play's own output, of
 * everything else its bytes. What it is, shows itself when the first output comes.
 */
import { RunnerStream } from './runnerStream.ts';
import { Tail } from './tail.ts';

export class OutputTail {
  readonly #limit: number;
  #tail: Tail;
  /** Until it is clear that the output is plain. */
  #runner: RunnerStream | undefined;

  /**
   * @param from offset of the first byte that will come
   * @param read `play` to show a play's own output, for which the bytes have to come from the first on
   */
  constructor(limit: number, from: number, read: 'play' | 'raw') {
    this.#limit = limit;
    this.#tail = new Tail(limit, from);
    this.#runner = read === 'play' && from === 0 ? new RunnerStream() : undefined;
  }

  /** What is shown is the output of a play. */
  get isPlay(): boolean {
    return this.#runner?.kind === 'runner';
  }

  /** Bytes of what is shown that were left out before its beginning. */
  get cut(): number {
    return this.#tail.cut;
  }

  /** Whether the text stands for every byte that is held. */
  get isUtf8(): boolean {
    return this.#tail.isUtf8;
  }

  push(chunk: Uint8Array): void {
    const wasPlay = this.isPlay;
    this.#take(wasPlay, chunk, this.#runner?.push(chunk));
    if (this.#runner?.kind === 'plain') this.#runner = undefined;
  }

  /** The output has ended. */
  end(): void {
    const wasPlay = this.isPlay;
    this.#take(wasPlay, new Uint8Array(), this.#runner?.end());
  }

  text(): string {
    return this.#tail.text();
  }

  /** Until it is known to be a play's, the output is shown as it is. */
  #take(wasPlay: boolean, bytes: Uint8Array, shown = ''): void {
    if (!this.isPlay) return this.#tail.push(bytes);
    if (!wasPlay) this.#tail = new Tail(this.#limit);
    this.#tail.push(Buffer.from(shown));
  }
}
