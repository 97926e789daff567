/** The results of one unit, as the follower wants them, out of a control client. */
import type { ResultsSource } from './follow.ts';
import type { WorkControl } from './submit.ts';

/**
 * @param control gives the connection of the moment: after a reconnect it may be another object
 * @param signature for units that demand one
 */
export function resultsOf(
  control: () => Promise<Pick<WorkControl, 'getWorkResults' | 'workStatus'>>,
  unitId: string,
  signature?: string,
): ResultsSource {
  return {
    open: async (offset, signal) => {
      const client = await control();
      // When a silent stream is given up, is the follower's decision.
      const results = await client.getWorkResults(unitId, { startPos: offset, signal, signature, stallTimeout: Infinity });
      return results;
    },
    status: async (signal) => (await control()).workStatus(unitId, { signal }),
  };
}
