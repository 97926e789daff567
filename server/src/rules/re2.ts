/**
 * Does Go's `regexp` accept this pattern? A reader of RE2's syntax, because JavaScript's differs in both directions:
 * RE2 has no look-around and no back-references, but `(?i)`, `\Q…\E`, `\pL`, `[[:alpha:]]` and `\z`.
 */
export const isRe2 = (pattern: string): boolean => alternativesOf(pattern) !== undefined;

/** The alternatives of a pattern that stand in no group of it; undefined where Go does not accept it. */
export function alternativesOf(pattern: string): readonly string[] | undefined {
  const reader = new Reader(pattern);
  try {
    reader.alternatives(0);
    return reader.bars.map((bar, i) => pattern.slice(bar + 1, reader.bars[i + 1]));
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

class Unreadable extends Error {
  override name = 'Unreadable';
}

/** Go's limits on nesting and on counted repetition. */
const maxDepth = 1000;
const maxRepeat = 1000;

const posixClass = /^\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]/;
const propertyName = /^\^?(?:[CLMNPSZ][a-z]?|Any|[A-Z][A-Za-z_]+)$/;

class Reader {
  /** Where the alternatives outside of groups begin: behind these. */
  readonly bars = [-1];
  private readonly text: string;
  private at = 0;
  private literal = false;

  constructor(text: string) {
    this.text = text;
  }

  /** Reads up to the end or, inside a group, to its parenthesis. */
  alternatives(depth: number): void {
    if (depth > maxDepth) throw new Unreadable();
    let repeatable = false;
    let repeated = false;
    while (this.at < this.text.length) {
      const c = this.text[this.at]!;
      if (this.literal) {
        this.quoted();
        repeatable = true;
        repeated = false;
        continue;
      }
      if (c === ')') {
        if (depth === 0) throw new Unreadable();
        return;
      }
      if (c === '|') {
        if (depth === 0) this.bars.push(this.at);
        this.at++;
        repeatable = repeated = false;
      } else if (c === '*' || c === '+' || c === '?' || (c === '{' && this.counted() > 0)) {
        if (!repeatable || repeated) throw new Unreadable(); // missing argument, or a**
        this.at += c === '{' ? this.counted() : 1;
        if (this.text[this.at] === '?') this.at++;
        repeated = true;
      } else {
        // Flags alone (`(?i)`) leave what stands before them to be repeated.
        repeatable = this.atom(c, depth) || repeatable;
        repeated = false;
      }
    }
    if (depth > 0) throw new Unreadable();
  }

  /** Length of a counted repetition that starts here; 0 when the brace is a plain character. */
  private counted(): number {
    const match = /^\{(\d+)(?:(,)(\d*))?\}/.exec(this.text.slice(this.at, this.at + 20));
    if (match === null) return 0;
    const low = Number(match[1]);
    const high = match[2] === undefined ? low : match[3] === '' ? low : Number(match[3]);
    if (low > maxRepeat || high > maxRepeat || low > high) throw new Unreadable();
    return match[0].length;
  }

  private quoted(): void {
    if (this.text.startsWith('\\E', this.at)) {
      this.at += 2;
      this.literal = false;
    } else this.at++;
  }

  /** One atom; false when nothing can be repeated after it (flags). */
  private atom(c: string, depth: number): boolean {
    if (c === '(') return this.group(depth);
    if (c === '[') this.charClass();
    else if (c === '\\') return this.escape();
    else this.at++;
    return true;
  }

  private group(depth: number): boolean {
    const rest = this.text.slice(this.at, this.at + 80);
    const opening = /^\((?:\?P?<([A-Za-z_0-9]+)>|\?([imsU]*(?:-[imsU]+)?)([:)])|(?!\?))/.exec(rest);
    if (opening === null) throw new Unreadable();
    this.at += opening[0].length;
    if (opening[3] === ')') return false;
    this.alternatives(depth + 1);
    this.at++;
    return true;
  }

  private charClass(): void {
    this.at++;
    if (this.text[this.at] === '^') this.at++;
    let first = true;
    while (this.text[this.at] !== ']' || first) {
      if (this.at >= this.text.length) throw new Unreadable();
      first = false;
      const posix =
        this.text[this.at] === '[' && this.text[this.at + 1] === ':' ? posixClass.exec(this.text.slice(this.at, this.at + 14)) : null;
      if (posix !== null) this.at += posix[0].length;
      else if (/^\[:\^?\w+:\]/.test(this.text.slice(this.at, this.at + 20))) throw new Unreadable();
      else this.range();
    }
    this.at++;
  }

  private range(): void {
    const low = this.classCharacter();
    if (this.text[this.at] !== '-' || this.text[this.at + 1] === ']' || this.at + 1 >= this.text.length || low === undefined) return;
    this.at++;
    const high = this.classCharacter();
    if (high === undefined || high < low) throw new Unreadable();
  }

  /** Code point of a character in a class; undefined for a class of its own (`\d`). */
  private classCharacter(): number | undefined {
    if (this.text[this.at] !== '\\') {
      const code = this.text.codePointAt(this.at)!;
      this.at += code > 0xffff ? 2 : 1;
      return code;
    }
    const next = this.text[this.at + 1];
    if (next !== undefined && /[dswDSW]/.test(next)) {
      this.at += 2;
      return undefined;
    }
    if (next === 'p' || next === 'P') {
      this.property();
      return undefined;
    }
    return this.characterEscape();
  }

  private escape(): boolean {
    const next = this.text[this.at + 1];
    if (next === undefined) throw new Unreadable();
    if (next === 'Q') {
      this.at += 2;
      this.literal = true;
      return false;
    }
    if (/[AbBzdswDSW]/.test(next)) this.at += 2;
    else if (next === 'p' || next === 'P') this.property();
    else this.characterEscape();
    return true;
  }

  private property(): void {
    const match = /^\\[pP](?:\{([^}]*)\}|(.))/su.exec(this.text.slice(this.at, this.at + 60));
    if (match === null || !propertyName.test(match[1] ?? match[2]!) || (match[2] !== undefined && !/[CLMNPSZ]/.test(match[2])))
      throw new Unreadable();
    this.at += match[0].length;
  }

  private characterEscape(): number {
    const rest = this.text.slice(this.at, this.at + 14);
    const match = /^\\(?:([0-7]{2,3}|0)|x([0-9a-fA-F]{2})|x\{([0-9a-fA-F]{1,8})\}|([afnrtv])|([^A-Za-z0-9\u0080-\uffff]))/.exec(rest);
    if (match === null) throw new Unreadable();
    const [whole, octal, hex, braced, control, other] = match;
    // \1 to \7 would be back-references; two octal digits are a character only after a leading zero or as a pair.
    if (octal !== undefined && octal.length > 1 && !octal.startsWith('0') && !/^[1-7][0-7]/.test(octal)) throw new Unreadable();
    this.at += whole.length;
    if (octal !== undefined) return Number.parseInt(octal, 8);
    if (hex !== undefined) return Number.parseInt(hex, 16);
    if (braced !== undefined) {
      const code = Number.parseInt(braced, 16);
      if (code > 0x10ffff) throw new Unreadable();
      return code;
    }
    return control === undefined ? other!.codePointAt(0)! : { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }[control]!;
  }
}
