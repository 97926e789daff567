import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { ReceptorControl } from '../../../client/src/control/index.ts';
import type { Payload } from '../../../client/src/control/index.ts';
import { answering, banner, fakeService } from '../../harness/hostile.ts';
import type { FakeConnection, FakeService } from '../../harness/hostile.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** What happened at the service, in order. */
interface Seen {
  control: ReceptorControl;
  service: FakeService;
  events: string[];
}

const created = 'Work unit created with ID foo1. Send stdin data and EOF.\n';

/** A service that takes submissions as the daemon does, and bridges to itself; `upload` replaces what it does after "created". */
async function submissions(upload?: (connection: FakeConnection, events: string[]) => Promise<void>): Promise<Seen> {
  const events: string[] = [];
  const service = await fakeService(
    answering(async (line, connection) => {
      const { command, node, subcommand, unitid } = JSON.parse(line) as Record<string, string | undefined>;
      if (command === 'connect') return `Connecting\nReceptor Control, node ${node}\n`;
      events.push(`${subcommand} ${unitid ?? ''}`.trim());
      if (subcommand !== 'submit') return `{"released":"${unitid}"}\n`;
      await sleep(10); // no byte may come before it is told to
      if (upload !== undefined) {
        await upload(connection, events);
        return undefined;
      }
      await connection.send(created);
      events.push(`payload ${(await connection.rest()).toString('latin1')}`);
      await connection.send('{"result":"Job Started","unitid":"foo1"}\n');
      connection.socket.end();
      return undefined;
    }),
  );
  stops.push(() => service.stop());
  const control = await ReceptorControl.connect(service.address);
  stops.push(() => control.close());
  return { control, service, events };
}

async function* failing(): AsyncGenerator<string> {
  yield 'half';
  await sleep(10);
  throw new Error('disk on fire');
}

describe('submitWork', () => {
  it.each<[string, Payload | undefined, string]>([
    ['nothing', undefined, ''],
    ['an empty string', '', ''],
    ['text', 'hällo', Buffer.from('hällo').toString('latin1')],
    ['bytes', Buffer.from([0, 10, 255]), '\0\n\xff'],
    ['a part of an array', new Uint8Array([1, 2, 3, 4]).subarray(1, 3), '\x02\x03'],
    ['a stream of bytes', Readable.from([Buffer.from('a'), Buffer.from('b')]), 'ab'],
    ['a stream of text', Readable.from(['a', 'ö']), 'a\xc3\xb6'],
    ['an empty stream', Readable.from([]), ''],
  ])('uploads %s', async (_what, payload, bytes) => {
    const { control, events } = await submissions();
    expect(await control.submitWork({ workType: 'cat', payload })).toEqual({ unitId: 'foo1', result: 'Job Started' });
    expect(events).toEqual(['submit', `payload ${bytes}`]);
  });

  it('reads its source no faster than the service takes it', async () => {
    let read = 0;
    const chunk = Buffer.alloc(2 ** 16);
    const source = new Readable({
      read() {
        read += chunk.length;
        this.push(read > 2 ** 28 ? null : chunk);
      },
    });
    const { control } = await submissions(async ({ send, socket }) => {
      socket.pause();
      await send(created);
    });
    const submitted = control.submitWork({ workType: 'cat', payload: source }).catch(() => {});
    await sleep(200);
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(2 ** 23);
    await control.close();
    await submitted;
    expect(source.destroyed).toBe(true);
  });

  it('submits nothing when the payload can not even be opened', async () => {
    const { control, events } = await submissions();
    const error = await control.submitWork({ workType: 'cat', payload: createReadStream('/no/such/file') }).catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: 'payload-failed',
      unitId: undefined,
      message: expect.stringMatching(/ENOENT.*Nothing was submitted/) as string,
    });
    await expect(control.submitWork({ workType: 'cat', payload: Readable.from([{}]) })).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(control.submitWork({ workType: 'cat', payload: 5 as unknown as string })).rejects.toMatchObject({
      code: 'invalid-argument',
    });
    expect(events.filter((event) => !/^(?:submit|release foo1)$/.test(event))).toEqual([]);
  });

  it('releases the unit of a payload that breaks off, before its upload ends', async () => {
    const { control, events } = await submissions(async (connection, seen) => {
      await connection.send(created);
      seen.push(`payload ${(await connection.rest()).toString()}`);
    });
    const error = await control.submitWork({ workType: 'cat', payload: Readable.from(failing()) }).catch((e: unknown) => e);
    await sleep(10);
    expect(error).toMatchObject({
      code: 'payload-failed',
      unitId: 'foo1',
      released: true,
      message: expect.stringMatching(/after 4 bytes: disk on fire\. Unit foo1 was cancelled and released/) as string,
      cause: expect.objectContaining({ message: 'disk on fire' }) as Error,
    });
    expect(events).toEqual(['submit', 'release foo1', 'payload half']);
  });

  it.each(['abort', 'timeout', 'close'] as const)('releases the unit on %s midway', async (how) => {
    const { control, events } = await submissions(async (connection, seen) => {
      await connection.send(created);
      seen.push(`payload ${(await connection.rest()).toString()}`);
    });
    const abort = new AbortController();
    let closed: Promise<void> | undefined;
    const payload = Readable.from(
      (async function* () {
        yield 'first';
        yield 'second'; // asked for when the first is on its way
        if (how === 'abort') abort.abort();
        if (how === 'close') closed = control.close();
        await sleep(60_000, undefined, { ref: false });
      })(),
    );
    const submitted = control.submitWork(
      { workType: 'cat', payload },
      { signal: abort.signal, ...(how === 'timeout' ? { timeout: 1000 } : {}) },
    );
    expect(await submitted.catch((e: unknown) => e)).toMatchObject({
      code: { abort: 'aborted', timeout: 'timeout', close: 'closed' }[how],
      unitId: 'foo1',
      released: true,
    });
    await closed;
    expect(events.slice(0, 2)).toEqual(['submit', 'release foo1']);
    expect(payload.destroyed).toBe(true);
  });

  it.each<[string, (foo: ReceptorControl, bar: ReceptorControl) => Promise<unknown>]>([
    ['its way is closed', (foo) => foo.close()],
    ['it is closed right before its way', (foo, bar) => Promise.all([bar.close(), foo.close()])],
  ])('releases the unit of another node before its upload ends when %s', async (_how, close) => {
    const { control, service, events } = await submissions(async (connection, seen) => {
      await connection.send(created);
      seen.push(`payload ${(await connection.rest()).toString()}`);
    });
    const bar = await control.connectToNode('bar');
    let closed: Promise<unknown> | undefined;
    const payload = Readable.from(
      (async function* () {
        yield 'first';
        yield 'second'; // asked for when the first is on its way
        closed = close(control, bar);
        await sleep(60_000, undefined, { ref: false });
      })(),
    );
    const error = await bar.submitWork({ workType: 'cat', payload }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'closed', unitId: 'foo1', released: true });
    await closed;
    await Promise.all(service.connections.map(({ rest }) => rest()));
    await sleep(10);
    expect(events.slice(0, 2)).toEqual(['submit', 'release foo1']);
    expect(events[2]).toMatch(/^payload first/);
  });

  it('releases the unit whose id came only after it was given up', async () => {
    const abort = new AbortController();
    const { control, events } = await submissions(async (connection, seen) => {
      abort.abort();
      await sleep(20);
      await connection.send(created);
      seen.push(`payload ${(await connection.rest()).toString()}`);
    });
    await expect(control.submitWork({ workType: 'cat', payload: 'all', signal: abort.signal })).rejects.toMatchObject({
      code: 'aborted',
      unitId: 'foo1',
    });
    expect(events.slice(0, 2)).toEqual(['submit', 'release foo1']);
  });

  it('says that a unit may run when only the reply is lost, and does not submit again', async () => {
    const { control, events } = await submissions(async (connection, seen) => {
      await connection.send(created);
      seen.push(`payload ${(await connection.rest()).toString()}`);
      connection.socket.end();
    });
    await expect(control.submitWork({ workType: 'cat', payload: 'all' })).rejects.toMatchObject({
      code: 'submit-reply-lost',
      unitId: 'foo1',
      nextStep: expect.stringContaining('workStatus("foo1")') as string,
    });
    expect(events).toEqual(['submit', 'payload all']);
  });

  it('takes a reply that is merely late for lost: the daemon has the whole payload', async () => {
    const { control, events } = await submissions(async (connection, seen) => {
      await connection.send(created);
      seen.push(`payload ${(await connection.rest()).toString()}`);
    });
    const late = control.submitWork({ workType: 'cat', payload: 'all' }, { timeout: 500 });
    await expect(late).rejects.toMatchObject({
      code: 'submit-reply-lost',
      unitId: 'foo1',
      message: expect.stringMatching(/the daemon's reply did not come \(work submit took longer than 500 ms\)/) as string,
      cause: expect.objectContaining({ code: 'timeout' }) as Error,
    });
    expect(events.filter((event) => event.startsWith('release'))).toEqual([]);
  });

  it('tells the refusal before and after the upload, the latter with the unit that is left', async () => {
    const before = await submissions(async ({ send }) => void (await send('ERROR: unknown work type nope\n')));
    const early = await before.control.submitWork({ workType: 'nope' }).catch((e: unknown) => e);
    expect(early).toMatchObject({ code: 'command-refused', daemonText: 'unknown work type nope', unitId: undefined });
    const after = await submissions(async ({ send, rest, socket }) => {
      await send(created);
      await rest();
      await send('ERROR: could not parse response: ERROR: unknown work type nope\n');
      socket.end();
    });
    await expect(after.control.submitWork({ node: 'bar', workType: 'nope' })).rejects.toMatchObject({
      code: 'command-refused',
      daemonText: 'could not parse response: ERROR: unknown work type nope',
      unitId: 'foo1',
    });
  });

  it("tells the daemon's own words when it gives up in the middle of the upload", async () => {
    const { control } = await submissions(async ({ send, socket }) => {
      await send(created);
      await sleep(20);
      await send('ERROR: no space left on device\n');
      socket.destroySoon();
    });
    const endless = new Readable({
      read() {
        setImmediate(() => this.push(Buffer.alloc(2 ** 16)));
      },
    });
    await expect(control.submitWork({ workType: 'cat', payload: endless })).rejects.toMatchObject({
      code: 'command-refused',
      daemonText: 'no space left on device',
      unitId: 'foo1',
    });
    expect(endless.destroyed).toBe(true);
  });

  it('is an error when the daemon goes midway or before it told an id', async () => {
    const midway = await submissions(async ({ send, socket }) => {
      await send(created);
      await sleep(20);
      socket.resetAndDestroy();
    });
    const endless = new Readable({
      read() {
        setImmediate(() => this.push(Buffer.alloc(2 ** 16)));
      },
    });
    await expect(midway.control.submitWork({ workType: 'cat', payload: endless })).rejects.toMatchObject({
      code: 'daemon-gone',
      unitId: 'foo1',
    });
    const early = await submissions(async ({ socket }) => void socket.destroy());
    await expect(early.control.submitWork({ workType: 'cat', payload: 'x' })).rejects.toMatchObject({
      code: 'daemon-gone',
      unitId: undefined,
      nextStep: expect.stringContaining('workList()') as string,
    });
  });

  it('is an error when the daemon goes while the payload has nothing to send', async () => {
    const { control } = await submissions(async ({ send, socket }) => {
      await send(created);
      await sleep(20);
      socket.destroy();
    });
    const silent = new Readable({ read() {} });
    silent.push('half');
    await expect(control.submitWork({ workType: 'cat', payload: silent })).rejects.toMatchObject({ code: 'daemon-gone', unitId: 'foo1' });
    expect(silent.destroyed).toBe(true);
  });

  it('knows how much of one large piece was taken', async () => {
    const { control } = await submissions(async ({ send, socket }) => {
      socket.pause();
      await send(created);
    });
    const error = (await control
      .submitWork({ workType: 'cat', payload: Buffer.alloc(2 ** 26), timeout: 300 })
      .catch((e: unknown) => e)) as Error;
    expect(error).toMatchObject({ code: 'timeout', released: true });
    expect(Number(/(\d+) bytes of the payload had been sent/.exec(error.message)?.[1])).toBeLessThan(2 ** 24);
  });

  it('leaves no connection of TCP open when it fails while its end is under way', async () => {
    const service = await fakeService(
      async (connection) => {
        await connection.send(banner);
        if ((await connection.line()) === undefined) return;
        await connection.send(`${created}no reply\n`);
        await connection.rest();
        while (await connection.send('more')) await sleep(5);
      },
      { tcp: true },
    );
    stops.push(() => service.stop());
    const control = await ReceptorControl.connect(service.address);
    stops.push(() => control.close());
    await expect(control.submitWork({ workType: 'cat', payload: 'x' })).rejects.toMatchObject({ code: 'submit-reply-lost' });
    await sleep(200);
    expect(service.connections[1]!.socket.destroyed).toBe(true);
  });
});
