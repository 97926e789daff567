// The other end of `test/harness/vscode-host/hand.ts`.
import type { Hand } from '../harness/vscode-host/hand.ts';

/** Does at the window what a test can't do through the API. Each rejects with what was not there in time. */
export const hand = new Proxy({} as Hand, {
  get:
    (_, method: string) =>
    async (...args: string[]): Promise<unknown> => {
      const response = await fetch(process.env['RECEPTOR_TEST_HAND']!, { method: 'POST', body: JSON.stringify({ method, args }) });
      const answer = (await response.json()) as { value?: unknown; error?: string };
      if (answer.error !== undefined) throw new Error(`${method}(${args.join(', ')}): ${answer.error}`);
      return answer.value;
    },
});
