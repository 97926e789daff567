import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandRefusedError, ReceptorControl } from '../../client/src/control/index.ts';
import type { Status } from '../../client/src/control/index.ts';
import { startMesh } from '../harness/mesh.ts';
import type { Mesh } from '../harness/mesh.ts';
import { hasReceptor, receptorVersions } from '../harness/receptor.ts';
import { collect, row, sha256, soak, tcpPortOf, until } from './control-mesh.ts';

describe.each(receptorVersions)('control client and receptor %s', (version) => {
  describe.skipIf(!hasReceptor(version))('', () => {
    let mesh: Mesh;
    let marks: string;
    let control: ReceptorControl;

    beforeAll(async () => {
      marks = mkdtempSync(path.join(tmpdir(), 'marks-'));
      mesh = await startMesh(row(marks), { version });
      control = await ReceptorControl.connect(`unix:${mesh.node('a').socket}`);
    });
    afterAll(async () => {
      await control?.close();
      await mesh?.stop();
      rmSync(marks, { recursive: true, force: true });
    });

    const refusal = async (call: Promise<unknown>): Promise<string> => {
      const error = await call.then(
        () => new Error('it was not refused'),
        (e: unknown) => e,
      );
      if (!(error instanceof CommandRefusedError)) throw error;
      expect(error.message).toContain(error.daemonText);
      expect(error.nextStep).not.toBe('');
      return error.daemonText;
    };

    it('knows the node from its banner, over both transports', async () => {
      expect(control.nodeId).toBe('a');
      const tcp = await ReceptorControl.connect(`tcp://localhost:${tcpPortOf(mesh.node('a'))}`);
      expect(tcp.nodeId).toBe('a');
      expect(await tcp.status(['NodeID'])).toEqual({ NodeID: 'a' });
      await tcp.close();
    });

    it('status keeps the keys of the daemon', async () => {
      const status = await control.status();
      expect(Object.keys(status).sort()).toEqual([
        'Advertisements',
        'Connections',
        'KnownConnectionCosts',
        'NodeID',
        'RoutingTable',
        'SystemCPUCount',
        'SystemMemoryMiB',
        'Version',
      ] satisfies (keyof Status)[]);
      expect(status).toMatchObject({
        NodeID: 'a',
        Version: version,
        Connections: [{ NodeID: 'b', Cost: 1 }],
        RoutingTable: { b: 'b', c: 'b' },
      });
      expect(await control.status(['NodeID', 'Version', 'Nope'])).toEqual({ NodeID: 'a', Version: version });
      expect(await control.status([])).toEqual({});
    });

    it('ping and traceroute say how and whether', async () => {
      expect(await control.ping('c')).toMatchObject({
        Success: true,
        From: 'c',
        Time: expect.any(Number) as number,
        TimeStr: expect.any(String) as string,
      });
      expect(await control.ping('localhost')).toMatchObject({ Success: true, From: 'a' });
      expect(await control.ping('ghost')).toEqual({ Success: false, Error: 'no route to node' });
      expect((await control.traceroute('c')).map((hop) => hop.From)).toEqual(['a', 'b', 'c']);
      expect((await control.traceroute('ghost')).map((hop) => [hop.From, hop.Error])).toEqual([
        ['a', undefined],
        ['a', 'no route to node'],
      ]);
    });

    it('simpleCommand takes both forms, and stays usable after every refusal', async () => {
      expect(await control.simpleCommand('STATUS ')).toMatchObject({ NodeID: 'a' });
      expect(await control.simpleCommand({ command: 'ping', target: 'b' })).toMatchObject({ Success: true });
      expect(await control.simpleCommand('work list')).toEqual({});
      expect(await refusal(control.simpleCommand('bogus'))).toContain('Unknown command');
      expect(await refusal(control.simpleCommand({ command: 'STATUS' }))).toContain('Unknown command');
      expect(await refusal(control.simpleCommand('status x'))).toBe('status command does not take parameters');
      expect(await refusal(control.simpleCommand('{bad'))).toContain('invalid character');
      expect(await refusal(control.simpleCommand('{"x":1}'))).toBe('JSON did not contain a command');
      expect(await refusal(control.simpleCommand(' '))).toContain('Unknown command');
      expect(await refusal(control.simpleCommand('ping'))).toBe('no ping target');
      expect(await refusal(control.simpleCommand('work'))).toBe('bad command');
      expect(await refusal(control.simpleCommand({ command: 'status', requested_fields: [1] }))).toContain('must be a string');
      await expect(control.simpleCommand('{"command":"status","requested_fields":"NodeID"}')).rejects.toMatchObject({
        code: 'invalid-argument',
      });
      expect(await control.status(['NodeID'])).toEqual({ NodeID: 'a' });
    });

    it('reload is a result either way', async () => {
      const single = await startMesh(
        { 'r.yml': '- node: {id: r}\n- tcp-listener: {port: 2500}\n- control-service: {service: control, filename: /tmp/r.sock}\n' },
        { version },
      );
      try {
        const r = await ReceptorControl.connect(`unix:${single.node('r').socket}`);
        // The daemon's own race: a listener's port is not always free again in time.
        let reply = await r.reload();
        for (let tries = 0; tries < 5 && /address already in use/.test(reply.Error ?? ''); tries++) reply = await r.reload();
        expect(reply).toEqual({ Success: true });
        const { appendFileSync } = await import('node:fs');
        appendFileSync(single.node('r').configPath, '\n- work-command: {worktype: new, command: cat}\n');
        expect(await r.reload()).toMatchObject({ Success: false, Error: expect.stringContaining('ERRORCODE 3') as string });
        await r.close();
      } finally {
        await single.stop();
      }
    });

    it('connectToService bridges to any node, itself too, and tells why it can not', async () => {
      for (const node of ['localhost', 'b', 'c']) {
        const stream = await control.connectToService(node, 'control');
        stream.end('{"command":"status","requested_fields":["NodeID"]}\n');
        const id = node === 'localhost' ? 'a' : node;
        expect((await collect(stream)).toString()).toBe(`Receptor Control, node ${id}\n{"NodeID":"${id}"}\n`);
      }
      expect(await refusal(control.connectToService('ghost', 'control'))).toContain('no route to node');
      expect(await refusal(control.connectToService('localhost', 'nosuch'))).toMatch(/service unknown|context canceled/);
      expect(await refusal(control.connectToService('b', 'nosuch'))).toContain('context canceled');
      expect(await refusal(control.connectToService('b', 'control', { tlsClient: 'nope' }))).toContain('unknown TLS config nope');
      expect(await refusal(control.connectToService('b', 'morethan8'))).toContain('too long');
    });

    it.each(['localhost', 'b', 'c'])('connectToNode gives all of this for %s', async (node) => {
      const there = await control.connectToNode(node);
      const id = node === 'localhost' ? 'a' : node;
      expect(there.nodeId).toBe(id);
      expect(await there.status(['NodeID'])).toEqual({ NodeID: id });
      expect(await there.ping('a')).toMatchObject({ Success: true, From: 'a' });
      expect((await there.traceroute('a')).at(-1)).toMatchObject({ From: 'a' });
      expect(await refusal(there.workStatus('nosuch'))).toBe('unknown work unit nosuch');
      const payload = randomBytes(100_000);
      const { unitId } = await there.submitWork({ workType: 'cat', payload });
      const [one, two] = await Promise.all([
        collect(there.getWorkResults(unitId)),
        collect(there.getWorkResults(unitId, { startPos: 50_000 })),
      ]);
      expect([one.equals(payload), two.equals(payload.subarray(50_000))]).toEqual([true, true]);
      expect(Object.keys(await there.workList())).toContain(unitId);
      expect(await there.releaseWork(unitId)).toEqual({ released: unitId });
      const back = await there.connectToNode('a');
      expect(back.nodeId).toBe('a');
      await there.close();
      expect(back.closed).toBe(true);
    });

    describe('work', () => {
      const megabytes = (n: number): Buffer => randomBytes(n * 2 ** 20);
      const sizes: [string, string, () => Buffer][] = [
        ['0 bytes', 'localhost', () => Buffer.alloc(0)],
        ['1 byte', 'localhost', () => Buffer.from([7])],
        ['NULs and line breaks', 'localhost', () => Buffer.from('\0\0\r\n\n\0ERROR: no\n\0')],
        ['64 MiB', 'localhost', () => megabytes(64)],
        ['0 bytes', 'b', () => Buffer.alloc(0)],
        ['1 byte', 'b', () => Buffer.from([7])],
        ['NULs', 'c', () => Buffer.alloc(1000)],
        [`${soak ? 64 : 2} MiB`, 'b', () => megabytes(soak ? 64 : 2)],
        [`${soak ? 64 : 1} MiB`, 'c', () => megabytes(soak ? 64 : 1)],
      ];
      it.each(sizes)(
        'keeps every byte of %s through %s',
        async (_size, node, make) => {
          const payload = make();
          const hash = createHash('sha256');
          const { unitId, result } = await control.submitWork({ node, workType: 'cat', payload: Readable.from(slices(payload)) });
          expect(result).toBe('Job Started');
          const stream = await control.getWorkResults(unitId);
          for await (const chunk of stream) hash.update(chunk as Buffer);
          expect(stream.received).toBe(payload.length);
          expect(hash.digest('hex')).toBe(sha256(payload));
          expect(stream.endStatus).toMatchObject({
            State: 2,
            StateName: 'Succeeded',
            StdoutSize: payload.length,
            WorkType: node === 'localhost' ? 'cat' : 'remote',
          });
          await control.releaseWork(unitId);
        },
        soak ? 600_000 : 120_000,
      );

      it('gives results from any offset', async () => {
        const payload = randomBytes(200_000);
        const { unitId } = await control.submitWork({ workType: 'cat', payload });
        await until(control, unitId, (status) => status.State === 2);
        const offsets = [
          0,
          1,
          63,
          64,
          65_535,
          65_536,
          65_537,
          131_072,
          199_999,
          200_000,
          200_001,
          10 ** 9,
          ...Array.from({ length: soak ? 200 : 10 }, (_, i) => (i * 7919 * 13) % 200_000),
        ];
        // Some at once: each has a connection of its own.
        for (let i = 0; i < offsets.length; i += 8) {
          await Promise.all(
            offsets.slice(i, i + 8).map(async (startPos) => {
              const bytes = await collect(control.getWorkResults(unitId, { startPos }));
              expect(bytes.equals(payload.subarray(startPos)), `from ${startPos}`).toBe(true);
            }),
          );
        }
        await control.releaseWork(unitId);
      });

      it('passes parameters, and follows output while it is written', async () => {
        const { unitId } = await control.submitWork({ workType: 'echo', params: 'one "two  three"' });
        expect((await collect(control.getWorkResults(unitId))).toString()).toBe('one two  three\n');
        expect(await control.workList(unitId)).toEqual({ [unitId]: await control.workStatus(unitId) });
        await control.releaseWork(unitId);
        const named = await control.submitWork({ node: 'b', workType: 'echo', params: { params: 'x', other: 1 } });
        expect(await control.workStatus(named.unitId)).toMatchObject({ ExtraData: { RemoteParams: { params: 'x', other: '1' } } });
        expect((await collect(control.getWorkResults(named.unitId))).toString()).toBe('x\n');
        await control.releaseWork(named.unitId);
        // A remote unit stays listed until the remote node has told that it is gone.
        await expect(until(control, named.unitId, () => false)).rejects.toMatchObject({ daemonText: `unknown work unit ${named.unitId}` });
      });

      it('ends the results of units that failed and that were cancelled', async () => {
        const failed = await control.submitWork({ workType: 'fail' });
        const stream = control.getWorkResults(failed.unitId);
        expect((await collect(stream)).toString()).toBe('some output\n');
        expect(stream.endStatus).toMatchObject({ State: 3, Detail: 'exit status 3' });
        const slow = await control.submitWork({ workType: 'slow' });
        const following = control.getWorkResults(slow.unitId);
        const text = collect(following);
        await until(control, slow.unitId, (status) => status.StdoutSize > 0);
        expect(await control.cancelWork(slow.unitId)).toEqual({ cancelled: slow.unitId });
        expect((await text).toString()).toMatch(/^tick 1\n/);
        expect(following.endStatus).toMatchObject({ State: 4, StateName: 'Canceled' });
        expect((await collect(control.getWorkResults(slow.unitId))).length).toBe(following.received);
        for (const { unitId } of [failed, slow]) expect(await control.releaseWork(unitId)).toEqual({ released: unitId });
      });

      it('cancels and releases units in each of their states', async () => {
        // Finished.
        const done = await control.submitWork({ workType: 'cat' });
        await until(control, done.unitId, (status) => status.State === 2);
        expect(await control.cancelWork(done.unitId)).toEqual({ cancelled: done.unitId });
        expect(await control.releaseWork(done.unitId)).toEqual({ released: done.unitId });
        // Running, released without cancelling it.
        const running = await control.submitWork({ workType: 'slow' });
        expect(await control.releaseWork(running.unitId, { force: true })).toEqual({ released: running.unitId });
        // Remote and running.
        const remote = await control.submitWork({ node: 'b', workType: 'slow' });
        await until(control, remote.unitId, (status) => status.State === 1);
        expect(await control.cancelWork(remote.unitId)).toEqual({ cancelled: remote.unitId });
        await until(control, remote.unitId, (status) => status.State === 4);
        expect((await collect(control.getWorkResults(remote.unitId))).toString()).toMatch(/^(?:tick 1\n|$)/);
        expect(await control.releaseWork(remote.unitId)).toEqual({ released: remote.unitId });
        // Remote and never started.
        const lost = await control.submitWork({ node: 'ghost', workType: 'cat', payload: 'x' });
        expect(lost.result).toBe('Job Submitted');
        expect(await control.cancelWork(lost.unitId)).toEqual({ cancelled: lost.unitId });
        expect(await until(control, lost.unitId, (status) => status.State === 3)).toMatchObject({ Detail: 'Locally Cancelled' });
        expect(await control.releaseWork(lost.unitId)).toEqual({ released: lost.unitId });
        // Not there.
        expect(await refusal(control.cancelWork('nosuch'))).toBe('unknown work unit nosuch');
        expect(await refusal(control.releaseWork('nosuch'))).toBe('unknown work unit nosuch');
        expect(await refusal(control.releaseWork('nosuch', { force: true }))).toBe('unknown work unit nosuch');
        await expect((async () => await control.getWorkResults('nosuch'))()).rejects.toMatchObject({
          code: 'command-refused',
          daemonText: 'unknown work unit nosuch',
        });
      });

      it('lets a submission expire that finds no node', async () => {
        const { unitId } = await control.submitWork({ node: 'ghost', workType: 'cat', ttl: '2s' });
        const status = await until(control, unitId, ({ State }) => State === 3);
        expect(status.Detail).toContain('Work unit expired');
        expect(await collect(control.getWorkResults(unitId))).toHaveLength(0);
        await control.releaseWork(unitId);
      });

      it('tells refusals in the words of the daemon, before and after the upload', async () => {
        const submit = (request: Parameters<ReceptorControl['submitWork']>[0]): Promise<unknown> =>
          control.submitWork({ payload: 'x', ...request });
        expect(await refusal(submit({ workType: 'nosuch' }))).toBe('unknown work type nosuch');
        expect(await refusal(submit({ workType: 'cat', ttl: '1m' }))).toBe('ttl option is intended for remote work only');
        expect(await refusal(submit({ node: 'b', workType: 'cat', params: { secret_x: 'y' } }))).toBe(
          'cannot send secrets over a non-TLS connection',
        );
        expect(await refusal(submit({ workType: 'cat', signature: 'x' }))).toBe('work type did not expect a signature');
        const before = new Set(Object.keys(await control.workList()));
        const late = await submit({ node: 'b', workType: 'nosuch' }).catch((error: unknown) => error as CommandRefusedError);
        expect(late).toMatchObject({ code: 'command-refused', daemonText: 'could not parse response: ERROR: unknown work type nosuch' });
        const { unitId } = late as CommandRefusedError;
        expect(before.has(unitId!)).toBe(false);
        expect(await control.workStatus(unitId!)).toMatchObject({ State: 3 });
        expect(await control.releaseWork(unitId!)).toEqual({ released: unitId });
      });

      it('never runs half of a payload', async () => {
        const tcp = await ReceptorControl.connect(`tcp://127.0.0.1:${tcpPortOf(mesh.node('a'))}`);
        const bridge = await control.connectToNode('b');
        let told = 0;
        for (const [from, node] of [
          [control, 'localhost'],
          [control, 'c'],
          [tcp, 'localhost'],
          [tcp, 'b'],
          [bridge, 'localhost'],
        ] as const) {
          for (let i = 0; i < (soak ? 20 : 3); i++) {
            const abort = new AbortController();
            const payload = Readable.from(
              (async function* () {
                yield randomBytes(1 + i * 50_000);
                await sleep(i * 5);
                if (i % 2 === 0) throw new Error('disk on fire');
                abort.abort();
                await sleep(10_000, undefined, { ref: false });
              })(),
            );
            const error = await from.submitWork({ node, workType: 'mark', payload }, { signal: abort.signal }).catch((e: unknown) => e);
            const { unitId, message } = error as CommandRefusedError;
            expect(error).toMatchObject({ code: i % 2 === 0 ? 'payload-failed' : 'aborted' });
            if (unitId === undefined) continue; // it was aborted before the daemon was asked
            told++;
            expect(message).toContain('was cancelled and released');
            expect(await refusal(from.workStatus(unitId))).toBe(`unknown work unit ${unitId}`);
          }
        }
        expect(told).toBeGreaterThan(5);
        await sleep(1500); // what had started would have left its mark by then
        expect(readdirSync(marks)).toEqual([]);
        expect(await control.workList()).toEqual({});
        await tcp.close();
        await bridge.close();
      });

      it('keeps a hundred calls of all kinds apart', async () => {
        const { unitId } = await control.submitWork({ workType: 'cat', payload: 'shared' });
        await until(control, unitId, (status) => status.State === 2);
        const calls = Array.from({ length: 100 }, async (_, i) => {
          switch (i % 6) {
            case 0:
              return expect(await control.ping('b')).toMatchObject({ Success: true, From: 'b' });
            case 1:
              return expect(await control.status(['NodeID'])).toEqual({ NodeID: 'a' });
            case 2:
              return expect(await control.workStatus(unitId)).toMatchObject({ StdoutSize: 6 });
            case 3:
              return expect((await collect(control.getWorkResults(unitId))).toString()).toBe('shared');
            case 4:
              return expect(await refusal(control.workStatus('nosuch'))).toBe('unknown work unit nosuch');
            default:
              return expect((await control.traceroute('b')).map((hop) => hop.From)).toEqual(['a', 'b']);
          }
        });
        await Promise.all(calls);
        await control.releaseWork(unitId);
      });
    });
  });
});

function* slices(payload: Buffer): Generator<Buffer> {
  for (let at = 0; at < payload.length; at += 2 ** 17) yield payload.subarray(at, at + 2 ** 17);
}
