import type { Brush, Paint, Stroke, TextStyle } from './brush.ts';
import type { Size } from './viewport.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text for an XML document: markup quoted, and what XML cannot hold at all replaced. */
export const escapeXml = (text: string): string =>
  text
    .replace(/[&<>"']/g, (char) => entities[char]!)
    // Controls, lone surrogates and non-characters make a whole document unreadable.
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD');

const number = (value: number): string => String(Math.round(value * 10) / 10);

/** Draws into an SVG document that needs nothing else: colours are values, no style sheet, no script, no link. */
export class SvgBrush implements Brush {
  readonly #parts: string[] = [];
  readonly #family: string;
  readonly #measure: Brush['measure'];

  constructor(family: string, measure: Brush['measure']) {
    this.#family = family;
    this.#measure = measure;
  }

  segments(coords: readonly number[], stroke: Stroke): void {
    let d = '';
    for (let i = 0; i + 3 < coords.length; i += 4) {
      d += `M${number(coords[i]!)} ${number(coords[i + 1]!)}L${number(coords[i + 2]!)} ${number(coords[i + 3]!)}`;
    }
    if (d !== '') this.#parts.push(`<path d="${d}"${paintAttributes({ stroke })}/>`);
  }

  circle(x: number, y: number, radius: number, paint: Paint): void {
    this.#parts.push(`<circle cx="${number(x)}" cy="${number(y)}" r="${number(radius)}"${paintAttributes(paint)}/>`);
  }

  polygon(coords: readonly number[], paint: Paint): void {
    this.#parts.push(`<polygon points="${coords.map(number).join(' ')}"${paintAttributes(paint)}/>`);
  }

  text(text: string, x: number, y: number, { color, halo, size, bold }: TextStyle): void {
    const weight = bold === true ? ' font-weight="bold"' : '';
    const place = `x="${number(x)}" y="${number(y)}" font-size="${size}"${weight} fill="${escapeXml(color)}"`;
    this.#parts.push(`<text ${place} stroke="${escapeXml(halo)}">${escapeXml(text)}</text>`);
  }

  measure(text: string, style: Pick<TextStyle, 'size' | 'bold'>): number {
    return this.#measure(text, style);
  }

  /** @param title read out for the picture as a whole */
  document({ width, height }: Size, background: string, title: string): string {
    const [w, h] = [number(width), number(height)];
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" role="img">`,
      `<title>${escapeXml(title)}</title>`,
      `<rect width="${w}" height="${h}" fill="${escapeXml(background)}"/>`,
      `<g font-family="${escapeXml(this.#family)}" text-anchor="middle" dominant-baseline="central" stroke-linejoin="round" paint-order="stroke" stroke-width="3">`,
      ...this.#parts,
      '</g>',
      '</svg>',
      '',
    ].join('\n');
  }
}

function paintAttributes({ fill, stroke }: Paint): string {
  const inside = ` fill="${fill === undefined ? 'none' : escapeXml(fill)}"`;
  if (stroke === undefined) return `${inside} stroke="none"`;
  const dash = stroke.dash.length === 0 ? '' : ` stroke-dasharray="${stroke.dash.map(number).join(' ')}"`;
  return `${inside} stroke="${escapeXml(stroke.color)}" stroke-width="${number(stroke.width)}"${dash}`;
}
