// The way through the graph by keyboard alone.
import { describe, expect, test } from 'vitest';
import { describeGraph } from '../../../client/src/topology/describe.ts';
import type { StatusReply } from '../../../client/src/mesh/types.ts';
import { Arrangement } from '../../../client/src/topology/webview/arrangement.ts';
import { neighbourTowards } from '../../../client/src/topology/webview/direction.ts';
import { Graph, type PictureNode } from '../../../client/src/topology/webview/graph.ts';
import { meaningOf, type KeyPress } from '../../../client/src/topology/webview/keys.ts';
import { put } from '../../../client/src/topology/webview/place.ts';
import { bigStatus } from '../mesh/big.ts';
import { everyState, FakeSource, treeReply } from './meshes.ts';

function graphOf(reply: StatusReply, kind: 'force' | 'layered' = 'force'): Graph {
  const graph = new Graph();
  const message = describeGraph(new FakeSource(), new FakeSource(reply).current());
  if (message.type === 'graph') graph.replace(message.nodes, message.links);
  const arrangement = new Arrangement(graph, kind, []);
  arrangement.placeMissing();
  arrangement.finish();
  return graph;
}

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  shiftKey: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...more,
});
function goes(key: string, graph: Graph, from: PictureNode | undefined): PictureNode | undefined {
  const meaning = meaningOf(press(key), graph, from);
  return meaning?.do === 'go' ? meaning.node : undefined;
}

describe('arrow keys', () => {
  const graph = graphOf(everyState);
  const node = (id: string): PictureNode => graph.nodes.get(id)!;
  // far is linked to east and west; gone is linked to east only.
  put(node('hub'), 0, 0);
  put(node('east'), 100, 0);
  put(node('west'), -100, 0);
  put(node('far'), 0, 200);
  put(node('gone'), 200, -20);
  put(node('phantom'), 0, 90);

  test.each([
    ['ArrowRight', 'hub', 'east'],
    ['ArrowLeft', 'hub', 'west'],
    ['ArrowRight', 'east', 'gone'],
    ['ArrowLeft', 'gone', 'east'],
    ['ArrowUp', 'far', 'east'], // both are linked and as far: the first by name
    ['ArrowDown', 'east', 'far'],
  ])('%s goes from %s to its neighbour %s', (key, from, to) => {
    expect(goes(key, graph, node(from))?.id).toBe(to);
  });

  test('prefer a neighbour to a nearer node without a link, and go to that where there is no neighbour', () => {
    expect(neighbourTowards(node('east'), 'down', graph.nodes.values())?.id).toBe('far');
    expect(neighbourTowards(node('hub'), 'down', graph.nodes.values())?.id).toBe('phantom');
  });

  test('stay at the edge', () => {
    expect(meaningOf(press('ArrowUp'), graph, node('gone'))).toEqual({ do: 'stay' });
  });

  test('begin at the answering node', () => {
    expect(goes('ArrowRight', graph, undefined)?.id).toBe('hub');
  });

  test('move the view with Shift, the node with Alt', () => {
    expect(meaningOf(press('ArrowRight', { shiftKey: true }), graph, node('hub'))).toMatchObject({ do: 'pan' });
    expect(meaningOf(press('ArrowRight', { altKey: true }), graph, node('hub'))).toMatchObject({ do: 'move' });
  });
});

describe.each(['force', 'layered'] as const)('in the %s layout', (kind) => {
  test.each([
    ['every state', everyState],
    ['a tree', treeReply(40)],
    ['300 nodes', bigStatus(300)],
  ])('Page Down comes to every node of %s once, and back to the first; Page Up likewise', (_name, reply) => {
    const graph = graphOf(reply, kind);
    for (const key of ['PageDown', 'PageUp']) {
      const seen: string[] = [];
      let at = goes(key, graph, undefined)!;
      for (let i = 0; i < graph.nodes.size; i++) {
        seen.push(at.id);
        at = goes(key, graph, at)!;
      }
      expect(new Set(seen).size).toBe(graph.nodes.size);
      expect(at.id).toBe(seen[0]);
    }
  });

  test('arrows alone reach every node that a link reaches', () => {
    const graph = graphOf(treeReply(40), kind);
    const seen = new Set([graph.self!]);
    for (const node of seen) {
      for (const key of ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight']) {
        const next = goes(key, graph, node);
        if (next !== undefined) seen.add(next);
      }
    }
    // A crowded fan has more children than directions: those are for Page Down and the list.
    expect(seen.size).toBeGreaterThan(graph.nodes.size / 2);
  });
});

test.each([
  ['Home', 'hub'],
  ['End', 'phantom'],
])('%s goes to %s', (key, id) => {
  const graph = graphOf(everyState);
  expect(goes(key, graph, graph.nodes.get('east'))?.id).toBe(id);
});

test.each([
  ['Enter', 'select'],
  [' ', 'select'],
  ['Escape', 'clear'],
  ['/', 'search'],
  ['0', 'fit'],
  ['+', 'zoom'],
  ['-', 'zoom'],
])('%j means %s', (key, meaning) => {
  expect(meaningOf(press(key), new Graph(), undefined)?.do).toBe(meaning);
});

test('keys of VS Code are left to it', () => {
  expect(meaningOf(press('ArrowRight', { ctrlKey: true }), new Graph(), undefined)).toBeUndefined();
  expect(meaningOf(press('Tab'), new Graph(), undefined)).toBeUndefined();
  expect(meaningOf(press('F1'), new Graph(), undefined)).toBeUndefined();
  expect(meaningOf(press('toString'), new Graph(), undefined)).toBeUndefined();
});

test('an empty graph has no node to go to', () => {
  for (const key of ['Home', 'End', 'PageDown', 'ArrowUp']) expect(meaningOf(press(key), new Graph(), undefined)).toEqual({ do: 'stay' });
});
