import { ConfigDocument } from '../../../server/src/config/document.ts';
import type { Edit } from '../../../server/src/service/write.ts';
import { marked } from './marked.ts';

/** A document and the position of its `|`. */
export function at(source: string): { document: ConfigDocument; position: { line: number; character: number } } {
  const { text, offset } = marked(source);
  const document = new ConfigDocument(text);
  return { document, position: document.positionAt(offset) };
}

/** The text after edits, as an editor applies them: all to the text as it was. */
export function applied(text: string, edits: readonly Edit[]): string {
  const sorted = edits.toSorted((a, b) => b.span.start - a.span.start);
  for (const [i, edit] of sorted.entries()) {
    const next = sorted[i - 1];
    if (next !== undefined && edit.span.end > next.span.start) throw new Error('edits overlap');
  }
  return sorted.reduce((result, { span, text }) => result.slice(0, span.start) + text + result.slice(span.end), text);
}
