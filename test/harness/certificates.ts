// Certificates for tests, made by receptor's own actions as an operator would make them.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { findReceptor } from './receptor.ts';
import type { ReceptorVersion } from './receptor.ts';

/** A certificate and its key, as paths of PEM files. */
export interface Certificate {
  cert: string;
  key: string;
}

/** Names and dates of a certificate; a client needs none of the names. */
export interface CertificateNames {
  dnsNames?: readonly string[];
  ipAddresses?: readonly string[];
  nodeIds?: readonly string[];
  notBefore?: Date;
  notAfter?: Date;
}

/** A CA in a folder. */
export class CertificateAuthority {
  readonly cert: string;
  readonly #key: string;
  readonly #dir: string;
  readonly #version: ReceptorVersion | undefined;

  /** Makes one (`--cert-init`). */
  constructor(dir: string, name = 'ca', version?: ReceptorVersion) {
    this.#dir = dir;
    this.#version = version;
    this.cert = path.join(dir, `${name}.crt`);
    this.#key = path.join(dir, `${name}.key`);
    run(version, ['--cert-init', `commonname=${name}`, 'bits=2048', `outcert=${this.cert}`, `outkey=${this.#key}`]);
  }

  /** Makes a certificate of this CA (`--cert-makereq`, `--cert-signreq`). */
  issue(name: string, names: CertificateNames = {}): Certificate {
    const [cert, key, request] = ['crt', 'key', 'csr'].map((ending) => path.join(this.#dir, `${name}.${ending}`)) as [
      string,
      string,
      string,
    ];
    run(this.#version, [
      '--cert-makereq',
      `commonname=${name}`,
      'bits=2048',
      ...(names.dnsNames ?? []).map((n) => `dnsname=${n}`),
      ...(names.ipAddresses ?? []).map((ip) => `ipaddress=${ip}`),
      ...(names.nodeIds ?? []).map((id) => `nodeid=${id}`),
      `outreq=${request}`,
      `outkey=${key}`,
    ]);
    run(this.#version, [
      '--cert-signreq',
      `req=${request}`,
      `cacert=${this.cert}`,
      `cakey=${this.#key}`,
      `outcert=${cert}`,
      ...(names.notBefore === undefined ? [] : [`notbefore=${goTime(names.notBefore)}`]),
      ...(names.notAfter === undefined ? [] : [`notafter=${goTime(names.notAfter)}`]),
      'verify=true',
    ]);
    return { cert, key };
  }
}

const goTime = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z');

function run(version: ReceptorVersion | undefined, args: string[]): void {
  const done = spawnSync(findReceptor(version), args, { encoding: 'utf8', timeout: 30_000 });
  if (done.status !== 0) throw new Error(`receptor ${args[0]} failed: ${(done.stdout + done.stderr).trim()}`);
}
