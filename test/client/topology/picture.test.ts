// The picture as SVG: by the same code that draws on the screen, so what is in it is what is drawn.
import { describe, expect, test } from 'vitest';
import { describeGraph } from '../../../client/src/topology/describe.ts';
import type { StatusReply } from '../../../client/src/mesh/types.ts';
import { Arrangement } from '../../../client/src/topology/webview/arrangement.ts';
import { Graph } from '../../../client/src/topology/webview/graph.ts';
import { paint, type Emphasis } from '../../../client/src/topology/webview/paint.ts';
import { boundsOf } from '../../../client/src/topology/webview/place.ts';
import { escapeXml, SvgBrush } from '../../../client/src/topology/webview/svgBrush.ts';
import type { Colours } from '../../../client/src/topology/webview/symbols.ts';
import { fit, toWorld, zoomAt, bringIntoView } from '../../../client/src/topology/webview/viewport.ts';
import { everyState, FakeSource, treeReply } from './meshes.ts';
import { fc } from '../../harness/fastCheck.ts';

const size = { width: 900, height: 700 };
/** Only colours that differ from each other in nothing: what is told apart in the picture is not told by them. */
const grey: Colours = {
  background: '#fff',
  text: '#000',
  muted: '#000',
  self: '#000',
  direct: '#000',
  reachable: '#000',
  trouble: '#000',
  warning: '#000',
  link: '#000',
  faint: '#000',
  route: '#000',
  trace: '#000',
  selection: '#000',
  focus: '#000',
  highContrast: false,
};

function draw(reply: StatusReply, emphasis: (graph: Graph) => Partial<Emphasis> = () => ({})): string {
  const graph = new Graph();
  const message = describeGraph(new FakeSource(), new FakeSource(reply).current());
  if (message.type === 'graph') graph.replace(message.nodes, message.links);
  const arrangement = new Arrangement(graph, 'layered', []);
  arrangement.placeMissing();
  const brush = new SvgBrush('sans-serif', (text) => text.length * 7);
  paint(brush, graph, fit(boundsOf(graph.nodes.values()), size), size, grey, { focused: false, route: [], ...emphasis(graph) });
  return brush.document(size, grey.background, 'Mesh');
}

/** Throws unless every `<` of the document begins one of the elements that we write, properly closed. */
function elements(svg: string): { name: string; attributes: string; text: string }[] {
  const found: { name: string; attributes: string; text: string }[] = [];
  const open: string[] = [];
  const rest = svg
    .replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>/, '')
    .replace(
      /<(\/?)([a-z]+)((?: [a-z-]+="[^"<]*")*)(\/?)>([^<]*)/gi,
      (_all, closing: string, name: string, attributes: string, empty: string, text: string) => {
        if (closing === '/') expect(open.pop()).toBe(name);
        else {
          found.push({ name, attributes, text });
          if (empty === '') open.push(name);
        }
        return '';
      },
    );
  expect(rest.trim()).toBe('');
  expect(open).toEqual([]);
  return found;
}

const texts = (svg: string): string[] =>
  elements(svg)
    .filter(({ name }) => name === 'text')
    .map(({ text }) => text);

describe('the SVG', () => {
  test('has the names of all nodes and the costs of all links where no frame must be quick', () => {
    const graph = new Graph();
    const source = new FakeSource(treeReply(900));
    const message = describeGraph(source, source.current());
    if (message.type === 'graph') graph.replace(message.nodes, message.links);
    [...graph.nodes.values()].forEach((node, at) => Object.assign(node, { x: (at % 30) * 100, y: Math.floor(at / 30) * 100 }));
    const sheet = { width: 3000, height: 3000 };
    const labels = (maxLabels?: number): string[] => {
      const brush = new SvgBrush('sans-serif', (text) => text.length * 7);
      paint(brush, graph, { scale: 1, x: 0, y: 0 }, sheet, grey, { focused: false, route: [] }, maxLabels);
      return texts(brush.document(sheet, grey.background, 'Mesh'));
    };
    expect(labels()).toHaveLength(600);
    const all = labels(Number.POSITIVE_INFINITY);
    expect([...graph.nodes.keys()].filter((id) => !all.includes(id))).toEqual([]);
    expect(all.length - graph.nodes.size).toBeGreaterThan(600);
  });

  test('is a document by itself: no script, no style sheet, no link', () => {
    const svg = draw(everyState);
    expect(new Set(elements(svg).map(({ name }) => name))).toEqual(
      new Set(['svg', 'title', 'rect', 'g', 'path', 'circle', 'polygon', 'text']),
    );
    expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/href|style|script|url\(|https?:/i);
  });

  test('names every node, and the cost of every link', () => {
    expect(texts(draw(everyState))).toEqual(
      expect.arrayContaining(['hub', 'east', 'west', 'far', 'gone', 'phantom', '1', '2', '1≠3', '5']),
    );
  });

  test('tells every state of node and link without colour', () => {
    const shapeOf = (kind: string): string => {
      const only: Record<string, StatusReply> = {
        self: { NodeID: 'x' },
        direct: { NodeID: '', Connections: [{ NodeID: 'x', Cost: 1 }] },
        reachable: { NodeID: '', RoutingTable: { x: 'y' } },
        unreachable: { NodeID: '', KnownConnectionCosts: { x: { y: 1 } } },
        ghost: { NodeID: '', Advertisements: [{ NodeID: 'x', Service: 's', Time: '', ConnType: 0 }] },
      };
      const graph = new Graph();
      const message = describeGraph(new FakeSource(), new FakeSource(only[kind]).current());
      if (message.type === 'graph')
        graph.replace(
          message.nodes.filter(({ id }) => id === 'x'),
          [],
        );
      const brush = new SvgBrush('x', () => 1);
      graph.nodes.get('x')!.placed = true;
      paint(brush, graph, { scale: 1, x: 50, y: 50 }, { width: 100, height: 100 }, grey, { focused: false, route: [] });
      return brush.document(size, '#fff', '');
    };
    const shapes = ['self', 'direct', 'reachable', 'unreachable', 'ghost'].map(shapeOf);
    expect(new Set(shapes).size).toBe(5);

    const lines = elements(draw(everyState)).filter(({ name, attributes }) => name === 'path' && /stroke-width="1\.[25]"/.test(attributes));
    const dashes = lines.map(({ attributes }) => /stroke-dasharray="([^"]*)"/.exec(attributes)?.[1]);
    expect(dashes).toEqual(expect.arrayContaining([undefined, '8 4', '1.5 4']));
  });

  test('draws the route and a traceroute, numbered from the answering node', () => {
    const plain = draw(everyState);
    const routed = draw(everyState, () => ({ route: ['hub', 'east', 'far'] }));
    const arrows = (svg: string): number => elements(svg).filter(({ name }) => name === 'polygon').length;
    expect(arrows(routed)).toBe(arrows(plain) + 2);
    const traced = draw(everyState, () => ({
      trace: {
        target: 'far',
        hops: [
          { node: 'hub', ms: 0.1 },
          { node: 'west', ms: 0.2 },
          { node: 'far', ms: 0.3, error: 'timeout' },
        ],
      },
    }));
    expect(arrows(traced)).toBe(arrows(plain) + 2);
    expect(texts(traced)).toEqual(expect.arrayContaining(['0', '1', '×']));
  });

  test('holds any node id, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.oneof(
            fc.string({ unit: 'binary' }),
            fc.constantFrom('</text><script>alert(1)</script>', '"><svg onload=x>', ']]>', '&amp;', '__proto__'),
          ),
          { minLength: 1, maxLength: 5 },
        ),
        (ids) => {
          const svg = draw({ NodeID: ids[0]!, Connections: ids.slice(1).map((NodeID) => ({ NodeID, Cost: 1 })) });
          expect(elements(svg).some(({ name }) => name === 'script')).toBe(false);
          expect(svg).not.toMatch(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u);
        },
      ),
    );
  });
});

test('escapeXml quotes markup and replaces what XML cannot hold', () => {
  expect(escapeXml(`<a b="c" d='e'>&`)).toBe('&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;');
  expect(escapeXml('\u0000\ud800\uffff')).toBe('\ufffd\ufffd\ufffd');
});

describe('a crowded picture', () => {
  test('labels what stands out and never two things in one place', () => {
    const graph = draw(treeReply(500), (all) => ({ selected: all.nodes.get('n400') }));
    const labels = elements(graph)
      .filter(({ name }) => name === 'text')
      .map(({ attributes, text }) => ({
        text,
        x: Number(/ x="([^"]*)"/.exec(attributes)![1]),
        y: Number(/ y="([^"]*)"/.exec(attributes)![1]),
      }));
    expect(labels.map(({ text }) => text)).toEqual(expect.arrayContaining(['n000', 'n400']));
    for (const [i, one] of labels.entries()) {
      for (const other of labels.slice(i + 1)) {
        if (one.text === 'n400' || other.text === 'n400') continue; // always shown
        expect(Math.abs(one.y - other.y) >= 7 || Math.abs(one.x - other.x) * 2 >= (one.text.length + other.text.length) * 7).toBe(true);
      }
    }
  });
});

describe('the viewport', () => {
  const view = { scale: 2, x: 30, y: -10 };

  test('keeps the point under the pointer when it zooms', () => {
    const [before, after] = [toWorld(view, 400, 300), toWorld(zoomAt(view, 1.7, 400, 300), 400, 300)];
    expect(after.x).toBeCloseTo(before.x);
    expect(after.y).toBeCloseTo(before.y);
  });

  test('shows a whole box, never larger than life', () => {
    const { scale, x, y } = fit({ left: -500, top: -100, right: 1500, bottom: 300 }, size);
    expect(-500 * scale + x).toBeGreaterThanOrEqual(0);
    expect(1500 * scale + x).toBeLessThanOrEqual(size.width);
    expect(-100 * scale + y).toBeGreaterThanOrEqual(0);
    expect(300 * scale + y).toBeLessThanOrEqual(size.height);
    expect(fit({ left: 0, top: 0, right: 1, bottom: 1 }, size).scale).toBeLessThan(2);
  });

  test('moves only when a node is not in it', () => {
    expect(bringIntoView(view, { x: 100, y: 100 }, size)).toBe(view);
    const moved = bringIntoView(view, { x: 5000, y: 100 }, size);
    expect(5000 * moved.scale + moved.x).toBeLessThanOrEqual(size.width);
    expect(moved.y).toBe(view.y);
  });
});
