import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MeshSnapshot, StatusReply } from '../../../../client/src/mesh/types.ts';
import { MeshFeed } from '../../../../client/src/views/feed.ts';
import { freshSnapshot, recentSnapshot } from '../../../../client/src/views/work/freshSnapshot.ts';

describe('the picture that a question begins with', () => {
  let asked: number;
  let answer: () => Promise<StatusReply>;
  let feed: MeshFeed;
  const routes = (snapshot: MeshSnapshot): string[] => [...snapshot.nodes.keys()].sort();

  beforeEach(() => {
    vi.useFakeTimers();
    asked = 0;
    answer = async () => Promise.resolve({ NodeID: 'foo' });
    feed = new MeshFeed(
      async () => {
        asked++;
        return answer();
      },
      () => 60_000,
    );
  });
  afterEach(() => {
    feed.dispose();
    vi.useRealTimers();
  });

  it('is asked for when there is none, and shared while it is fresh', async () => {
    expect(freshSnapshot(feed)).toBeUndefined();
    expect(routes(await recentSnapshot(feed))).toEqual(['foo']);
    await recentSnapshot(feed);
    expect(asked).toBe(1);
  });

  it('is taken anew when it is old, also while no view looks', async () => {
    await recentSnapshot(feed);
    answer = async () => Promise.resolve({ NodeID: 'foo', RoutingTable: { bar: 'bar' } });
    vi.setSystemTime(Date.now() + 10_001);
    expect(freshSnapshot(feed)).toBeUndefined();
    expect(routes(await recentSnapshot(feed))).toEqual(['bar', 'foo']);
  });

  it('is the old one when the node fails or does not answer soon', async () => {
    const old = await recentSnapshot(feed);
    vi.setSystemTime(Date.now() + 10_001);
    answer = async () => Promise.reject(new Error('gone'));
    expect(await recentSnapshot(feed)).toBe(old);
    answer = async () => new Promise(() => {});
    const waiting = recentSnapshot(feed);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await waiting).toBe(old);
  });

  it('fails when there was never one', async () => {
    answer = async () => Promise.reject(new Error('gone'));
    await expect(recentSnapshot(feed)).rejects.toThrow('gone');
  });
});
