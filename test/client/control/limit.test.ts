import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { sleep } from '../../../client/src/control/limit.ts';

test('a pause ends by itself or by its signal, and leaves no listener behind', async () => {
  const abort = new AbortController();
  await sleep(1, abort.signal);
  expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  const long = sleep(1e6, abort.signal);
  abort.abort();
  await long;
  expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  await sleep(1e6, abort.signal);
});
