import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { UnitStatus } from '../../../../client/src/control/types.ts';
import type { FollowEnd } from '../../../../client/src/work/follow.ts';
import { Endings } from '../../../../client/src/views/work/endings.ts';
import type { WorkHost } from '../../../../client/src/views/work/hosts.ts';
import { lost, unitStatus, unknownUnit } from '../../work/simulated.ts';

/** A node that answers for its units as the test says. */
class FakeHost {
  readonly nodeId = 'foo';
  up = true;
  closed = false;
  asked = 0;
  answer: () => UnitStatus = () => unitStatus(1, 0);
  use = async (work: (control: unknown) => Promise<unknown>): Promise<unknown> =>
    work({
      workStatus: async () => {
        this.asked++;
        return this.answer();
      },
    });
  get real(): WorkHost {
    return this as unknown as WorkHost;
  }
}

const succeeded: FollowEnd = { reason: 'ended', position: 7, status: unitStatus(2, 7) };

describe('the end of a unit', () => {
  let host: FakeHost;
  let endings: Endings;
  let told: [string, string | undefined, boolean][];

  beforeEach(() => {
    vi.useFakeTimers();
    host = new FakeHost();
    endings = new Endings();
    told = [];
    endings.onDidEnd.on(({ unitId, end, news }) => told.push([unitId, end.status?.StateName ?? end.reason, news]));
  });
  afterEach(() => {
    endings.dispose();
    vi.useRealTimers();
  });

  it('is news once, when it is seen by asking', async () => {
    endings.watch(host.real, 'x', 'loud');
    await vi.advanceTimersByTimeAsync(3_500);
    expect([told, host.asked]).toEqual([[], 3]);
    host.answer = () => unitStatus(3, 5);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual([['x', 'Failed', true]]);
    expect(host.asked).toBe(4);
  });

  it('is asked for ever more rarely, four times a minute at least', async () => {
    endings.watch(host.real, 'x', 'loud');
    await vi.advanceTimersByTimeAsync(3600_000);
    const before = host.asked;
    await vi.advanceTimersByTimeAsync(600_000);
    expect(host.asked - before).toBe(40);
    expect(before).toBeLessThan(300);
  });

  it('is taken from the list of a view, which saves the question', async () => {
    endings.watch(host.real, 'x', 'loud');
    for (let i = 0; i < 10; i++) {
      await vi.advanceTimersByTimeAsync(900);
      endings.note('foo', { x: unitStatus(1, 0), y: unitStatus(2, 0) });
    }
    endings.note('bar', { x: unitStatus(2, 0) }); // another node's unit of that id
    expect([told, host.asked]).toEqual([[], 0]);
    endings.note('foo', { x: unitStatus(2, 3) });
    endings.note('foo', { x: unitStatus(2, 3) });
    expect(told).toEqual([['x', 'Succeeded', true]]);
  });

  it('is told by whoever follows, once, also when several do', async () => {
    endings.watch(host.real, 'x', 'loud');
    let end!: (value: FollowEnd) => void;
    endings.follow(host.real, 'x', new Promise((resolve) => (end = resolve)));
    endings.follow(host.real, 'x', Promise.resolve(succeeded));
    endings.note('foo', { x: unitStatus(2, 7) }); // before the follower has all of the output
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(10);
    end(succeeded);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual([['x', 'Succeeded', true]]);
    expect(host.asked).toBe(0);
  });

  it('is still awaited when the follower of a submitted unit stops, and not for one that was only followed', async () => {
    const stopped: FollowEnd = { reason: 'stopped', position: 0, status: unitStatus(1, 0) };
    endings.watch(host.real, 'mine', 'loud');
    endings.follow(host.real, 'mine', Promise.resolve(stopped));
    endings.follow(host.real, 'other', Promise.resolve(stopped));
    endings.follow(host.real, 'third', Promise.reject(lost()));
    host.answer = () => unitStatus(2, 0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual([['mine', 'Succeeded', true]]);
  });

  it('is no news to whoever cancelled or released it', async () => {
    endings.watch(host.real, 'cancelled', 'loud');
    endings.watch(host.real, 'released', 'loud');
    endings.hush(host.real, 'cancelled');
    endings.forget('foo', 'released');
    endings.follow(host.real, 'cancelled', Promise.resolve({ reason: 'ended', position: 0, status: unitStatus(4, 0) }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual([['cancelled', 'Canceled', false]]);
  });

  it('is noted without a word when it was released elsewhere', async () => {
    endings.watch(host.real, 'x', 'loud');
    host.answer = () => {
      throw unknownUnit();
    };
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual([['x', 'gone', false]]);
    expect(host.asked).toBe(1);
  });

  it('of an earlier session is news only when it was still to come', async () => {
    endings.watch(host.real, 'old', 'unknown');
    host.answer = () => unitStatus(2, 0);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(told).toEqual([['old', 'Succeeded', false]]);
    endings.watch(host.real, 'running', 'unknown');
    host.answer = () => unitStatus(1, 0);
    await vi.advanceTimersByTimeAsync(2_000);
    host.answer = () => unitStatus(2, 0);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(told.slice(1)).toEqual([['running', 'Succeeded', true]]);
  });

  it('is not asked for while the node is away, and not any more once it was left', async () => {
    endings.watch(host.real, 'x', 'loud');
    host.up = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(host.asked).toBe(0);
    host.up = true;
    host.answer = () => {
      throw lost();
    };
    await vi.advanceTimersByTimeAsync(60_000);
    expect(host.asked).toBeGreaterThan(3);
    host.closed = true;
    const before = host.asked;
    await vi.advanceTimersByTimeAsync(60_000);
    expect([host.asked, vi.getTimerCount()]).toEqual([before, 0]);
  });

  it('may be waited for', async () => {
    endings.watch(host.real, 'x', 'loud');
    const late = endings.within(host.real, 'x', 500);
    const soon = endings.within(host.real, 'x', 5_000);
    host.answer = () => unitStatus(2, 0);
    await vi.advanceTimersByTimeAsync(5_000);
    expect([await late, await soon]).toEqual([false, true]);
  });
});
