import { END, isBlank, isBreak, isBreakOrEnd, isDigit } from './characters.ts';
import type { Mark } from './refusal.ts';
import type { Scanner } from './scanner.ts';
import { Kind } from './tokens.ts';

type Chomping = 'clip' | 'strip' | 'keep';

/** A literal (`|`) or folded (`>`) scalar. Its token ends behind the last line break that belongs to it. */
export function scanBlockScalar(s: Scanner, literal: boolean): void {
  const { text } = s;
  const start = s.mark();
  s.pos++;
  const { chomping, increment } = scanHeader(s, start);

  const lines = new Lines(s, start, increment === 0 ? 0 : Math.max(s.indent, 0) + increment);
  let breaks = lines.skipEmpty();
  let content = '';
  let leading = '';
  let leadingBlank = false;
  while (s.pos - s.lineStart === lines.indent && text.charCodeAt(s.pos) !== END) {
    const blank = isBlank(text.charCodeAt(s.pos));
    // A single break between two lines that start with text is folded to a space, or to the breaks that follow it.
    if (!literal && !leadingBlank && !blank && leading === '\n') content += breaks === '' ? ' ' : breaks;
    else content += leading + breaks;
    leadingBlank = blank;
    const from = s.pos;
    s.skipComment();
    content += text.slice(from, s.pos);
    leading = isBreak(text.charCodeAt(s.pos)) ? s.readBreak() : '';
    breaks = lines.skipEmpty();
  }
  if (chomping !== 'strip') content += leading;
  if (chomping === 'keep') content += breaks;

  const stand = s.pos;
  s.pos = lines.end;
  s.push(Kind.scalar, start.pos, start.line, content, '', literal ? 'literal' : 'folded');
  s.pos = stand;
}

function scanHeader(s: Scanner, start: Mark): { chomping: Chomping; increment: number } {
  const { text } = s;
  let chomping: Chomping = 'clip';
  let increment = 0;
  const takeChomping = (): boolean => {
    const c = text.charCodeAt(s.pos);
    if (c !== 43 && c !== 45) return false;
    chomping = c === 43 ? 'keep' : 'strip';
    s.pos++;
    return true;
  };
  const takeIncrement = (): boolean => {
    const c = text.charCodeAt(s.pos);
    if (!isDigit(c)) return false;
    if (c === 48) s.fail('found an indentation indicator equal to 0', start);
    increment = c - 48;
    s.pos++;
    return true;
  };
  if (takeChomping()) takeIncrement();
  else if (takeIncrement()) takeChomping();

  s.skipBlanks();
  if (text.charCodeAt(s.pos) === 35) s.skipComment();
  const c = text.charCodeAt(s.pos);
  if (!isBreakOrEnd(c)) s.fail('did not find expected comment or line break', start);
  if (isBreak(c)) {
    s.skipBreak();
    s.brokeLine = true;
  }
  return { chomping, increment };
}

/** The empty lines between lines of text, and the indentation that all lines share. */
class Lines {
  indent: number;
  end: number;
  private readonly s: Scanner;
  private readonly start: Mark;

  constructor(s: Scanner, start: Mark, indent: number) {
    this.s = s;
    this.start = start;
    this.indent = indent;
    this.end = s.pos;
  }

  /** Steps over empty lines and the next line's indentation; gives the breaks. The first text line sets the indentation. */
  skipEmpty(): string {
    const { s } = this;
    const { text } = s;
    let breaks = '';
    let widest = 0;
    this.end = s.pos;
    for (;;) {
      while ((this.indent === 0 || s.pos - s.lineStart < this.indent) && text.charCodeAt(s.pos) === 32) s.pos++;
      const column = s.pos - s.lineStart;
      widest = Math.max(widest, column);
      const c = text.charCodeAt(s.pos);
      if (c === 9 && (this.indent === 0 || column < this.indent)) {
        s.fail('found a tab character where an indentation space is expected', this.start);
      }
      if (!isBreak(c)) break;
      breaks += s.readBreak();
      this.end = s.pos;
    }
    if (this.indent === 0) this.indent = Math.max(widest, s.indent + 1, 1);
    return breaks;
  }
}
