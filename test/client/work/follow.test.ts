import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CommandRefusedError, ControlError } from '../../../client/src/control/errors.ts';
import { followResults, type FollowOptions, type FollowState } from '../../../client/src/work/follow.ts';
import { seeded } from '../../harness/random.ts';
import { CheckedSink, SimulatedUnit, lost, sha256 } from './simulated.ts';

const quick: FollowOptions = { watchMs: 10, stallMs: 40, backOff: { first: 1, most: 4 } };
const soak = process.env['SOAK'] === '1';

describe('followResults', () => {
  it('delivers a finished unit whole', async () => {
    const unit = new SimulatedUnit(randomBytes(300_000)).finish();
    const sink = new CheckedSink();
    const end = await followResults(unit, sink, quick).done;
    expect(end).toMatchObject({ reason: 'ended', position: 300_000, status: { State: 2 } });
    expect(sink.sha256).toBe(sha256(unit.output));
    expect(unit.opened).toEqual([0]);
  });

  it.each([0, 1, 4095, 4096, 99_999, 100_000, 100_001])('starts at offset %i', async (startPos) => {
    const unit = new SimulatedUnit(randomBytes(100_000)).finish();
    const sink = new CheckedSink(startPos);
    const end = await followResults(unit, sink, { ...quick, startPos }).done;
    expect(end.reason).toBe('ended');
    expect(sink.bytes.equals(unit.output.subarray(startPos))).toBe(true);
  });

  it.each(soak ? Array.from({ length: 60 }, (_, i) => i) : [1, 2, 3, 4])(
    'loses and doubles nothing over random cuts (seed %i)',
    async (seed) => {
      const random = seeded(seed);
      const unit = new SimulatedUnit(randomBytes(200_000), random);
      let cuts = 0;
      unit.cut = () => {
        if (random() > 0.15) return undefined;
        cuts++;
        return random() < 0.5 ? 'clean' : 'error';
      };
      unit.refuseOpen = () => (random() < 0.2 ? lost() : undefined);
      unit.refuseStatus = () => (random() < 0.2 ? lost() : undefined);
      const writing = setInterval(() => {
        unit.written = Math.min(unit.output.length, unit.written + Math.floor(20_000 * random()));
        if (unit.written === unit.output.length) unit.state = random() < 0.5 ? 2 : 3;
      }, 2);
      const sink = new CheckedSink();
      sink.delay = () => (random() < 0.3 ? sleep(1) : undefined);
      const following = followResults(unit, sink, quick);
      sink.onWrite = () => {
        if (random() > 0.05) return;
        following.pause();
        setTimeout(() => following.resume(), 3);
      };
      const end = await following.done;
      clearInterval(writing);
      expect(cuts).toBeGreaterThan(3);
      expect(end).toMatchObject({ reason: 'ended', position: 200_000 });
      expect(sink.sha256).toBe(sha256(unit.output));
    },
  );

  it('ends for a cancelled unit, whose stream never does', async () => {
    const unit = new SimulatedUnit(Buffer.from('partial')).finish(4);
    const sink = new CheckedSink();
    expect(await followResults(unit, sink, quick).done).toMatchObject({ reason: 'ended', position: 7, status: { State: 4 } });
    expect(sink.bytes.toString()).toBe('partial');
  });

  it('ends as incomplete when a done unit has less output than announced', async () => {
    const unit = new SimulatedUnit(Buffer.from('partial'));
    unit.written = 7;
    unit.status = async () =>
      Promise.resolve({
        State: 3,
        StateName: 'Failed',
        Detail: 'Remote work unit is gone',
        StdoutSize: 1000,
        WorkType: 'remote',
        ExtraData: null,
      });
    const end = await followResults(unit, new CheckedSink(), quick).done;
    expect(end).toMatchObject({ reason: 'incomplete', position: 7, status: { Detail: 'Remote work unit is gone' } });
  });

  it('ends as incomplete when the stream of a done unit ends empty again and again', async () => {
    const unit = new SimulatedUnit(Buffer.alloc(0)).finish(3);
    unit.status = async () =>
      Promise.resolve({ State: 3, StateName: 'Failed', Detail: '', StdoutSize: 5, WorkType: 'remote', ExtraData: null });
    expect((await followResults(unit, new CheckedSink(), quick).done).reason).toBe('incomplete');
    expect(unit.opened.length).toBeGreaterThan(2);
  });

  it('ends when the unit is released, and asks no more', async () => {
    const unit = new SimulatedUnit(randomBytes(50_000));
    unit.written = 20_000;
    const sink = new CheckedSink();
    const told: number[] = [];
    const following = followResults(unit, sink, { ...quick, onStatus: ({ State }) => told.push(State) });
    while (following.position < 20_000 || told.length === 0) await sleep(2);
    unit.released = true;
    expect(await following.done).toMatchObject({ reason: 'gone', position: 20_000, status: { State: 1 } });
    const { asked } = unit;
    await sleep(40);
    expect(unit.asked).toBe(asked);
  });

  it('rejects for an unknown unit never, but says that it is gone', async () => {
    const unit = new SimulatedUnit(Buffer.alloc(0));
    unit.released = true;
    expect(await followResults(unit, new CheckedSink(), quick).done).toMatchObject({ reason: 'gone', position: 0, status: undefined });
  });

  it('waits for a daemon that is down, telling why, and goes on at the exact byte', async () => {
    const unit = new SimulatedUnit(randomBytes(80_000));
    unit.written = 30_000;
    const states: FollowState[] = [];
    const sink = new CheckedSink();
    const following = followResults(unit, sink, { ...quick, onState: (state) => states.push(state) });
    while (following.position < 30_000) await sleep(2);
    let down = true;
    unit.cut = () => (down ? 'clean' : undefined);
    unit.refuseOpen = unit.refuseStatus = () => (down ? lost() : undefined);
    while (states.filter(({ kind }) => kind === 'waiting').length < 5) await sleep(2);
    unit.finish();
    down = false;
    expect(await following.done).toMatchObject({ reason: 'ended', position: 80_000 });
    expect(sink.sha256).toBe(sha256(unit.output));
    expect(unit.opened).toEqual([0, 30_000]);
    expect(states.find((state) => state.kind === 'waiting' && state.error instanceof ControlError)).toBeDefined();
  });

  it('notices a connection that is dead without an end', async () => {
    const unit = new SimulatedUnit(randomBytes(10_000));
    unit.written = 5_000;
    const following = followResults(unit, new CheckedSink(), quick);
    while (following.position < 5_000) await sleep(2);
    let failures = 0;
    unit.refuseStatus = () => (failures++ < 4 ? lost() : undefined);
    while (unit.opened.length < 2) await sleep(2);
    unit.finish();
    expect(await following.done).toMatchObject({ reason: 'ended', position: 10_000 });
    expect(unit.opened).toEqual([0, 5_000]);
  });

  it('reads nothing while paused and goes on when resumed', async () => {
    const unit = new SimulatedUnit(randomBytes(400_000)).finish();
    unit.chunk = () => 1000;
    const sink = new CheckedSink();
    const following = followResults(unit, sink, quick);
    while (following.position < 5_000) await sleep(1);
    following.pause();
    const held = following.position;
    await sleep(30);
    expect(following.position).toBe(held);
    expect(held).toBeLessThan(400_000);
    following.resume();
    expect((await following.done).reason).toBe('ended');
    expect(sink.sha256).toBe(sha256(unit.output));
  });

  it('keeps a pause over a cut', async () => {
    const unit = new SimulatedUnit(randomBytes(50_000));
    unit.written = 1_000;
    const following = followResults(unit, new CheckedSink(), quick);
    while (following.position < 1_000) await sleep(1);
    following.pause();
    unit.cut = () => 'error';
    await sleep(20);
    unit.cut = () => undefined;
    unit.finish();
    await sleep(20);
    expect(following.position).toBe(1_000);
    following.resume();
    expect((await following.done).position).toBe(50_000);
  });

  it('reads no further than the sink has taken', async () => {
    const unit = new SimulatedUnit(randomBytes(500_000)).finish();
    let pending = 0;
    let most = 0;
    const sink = new CheckedSink();
    sink.delay = async () => {
      most = Math.max(most, ++pending);
      await new Promise(setImmediate);
      pending--;
    };
    await followResults(unit, sink, quick).done;
    expect(most).toBe(1);
    expect(sink.sha256).toBe(sha256(unit.output));
  });

  it('ends with the error of its sink', async () => {
    const unit = new SimulatedUnit(randomBytes(50_000)).finish();
    const full = new Error('no space left on device');
    await expect(followResults(unit, { write: async () => Promise.reject(full) }, quick).done).rejects.toBe(full);
    const thrown = () => {
      throw full;
    };
    await expect(followResults(unit, { write: thrown }, quick).done).rejects.toBe(full);
  });

  it('ends with the error of its sink, also when the stream has just died or it was stopped', async () => {
    const full = new Error('no space left on device');
    for (const ends of ['cut', 'stop'] as const) {
      const unit = new SimulatedUnit(Buffer.from('all of it')).finish();
      let fail = (): void => undefined;
      const written = new Promise<void>((_, reject) => (fail = () => reject(full)));
      let begin = (): void => undefined;
      const begun = new Promise<void>((resolve) => (begin = resolve));
      const write = async (): Promise<void> => {
        begin();
        return written;
      };
      const following = followResults(unit, { write }, quick);
      const failure = expect(following.done, ends).rejects.toBe(full);
      await begun;
      if (ends === 'cut') unit.streams.at(-1)?.destroy(lost());
      else following.stop();
      await new Promise(setImmediate); // the stream is over before the sink says that it failed
      fail();
      await failure;
    }
  });

  it.each(['cut', 'refused'] as const)('goes on when the way to a unit that is done is %s ever again', async (how) => {
    const unit = new SimulatedUnit(randomBytes(9_000)).finish();
    let broken = 40;
    const breaks = (): boolean => broken-- > 0;
    if (how === 'cut') unit.cut = () => (breaks() ? 'error' : undefined);
    else unit.refuseOpen = () => (breaks() ? lost() : undefined);
    const sink = new CheckedSink();
    expect(await followResults(unit, sink, quick).done).toMatchObject({ reason: 'ended', position: 9_000 });
    expect(sink.sha256).toBe(sha256(unit.output));
  });

  it('takes no break of the way for the word of the node that there is no more', async () => {
    const unit = new SimulatedUnit(randomBytes(9_000)).finish();
    let round = 0;
    unit.refuseStatus = () => (round % 3 === 0 ? lost() : undefined);
    unit.cut = () => (round++ < 40 ? 'clean' : undefined);
    expect(await followResults(unit, new CheckedSink(), quick).done).toMatchObject({ reason: 'ended', position: 9_000 });
  });

  it('ends with the refusal of the daemon', async () => {
    const unit = new SimulatedUnit(Buffer.alloc(0));
    unit.refuseOpen = () => new CommandRefusedError('work results', 'could not verify signature: signature is empty', { nextStep: '-' });
    await expect(followResults(unit, new CheckedSink(), quick).done).rejects.toThrow('signature is empty');
  });

  it('tries again when the way to the node is refused', async () => {
    const unit = new SimulatedUnit(randomBytes(9_000)).finish();
    let refusals = 2;
    unit.refuseOpen = () => (refusals-- > 0 ? new CommandRefusedError('connect', 'no route to node', { nextStep: '-' }) : undefined);
    expect((await followResults(unit, new CheckedSink(), quick).done).position).toBe(9_000);
  });

  it.each(['opening', 'streaming', 'waiting', 'paused'] as const)('stops while %s', async (kind) => {
    const unit = new SimulatedUnit(randomBytes(10_000));
    unit.written = 10_000;
    if (kind === 'waiting') unit.refuseOpen = () => lost();
    const following = followResults(unit, new CheckedSink(), {
      ...quick,
      onState: (state) => {
        if (state.kind === 'streaming' && kind === 'paused') following.pause();
        if (state.kind === kind) setTimeout(() => following.stop(), 1);
      },
    });
    expect((await following.done).reason).toBe('stopped');
  });
});
