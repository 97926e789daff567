import { describe, expect, test } from 'vitest';
import { buildSnapshot } from '../../../client/src/mesh/model.ts';
import { pathBetween, pathTo } from '../../../client/src/mesh/paths.ts';
import { bigStatus } from './big.ts';

const mesh = (costs: Record<string, Record<string, number>>, routes: Record<string, string>) =>
  buildSnapshot(
    {
      NodeID: 'a',
      KnownConnectionCosts: costs,
      RoutingTable: routes,
      Connections: Object.entries(costs['a']!).map(([NodeID, Cost]) => ({ NodeID, Cost })),
    },
    0,
  );

/** a - b - d and a - c - d at the same price, and a dear direct link. */
const diamond = { a: { b: 1, c: 1, d: 9 }, b: { a: 1, d: 1 }, c: { a: 1, d: 1 }, d: { b: 1, c: 1, a: 9 } };

describe('the way to a node', () => {
  test('begins where the routing table says when several are equally cheap', () => {
    for (const hop of ['b', 'c']) {
      expect(pathTo(mesh(diamond, { b: 'b', c: 'c', d: hop }), 'd')).toEqual({
        nodes: ['a', hop, 'd'],
        links: [`a\n${hop}`, `${hop}\nd`],
        cost: 2,
      });
    }
  });

  test('follows the routing table even where another way is cheaper by the costs', () => {
    expect(pathTo(mesh(diamond, { b: 'b', c: 'c', d: 'd' }), 'd')).toEqual({ nodes: ['a', 'd'], links: ['a\nd'], cost: 9 });
  });

  test('does not follow a hop whose own way leads back', () => {
    const costs = { a: { b: 1, c: 1 }, b: { a: 1 }, c: { a: 1, d: 1 }, d: { c: 1 } };
    expect(pathTo(mesh(costs, { b: 'b', c: 'c', d: 'b' }), 'd')?.nodes).toEqual(['a', 'c', 'd']);
  });

  test('takes the cost that each node on the way tells', () => {
    const costs = { a: { b: 1 }, b: { a: 1, c: 2 }, c: { b: 7 } };
    const snapshot = mesh(costs, { b: 'b', c: 'b' });
    expect(pathBetween(snapshot, 'a', 'c')?.cost).toBe(3);
    expect(pathBetween(snapshot, 'c', 'a')?.cost).toBe(8);
  });

  test('is none where no link leads, and short to oneself', () => {
    const snapshot = mesh({ a: { b: 1 }, b: { a: 1 }, x: { y: 1 }, y: { x: 1 } }, { b: 'b' });
    expect(pathTo(snapshot, 'x')).toBeUndefined();
    expect(pathTo(snapshot, 'nobody')).toBeUndefined();
    expect(pathTo(snapshot, 'a')).toEqual({ nodes: ['a'], links: [], cost: 0 });
  });

  test('is as cheap as any in a big mesh', () => {
    const snapshot = buildSnapshot(bigStatus(300), 0);
    // Bellman and Ford, slow and plain.
    const cost = new Map([[snapshot.self, 0]]);
    for (let changed = true; changed;) {
      changed = false;
      for (const { a, b, cost: price } of snapshot.links.values()) {
        for (const [from, to] of [
          [a, b],
          [b, a],
        ] as const) {
          const sum = (cost.get(from) ?? Number.POSITIVE_INFINITY) + price;
          if (sum < (cost.get(to) ?? Number.POSITIVE_INFINITY)) {
            cost.set(to, sum);
            changed = true;
          }
        }
      }
    }
    for (const id of snapshot.nodes.keys()) {
      const way = pathBetween(snapshot, snapshot.self, id)!;
      // The routing table of this mesh is made up, so its first hop may cost more: ask without it, from the other end.
      expect(pathBetween(snapshot, id, snapshot.self)!.cost).toBe(cost.get(id));
      expect(way.nodes.at(-1)).toBe(id);
      expect(way.links.length).toBe(way.nodes.length - 1);
    }
  });
});
