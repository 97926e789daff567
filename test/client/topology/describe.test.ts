// A snapshot in the words of the graph's messages.
import { describe, expect, test } from 'vitest';
import { describeChanges, describeGraph, describeNode, describeTrace } from '../../../client/src/topology/describe.ts';
import { everyState, FakeSource, now, snapshotOf, throughWest, treeReply } from './meshes.ts';

const source = new FakeSource(everyState);
const snapshot = source.current()!;

describe('the whole picture', () => {
  const message = describeGraph(source, snapshot);
  if (message.type !== 'graph') throw new Error('not a graph');

  test('has every node with its state', () => {
    const states = Object.fromEntries(message.nodes.map(({ id, state, ghost, stale }) => [id, [state, ghost, stale]]));
    expect(states).toEqual({
      hub: ['self', false, false],
      east: ['direct', false, false],
      west: ['direct', false, true],
      far: ['reachable', false, false],
      gone: ['unreachable', false, false],
      phantom: ['unreachable', true, true],
    });
  });

  test('has every link with its state and both costs', () => {
    const links = Object.fromEntries(message.links.map(({ a, b, costAB, costBA, state }) => [`${a}-${b}`, [costAB, costBA, state]]));
    expect(links).toEqual({
      'east-hub': [1, 1, 'up'],
      'hub-west': [2, 2, 'up'],
      'east-far': [1, 3, 'disagreed'],
      'far-west': [undefined, 5, 'one-sided'],
      'east-gone': [1, 1, 'stale'],
    });
  });

  test('offers what the source can do, and nothing else', () => {
    expect(message.source).toEqual({ id: 'fake', label: 'fake mesh', actions: ['ping', 'traceroute'] });
  });

  test('is empty while the source has none', () => {
    expect(describeGraph(source, undefined)).toMatchObject({ type: 'graph', nodes: [], links: [] });
  });
});

describe('changes', () => {
  test('tell what came, went and changed, and nothing that stayed', () => {
    const before = snapshotOf(treeReply(4));
    const reply = treeReply(5);
    const { n003: _gone, ...table } = reply.RoutingTable!;
    const after = snapshotOf(
      { ...reply, RoutingTable: table, Connections: reply.Connections!.filter(({ NodeID }) => NodeID !== 'n003') },
      before,
    );
    const changes = describeChanges(before, after);
    if (changes?.type !== 'changes') throw new Error('no changes');
    expect(Object.fromEntries(changes.nodes.map(({ id, state }) => [id, state]))).toEqual({
      n000: 'self', // its link to n003 is stale now
      n001: 'direct', // it has a link more
      n003: 'unreachable',
      n004: 'reachable',
    });
    expect(changes.goneNodes).toEqual([]);
    expect(changes.links.map(({ a, b, state }) => [a, b, state])).toEqual(
      expect.arrayContaining([
        ['n001', 'n004', 'up'],
        ['n000', 'n003', 'stale'],
      ]),
    );
    expect(changes.links).toHaveLength(2);
  });

  test('name the ends of a link that is gone', () => {
    expect(describeChanges(snapshotOf(treeReply(3)), snapshotOf(treeReply(2)))).toMatchObject({
      goneNodes: ['n002'],
      goneLinks: [['n000', 'n002']],
    });
  });

  test('are none when only the times of advertisements are others', () => {
    const later = {
      ...everyState,
      Advertisements: everyState.Advertisements!.map((ad) =>
        Object.assign({}, ad, { Time: new Date(Date.parse(ad.Time) + 1000).toISOString() }),
      ),
    };
    expect(describeChanges(snapshot, snapshotOf(later, snapshot))).toBeUndefined();
  });
});

describe('the details of a node', () => {
  test('have the route: the first hop by the routing table, the rest by cost', () => {
    expect(describeNode(snapshot, 'far')?.route).toEqual({ nodes: ['hub', 'east', 'far'], cost: 2 });
    expect(describeNode(snapshotOf(throughWest), 'far')?.route).toEqual({ nodes: ['hub', 'west', 'far'], cost: 4 });
  });

  test('have no route to what cannot be reached', () => {
    expect(describeNode(snapshot, 'gone')?.route).toBeUndefined();
    expect(describeNode(snapshot, 'phantom')?.route).toBeUndefined();
  });

  test('have version, CPUs and memory of the answering node only', () => {
    expect(describeNode(snapshot, 'hub')).toMatchObject({ version: '1.6.9', cpuCount: 4, memoryMiB: 16_000 });
    expect(describeNode(snapshot, 'east')).toMatchObject({ version: undefined, cpuCount: undefined, memoryMiB: undefined });
  });

  test('have services, work types and when they were last heard of', () => {
    expect(describeNode(snapshot, 'east')).toMatchObject({
      seenAt: now - 20_000,
      services: [{ name: 'control', connType: 1, tags: [['type', 'Control Service']], stale: false, seenAt: now - 20_000 }],
      workTypes: [{ name: 'ansible-runner', signed: true }],
    });
    expect(describeNode(snapshot, 'west')?.services).toMatchObject([{ connType: 2, stale: true }]);
  });

  test('are undefined for a node that the mesh does not know', () => {
    expect(describeNode(snapshot, 'nobody')).toBeUndefined();
    expect(describeNode(snapshot, '__proto__')).toBeUndefined();
  });
});

test('a traceroute has milliseconds and the errors of its hops', () => {
  expect(
    describeTrace('far', [
      { From: 'hub', Time: 83_000 },
      { From: 'far', Time: 1_500_000, Error: 'no route to node' },
    ]),
  ).toEqual({
    target: 'far',
    hops: [
      { node: 'hub', ms: 0.083, error: undefined },
      { node: 'far', ms: 1.5, error: 'no route to node' },
    ],
  });
});
