/** Long work in slices, so that a process with other things to do never waits long for it. */

/** Work that may pause wherever it yields. */
export type Steps<T> = Generator<void, T, void>;

/** Milliseconds after which a slice ends at the next step. */
const longestSlice = 12;

/** By a timer, which the webview of the topology has too. */
const nextTurn = async (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** Does it without a pause. */
export function atOnce<T>(steps: Steps<T>): T {
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

/**
 * Does it in slices, and lets everything else that waits run in between.
 * @throws what the work throws; the reason of `signal`
 */
export async function inSlices<T>(steps: Steps<T>, signal?: AbortSignal): Promise<T> {
  for (let began = performance.now(); ;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - began < longestSlice) continue;
    await nextTurn();
    signal?.throwIfAborted();
    began = performance.now();
  }
}
