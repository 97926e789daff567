/** Rows by hops from the answering node; what no link reaches comes last. */
import { hopsFromSelf, peerOf, type Graph, type PictureNode } from './graph.ts';
import { put, spacing } from './place.ts';

const columnWidth = spacing * 1.5;
const rowHeight = spacing * 2.2;
/** Between the rows into which a layer is broken that is too long for one. */
const foldHeight = spacing * 0.9;

export function layOutInLayers(graph: Graph): void {
  const layers = layersOf(graph);
  orderToShortenLinks(layers);
  const longest = Math.max(8, Math.ceil(Math.sqrt(graph.nodes.size * 3)));
  let y = 0;
  for (const layer of layers) {
    const rows = Math.ceil(layer.length / longest);
    // Column by column, so that a folded layer keeps its order from left to right.
    const columns = Math.ceil(layer.length / rows);
    layer.forEach((node, i) => {
      const column = Math.floor(i / rows);
      const row = i % rows;
      const shift = rows > 1 && row % 2 === 1 ? 0.5 : 0;
      put(node, (column + shift - (columns - 1) / 2) * columnWidth, y + row * foldHeight);
    });
    y += (rows - 1) * foldHeight + rowHeight;
  }
}

function layersOf(graph: Graph): PictureNode[][] {
  const hops = hopsFromSelf(graph);
  const layers: PictureNode[][] = [];
  const rest: PictureNode[] = [];
  for (const node of graph.order) {
    const depth = hops.get(node);
    if (depth === undefined) rest.push(node);
    else (layers[depth] ??= []).push(node);
  }
  return rest.length === 0 ? layers : [...layers, rest];
}

/** Sweeps down and up; each node wants to stand where its neighbours of the layer before stand on average. */
function orderToShortenLinks(layers: PictureNode[][]): void {
  const at = new Map<PictureNode, number>();
  const number = (layer: readonly PictureNode[]): void => layer.forEach((node, i) => at.set(node, (i + 0.5) / layer.length));
  layers.forEach(number);
  for (let sweep = 0; sweep < 6; sweep++) {
    const down = sweep % 2 === 0;
    const walk = down ? layers : layers.toReversed();
    walk.forEach((layer, i) => {
      const before = walk[i - 1];
      if (before === undefined) return;
      const known = new Set(before);
      const wish = new Map(
        layer.map((node) => {
          const near = [...node.links].map((link) => peerOf(link, node)).filter((peer) => known.has(peer));
          return [node, near.length === 0 ? at.get(node)! : near.reduce((sum, peer) => sum + at.get(peer)!, 0) / near.length];
        }),
      );
      layer.sort((x, y) => wish.get(x)! - wish.get(y)! || (x.id < y.id ? -1 : 1));
      number(layer);
    });
  }
}
