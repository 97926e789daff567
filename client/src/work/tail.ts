import { isUtf8 } from 'node:buffer';

/** The end of a stream, bounded: what scrolls out is forgotten, and counted. */
export class Tail {
  readonly #limit: number;
  readonly #chunks: Uint8Array[] = [];
  #held = 0;
  #start: number;

  /** @param from offset of the first byte that will come; what is before was left out from the beginning */
  constructor(limit: number, from = 0) {
    this.#limit = limit;
    this.#start = from;
  }

  /** Bytes before the first one held. */
  get cut(): number {
    return this.#start;
  }

  get length(): number {
    return this.#held;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    while (this.#held > this.#limit) {
      const over = this.#held - this.#limit;
      const first = this.#chunks[0]!;
      const drop = Math.min(over, first.length);
      if (drop === first.length) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(drop);
      this.#held -= drop;
      this.#start += drop;
    }
  }

  /** As text. After a cut it begins with the first whole line, or the first whole character of an endless one. */
  text(): string {
    return this.#whole().toString('utf8');
  }

  /** Whether the text stands for every byte: what is no UTF-8 is replaced in it. */
  get isUtf8(): boolean {
    return isUtf8(this.#whole());
  }

  #whole(): Buffer {
    let bytes = Buffer.concat(this.#chunks);
    if (this.#start > 0) {
      const newline = bytes.subarray(0, 64 * 1024).indexOf(0x0a);
      let from = newline + 1;
      if (newline < 0) while (from < 4 && from < bytes.length && (bytes[from]! & 0xc0) === 0x80) from++;
      bytes = bytes.subarray(from);
    }
    return bytes;
  }
}
