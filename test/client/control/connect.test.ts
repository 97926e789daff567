import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { createServer } from 'node:net';
import os, { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ControlError, ReceptorControl, isControlError } from '../../../client/src/control/index.ts';
import type { ConnectOptions, StreamFactory } from '../../../client/src/control/index.ts';
import { connectFailure } from '../../../client/src/control/failures.ts';
import { answering, banner, fakeService } from '../../harness/hostile.ts';
import type { FakeService, Script } from '../../harness/hostile.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const fake = async (script: Script, options?: { tcp?: boolean }): Promise<FakeService> => {
  const service = await fakeService(script, options);
  stops.push(() => service.stop());
  return service;
};

/** The error that connecting ends with. */
async function failure(address: string, options: ConnectOptions = {}): Promise<ControlError> {
  const error = await ReceptorControl.connect(address, options).then(
    (control) => {
      stops.push(() => control.close());
      throw new Error(`connected to ${control.nodeId}`);
    },
    (e: unknown) => e,
  );
  if (!isControlError(error)) throw error;
  expect(error).toBeInstanceOf(ControlError);
  expect(error.message).toMatch(/\.$/);
  expect(error.nextStep).toMatch(/\.$/);
  return error;
}

const patience = { timeout: 300 };

describe('connecting', () => {
  it('waits for the banner, in whatever pieces it comes', async () => {
    const service = await fake(async ({ send }) => {
      for (const byte of 'Receptor Control, node nöde with spaces\r\n') {
        await send(byte);
        await sleep(1);
      }
    });
    const control = await ReceptorControl.connect(service.address);
    expect(control.nodeId).toBe('nöde with spaces');
    expect(control.address).toBe(service.address);
    expect(control.connected).toBe(true);
    await control.close();
    expect(control.closed).toBe(true);
    expect(control.connected).toBe(false);
  });

  it('takes a factory of streams in place of an address', async () => {
    const factory: StreamFactory = {
      description: 'a fake',
      open: async () => {
        const stream = new PassThrough();
        stream.write(banner);
        return stream;
      },
    };
    const control = await ReceptorControl.connect(factory);
    expect([control.nodeId, control.address]).toEqual(['fake', 'a fake']);
    await control.close();
  });

  it.each<[string, Script, string, RegExp]>([
    ['no banner', () => {}, 'banner-timeout', /said nothing/],
    ['half a banner', ({ send }) => send('Receptor Control, no'), 'banner-timeout', /said nothing/],
    [
      'half a banner and the end',
      async ({ send, socket }) => [await send('Receptor Control, no'), socket.end()],
      'daemon-gone',
      /in the middle of its banner/,
    ],
    ['an end at once', ({ socket }) => socket.end(), 'not-control-service', /before its banner/],
    ['a reset at once', ({ socket }) => socket.resetAndDestroy(), 'not-control-service', /before its banner/],
    ['a banner without a node', ({ send }) => send('Receptor Control, node \n'), 'not-control-service', /says "Receptor Control, node "/],
    ['a banner without an end', ({ send }) => send(`Receptor Control, node ${'x'.repeat(5000)}`), 'not-control-service', /says "Receptor/],
    ['HTTP', ({ send }) => send('HTTP/1.1 400 Bad Request\r\n\r\n'), 'not-control-service', /is an HTTP server/],
    ['SSH', ({ send }) => send('SSH-2.0-OpenSSH_9.2\r\n'), 'not-control-service', /is an SSH server/],
    ['SMTP', ({ send }) => send('220 mail.example ESMTP\r\n'), 'not-control-service', /mail or FTP server/],
    ['TLS', ({ send }) => send(Buffer.from('15030300020228', 'hex')), 'tls-required', /speaks TLS/],
    [
      'TLS garbage',
      ({ send }) => send(Buffer.concat([Buffer.from('160303ffff', 'hex'), Buffer.alloc(70_000, 0x80)])),
      'tls-required',
      /speaks TLS/,
    ],
    ['garbage', ({ send }) => send(Buffer.from([0, 1, 2, 27, 91, 50, 74, 255])), 'not-control-service', /says "\.\.\.\.\[2J\."/],
    ['blank lines', ({ send }) => send('\n\n\n'), 'not-control-service', /says/],
  ])('tells %s apart', async (_what, script, code, words) => {
    const service = await fake(script, { tcp: true });
    const error = await failure(service.address, patience);
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(words)]);
  });

  it('tells an HTTP server and a TLS server, which both wait to be spoken to', async () => {
    const http = createHttpServer().listen(0, '127.0.0.1');
    await once(http, 'listening');
    stops.push(() => http.close());
    const port = (http.address() as { port: number }).port;
    expect(await failure(`tcp://127.0.0.1:${port}`, { timeout: 5_000 })).toMatchObject({
      code: 'not-control-service',
      message: expect.stringContaining('HTTP server') as string,
    });
    expect(await failure(`tls://127.0.0.1:${port}`, { timeout: 5_000 })).toMatchObject({ code: 'tls-not-spoken' });
  });

  it('gives up a TLS handshake that is not answered', async () => {
    const service = await fake(() => {}, { tcp: true });
    expect(await failure(service.address.replace('tcp', 'tls'), patience)).toMatchObject({ code: 'banner-timeout' });
  });

  it('cuts an endless banner long before memory is short', async () => {
    let sent = 0;
    const chunk = Buffer.alloc(2 ** 20, 'R');
    const service = await fake(async ({ send }) => {
      while (sent < 2 ** 30 && (await send(chunk))) sent += chunk.length;
    });
    expect(await failure(service.address)).toMatchObject({ code: 'not-control-service' });
    expect(sent).toBeLessThan(2 ** 24);
  });

  it('tells the ways in which a socket file fails apart', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'ctl-'));
    stops.push(() => rmSync(dir, { recursive: true }));
    expect(await failure(`${dir}/none.sock`)).toMatchObject({
      code: 'absent-socket',
      message: expect.stringContaining('does not exist.') as string,
    });
    expect(await failure(`${dir}/no/none.sock`)).toMatchObject({
      code: 'absent-socket',
      message: expect.stringContaining('not even its folder') as string,
    });
    writeFileSync(`${dir}/file`, '');
    expect(await failure(`${dir}/file`)).toMatchObject({ code: 'not-a-socket', message: expect.stringContaining('is a file') as string });
    expect(await failure(dir)).toMatchObject({ code: 'not-a-socket', message: expect.stringContaining('is a folder') as string });
    expect(await failure(`/${'x'.repeat(107)}`)).toMatchObject({
      code: 'path-too-long',
      message: expect.stringContaining('108 bytes') as string,
    });
    const longest = `${dir}/${'x'.repeat(106 - dir.length)}`;
    expect(await failure(longest)).toMatchObject({ code: 'absent-socket' });
  });

  it('tells a socket that may not be used, also to one whose uid has no name', async () => {
    const denied = Object.assign(new Error('connect EACCES'), { code: 'EACCES' });
    const told = async (): Promise<string> => (await connectFailure({ kind: 'unix', path: tmpdir() }, denied)).message;
    const ids = `uid ${process.getuid!()}, gid ${process.getgid!()}`;
    expect(await told()).toMatch(new RegExp(`; you are \\S+ \\(${ids}\\)\\.$`));
    vi.spyOn(os, 'userInfo').mockImplementation(() => {
      throw Object.assign(new Error('uv_os_get_passwd returned ENOENT'), { code: 'ERR_SYSTEM_ERROR' });
    });
    syncBuiltinESMExports();
    stops.push(() => {
      vi.restoreAllMocks();
      syncBuiltinESMExports();
    });
    expect(await told()).toMatch(new RegExp(`; you are ${ids}\\.$`));
  });

  it('tells a refused port and a name that does not resolve', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    expect(await failure(`tcp://127.0.0.1:${port}`)).toMatchObject({ code: 'refused' });
    expect(await failure(`tcp://localhost:${port}`)).toMatchObject({ code: 'refused' });
    expect(await failure('tcp://no-such-host.invalid:1')).toMatchObject({ code: 'dns' });
  });

  it('can be aborted, before and during', async () => {
    const service = await fake(() => {});
    expect(await failure(service.address, { signal: AbortSignal.abort('no need') })).toMatchObject({
      code: 'aborted',
      name: 'AbortError',
      cause: 'no need',
    });
    expect(service.connections).toHaveLength(0);
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 30);
    expect(await failure(service.address, { signal: abort.signal })).toMatchObject({ code: 'aborted' });
  });

  it.each([-1, Number.NaN, '5'])('refuses the timeout %s', async (timeout) => {
    expect(await failure('unix:/x', { timeout: timeout as number })).toMatchObject({ code: 'invalid-argument' });
  });

  it('traces lines but no secrets', async () => {
    const service = await fake(answering(() => '{}\n'));
    const seen: string[] = [];
    const control = await ReceptorControl.connect(service.address, {
      trace: ({ connection, direction, text }) => seen.push(`${connection} ${direction} ${text}`),
    });
    await control.cancelWork('abc', { signature: 'SECRET' });
    await control.close();
    expect(seen).toEqual([
      '1 open node fake',
      expect.stringMatching(/^1 sent .*"unitid":"abc"/),
      '1 received {}',
      expect.stringMatching(/^1 close/),
    ]);
    expect(seen.join()).not.toContain('SECRET');
  });
});
