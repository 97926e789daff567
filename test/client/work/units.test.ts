import { describe, expect, it } from 'vitest';
import { UnitTimes, type StoredTimes } from '../../../client/src/work/times.ts';
import {
  canCancel,
  explainDetail,
  explainPending,
  isFinished,
  ReachTimes,
  readUnit,
  retryDeadAfterMs,
} from '../../../client/src/work/units.ts';
import { unitStatus } from './simulated.ts';

const remote = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  RemoteNode: 'bar',
  RemoteWorkType: 'cat',
  RemoteParams: {},
  RemoteUnitID: '',
  RemoteStarted: false,
  LocalCancelled: false,
  LocalReleased: false,
  SignWork: false,
  TLSClient: '',
  Expiration: '0001-01-01T00:00:00Z',
  ...more,
});

const now = 1_800_000_000_000;
const never = (): undefined => undefined;
const context = { reachableSince: (): number => 0, firstSeen: now - 1000, now };

describe('readUnit', () => {
  it('reads a local unit', () => {
    const unit = readUnit('fooAbC', unitStatus(1, 12, { Detail: 'Running: PID 5', ExtraData: { Pid: 4, Params: '-c x' } }), context);
    expect(unit).toMatchObject({
      id: 'fooAbC',
      stateName: 'Running',
      size: 12,
      workType: 'cat',
      remoteNode: undefined,
      params: '-c x',
      orphan: undefined,
      final: false,
    });
    expect(canCancel(unit)).toBe(true);
    expect(isFinished(unit)).toBe(false);
  });

  it('reads a remote unit by its real type', () => {
    const extra = remote({
      RemoteUnitID: 'barX',
      RemoteStarted: true,
      TLSClient: 'tc',
      SignWork: true,
      RemoteParams: { params: '-a', x: 'y' },
      Expiration: '2026-11-22T20:00:00Z',
    });
    expect(readUnit('u', unitStatus(2, 0, { WorkType: 'remote', ExtraData: extra }), context)).toMatchObject({
      workType: 'cat',
      remoteNode: 'bar',
      remoteUnitId: 'barX',
      tlsClient: 'tc',
      signed: true,
      params: 'params=-a x=y',
      expires: '2026-11-22T20:00:00Z',
      final: true,
    });
  });

  it('takes a type that is not configured any more', () => {
    expect(readUnit('u', unitStatus(3, 0, { ExtraData: 'Unknown WorkType' }), context)).toMatchObject({
      unknownType: true,
      workType: 'cat',
    });
  });

  it('shows what is pending', () => {
    const cancelled = readUnit('u', unitStatus(1, 0, { WorkType: 'remote', ExtraData: remote({ LocalCancelled: true }) }), context);
    expect(cancelled.cancelPending).toBe(true);
    expect(canCancel(cancelled)).toBe(false);
    expect(explainPending(cancelled)).toMatch(/^bar was asked to cancel it and has not answered yet/);
    const away = { ...context, reachableSince: never };
    const unreachable = readUnit('u', unitStatus(1, 0, { WorkType: 'remote', ExtraData: remote({ LocalCancelled: true }) }), away);
    expect(explainPending(unreachable)).toMatch(/^There is no route to bar now/);
    const done = readUnit('u', unitStatus(4, 0, { WorkType: 'remote', ExtraData: remote({ LocalCancelled: true }) }), context);
    expect(explainPending(done)).toBeUndefined();
    const released = readUnit('u', unitStatus(2, 0, { WorkType: 'remote', ExtraData: remote({ LocalReleased: true }) }), context);
    expect(released.releasePending).toBe(true);
    expect(explainPending(released)).toMatch(/asked to release it/);
    expect(isFinished(released)).toBe(false);
  });

  it('tells orphan candidates', () => {
    const pending = unitStatus(0, 0, { WorkType: 'remote', Detail: 'Starting Worker', ExtraData: remote() });
    const old = now - retryDeadAfterMs - 1;
    expect(readUnit('u', pending, context).orphan).toBeUndefined();
    expect(readUnit('u', pending, { ...context, reachableSince: never }).orphan).toBe('node-gone');
    expect(readUnit('u', pending, { ...context, firstSeen: old }).orphan).toBe('retry-dead');
    expect(readUnit('u', pending, { ...context, firstSeen: old, reachableSince: undefined }).orphan).toBeUndefined();
    const started = unitStatus(0, 0, { WorkType: 'remote', ExtraData: remote({ RemoteStarted: true }) });
    expect(readUnit('u', started, { ...context, reachableSince: never }).orphan).toBeUndefined();
  });
});

describe('a pending unit whose node was away for long', () => {
  const pending = unitStatus(0, 0, { WorkType: 'remote', Detail: 'Starting Worker', ExtraData: remote() });
  const reach = new ReachTimes();
  const seen = (reachable: boolean, at: number): string | undefined =>
    readUnit('u', pending, { reachableSince: (node) => reach.note(node, reachable, at), firstSeen: now, now: at }).orphan;

  it('is given up only when nothing happens for long after the node came back', () => {
    expect(seen(true, now)).toBeUndefined();
    expect(seen(false, now + 1_000)).toBe('node-gone');
    const back = now + 2 * retryDeadAfterMs;
    expect(seen(true, back)).toBeUndefined();
    expect(seen(true, back + retryDeadAfterMs)).toBeUndefined();
    expect(seen(true, back + retryDeadAfterMs + 1)).toBe('retry-dead');
    expect(seen(false, back + retryDeadAfterMs + 2)).toBe('node-gone');
    expect(seen(true, back + retryDeadAfterMs + 3)).toBeUndefined();
  });
});

describe('explainDetail', () => {
  it('explains what is not plain, and only that', () => {
    expect(explainDetail('Pending at restart')).toMatch(/restarted before the work began/);
    expect(explainDetail('Error starting worker: could not parse response: ERROR: unknown work type x')).toMatch(/no such work type/);
    expect(explainDetail('exit status 0')).toBeUndefined();
    expect(explainDetail('Running: PID 12')).toBeUndefined();
  });
});

describe('UnitTimes', () => {
  it('notes when a unit is first seen and when it ends', () => {
    const times = new UnitTimes();
    expect(times.note('foo', { a: unitStatus(1, 0), b: unitStatus(2, 0) }, 100)).toBe(true);
    expect(times.note('foo', { a: unitStatus(1, 0), b: unitStatus(2, 0) }, 200)).toBe(false);
    expect(times.note('foo', { a: unitStatus(2, 0) }, 300)).toBe(true);
    expect(times.of('foo', 'a')).toEqual({ first: 100, ended: 300, last: 300 });
    expect(times.of('foo', 'b')).toEqual({ first: 100, endedBefore: true, last: 100 });
    expect(times.of('bar', 'a')).toBeUndefined();
  });

  it('merges what another window saw', () => {
    const ours = new UnitTimes();
    ours.noteOne('foo', 'a', unitStatus(2, 0), 500);
    const theirs = new UnitTimes();
    theirs.noteOne('foo', 'a', unitStatus(1, 0), 100);
    theirs.noteOne('foo', 'a', unitStatus(2, 0), 400);
    ours.merge(theirs.toStored(500));
    expect(ours.of('foo', 'a')).toEqual({ first: 100, ended: 400, last: 500 });
  });

  it('forgets what is long gone, and keeps a bounded number', () => {
    const old: StoredTimes = { 'foo\nold': { first: 0, last: 0 } };
    const many = Object.fromEntries(Array.from({ length: 6000 }, (_, i) => [`foo\nu${i}`, { first: now, last: now + i }]));
    const kept = new UnitTimes({ ...old, ...many }).toStored(now + 6000);
    expect(Object.keys(kept)).toHaveLength(5000);
    expect(kept['foo\nold']).toBeUndefined();
    expect(kept['foo\nu5999']).toBeDefined();
    expect(kept['foo\nu0']).toBeUndefined();
  });
});
