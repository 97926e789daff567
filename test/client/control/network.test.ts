// Failures of the network and of TLS that no daemon gives on demand, and bridges that are given up.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { ReceptorControl, isControlError } from '../../../client/src/control/index.ts';
import type { ConnectOptions } from '../../../client/src/control/index.ts';
import { answering, banner, fakeService } from '../../harness/hostile.ts';
import type { FakeService, Script } from '../../harness/hostile.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

/** The class and the words of the error that a call ends with. */
async function failure(call: Promise<unknown>): Promise<{ code: string; message: string; name: string }> {
  const error = await call.then(
    () => new Error('it succeeded'),
    (e: unknown) => e,
  );
  if (!isControlError(error)) throw error;
  expect(error.nextStep).toMatch(/\.$/);
  return error;
}

const failedConnect = (address: string, options: ConnectOptions = {}): Promise<{ code: string; message: string }> =>
  failure(ReceptorControl.connect(address, options).then((control) => control.close()));

describe.skipIf(process.platform !== 'linux')('an address that nobody answers at', () => {
  it('is unreachable at once where no packet can be sent', async () => {
    // There is no TCP to everybody at once.
    expect(await failedConnect('tcp://255.255.255.255:1')).toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/^tcp:\/\/255\.255\.255\.255:1 can't be reached \(E\w+\)\.$/) as string,
    });
  });

  it('is unreachable after the time that the caller gives', async () => {
    // A listener that takes nobody: what is more than its queue holds is not even refused.
    const script = "const s = require('node:net').createServer().listen(0, '127.0.0.1', 1, () => console.log(s.address().port))";
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    stops.push(() => child.kill('SIGKILL'));
    const [port] = (await once(child.stdout, 'data')) as [Buffer];
    child.kill('SIGSTOP');
    const queued = Array.from({ length: 8 }, () => connect(Number(port), '127.0.0.1').on('error', () => {}));
    stops.push(() => queued.forEach((socket) => socket.destroy()));
    await Promise.race(queued.map((socket) => once(socket, 'connect')));
    expect(await failedConnect(`tcp://127.0.0.1:${Number(port)}`, { timeout: 300 })).toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/did not answer\.$/) as string,
    });
  });
});

describe('TLS', () => {
  /** A server that answers the client's first words by `reply`, and then ends or waits. */
  async function answeringTls(reply: Uint8Array | undefined): Promise<string> {
    const service = await fakeService(
      ({ socket }) =>
        void socket.once('data', () => {
          if (reply === undefined) socket.end();
          else socket.write(reply);
        }),
      { tcp: true },
    );
    stops.push(() => service.stop());
    return service.address.replace('tcp', 'tls');
  }
  const alert = (description: number): Uint8Array => Uint8Array.of(0x15, 3, 3, 0, 2, 2, description);

  /** The first words of a server that speaks TLS 1.0 and nothing newer. */
  function oldHello(): Uint8Array {
    const body = [3, 1, ...new Uint8Array(32), 0, 0, 0x2f, 0];
    return Uint8Array.of(0x16, 3, 1, 0, body.length + 4, 2, 0, 0, body.length, ...body);
  }

  it('without a version in common is told as that, whoever notices', async () => {
    const [cert, key] = ['a.crt', 'a.key'].map((file) => readFileSync(`test/fixtures/pki/${file}`));
    const old = createTlsServer({ cert, key, maxVersion: 'TLSv1.2' }).listen(0, '127.0.0.1');
    stops.push(() => old.close());
    await once(old, 'listening');
    const { port } = old.address() as { port: number };
    const options: ConnectOptions = { tls: { minVersion: 'TLSv1.3', insecureSkipVerify: true } };
    const notOurs = { code: 'tls-version', message: expect.stringContaining('no TLS version in common') as string };
    expect(await failedConnect(`tls://127.0.0.1:${port}`, options)).toMatchObject(notOurs);
    expect(await failedConnect(await answeringTls(oldHello()))).toMatchObject(notOurs);
  });

  it('that fails otherwise is told with the reason', async () => {
    expect(await failedConnect(await answeringTls(alert(80)))).toMatchObject({
      code: 'tls-failed',
      message: expect.stringMatching(/^TLS with tls:\S+ failed: [\w ]*internal error \(ERR_SSL_\w+\)\.$/) as string,
    });
  });

  it('that is broken off in the middle is told as that', async () => {
    expect(await failedConnect(await answeringTls(undefined))).toMatchObject({
      code: 'tls-failed',
      message: expect.stringContaining('broke the connection during the TLS handshake') as string,
    });
  });

  it('is left by a submission that fails while its end is under way', async () => {
    const [cert, key] = ['a.crt', 'a.key'].map((file) => readFileSync(`test/fixtures/pki/${file}`));
    const taken: TLSSocket[] = [];
    const server = createTlsServer({ cert, key, allowHalfOpen: true }, (socket) => {
      taken.push(socket);
      stops.push(() => socket.destroy());
      socket.on('error', () => {}).write(banner);
      socket.once('data', () => socket.write('Work unit created with ID foo1. Send stdin data and EOF.\nno reply\n'));
    }).listen(0, '127.0.0.1');
    stops.push(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const control = await ReceptorControl.connect(`tls://127.0.0.1:${port}`, { tls: { insecureSkipVerify: true } });
    stops.push(() => control.close());
    expect(await failure(control.submitWork({ workType: 'cat', payload: 'x' }))).toMatchObject({ code: 'submit-reply-lost' });
    // What is written to a connection that is closed at the other end is refused.
    await expect.poll(() => !taken[1]!.write('more') && taken[1]!.destroyed).toBe(true);
  });
});

describe('a bridge', () => {
  const connected = async (script: Script): Promise<[FakeService, ReceptorControl]> => {
    const service = await fakeService(script);
    stops.push(() => service.stop());
    const control = await ReceptorControl.connect(service.address);
    stops.push(() => control.close());
    return [service, control];
  };
  const kinds: [string, (control: ReceptorControl, options: { signal?: AbortSignal; timeout?: number }) => Promise<unknown>][] = [
    ['connectToService', (control, options) => control.connectToService('bar', 'echo', options)],
    ['connectToNode', (control, options) => control.connectToNode('bar', options)],
  ];
  /** Answers commands and never says whether the other node was reached. */
  const silent: [string, Script][] = [
    ['before the daemon answers', answering((line) => (line.includes('connect') ? new Promise<undefined>(() => {}) : '{}\n'))],
    ['before the other node greets', answering((line) => (line.includes('connect') ? 'Connecting\n' : '{}\n'))],
  ];

  describe.each(kinds)('%s', (name, open) => {
    // A service owes no greeting: once the daemon has connected, the stream is the caller's.
    const pending = name === 'connectToNode' ? silent : silent.slice(0, 1);
    it.each(pending)('can be aborted, and has a timeout: %s', async (_when, script) => {
      const [service, control] = await connected(script);
      const abort = new AbortController();
      const aborted = failure(open(control, { signal: abort.signal }));
      await expect.poll(() => service.lines.length).toBe(1);
      abort.abort('no need');
      expect(await aborted).toMatchObject({ code: 'aborted', name: 'AbortError', cause: 'no need' });
      expect(await failure(open(control, { timeout: 100 }))).toMatchObject({ code: 'timeout', name: 'TimeoutError' });
      expect(await failure(open(control, { signal: AbortSignal.abort('never') }))).toMatchObject({ code: 'aborted', cause: 'never' });
      // Nothing of it is left open, and the connection for commands never knew.
      const bridges = service.connections.slice(1);
      expect(bridges).toHaveLength(2);
      await expect.poll(() => bridges.every(({ socket }) => socket.readableEnded || socket.destroyed)).toBe(true);
      expect(await control.status()).toEqual({});
    });
  });
});
