/** What one item means to the others: names, ports, sockets, roles. Items that share a key concern each other. */
import { posix } from 'node:path';
import type { ConfigField, ItemReading } from '../config/model.ts';
import { fieldOf } from '../config/model.ts';
import type { Span } from '../yaml/nodes.ts';
import { splitHostPort } from './addresses.ts';
import { isEmpty, nameSpan, spanOf } from './rule.ts';

export type FactKind =
  | 'singleton'
  | 'tls-server'
  | 'tls-client'
  | 'tls-use'
  | 'default-client'
  | 'service'
  | 'work-type'
  | 'port'
  | 'socket'
  | 'verification'
  | 'verifies'
  | 'peer';

export interface Fact {
  readonly kind: FactKind;
  /** Facts with equal keys are judged together. */
  readonly key: string;
  /** Where to point. */
  readonly span: Span;
  /** The name, path or address that is shared, for messages. */
  readonly name: string;
  readonly field?: ConfigField;
  /** Ports: the local address. */
  readonly address?: string;
}

/** A field's text where it is known now. */
const known = (item: ItemReading, name: string): string | undefined => {
  const value = fieldOf(item, name)?.value;
  return typeof value === 'string' ? value : undefined;
};

/** Facts of an item; broken ones still define their names, so that their users are not blamed too. */
export function factsOf(item: ItemReading, format: 'v1' | 'v2'): Fact[] {
  const { spec } = item;
  if (spec === undefined) return [];
  const facts: Fact[] = [];
  const here = nameSpan(item);
  if (spec.singleton && format === 'v1') facts.push({ kind: 'singleton', key: `singleton ${spec.name}`, span: here, name: spec.name });
  for (let i = 0; i < item.names.length; i++) {
    const use = item.names[i]!;
    const { name, span, field, kind } = use;
    if (kind === 'node-id') continue;
    // Looked up only when there is a TCP listener.
    if (field.name === 'tcptls' && isEmpty(item, 'tcplisten')) continue;
    if (kind === 'tls-server' || kind === 'tls-client')
      facts.push({ kind: use.role === 'definition' ? kind : 'tls-use', key: `tls ${name}`, span, name, field });
    else if (use.role === 'definition') facts.push({ kind, key: `${kind} ${name}`, span, name, field });
  }
  if (spec.name === 'control-service') facts.push(...controlService(item, here, format));
  if (spec.name === 'work-verification') facts.push({ kind: 'verification', key: 'verification', span: here, name: '' });
  const verify = fieldOf(item, 'verifysignature');
  if (verify?.value === true)
    facts.push({
      kind: 'verifies',
      key: 'verification',
      span: verify.key?.span ?? here,
      name: known(item, 'worktype') ?? '',
      field: verify,
    });
  const address = fieldOf(item, 'address');
  if (
    spec.name === 'ws-peer' &&
    /^wss:\/\//i.test(known(item, 'address') ?? '') &&
    (fieldOf(item, 'tls') === undefined ? !item.templated : known(item, 'tls') === '')
  ) {
    facts.push({ kind: 'default-client', key: 'tls default', span: spanOf(address!, item), name: 'default' });
  }
  if (spec.backend && address !== undefined && (known(item, 'address') ?? '') !== '') {
    facts.push({
      kind: 'peer',
      key: `peer ${spec.name} ${known(item, 'address')}`,
      span: spanOf(address, item),
      name: known(item, 'address')!,
    });
  }
  for (const found of [portOf(item, here), socketOf(item)]) if (found !== undefined) facts.push(found);
  return facts.slice(); // without the room that pushing left
}

function controlService(item: ItemReading, here: Span, format: 'v1' | 'v2'): Fact[] {
  const service = fieldOf(item, 'service');
  const unnamed = service === undefined ? !item.templated : format === 'v2' && service.value === '';
  return unnamed ? [{ kind: 'service', key: 'service control', span: here, name: 'control' }] : [];
}

/** The port that the daemon opens on this machine. */
function portOf(item: ItemReading, here: Span): Fact | undefined {
  const name = item.spec!.name;
  const listen = known(item, 'tcplisten');
  if (name === 'control-service' && listen !== undefined && listen !== '') {
    const split = listen.includes(':') ? splitHostPort(listen) : { host: '0.0.0.0', port: listen };
    return 'error' in split ? undefined : port('tcp', Number(split.port), split.host, spanOf(fieldOf(item, 'tcplisten')!, item));
  }
  if (!opensPort.has(name)) return undefined;
  const field = fieldOf(item, 'port');
  if (field === undefined || typeof field.value !== 'number') return undefined;
  const bind = fieldOf(item, 'bindaddr');
  const address = bind === undefined ? '0.0.0.0' : known(item, 'bindaddr');
  if (address === undefined) return undefined;
  return port(
    name.startsWith('udp') ? 'udp' : 'tcp',
    field.value,
    address.replace(/^\[(.*)\]$/, '$1'),
    field.span.end > field.span.start ? field.span : here,
  );
}

const opensPort: ReadonlySet<string> = new Set(['tcp-listener', 'udp-listener', 'ws-listener', 'tcp-server', 'udp-server']);

const port = (network: string, number: number, address: string, span: Span): Fact | undefined =>
  number >= 1 && number <= 65_535 ? { kind: 'port', key: `port ${network} ${number}`, span, name: String(number), address } : undefined;

function socketOf(item: ItemReading): Fact | undefined {
  const field = item.fields.find((f) => f.spec?.path === 'socket');
  const path = field === undefined ? undefined : known(item, field.name);
  return path === undefined || path === ''
    ? undefined
    : { kind: 'socket', key: `socket ${posix.normalize(path)}`, span: spanOf(field!, item), name: path, field: field! };
}

/** True when two listeners on the same port cannot both have it. Host names are compared as they stand. */
export function addressesCollide(a: string, b: string): boolean {
  // Go opens every wildcard, 0.0.0.0 too, for IPv4 and IPv6 together.
  const every = (address: string): boolean => address === '' || address === '::' || address === '0.0.0.0';
  const bare = (address: string): string => (address.toLowerCase() === 'localhost' ? '127.0.0.1' : address);
  return every(a) || every(b) || bare(a) === bare(b);
}
