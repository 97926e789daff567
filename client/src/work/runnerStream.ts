/**
 * Output of `ansible-runner worker`: lines of JSON, one per status and event, with zip archives in base64 between them.
 * What a reader wants is the play's own output, which is spread over the events' `stdout`.
 */

/** A zip archive in the stream; it comes in base64, without a line end after it. */
export interface RunnerArchive {
  /** Offset of its first base64 character in the stream. */
  readonly offset: number;
  /** Number of base64 characters. */
  readonly encoded: number;
  /** Bytes of the archive. */
  readonly size: number;
  /** All of it has passed. */
  complete: boolean;
}

/** The first line decides; a stream whose first line is longer than this is none. */
const longestFirstLine = 256 * 1024;
/** Events have the whole result of a task in them; beyond this a line is shown as it is. */
const longestLine = 32 * 1024 * 1024;
const newline = 0x0a;
const carriageReturn = 0x0d;
const brace = 0x7b;

export class RunnerStream {
  /** `undecided` until the first line is whole, or cannot be one of the runner's. */
  kind: 'undecided' | 'runner' | 'plain' = 'undecided';
  readonly archives: RunnerArchive[] = [];
  /** As last told by the runner: `starting`, `running`, `successful`, `failed`, … */
  status: string | undefined;
  readonly #decoder = new TextDecoder();
  #parts: Uint8Array[] = [];
  #held = 0;
  /** Offset of the next byte of the stream. */
  #offset = 0;
  /** Base64 characters of the archive that are still to come. */
  #skip = 0;

  /** What of `chunk` is to be shown. */
  push(chunk: Uint8Array): string {
    let at = 0;
    if (this.kind === 'undecided' && this.#held === 0) {
      while (chunk[at] === newline || chunk[at] === carriageReturn) at++;
      // A prompt, a progress bar: nothing of them waits for the end of its line.
      if (at < chunk.length && chunk[at] !== brace) this.kind = 'plain';
    }
    if (this.kind === 'plain') return this.#decoder.decode(chunk, { stream: true });
    let shown = this.#decoder.decode(chunk.subarray(0, at), { stream: true });
    this.#offset += at;
    while (at < chunk.length) {
      if (this.#skip > 0) {
        const passed = Math.min(this.#skip, chunk.length - at);
        this.#skip -= passed;
        this.#offset += passed;
        at += passed;
        if (this.#skip === 0) this.archives.at(-1)!.complete = true;
        continue;
      }
      const end = chunk.indexOf(newline, at);
      const part = chunk.subarray(at, end < 0 ? chunk.length : end + 1);
      this.#parts.push(part);
      this.#held += part.length;
      this.#offset += part.length;
      at += part.length;
      if (end < 0) break;
      shown += this.#line(this.#take());
      if (this.kind !== 'runner') return shown + this.#decoder.decode(chunk.subarray(at), { stream: true });
    }
    if (this.#held > (this.kind === 'undecided' ? longestFirstLine : longestLine)) {
      if (this.kind === 'undecided') this.kind = 'plain';
      shown += this.#decoder.decode(this.#take(), { stream: true });
    }
    return shown;
  }

  /** The stream has ended: what was held back. */
  end(): string {
    return (this.#held === 0 ? '' : this.#line(this.#take())) + this.#decoder.decode();
  }

  #take(): Uint8Array {
    const line = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#held = 0;
    return line;
  }

  #line(bytes: Uint8Array): string {
    const fields = parse(bytes);
    if (this.kind === 'undecided') this.kind = fields !== undefined && isRunnerLine(fields) ? 'runner' : 'plain';
    if (this.kind === 'plain' || fields === undefined) return this.#decoder.decode(bytes, { stream: true });
    const { zipfile, stdout, status } = fields;
    if (typeof zipfile === 'number' && Number.isSafeInteger(zipfile) && zipfile >= 0) {
      const encoded = Math.ceil(zipfile / 3) * 4;
      this.archives.push({ offset: this.#offset, encoded, size: zipfile, complete: encoded === 0 });
      this.#skip = encoded;
      return '';
    }
    if (typeof stdout === 'string') return stdout === '' ? '' : `${stdout.replaceAll('\r\n', '\n')}\n`;
    if (typeof status !== 'string') return '';
    this.status = status;
    const why = [fields['job_explanation'], fields['result_traceback']].filter((text) => typeof text === 'string' && text !== '');
    return why.length === 0 ? '' : `${status}: ${why.join('\n')}\n`;
  }
}

function parse(bytes: Uint8Array): Record<string, unknown> | undefined {
  if (bytes[0] !== brace) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const statuses = new Set(['starting', 'running', 'successful', 'failed', 'canceled', 'timeout', 'error', 'unstarted']);

/** Narrow on purpose: other programs write JSON lines too, and theirs are to be shown as they are. */
const isRunnerLine = (fields: Record<string, unknown>): boolean =>
  (typeof fields['status'] === 'string' && statuses.has(fields['status'])) ||
  (typeof fields['event'] === 'string' && 'uuid' in fields) ||
  (typeof fields['kwargs'] === 'object' && Object.keys(fields).length === 1) ||
  (typeof fields['zipfile'] === 'number' && Object.keys(fields).length === 1);

/** Decodes the base64 of one archive as it comes. */
export class ArchiveDecoder {
  #carry = '';

  write(chunk: Uint8Array): Buffer {
    const text = this.#carry + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    const whole = text.length - (text.length % 4);
    this.#carry = text.slice(whole);
    return Buffer.from(text.slice(0, whole), 'base64');
  }
}
