/** What the shapes mean, drawn by the same code that draws them in the picture; and the keys. */
import { CanvasBrush } from './canvasBrush.ts';
import { make } from './dom.ts';
import type { NodeKind } from './graph.ts';
import { disagreedGap, drawStaleBadge, drawSymbol, linkStroke, routeStroke, traceStroke } from './symbols.ts';
import type { Theme } from './theme.ts';
import { kindWords, linkWords } from './words.ts';

const [width, height] = [44, 24];

const keys: readonly (readonly [string, string])[] = [
  ['Arrow keys', 'to the neighbouring node'],
  ['Page Up, Page Down', 'through all nodes'],
  ['Home, End', 'to this node (which answers), to the last one'],
  ['Enter', 'select; the route to it is drawn'],
  ['Escape', 'take the selection back'],
  ['/', 'search; Enter goes to the next match'],
  ['+, −, 0', 'zoom in, out, show everything'],
  ['Shift + arrow keys', 'move the view'],
  ['Alt + arrow keys', 'move the node'],
];

export function renderLegend(element: HTMLElement, theme: Theme): void {
  const { colours } = theme;
  const draw = (what: (brush: CanvasBrush) => void): HTMLCanvasElement => {
    const canvas = make('canvas', '');
    const ratio = Math.max(1, devicePixelRatio);
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    canvas.setAttribute('aria-hidden', 'true');
    const context = canvas.getContext('2d')!;
    context.scale(ratio, ratio);
    const brush = new CanvasBrush(context, theme.fontFamily);
    brush.begin();
    what(brush);
    return canvas;
  };
  const line = [2, height / 2, width - 2, height / 2];
  const rows: HTMLElement[] = [];
  for (const kind of Object.keys(kindWords) as NodeKind[]) {
    rows.push(
      make(
        'li',
        '',
        draw((brush) => drawSymbol(brush, kind, width / 2, height / 2, 7, colours)),
        kindWords[kind],
      ),
    );
  }
  rows.push(
    make(
      'li',
      '',
      draw((brush) => drawStaleBadge(brush, width / 2 - 8, height / 2 + 8, 8, colours)),
      'nothing heard of it for two minutes',
    ),
  );
  for (const state of ['up', 'one-sided', 'disagreed', 'stale'] as const) {
    const twice = line
      .map((at, i) => at + (i % 2 === 1 ? disagreedGap / 2 : 0))
      .concat(line.map((at, i) => at - (i % 2 === 1 ? disagreedGap / 2 : 0)));
    rows.push(
      make(
        'li',
        '',
        draw((brush) => brush.segments(state === 'disagreed' ? twice : line, linkStroke(state, colours))),
        `link: ${linkWords[state]}`,
      ),
    );
  }
  rows.push(
    make(
      'li',
      '',
      draw((brush) => brush.segments(line, routeStroke(colours))),
      'route to the selected node',
    ),
    make(
      'li',
      '',
      draw((brush) => brush.segments(line, traceStroke(colours))),
      'traceroute',
    ),
  );
  const list = make('dl', 'keys');
  for (const [key, does] of keys) list.append(make('dt', '', key), make('dd', '', does));
  element.replaceChildren(make('h3', '', 'Shapes'), make('ul', 'shapes', ...rows), make('h3', '', 'Keys'), list);
}
