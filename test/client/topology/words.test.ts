// The picture in words, which is what a screen reader gets.
import { describe, expect, test } from 'vitest';
import { describeGraph } from '../../../client/src/topology/describe.ts';
import type { StatusReply } from '../../../client/src/mesh/types.ts';
import { Graph, type Touched } from '../../../client/src/topology/webview/graph.ts';
import { readSaved } from '../../../client/src/topology/webview/saved.ts';
import { search } from '../../../client/src/topology/webview/search.ts';
import {
  age,
  changeSentences,
  countsSentence,
  linkSentence,
  nodeSentence,
  traceSentence,
} from '../../../client/src/topology/webview/words.ts';
import { everyState, FakeSource, treeReply } from './meshes.ts';

function feed(graph: Graph, reply: StatusReply): Touched {
  const message = describeGraph(new FakeSource(), new FakeSource(reply).current());
  if (message.type !== 'graph') throw new Error('not a graph');
  return graph.replace(message.nodes, message.links);
}

const graph = new Graph();
feed(graph, everyState);

test('the order is the answering node, then by state, then by name', () => {
  expect(graph.order.map(({ id }) => id)).toEqual(['hub', 'east', 'west', 'far', 'gone', 'phantom']);
});

test('every node is a sentence', () => {
  expect(graph.order.map(nodeSentence)).toEqual([
    'hub, this node, 2 links',
    'east, direct, 3 links',
    'west, direct, nothing heard of it lately, 2 links',
    'far, reachable via east, 2 links',
    'gone, unreachable, 1 link',
    'phantom, ghost: unreachable, no links known, nothing heard of it lately, no links',
  ]);
});

test('every link is one, from the end that is asked', () => {
  const east = graph.nodes.get('east')!;
  const far = graph.nodes.get('far')!;
  const link = graph.link('far', 'east')!;
  expect(linkSentence(link, east)).toBe('link to far, cost 1 there, 3 back, the ends disagree about the cost');
  expect(linkSentence(link, far)).toBe('link to east, cost 3 there, 1 back, the ends disagree about the cost');
  expect(linkSentence(graph.link('far', 'west')!, far)).toBe('link to west, cost 5, converging: only one end tells of it');
});

test('counts', () => {
  expect(countsSentence(graph)).toBe('6 nodes, 1 unreachable, 1 ghost, 5 links');
});

describe('changes', () => {
  test('name who came, went and changed', () => {
    const mesh = new Graph();
    feed(mesh, treeReply(4));
    expect(changeSentences(feed(mesh, treeReply(6)))).toBe('2 new nodes: n004, n005.');
    expect(changeSentences(feed(mesh, treeReply(5)))).toBe('1 node gone: n005.');
    const reply = treeReply(5);
    const { n004: _lost, ...table } = reply.RoutingTable!;
    expect(changeSentences(feed(mesh, { ...reply, RoutingTable: table }))).toBe('Now unreachable: n004.');
    expect(changeSentences(feed(mesh, treeReply(100)))).toBe(
      '95 new nodes: n005, n006, n007, n008, n009 and 90 others. Now reachable via other nodes: n004.',
    );
  });

  test('make names of the mesh harmless', () => {
    const mesh = new Graph();
    feed(mesh, { NodeID: 'a' });
    expect(changeSentences(feed(mesh, { NodeID: 'a', Connections: [{ NodeID: 'b\u202e\n', Cost: 1 }] }))).toBe(
      '1 new node: b<U+202E><U+000A>.',
    );
  });
});

test('a traceroute', () => {
  expect(
    traceSentence({
      target: 'far',
      hops: [
        { node: 'hub', ms: 0.12 },
        { node: 'east', ms: 12.4 },
        { node: '', ms: 1, error: 'timeout' },
      ],
    }),
  ).toBe('Traceroute to far: hub 0.1 ms, east 12 ms, (no name) timeout');
});

test.each([
  [500, 'just now'],
  [12_300, '12 s ago'],
  [150_000, '2 min ago'],
  [7_500_000, '2 h ago'],
  [5 * 86_400_000, '5 d ago'],
])('%i ms is %s', (ms, words) => {
  expect(age(ms)).toBe(words);
});

describe('search', () => {
  test.each([
    ['EAST', ['east']],
    ['ansible', ['east']],
    ['echo', ['west']],
    ['control', ['hub', 'east', 'far', 'phantom']],
    ['nothing like it', []],
  ])('%s finds %j', (text, ids) => {
    expect(search(graph, text)?.map(({ id }) => id)).toEqual(ids);
  });

  test('of nothing is no search', () => {
    expect(search(graph, '  ')).toBeUndefined();
  });
});

describe('what was remembered', () => {
  const whole = {
    source: 's',
    layout: 'layered',
    positions: [['a', 1, 2]],
    viewport: { scale: 2, x: 3, y: 4 },
    selected: 'a',
    current: 'b',
    list: true,
    legend: false,
  };

  test('is read back', () => {
    expect(readSaved(structuredClone(whole))).toEqual(whole);
  });

  test('is forgotten where it is not understood', () => {
    expect(readSaved(undefined)).toBeUndefined();
    expect(readSaved({ positions: [] })).toBeUndefined();
    expect(
      readSaved({
        source: 's',
        layout: 7,
        positions: [['a', 1, 2], ['b', Number.NaN, 2], 'c'],
        viewport: { scale: 0, x: 1, y: 1 },
        selected: 3,
      }),
    ).toEqual({
      source: 's',
      layout: 'force',
      positions: [['a', 1, 2]],
      viewport: undefined,
      selected: undefined,
      current: undefined,
      list: false,
      legend: false,
    });
  });
});
