/**
 * Where in the structure the cursor stands, told from indentation and punctuation alone: while somebody types, the text
 * is mostly no valid YAML, and completion is wanted just then.
 */
import type { ConfigFormat } from '../schema/knowledge.ts';
import type { Span } from '../yaml/nodes.ts';

/** A mapping key or a list entry around the cursor. */
export interface Step {
  readonly kind: 'key' | 'entry';
  /** Key as written, without quotes; empty for an entry. */
  readonly name: string;
  /** Column of the key or the dash; within `{ }` and `[ ]` that of the line it is in. */
  readonly column: number;
  /** Offset of the key or the dash. */
  readonly offset: number;
}

export interface Cursor {
  /** Outermost first. */
  readonly path: readonly Step[];
  /**
   * - `key`: a name may be typed; as the first thing in a list entry or below a key it may become a plain value as well.
   * - `value`: behind a colon.
   * - `none`: in a comment, a block of text, a template expression.
   */
  readonly place: 'key' | 'value' | 'none';
  /** What a completion replaces: from the start of the word to its end behind the cursor. Quotes stay outside. */
  readonly word: Span;
  /** The part of the word before the cursor. */
  readonly typed: string;
  readonly quote: '' | '"' | "'";
  /** Within `{ }` or `[ ]`. */
  readonly flow: boolean;
  /** Column where the word starts. */
  readonly column: number;
  /** Keys of the same mapping, lower-case, apart from the word itself. */
  readonly siblings: readonly string[];
  /** The word is a key already: a colon follows. */
  readonly colonFollows: boolean;
  readonly line: Span;
}

interface Frame extends Step {
  readonly keys: string[];
}

/** Structure of one line in block style: its dashes and its key, and what stands behind them. */
interface Line {
  readonly start: number;
  readonly end: number;
  readonly indent: number;
  readonly steps: readonly Step[];
  readonly rest: number;
  /** Nothing, a comment, a template statement or a document mark. */
  readonly blank: boolean;
}

const keyPattern =
  /(?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\n]|'')*)'|((?:\{\{.*?\}\}|[^\s#&*!|>'"%@`{}[\],:-]|-(?=[^\s]))(?:\{\{.*?\}\}|[^:#{}\n]|:(?=\S)|(?<=\S)#)*?))[ \t]*:(?=[ \t\r\n]|$)/y;
const blankPattern = /^[ \t]*(?:#.*|---.*|\.\.\.[ \t]*|\{%.*|\{#.*|\r)?$/;

function readLine(text: string, start: number): Line {
  const newline = text.indexOf('\n', start);
  let end = newline === -1 ? text.length : newline;
  if (text[end - 1] === '\r') end--;
  let at = start;
  while (at < end && (text[at] === ' ' || text[at] === '\t')) at++;
  const indent = at - start;
  const blank = blankPattern.test(text.slice(start, end));
  const steps: Step[] = [];
  if (!blank) {
    while (text[at] === '-' && (at + 1 >= end || text[at + 1] === ' ' || text[at + 1] === '\t')) {
      steps.push({ kind: 'entry', name: '', column: at - start, offset: at });
      at++;
      while (at < end && (text[at] === ' ' || text[at] === '\t')) at++;
    }
    keyPattern.lastIndex = at;
    const key = keyPattern.exec(text);
    if (key !== null && key.index + key[0].length <= end) {
      steps.push({ kind: 'key', name: key[1] ?? key[2] ?? key[3]!, column: at - start, offset: at });
      at += key[0].length;
      while (at < end && (text[at] === ' ' || text[at] === '\t')) at++;
    }
  }
  return { start, end, indent, steps, rest: at, blank };
}

const nextLine = (text: string, line: Line): number => {
  const newline = text.indexOf('\n', line.end);
  return newline === -1 ? text.length + 1 : newline + 1;
};

/** Column of the outermost list or mapping: that of the first line that says anything. */
function rootColumn(text: string): number {
  for (let start = 0; start <= text.length;) {
    const line = readLine(text, start);
    if (!line.blank) return line.indent;
    start = nextLine(text, line);
  }
  return 0;
}

/** Start of the outermost item or section that the line at `lineStart` belongs to. */
function originOf(text: string, lineStart: number, format: ConfigFormat, root: number): number {
  for (let start = lineStart; start >= 0; start = start === 0 ? -1 : text.lastIndexOf('\n', start - 2) + 1) {
    const first = text[start + root];
    if (first === undefined || first === ' ' || first === '\t' || first === '\n' || first === '\r' || first === '#') continue;
    if (root > 0 && text.slice(start, start + root).trim() !== '') continue;
    const [step] = readLine(text, start).steps;
    if (step === undefined || step.column !== root) continue;
    if (format === 'v1' ? step.kind === 'entry' : step.kind === 'key') return start;
  }
  return 0;
}

/** Drops what does not hold a step of this kind at this column. */
function unwind(frames: Frame[], kind: Step['kind'], column: number): void {
  for (let top = frames.at(-1); top !== undefined; top = frames.at(-1)) {
    if (kind === 'entry' && top.kind === 'key' ? top.column <= column : top.column < column) return;
    frames.pop();
  }
}

export function cursorAt(text: string, offset: number, format: ConfigFormat): Cursor {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const root = rootColumn(text);
  const frames: Frame[] = [];
  const rootKeys: string[] = [];
  let start = originOf(text, lineStart, format, root);
  for (;;) {
    const line = readLine(text, start);
    const here = offset <= line.end || nextLine(text, line) > offset;
    // Frames change with every step before the cursor; the key that the cursor is in or before is the word.
    for (const step of line.steps) {
      if (here && (step.kind === 'entry' ? offset <= step.offset : offset <= keyEnd(text, step, line)))
        return atKey(text, offset, frames, rootKeys, step, line);
      unwind(frames, step.kind, step.column);
      if (step.kind === 'key') (frames.at(-1)?.keys ?? rootKeys).push(step.name.toLowerCase());
      frames.push({ ...step, keys: [] });
    }
    if (!line.blank || here) {
      const ended = readRest(text, offset, frames, rootKeys, line, here);
      if (typeof ended !== 'number') return ended;
      start = ended;
    } else start = nextLine(text, line);
    if (start > text.length) return nowhere(offset); // not reached: the line of the offset returns
  }
}

const nowhere = (offset: number): Cursor => ({
  path: [],
  place: 'none',
  word: { start: offset, end: offset },
  typed: '',
  quote: '',
  flow: false,
  column: 0,
  siblings: [],
  colonFollows: false,
  line: { start: offset, end: offset },
});

/** Offset of the colon behind a key. */
function keyEnd(text: string, step: Step, line: Line): number {
  keyPattern.lastIndex = step.offset;
  const match = keyPattern.exec(text);
  return match === null ? line.end : step.offset + match[0].length - 1;
}

/** The cursor is in or before a key that has its colon, or before a dash. */
function atKey(text: string, offset: number, frames: Frame[], rootKeys: string[], step: Step, line: Line): Cursor {
  if (step.kind === 'entry') return { ...nowhere(offset), path: frames, line };
  unwind(frames, 'key', step.column);
  const quote = text[step.offset] === '"' || text[step.offset] === "'" ? (text[step.offset] as '"' | "'") : '';
  const start = step.offset + quote.length;
  if (offset < start) return { ...nowhere(offset), path: frames, line };
  const parent = frames.at(-1);
  return {
    path: frames,
    place: 'key',
    word: { start, end: start + step.name.length },
    typed: text.slice(start, offset),
    quote,
    flow: false,
    column: step.column,
    siblings: [...(parent?.keys ?? rootKeys), ...keysBelow(text, line, step.column)],
    colonFollows: true,
    line,
  };
}

/** Keys further down in the block mapping whose keys stand at `column`. */
function keysBelow(text: string, line: Line, column: number): string[] {
  const keys: string[] = [];
  for (let start = nextLine(text, line); start <= text.length;) {
    const next = readLine(text, start);
    start = nextLine(text, next);
    if (next.blank || next.indent > column) continue;
    const [step] = next.steps;
    if (next.indent < column || step?.kind !== 'key') break;
    keys.push(step.name.toLowerCase());
  }
  return keys;
}

/**
 * Reads what stands behind the dashes and the key of a line, which may go on over lines. Returns the cursor when it is
 * in there, else where the next line starts.
 */
function readRest(text: string, offset: number, frames: Frame[], rootKeys: string[], line: Line, here: boolean): Cursor | number {
  const { rest, end } = line;
  const first = text[rest];
  const hasKey = line.steps.at(-1)?.kind === 'key';
  if ((first === '|' || first === '>') && rest < end && hasKey) {
    const parent = line.steps.at(-1)!.column;
    let next = nextLine(text, line);
    while (next <= text.length) {
      const body = readLine(text, next);
      if (text.slice(body.start, body.end).trim() !== '' && body.indent <= parent) break;
      if (offset >= body.start && offset <= body.end && (body.indent > parent || offset - body.start > parent))
        return { ...nowhere(offset), path: frames, line: body };
      next = nextLine(text, body);
    }
    return here ? { ...nowhere(offset), path: frames, line } : next;
  }
  if ((first === '{' && text[rest + 1] !== '{' && text[rest + 1] !== '%') || first === '[') {
    if (offset > rest) return readFlow(text, offset, frames, line);
    if (!here) return nextLine(text, line);
  }
  if (!here) return first === '"' || first === "'" ? afterQuoted(text, line, offset, frames) : nextLine(text, line);
  return atRest(text, offset, frames, rootKeys, line, hasKey);
}

/** A quoted value that goes on over lines hides what looks like structure in them. */
function afterQuoted(text: string, line: Line, offset: number, frames: Frame[]): Cursor | number {
  const quote = text[line.rest];
  const close = quotedEnd(text, line.rest);
  // Unclosed is what somebody types just now, not the rest of the file.
  if (close === -1 || close <= line.end || text.slice(line.end, close).split('\n').length > 20) return nextLine(text, line);
  if (offset <= close) return { ...nowhere(offset), path: frames, line };
  const newline = text.indexOf('\n', close);
  return newline === -1 || quote === undefined ? text.length + 1 : newline + 1;
}

/** Offset of the closing quote; -1 when there is none. */
function quotedEnd(text: string, start: number): number {
  const quote = text[start];
  for (let i = start + 1; i < text.length; i++) {
    if (quote === '"' && text[i] === '\\') i++;
    else if (text[i] === quote) {
      if (quote === "'" && text[i + 1] === "'") i++;
      else return i;
    }
  }
  return -1;
}

/** The cursor is behind the last step of a line in block style. */
function atRest(text: string, offset: number, frames: Frame[], rootKeys: string[], line: Line, hasKey: boolean): Cursor {
  // On a line without a word the cursor's own column tells the level, not that of blanks behind it.
  const empty = line.rest >= line.end || (line.blank && text.slice(line.start, line.end).trim() === '');
  const start = empty ? offset : Math.min(line.rest, offset);
  const upTo = text.slice(start, offset);
  if ((line.blank && !empty) || /(?:^|\s)#/.test(upTo) || inTemplate(text.slice(line.start, offset)) || /^[&*!]/.test(upTo))
    return { ...nowhere(offset), path: frames, line };
  const quote = upTo[0] === '"' || upTo[0] === "'" ? upTo[0] : '';
  if (quote !== '' && quotedEnd(text.slice(0, offset), start) !== -1) return { ...nowhere(offset), path: frames, line };
  const from = start + quote.length;
  const column = start - line.start;
  if (!hasKey) {
    unwind(frames, 'key', column);
  }
  const parent = frames.at(-1);
  const to = wordEnd(text, offset, line.end, quote);
  return {
    path: frames,
    place: hasKey ? 'value' : 'key',
    word: { start: from, end: to },
    typed: text.slice(from, offset),
    quote,
    flow: false,
    column,
    siblings: hasKey ? [] : [...(parent?.keys ?? rootKeys), ...keysBelow(text, line, column)],
    colonFollows: /^["']?[ \t]*:(?:[ \t\r\n]|$)/.test(text.slice(to, line.end + 1)),
    line,
  };
}

/** End of the word that the cursor is in. */
function wordEnd(text: string, offset: number, end: number, quote: string): number {
  let at = offset;
  const stop = quote === '' ? /[\s,\]}#:"']/ : quote === '"' ? /"/ : /'/;
  while (at < end && !stop.test(text[at]!)) at++;
  return at;
}

const inTemplate = (upTo: string): boolean =>
  upTo.lastIndexOf('{{') > upTo.lastIndexOf('}}') || upTo.lastIndexOf('{%') > upTo.lastIndexOf('%}');

interface Open {
  readonly map: boolean;
  readonly keys: string[];
  key: Step | undefined;
  token: number;
}

/** The cursor may be within `{ }` or `[ ]` that open at the rest of this line. */
function readFlow(text: string, offset: number, frames: Frame[], line: Line): Cursor | number {
  const opens: Open[] = [];
  const column = line.rest - line.start;
  for (let i = line.rest; i < offset; i++) {
    const c = text[i]!;
    const top = opens.at(-1);
    if (c === '{' && text[i + 1] === '{') {
      const close = text.indexOf('}}', i);
      if (close === -1 || close + 2 > offset) return { ...nowhere(offset), path: frames, flow: true, line };
      i = close + 1;
    } else if (c === '{' || c === '[') opens.push({ map: c === '{', keys: [], key: undefined, token: i + 1 });
    else if (c === '}' || c === ']') {
      opens.pop();
      if (opens.length === 0) {
        const newline = text.indexOf('\n', i);
        const end = newline === -1 ? text.length : newline;
        // The cursor stands behind the closing bracket: nothing is to be typed there.
        return offset <= end ? { ...nowhere(offset), path: frames, line } : end + 1;
      }
    } else if (c === ',' && top !== undefined) {
      top.key = undefined;
      top.token = i + 1;
    } else if (c === '#' && /\s/.test(text[i - 1] ?? ' ')) {
      const newline = text.indexOf('\n', i);
      if (newline === -1 || newline >= offset) return { ...nowhere(offset), path: frames, flow: true, line };
      i = newline;
    } else if ((c === '"' || c === "'") && top !== undefined && text.slice(top.token, i).trim() === '') {
      const close = quotedEnd(text, i);
      if (close === -1 || close >= offset) break;
      i = close;
    } else if (c === ':' && top?.map === true && top.key === undefined && /[\s,}\]"'[{]/.test(text[i + 1] ?? ' ')) {
      const raw = text.slice(top.token, i);
      const name = raw.trim().replaceAll(/^["']|["']$/g, '');
      top.key = { kind: 'key', name, column, offset: top.token + (raw.length - raw.trimStart().length) };
      top.keys.push(name.toLowerCase());
      top.token = i + 1;
    }
  }
  const path: Step[] = [...frames];
  for (const open of opens) {
    if (!open.map) path.push({ kind: 'entry', name: '', column, offset: open.token });
    else if (open.key !== undefined) path.push(open.key);
  }
  const top = opens.at(-1)!;
  let start = top.token;
  while (start < offset && /\s/.test(text[start]!)) start++;
  const quote = start < offset && (text[start] === '"' || text[start] === "'") ? (text[start] as '"' | "'") : '';
  const from = start + quote.length;
  if (inTemplate(text.slice(from, offset))) return { ...nowhere(offset), path: frames, flow: true, line };
  const place = top.map && top.key !== undefined ? 'value' : 'key';
  const newline = text.indexOf('\n', offset);
  const to = wordEnd(text, offset, newline === -1 ? text.length : newline, quote);
  const after = /^["']?[ \t]*:(?:[\s,}\]]|$)/.test(text.slice(to, to + 40));
  return {
    path,
    place,
    word: { start: from, end: to },
    typed: text.slice(from, offset),
    quote,
    flow: true,
    column,
    siblings: place === 'key' && top.map ? [...top.keys, ...flowKeysAfter(text, to, after)] : [],
    colonFollows: after,
    line,
  };
}

/** Keys that follow in the same `{ }`. */
function flowKeysAfter(text: string, from: number, skipFirst: boolean): string[] {
  let depth = 0;
  let end = from;
  for (; end < text.length && end < from + 4000; end++) {
    const c = text[end];
    if (c === '{' || c === '[') depth++;
    else if ((c === '}' || c === ']') && depth-- === 0) break;
  }
  const keys = [...text.slice(from, end).matchAll(/(?:^|,)\s*["']?([\w-]+)["']?\s*:(?=\s)/g)].map((m) => m[1]!.toLowerCase());
  return skipFirst ? keys.filter((_, i) => i > 0 || !/^["']?[ \t]*:/.test(text.slice(from, from + 10))) : keys;
}
