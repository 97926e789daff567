/**
 * Editing of one line in a terminal: cursor, history, completion. No `vscode`: text comes in as the terminal sends it, and
 * what is to be written goes out.
 *
 * The line is drawn on one row and scrolls sideways when it is longer, so that its place never depends on how the
 * terminal wraps.
 */

export interface Completion {
  /** Offset in the line where the completed word begins. */
  readonly from: number;
  readonly candidates: readonly string[];
}

export interface LineEditorHost {
  write(text: string): void;
  /** A whole line, without its end. */
  line(text: string): void;
  /** Ctrl+D on an empty line. */
  end(): void;
  /** Ctrl+C; the line is dropped already. */
  interrupt(): void;
  complete(line: string, cursor: number): Promise<Completion> | Completion;
}

const maxHistory = 200;

export class LineEditor {
  readonly #host: LineEditorHost;
  readonly #history: string[];
  #prompt = '';
  #columns = 80;
  /** What a reader takes for characters: the cursor never stands inside of one. */
  #text: string[] = [];
  #cursor = 0;
  /** Index in the history; its length means the line being written. */
  #place: number;
  #draft = '';
  /** Typed and not yet handled: a part of an escape sequence, or what came while no line was shown or one was completed. */
  #pending = '';
  #shown = false;
  #completing = false;
  #lastTab = '';

  constructor(host: LineEditorHost, history: readonly string[] = []) {
    this.#host = host;
    this.#history = history.slice(-maxHistory);
    this.#place = this.#history.length;
  }

  get history(): readonly string[] {
    return this.#history;
  }

  get text(): string {
    return this.#text.join('');
  }

  resize(columns: number): void {
    this.#columns = Math.max(20, columns);
    if (this.#shown) this.#draw();
  }

  /** Begins a line, and takes what was typed ahead for it. `prompt` is plain text. */
  ask(prompt: string): void {
    this.#prompt = prompt;
    this.#text = [];
    this.#cursor = 0;
    this.#place = this.#history.length;
    this.#shown = true;
    this.#draw();
    this.feed('');
  }

  /** Takes what the terminal sends. What follows the end of a line waits for the next `ask`. */
  feed(data: string): void {
    this.#pending += data;
    while (this.#shown && !this.#completing) {
      const token = nextToken(this.#pending);
      if (token === undefined) return; // the rest of an escape sequence is still to come
      this.#pending = this.#pending.slice(token.length);
      this.#key(token);
    }
  }

  /** What was typed and not handled, which is forgotten here. */
  takeTypedAhead(): string {
    const typed = this.#pending;
    this.#pending = '';
    return typed;
  }

  #key(token: string): void {
    if (token !== '\t') this.#lastTab = '';
    switch (token) {
      case '\r':
      case '\n':
      case '\r\n': {
        const line = this.text;
        this.#host.write('\r\n');
        this.#shown = false;
        this.#remember(line);
        this.#host.line(line);
        return;
      }
      case '\u0003':
        this.#host.write('^C\r\n');
        this.#shown = false;
        this.#host.interrupt();
        return;
      case '\u0004':
        if (this.#text.length === 0) {
          this.#host.write('\r\n');
          this.#shown = false;
          this.#host.end();
          return;
        }
        this.#delete(this.#cursor, this.#cursor + 1);
        return;
      case '\t':
        void this.#complete();
        return;
      case '\u007f':
      case '\b':
        this.#delete(this.#cursor - 1, this.#cursor);
        return;
      case '\u001b[3~':
        this.#delete(this.#cursor, this.#cursor + 1);
        return;
      case '\u0015':
        this.#delete(0, this.#cursor);
        return;
      case '\u000b':
        this.#delete(this.#cursor, this.#text.length);
        return;
      case '\u0017':
      case '\u001b\u007f':
        this.#delete(this.#wordBefore(), this.#cursor);
        return;
      case '\u001bd': // what VS Code sends for Ctrl+Delete, and for Alt+Delete on a Mac
        this.#delete(this.#cursor, this.#wordAfter());
        return;
      case '\u001b[D':
      case '\u001bOD':
      case '\u0002':
        this.#move(this.#cursor - 1);
        return;
      case '\u001b[C':
      case '\u001bOC':
      case '\u0006':
        this.#move(this.#cursor + 1);
        return;
      case '\u001b[1;5D':
      case '\u001bb':
        this.#move(this.#wordBefore());
        return;
      case '\u001b[1;5C':
      case '\u001bf':
        this.#move(this.#wordAfter());
        return;
      case '\u001b[H':
      case '\u001bOH':
      case '\u001b[1~':
      case '\u0001':
        this.#move(0);
        return;
      case '\u001b[F':
      case '\u001bOF':
      case '\u001b[4~':
      case '\u0005':
        this.#move(this.#text.length);
        return;
      case '\u001b[A':
      case '\u001bOA':
      case '\u0010':
        this.#recall(this.#place - 1);
        return;
      case '\u001b[B':
      case '\u001bOB':
      case '\u000e':
        this.#recall(this.#place + 1);
        return;
      case '\u000c':
        this.#host.write('\u001b[2J\u001b[H');
        this.#draw();
        return;
      default:
        // Anything else that is no text, pasted controls too, has no business in a command.
        if (!/^[\u0000-\u001f\u007f-\u009f]/.test(token)) this.#insert(graphemes(token));
    }
  }

  #insert(characters: readonly string[]): void {
    // What was pasted may be more than a call takes as arguments.
    this.#text = this.#text.slice(0, this.#cursor).concat(characters, this.#text.slice(this.#cursor));
    this.#cursor += characters.length;
    this.#draw();
  }

  #delete(from: number, to: number): void {
    const start = Math.max(0, from);
    this.#text.splice(start, Math.max(0, to - start));
    this.#cursor = Math.min(start, this.#text.length);
    this.#draw();
  }

  #move(to: number): void {
    this.#cursor = Math.min(Math.max(0, to), this.#text.length);
    this.#draw();
  }

  #wordBefore(): number {
    let at = this.#cursor;
    while (at > 0 && this.#text[at - 1] === ' ') at--;
    while (at > 0 && this.#text[at - 1] !== ' ') at--;
    return at;
  }

  #wordAfter(): number {
    let at = this.#cursor;
    while (at < this.#text.length && this.#text[at] === ' ') at++;
    while (at < this.#text.length && this.#text[at] !== ' ') at++;
    return at;
  }

  #recall(place: number): void {
    if (place < 0 || place > this.#history.length) return;
    if (this.#place === this.#history.length) this.#draft = this.text;
    this.#place = place;
    this.#text = graphemes(this.#history[place] ?? this.#draft);
    this.#cursor = this.#text.length;
    this.#draw();
  }

  #remember(line: string): void {
    if (line.trim() === '' || this.#history.at(-1) === line) return;
    this.#history.push(line);
    if (this.#history.length > maxHistory) this.#history.shift();
  }

  /** Completes as far as all candidates agree; a second Tab lists them. */
  async #complete(): Promise<void> {
    this.#completing = true;
    try {
      const before = this.#text.slice(0, this.#cursor).join('');
      this.#take(before, await this.#host.complete(this.text, before.length));
    } finally {
      this.#completing = false;
      this.feed('');
    }
  }

  #take(before: string, { from, candidates }: Completion): void {
    const line = this.text;
    const word = before.slice(from);
    const fitting = candidates.filter((candidate) => candidate.startsWith(word));
    if (fitting.length === 0) return this.#host.write('\u0007');
    const common = fitting.reduce(commonStart);
    const addition = common.slice(word.length) + (fitting.length === 1 ? ' ' : '');
    if (addition !== '') return this.#insert(graphemes(addition));
    if (this.#lastTab === line && fitting.length > 1) {
      this.#host.write(`\r\n${fitting.slice(0, 100).join('  ')}${fitting.length > 100 ? `  … ${fitting.length - 100} more` : ''}\r\n`);
      this.#draw();
    }
    this.#lastTab = line;
  }

  #draw(): void {
    if (!this.#shown) return;
    const room = Math.max(10, this.#columns - cellsOf(graphemes(this.#prompt)) - 1);
    // The part around the cursor that fits.
    let start = this.#cursor;
    let used = 0;
    while (start > 0 && used + cells(this.#text[start - 1]!) <= room) used += cells(this.#text[--start]!);
    let end = this.#cursor;
    let after = 0;
    while (end < this.#text.length && used + after + cells(this.#text[end]!) <= room) after += cells(this.#text[end++]!);
    const back = after > 0 ? `\u001b[${after}D` : '';
    this.#host.write(`\r\u001b[1m${this.#prompt}\u001b[0m${this.#text.slice(start, end).join('')}\u001b[K${back}`);
  }
}

const commonStart = (a: string, b: string): string => {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
};

const segmenter = new Intl.Segmenter();
/** The segmenter takes four times as long for twice the text: most text can do without. */
const graphemes = (text: string): string[] =>
  /^[ -~]*$/.test(text) ? text.split('') : Array.from(segmenter.segment(text), ({ segment }) => segment);

/** Columns that a character takes: none for combining ones, two for the wide ones of East Asia and emoji. */
function cells(character: string): number {
  if (/^[\p{Mn}\p{Me}\p{Cf}]/u.test(character)) return 0;
  const code = character.codePointAt(0)!;
  const wide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff);
  return wide ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
    ? 2
    : 1;
}

const cellsOf = (characters: readonly string[]): number => characters.reduce((sum, character) => sum + cells(character), 0);

/** The next key or run of text; undefined when there is none, or an escape sequence is not whole yet. */
function nextToken(data: string): string | undefined {
  if (data === '') return undefined;
  if (data.startsWith('\u001b')) {
    const sequence = /^\u001b(?:\[[\d;?]*[ -/]*[@-~]|O[A-Z]|[^[O])/.exec(data)?.[0];
    if (sequence !== undefined) return sequence;
    return data.length < 20 ? undefined : '\u001b';
  }
  if (data.startsWith('\r\n')) return '\r\n';
  if (/^[\u0000-\u001f\u007f-\u009f]/.test(data)) return data[0];
  return /^[^\u0000-\u001f\u007f-\u009f]+/.exec(data)![0];
}
