import type { Steps } from './slices.ts';

/** Characters that are parsed at once: about a millisecond. */
const piece = 64 * 1024;

/** Containers in containers that are taken apart; what is deeper is parsed at once. */
const deepest = 8;

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * `JSON.parse` in steps: containers that are long are taken apart into pieces, which `JSON.parse` reads. The value is the
 * same, with the order of its keys, whatever the text.
 * @throws SyntaxError as `JSON.parse` does
 */
export function* parseJson(text: string): Steps<unknown> {
  if (text.length > piece) {
    const value = yield* new Pieces(text).whole();
    if (value !== undefined) return value;
  }
  return JSON.parse(text); // also of what could not be taken apart: it says why
}

/** Thrown where the text is not what it must be; whoever reads it whole says what is wrong. */
class Broken extends Error {}

class Pieces {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Undefined when the text is broken, or no container. */
  *whole(): Steps<unknown> {
    try {
      this.#skipBlanks();
      const value = yield* this.#value();
      this.#skipBlanks();
      return this.#at === this.#text.length ? value : undefined;
    } catch (error) {
      if (error instanceof Broken || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  /** @param depth of containers that were taken apart to get here */
  *#value(depth = 0): Steps<unknown> {
    const first = this.#text.charCodeAt(this.#at);
    if (depth < deepest && first === openObject) return yield* this.#members({}, closeObject, depth);
    if (depth < deepest && first === openList) return yield* this.#members([], closeList, depth);
    const from = this.#at;
    this.#at = this.#end(from, Number.POSITIVE_INFINITY);
    return JSON.parse(this.#text.slice(from, this.#at));
  }

  /** What a container has, in groups of members; a member that is too long for a group is taken apart itself. */
  *#members<T extends object>(into: T, close: number, depth: number): Steps<T> {
    let from = ++this.#at; // of the group
    for (;;) {
      const end = this.#end(this.#at, this.#at + piece);
      if (end < 0) {
        if (this.#at > from) this.#add(into, from, this.#at - 1);
        const key = Array.isArray(into) ? undefined : this.#key();
        this.#skipBlanks();
        const value = yield* this.#value(depth + 1);
        if (key === undefined) (into as unknown[]).push(value);
        else set(into, key, value);
        this.#skipBlanks();
      } else this.#at = end;
      const next = this.#text.charCodeAt(this.#at++);
      if (next !== comma && next !== close) throw new Broken();
      if (next === comma && end >= 0 && end - from < piece) continue;
      if (end >= 0) this.#add(into, from, end);
      if (next === close) return into;
      from = this.#at;
      yield;
    }
  }

  /** Adds the members between two places. None are there only where the container is empty. */
  #add(into: object, from: number, to: number): void {
    const members = this.#text.slice(from, to);
    if (this.#text.charCodeAt(from - 1) === comma && members.trim() === '') throw new Broken();
    if (Array.isArray(into)) for (const value of JSON.parse(`[${members}]`) as unknown[]) into.push(value);
    else {
      const group = JSON.parse(`{${members}}`) as Record<string, unknown>;
      for (const key of Object.keys(group)) set(into, key, group[key]);
    }
  }

  #key(): string {
    this.#skipBlanks();
    const from = this.#at;
    if (this.#text.charCodeAt(from) !== quote) throw new Broken();
    this.#at = this.#afterString(from);
    const key = JSON.parse(this.#text.slice(from, this.#at)) as string;
    this.#skipBlanks();
    if (this.#text[this.#at++] !== ':') throw new Broken();
    return key;
  }

  #skipBlanks(): void {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? '.')) this.#at++;
  }

  /** Where the value that begins at `from` has its comma or the end of its container; -1 when that is at `limit` or later. */
  #end(from: number, limit: number): number {
    const text = this.#text;
    const stop = Math.min(limit, text.length);
    let depth = 0;
    for (let at = from; at < stop; at++) {
      const char = text.charCodeAt(at);
      if (char === quote) at = this.#afterString(at) - 1;
      else if (char === openObject || char === openList) depth++;
      else if (char === closeObject || char === closeList) {
        if (depth === 0) return at;
        depth--;
      } else if (char === comma && depth === 0) return at;
    }
    if (stop === text.length) throw new Broken();
    return -1;
  }

  #afterString(from: number): number {
    const text = this.#text;
    for (let at = from + 1; at < text.length; at++) {
      const char = text.charCodeAt(at);
      if (char === quote) return at + 1;
      if (char === backslash) at++;
    }
    throw new Broken();
  }
}

/** As `JSON.parse` does it: any name is a plain key, `__proto__` too. */
function set(into: object, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(into, key, { value, writable: true, enumerable: true, configurable: true });
  else (into as Record<string, unknown>)[key] = value;
}
