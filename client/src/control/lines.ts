import type { Duplex } from 'node:stream';
import { ControlError } from './errors.ts';
import { withResolvers } from './limit.ts';

const newline = 0x0a;
const carriageReturn = 0x0d;
const nothing: Buffer = Buffer.alloc(0);

/** How the next line is read. */
export interface LineLimits {
  /** Longest line in bytes, its newline not counted. */
  maxLength: number;
  /** The line must begin so; checked as the bytes come, so that a stranger is known by its first bytes. */
  prefix?: Buffer;
}

/** The stream does not begin as it must; `bytes` is what came instead. */
export class UnexpectedBytes extends Error {
  readonly bytes: Buffer;
  constructor(bytes: Buffer) {
    super('unexpected bytes');
    this.bytes = bytes;
  }
}

/** The stream ended, or broke with `cause`, while a line was awaited; `partial` came before that. */
export class StreamEnded extends Error {
  readonly partial: Buffer;
  constructor(partial: Buffer, cause?: Error) {
    super('the stream ended', { cause });
    this.partial = partial;
  }
}

/**
 * Reads lines from a stream, on demand: while no line is wanted the stream is paused, so a flood waits in the kernel.
 * What was read beyond the last line stays here until `detach`.
 */
export class LineReader {
  readonly #stream: Duplex;
  /** The line so far, in a buffer that doubles: a drip of single bytes costs no more memory than one long chunk. */
  #partial = nothing;
  #length = 0;
  /** Bytes after the last line. */
  #rest = nothing;
  #ended: { cause?: Error } | undefined;
  #wanted: { limits: LineLimits; resolve: (line: Buffer) => void; reject: (error: Error) => void } | undefined;
  #whenIdle: ((reason: 'bytes' | 'ended') => void) | undefined;

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onEnd).on('error', this.#onError);
    stream.pause();
  }

  /**
   * The next line that is not blank (with a `prefix`: the next line), without its newline. One call at a time.
   * @throws UnexpectedBytes, StreamEnded, ControlError `line-too-long`, or the reason of `signal`
   */
  async line(signal: AbortSignal, limits: LineLimits): Promise<Buffer> {
    signal.throwIfAborted();
    this.#whenIdle = undefined;
    const { promise, resolve, reject } = withResolvers<Buffer>();
    const onAbort = (): void => this.#settle(() => reject(signal.reason as Error));
    this.#wanted = { limits, resolve, reject };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#takeRest();
    if (this.#wanted !== undefined && this.#ended !== undefined) this.#fail();
    if (this.#wanted !== undefined) this.#stream.resume();
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Reads on while nothing is expected, and tells once when something comes all the same, or when the stream ends. */
  watch(whenIdle: (reason: 'bytes' | 'ended') => void): void {
    this.#whenIdle = whenIdle;
    this.#takeRest();
    if (this.#ended !== undefined) this.#idle('ended');
    if (this.#whenIdle !== undefined) this.#stream.resume();
  }

  /** Lets go of the stream, paused, and gives back what was read and not consumed. */
  detach(): Buffer {
    this.#stream.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onEnd).off('error', this.#onError);
    this.#stream.pause();
    this.#whenIdle = undefined;
    const rest = this.#rest;
    this.#rest = nothing;
    return rest;
  }

  get ended(): boolean {
    return this.#ended !== undefined;
  }

  #onData = (chunk: Buffer): void => this.#take(chunk);
  #onEnd = (): void => {
    this.#ended ??= {};
    this.#fail();
    this.#idle('ended');
  };
  #onError = (cause: Error): void => {
    this.#ended = { cause };
    this.#fail();
    this.#idle('ended');
  };

  #takeRest(): void {
    const rest = this.#rest;
    this.#rest = nothing;
    if (rest.length > 0) this.#take(rest);
  }

  #take(piece: Buffer): void {
    let from = 0;
    while (from < piece.length) {
      if (this.#wanted === undefined) {
        // A blank line may follow an answer (a remote error carries its own newline): no sign of anything.
        if (this.#whenIdle !== undefined && (piece[from] === newline || piece[from] === carriageReturn)) {
          from++;
          continue;
        }
        const left = piece.subarray(from);
        this.#rest = this.#rest.length === 0 ? left : Buffer.concat([this.#rest, left]);
        this.#idle('bytes');
        return;
      }
      if (piece[from] === newline && this.#length === 0 && this.#wanted.limits.prefix === undefined) {
        from++;
        continue;
      }
      const at = piece.indexOf(newline, from);
      const end = at < 0 ? piece.length : at;
      this.#grow(piece.subarray(from, end), at >= 0);
      from = end + 1;
    }
  }

  /** Adds to the line that is wanted, and settles when it is whole or can't become what it must be. */
  #grow(bytes: Buffer, whole: boolean): void {
    const wanted = this.#wanted!;
    const { maxLength, prefix } = wanted.limits;
    const length = this.#length + bytes.length;
    const line = this.#length === 0 && whole ? bytes : this.#append(bytes, maxLength);
    if (prefix !== undefined) {
      const known = Math.min(length, prefix.length);
      const fits = line.subarray(0, known).equals(prefix.subarray(0, known)) && !(whole && length < prefix.length);
      if (!fits || length > maxLength) this.#settle(() => wanted.reject(new UnexpectedBytes(line.subarray(0, maxLength))));
    } else if (length > maxLength) {
      this.#settle(() => wanted.reject(tooLong(maxLength)));
      this.#stream.destroy();
    }
    if (!whole || this.#wanted === undefined) return;
    this.#length = 0;
    this.#partial = nothing;
    if (prefix !== undefined || !isBlank(line)) this.#settle(() => wanted.resolve(line));
  }

  #append(bytes: Buffer, maxLength: number): Buffer {
    const fitting = bytes.subarray(0, maxLength + 1 - this.#length);
    const length = this.#length + fitting.length;
    if (length > this.#partial.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, this.#partial.length * 2));
      this.#partial.copy(larger, 0, 0, this.#length);
      this.#partial = larger;
    }
    fitting.copy(this.#partial, this.#length);
    this.#length = length;
    return this.#partial.subarray(0, length);
  }

  #fail(): void {
    const wanted = this.#wanted;
    if (wanted === undefined) return;
    this.#settle(() => wanted.reject(new StreamEnded(this.#partial.subarray(0, this.#length), this.#ended?.cause)));
  }

  #settle(how: () => void): void {
    this.#wanted = undefined;
    this.#stream.pause();
    how();
  }

  #idle(reason: 'bytes' | 'ended'): void {
    const told = this.#whenIdle;
    if (told === undefined) return;
    this.#whenIdle = undefined;
    this.#stream.pause();
    told(reason);
  }
}

const isBlank = (line: Buffer): boolean => line.length === 0 || (line.length === 1 && line[0] === carriageReturn);

const tooLong = (maxLength: number): ControlError =>
  new ControlError('line-too-long', `The answer is a line of more than ${maxLength} bytes.`, {
    nextStep: 'Raise `maxLineLength` if the mesh is that large; else check what listens at this address.',
  });
