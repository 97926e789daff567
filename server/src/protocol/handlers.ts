/** The one wrapper that every message passes: cancellation, errors, timing. */
import { ResponseError, type CancellationToken, type MessageConnection } from 'vscode-jsonrpc/node';
import { UserError } from './user-error.ts';

/** Slower than this is worth a line in the log. */
const slowMs = 250;

const messageTypes = { error: 1, warning: 2, info: 3 } as const;
/** LSP's answer to a request that its client took back. */
export const cancelled = { code: -32_800, message: 'The request was cancelled.' } as const;
const internalError = -32_603;
const requestFailed = -32_803;

export class Handlers {
  readonly #connection: MessageConnection;

  constructor(connection: MessageConnection) {
    this.#connection = connection;
  }

  /** Answers a request. `undefined` becomes null, LSP's "nothing". */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names what LSP says of the method
  request<P>(method: string, answer: (params: P, token: CancellationToken) => unknown): void {
    this.#connection.onRequest(method, (...received: [params: P, token: CancellationToken] | [token: CancellationToken]) => {
      // What comes without params, as `shutdown` does, has its token alone.
      const [params, token] = received.length === 1 ? [undefined as P, received[0]] : received;
      if (token.isCancellationRequested) return new ResponseError(cancelled.code, cancelled.message);
      const start = performance.now();
      try {
        return answer(params, token) ?? null;
      } catch (error) {
        if (UserError.is(error)) return new ResponseError(requestFailed, error.message);
        this.#failed(method, error);
        return new ResponseError(internalError, `${method} failed; the log of the Receptor language server has the place.`);
      } finally {
        this.#timed(method, start);
      }
    });
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names what LSP says of the method
  notification<P>(method: string, take: (params: P) => void): void {
    this.#connection.onNotification(method, (params: P) => {
      const start = performance.now();
      try {
        take(params);
      } catch (error) {
        this.#failed(method, error);
      } finally {
        this.#timed(method, start);
      }
    });
  }

  log(type: keyof typeof messageTypes, message: string): void {
    void this.#connection.sendNotification('window/logMessage', { type: messageTypes[type], message }).catch(() => undefined);
  }

  /** Names the place, never the message: that could quote the user's file. */
  #failed(method: string, error: unknown): void {
    const stack = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
    const name = error instanceof Error ? error.name : typeof error;
    this.log('error', [`${method} failed: ${name}`, ...stack.slice(0, 12)].join('\n'));
  }

  #timed(method: string, start: number): void {
    const ms = performance.now() - start;
    if (ms > slowMs) this.log('warning', `${method} took ${Math.round(ms)} ms`);
  }
}
