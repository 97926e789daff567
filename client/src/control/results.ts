import { Readable } from 'node:stream';
import type { Duplex } from 'node:stream';
import { checkUnitId, invalidArgument, jsonCommand } from './commands.ts';
import { CommandRefusedError, ControlError, ResultsError } from './errors.ts';
import { defaultTimeouts, limited, withResolvers } from './limit.ts';
import { isFinal, parseReply, replyShape } from './replies.ts';
import { halfClose } from './sockets.ts';
import type { Session } from './session.ts';
import type { ResultsOptions, UnitStatus, WorkResults } from './types.ts';

/** Data does not change faster than the daemon looks at its files, which is about once a second. */
const pollInterval = 1_000;
const defaultStallTimeout = 30_000;
/** Status calls in a row that may fail before a silent stream counts as cut. */
const mostFailedPolls = 5;

export interface ResultsSource {
  open(signal: AbortSignal): Promise<Session>;
}

/**
 * The output of a unit. The daemon marks no end: a stream that ends may be cut, and that of a cancelled unit never ends.
 * So the end is checked against the unit's status, and a silent stream is watched through it.
 */
export class ResultsStream extends Readable implements WorkResults {
  readonly unitId: string;
  readonly startPos: number;
  endStatus: UnitStatus | undefined;

  readonly #options: ResultsOptions;
  readonly #source: ResultsSource;
  readonly #over = new AbortController();
  /** The raw stream, once results flow. */
  #stream: Duplex | undefined;
  /** The reader takes more; else the raw stream waits. */
  #wanted = false;
  #watcher: Session | undefined;
  /** Settles when the last question for the status has its answer. */
  #asked: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #pushed = 0;
  /** A byte came since the last look. */
  #active = true;
  #looking = false;
  #finishing = false;
  /** What the watching saw: of a silent stream that should end, and since when. */
  #silent = { looks: 0, failures: 0 };

  constructor(unitId: string, options: ResultsOptions, source: ResultsSource) {
    super({ highWaterMark: 64 * 1024 });
    this.unitId = unitId;
    this.startPos = options.startPos ?? 0;
    this.#options = options;
    this.#source = source;
    this.#beAwaitable(this.#run());
  }

  get received(): number {
    return this.#pushed - this.readableLength;
  }

  get position(): number {
    return this.startPos + this.received;
  }

  override _read(): void {
    // Called for every chunk: nothing to do for most of them.
    if (this.#wanted) return;
    this.#wanted = true;
    this.#stream?.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearInterval(this.#timer);
    this.#over.abort(error ?? new ControlError('closed', 'The stream of results was closed.', { nextStep: 'Ask for the results again.' }));
    this.#stream?.destroy();
    this.#watcher?.stream.destroy();
    callback(error);
  }

  /**
   * Until the daemon accepted, `await` on this waits for that and gives this stream; then it is a stream like any other.
   * Callers may so write `await control.getWorkResults(id)` or use the stream at once.
   */
  #beAwaitable(opened: Promise<void>): void {
    let awaited = false;
    const self: Promise<WorkResults> = opened.then(
      () => {
        Reflect.deleteProperty(this, 'then');
        return this;
      },
      (error: unknown) => {
        if (awaited) this.on('error', () => {}); // whoever awaits is told by the rejection
        this.destroy(error as Error);
        throw error;
      },
    );
    self.catch(() => {});
    // oxlint-disable-next-line unicorn/no-thenable -- it stops being one when it settles
    Object.defineProperty(this, 'then', {
      configurable: true,
      value: (...handlers: Parameters<typeof self.then>) => {
        awaited = true;
        return self.then(...handlers);
      },
    });
  }

  /** Asks for the results; from then on the caller's bounds hold for the whole stream. */
  async #run(): Promise<void> {
    const opened = withResolvers<void>();
    void limited(`work results ${this.unitId}`, this.#options, 0, async ({ signal }) => {
      const whole = AbortSignal.any([signal, this.#over.signal]);
      const header = await limited('work results', { signal: whole }, defaultTimeouts.work, async (step) => {
        const line = this.#command();
        const session = await this.#source.open(step.signal);
        step.begin();
        const answer = await session.request(line, step.signal);
        if (answer.startsWith('Streaming results')) return session.detach();
        const error = new ControlError('protocol', `The answer to "work results" is ${JSON.stringify(answer.slice(0, 200))}.`, {
          nextStep: 'Check the version of receptor.',
        });
        session.destroy(error);
        throw error;
      });
      this.#follow(header.stream, header.rest);
      opened.resolve();
      await new Promise<void>((resolve) => {
        this.once('close', resolve);
        whole.addEventListener('abort', () => this.destroy(whole.reason as Error), { once: true });
      });
    }).catch((error: unknown) => opened.reject(error as Error));
    await opened.promise;
  }

  #command(): Parameters<Session['request']>[0] {
    checkUnitId(this.unitId);
    if (!Number.isSafeInteger(this.startPos) || this.startPos < 0) {
      throw invalidArgument(
        `startPos must be a whole number from 0 on, not ${String(this.startPos)}.`,
        'Give the offset of the first byte wanted.',
      );
    }
    return jsonCommand('work results', { unitid: this.unitId, startpos: this.startPos, signature: this.#options.signature });
  }

  #follow(stream: Duplex, rest: Buffer): void {
    this.#stream = stream;
    let cause: Error | undefined;
    stream.on('error', (error) => (cause = error));
    stream.on('data', (chunk: Buffer) => this.#deliver(chunk));
    stream.once('end', () => void this.#check(cause));
    stream.once('close', () => void this.#check(cause));
    // Newer daemons end the stream only for a client that has ended its side.
    halfClose(stream);
    if (rest.length > 0) this.#deliver(rest);
    if (this.#wanted) stream.resume();
    this.#timer = setInterval(() => void this.#look(), pollInterval);
  }

  #deliver(chunk: Buffer): void {
    this.#active = true;
    this.#pushed += chunk.length;
    if (this.push(chunk)) return;
    this.#wanted = false;
    this.#stream?.pause();
  }

  /** Once a second: asks for the unit's state when nothing came though it was wanted. */
  async #look(): Promise<void> {
    if (this.#active || this.#looking || this.#finishing || !this.#wanted) {
      this.#active = false;
      return;
    }
    this.#looking = true;
    const before = this.#pushed;
    try {
      const status = await this.#status();
      if (this.#finishing || before !== this.#pushed) {
        this.#silent = { looks: 0, failures: 0 };
        return;
      }
      this.#silent.failures = 0;
      this.#judgeSilence(status);
    } catch (error) {
      if (this.destroyed || this.#finishing) return;
      if (isUnknownUnit(error)) this.#gone();
      else if (++this.#silent.failures >= mostFailedPolls) this.#cut('no data comes and the unit can not be asked for', error);
    } finally {
      this.#looking = false;
    }
  }

  #judgeSilence(status: UnitStatus): void {
    if (!isFinal(status)) {
      this.#silent.looks = 0;
      return;
    }
    // Once is no proof: bytes may be on their way. All there are two looks apart, or missing for too long, is.
    const looks = ++this.#silent.looks;
    if (this.#pushed + this.startPos >= status.StdoutSize) {
      if (looks >= 2) this.#finish();
    } else if (looks * pollInterval >= (this.#options.stallTimeout ?? defaultStallTimeout)) {
      this.#cut('the unit has ended, but no more of its output comes');
    }
  }

  /** The daemon's end of the stream: is it the end of the output? */
  async #check(cause: Error | undefined): Promise<void> {
    if (this.#finishing || this.destroyed) return;
    this.#finishing = true;
    clearInterval(this.#timer);
    try {
      const status = await this.#status();
      if (isFinal(status) && this.startPos + this.#pushed >= status.StdoutSize) this.#finish();
      else this.#cut(isFinal(status) ? 'the stream ended early' : 'the connection broke while the unit goes on', cause);
    } catch (error) {
      if (this.destroyed) return;
      if (isUnknownUnit(error)) this.#gone();
      else this.#cut('the connection broke and the unit can not be asked for', error);
    }
  }

  /** The unit's status. One question at a time: a stream may end while a look at it is under way. */
  async #status(): Promise<UnitStatus> {
    const status = this.#asked.then(() => this.#ask());
    this.#asked = status.catch(() => {});
    return await status;
  }

  /** Asks on a connection kept for this. */
  async #ask(): Promise<UnitStatus> {
    return await limited('work status', { signal: this.#over.signal }, defaultTimeouts.work, async (limit) => {
      const { signal } = limit;
      if (this.#watcher?.usable !== true) {
        this.#watcher = await this.#source.open(signal);
        if (this.destroyed) this.#watcher.stream.destroy();
      }
      limit.begin();
      const line = await this.#watcher.request(jsonCommand('work status', { unitid: this.unitId }), signal);
      const status = replyShape.unit(parseReply('work status', line, () => {}));
      this.endStatus = status;
      return status;
    });
  }

  #finish(): void {
    this.#finishing = true;
    clearInterval(this.#timer);
    this.#stream?.destroy();
    this.#watcher?.stream.destroy();
    this.push(null);
  }

  #gone(): void {
    const last = this.endStatus;
    if (last !== undefined && isFinal(last) && this.startPos + this.#pushed >= last.StdoutSize) return this.#finish();
    return this.#fail(
      'unit-gone',
      'the unit was released meanwhile, so whether this was all of its output is not known',
      'Take what came as it is: the unit can not be asked for any more.',
    );
  }

  #cut(why: string, cause?: unknown): void {
    this.#fail('results-cut', why, `Go on with getWorkResults(${JSON.stringify(this.unitId)}, { startPos: ${this.position} }).`, cause);
  }

  #fail(code: 'results-cut' | 'unit-gone', why: string, nextStep: string, cause?: unknown): void {
    this.#finishing = true;
    const { unitId, startPos, received, position } = this;
    const expected = this.endStatus?.StdoutSize;
    const of = expected === undefined ? '' : ` of ${expected}`;
    this.destroy(
      new ResultsError(
        code,
        `The results of unit ${unitId} broke off at byte ${position}${of}: ${why}.`,
        { unitId, startPos, received, position, expected },
        { nextStep, cause },
      ),
    );
  }
}

const isUnknownUnit = (error: unknown): boolean => error instanceof CommandRefusedError && /unknown work unit/i.test(error.daemonText);
