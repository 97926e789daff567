/** Bounded waits: each ends by itself or by its signal, and leaves no listener behind. */

/** Milliseconds before attempt `attempt` (counted from 1): doubling up to `most`, less up to a half at random. */
export function backOff(attempt: number, first: number, most: number, random: () => number = Math.random): number {
  const full = Math.min(most, first * 2 ** Math.min(attempt - 1, 30));
  return Math.round(full / 2 + (full / 2) * random());
}

/** Runs `step` with a signal that aborts with `parent` or after `ms`; rejects then even when the step does not listen. */
export async function bounded<T>(parent: AbortSignal, ms: number, step: (signal: AbortSignal) => Promise<T>): Promise<T> {
  parent.throwIfAborted();
  const control = new AbortController();
  const { signal } = control;
  const onAbort = (): void => control.abort(parent.reason);
  parent.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => control.abort(new Error(`no answer within ${ms} ms`)), ms);
  try {
    return await new Promise<T>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      step(signal).then(resolve, reject);
    });
  } finally {
    clearTimeout(timer);
    parent.removeEventListener('abort', onAbort);
  }
}
