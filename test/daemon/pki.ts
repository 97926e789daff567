/** Certificates and keys for start tests, made by receptor itself. */
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * A folder with `ca.crt`, `ca.key`; `a.crt`/`a.key` for node a, `b.crt`/`b.key` for node b, `old.crt` (ended) for `a.key`;
 * `plain.crt` for `a.key` without a node id; requests `a.csr`, `plain.csr`, `address.csr`, `nameless.csr`;
 * `private.pem`/`public.pem` to sign work; `text` that is no PEM; `sub/`.
 */
export function makePki(binary: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'receptor-pki-'));
  const receptor = (...args: string[]): void => {
    const done = spawnSync(binary, args, { cwd: folder, encoding: 'utf8', timeout: 30_000 });
    if (done.status !== 0) throw new Error(`receptor ${args.join(' ')}: ${done.stdout}${done.stderr}`);
  };
  const sign = (name: string, key: string, names: readonly string[], dates: readonly string[] = []): void => {
    receptor('--cert-makereq', `commonname=${name}`, `outreq=${name}.csr`, `inkey=${key}`, ...names);
    receptor('--cert-signreq', `req=${name}.csr`, 'cacert=ca.crt', 'cakey=ca.key', `outcert=${name}.crt`, 'verify=yes', ...dates);
  };
  const key = (name: string): void => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    writeFileSync(path.join(folder, `${name}.key`), privateKey);
  };
  receptor('--cert-init', 'commonname=test CA', 'bits=2048', 'outcert=ca.crt', 'outkey=ca.key');
  key('a');
  key('b');
  sign('a', 'a.key', ['nodeid=a', 'nodeid=also-a', 'dnsname=localhost']);
  sign('b', 'b.key', ['nodeid=b']);
  sign('old', 'a.key', ['nodeid=a'], ['notbefore=2020-01-01T00:00:00Z', 'notafter=2021-01-01T00:00:00Z']);
  sign('plain', 'a.key', ['dnsname=localhost']);
  receptor('--cert-makereq', 'commonname=address', 'outreq=address.csr', 'inkey=a.key', 'ipaddress=::1');
  receptor('--cert-makereq', 'commonname=nameless', 'outreq=nameless.csr', 'inkey=a.key');
  const work = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  writeFileSync(path.join(folder, 'private.pem'), work.privateKey);
  writeFileSync(path.join(folder, 'public.pem'), work.publicKey);
  writeFileSync(path.join(folder, 'text'), 'this is no PEM\n');
  return folder;
}
