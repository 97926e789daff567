import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import { connect as connectTls, createSecureContext } from 'node:tls';
import type { SecureContext, TLSSocket } from 'node:tls';
import { ControlError } from './errors.ts';
import { clientCertificate, tlsFailure } from './tls-failures.ts';
import type { TlsOptions } from './types.ts';

/** Fingerprints as bare lower-case hex. @throws ControlError `invalid-argument` for what is none */
const fingerprints = (pins: readonly string[]): string[] =>
  pins.map((pin) => {
    const hex = pin.replaceAll(/[:\s]/g, '').toLowerCase();
    if (/^(?:[0-9a-f]{64}|[0-9a-f]{128})$/.test(hex)) return hex;
    throw new ControlError('invalid-argument', `${JSON.stringify(pin)} is no fingerprint.`, {
      nextStep: 'Give SHA-256 or SHA-512 fingerprints in hex.',
    });
  });

/** Settings that can be refused before anything is sent. @throws ControlError `invalid-argument` */
export function checkTlsOptions(tls: TlsOptions): void {
  fingerprints(tls.pinnedServerCert ?? []);
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    throw new ControlError('invalid-argument', 'A client certificate needs both `cert` and `key`.', { nextStep: 'Give both or neither.' });
  }
}

/** The risk that the settings take, in a sentence for the user; undefined when there is none. */
export const tlsWarning = (tls: TlsOptions, where: string): string | undefined =>
  tls.insecureSkipVerify === true && (tls.pinnedServerCert ?? []).length === 0
    ? `insecureSkipVerify: the server at ${where} is not verified at all. Anyone between here and there can read and change everything, and run work.`
    : undefined;

/**
 * TLS over a connected socket, handshake done and server verified. A TLS 1.3 server refuses a client only after that,
 * so being connected means the banner, not this.
 * @throws ControlError `tls-*`, the reason of `signal`
 */
export async function secure(socket: Socket, host: string, where: string, tls: TlsOptions, signal: AbortSignal): Promise<TLSSocket> {
  const secureContext = await contextOf(tls);
  signal.throwIfAborted();
  const name = tls.serverName ?? host;
  const pins = fingerprints(tls.pinnedServerCert ?? []);
  return await new Promise((resolve, reject) => {
    const stream = connectTls({
      socket,
      secureContext,
      host: name,
      ...(isIP(name) === 0 ? { servername: name } : {}),
      rejectUnauthorized: tls.insecureSkipVerify !== true,
    });
    const settle = (how: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      stream.off('close', onClose);
      how();
    };
    const fail = (error: Error): void =>
      settle(() => {
        stream.destroy();
        reject(error);
      });
    const onAbort = (): void => fail(signal.reason as Error);
    const onClose = (): void =>
      fail(
        new ControlError('tls-failed', `${where} closed the connection during the TLS handshake.`, {
          nextStep: 'Check that the port speaks TLS; see the log of the daemon.',
        }),
      );
    // Stays for the life of the stream: later errors get the mark too, before their reader sees them.
    stream.on('error', (error) => Object.assign(error, { [clientCertificate]: tls.cert !== undefined }));
    stream.once('error', (error) => fail(tlsFailure(error, where) ?? onBroken(error, where)));
    stream.once('close', onClose);
    stream.once('secureConnect', () => {
      const { raw } = stream.getPeerCertificate();
      const shown = raw === undefined ? [] : ['sha256', 'sha512'].map((hash) => createHash(hash).update(raw).digest('hex'));
      if (pins.length > 0 && !pins.some((pin) => shown.includes(pin))) {
        fail(
          new ControlError(
            'tls-pin-mismatch',
            `The certificate of ${where} is not one of those pinned; its SHA-256 fingerprint is ${shown[0] ?? 'unknown'}.`,
            {
              nextStep: 'If the certificate was renewed on purpose, pin the new one.',
            },
          ),
        );
      } else settle(() => resolve(stream));
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

const onBroken = (error: Error, where: string): ControlError =>
  new ControlError('tls-failed', `${where} broke the connection during the TLS handshake: ${error.message}.`, {
    nextStep: 'Check that the port speaks TLS; see the log of the daemon.',
    cause: error,
  });

/** Read anew for every connection, so that renewed certificates count. */
async function contextOf(tls: TlsOptions): Promise<SecureContext> {
  const [ca, cert, key] = await Promise.all([pem('rootCas', tls.rootCas), pem('cert', tls.cert), pem('key', tls.key)]);
  try {
    return createSecureContext({
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(tls.passphrase === undefined ? {} : { passphrase: tls.passphrase }),
      minVersion: tls.minVersion ?? 'TLSv1.2',
    });
  } catch (error) {
    const { code = '', message } = error as Error & { code?: string };
    // OpenSSL says the same of a wrong passphrase and of none. One wrong passphrase in 256 decrypts to bytes that are no key.
    const encrypted = key?.includes('ENCRYPTED') === true;
    const why =
      /bad.?decrypt|MISSING_PASSPHRASE/i.test(code + message) || (encrypted && message.includes('DECODER routines::unsupported'))
        ? tls.passphrase === undefined
          ? 'the key is encrypted and no passphrase was given'
          : 'the passphrase does not open the key'
        : code.includes('KEY_VALUES_MISMATCH')
          ? 'the key does not belong to the certificate'
          : message;
    throw new ControlError('tls-files', `The TLS settings can't be used: ${why}.`, {
      nextStep: 'Check `rootCas`, `cert`, `key` and `passphrase`.',
      cause: error,
    });
  }
}

async function pem(option: string, given: string | Buffer | undefined): Promise<string | Buffer | undefined> {
  if (given === undefined || given.includes('-----BEGIN')) return given;
  const file = given.toString();
  let text: Buffer;
  try {
    text = await readFile(file.startsWith('~/') ? path.join(homedir(), file.slice(2)) : file);
  } catch (error) {
    throw new ControlError('tls-files', `\`${option}\` can't be read: ${(error as Error).message}.`, {
      nextStep: 'Check the path and its permissions.',
      cause: error,
    });
  }
  if (text.includes('-----BEGIN')) return text;
  throw new ControlError('tls-files', `\`${option}\` is no PEM file: ${JSON.stringify(file)}.`, {
    nextStep: 'Give a file with -----BEGIN ...----- lines.',
  });
}
