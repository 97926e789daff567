import { readFileSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isControlError, tlsOptionsFromConfig } from '../../client/src/control/index.ts';
import type { ControlError, ConnectOptions, TlsOptions } from '../../client/src/control/index.ts';
import { CertificateAuthority } from '../harness/certificates.ts';
import type { Certificate } from '../harness/certificates.ts';
import { startMesh } from '../harness/mesh.ts';
import type { Mesh } from '../harness/mesh.ts';
import { hasReceptor, receptorVersions } from '../harness/receptor.ts';
import { collect, tcpPortOf, withControl } from './control-mesh.ts';

const day = 86_400_000;

describe.each(receptorVersions)('control client over TLS and receptor %s', (version) => {
  describe.skipIf(!hasReceptor(version))('', () => {
    let dir: string;
    let mesh: Mesh;
    let ca: CertificateAuthority;
    let client: Certificate;
    let stranger: Certificate;
    let otherCa: CertificateAuthority;

    beforeAll(async () => {
      dir = mkdtempSync(path.join(tmpdir(), 'tls-'));
      ca = new CertificateAuthority(dir, 'ca', version);
      otherCa = new CertificateAuthority(dir, 'other', version);
      client = ca.issue('client', { nodeIds: ['me'] });
      stranger = otherCa.issue('stranger', { nodeIds: ['me'] });
      const here = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], nodeIds: ['foo'] };
      const certificates = {
        plain: ca.issue('plain', here),
        named: ca.issue('named', { dnsNames: ['elsewhere.example'], nodeIds: ['foo'] }),
        old: ca.issue('old', { ...here, notBefore: new Date(Date.now() - 3 * day), notAfter: new Date(Date.now() - day) }),
        early: ca.issue('early', { ...here, notBefore: new Date(Date.now() + day), notAfter: new Date(Date.now() + 3 * day) }),
      };
      const server = (name: string, { cert, key }: Certificate, more = ''): string =>
        `- tls-server: {name: ${name}, cert: ${cert}, key: ${key}, skipreceptornamescheck: true${more}}`;
      const demand = `, requireclientcert: true, clientcas: ${ca.cert}`;
      const services: [string, string][] = [
        ['plain', server('plain', certificates.plain)],
        ['tls12', server('tls12', certificates.plain, `${demand}, mintls13: false`)],
        ['mutual', server('mutual', certificates.plain, demand)],
        ['named', server('named', certificates.named)],
        ['old', server('old', certificates.old)],
        ['early', server('early', certificates.early)],
      ];
      const config = [
        '- node: {id: foo}',
        '- log-level: {level: debug}',
        '- tcp-listener: {port: 3000}',
        ...services.map(([, tls]) => tls),
        // First: under load a service listens long before what stands behind it is read.
        '- work-command: {worktype: cat, command: cat}',
        '- control-service: {service: bare, filename: /tmp/foo.sock, tcplisten: "127.0.0.1:3001"}',
        ...services.map(([name], i) => `- control-service: {service: ${name}, tcplisten: "127.0.0.1:${3002 + i}", tcptls: ${name}}`),
        `- tls-client: {name: me, rootcas: ${ca.cert}, cert: ${client.cert}, key: ${client.key}, skipreceptornamescheck: true}`,
        '- tls-server: {name: mesh, cert: ' + certificates.plain.cert + ', key: ' + certificates.plain.key + demand + '}',
        '- control-service: {service: secret, tls: mesh}',
      ].join('\n');
      mesh = await startMesh({ 'foo.yml': config }, { version });
    }, 240_000); // a dozen RSA keys, on a machine that may be busy
    afterAll(async () => {
      await mesh?.stop();
      rmSync(dir, { recursive: true, force: true });
    });

    const at = (service: string, scheme = 'tls', host = '127.0.0.1'): string =>
      `${scheme}://${host}:${tcpPortOf(mesh.node('foo'), service)}`;
    const own = (): TlsOptions => ({ rootCas: ca.cert, cert: client.cert, key: client.key });

    async function failure(address: string, tls: TlsOptions, more: ConnectOptions = {}): Promise<ControlError> {
      const error = await withControl(address, async ({ nodeId }) => new Error(`connected to ${nodeId}`), { tls, ...more }).catch(
        (e: unknown) => e,
      );
      if (!isControlError(error)) throw error;
      expect(error.message).toMatch(/\.$/);
      return error;
    }

    it.each(['localhost', '127.0.0.1'])('connects to %s', async (host) => {
      await withControl(
        at('plain', 'tls', host),
        async (control) => {
          expect([control.nodeId, control.warnings]).toEqual(['foo', []]);
          expect(await control.status(['NodeID'])).toEqual({ NodeID: 'foo' });
        },
        { tls: { rootCas: ca.cert } },
      );
    });

    it.each(['mutual', 'tls12'] as const)('does all work over %s', async (service) => {
      const options = { tls: { ...own(), minVersion: service === 'mutual' ? ('TLSv1.3' as const) : ('TLSv1.2' as const) } };
      await withControl(
        at(service),
        async (control) => {
          const payload = Buffer.alloc(3_000_000, 'x\0');
          const { unitId } = await control.submitWork({ workType: 'cat', payload: Readable.from([payload]) });
          const [all, part] = await Promise.all([
            collect(control.getWorkResults(unitId)),
            collect(control.getWorkResults(unitId, { startPos: 2_999_999 })),
          ]);
          expect([all.equals(payload), part.length]).toEqual([true, 1]);
          expect(await control.releaseWork(unitId)).toEqual({ released: unitId });
          const there = await control.connectToNode('localhost', { service: 'bare' });
          expect(there.nodeId).toBe('foo');
        },
        options,
      );
    });

    it('takes PEM text in place of paths, and keys with a passphrase', async () => {
      const key = createPrivateKey(readFileSync(client.key)).export({
        type: 'pkcs8',
        format: 'pem',
        cipher: 'aes-256-cbc',
        passphrase: 'open sesame',
      });
      const tls = { rootCas: readFileSync(ca.cert), cert: readFileSync(client.cert, 'utf8'), key, passphrase: 'open sesame' };
      await withControl(at('mutual'), async (control) => expect(control.nodeId).toBe('foo'), { tls });
      const wrong = await Promise.all(Array.from({ length: 600 }, (_, n) => failure(at('mutual'), { ...tls, passphrase: `wrong ${n}` })));
      expect(new Set(wrong.map(({ code, message }) => `${code}: ${message}`))).toEqual(
        new Set(["tls-files: The TLS settings can't be used: the passphrase does not open the key."]),
      );
      expect(await failure(at('mutual'), { ...tls, passphrase: undefined })).toMatchObject({
        code: 'tls-files',
        message: expect.stringContaining('no passphrase was given') as string,
      });
    });

    it('reads its settings from a tls-client of a config', async () => {
      const config: unknown = parse(readFileSync(mesh.node('foo').configPath, 'utf8'));
      await withControl(at('mutual'), async (control) => expect(control.nodeId).toBe('foo'), { tls: tlsOptionsFromConfig(config, 'me') });
      expect(() => tlsOptionsFromConfig(config, 'you')).toThrow('no tls-client named "you"');
    });

    it('tells each cause apart', async () => {
      const rootCas = ca.cert;
      const cases: [string, string, TlsOptions][] = [
        ['tls-untrusted', at('plain'), {}],
        ['tls-untrusted', at('plain'), { rootCas: otherCa.cert }],
        ['tls-name-mismatch', at('named'), { rootCas }],
        ['tls-name-mismatch', at('plain'), { rootCas, serverName: 'elsewhere.example' }],
        ['tls-expired', at('old'), { rootCas }],
        ['tls-expired', at('early'), { rootCas }],
        ['tls-client-certificate-required', at('mutual'), { rootCas }],
        ['tls-client-certificate-required', at('tls12'), { rootCas }],
        ['tls-client-certificate-rejected', at('mutual'), { rootCas, ...stranger }],
        ['tls-client-certificate-rejected', at('tls12'), { rootCas, ...stranger }],
        ['tls-files', at('mutual'), { rootCas, cert: client.cert, key: stranger.key }],
        ['tls-files', at('plain'), { rootCas: '/no/such.crt' }],
        ['tls-files', at('plain'), { rootCas: mesh.node('foo').configPath }],
        ['invalid-argument', at('mutual'), { rootCas, cert: client.cert }],
        ['invalid-argument', at('mutual'), { rootCas, pinnedServerCert: ['xyz'] }],
        ['tls-pin-mismatch', at('plain'), { rootCas, pinnedServerCert: ['00'.repeat(32)] }],
        ['tls-pin-mismatch', at('plain'), { insecureSkipVerify: true, pinnedServerCert: ['00'.repeat(32)] }],
        ['tls-not-spoken', at('bare'), { rootCas }],
        ['tls-required', at('plain', 'tcp'), {}],
        ['tls-required', at('mutual', 'tcp'), {}],
      ];
      for (const [code, address, tls] of cases)
        expect(await failure(address, tls), `${code} at ${address} with ${JSON.stringify(tls)}`).toMatchObject({ code });
    });

    it('tells a listener for nodes from a control service', async () => {
      const listener = /tcp-listener: \{ ?port: (\d+)/.exec(readFileSync(mesh.node('foo').configPath, 'utf8'))![1]!;
      expect(await failure(`tcp://127.0.0.1:${listener}`, {})).toMatchObject({
        code: 'not-control-service',
        message: expect.stringContaining('listener for other nodes') as string,
      });
      expect(await failure(`tls://127.0.0.1:${listener}`, {})).toMatchObject({ code: 'tls-not-spoken' });
    });

    it('goes by a name or a pinned certificate that the caller gives', async () => {
      await withControl(at('named'), async (control) => expect(control.nodeId).toBe('foo'), {
        tls: { rootCas: ca.cert, serverName: 'elsewhere.example' },
      });
      const { fingerprint256, fingerprint512 } = new X509Certificate(readFileSync(path.join(dir, 'plain.crt')));
      for (const pin of [fingerprint256, fingerprint512.replaceAll(':', '').toLowerCase()]) {
        await withControl(at('plain'), async (control) => expect(control.warnings).toEqual([]), {
          tls: { insecureSkipVerify: true, pinnedServerCert: [pin] },
        });
      }
    });

    it.each(['plain', 'named', 'old', 'early'])('skips every check of %s when told to, and says so', async (service) => {
      const warned: string[] = [];
      await withControl(
        at(service),
        async (control) => {
          expect(control.warnings).toEqual([expect.stringContaining('not verified at all')]);
          expect(warned).toEqual(control.warnings);
        },
        { tls: { insecureSkipVerify: true }, onWarning: (warning) => warned.push(warning) },
      );
    });

    it('reaches a TLS service of the mesh with a tls-client of the daemon', async () => {
      await withControl(`unix:${mesh.node('foo').socket}`, async (control) => {
        await expect(control.connectToNode('localhost', { service: 'secret' })).rejects.toMatchObject({
          code: 'command-refused',
          daemonText: expect.stringContaining('insecure connection to secure service') as string,
        });
        const error = await control.connectToNode('localhost', { service: 'secret', tlsClient: 'me' }).then(
          async (there) => there.nodeId,
          (e: unknown) => (e as ControlError).message,
        );
        // Its certificate names the node "me", which is not the one that dials: mutual TLS on the mesh checks that.
        expect(error).toMatch(/foo|certificate|CRYPTO_ERROR/);
      });
    });
  });
});
