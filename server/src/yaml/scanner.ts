import { END, isBlank, isBlankOrBreakOrEnd, isBreak, isBreakOrEnd, isDocumentMarker, isWord } from './characters.ts';
import type { Dialect } from './nodes.ts';
import type { Mark } from './refusal.ts';
import { Refusal } from './refusal.ts';
import { scanBlockScalar } from './scan-block-scalar.ts';
import { scanPlain } from './scan-plain.ts';
import { scanAnchor, scanDirective, scanTag } from './scan-properties.ts';
import { scanQuoted } from './scan-quoted.ts';
import type { Source } from './source.ts';
import { controlRefused } from './source.ts';
import type { ScalarStyle, Token } from './tokens.ts';
import { Kind } from './tokens.ts';

const MAX_DEPTH = 10_000;
/** A key without `?` must be followed by its `:` within so many characters, and on the same line. */
const MAX_KEY_LENGTH = 1024;
/** yaml.v3's queue never runs empty: past so many used tokens it is put together again. */
const LONG_QUEUE = 1024;
/** How far yaml.v3 looks for a comment behind a token or a comment. */
const COMMENT_REACH = 512;

/** What may still turn out to be a key, one per flow level. */
interface SimpleKey {
  possible: boolean;
  /** In block context at the column of the mapping: anything but a key here is an error. */
  required: boolean;
  /** Number of its first token, counted from the start of the text. */
  token: number;
  /** False once the token need no longer wait for what follows; may become false too early, as in go-yaml. */
  holds: boolean;
  pos: number;
  line: number;
  column: number;
}

/**
 * Text to tokens, one at a time and never further ahead than Go's scanner looks, so that problems surface in the same
 * order. The state is public for the functions in `scan-*.ts`, which are this class's other half.
 */
export class Scanner {
  readonly text: string;
  readonly dialect: Dialect;
  pos: number;
  /** Zero-based. */
  line = 0;
  lineStart: number;
  /** Column of the innermost block collection; -1 outside of any. */
  indent = -1;
  flowLevel = 0;
  simpleKeyAllowed = true;
  /** The last token ended behind a line break. */
  brokeLine = false;

  private readonly source: Source;
  private readonly indents: number[] = [];
  private readonly keys: SimpleKey[] = [];
  /** The last of `keys`. */
  private key: SimpleKey = noKey(0);
  /** All keys below this level stand for tokens that were handed out already. */
  private lowestKey = 0;
  /** Waiting tokens stand from `head` to before `tail`; the others are to be used again. */
  private readonly queue: Token[] = [];
  private head = 0;
  private tail = 0;
  private taken = 0;
  private ready = false;

  constructor(source: Source, dialect: Dialect) {
    this.source = source;
    this.text = source.text;
    this.dialect = dialect;
    this.pos = source.start;
    this.lineStart = source.start;
    this.keys.push(this.key);
  }

  /** The next token; it stays the next one until `skip`. */
  peek(): Token {
    if (!this.ready) this.fill();
    return this.queue[this.head]!;
  }

  skip(): void {
    this.ready = false;
    this.taken++;
    this.head++;
    if (this.head === this.tail) {
      this.head = 0;
      this.tail = 0;
    } else if (this.head === LONG_QUEUE) {
      // The used tokens go behind the waiting ones, to be used again.
      this.queue.push(...this.queue.splice(0, this.head));
      this.tail -= this.head;
      this.head = 0;
    }
  }

  /** @throws Refusal always */
  fail(problem: string, context: Mark, start: number = this.pos, end: number = start + 1): never {
    throw new Refusal('scanner', problem, { pos: this.pos, line: this.line }, context, start, end);
  }

  mark(): Mark {
    return { pos: this.pos, line: this.line };
  }

  /** Steps over a line break; CR LF is one. */
  skipBreak(): void {
    this.pos += this.text.charCodeAt(this.pos) === 13 && this.text.charCodeAt(this.pos + 1) === 10 ? 2 : 1;
    this.line++;
    this.lineStart = this.pos;
  }

  /** Steps over a line break and gives it as YAML normalises it: LS and PS stay, every other one is LF. */
  readBreak(): string {
    const c = this.text.charCodeAt(this.pos);
    this.skipBreak();
    return c === 0x20_28 ? '\u2028' : c === 0x20_29 ? '\u2029' : '\n';
  }

  skipBlanks(): void {
    while (isBlank(this.text.charCodeAt(this.pos))) this.pos++;
  }

  skipComment(): void {
    while (!isBreakOrEnd(this.text.charCodeAt(this.pos))) this.pos++;
  }

  push(kind: number, start: number, line: number, text = '', suffix = '', style: ScalarStyle = 'plain'): void {
    this.pushToken(kind, start, this.pos, line, text, suffix, style);
  }

  private pushToken(kind: number, start: number, end: number, line: number, text: string, suffix: string, style: ScalarStyle): void {
    const token = this.queue[this.tail];
    if (token === undefined) this.queue.push({ kind, start, end, line, text, suffix, style });
    else {
      token.kind = kind;
      token.start = start;
      token.end = end;
      token.line = line;
      token.text = text;
      token.suffix = suffix;
      token.style = style;
    }
    this.tail++;
  }

  private insert(at: number, kind: number, mark: Mark): void {
    const { queue } = this;
    let place = this.tail;
    this.pushToken(kind, mark.pos, mark.pos, mark.line, '', '', 'plain');
    // Where go-yaml has handed the key's own token out already, it appends: the parser then refuses the text.
    if (at < 0) return;
    const token = queue[place]!;
    for (; place > this.head + at; place--) queue[place] = queue[place - 1]!;
    queue[place] = token;
  }

  private fill(): void {
    // yaml.v3 looks two tokens further, for the comments it attaches.
    const ahead = this.dialect === 'yaml.v3' ? 2 : 0;
    while (this.head >= this.tail - ahead || this.headMayBeKey()) this.fetch();
    this.ready = true;
  }

  private headMayBeKey(): boolean {
    while (this.lowestKey < this.keys.length - 1 && this.keys[this.lowestKey]!.token < this.taken) this.lowestKey++;
    const key = this.keys[this.lowestKey]!;
    return key.holds && key.token === this.taken && this.isValid(key);
  }

  private isValid(key: SimpleKey): boolean {
    if (!key.possible) return false;
    if (key.line < this.line || this.isTooLong(key.pos)) {
      if (key.required) this.failKey(key);
      key.possible = false;
    }
    return key.possible;
  }

  /** Go counts code points, we count UTF-16 units: only a long key with pairs in it needs the second look. */
  private isTooLong(from: number): boolean {
    let length = this.pos - from;
    if (length <= MAX_KEY_LENGTH) return false;
    if (length > 2 * MAX_KEY_LENGTH) return true;
    for (let i = from; i < this.pos; i++) if ((this.text.charCodeAt(i) & 0xfc_00) === 0xdc_00) length--;
    return length > MAX_KEY_LENGTH;
  }

  private failKey(key: SimpleKey): never {
    let end = key.pos;
    while (!isBreakOrEnd(this.text.charCodeAt(end))) end++;
    this.fail("could not find expected ':'", key, key.pos, end);
  }

  private saveKey(): void {
    if (!this.simpleKeyAllowed) return;
    this.removeKey();
    const { key } = this;
    key.possible = true;
    key.holds = true;
    key.column = this.pos - this.lineStart;
    key.required = this.flowLevel === 0 && this.indent === key.column;
    key.token = this.nextToken();
    key.pos = this.pos;
    key.line = this.line;
  }

  private nextToken(): number {
    return this.taken + this.tail - this.head;
  }

  private removeKey(): void {
    const { key } = this;
    if (!key.possible) return;
    if (key.required) this.failKey(key);
    key.possible = false;
    key.holds = false;
  }

  private enterFlow(): void {
    this.key = noKey(this.nextToken());
    this.keys.push(this.key);
    if (++this.flowLevel > MAX_DEPTH) this.fail(`exceeded max depth of ${MAX_DEPTH}`, this.mark());
  }

  private leaveFlow(): void {
    if (this.flowLevel === 0) return;
    this.flowLevel--;
    const { token } = this.keys.pop()!;
    // go-yaml forgets whatever it had noted for that token, also when it was the outer level's key: `[]: 1` fails.
    this.key = this.keys.at(-1)!;
    if (this.key.token === token) this.key.holds = false;
    if (this.lowestKey >= this.keys.length) this.lowestKey = this.keys.length - 1;
  }

  private rollIndent(column: number, at: number, kind: number, mark: Mark): void {
    if (this.flowLevel > 0 || this.indent >= column) return;
    this.indents.push(this.indent);
    this.indent = column;
    if (this.indents.length > MAX_DEPTH) this.fail(`exceeded max depth of ${MAX_DEPTH}`, this.mark());
    this.insert(at, kind, mark);
  }

  private unrollIndent(column: number): void {
    if (this.flowLevel > 0) return;
    while (this.indent > column) {
      this.push(Kind.blockEnd, this.pos, this.line);
      this.indent = this.indents.pop()!;
    }
  }

  private fetch(): void {
    this.skipToToken();
    const { text, pos } = this;
    if (this.source.control >= 0 && pos + 4 > this.source.length) throw controlRefused(this.source.control);
    const column = pos - this.lineStart;
    this.unrollIndent(column);
    const c = text.charCodeAt(pos);
    if (c === END) return this.fetchEnd();
    if (column === 0) {
      if (c === 37) return this.fetchDirective();
      if ((c === 45 || c === 46) && isDocumentMarker(text, pos)) {
        return this.fetchDocumentMarker(c === 45 ? Kind.documentStart : Kind.documentEnd);
      }
    }
    this.brokeLine = false;
    this.fetchContent(c);
    if (this.source.control >= 0 && this.pos + 1 > this.source.length) throw controlRefused(this.source.control);
    return this.skipLineComment();
  }

  private fetchContent(c: number): void {
    const inFlow = this.flowLevel > 0;
    switch (c) {
      case 91: // [
        return this.fetchFlowStart(Kind.flowSequenceStart);
      case 123: // {
        return this.fetchFlowStart(Kind.flowMappingStart);
      case 93: // ]
        return this.fetchFlowEnd(Kind.flowSequenceEnd);
      case 125: // }
        return this.fetchFlowEnd(Kind.flowMappingEnd);
      case 44: // ,
        this.removeKey();
        this.simpleKeyAllowed = true;
        return this.fetchIndicator(Kind.flowEntry);
      case 45: // -
        if (this.blankFollows()) return this.fetchBlockEntry();
        return this.fetchPlain();
      case 63: // ?
        if (inFlow || this.blankFollows()) return this.fetchKey();
        return this.fetchPlain();
      case 58: // :
        if (inFlow || this.blankFollows()) return this.fetchValue();
        return this.fetchPlain();
      case 42: // *
      case 38: // &
        this.saveKey();
        this.simpleKeyAllowed = false;
        return scanAnchor(this, c === 42 ? Kind.alias : Kind.anchor);
      case 33: // !
        this.saveKey();
        this.simpleKeyAllowed = false;
        return scanTag(this);
      case 124: // |
      case 62: // >
        if (inFlow) break;
        this.removeKey();
        this.simpleKeyAllowed = true;
        return scanBlockScalar(this, c === 124);
      case 39: // '
      case 34: // "
        this.saveKey();
        this.simpleKeyAllowed = false;
        return scanQuoted(this, c === 39);
      case 37: // %
      case 64: // @
      case 96: // `
      case 9: // tab
        break;
      default:
        return this.fetchPlain();
    }
    return this.fail('found character that cannot start any token', this.mark());
  }

  private blankFollows(): boolean {
    return isBlankOrBreakOrEnd(this.text.charCodeAt(this.pos + 1));
  }

  private fetchPlain(): void {
    if (this.flowLevel === 0 && this.simpleKeyAllowed && this.fetchPlainKey()) return;
    this.saveKey();
    this.simpleKeyAllowed = false;
    scanPlain(this);
  }

  /**
   * The tokens of `word:` at once, where the general way makes three steps and inserts before what it has. Nearly all keys
   * of real files are such words, so this is what makes large files fast; whatever else stands here is left alone.
   */
  private fetchPlainKey(): boolean {
    const { text, pos } = this;
    let at = pos + 1;
    while (isWord(text.charCodeAt(at))) at++;
    if (text.charCodeAt(at) !== 58 || at - pos > MAX_KEY_LENGTH || !isBlankOrBreakOrEnd(text.charCodeAt(at + 1))) return false;
    this.removeKey();
    this.rollIndent(pos - this.lineStart, -1, Kind.blockMappingStart, this);
    this.push(Kind.key, pos, this.line);
    this.pos = at;
    this.push(Kind.scalar, pos, this.line, text.slice(pos, at));
    this.pos++;
    this.push(Kind.value, at, this.line);
    this.simpleKeyAllowed = false;
    return true;
  }

  private fetchIndicator(kind: number): void {
    const start = this.pos++;
    this.push(kind, start, this.line);
  }

  private fetchEnd(): void {
    if (this.pos !== this.lineStart) {
      this.lineStart = this.pos;
      this.line++;
    }
    this.unrollIndent(-1);
    this.removeKey();
    this.simpleKeyAllowed = false;
    this.push(Kind.streamEnd, this.pos, this.line);
  }

  private fetchDirective(): void {
    this.unrollIndent(-1);
    this.removeKey();
    this.simpleKeyAllowed = false;
    scanDirective(this);
  }

  private fetchDocumentMarker(kind: number): void {
    this.unrollIndent(-1);
    this.removeKey();
    this.simpleKeyAllowed = false;
    const start = this.pos;
    this.pos += 3;
    this.push(kind, start, this.line);
  }

  private fetchFlowStart(kind: number): void {
    this.saveKey();
    this.enterFlow();
    this.simpleKeyAllowed = true;
    this.fetchIndicator(kind);
  }

  private fetchFlowEnd(kind: number): void {
    this.removeKey();
    this.leaveFlow();
    this.simpleKeyAllowed = false;
    this.fetchIndicator(kind);
  }

  private fetchBlockEntry(): void {
    if (this.flowLevel === 0) {
      if (!this.simpleKeyAllowed) this.fail('block sequence entries are not allowed in this context', this.mark());
      this.rollIndent(this.pos - this.lineStart, -1, Kind.blockSequenceStart, this);
    }
    this.removeKey();
    this.simpleKeyAllowed = true;
    this.fetchIndicator(Kind.blockEntry);
  }

  private fetchKey(): void {
    if (this.flowLevel === 0) {
      if (!this.simpleKeyAllowed) this.fail('mapping keys are not allowed in this context', this.mark());
      this.rollIndent(this.pos - this.lineStart, -1, Kind.blockMappingStart, this);
    }
    this.removeKey();
    this.simpleKeyAllowed = this.flowLevel === 0;
    this.fetchIndicator(Kind.key);
  }

  private fetchValue(): void {
    const { key } = this;
    if (this.isValid(key)) {
      const at = key.token - this.taken;
      this.insert(at, Kind.key, key);
      this.rollIndent(key.column, at, Kind.blockMappingStart, key);
      key.possible = false;
      key.holds = false;
      this.simpleKeyAllowed = false;
    } else {
      if (this.flowLevel === 0) {
        if (!this.simpleKeyAllowed) this.fail('mapping values are not allowed in this context', this.mark());
        this.rollIndent(this.pos - this.lineStart, -1, Kind.blockMappingStart, this);
      }
      this.simpleKeyAllowed = this.flowLevel === 0;
    }
    this.fetchIndicator(Kind.value);
  }

  /** Over blanks, comments and line breaks. A tab where a key may start is content, and no content may start with it. */
  private skipToToken(): void {
    const { text } = this;
    for (;;) {
      if (this.pos === this.lineStart && this.pos < this.source.skipsUntil) this.pos += text.codePointAt(this.pos)! > 0xff_ff ? 2 : 1;
      let c = text.charCodeAt(this.pos);
      while (c === 32 || (c === 9 && (this.flowLevel > 0 || !this.simpleKeyAllowed))) c = text.charCodeAt(++this.pos);
      if (c === 35) {
        this.skipComment();
        if (this.dialect === 'yaml.v3') this.skipMoreComments();
        c = text.charCodeAt(this.pos);
      }
      if (!isBreak(c)) return;
      this.skipBreak();
      if (this.flowLevel === 0) this.simpleKeyAllowed = true;
    }
  }

  /** yaml.v3 takes comments on the following lines with the first one, whatever blanks, tabs included, stand before them. */
  private skipMoreComments(): void {
    const { text } = this;
    for (;;) {
      const c = text.charCodeAt(this.pos);
      if (c !== 10 && c !== 13) return;
      const limit = this.pos + COMMENT_REACH;
      let at = this.pos + 1;
      while (at < limit && (isBlank(text.charCodeAt(at)) || text.charCodeAt(at) === 10 || text.charCodeAt(at) === 13)) at++;
      if (at >= limit || text.charCodeAt(at) !== 35) return;
      while (this.pos < at) {
        if (isBreak(text.charCodeAt(this.pos))) this.skipBreak();
        else this.pos++;
      }
      this.skipComment();
    }
  }

  /** yaml.v3 takes the comment behind a token with the token, tabs before it included. */
  private skipLineComment(): void {
    if (this.dialect !== 'yaml.v3' || this.brokeLine || this.queue[this.tail - 1]!.kind === Kind.blockEntry) return;
    const limit = this.pos + COMMENT_REACH;
    let at = this.pos;
    while (at < limit && isBlank(this.text.charCodeAt(at))) at++;
    if (at >= limit || this.text.charCodeAt(at) !== 35) return;
    this.pos = at;
    this.skipComment();
  }
}

const noKey = (token: number): SimpleKey => ({ possible: false, required: false, token, holds: false, pos: 0, line: 0, column: 0 });
