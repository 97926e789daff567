import { ControlError } from './errors.ts';
import type { CallOptions } from './types.ts';

/** How long the daemon may take for each kind of call, in milliseconds, when the caller says nothing. */
export const defaultTimeouts = {
  connect: 5_000,
  banner: 10_000,
  status: 10_000,
  /** The daemon itself gives up a ping after 10 s. */
  ping: 12_000,
  traceroute: 60_000,
  reload: 30_000,
  /** A dial over the mesh takes up to 30 s to fail. */
  connectToService: 40_000,
  work: 10_000,
  /** From the last byte of the payload to the reply; more for large payloads, which travel on to the remote node first. */
  submitReply: 60_000,
  cancel: 60_000,
  simple: 60_000,
} as const;

/** Node's timers take no longer time than this; what is longer is no limit. */
const longestTimer = 2 ** 31 - 1;

/** The bounds of one call: inner steps wait on `signal`, whose reason is the error that the call ends with. */
export interface Limit {
  readonly signal: AbortSignal;
  /** Starts the clock of the default timeout; without effect when the caller gave one, whose clock runs from the start. */
  readonly begin: () => void;
}

/** The error of a call whose signal aborted; the reason itself when an outer call of ours set it. */
const reasonOf = (what: string, signal: AbortSignal): Error =>
  signal.reason instanceof ControlError ? signal.reason : abortedError(what, signal.reason);

export const abortedError = (what: string, reason: unknown, unitId?: string): ControlError =>
  new ControlError('aborted', `${what} was aborted.`, { nextStep: 'Nothing: the caller wanted it so.', cause: reason, unitId });

/**
 * Runs one call within its caller's signal and timeout.
 * @param what names the call in messages
 * @throws ControlError `aborted`, `timeout`, or `invalid-argument` for a timeout that is no number
 */
export async function limited<T>(what: string, options: CallOptions, defaultMs: number, run: (limit: Limit) => Promise<T>): Promise<T> {
  const { signal, timeout } = options;
  if (timeout !== undefined && !(typeof timeout === 'number' && timeout >= 0)) {
    throw new ControlError('invalid-argument', `The timeout of ${what} must be a number of milliseconds, not ${String(timeout)}.`, {
      nextStep: 'Give milliseconds, or 0 for no limit.',
    });
  }
  if (signal?.aborted) throw reasonOf(what, signal);
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const startClock = (ms: number): void => {
    if (timer !== undefined || ms === 0 || ms > longestTimer) return;
    timer = setTimeout(() => {
      controller.abort(
        new ControlError('timeout', `${what} took longer than ${ms} ms.`, { nextStep: 'Try again, or allow it more time with `timeout`.' }),
      );
    }, ms);
  };
  const onAbort = (): void => {
    if (signal !== undefined) controller.abort(reasonOf(what, signal));
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  if (timeout !== undefined) startClock(timeout);
  try {
    return await run({
      signal: controller.signal,
      begin: () => {
        if (timeout === undefined) startClock(defaultMs);
      },
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Rejects with the signal's reason when it aborts; for steps that have no abort of their own. The step goes on unheard. */
export async function orAborted<T>(signal: AbortSignal, step: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = withResolvers<never>();
  const onAbort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([step, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Resolves after `ms`, or at once when `signal` aborts. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish, { once: true });
  });
}

/** `Promise.withResolvers`, which Node 20 does not have. */
export function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
