import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReceptorControl } from '../../client/src/control/index.ts';
import { startMesh } from '../harness/mesh.ts';
import type { Mesh } from '../harness/mesh.ts';
import { hasReceptor, receptorVersions } from '../harness/receptor.ts';

/** The user `nobody`. */
const nobody = { uid: 65_534, gid: 65_534 };

describe.each(receptorVersions)('sockets of receptor %s', (version) => {
  describe.skipIf(!hasReceptor(version))('', () => {
    let mesh: Mesh;
    let dir: string;
    beforeAll(async () => {
      dir = mkdtempSync(path.join(tmpdir(), 'ctl-'));
      mesh = await startMesh(
        {
          'foo.yml':
            '- node: {id: foo}\n- local-only: {}\n- log-level: {level: debug}\n- control-service: {service: control, filename: /tmp/foo.sock}\n',
        },
        { version, linked: false },
      );
    });
    afterAll(async () => {
      await mesh?.stop();
      rmSync(dir, { recursive: true, force: true });
    });

    /** The client as another user runs it: what it says of an address, in JSON. */
    async function asNobody(address: string): Promise<Record<string, unknown>> {
      const file = path.join(dir, 'client.cjs');
      await build({ entryPoints: ['client/src/control/index.ts'], bundle: true, platform: 'node', format: 'cjs', outfile: file });
      chmodSync(dir, 0o755);
      const script = `require(${JSON.stringify(file)}).ReceptorControl.connect(${JSON.stringify(address)}).then(
        (c) => { console.log(JSON.stringify({ nodeId: c.nodeId })); return c.close(); },
        (e) => console.log(JSON.stringify({ code: e.code, message: e.message, nextStep: e.nextStep })))`;
      const child = spawn(process.execPath, ['-e', script], { ...nobody, cwd: '/', stdio: ['ignore', 'pipe', 'inherit'] });
      let out = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      await once(child, 'close');
      return JSON.parse(out) as Record<string, unknown>;
    }

    it.skipIf(process.getuid?.() !== 0)('tells another user whose the socket is, and who is asking', async () => {
      const { socket } = mesh.node('foo');
      chmodSync(mesh.dir, 0o755);
      expect(await asNobody(`unix:${socket}`)).toEqual({
        code: 'permission-denied',
        message: expect.stringMatching(/it belongs to uid 0, gid 0, with mode 0600; you are nobody \(uid 65534, gid 65534\)/) as string,
        nextStep: expect.stringContaining('`permissions`') as string,
      });
      chmodSync(mesh.dir, 0o700);
      expect(await asNobody(`unix:${socket}`)).toMatchObject({
        code: 'permission-denied',
        message: expect.stringMatching(/its folder ".*" belongs to uid 0, gid 0, with mode 0700/) as string,
      });
      chmodSync(mesh.dir, 0o755);
      chmodSync(socket, 0o666);
      expect(await asNobody(`unix:${socket}`)).toEqual({ nodeId: 'foo' });
    });

    it('tells a stale socket from an absent one, and finds the daemon again when it is back', async () => {
      const node = mesh.node('foo');
      const control = await ReceptorControl.connect(node.socket);
      const lost = once(control, 'disconnect');
      await node.kill('SIGKILL');
      expect((await lost)[0]).toMatchObject({ code: 'daemon-gone' });
      await expect(control.status()).rejects.toMatchObject({ code: 'stale-socket' });
      await expect(control.submitWork({ workType: 'cat' })).rejects.toMatchObject({ code: 'stale-socket' });
      await expect((async () => await control.getWorkResults('abc'))()).rejects.toMatchObject({ code: 'stale-socket' });
      await node.start();
      expect(await control.status(['NodeID'])).toEqual({ NodeID: 'foo' });
      await node.stop();
      rmSync(node.socket);
      await expect(control.status()).rejects.toMatchObject({ code: 'absent-socket' });
      await node.start();
      expect(await control.ping('foo')).toMatchObject({ Success: true });
      await control.close();
    });
  });
});
