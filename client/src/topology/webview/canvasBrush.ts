import type { Brush, Paint, Stroke, TextStyle } from './brush.ts';

/** Draws with pixels. */
export class CanvasBrush implements Brush {
  readonly #context: CanvasRenderingContext2D;
  readonly #family: string;
  readonly #widths = new Map<string, number>();
  #font = '';

  constructor(context: CanvasRenderingContext2D, family: string) {
    this.#context = context;
    this.#family = family;
  }

  /** To be called before a frame is drawn: wiping or resizing a canvas resets its state. */
  begin(): void {
    const context = this.#context;
    this.#font = '';
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
  }

  segments(coords: readonly number[], stroke: Stroke): void {
    const context = this.#context;
    this.#stroke(stroke);
    // One path each: a line by itself takes the rasteriser's short way, a path of thousands is filled as one shape.
    for (let i = 0; i + 3 < coords.length; i += 4) {
      context.beginPath();
      context.moveTo(coords[i]!, coords[i + 1]!);
      context.lineTo(coords[i + 2]!, coords[i + 3]!);
      context.stroke();
    }
  }

  circle(x: number, y: number, radius: number, paint: Paint): void {
    const context = this.#context;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    this.#finish(paint);
  }

  polygon(coords: readonly number[], paint: Paint): void {
    const context = this.#context;
    context.beginPath();
    context.moveTo(coords[0]!, coords[1]!);
    for (let i = 2; i + 1 < coords.length; i += 2) context.lineTo(coords[i]!, coords[i + 1]!);
    context.closePath();
    this.#finish(paint);
  }

  text(text: string, x: number, y: number, style: TextStyle): void {
    const context = this.#context;
    this.#setFont(style);
    context.setLineDash([]);
    context.strokeStyle = style.halo;
    context.lineWidth = 3;
    context.strokeText(text, x, y);
    context.fillStyle = style.color;
    context.fillText(text, x, y);
  }

  measure(text: string, style: Pick<TextStyle, 'size' | 'bold'>): number {
    const key = `${style.bold === true ? 'b' : ''}${style.size} ${text}`;
    let width = this.#widths.get(key);
    if (width === undefined) {
      this.#setFont(style);
      width = this.#context.measureText(text).width;
      if (this.#widths.size > 20_000) this.#widths.clear();
      this.#widths.set(key, width);
    }
    return width;
  }

  #finish({ fill, stroke }: Paint): void {
    if (fill !== undefined) {
      this.#context.fillStyle = fill;
      this.#context.fill();
    }
    if (stroke !== undefined) {
      this.#stroke(stroke);
      this.#context.stroke();
    }
  }

  #stroke({ color, width, dash }: Stroke): void {
    this.#context.strokeStyle = color;
    this.#context.lineWidth = width;
    this.#context.setLineDash(dash as number[]);
  }

  #setFont({ size, bold }: Pick<TextStyle, 'size' | 'bold'>): void {
    const font = `${bold === true ? 'bold ' : ''}${size}px ${this.#family}`;
    if (font !== this.#font) this.#context.font = this.#font = font;
  }
}
