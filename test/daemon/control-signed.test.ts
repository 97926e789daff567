import { createSign, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMesh } from '../harness/mesh.ts';
import type { Mesh } from '../harness/mesh.ts';
import { hasReceptor, receptorVersions } from '../harness/receptor.ts';
import { collect, tcpPortOf, until, withControl } from './control-mesh.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});

/** A signature as the daemon makes them itself: RS512 over who shall verify it and until when. */
function signature(node: string, seconds = 60): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS512', typ: 'JWT' })}.${part({ exp: Math.floor(Date.now() / 1000) + seconds, aud: [node] })}`;
  return `${text}.${createSign('RSA-SHA512').update(text).sign(privateKey, 'base64url')}`;
}

describe.each(receptorVersions)('signed work and receptor %s', (version) => {
  describe.skipIf(!hasReceptor(version))('', () => {
    let mesh: Mesh;
    let dir: string;
    beforeAll(async () => {
      dir = mkdtempSync(path.join(tmpdir(), 'sign-'));
      writeFileSync(`${dir}/public.pem`, publicKey);
      writeFileSync(`${dir}/private.pem`, privateKey);
      const node = (id: string, link: string, service: string): string =>
        [
          `- node: {id: ${id}}`,
          '- log-level: {level: debug}',
          link,
          `- work-signing: {privatekey: ${dir}/private.pem, tokenexpiration: 1m}`,
          `- work-verification: {publickey: ${dir}/public.pem}`,
          service,
          '- work-command: {worktype: signed, command: cat, verifysignature: true}',
          '- work-command: {worktype: cat, command: cat}',
        ].join('\n');
      mesh = await startMesh(
        {
          'foo.yml': node(
            'foo',
            '- tcp-listener: {port: 2222}',
            '- control-service: {service: control, filename: /tmp/foo.sock, tcplisten: 2300}',
          ),
          'bar.yml': node('bar', "- tcp-peer: {address: 'localhost:2222'}", '- control-service: {service: control}'),
        },
        { version },
      );
    });
    afterAll(async () => {
      await mesh?.stop();
      rmSync(dir, { recursive: true, force: true });
    });

    it('is signed by the daemon for a remote node when asked to', async () => {
      await withControl(`unix:${mesh.node('foo').socket}`, async (control) => {
        const { unitId } = await control.submitWork({ node: 'bar', workType: 'signed', payload: 'hello', signWork: true });
        expect((await collect(control.getWorkResults(unitId))).toString()).toBe('hello');
        expect(await control.workStatus(unitId)).toMatchObject({ ExtraData: { SignWork: true } });
        expect(await control.releaseWork(unitId)).toEqual({ released: unitId });
        const error = await control.submitWork({ node: 'bar', workType: 'signed', payload: 'hello' }).catch((e: unknown) => e);
        expect(error).toMatchObject({ code: 'command-refused', daemonText: expect.stringContaining('signature is empty') as string });
      });
    });

    it('is signed by the caller, where the daemon demands it of TCP clients, for every call that needs it', async () => {
      await withControl(`tcp://127.0.0.1:${tcpPortOf(mesh.node('foo'))}`, async (control) => {
        const submit = (given?: string): Promise<{ unitId: string }> =>
          control.submitWork({ workType: 'signed', payload: 'hello', signature: given });
        await expect(submit()).rejects.toMatchObject({ daemonText: 'could not verify signature: signature is empty' });
        await expect(submit('rubbish')).rejects.toMatchObject({
          daemonText: expect.stringContaining('could not verify signature') as string,
        });
        await expect(submit(signature('foo', -60))).rejects.toMatchObject({ daemonText: expect.stringContaining('expired') as string });
        await expect(submit(signature('bar'))).rejects.toMatchObject({ code: 'command-refused' });
        const { unitId } = await submit(signature('foo'));
        await until(control, unitId, ({ State }) => State === 2);
        await expect((async () => await control.getWorkResults(unitId))()).rejects.toMatchObject({
          daemonText: expect.stringContaining('signature is empty') as string,
        });
        expect((await collect(control.getWorkResults(unitId, { signature: signature('foo') }))).toString()).toBe('hello');
        await expect(control.cancelWork(unitId)).rejects.toMatchObject({ code: 'command-refused' });
        expect(await control.cancelWork(unitId, { signature: signature('foo') })).toEqual({ cancelled: unitId });
        await expect(control.releaseWork(unitId)).rejects.toMatchObject({ code: 'command-refused' });
        expect(await control.releaseWork(unitId, { signature: signature('foo') })).toEqual({ released: unitId });
      });
    });
  });
});
