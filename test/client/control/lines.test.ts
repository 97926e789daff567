import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { LineReader, StreamEnded, UnexpectedBytes } from '../../../client/src/control/lines.ts';
import { fc } from '../../harness/fastCheck.ts';

const never = new AbortController().signal;
const limits = { maxLength: 1000 };

/** Splits `bytes` at `cuts`. */
const pieces = (bytes: Buffer, cuts: number[]): Buffer[] => {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...at, bytes.length].map((end, i) => bytes.subarray(at[i - 1] ?? 0, end)).filter((piece) => piece.length > 0);
};

describe('LineReader', () => {
  it('gives the same lines and the same rest however the bytes come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.string({ minLength: 1, unit: 'grapheme' }).filter((s) => !/[\r\n]/.test(s)),
          { minLength: 1, maxLength: 5 },
        ),
        fc.uint8Array({ maxLength: 50 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        async (lines, tail, cuts) => {
          const bytes = Buffer.concat([Buffer.from(`\n\r\n${lines.join('\n\n')}\n`), tail]);
          const stream = new PassThrough();
          const reader = new LineReader(stream);
          for (const piece of pieces(bytes, cuts)) stream.write(piece);
          for (const line of lines) expect((await reader.line(never, limits)).toString()).toBe(line);
          const rest = reader.detach();
          const later = stream.read() as Buffer | null;
          expect(Buffer.concat([rest, later ?? Buffer.alloc(0)])).toEqual(Buffer.from(tail));
        },
      ),
    );
  });

  it('is not stopped by a megabyte of blank lines, and keeps none of it', async () => {
    const stream = new PassThrough({ highWaterMark: 2 ** 21 });
    const reader = new LineReader(stream);
    stream.write(Buffer.alloc(2 ** 20, '\n'));
    stream.write('x\n');
    expect((await reader.line(never, limits)).toString()).toBe('x');
  });

  it('ends a line that is too long, one byte too many or a thousand times', async () => {
    for (const [length, ok] of [
      [1000, true],
      [1001, false],
      [1_000_000, false],
    ] as const) {
      const stream = new PassThrough({ highWaterMark: 2 ** 21 });
      const reader = new LineReader(stream);
      stream.write(`${'x'.repeat(length)}\n`);
      const line = reader.line(never, limits);
      if (ok) expect(await line).toHaveLength(length);
      else {
        await expect(line).rejects.toMatchObject({ code: 'line-too-long' });
        expect(stream.destroyed).toBe(true);
      }
    }
  });

  it('knows a stranger by its first byte', async () => {
    const stream = new PassThrough();
    const reader = new LineReader(stream);
    stream.write('RX');
    await expect(reader.line(never, { ...limits, prefix: Buffer.from('Receptor') })).rejects.toBeInstanceOf(UnexpectedBytes);
  });

  it('tells the partial line of a stream that ends', async () => {
    const stream = new PassThrough();
    const reader = new LineReader(stream);
    const line = reader.line(never, limits);
    stream.end('half');
    const error = await line.catch((e: unknown) => e);
    expect(error).toBeInstanceOf(StreamEnded);
    expect((error as StreamEnded).partial.toString()).toBe('half');
    await expect(reader.line(never, limits)).rejects.toBeInstanceOf(StreamEnded);
  });

  it('stays paused while nobody wants a line, so that a flood waits at its source', async () => {
    const stream = new PassThrough({ highWaterMark: 1024 });
    const reader = new LineReader(stream);
    let taken = 0;
    while (stream.write(Buffer.alloc(512, 'x')) && taken < 100) taken++;
    expect(taken).toBeLessThan(10);
    expect(reader.ended).toBe(false);
  });

  it('tells of unasked bytes while idle, but not of blank lines', async () => {
    const stream = new PassThrough();
    const reader = new LineReader(stream);
    const told: string[] = [];
    reader.watch((reason) => told.push(reason));
    stream.write('\n\r\n\n');
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual([]);
    stream.write('boo\n');
    stream.write('boo\n');
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual(['bytes']);
  });
});
