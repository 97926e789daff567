import type { Duplex } from 'node:stream';
import { readBanner } from './banner.ts';
import type { BannerSettings } from './banner.ts';
import { CommandRefusedError, ControlError } from './errors.ts';
import { explain } from './explain.ts';
import { streamFailure } from './failures.ts';
import { LineReader, StreamEnded } from './lines.ts';
import type { StreamFactory, TraceEvent } from './types.ts';

const longestTrace = 2_000;

/** What all sessions of one ReceptorControl share. */
export interface SessionSettings extends BannerSettings {
  maxLineLength: number;
  trace: ((event: TraceEvent) => void) | undefined;
  /** Number of the next session in the trace. */
  next(): number;
}

/** One line to send, and how it may be shown. */
export interface Command {
  /** For messages, e.g. `work status`. */
  name: string;
  /** Without its newline. */
  line: string;
  /** For the trace, when the line has secrets. */
  shown?: string;
}

/**
 * One connection to a control service, from its banner on: one command in flight, one line per answer. After a refusal,
 * an abort or anything unexpected it is destroyed, since nothing tells then where the next answer would begin.
 */
export class Session {
  readonly nodeId: string;
  readonly stream: Duplex;
  readonly #reader: LineReader;
  readonly #settings: SessionSettings;
  readonly #number: number;
  #destroyed: Error | undefined;

  private constructor(nodeId: string, stream: Duplex, reader: LineReader, settings: SessionSettings, number: number) {
    this.nodeId = nodeId;
    this.stream = stream;
    this.#reader = reader;
    this.#settings = settings;
    this.#number = number;
  }

  /**
   * Opens a stream and waits for its banner.
   * @throws ControlError of any class that keeps one from being connected; the reason of `signal`
   */
  static async open(factory: StreamFactory, settings: SessionSettings, signal: AbortSignal): Promise<Session> {
    return await Session.greeted(await factory.open(signal), factory, settings, signal);
  }

  /** Waits for the banner of a stream that `factory` has opened. */
  static async greeted(stream: Duplex, factory: StreamFactory, settings: SessionSettings, signal: AbortSignal): Promise<Session> {
    stream.on('error', ignore); // told by whoever reads; an error after that has no listener, and nobody to tell
    const reader = new LineReader(stream);
    const number = settings.next();
    try {
      const nodeId = await readBanner(factory, reader, settings, signal);
      settings.trace?.({ connection: number, direction: 'open', text: `node ${nodeId}` });
      return new Session(nodeId, stream, reader, settings, number);
    } catch (error) {
      stream.destroy();
      throw error;
    }
  }

  get usable(): boolean {
    return this.#destroyed === undefined && !this.#reader.ended;
  }

  /**
   * Sends one command and gives the first line of its answer.
   * @throws CommandRefusedError, ControlError `daemon-gone` and `line-too-long`, the reason of `signal`
   */
  async request(command: Command, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    this.#trace('sent', command.shown ?? command.line);
    this.stream.write(`${command.line}\n`);
    return await this.answer(command.name, signal);
  }

  /** Gives the next line, as `request` does, for the commands that answer more than once. */
  async answer(name: string, signal: AbortSignal): Promise<string> {
    let text: string;
    try {
      text = (await this.#reader.line(signal, { maxLength: this.#settings.maxLineLength })).toString('utf8');
    } catch (error) {
      if (this.#destroyed !== undefined) throw this.#destroyed;
      const told = error instanceof StreamEnded ? streamFailure(name, error) : (error as Error);
      this.destroy(told);
      throw told;
    }
    if (text.endsWith('\r')) text = text.slice(0, -1);
    this.#trace('received', text);
    if (!text.startsWith('ERROR:')) return text;
    const daemonText = text.slice('ERROR:'.length).trim();
    const refused = new CommandRefusedError(name, daemonText, { nextStep: explain(daemonText) });
    this.destroy(refused);
    throw refused;
  }

  /** Waits for the next command: notices when the daemon goes, and drops a connection on which it speaks unasked. */
  rest(onLost: (error: ControlError) => void): void {
    this.#reader.watch((reason) => {
      if (this.#destroyed !== undefined) return;
      const error =
        reason === 'ended'
          ? streamFailure(undefined, new StreamEnded(Buffer.alloc(0)))
          : new ControlError('protocol', 'receptor sent something that it was not asked for.', {
              nextStep: 'Nothing: the next command uses a new connection.',
            });
      this.destroy(error);
      onLost(error);
    });
  }

  /** The raw stream, paused, and what was already read of it; the session is over, and errors are the taker's to hear. */
  detach(): { stream: Duplex; rest: Buffer } {
    const rest = this.#reader.detach();
    this.stream.off('error', ignore);
    return { stream: this.stream, rest };
  }

  /** Ends the connection; what waits on it fails with `why`. */
  destroy(why: Error): void {
    if (this.#destroyed !== undefined) return;
    this.#destroyed = why;
    this.#trace('close', why.message);
    this.stream.destroy();
  }

  #trace(direction: TraceEvent['direction'], text: string): void {
    this.#settings.trace?.({
      connection: this.#number,
      direction,
      text: text.length > longestTrace ? `${text.slice(0, longestTrace)}…` : text,
    });
  }
}

const ignore = (): void => {};
