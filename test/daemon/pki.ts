/** Certificates and keys for start tests, made by receptor itself. */
import { spawnSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * A folder with `ca.crt`, `ca.key`; `a.crt`/`a.key` for node a, `b.crt`/`b.key` for node b, `old.crt` (ended) for `a.key`;
 * `plain.crt` for `a.key` without a node id; requests `a.csr`, `plain.csr`, `address.csr`, `nameless.csr`;
 * `private.pem`/`public.pem` to sign work; `text` that is no PEM; `sub/`. What other tools make of them: `described.crt` (the
 * CA's, text before), `behind.key` (the CA's, a blank line behind), `both.pem` (a's key, then its certificate), `spaced.crt`
 * (a's, blank lines), `marked.crt` (a's, a BOM), `short.crt` (the CA's, a line lost), `named.key` (a's, as if PKCS #8),
 * `locked.key` (a passphrase), `k1.crt`/`k1.key` (of a curve that Go does not know).
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
  const changed = (to: string, from: string, change: (text: string) => string): void =>
    writeFileSync(path.join(folder, to), change(readFileSync(path.join(folder, from), 'utf8')));
  changed('described.crt', 'ca.crt', (text) => `Certificate:\n    Data:\n${text}`);
  changed('behind.key', 'ca.key', (text) => `${text}\n`);
  changed('both.pem', 'a.key', (text) => text + readFileSync(path.join(folder, 'a.crt'), 'utf8'));
  changed('spaced.crt', 'a.crt', (text) => text.replaceAll('\n', '\n\n'));
  changed('marked.crt', 'a.crt', (text) => `\uFEFF${text}`);
  changed('short.crt', 'ca.crt', (text) => text.split('\n').toSpliced(3, 1).join('\n'));
  changed('named.key', 'a.key', (text) => text.replaceAll('RSA PRIVATE', 'PRIVATE'));
  changed('locked.key', 'a.key', (text) =>
    createPrivateKey(text).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
  );
  for (const name of ['k1.crt', 'k1.key']) copyFileSync(path.join('test/fixtures/pki', name), path.join(folder, name));
  return folder;
}
