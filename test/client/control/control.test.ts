import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { CommandRefusedError, ReceptorControl } from '../../../client/src/control/index.ts';
import type { ConnectOptions, ControlError } from '../../../client/src/control/index.ts';
import { answering, banner, fakeService } from '../../harness/hostile.ts';
import type { FakeService, Script } from '../../harness/hostile.ts';
import { bigStatus } from '../mesh/big.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function connected(script: Script, options?: ConnectOptions): Promise<{ service: FakeService; control: ReceptorControl }> {
  const service = await fakeService(script);
  stops.push(() => service.stop());
  const control = await ReceptorControl.connect(service.address, options);
  stops.push(() => control.close());
  return { service, control };
}

const fieldsOf = (line: string): Record<string, unknown> => JSON.parse(line) as Record<string, unknown>;

describe('commands', () => {
  it('are sent in JSON, with the names and types that the daemon wants', async () => {
    const { service, control } = await connected(
      answering((line) => (fieldsOf(line)['subcommand'] === 'list' ? '{}\n' : '{"Success":true}\n')),
    );
    await control.status();
    await control.status(['NodeID', 'Version']);
    await control.status({ timeout: 1000 });
    await control.ping('bar baz');
    await control.reload();
    await control.workList();
    await control.workList('abc1');
    await control.workList({ timeout: 1000 });
    await control.cancelWork('abc1', { signature: 'jwt' });
    await control.releaseWork('abc1');
    await control.releaseWork('abc1', { force: true });
    expect(service.lines.map(fieldsOf)).toEqual([
      { command: 'status' },
      { command: 'status', requested_fields: ['NodeID', 'Version'] },
      { command: 'status' },
      { command: 'ping', target: 'bar baz' },
      { command: 'reload' },
      { command: 'work', subcommand: 'list' },
      { command: 'work', subcommand: 'list', unitid: 'abc1' },
      { command: 'work', subcommand: 'list' },
      { command: 'work', subcommand: 'cancel', unitid: 'abc1', signature: 'jwt' },
      { command: 'work', subcommand: 'release', unitid: 'abc1' },
      { command: 'work', subcommand: 'force-release', unitid: 'abc1' },
    ]);
    expect(service.connections).toHaveLength(1);
  });

  it('give the hops of a traceroute in their order, not in that of their names', async () => {
    const hops = Object.fromEntries([...Array(12).keys()].map((i) => [String(i), { From: `n${i}`, Time: i, TimeStr: `${i}ns` }]));
    const text = `{${Object.entries(hops)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, hop]) => `"${key}":${JSON.stringify(hop)}`)
      .join()}}\n`;
    const { control } = await connected(answering(() => text));
    expect((await control.traceroute('n11')).map((hop) => hop.From)).toEqual([...Array(12).keys()].map((i) => `n${i}`));
  });

  it('throw what the service means by it when units are none', async () => {
    const { control } = await connected(answering(() => '{"foo1":null}\n'));
    await expect(control.workList()).rejects.toMatchObject({ code: 'protocol', message: expect.stringContaining('"foo1"') as string });
  });

  it('resolve for a ping or a reload that failed', async () => {
    const { control } = await connected(answering(() => '{"Error":"no route to node","Success":false}\n'));
    expect(await control.ping('ghost')).toEqual({ Success: false, Error: 'no route to node' });
    expect(await control.reload()).toEqual({ Success: false, Error: 'no route to node' });
  });

  it('are served in order, one in flight, however many are called at once', async () => {
    let inFlight = 0;
    const { service, control } = await connected(
      answering(async (line) => {
        expect(++inFlight).toBe(1);
        await sleep(1);
        inFlight--;
        return `${JSON.stringify({ Success: true, From: fieldsOf(line)['target'] })}\n`;
      }),
    );
    const targets = [...Array(50).keys()].map((i) => `n${i}`);
    const replies = await Promise.all(targets.map((target) => control.ping(target)));
    expect(replies.map((reply) => (reply.Success ? reply.From : ''))).toEqual(targets);
    expect(service.lines.map((line) => fieldsOf(line)['target'])).toEqual(targets);
    expect(service.connections).toHaveLength(1);
  });

  it('wait for none that has a connection of its own', async () => {
    let answerPing: (line: string) => void;
    const { service, control } = await connected(
      answering((line) =>
        fieldsOf(line)['command'] === 'ping' ? new Promise<string>((resolve) => (answerPing = resolve)) : '{"NodeID":"foo"}\n',
      ),
    );
    const ping = control.ping('bar', { ownConnection: true });
    await expect.poll(() => service.lines).toHaveLength(1);
    expect(await control.status()).toEqual({ NodeID: 'foo' });
    answerPing!('{"Success":true,"From":"bar"}\n');
    expect(await ping).toEqual({ Success: true, From: 'bar' });
    expect(service.connections).toHaveLength(2);
    await expect.poll(() => service.connections.filter(({ socket }) => !socket.destroyed)).toHaveLength(1);
    await expect(control.ping('bar', { ownConnection: true, timeout: 50 })).rejects.toMatchObject({ code: 'timeout' });
    const last = expect(control.ping('bar', { ownConnection: true })).rejects.toMatchObject({ code: 'closed' });
    await expect.poll(() => service.lines).toHaveLength(4);
    await control.close();
    await last;
  });

  it('reject what must not be sent', async () => {
    const { service, control } = await connected(answering(() => '{}\n'));
    const wrong = [
      () => control.status('NodeID' as unknown as string[]),
      () => control.status([1] as unknown as string[]),
      () => control.status(null as unknown as string[]),
      () => control.ping(''),
      () => control.ping(5 as unknown as string),
      () => control.traceroute(''),
      () => control.workStatus(''),
      () => control.workStatus('../../etc'),
      () => control.workList('a b'),
      () => control.cancelWork('a/b'),
      () => control.releaseWork('a\n'),
      () => control.connectToService('', 'control'),
      () => control.connectToService('foo', ''),
      () => control.submitWork({ workType: '' }),
      async () => await control.getWorkResults('../x'),
      async () => await control.getWorkResults('abc', { startPos: -1 }),
      async () => await control.getWorkResults('abc', { startPos: 1.5 }),
    ];
    for (const call of wrong) await expect(call(), String(call)).rejects.toMatchObject({ code: 'invalid-argument' });
    expect(service.lines).toEqual([]);
    expect(service.connections).toHaveLength(1);
  });

  it('skip blank lines and take answers in any pieces', async () => {
    const { control } = await connected(
      answering(async (_line, { send }) => {
        for (const byte of Buffer.from('\n\r\n{"Success":true,"TimeStr":"1µs"}')) await send(Buffer.from([byte]));
        return '\n\n';
      }),
    );
    expect(await control.ping('x')).toMatchObject({ TimeStr: '1µs' });
    expect(await control.ping('x')).toMatchObject({ TimeStr: '1µs' });
  });

  it('read a long answer without keeping others waiting, and refuse a broken one', async () => {
    const reply = bigStatus(1500);
    const text = JSON.stringify(reply);
    let answers = 0;
    const { service, control } = await connected(answering(() => `${answers++ === 0 ? text : text.slice(0, -1)}\n`));
    let turns = 0;
    const counting = setInterval(() => turns++, 0);
    expect(await control.status()).toEqual(reply);
    clearInterval(counting);
    expect(turns).toBeGreaterThan(0);
    await expect(control.status()).rejects.toMatchObject({ code: 'protocol', message: expect.stringContaining('is no JSON') as unknown });
    await expect(control.status()).rejects.toMatchObject({ code: 'protocol' });
    expect(service.connections).toHaveLength(2);
  });

  it('throw the words of a refusal, and use a new connection after it', async () => {
    const { service, control } = await connected(
      answering((line) => (line === '{bad' ? "ERROR: invalid character 'b'\nERROR: Unknown command, \n" : '{"Success":true}\n')),
    );
    const error = await control.simpleCommand('{bad').catch((e: unknown) => e);
    expect(error).toBeInstanceOf(CommandRefusedError);
    expect(error).toMatchObject({
      code: 'command-refused',
      daemonText: "invalid character 'b'",
      message: expect.stringContaining("invalid character 'b'") as string,
    });
    expect(await control.reload()).toEqual({ Success: true });
    expect(service.connections).toHaveLength(2);
    expect(service.connections[0]!.socket.readableEnded).toBe(true);
  });

  it('are not confused by a flood after an error, nor by what comes unasked', async () => {
    const flood = Buffer.alloc(2 ** 20, '{"Success":false}\n');
    let sent = 0;
    const { control } = await connected(
      answering(async (line, { send }) => {
        if (line !== 'flood') return '{"Success":true}\n{"Success":false,"Error":"not asked"}\n';
        await send('ERROR: no\n');
        while (sent < 2 ** 30 && (await send(flood))) sent += flood.length;
        return undefined;
      }),
    );
    await expect(control.simpleCommand('flood')).rejects.toMatchObject({ code: 'command-refused' });
    for (let i = 0; i < 3; i++) {
      expect(await control.reload()).toEqual({ Success: true });
      await sleep(5);
    }
    expect(sent).toBeLessThan(2 ** 24);
  });

  it('keep memory bounded when a line of a gigabyte comes', async () => {
    const chunk = Buffer.alloc(2 ** 20, 'x');
    let sent = 0;
    const { control } = await connected(
      answering(async (_line, { send }) => {
        while (sent < 2 ** 30 && (await send(chunk))) sent += chunk.length;
        return undefined;
      }),
      { maxLineLength: 2 ** 23 },
    );
    const before = process.memoryUsage().rss;
    await expect(control.status()).rejects.toMatchObject({ code: 'line-too-long' });
    expect(sent).toBeLessThan(2 ** 25);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
  });

  it('take a line just within the limit', async () => {
    const { control } = await connected(
      answering(() => `{"x":"${'y'.repeat(992)}"}\n`),
      { maxLineLength: 1000 },
    );
    expect(await control.simpleCommand('status')).toMatchObject({ x: 'y'.repeat(992) });
  });

  it.each([
    ['no JSON', 'hello\n', 'protocol'],
    ['no object', '[]\n', 'protocol'],
    ['no unit', '{"State":"2"}\n', 'protocol'],
    ['half a line', undefined, 'daemon-gone'],
  ])('are told from %s', async (_what, answer, code) => {
    const { control } = await connected(
      answering(async (_line, { send, socket }) => {
        if (answer !== undefined) return answer;
        await send('{"State"');
        socket.end();
        return undefined;
      }),
    );
    await expect(control.workStatus('abc')).rejects.toMatchObject({ code });
  });

  it('are never repeated: what was sent and not answered is an error', async () => {
    const { service, control } = await connected(answering((_line, { socket }) => void socket.destroy()));
    await expect(control.reload()).rejects.toMatchObject({
      code: 'daemon-gone',
      message: expect.stringContaining('before it answered "reload"') as string,
    });
    expect(service.lines).toHaveLength(1);
  });
});

describe('limits', () => {
  it('end a call, drop its connection, and let the next ones be', async () => {
    const { service, control } = await connected(
      answering((line) => (line.includes('"slow"') ? new Promise(() => {}) : '{"Success":true}\n')),
    );
    await expect(control.ping('slow', { timeout: 30 })).rejects.toMatchObject({ code: 'timeout', name: 'TimeoutError' });
    expect(await control.ping('x')).toEqual({ Success: true });
    const abort = new AbortController();
    const slow = control.ping('slow', { signal: abort.signal });
    const waiting = control.ping('never sent', { signal: abort.signal });
    const next = control.ping('y');
    setTimeout(() => abort.abort(new Error('changed my mind')), 30);
    await expect(slow).rejects.toMatchObject({ code: 'aborted', cause: expect.objectContaining({ message: 'changed my mind' }) as Error });
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
    expect(await next).toEqual({ Success: true });
    expect(service.lines.join()).not.toContain('never sent');
  });

  it('count the wait for a turn only when the caller gave them', async () => {
    const { control } = await connected(
      answering(async (line) => (line.includes('"slow"') ? (await sleep(100), '{"Success":true}\n') : '{"Success":true}\n')),
    );
    const slow = control.ping('slow');
    await expect(control.status({ timeout: 20 })).rejects.toMatchObject({ code: 'timeout' });
    expect(await control.status()).toEqual({ Success: true });
    await slow;
  });

  it('keep the queue from growing without end', async () => {
    const { control } = await connected(answering(() => new Promise(() => {})));
    const calls = [...Array(5000).keys()].map(() => control.ping('x').catch((error: unknown) => (error as ControlError).code));
    await control.close();
    const codes = await Promise.all(calls);
    expect(codes.filter((code) => code === 'queue-full').length).toBe(5000 - 4097);
    expect(codes.filter((code) => code === 'closed').length).toBe(4097);
  });
});

describe('a connection', () => {
  it('that is lost while idle is told of, and replaced for the next call', async () => {
    const { service, control } = await connected(answering(() => '{"Success":true}\n'));
    const told = new Promise<ControlError>((resolve) => control.once('disconnect', resolve));
    service.connections[0]!.socket.destroy();
    expect(await told).toMatchObject({ code: 'daemon-gone' });
    expect(control.connected).toBe(false);
    expect(await control.reload()).toEqual({ Success: true });
    expect(control.connected).toBe(true);
  });

  it('is not used when another node answers', async () => {
    const { control } = await connected(async ({ number, send, line, socket }) => {
      await send(number === 1 ? banner : 'Receptor Control, node other\n');
      await line();
      socket.destroy();
    });
    await control.reload().catch(() => {});
    await expect(control.releaseWork('abc')).rejects.toMatchObject({
      code: 'node-changed',
      message: expect.stringContaining('other') as string,
    });
  });

  it('closes for good, and what waits on it fails', async () => {
    const { control } = await connected(answering(() => new Promise(() => {})));
    const calls = [control.status(), control.ping('x')].map((call) => call.catch((error: unknown) => (error as ControlError).code));
    await sleep(10);
    await control.close();
    await control.close();
    expect(await Promise.all(calls)).toEqual(['closed', 'closed']);
    await expect(control.status()).rejects.toMatchObject({ code: 'closed' });
    await expect(control.submitWork({ workType: 'x' })).rejects.toMatchObject({ code: 'closed' });
    await expect(control.connectToNode('x')).rejects.toMatchObject({ code: 'closed' });
    await expect(control.getWorkResults('abc').then((r) => r)).rejects.toMatchObject({ code: 'closed' });
  });

  it('to a service keeps what came with its first line, both half-closes, and errors of its own', async () => {
    const { service, control } = await connected(
      answering(async (line, { send, rest, socket }) => {
        expect(fieldsOf(line)).toEqual({ command: 'connect', node: 'bar', service: 'echo', tls: 'tc' });
        await send('Connecting\nhello ');
        socket.end(await rest());
        return undefined;
      }),
    );
    const stream = await control.connectToService('bar', 'echo', { tlsClient: 'tc' });
    await sleep(20);
    stream.end('there');
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe('hello there');
    expect(service.connections).toHaveLength(2);
  });

  it('to a node goes through this one for every stream, and closes with it', async () => {
    let name = 'fake';
    const { service, control } = await connected(
      answering(async (line, { send }) => {
        if (!line.includes('"connect"')) return '{"Success":true}\n';
        name = String(fieldsOf(line)['node']);
        await send('Connecting\n');
        return `Receptor Control, node ${name}\n`;
      }),
    );
    const bar = await control.connectToNode('bar');
    expect([bar.nodeId, bar.address]).toEqual(['bar', `bar through ${service.address}`]);
    expect(await bar.reload()).toEqual({ Success: true });
    const again = await bar.connectToNode('baz');
    expect(again.nodeId).toBe('baz');
    expect(await again.reload()).toEqual({ Success: true });
    expect(await control.reload()).toEqual({ Success: true });
    expect(service.lines.filter((line) => line.includes('"connect"')).map((line) => fieldsOf(line)['node'])).toEqual(['bar', 'bar', 'baz']);
    await control.close();
    expect([bar.closed, again.closed]).toEqual([true, true]);
    await expect(bar.status()).rejects.toMatchObject({ code: 'closed' });
  });

  it.each<[string, Script, string, boolean]>([
    [
      'greets as something else',
      answering((line) => (line.includes('connect') ? 'Connecting\nSSH-2.0-x\n' : '{}\n')),
      'not-control-service',
      true,
    ],
    [
      'ends before its banner',
      answering(({ length }, { socket }) => void socket.end(length > 0 ? 'Connecting\n' : '')),
      'daemon-gone',
      true,
    ],
    ['cannot be reached', answering((line) => (line.includes('connect') ? 'ERROR: no route to node\n' : '{}\n')), 'command-refused', false],
    ['was asked of a node that went', answering((_line, { socket }) => void socket.end()), 'daemon-gone', false],
  ])('to a node that %s tells which of the two nodes failed', async (_how, script, code, beyond) => {
    const { control } = await connected(script);
    await expect(control.connectToNode('bar')).rejects.toMatchObject({ code, beyond });
  });
});
