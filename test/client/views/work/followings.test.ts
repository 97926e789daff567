import { expect, test } from 'vitest';
import type { Connection } from '../../../../client/src/views/connection.ts';
import { Followings } from '../../../../client/src/views/work/followings.ts';
import { WorkHost } from '../../../../client/src/views/work/hosts.ts';

const host = (kind: 'up' | 'closed', use: () => unknown): WorkHost =>
  new WorkHost({ name: 'foo', nodeId: 'foo', state: { kind }, use } as unknown as Connection);

test('what is followed after the disconnect says so, and does not try for ever', async () => {
  // The message that offers it, or the question where to save, may have stood there for long.
  const following = new Followings().start(
    host('closed', () => undefined),
    'x',
    { write: () => undefined },
    { backOff: { first: 1, most: 1 } },
  );
  const late = setTimeout(() => following.stop(), 1_000);
  await expect(following.done).rejects.toThrow('foo was disconnected.');
  clearTimeout(late);
});

test('what the disconnect breaks off is stopped', async () => {
  let state = { kind: 'up' };
  const connection = {
    name: 'foo',
    nodeId: 'foo',
    get state() {
      return state;
    },
    use: () => new Promise(() => undefined),
  };
  const followings = new Followings();
  const following = followings.start(new WorkHost(connection as unknown as Connection), 'x', { write: () => undefined });
  await new Promise(setImmediate);
  state = { kind: 'closed' };
  followings.stopClosed();
  expect(await Promise.race([following.done, new Promise((resolve) => setTimeout(resolve, 500))])).toMatchObject({ reason: 'stopped' });
});
