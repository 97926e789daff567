import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withResolvers } from '../../../../client/src/control/limit.ts';
import type { UnitStatus } from '../../../../client/src/control/types.ts';
import { UnitTimes } from '../../../../client/src/work/times.ts';
import type { ConnectionState } from '../../../../client/src/views/connection.ts';
import { Signal } from '../../../../client/src/views/signal.ts';
import type { WorkHost } from '../../../../client/src/views/work/hosts.ts';
import { UnitFeed } from '../../../../client/src/views/work/unitFeed.ts';
import { lost, unitStatus, unknownUnit } from '../../work/simulated.ts';

describe('the units of a node', () => {
  const idleMs = 5_000;
  let asked: number;
  let answer: () => Promise<Record<string, UnitStatus>>;
  let feed: UnitFeed;
  /** Of the mesh: as far as a feed looks at it. */
  let mesh: { snapshot: { nodes: Map<string, { state: string }> } | undefined };

  let connected: Signal<ConnectionState>;

  beforeEach(() => {
    vi.useFakeTimers();
    asked = 0;
    connected = new Signal();
    mesh = { snapshot: undefined };
    answer = async () => Promise.resolve({});
    const host = {
      nodeId: 'foo',
      remote: undefined,
      connection: { feed: mesh, onDidChange: connected },
      use: async (work: (control: unknown) => Promise<unknown>) =>
        work({
          workList: async () => {
            asked++;
            return answer();
          },
        }),
    } as unknown as WorkHost;
    const times = new UnitTimes();
    feed = new UnitFeed(
      host,
      times,
      (nodeId, list) => void times.note(nodeId, list, Date.now()),
      () => idleMs,
    );
  });
  afterEach(() => {
    feed.dispose();
    vi.useRealTimers();
  });

  const askedIn = async (ms: number): Promise<number> => {
    const before = asked;
    await vi.advanceTimersByTimeAsync(ms);
    return asked - before;
  };

  it('are asked for every second while one runs, seldom otherwise, and never when nobody looks', async () => {
    expect(await askedIn(60_000)).toBe(0);
    feed.watch();
    expect(await askedIn(20_000)).toBe(5);
    answer = async () => Promise.resolve({ a: unitStatus(1, 0), b: unitStatus(2, 0) });
    await feed.refresh();
    expect(await askedIn(20_000)).toBe(20);
    answer = async () => Promise.resolve({ a: unitStatus(2, 0), b: unitStatus(2, 0) });
    await feed.refresh();
    expect(await askedIn(20_000)).toBe(4);
    feed.unwatch();
    expect(await askedIn(600_000)).toBe(0);
  });

  it('cost a node that is slow to list them a tenth of its time, yet are not forgotten', async () => {
    feed.watch();
    const slow = (ms: number) => async (): Promise<Record<string, UnitStatus>> => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return { a: unitStatus(1, 0) };
    };
    answer = slow(1_000);
    expect(await askedIn(109_000)).toBe(10);
    answer = slow(30_000);
    expect(await askedIn(900_000)).toBe(10);
  });

  it('are asked for less and less while the node does not answer, and keep what was known', async () => {
    feed.watch();
    answer = async () => Promise.resolve({ a: unitStatus(1, 0) });
    await feed.refresh();
    answer = async () => Promise.reject(lost());
    expect(await askedIn(60_000)).toBe(4); // after 1, 5, 10 and 20 s
    expect(feed.error).toBeDefined();
    expect(feed.units.map(({ id }) => id)).toEqual(['a']);
    expect(await askedIn(600_000)).toBeLessThan(12);
  });

  it('are asked for at once when the connection is back, where somebody looks', async () => {
    answer = async () => Promise.reject(lost());
    feed.watch();
    await askedIn(600_000);
    answer = async () => Promise.resolve({});
    connected.emit({ kind: 'down', since: 0, error: lost(), nextTryAt: 0 });
    expect(await askedIn(0)).toBe(0);
    connected.emit({ kind: 'up', since: 0, nodeId: 'foo' });
    expect(await askedIn(0)).toBe(1);
    expect(feed.error).toBeUndefined();
    connected.emit({ kind: 'up', since: 0, nodeId: 'foo' }); // its version was learned
    expect(await askedIn(0)).toBe(0);
    feed.unwatch();
    await feed.refresh().catch(() => undefined);
    connected.emit({ kind: 'up', since: 0, nodeId: 'foo' });
    expect(await askedIn(0)).toBe(0);
  });

  it('are no orphans because their node was away for long: only when it has been back for long', async () => {
    const ExtraData = { RemoteNode: 'bar', RemoteStarted: false };
    answer = async () => Promise.resolve({ a: unitStatus(0, 0, { WorkType: 'remote', ExtraData }) });
    const orphan = async (state: string): Promise<string | undefined> => {
      mesh.snapshot = { nodes: new Map([['bar', { state }]]) };
      return (await feed.refresh())[0]?.orphan;
    };
    expect(await orphan('direct')).toBeUndefined();
    expect(await orphan('unreachable')).toBe('node-gone');
    await vi.advanceTimersByTimeAsync(180_000);
    expect(await orphan('reachable')).toBeUndefined();
    await vi.advanceTimersByTimeAsync(180_000);
    expect(await orphan('direct')).toBe('retry-dead');
  });

  it('do not come back with an answer to what was asked before they were released', async () => {
    const { promise, resolve } = withResolvers<Record<string, UnitStatus>>();
    answer = async () => promise;
    const asking = feed.refresh();
    feed.forget('a');
    resolve({ a: unitStatus(2, 0), b: unitStatus(2, 0) });
    expect((await asking).map(({ id }) => id)).toEqual(['b']);
    expect(feed.statusOf('a')).toBeUndefined();
  });

  it('are asked for once more when one of them was released during the answer', async () => {
    let first = true;
    answer = async () => {
      if (!first) return Promise.resolve({ b: unitStatus(1, 0) });
      first = false;
      return Promise.reject(unknownUnit());
    };
    expect((await feed.refresh()).map(({ id }) => id)).toEqual(['b']);
    feed.forget('b');
    expect([asked, feed.units, feed.statusOf('b')]).toEqual([2, [], undefined]);
  });
});
