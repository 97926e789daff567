import { once } from 'node:events';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { ReceptorControl, ResultsError } from '../../../client/src/control/index.ts';
import type { WorkResults } from '../../../client/src/control/index.ts';
import { withResolvers } from '../../../client/src/control/limit.ts';
import { answering, fakeService } from '../../harness/hostile.ts';
import type { FakeConnection, FakeService } from '../../harness/hostile.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const header = 'Streaming results for work unit foo1\n';
const unit = (State: number, StdoutSize: number): string =>
  `${JSON.stringify({ State, StateName: 'x', Detail: '', StdoutSize, WorkType: 'cat', ExtraData: null })}\n`;

/** A service with one unit: what it streams, and what it says of its state. */
async function results(
  stream: (connection: FakeConnection, startPos: number) => unknown,
  status: string | (() => string | Promise<string>),
): Promise<{ control: ReceptorControl; service: FakeService }> {
  const service = await fakeService(
    answering(async (line, connection) => {
      const { subcommand, startpos } = JSON.parse(line) as { subcommand: string; startpos: number };
      if (subcommand === 'status') return typeof status === 'string' ? status : await status();
      await stream(connection, startpos);
      return undefined;
    }),
  );
  stops.push(() => service.stop());
  const control = await ReceptorControl.connect(service.address);
  stops.push(() => control.close());
  return { control, service };
}

async function collect(stream: WorkResults): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** As 1.6.9: the stream ends only for a client that has ended its side. */
const whole = async ({ send, rest, socket }: FakeConnection, startPos: number): Promise<void> => {
  await send(header + 'hello world'.slice(startPos));
  await rest();
  socket.end();
};

describe('getWorkResults', () => {
  it('reads to the end, from any offset, awaited or not', async () => {
    const { control } = await results(whole, unit(2, 11));
    expect((await collect(control.getWorkResults('foo1'))).toString()).toBe('hello world');
    const stream = await control.getWorkResults('foo1', { startPos: 6 });
    expect('then' in stream).toBe(false);
    expect((await collect(stream)).toString()).toBe('world');
    expect(stream).toMatchObject({ unitId: 'foo1', startPos: 6, received: 5, position: 11, endStatus: { State: 2 } });
    expect(await collect(control.getWorkResults('foo1', { startPos: 99 }))).toHaveLength(0);
  });

  it('gives several streams at once', async () => {
    const { control } = await results(whole, unit(3, 11));
    const all = await Promise.all([0, 1, 2, 3, 4].map((startPos) => collect(control.getWorkResults('foo1', { startPos }))));
    expect(all.map(String)).toEqual([0, 1, 2, 3, 4].map((startPos) => 'hello world'.slice(startPos)));
  });

  it.each(['await', 'iterate', 'event'] as const)('tells a refusal to those who %s', async (how) => {
    const { control } = await results(({ send }) => send('ERROR: unknown work unit foo1\n'), unit(2, 0));
    const stream = control.getWorkResults('foo1');
    const ways = {
      await: async () => await stream,
      iterate: async () => await collect(stream),
      event: async () => {
        const [error] = (await once(stream, 'error')) as [Error];
        throw error;
      },
    };
    const error = await ways[how]().catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'command-refused', daemonText: 'unknown work unit foo1' });
    expect(stream.destroyed).toBe(true);
  });

  it('ends for a cancelled unit, whose stream the daemon never ends', async () => {
    const { control } = await results(({ send }) => send(`${header}partial`), unit(4, 7));
    const stream = control.getWorkResults('foo1');
    expect((await collect(stream)).toString()).toBe('partial');
    expect(stream.endStatus?.State).toBe(4);
  });

  it('waits while the unit runs, and takes what comes after a silence', async () => {
    let size = 5;
    let state = 1;
    const { control, service } = await results(
      async ({ send }) => {
        await send(`${header}first`);
        await sleep(2500);
        [size, state] = [10, 4];
        await send('later');
      },
      () => unit(state, size),
    );
    expect((await collect(control.getWorkResults('foo1'))).toString()).toBe('firstlater');
    expect(service.lines.filter((line) => line.includes('"status"')).length).toBeGreaterThanOrEqual(3);
    expect(service.connections).toHaveLength(3);
  });

  it.each<[string, (c: FakeConnection) => unknown, string, string]>([
    ['an end before all of the output came', async (c) => [await c.send(`${header}hello`), c.socket.end()], unit(2, 11), 'results-cut'],
    [
      'a cut while the unit runs',
      async (c) => [await c.send(`${header}hello`), await sleep(20), c.socket.resetAndDestroy()],
      unit(1, 5),
      'results-cut',
    ],
    [
      'a unit that was released',
      async (c) => [await c.send(`${header}hello`), c.socket.end()],
      'ERROR: unknown work unit foo1\n',
      'unit-gone',
    ],
  ])('makes an error of %s, which says where to go on', async (_what, stream, status, code) => {
    const { control } = await results(stream, status);
    const error = await collect(control.getWorkResults('foo1', { startPos: 0 })).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ResultsError);
    expect(error).toMatchObject({
      code,
      unitId: 'foo1',
      received: 5,
      position: 5,
      message: expect.stringContaining('at byte 5') as string,
    });
  });

  it('makes an error of output that is announced and never comes', async () => {
    const { control } = await results(({ send }) => send(`${header}hello`), unit(3, 11));
    const error = await collect(control.getWorkResults('foo1', { stallTimeout: 1000 })).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'results-cut', expected: 11, position: 5 });
  });

  it('makes an error of a daemon that is gone', async () => {
    const { control, service } = await results(({ send }) => send(`${header}hello`), unit(1, 5));
    const stream = await control.getWorkResults('foo1', { startPos: 100 });
    const reading = collect(stream).catch((e: unknown) => e);
    await sleep(50);
    await service.stop();
    expect(await reading).toMatchObject({ code: 'results-cut', position: 105, received: 5, startPos: 100, expected: undefined });
  });

  it('counts only what its reader took, so that going on neither loses nor doubles a byte', async () => {
    const all = Buffer.alloc(2 ** 20, 0).map((_, i) => i % 251);
    let cut = 300_000;
    const { control } = await results(
      async ({ send, socket, rest }, startPos) => {
        await send(header);
        await send(all.subarray(startPos, startPos + cut));
        if (startPos + cut >= all.length) await rest();
        cut *= 2;
        socket.end();
      },
      unit(2, all.length),
    );
    const got: Buffer[] = [];
    let position = 0;
    for (let tries = 0; position < all.length && tries < 10; tries++) {
      const stream = control.getWorkResults('foo1', { startPos: position });
      try {
        for await (const chunk of stream) {
          got.push(chunk as Buffer);
          await sleep(1); // a slow reader, so that bytes wait in the stream
        }
        position = stream.position;
      } catch (error) {
        position = (error as ResultsError).position;
      }
    }
    expect(Buffer.concat(got).equals(all)).toBe(true);
  });

  it('reads no faster than its reader', async () => {
    let sent = 0;
    const chunk = Buffer.alloc(2 ** 16);
    const { control } = await results(
      async ({ send }) => {
        await send(header);
        while (sent < 2 ** 28 && (await send(chunk))) sent += chunk.length;
      },
      unit(1, 0),
    );
    const stream = await control.getWorkResults('foo1');
    await sleep(1500);
    expect(sent).toBeLessThan(2 ** 22);
    stream.destroy();
  });

  it('does not ask for the state while its reader pauses', async () => {
    const { control, service } = await results(({ send }) => send(header + 'x'.repeat(2 ** 20)), unit(1, 0));
    const stream = await control.getWorkResults('foo1');
    await sleep(2500);
    expect(service.lines.filter((line) => line.includes('"status"'))).toEqual([]);
    stream.destroy();
  });

  it('ends by signal, timeout, close and destroy, and leaves no connection', async () => {
    const { control, service } = await results(({ send }) => send(`${header}hello`), unit(1, 5));
    const abort = new AbortController();
    setTimeout(() => abort.abort('enough'), 50);
    await expect(collect(control.getWorkResults('foo1', { signal: abort.signal }))).rejects.toMatchObject({
      code: 'aborted',
      cause: 'enough',
    });
    await expect(collect(control.getWorkResults('foo1', { timeout: 50 }))).rejects.toMatchObject({ code: 'timeout' });
    await expect(collect(control.getWorkResults('foo1', { signal: AbortSignal.abort() }))).rejects.toMatchObject({ code: 'aborted' });
    const early = control.getWorkResults('foo1');
    early.destroy();
    const destroyed = await control.getWorkResults('foo1');
    destroyed.destroy();
    const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
    const piped = pipeline(control.getWorkResults('foo1'), sink).catch((e: unknown) => e);
    const idle = await control.getWorkResults('foo1');
    await sleep(50);
    await control.close();
    expect(await piped).toMatchObject({ code: 'closed' });
    expect(idle.destroyed).toBe(true);
    await sleep(50);
    for (const { socket } of service.connections) expect(socket.readableEnded || socket.destroyed).toBe(true);
  });

  it('leaves no connection when the answer is no stream', async () => {
    const { control, service } = await results(({ send }) => send('null\n'), unit(1, 5));
    await expect(collect(control.getWorkResults('foo1'))).rejects.toMatchObject({ code: 'protocol' });
    await sleep(50);
    expect(service.connections[1]!.socket.readableEnded).toBe(true);
  });

  it('asks for the state anew when the stream ends while that is asked', { timeout: 10_000 }, async () => {
    let asked = 0;
    const looking = withResolvers<void>();
    const { control, service } = await results(
      async ({ send, socket }) => {
        await send(`${header}hello`);
        await looking.promise;
        await send(' world');
        socket.end(); // and only then comes the answer of before
      },
      async () => {
        if (++asked > 1) return unit(2, 11);
        looking.resolve();
        await sleep(100);
        return unit(1, 5);
      },
    );
    expect((await collect(control.getWorkResults('foo1'))).toString()).toBe('hello world');
    expect(asked).toBe(2);
    await sleep(50);
    for (const { socket } of service.connections.slice(1)) expect(socket.readableEnded).toBe(true);
  });

  it('keeps one connection for asking, also when the stream ends while that is opened', { timeout: 10_000 }, async () => {
    const banner = 'Receptor Control, node foo\n';
    const service = await fakeService(async (connection) => {
      const { number, send, line, rest, socket } = connection;
      if (number === 3) await sleep(100); // the first that is opened for asking
      await send(banner);
      if (number === 2) {
        await line();
        await send(`${header}hello world`);
        while (service.connections.length < 3) await sleep(5);
        return socket.end();
      }
      while ((await line()) !== undefined) await send(unit(2, 11));
      return await rest();
    });
    stops.push(() => service.stop());
    const control = await ReceptorControl.connect(service.address);
    stops.push(() => control.close());
    expect((await collect(control.getWorkResults('foo1'))).toString()).toBe('hello world');
    await sleep(50);
    expect(service.connections).toHaveLength(3);
    for (const { socket } of service.connections.slice(1)) expect(socket.readableEnded).toBe(true);
  });
});
