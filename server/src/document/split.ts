import type { TextPieces } from './text.ts';

/**
 * Splits a v1 config into the texts of its top-level items, so that each can be read alone and kept while it is
 * unchanged. Works for the layout that configs have: a block list at column 0. Everything else is read as a whole.
 */
export interface Split {
  /** Offsets of the items' dashes, ascending. An item's text goes up to the next one's dash. */
  readonly starts: number[];
}

/** YAML 1.1 counts these as line breaks, the search below does not. */
const oddBreak = /\r(?!\n)|[\u0085\u2028\u2029]/;
const dash = 45;

/** True when the character after a dash makes it an item: blank, tab, line break or the end. */
const endsDash = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9 || Number.isNaN(code);

/** True when a line that starts at `at` ends the document or begins another (`---`, `...`). */
const isBoundary = (text: string, at: number): boolean =>
  (text.startsWith('---', at) || text.startsWith('...', at)) && endsDash(text.charCodeAt(at + 3));

/** What may stand before the first item: blank lines, comments, one `---`; a control character is for the whole reading to refuse. */
const header =
  /^\uFEFF?(?: *(?:#[\t\r -~\u00A0-\uFFFD]*)?\r?\n)*(?:--- *(?:#[\t\r -~\u00A0-\uFFFD]*)?(?:\r?\n|$)(?: *(?:#[\t\r -~\u00A0-\uFFFD]*)?\r?\n)*)?/;

/** Where the first item's dash must stand. */
export const headerEnd = (text: string): number => header.exec(text)?.[0].length ?? 0;

/** Undefined when the text has another layout. */
export function splitItems(text: string): Split | undefined {
  if (oddBreak.test(text)) return undefined;
  const first = headerEnd(text);
  if (text.charCodeAt(first) !== dash || !endsDash(text.charCodeAt(first + 1))) return undefined;
  const starts = [first];
  return collect(text, first + 1, 0, starts) && text.indexOf('\n...', first) === -1 ? { starts } : undefined;
}

/** Appends the dashes of lines that start behind `from`, as offsets from `base`. False when one of them is a document boundary. */
function collect(text: string, from: number, base: number, into: number[]): boolean {
  for (let at = text.indexOf('\n-', from); at !== -1; at = text.indexOf('\n-', at + 1)) {
    if (isBoundary(text, at + 1)) return false;
    if (endsDash(text.charCodeAt(at + 2))) into.push(base + at + 1);
  }
  return true;
}

/** Which items an edit touched. */
export interface Resplit {
  /** Index of the first item whose text may have changed. */
  readonly first: number;
  /** How many old items gave way, and the dashes that took their place (new offsets). */
  readonly removed: number;
  readonly added: readonly number[];
}

/**
 * Keeps `starts` in step with an edit by looking at the touched items only.
 * @param starts of the text before the edit
 * @param text after the edit
 * @param start where the edit began
 * @param end where it ended, before the edit
 * @param length of the text that was put in
 * @returns undefined when the layout may have changed: split anew
 */
export function resplit(starts: readonly number[], text: TextPieces, start: number, end: number, length: number): Resplit | undefined {
  const delta = length - (end - start);
  // The character before the edit belongs to the touched text: its line may begin differently now.
  const first = lastAtOrBefore(starts, start - 1);
  if (first < 0) return undefined;
  let next = first + 1;
  while (next < starts.length && starts[next]! <= end) next++;
  const from = starts[first]!;
  const to = next < starts.length ? starts[next]! + delta : text.length;
  const region = text.slice(from, to);
  if (oddBreak.test(region) || region.includes('\n...') || !endsDash(region.charCodeAt(1))) return undefined;
  const added = [from];
  return collect(region, 0, from, added) ? { first, removed: next - first, added } : undefined;
}

function lastAtOrBefore(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
