import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { jsonCommand, invalidArgument } from './commands.ts';
import { CommandRefusedError, ControlError } from './errors.ts';
import { defaultTimeouts, limited, orAborted, withResolvers } from './limit.ts';
import { parseReply, replyShape } from './replies.ts';
import { abandon } from './sockets.ts';
import type { Command, Session } from './session.ts';
import type { Payload, SubmitResult } from './types.ts';

/** A payload travels on to the remote node before the reply: allow for a link as slow as this. */
const slowestBytesPerMs = 1024;
/** The daemon writes what it gets to disk; when it takes nothing for this long it does not work any more. */
const longestStall = 60_000;
/** Bytes that are given to the stream at once: what it takes of more can't be seen. */
const longestPiece = 1024 * 1024;
/** Cleaning up must not keep the caller waiting for its error: for the id of a unit that may be there, and to release it. */
const idTimeout = 1_000;
const releaseTimeout = 5_000;

/** The reply is awaited as long as the connection stands: ending the wait would end the upload, and so start the unit. */
const never = new AbortController().signal;

export interface Submission {
  command: Command;
  payload: Payload | undefined;
  /** For releasing a unit that demands signatures. */
  signature: string | undefined;
  /** Whether the caller gave a timeout, which replaces those of the steps. */
  ownTimeout: boolean;
  signal: AbortSignal;
  open(): Promise<Session>;
  /** Sends one command on a connection of its own, whatever became of the caller's limit. */
  ask(command: Command, timeout: number): Promise<unknown>;
}

/** What is known when a submission fails, to say it and to clean up. */
interface Progress {
  unitId: string | undefined;
  /** The daemon was asked: its answer has the id. */
  created: Promise<string> | undefined;
  sent: number;
  complete: boolean;
  /** The failure is the payload's own. */
  payloadError: unknown;
}

/** Submits one piece of work; see ReceptorControl.submitWork for what it promises. */
export async function submit(job: Submission): Promise<SubmitResult> {
  const { command, signal } = job;
  const payload = startOf(job.payload);
  const progress: Progress = { unitId: undefined, created: undefined, sent: 0, complete: false, payloadError: undefined };
  let session: Session | undefined;
  try {
    // A file that can't be opened must fail before there is a unit.
    await payload.ready(signal).catch((error: unknown) => {
      progress.payloadError = error;
      throw error;
    });
    const opened = await job.open();
    session = opened;
    const gone = new AbortController();
    const whole = AbortSignal.any([signal, gone.signal]);
    const step = <T>(ms: number, run: (signal: AbortSignal) => Promise<T>): Promise<T> =>
      limited('work submit', { signal: whole, timeout: job.ownTimeout ? 0 : ms }, 0, (inner) => run(inner.signal));
    progress.created = opened.request(command, never).then((line) => idIn(line, opened));
    progress.created.catch(() => {});
    const { created } = progress;
    progress.unitId = await step(defaultTimeouts.submitReply, (inner) => orAborted(inner, created));
    // Read while writing: a daemon that gives up says so, or closes, before it has taken everything.
    const reply = opened.answer(command.name, never);
    reply.catch((error: unknown) => gone.abort(error)); // also while the payload has nothing to send
    await upload(opened.stream, payload, progress, whole, step).catch(async (error: unknown) => {
      // The daemon's own words say more than the broken pipe that followed them.
      if (!opened.usable) await reply;
      throw error;
    });
    const line = await step(defaultTimeouts.submitReply + progress.sent / slowestBytesPerMs, (inner) => orAborted(inner, reply));
    const fields = replyShape.object(
      command.name,
      parseReply(command.name, line, () => {}),
    );
    const { unitid, result } = fields as { unitid?: string; result?: string };
    return { unitId: unitid ?? progress.unitId, result: result ?? '' };
  } catch (error) {
    payload.destroy();
    throw await failure(job, session, progress, error);
  } finally {
    session?.stream.destroy();
  }
}

const idIn = (created: string, session: Session): string => {
  const unitId = /^Work unit created with ID (.+)\. Send stdin data and EOF\.$/.exec(created)?.[1];
  if (unitId !== undefined) return unitId;
  const error = new ControlError('protocol', `The answer to "work submit" is ${JSON.stringify(created.slice(0, 200))}.`, {
    nextStep: 'See workList(): a unit may have been made. Check the version of receptor.',
  });
  session.destroy(error);
  throw error;
};

async function upload(
  stream: Duplex,
  payload: StartedPayload,
  progress: Progress,
  signal: AbortSignal,
  step: <T>(ms: number, run: (signal: AbortSignal) => Promise<T>) => Promise<T>,
): Promise<void> {
  let taken = Promise.resolve();
  for (;;) {
    const chunk = await payload.next(signal).catch((error: unknown) => {
      if (!signal.aborted) progress.payloadError = error;
      throw error;
    });
    signal.throwIfAborted();
    if (chunk === undefined) break;
    for (let at = 0; at < chunk.length; at += longestPiece) {
      if (!stream.writable) throw new Error('the connection is gone');
      const piece = chunk.subarray(at, at + longestPiece);
      progress.sent += piece.length;
      const { promise, resolve } = withResolvers<void>();
      taken = promise;
      if (!stream.write(piece, () => resolve())) await step(longestStall, (inner) => drained(stream, inner));
    }
  }
  // Only then: a connection whose end waits for bytes before it can't be reset any more.
  await step(longestStall, (inner) => orAborted(inner, taken));
  if (!stream.writable) throw new Error('the connection is gone');
  progress.complete = true;
  stream.end();
}

/** Until the stream takes more. Rejects when it is gone instead. */
async function drained(stream: Duplex, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const both = AbortSignal.any([over.signal, signal]);
  try {
    await Promise.race([
      once(stream, 'drain', { signal: both }),
      once(stream, 'close', { signal: both }),
      once(stream, 'end', { signal: both }),
    ]);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    over.abort();
  }
  if (!stream.writable) throw new Error('the connection is gone');
}

/** Cleans up after a submission that failed and says what became of its unit. */
async function failure(job: Submission, session: Session | undefined, progress: Progress, error: unknown): Promise<unknown> {
  const { sent } = progress;
  const known = error instanceof ControlError ? error : undefined;
  // Given up before the daemon told the id: a unit may be there all the same, and would start when we close.
  const unitId = progress.unitId ?? (await lateId(session, progress));
  if (unitId === undefined) {
    if (session !== undefined && known?.code !== 'command-refused') abandon(session.stream);
    if (progress.payloadError === undefined) return error;
    if (known !== undefined) return known;
    return new ControlError('payload-failed', `The payload can't be read: ${messageOf(error)}. Nothing was submitted.`, {
      nextStep: 'Check the payload and submit again.',
      cause: error,
    });
  }
  if (error instanceof CommandRefusedError) {
    return new CommandRefusedError(error.command, error.daemonText, { nextStep: error.nextStep, unitId });
  }
  const aborted = known?.code === 'aborted';
  const released = progress.complete && !aborted ? undefined : await release(job, unitId);
  if (session !== undefined) abandon(session.stream);
  if (released === undefined) {
    return new ControlError(
      'submit-reply-lost',
      `The whole payload was sent for unit ${unitId}, but the daemon's reply did not come (${messageOf(error)}): the unit may run or not.`,
      { nextStep: `Ask workStatus(${JSON.stringify(unitId)}) before submitting again.`, cause: error, unitId },
    );
  }
  const unit =
    released === true
      ? `Unit ${unitId} was cancelled and released.`
      : `Unit ${unitId} could not be released (${released}): it may run on half of its input.`;
  const nextStep =
    released === true ? 'Nothing is left of it; submit again when you want.' : `Release it: releaseWork(${JSON.stringify(unitId)}).`;
  const what =
    progress.payloadError !== undefined
      ? `The payload broke off after ${sent} bytes: ${messageOf(error)}.`
      : aborted || known?.code === 'timeout'
        ? `${known?.message ?? ''} ${sent} bytes of the payload had been sent.`
        : `The connection broke after ${sent} bytes of the payload.`;
  const code = progress.payloadError !== undefined ? 'payload-failed' : (known?.code ?? 'daemon-gone');
  return new ControlError(code, `${what} ${unit}`, { nextStep, cause: known?.cause ?? error, unitId, released: released === true });
}

async function lateId(session: Session | undefined, progress: Progress): Promise<string | undefined> {
  if (progress.created === undefined || session?.usable !== true) return undefined;
  return await orAborted(AbortSignal.timeout(idTimeout), progress.created).catch(() => undefined);
}

/**
 * Deletes a unit whose payload broke off, while its upload is still open: closing first would start it. True, or why not.
 */
async function release(job: Submission, unitId: string): Promise<true | string> {
  try {
    await job.ask(jsonCommand('work release', { unitid: unitId, signature: job.signature }), releaseTimeout);
    return true;
  } catch (error) {
    return messageOf(error);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');

/** A payload that is read piece by piece. */
interface StartedPayload {
  /** Reads the first piece ahead. */
  ready(signal: AbortSignal): Promise<void>;
  /** The next piece, undefined at the end. */
  next(signal: AbortSignal): Promise<Buffer | undefined>;
  /** Lets go of a stream that is not read to its end. */
  destroy(): void;
}

function startOf(payload: Payload | undefined): StartedPayload {
  if (payload === undefined || payload === null || typeof payload === 'string' || payload instanceof Uint8Array) {
    let whole: Buffer | undefined = payload === undefined || payload === null ? undefined : bytesOf(payload);
    return {
      ready: async () => {},
      next: async () => {
        const piece = whole;
        whole = undefined;
        return piece;
      },
      destroy: () => {},
    };
  }
  if (typeof payload !== 'object' || !(Symbol.asyncIterator in payload)) {
    throw invalidArgument('The payload must be a string, bytes, or a stream.', 'Give a string, a Buffer or a Readable.');
  }
  const iterator = payload[Symbol.asyncIterator]();
  let first: Promise<IteratorResult<string | Uint8Array>> | undefined;
  return {
    ready: async (signal) => {
      first = iterator.next();
      const { done, value } = await orAborted(signal, first);
      if (done !== true) bytesOf(value);
    },
    next: async (signal) => {
      const { done, value } = await orAborted(signal, first ?? iterator.next());
      first = undefined;
      return done === true ? undefined : bytesOf(value);
    },
    destroy: () => {
      if ('destroy' in payload) {
        // A stream may fail once more while it is torn down; that failure is already told.
        payload.on('error', () => {});
        payload.destroy();
      } else void iterator.return?.()?.catch(() => {});
    },
  };
}

function bytesOf(piece: string | Uint8Array): Buffer {
  if (typeof piece === 'string') return Buffer.from(piece, 'utf8');
  if (piece instanceof Uint8Array) return Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  throw invalidArgument('The payload stream gave something that is neither text nor bytes.', 'Give a stream of strings or Buffers.');
}
