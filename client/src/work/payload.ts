/** Payloads are opened and sized before anything is submitted: the daemon would run the work on whatever part it got. */
import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { PayloadSource } from './submission.ts';

export interface OpenPayload {
  /** Bytes that will be sent. */
  readonly size: number;
  /** For messages: a file's name, or where the text is from. */
  readonly label: string;
  /**
   * The bytes, once. Exactly `size` of them, or the stream fails: a file that grows meanwhile is sent as it was sized, one
   * that shrinks is an error.
   * @param onProgress told how many bytes were read, after each chunk
   */
  stream(onProgress?: (bytes: number) => void): Readable;
  /** Closes the file; after `stream()` it closes by itself, too. */
  close(): Promise<void>;
}

/** The payload can't be read; the message says why and names the file. */
export class PayloadError extends Error {
  override name = 'PayloadError';
}

const chunkSize = 64 * 1024;
/** A parameter travels in one line of JSON, and is read each time its work file is checked. */
const longestParameter = 1024 * 1024;

/** @throws PayloadError for a file that can't be opened or has no size */
export async function openPayload(source: PayloadSource): Promise<OpenPayload> {
  if (source.kind === 'file') return openFile(source.path);
  const bytes = Buffer.from(source.kind === 'text' ? source.text : '', 'utf8');
  return {
    size: bytes.length,
    label: source.kind === 'text' ? source.label : 'no payload',
    stream: (onProgress) => Readable.from(slices(bytes, onProgress), { objectMode: false }),
    close: async () => Promise.resolve(),
  };
}

function* slices(bytes: Buffer, onProgress: ((bytes: number) => void) | undefined): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += chunkSize) {
    const part = bytes.subarray(at, at + chunkSize);
    yield part;
    onProgress?.(at + part.length);
  }
}

/** The text of a parameter's file. */
export async function readParameter(file: string): Promise<string> {
  const { handle, size } = await openRegular(file);
  try {
    const chunks: Buffer[] = [];
    let length = 0;
    // The size alone does not bound it: the file may grow meanwhile, and those of /proc tell none.
    while (Math.max(size, length) <= longestParameter) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(chunkSize), 0, chunkSize, length).catch((error: Error) => {
        throw new PayloadError(whyUnreadable(file, error), { cause: error });
      });
      if (bytesRead === 0) return textOf(file, Buffer.concat(chunks));
      chunks.push(buffer.subarray(0, bytesRead));
      length += bytesRead;
    }
    throw new PayloadError(`${file} is too long for a parameter: it has more than 1 MiB. Send it as the payload.`);
  } finally {
    await handle.close();
  }
}

/** In JSON nothing but text can travel: other bytes would arrive as others, and a password as a wrong one. */
function textOf(file: string, bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  throw new PayloadError(`${file} is no UTF-8 text, and a parameter can be nothing else. Save it as UTF-8, or send it as the payload.`);
}

/** Nothing but a regular file: what else can be opened may block, or never end. */
async function openRegular(file: string): Promise<{ handle: FileHandle; size: number }> {
  // Without O_NONBLOCK a named pipe would hold us here until somebody writes to it.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    throw new PayloadError(whyUnreadable(file, error), { cause: error });
  });
  try {
    const stat = await handle.stat();
    if (stat.isDirectory()) throw new PayloadError(`${file} is a folder: name a single file.`);
    if (!stat.isFile()) throw new PayloadError(`${file} is not a regular file, so its size can't be known.`);
    return { handle, size: stat.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openFile(file: string): Promise<OpenPayload> {
  const { handle, size } = await openRegular(file);
  const read = async function* (onProgress?: (bytes: number) => void): AsyncGenerator<Buffer> {
    try {
      for (let at = 0; at < size;) {
        // A buffer of its own for each chunk: the socket may hold it until it has been sent.
        const buffer = Buffer.allocUnsafe(Math.min(chunkSize, size - at));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
        if (bytesRead === 0) throw new PayloadError(`${file} became shorter while it was sent: ${at} of ${size} bytes are left.`);
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
        onProgress?.(at);
      }
    } finally {
      await handle.close();
    }
  };
  return {
    size,
    label: path.basename(file),
    stream: (onProgress) => Readable.from(read(onProgress), { objectMode: false }),
    close: async () => handle.close().catch(() => undefined),
  };
}

function whyUnreadable(file: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return `${file} does not exist.`;
  if (code === 'EACCES' || code === 'EPERM') return `${file} can't be read: permission denied.`;
  if (code === 'ENXIO') return `${file} is not a regular file.`;
  return `${file} can't be read: ${message}`;
}
