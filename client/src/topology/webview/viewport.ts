/** Which part of the world the screen shows. Pure: every change makes a new one. */
import type { Bounds } from './place.ts';

export interface Viewport {
  /** Screen pixels per world unit. */
  readonly scale: number;
  /** Screen position of the world's origin. */
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const [minScale, maxScale] = [0.02, 6];
const clampScale = (scale: number): number => Math.min(maxScale, Math.max(minScale, scale));

/** The box in the middle, with a margin in pixels, and never larger than life. */
export function fit(bounds: Bounds, { width, height }: Size, margin = 48): Viewport {
  const wide = Math.max(1, bounds.right - bounds.left);
  const high = Math.max(1, bounds.bottom - bounds.top);
  const scale = clampScale(Math.min(1.4, Math.max(1, width - 2 * margin) / wide, Math.max(1, height - 2 * margin) / high));
  return {
    scale,
    x: width / 2 - ((bounds.left + bounds.right) / 2) * scale,
    y: height / 2 - ((bounds.top + bounds.bottom) / 2) * scale,
  };
}

/** Zooms by a factor; the world's point under (x, y) stays there. */
export function zoomAt(view: Viewport, factor: number, x: number, y: number): Viewport {
  const scale = clampScale(view.scale * factor);
  const by = scale / view.scale;
  return { scale, x: x - (x - view.x) * by, y: y - (y - view.y) * by };
}

export const panBy = (view: Viewport, dx: number, dy: number): Viewport => ({ ...view, x: view.x + dx, y: view.y + dy });

/** The least movement that brings a point of the world to at least `margin` pixels inside the screen. */
export function bringIntoView(view: Viewport, point: { x: number; y: number }, { width, height }: Size, margin = 60): Viewport {
  const x = point.x * view.scale + view.x;
  const y = point.y * view.scale + view.y;
  const inside = (at: number, size: number): number => {
    const room = Math.min(margin, size / 2);
    return at < room ? room - at : at > size - room ? size - room - at : 0;
  };
  const dx = inside(x, width);
  const dy = inside(y, height);
  return dx === 0 && dy === 0 ? view : panBy(view, dx, dy);
}

export const toWorld = (view: Viewport, x: number, y: number): { x: number; y: number } => ({
  x: (x - view.x) / view.scale,
  y: (y - view.y) / view.scale,
});
