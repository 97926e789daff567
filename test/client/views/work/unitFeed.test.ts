import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { UnitStatus } from '../../../../client/src/control/types.ts';
import { UnitTimes } from '../../../../client/src/work/times.ts';
import type { WorkHost } from '../../../../client/src/views/work/hosts.ts';
import { UnitFeed } from '../../../../client/src/views/work/unitFeed.ts';
import { lost, unitStatus, unknownUnit } from '../../work/simulated.ts';

describe('the units of a node', () => {
  const idleMs = 5_000;
  let asked: number;
  let answer: () => Promise<Record<string, UnitStatus>>;
  let feed: UnitFeed;

  beforeEach(() => {
    vi.useFakeTimers();
    asked = 0;
    answer = async () => Promise.resolve({});
    const host = {
      nodeId: 'foo',
      remote: undefined,
      connection: { feed: { snapshot: undefined } },
      use: async (work: (control: unknown) => Promise<unknown>) =>
        work({
          workList: async () => {
            asked++;
            return answer();
          },
        }),
    } as unknown as WorkHost;
    feed = new UnitFeed(
      host,
      new UnitTimes(),
      () => {},
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
