/** What the picture is drawn with: once with pixels, once with SVG. Coordinates are screen pixels. */

export interface Stroke {
  readonly color: string;
  readonly width: number;
  /** Lengths of dashes and gaps; empty for a solid line. */
  readonly dash: readonly number[];
}

export interface Paint {
  readonly fill?: string;
  readonly stroke?: Stroke;
}

export interface TextStyle {
  readonly color: string;
  /** Drawn around the letters, so that lines behind do not disturb. */
  readonly halo: string;
  readonly size: number;
  readonly bold?: boolean;
}

export interface Brush {
  /** Lines of one style that do not hang together: x1, y1, x2, y2, and so on. */
  segments(coords: readonly number[], stroke: Stroke): void;
  circle(x: number, y: number, radius: number, paint: Paint): void;
  polygon(coords: readonly number[], paint: Paint): void;
  /** Centred on x, y. */
  text(text: string, x: number, y: number, style: TextStyle): void;
  /** Width of `text` in pixels. */
  measure(text: string, style: Pick<TextStyle, 'size' | 'bold'>): number;
}
