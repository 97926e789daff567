import { describe, expect, test } from 'vitest';
import { diffSnapshots } from '../../../client/src/mesh/diff.ts';
import { buildSnapshot, peerOf, type MeshSnapshot, type StatusReply } from '../../../client/src/mesh/model.ts';
import { seeded } from '../../harness/random.ts';
import { bigStatus, shuffle } from './big.ts';
import { fc } from '../../harness/fastCheck.ts';

const now = Date.UTC(2026, 10, 22, 19, 22, 0);
const runs = process.env['SOAK'] === '1' ? 5000 : 60;

/** foo's view of itself and bar, as the daemon sent it. */
const fooBar = (): Required<StatusReply> => ({
  Advertisements: [
    {
      NodeID: 'foo',
      Service: 'control',
      Time: '2026-11-22T19:21:55.572486837Z',
      ConnType: 1,
      Tags: { type: 'Control Service' },
      WorkCommands: [
        { WorkType: 'cat', Secure: false },
        { WorkType: 'ticker', Secure: false },
      ],
    },
    {
      NodeID: 'bar',
      Service: 'control',
      Time: '2026-11-22T19:21:18.074003613Z',
      ConnType: 1,
      Tags: { type: 'Control Service' },
      WorkCommands: [{ WorkType: 'echoint', Secure: true }],
    },
  ],
  Connections: [{ NodeID: 'bar', Cost: 1 }],
  KnownConnectionCosts: { bar: { foo: 1 }, foo: { bar: 1 } },
  NodeID: 'foo',
  RoutingTable: { bar: 'bar' },
  SystemCPUCount: 2,
  SystemMemoryMiB: 24105,
  Version: '1.6.9',
});

/** A snapshot with everything that is lazy read out. */
const whole = (snapshot: MeshSnapshot): unknown => ({
  self: snapshot.self,
  counts: snapshot.counts,
  nodes: [...snapshot.nodes.values()]
    .map(({ id, state, ghost, nextHop, links, services, workTypes, stale }) => ({
      id,
      state,
      ghost,
      nextHop,
      links,
      services,
      workTypes,
      stale,
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1)),
  links: [...snapshot.links.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
});

describe('a snapshot', () => {
  test('has the nodes, the link, the services and the work types of a captured reply', () => {
    const snapshot = buildSnapshot(fooBar(), now);
    expect(snapshot).toMatchObject({ self: 'foo', version: '1.6.9', cpuCount: 2, memoryMiB: 24105 });
    expect(snapshot.counts).toEqual({ nodes: 2, reachable: 2, unreachable: 0, ghosts: 0 });
    const [foo, bar] = [snapshot.nodes.get('foo')!, snapshot.nodes.get('bar')!];
    expect([foo.state, bar.state, bar.nextHop, bar.ghost]).toEqual(['self', 'direct', 'bar', false]);
    expect(foo.links).toEqual([{ id: 'bar\nfoo', a: 'bar', b: 'foo', costAB: 1, costBA: 1, cost: 1, state: 'up' }]);
    expect(foo.links[0]).toBe(bar.links[0]);
    expect(bar.services).toEqual([
      { id: 'bar\ncontrol', node: 'bar', name: 'control', connType: 1, tls: false, tags: { type: 'Control Service' }, stale: false },
    ]);
    expect(foo.workTypes).toEqual([
      { name: 'cat', signed: false },
      { name: 'ticker', signed: false },
    ]);
    expect(bar.workTypes).toEqual([{ name: 'echoint', signed: true }]);
    expect(snapshot.nodeSeenAt.get('bar')).toBe(Date.UTC(2026, 10, 22, 19, 21, 18, 74));
  });

  test('takes reachability from the routing table, and ghosts for what they are', () => {
    const snapshot = buildSnapshot(
      {
        NodeID: 'a',
        Connections: [{ NodeID: 'b', Cost: 1 }],
        RoutingTable: { b: 'b', c: 'b' },
        KnownConnectionCosts: {
          a: { b: 1 },
          b: { a: 1, c: 2 },
          c: { b: 2 },
          old: {},
          isle1: { isle2: 1 },
          isle2: { isle1: 1 },
          dead: { a: 1 },
        },
      },
      now,
    );
    expect(Object.fromEntries([...snapshot.nodes.values()].map(({ id, state, ghost, nextHop }) => [id, [state, ghost, nextHop]]))).toEqual({
      a: ['self', false, undefined],
      b: ['direct', false, 'b'],
      c: ['reachable', false, 'b'],
      old: ['unreachable', true, undefined],
      isle1: ['unreachable', false, undefined],
      isle2: ['unreachable', false, undefined],
      dead: ['unreachable', false, undefined],
    });
    expect(snapshot.counts).toEqual({ nodes: 7, reachable: 3, unreachable: 4, ghosts: 1 });
    expect([...snapshot.links.values()].map(({ a, b, state }) => `${a}-${b} ${state}`).sort()).toEqual([
      'a-b up',
      'a-dead stale',
      'b-c up',
      'isle1-isle2 stale',
    ]);
  });

  test('compares what both ends tell of a link', () => {
    const { links } = buildSnapshot(
      {
        NodeID: 'a',
        RoutingTable: { b: 'b', c: 'c', d: 'd' },
        Connections: [
          { NodeID: 'b', Cost: 5 },
          { NodeID: 'd', Cost: 2.5 },
        ],
        KnownConnectionCosts: { a: { b: 1 }, b: { a: 1, c: 3 }, c: { b: 4 } },
      },
      now,
    );
    // What the answering node holds counts more than what it told the mesh; d is so new that nobody told of it.
    expect(links.get('a\nb')).toMatchObject({ costAB: 5, costBA: 1, cost: 5, state: 'disagreed' });
    expect(links.get('b\nc')).toMatchObject({ costAB: 3, costBA: 4, cost: 4, state: 'disagreed' });
    expect(links.get('a\nd')).toMatchObject({ costAB: 2.5, costBA: undefined, cost: 2.5, state: 'one-sided' });
  });

  test('marks services that were advertised too long ago, by the clock of their node', () => {
    const reply = fooBar();
    const old = buildSnapshot(reply, Date.UTC(2026, 10, 22, 19, 24, 0));
    expect(old.nodes.get('bar')).toMatchObject({ stale: true, state: 'direct' });
    expect(old.nodes.get('bar')!.services[0]!.stale).toBe(true);
    expect(old.nodes.get('foo')!.services[0]!.stale).toBe(false); // its own are of now whatever the clock
    const offset = { ...reply, Advertisements: [{ ...reply.Advertisements![1]!, Time: '2026-11-22T21:21:18.074003613+02:00' }] };
    expect(buildSnapshot(offset, now).nodeSeenAt.get('bar')).toBe(Date.UTC(2026, 10, 22, 19, 21, 18, 74));
  });

  test('takes what is null or missing for empty', () => {
    const nulls = { NodeID: 'a', Connections: null, RoutingTable: null, KnownConnectionCosts: null, Advertisements: null, Version: null };
    expect(whole(buildSnapshot(nulls, now))).toEqual(whole(buildSnapshot({ NodeID: 'a' }, now)));
    expect([...buildSnapshot({ NodeID: 'a', KnownConnectionCosts: { b: null } }, now).nodes.keys()]).toEqual(['a', 'b']);
    const [ad] = fooBar().Advertisements!;
    const sparse = buildSnapshot(
      { NodeID: 'a', Advertisements: [{ ...ad!, NodeID: 'x', Tags: null, WorkCommands: null, Time: 'never' }] },
      now,
    );
    expect(sparse.nodes.get('x')).toMatchObject({ stale: false, services: [{ tags: {} }], workTypes: [] });
    expect(sparse.nodeSeenAt.size).toBe(0);
  });

  test('finds nodes by names that objects inherit', () => {
    const reply = JSON.parse(
      '{"NodeID":"a","RoutingTable":{"b":"b"},"KnownConnectionCosts":{"constructor":{"__proto__":1},"__proto__":{"constructor":1},"toString":{}}}',
    ) as StatusReply;
    const snapshot = buildSnapshot(reply, now);
    expect([...snapshot.nodes].map(([id, { state, ghost }]) => [id, state, ghost])).toEqual([
      ['a', 'self', false],
      ['constructor', 'unreachable', false],
      ['__proto__', 'unreachable', false],
      ['toString', 'unreachable', true],
      ['b', 'reachable', false],
    ]);
    expect(snapshot.nodes.get('constructor')!.links.map((link) => peerOf(link, 'constructor'))).toEqual(['__proto__']);
  });

  test('gives a node as JSON whole', () => {
    expect(JSON.parse(JSON.stringify(buildSnapshot(fooBar(), now).nodes.get('bar')))).toMatchObject({
      id: 'bar',
      links: [{ a: 'bar' }],
      services: [{ name: 'control' }],
      workTypes: [{ name: 'echoint' }],
    });
  });
});

describe('the difference of two snapshots', () => {
  const later = now + 5000;

  test('is empty when only the order and the times are others', () => {
    const reply = fooBar();
    const again = {
      ...reply,
      Advertisements: reply.Advertisements!.toReversed().map((ad) => Object.assign({}, ad, { Time: new Date(later).toISOString() })),
    };
    const before = buildSnapshot(reply, now);
    for (const after of [buildSnapshot(again, later, before), buildSnapshot(again, later)]) {
      expect(diffSnapshots(before, after)).toMatchObject({
        empty: true,
        identity: false,
        nodes: { added: [], removed: [], changed: [] },
        links: { added: [], removed: [], changed: [] },
      });
    }
    expect(buildSnapshot(again, later, before).nodes.get('bar')).toBe(before.nodes.get('bar'));
  });

  test('names what changed and no more', () => {
    const before = buildSnapshot(fooBar(), now);
    const killed = { ...fooBar(), Connections: [], RoutingTable: {}, KnownConnectionCosts: { foo: {}, bar: { foo: 1 } } };
    const after = buildSnapshot(killed, later, before);
    const diff = diffSnapshots(before, after);
    expect(diff.nodes).toEqual({ added: [], removed: [], changed: ['foo', 'bar'] });
    expect(diff.links).toEqual({ added: [], removed: [], changed: ['bar\nfoo'] });
    expect(after.nodes.get('bar')).toMatchObject({ state: 'unreachable', ghost: false });
    // The snapshot before still says what it said.
    expect(before.nodes.get('bar')).toMatchObject({ state: 'direct', links: [{ state: 'up' }] });
    expect(
      diffSnapshots(after, buildSnapshot({ ...killed, KnownConnectionCosts: { foo: {} }, Advertisements: [] }, later, after)).nodes,
    ).toEqual({ added: [], removed: ['bar'], changed: ['foo'] });
    expect(diffSnapshots(undefined, before)).toMatchObject({ identity: true, empty: false, nodes: { added: ['foo', 'bar'] } });
    expect(diffSnapshots(before, buildSnapshot({ ...fooBar(), Version: '1.5.5' }, later, before))).toMatchObject({
      identity: true,
      nodes: { changed: [] },
    });
  });

  test('tells when a service becomes stale', () => {
    const before = buildSnapshot(fooBar(), now);
    const after = buildSnapshot(fooBar(), now + 200_000, before);
    expect(diffSnapshots(before, after).nodes.changed).toEqual(['bar']);
    expect(after.nodes.get('bar')!.services[0]!.stale).toBe(true);
  });

  test('shares nothing with the mesh of another node', () => {
    const before = buildSnapshot(fooBar(), now);
    const other = { ...fooBar(), NodeID: 'bar', Connections: [{ NodeID: 'foo', Cost: 1 }], RoutingTable: { foo: 'foo' } };
    expect(whole(buildSnapshot(other, now, before))).toEqual(whole(buildSnapshot(other, now)));
  });

  test('a snapshot built upon another equals one built alone, over random meshes and random changes', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const peers = fc.dictionary(fc.constantFrom(...names), fc.constantFrom(1, 2, 3.5), { maxKeys: 4, noNullPrototype: true });
    const ad = fc.record({
      NodeID: fc.constantFrom(...names),
      Service: fc.constantFrom('control', 'ssh', 'x'),
      Time: fc.constantFrom(...[0, 20, 100, 140, 300].map((age) => new Date(now - age * 1000).toISOString())),
      ConnType: fc.constantFrom(0, 1, 2),
      Tags: fc.option(fc.constantFrom<Record<string, string>>({ type: 'Control Service' }, { type: 'TCP Proxy', address: 'x:1' }, {})),
      WorkCommands: fc.option(
        fc.array(fc.record({ WorkType: fc.constantFrom('cat', 'ls', 'run'), Secure: fc.boolean() }), { maxLength: 3 }),
      ),
    });
    const status = fc.record({
      NodeID: fc.constant('a'),
      Connections: fc.uniqueArray(fc.record({ NodeID: fc.constantFrom('b', 'c', 'd'), Cost: fc.constantFrom(1, 2) }), {
        selector: ({ NodeID }) => NodeID,
      }),
      RoutingTable: fc.dictionary(fc.constantFrom('b', 'c', 'd', 'e', 'f'), fc.constantFrom('b', 'c'), { noNullPrototype: true }),
      KnownConnectionCosts: fc.dictionary(fc.constantFrom(...names), peers, { noNullPrototype: true }),
      Advertisements: fc.uniqueArray(ad, { maxLength: 6, selector: ({ NodeID, Service }) => `${NodeID} ${Service}` }),
    });
    const age = fc.constantFrom(0, 5000, 100_000);
    fc.assert(
      fc.property(status, status, age, fc.boolean(), (first, second, later, read) => {
        const before = buildSnapshot(first, now);
        const alone = whole(buildSnapshot(first, now));
        if (read) whole(before); // what is lazy has been read, or not
        const after = buildSnapshot(second, now + later, before);
        const fresh = buildSnapshot(second, now + later);
        expect(whole(after)).toEqual(whole(fresh));
        const [diff, deep] = [diffSnapshots(before, after), diffSnapshots(buildSnapshot(first, now), fresh)];
        const sets = ({ nodes, links, empty }: typeof diff): unknown => ({
          empty,
          nodes: Object.values(nodes).map((ids) => new Set(ids)),
          links: Object.values(links).map((ids) => new Set(ids)),
        });
        expect(sets(diff)).toEqual(sets(deep));
        expect(diff.empty).toBe(JSON.stringify(whole(buildSnapshot(first, now))) === JSON.stringify(whole(fresh)));
        if (read) expect(whole(before)).toEqual(alone);
        // Ten thousand polls later nothing of the first reply may be needed.
        expect(diffSnapshots(after, buildSnapshot(structuredClone(second), now + later, after)).empty).toBe(true);
      }),
      { numRuns: runs, seed: 7 },
    );
  }, 600_000);

  test('of a big mesh finds the one node that went', () => {
    const status = bigStatus(2000);
    const before = buildSnapshot(status, now);
    const [gone] = Object.keys(status.RoutingTable!).slice(-1);
    const { [gone!]: _, ...RoutingTable } = status.RoutingTable!;
    const after = buildSnapshot({ ...status, RoutingTable, Advertisements: shuffle(status.Advertisements!, seeded(3)) }, now, before);
    const { changed } = diffSnapshots(before, after).nodes;
    const peers = Object.keys(status.KnownConnectionCosts![gone!]!);
    expect(new Set(changed)).toEqual(new Set([gone, ...peers]));
  });
});
