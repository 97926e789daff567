/** The canvas: its size, its frames, and what a pointer does on it. */
import { CanvasBrush } from './canvasBrush.ts';
import type { Graph, PictureNode } from './graph.ts';
import { nodeRadius, paint, type Emphasis } from './paint.ts';
import { boundsOf, put } from './place.ts';
import { readTheme, type Theme } from './theme.ts';
import { bringIntoView, fit, panBy, toWorld, zoomAt, type Size, type Viewport } from './viewport.ts';

export interface SurfaceListener {
  /** What the picture shall stress. */
  emphasis(): Emphasis;
  clicked(node: PictureNode | undefined): void;
  hovered(node: PictureNode | undefined): void;
  /** A node was dragged by hand. */
  moved(): void;
  viewChanged(): void;
}

/** A pointer must travel this far, in pixels, before a press becomes a drag. */
const dragThreshold = 4;

export class Surface {
  readonly #element: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #graph: Graph;
  readonly #listener: SurfaceListener;
  #theme: Theme;
  #brush: CanvasBrush;
  #size: Size = { width: 0, height: 0 };
  #view: Viewport = { scale: 1, x: 0, y: 0 };
  /** Shows everything until someone looks closer. */
  #fitting = true;
  #frame = 0;

  constructor(element: HTMLElement, canvas: HTMLCanvasElement, graph: Graph, listener: SurfaceListener) {
    this.#element = element;
    this.#canvas = canvas;
    const context = canvas.getContext('2d', { alpha: false });
    if (context === null) throw new Error('This browser gives no canvas to draw on.');
    this.#context = context;
    this.#graph = graph;
    this.#listener = listener;
    this.#theme = readTheme();
    this.#brush = new CanvasBrush(context, this.#theme.fontFamily);
    new ResizeObserver(() => this.#resize()).observe(element);
    this.#resize();
    this.#listen();
  }

  get theme(): Theme {
    return this.#theme;
  }

  /** Undefined while everything is shown. */
  get viewport(): Viewport | undefined {
    return this.#fitting ? undefined : this.#view;
  }

  set viewport(view: Viewport | undefined) {
    this.#fitting = view === undefined;
    if (view !== undefined) this.#view = view;
    this.draw();
    this.#listener.viewChanged();
  }

  reloadTheme(): void {
    this.#theme = readTheme();
    this.#brush = new CanvasBrush(this.#context, this.#theme.fontFamily);
    this.draw();
  }

  /** Draws with the next frame. */
  draw(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.drawNow();
    });
  }

  drawNow(): void {
    if (this.#fitting) this.#view = fit(boundsOf(this.#graph.nodes.values()), this.#size);
    const context = this.#context;
    const ratio = this.#ratio();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = this.#theme.colours.background;
    context.fillRect(0, 0, this.#size.width, this.#size.height);
    this.#brush.begin();
    paint(this.#brush, this.#graph, this.#view, this.#size, this.#theme.colours, this.#listener.emphasis());
  }

  fitAll(): void {
    this.viewport = undefined;
  }

  zoom(factor: number, x = this.#size.width / 2, y = this.#size.height / 2): void {
    this.viewport = zoomAt(this.#view, factor, x, y);
  }

  pan(dx: number, dy: number): void {
    this.viewport = panBy(this.#view, dx, dy);
  }

  /** Moves the view as little as it takes to show `node`. */
  show(node: PictureNode): void {
    const view = bringIntoView(this.#view, node, this.#size);
    if (view !== this.#view) this.viewport = view;
    else this.draw();
  }

  /** The node under a point of the canvas. */
  nodeAt(x: number, y: number): PictureNode | undefined {
    const reach = nodeRadius(this.#view.scale) + 6;
    const at = toWorld(this.#view, x, y);
    let found: PictureNode | undefined;
    let least = (reach / this.#view.scale) ** 2;
    for (const node of this.#graph.nodes.values()) {
      const distance = (node.x - at.x) ** 2 + (node.y - at.y) ** 2;
      if (distance <= least) {
        least = distance;
        found = node;
      }
    }
    return found;
  }

  /** Moves a node by pixels of the screen. */
  moveNode(node: PictureNode, dx: number, dy: number): void {
    // What the hand moves, the eye follows: the view stays while it does.
    this.#fitting = false;
    put(node, node.x + dx / this.#view.scale, node.y + dy / this.#view.scale);
    this.#listener.moved();
    this.draw();
  }

  #ratio = (): number => Math.min(2, Math.max(1, devicePixelRatio));

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#element;
    this.#size = { width, height };
    const ratio = this.#ratio();
    this.#canvas.width = Math.max(1, Math.round(width * ratio));
    this.#canvas.height = Math.max(1, Math.round(height * ratio));
    // At once: a canvas is wiped when its size is set.
    this.drawNow();
  }

  #listen(): void {
    const canvas = this.#canvas;
    const pointers = new Map<number, { x: number; y: number }>();
    let pressed: { node: PictureNode | undefined; x: number; y: number; dragging: boolean } | undefined;

    canvas.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
      pressed = { node: this.nodeAt(event.offsetX, event.offsetY), x: event.offsetX, y: event.offsetY, dragging: pointers.size > 1 };
    });
    canvas.addEventListener('pointermove', (event) => {
      const { offsetX: x, offsetY: y } = event;
      const before = pointers.get(event.pointerId);
      if (before === undefined || pressed === undefined) {
        this.#listener.hovered(this.nodeAt(x, y));
        return;
      }
      pointers.set(event.pointerId, { x, y });
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
      if (other !== undefined) {
        const apart = Math.hypot(before.x - other.x, before.y - other.y);
        if (apart > 0) this.zoom(Math.hypot(x - other.x, y - other.y) / apart, (x + other.x) / 2, (y + other.y) / 2);
        return;
      }
      if (!pressed.dragging && Math.hypot(x - pressed.x, y - pressed.y) < dragThreshold) return;
      pressed.dragging = true;
      if (pressed.node === undefined) this.pan(x - before.x, y - before.y);
      else this.moveNode(pressed.node, x - before.x, y - before.y);
    });
    const released = (event: PointerEvent): void => {
      if (!pointers.delete(event.pointerId) || pressed === undefined) return;
      if (!pressed.dragging && event.type === 'pointerup') this.#listener.clicked(pressed.node);
      if (pointers.size === 0) pressed = undefined;
    };
    canvas.addEventListener('pointerup', released);
    canvas.addEventListener('pointercancel', released);
    canvas.addEventListener('pointerleave', () => this.#listener.hovered(undefined));
    canvas.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        // By lines or by pixels, as the device counts.
        const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
        this.zoom(Math.exp(-Math.max(-240, Math.min(240, pixels)) * 0.002), event.offsetX, event.offsetY);
      },
      { passive: false },
    );
  }
}
