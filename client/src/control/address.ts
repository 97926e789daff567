import { homedir } from 'node:os';
import path from 'node:path';
import { ControlError } from './errors.ts';

/** Where a control service listens. `path` is absolute unless it was given relative; `~` is already expanded. */
export type Address = { kind: 'unix'; path: string } | { kind: 'tcp' | 'tls'; host: string; port: number };

const forms = 'unix:/path/to.sock, tcp://host:port or tls://host:port (IPv6 in brackets)';

const invalid = (given: unknown, why: string): ControlError =>
  new ControlError('invalid-address', `${JSON.stringify(given) ?? String(given)} is not an address of a control service: ${why}.`, {
    nextStep: `Write it as ${forms}.`,
  });

/**
 * Reads an address in receptorctl's forms (`unix:PATH`, `unix://PATH`, `tcp:HOST:PORT`, `tls://HOST:PORT`) and, beyond
 * those, bracketed IPv6, schemes in any case, and bare paths. As in receptorctl, `unix://tmp/x` is the relative path
 * `tmp/x`, and `tls://::1:8888` ends at the last colon.
 * @throws ControlError `invalid-address`
 */
export function parseAddress(text: string): Address {
  if (typeof text !== 'string') throw invalid(text, 'it is no text'); // a variable of the environment that is not set
  const given = text.trim();
  if (given === '') throw invalid(text, 'it is empty');
  if (given.includes('\0')) throw invalid(text, 'it contains a NUL character');
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(given)?.[1]?.toLowerCase();
  const isPath = /^[./~\\]/.test(given) || scheme === undefined;
  if (isPath) {
    if (given.includes(':') && !/[/\\]/.test(given)) throw invalid(text, 'it has no scheme');
    return { kind: 'unix', path: expandHome(given, text) };
  }
  const rest = given.slice(scheme.length + 1).replace(/^\/\//, '');
  if (scheme === 'unix') {
    if (rest === '') throw invalid(text, 'the path is missing');
    return { kind: 'unix', path: expandHome(rest, text) };
  }
  if (scheme === 'tcp' || scheme === 'tls') return { kind: scheme, ...hostAndPort(rest, text) };
  if (/^\d+$/.test(rest)) throw invalid(text, `it has no scheme (did you mean tcp://${given}?)`);
  throw invalid(text, `the scheme ${scheme} is unknown`);
}

/** The address in one canonical form, which `parseAddress` reads back. */
export function formatAddress(address: Address): string {
  // Two slashes at the start would be taken for those of the scheme.
  if (address.kind === 'unix') return `unix:${address.path.startsWith('//') ? '//' : ''}${address.path}`;
  return `${address.kind}://${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}

function hostAndPort(rest: string, given: string): { host: string; port: number } {
  const bracketed = /^\[([^\]]*)\]:(.*)$/.exec(rest);
  const colon = rest.lastIndexOf(':');
  const host = bracketed ? bracketed[1]! : rest.slice(0, Math.max(colon, 0));
  const port = bracketed ? bracketed[2]! : rest.slice(colon + 1);
  if (!bracketed && (colon < 0 || /[[\]]/.test(rest)))
    throw invalid(given, colon < 0 ? 'the port is missing' : 'the brackets do not match');
  if (host === '') throw invalid(given, 'the host is missing');
  if (!/^[\p{L}\p{N}_.:%-]+$/u.test(host)) throw invalid(given, `the host ${JSON.stringify(host)} has characters that no host has`);
  if (bracketed && !host.includes(':')) throw invalid(given, 'only IPv6 addresses stand in brackets');
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
    throw invalid(given, `the port ${JSON.stringify(port)} is not a number from 1 to 65535`);
  return { host, port: Number(port) };
}

function expandHome(file: string, given: string): string {
  if (!file.startsWith('~')) return file;
  if (file !== '~' && !/^~[/\\]/.test(file)) throw invalid(given, 'only ~/ is expanded, not the home of another user');
  return path.join(homedir(), file.slice(1));
}
