// Where nodes are put, and that they stay there.
import { describe, expect, test } from 'vitest';
import { describeGraph } from '../../../client/src/topology/describe.ts';
import { Arrangement } from '../../../client/src/topology/webview/arrangement.ts';
import { Graph, hopsFromSelf, peerOf } from '../../../client/src/topology/webview/graph.ts';
import { boundsOf, spacing } from '../../../client/src/topology/webview/place.ts';
import type { StatusReply } from '../../../client/src/mesh/types.ts';
import { bigStatus } from '../mesh/big.ts';
import { everyState, FakeSource, treeReply } from './meshes.ts';

function feed(graph: Graph, reply: StatusReply): ReturnType<Graph['replace']> {
  const message = describeGraph(new FakeSource(), new FakeSource(reply).current());
  if (message.type !== 'graph') throw new Error('not a graph');
  return graph.replace(message.nodes, message.links);
}

function arranged(reply: StatusReply, kind: 'force' | 'layered' = 'force'): { graph: Graph; arrangement: Arrangement } {
  const graph = new Graph();
  feed(graph, reply);
  const arrangement = new Arrangement(graph, kind, []);
  arrangement.placeMissing();
  arrangement.finish();
  return { graph, arrangement };
}

const places = (graph: Graph): Map<string, string> => new Map(Array.from(graph.nodes.values(), ({ id, x, y }) => [id, `${x},${y}`]));
const distance = (a: { x: number; y: number }, b: { x: number; y: number }): number => Math.hypot(a.x - b.x, a.y - b.y);

describe.each(['force', 'layered'] as const)('the %s layout', (kind) => {
  test('puts every node somewhere, no two in one place', () => {
    for (const reply of [everyState, treeReply(40), treeReply(1), bigStatus(200)]) {
      const { graph } = arranged(reply, kind);
      const nodes = [...graph.nodes.values()];
      expect(nodes.every(({ x, y, placed }) => placed && Number.isFinite(x) && Number.isFinite(y))).toBe(true);
      for (const [i, node] of nodes.entries())
        for (const other of nodes.slice(i + 1)) expect(distance(node, other)).toBeGreaterThan(spacing / 8);
    }
  });

  test('is the same for the same mesh', () => {
    expect(places(arranged(treeReply(40), kind).graph)).toEqual(places(arranged(treeReply(40), kind).graph));
  });

  test('leaves every node where it is when others come, change or go', () => {
    const { graph, arrangement } = arranged(treeReply(40), kind);
    const before = places(graph);
    const touched = feed(graph, treeReply(46));
    expect(touched.added).toHaveLength(6);
    arrangement.placeMissing();
    arrangement.finish();
    const after = places(graph);
    for (const [id, place] of before) expect(after.get(id), id).toBe(place);

    const { removed } = feed(graph, treeReply(30));
    expect(removed).toHaveLength(16);
    arrangement.forget(removed);
    arrangement.placeMissing();
    arrangement.finish();
    for (const [id, place] of places(graph)) expect(after.get(id), id).toBe(place);
  });

  test('puts new nodes near their neighbours', () => {
    const { graph, arrangement } = arranged(treeReply(40), kind);
    const { added } = feed(graph, treeReply(46));
    arrangement.placeMissing();
    arrangement.finish();
    const { left, right, top, bottom } = boundsOf(graph.nodes.values());
    for (const node of added) {
      const [link] = node.links;
      expect(distance(node, peerOf(link!, node)), node.id).toBeLessThan(Math.hypot(right - left, bottom - top) / 2);
      expect(distance(node, peerOf(link!, node)), node.id).toBeLessThan(spacing * 6);
    }
  });

  test('gives a node that comes back the place that it had', () => {
    const { graph, arrangement } = arranged(treeReply(40), kind);
    const before = places(graph);
    arrangement.forget(feed(graph, treeReply(20)).removed);
    feed(graph, treeReply(40));
    arrangement.placeMissing();
    arrangement.finish();
    expect(places(graph)).toEqual(before);
  });

  test('goes on from remembered positions, to the unit', () => {
    const first = arranged(treeReply(40), kind);
    const positions = first.arrangement.positions();
    const graph = new Graph();
    feed(graph, treeReply(40));
    const second = new Arrangement(graph, kind, positions);
    second.placeMissing();
    expect(second.settled).toBe(true);
    expect(second.positions()).toEqual(positions);
  });
});

describe('the layered layout', () => {
  test('has a row for every number of hops, the answering node on top, the unlinked at the bottom', () => {
    const { graph } = arranged(everyState, 'layered');
    const rows = (id: string): number => graph.nodes.get(id)!.y;
    expect(rows('hub')).toBe(0);
    expect(rows('east')).toBe(rows('west'));
    expect(rows('far')).toBe(rows('gone'));
    const down = [rows('hub'), rows('east'), rows('far'), rows('phantom')];
    expect(down).toEqual(down.toSorted((a, b) => a - b));
  });

  test('orders a tree so that no two links cross', () => {
    const { graph } = arranged(treeReply(13), 'layered');
    const hops = hopsFromSelf(graph);
    const links = [...graph.links].map(({ a, b }) => (hops.get(a)! < hops.get(b)! ? { up: a, down: b } : { up: b, down: a }));
    for (const one of links) {
      for (const other of links) {
        if (hops.get(one.up) !== hops.get(other.up)) continue;
        expect((one.up.x - other.up.x) * (one.down.x - other.down.x)).toBeGreaterThanOrEqual(0);
      }
    }
  });
});

describe('the force layout', () => {
  test('brings linked nodes nearer to each other than the others', () => {
    const { graph } = arranged(treeReply(60));
    const nodes = [...graph.nodes.values()];
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const linked = mean(Array.from(graph.links, ({ a, b }) => distance(a, b)));
    const all = mean(nodes.flatMap((node, i) => nodes.slice(i + 1).map((other) => distance(node, other))));
    expect(linked).toBeLessThan(all / 3);
  });
});
