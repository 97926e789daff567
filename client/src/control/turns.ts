import { ControlError } from './errors.ts';

/** More calls than this waiting at once are a mistake of the caller, and would be a queue without end. */
const mostWaiting = 4096;

/** Lets one call at a time have the connection, in the order in which they came. */
export class Turns {
  #taken = false;
  readonly #waiting = new Set<() => void>();

  /**
   * Waits for the turn; the function it gives must be called, once, at its end.
   * @throws ControlError `queue-full`, or the reason of `signal`
   */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#taken) {
      if (this.#waiting.size >= mostWaiting) {
        throw new ControlError('queue-full', `${mostWaiting} calls wait for this connection already.`, {
          nextStep: 'Wait for some of them before making more.',
        });
      }
      await new Promise<void>((resolve, reject) => {
        const go = (): void => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        };
        const onAbort = (): void => {
          this.#waiting.delete(go);
          reject(signal.reason as Error);
        };
        this.#waiting.add(go);
        signal.addEventListener('abort', onAbort, { once: true });
      });
    }
    this.#taken = true;
    return () => {
      const [next] = this.#waiting;
      this.#taken = next !== undefined;
      if (next === undefined) return;
      this.#waiting.delete(next);
      next();
    };
  }
}
