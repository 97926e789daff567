import { expect, test } from 'vitest';
import { diffSnapshots } from '../../../client/src/mesh/diff.ts';
import { buildSnapshot, type MeshSnapshot, type StatusReply } from '../../../client/src/mesh/model.ts';
import { durationText, pingStatistics, pingSummary } from '../../../client/src/views/pingStatistics.ts';
import { Signal } from '../../../client/src/views/signal.ts';
import { Trouble } from '../../../client/src/views/trouble.ts';

test('figures of pings', () => {
  const pong = (Time: number) => ({ Success: true as const, From: 'b', Time, TimeStr: '' });
  const lost = { Success: false as const, Error: 'timeout' };
  expect(pingStatistics([pong(3e6), lost, pong(1e6), pong(2e6)])).toEqual({ sent: 4, loss: 0.25, min: 1e6, median: 2e6, max: 3e6 });
  expect(pingStatistics([pong(1), pong(4)]).median).toBe(2.5);
  expect(pingSummary([pong(417_150), lost])).toBe('min 417 µs, median 417 µs, max 417 µs, 50 % of 2 lost');
  expect(pingSummary([lost])).toBe('100 % of 1 lost (timeout)');
  expect([12, 1234, 1_234_567, 2.5e9].map((ns) => durationText(ns))).toEqual(['12 ns', '1.23 µs', '1.23 ms', '2.5 s']);
});

test('only trouble that is new counts, and only until it is over or was seen', () => {
  const trouble = new Trouble();
  const source = {};
  let last: MeshSnapshot | undefined;
  const look = (reply: StatusReply): readonly string[] => {
    const snapshot = buildSnapshot(reply, 0, last);
    trouble.update(source, snapshot, diffSnapshots(last, snapshot));
    last = snapshot;
    return trouble.news;
  };
  const all = { b: 'b', c: 'b' };
  const costs = { a: {}, old: {} };
  expect(look({ NodeID: 'a', RoutingTable: all, KnownConnectionCosts: costs })).toEqual([]); // `old` was gone before we came
  expect(look({ NodeID: 'a', RoutingTable: { b: 'b' }, KnownConnectionCosts: { ...costs, c: { b: 1 } } })).toEqual(['c is unreachable']);
  expect(look({ NodeID: 'a', RoutingTable: all, KnownConnectionCosts: costs })).toEqual([]);
  expect(look({ NodeID: 'a', RoutingTable: {}, KnownConnectionCosts: { ...costs, b: {}, c: {} } })).toHaveLength(2);
  trouble.acknowledge();
  expect(trouble.news).toEqual([]);
});

test('a signal tells those who listened when it was given, and nobody after they left', () => {
  const signal = new Signal<number>();
  const got: string[] = [];
  const first = signal.on((value) => {
    got.push(`first ${value}`);
    first.dispose();
  });
  signal.on((value) => got.push(`second ${value}`));
  signal.emit(1);
  signal.emit(2);
  expect(got).toEqual(['first 1', 'second 1', 'second 2']);
});
