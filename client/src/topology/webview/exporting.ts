/** The whole mesh as a file: at its own size, whatever part of it the screen shows. */
import { CanvasBrush } from './canvasBrush.ts';
import type { Graph } from './graph.ts';
import { paint, type Emphasis } from './paint.ts';
import { boundsOf } from './place.ts';
import { SvgBrush } from './svgBrush.ts';
import type { Theme } from './theme.ts';
import type { Size, Viewport } from './viewport.ts';

const margin = 80;
/** What every browser and most viewers take as a picture's side. */
const maxPixels = 8192;

function sheet(graph: Graph): { view: Viewport; size: Size } {
  const { left, top, right, bottom } = boundsOf(graph.nodes.values());
  return {
    view: { scale: 1, x: margin - left, y: margin - top },
    size: { width: right - left + 2 * margin, height: bottom - top + 2 * margin },
  };
}

export function exportSvg(graph: Graph, theme: Theme, emphasis: Emphasis, title: string): string {
  const { view, size } = sheet(graph);
  const context = document.createElement('canvas').getContext('2d')!;
  const ruler = new CanvasBrush(context, theme.fontFamily);
  const brush = new SvgBrush(theme.fontFamily, (text, style) => ruler.measure(text, style));
  paint(brush, graph, view, size, theme.colours, { ...emphasis, focused: false, hovered: undefined }, Number.POSITIVE_INFINITY);
  return brush.document(size, theme.colours.background, title);
}

export async function exportPng(graph: Graph, theme: Theme, emphasis: Emphasis): Promise<Uint8Array> {
  const { view, size } = sheet(graph);
  const ratio = Math.min(2, maxPixels / Math.max(size.width, size.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(size.width * ratio);
  canvas.height = Math.round(size.height * ratio);
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) throw new Error('This browser gives no canvas to draw on.');
  context.scale(ratio, ratio);
  context.fillStyle = theme.colours.background;
  context.fillRect(0, 0, size.width, size.height);
  const brush = new CanvasBrush(context, theme.fontFamily);
  brush.begin();
  paint(brush, graph, view, size, theme.colours, { ...emphasis, focused: false, hovered: undefined }, Number.POSITIVE_INFINITY);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) throw new Error('The picture is too large for a PNG; export it as SVG.');
  return new Uint8Array(await blob.arrayBuffer());
}
