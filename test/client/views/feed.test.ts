import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { longestPauseMs, MeshFeed } from '../../../client/src/views/feed.ts';

describe('a feed that is watched', () => {
  let feed: MeshFeed;
  let times: number[];
  let answers: boolean;
  let tookMs: number;

  beforeEach(() => {
    vi.useFakeTimers();
    [times, answers, tookMs] = [[], true, 0];
    feed = new MeshFeed(
      async () => {
        times.push(Date.now());
        if (tookMs > 0) await new Promise((resolve) => setTimeout(resolve, tookMs));
        if (!answers) throw new Error('no');
        return { NodeID: 'foo' };
      },
      () => 5000,
    );
  });
  afterEach(() => {
    feed.dispose();
    vi.useRealTimers();
  });

  const pauses = (): number[] => times.slice(1).map((time, at) => time - times[at]!);

  test('asks every five seconds', async () => {
    feed.watch();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(pauses()).toEqual([5000, 5000, 5000]);
  });

  test('asks more and more rarely while nothing answers, and as before once something does', async () => {
    answers = false;
    feed.watch();
    await vi.advanceTimersByTimeAsync(5000 + 5000 + 10_000 + 20_000 + 40_000 + 2 * longestPauseMs);
    expect(pauses()).toEqual([5000, 10_000, 20_000, 40_000, longestPauseMs, longestPauseMs]);
    answers = true;
    times.length = 0;
    feed.resume();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(pauses()).toEqual([5000, 5000]);
  });

  test('leaves a node that answers slowly alone for ten times as long', async () => {
    tookMs = 2000;
    feed.watch();
    await vi.advanceTimersByTimeAsync(45_000);
    expect(pauses()).toEqual([22_000, 22_000]);
  });
});
