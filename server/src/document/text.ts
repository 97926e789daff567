/** Replaces `[start, end)` (UTF-16 offsets of the text before this change) by `text`. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Position {
  /** Zero-based. */
  readonly line: number;
  /** UTF-16 code units from the line's start. */
  readonly character: number;
}

/** Appends the start of every line that begins in `text` behind its first character; `text` itself stands at `base`. */
function collectLineStarts(text: string, base: number, into: number[]): void {
  if (text.includes('\r')) {
    const breaks = /\r\n?|\n/g;
    while (breaks.test(text)) into.push(base + breaks.lastIndex);
  } else for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) into.push(base + i + 1);
}

/** What can be read of a text without putting it together. */
export interface TextPieces {
  readonly length: number;
  /** The whole; costs a copy after an edit. */
  readonly text: string;
  /** Offsets beyond the text count as its ends. */
  slice(start: number, end: number): string;
}

/**
 * A text that changes, with its lines known at all times: LSP counts in lines, everything else here in offsets.
 *
 * Edits change a window around the place where one types; the rest is put together with it when somebody wants the whole.
 */
export class LineText implements TextPieces {
  #head = '';
  #window: string;
  #tail = '';
  /** Undefined after an edit. */
  #whole: string | undefined;
  #lineStarts: number[];
  readonly #reach: number;

  /** @param reach characters that the window has on either side of an edit: the next edit is likely to be among them */
  constructor(text: string, reach = 16 * 1024) {
    this.#reach = reach;
    this.#window = this.#whole = text;
    this.#lineStarts = lineStartsOf(text);
  }

  get length(): number {
    return this.#head.length + this.#window.length + this.#tail.length;
  }

  get text(): string {
    return (this.#whole ??= this.#head + this.#window + this.#tail);
  }

  slice(start: number, end: number): string {
    const from = Math.max(start, 0) - this.#head.length;
    const to = Math.min(end, this.length) - this.#head.length;
    if (from >= 0 && to <= this.#window.length) return this.#window.slice(from, Math.max(from, to));
    return this.text.slice(Math.max(start, 0), Math.max(end, 0));
  }

  /** Offset of each line's first character. */
  get lineStarts(): readonly number[] {
    return this.#lineStarts;
  }

  /** Applies one change; costs the change and one pass over the line starts behind it. */
  apply({ start, end, text }: TextChange): void {
    const delta = text.length - (end - start);
    // A lone CR beside the edit may become CRLF or the reverse: rare enough to count anew.
    const recount = text.includes('\r') || this.slice(start - 1, start) === '\r' || this.slice(end - 1, end + 1) === '\r\n';
    this.#replace(start, end, text);
    if (recount) {
      this.#lineStarts = lineStartsOf(this.text);
      return;
    }
    const starts = this.#lineStarts;
    const first = this.lineAt(start) + 1;
    let last = first;
    while (last < starts.length && starts[last]! <= end) last++;
    const inserted: number[] = [];
    collectLineStarts(text, start, inserted);
    if (delta !== 0) for (let i = last; i < starts.length; i++) starts[i]! += delta;
    if (inserted.length > 0 || last > first) {
      if (inserted.length < 1000) starts.splice(first, last - first, ...inserted);
      else this.#lineStarts = [...starts.slice(0, first), ...inserted, ...starts.slice(last)];
    }
  }

  #replace(start: number, end: number, text: string): void {
    const outside = start < this.#head.length || end > this.#head.length + this.#window.length;
    if (outside || this.#window.length > 4 * this.#reach) {
      const whole = this.text;
      const to = end + this.#reach;
      this.#head = whole.slice(0, Math.max(start - this.#reach, 0));
      this.#window = whole.slice(this.#head.length, to);
      this.#tail = whole.slice(to);
    }
    const from = start - this.#head.length;
    this.#window = this.#window.slice(0, from) + text + this.#window.slice(from + end - start);
    this.#whole = undefined;
  }

  /** Line that holds `offset`. */
  lineAt(offset: number): number {
    const starts = this.#lineStarts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Offsets beyond the text count as its end. */
  positionAt(offset: number): Position {
    const at = Math.min(Math.max(offset, 0), this.length);
    const line = this.lineAt(at);
    return { line, character: at - this.#lineStarts[line]! };
  }

  /** Positions beyond a line count as its end, before the line break, as LSP wants it. */
  offsetAt({ line, character }: Position): number {
    const starts = this.#lineStarts;
    if (line < 0) return 0;
    if (line >= starts.length) return this.length;
    const start = starts[line]!;
    let end = line + 1 < starts.length ? starts[line + 1]! : this.length;
    while (end > start && line + 1 < starts.length && isBreak(this.slice(end - 1, end))) end--;
    return Math.min(start + Math.max(character, 0), end);
  }
}

const isBreak = (character: string): boolean => character === '\n' || character === '\r';

/** Offset of each line's first character; LF, CRLF and lone CR end a line, as in LSP. */
export function lineStartsOf(text: string): number[] {
  const starts = [0];
  collectLineStarts(text, 0, starts);
  return starts;
}
