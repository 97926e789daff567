/** What one item means to the others: names, ports, sockets, roles. Items that share a key concern each other. */
import { posix } from 'node:path';
import type { ConfigField, ItemReading } from '../config/model.ts';
import { fieldOf } from '../config/model.ts';
import { namesOf } from '../config/names.ts';
import type { ActionSpec, ConfigFormat, FieldSpec } from '../schema/knowledge.ts';
import type { Span } from '../yaml/nodes.ts';
import { splitHostPort } from './addresses.ts';
import { isEmpty, nameSpan, spanOf, textOf } from './rule.ts';

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
  /** Uses of TLS items: the kind of item that is meant. */
  readonly refers?: FieldSpec['refers'];
  /** Ports: the local address. */
  readonly address?: string;
}

/** Facts of an item; broken ones still define their names, so that their users are not blamed too. */
export function factsOf(item: ItemReading, format: ConfigFormat): readonly Fact[] {
  const { spec } = item;
  if (spec === undefined) return noFacts;
  let facts: readonly Fact[] = noFacts;
  // Most items have one fact, and an array that is pushed to keeps room for many.
  const add = (fact: Fact | undefined): void => {
    if (fact !== undefined) facts = facts.length === 0 ? [fact] : [...facts, fact];
  };
  if (spec.singleton && format === 'v1') add({ kind: 'singleton', key: `singleton ${spec.name}`, span: nameSpan(item), name: spec.name });
  if (spec.broken === undefined) for (let i = 0; i < item.fields.length; i++) names(item, item.fields[i]!, add);
  if (spec.name === 'control-service') add(controlService(item, format));
  if (spec.name === 'work-verification') add({ kind: 'verification', key: 'verification', span: nameSpan(item), name: '' });
  const verify = fieldOf(item, 'verifysignature');
  if (verify?.value === true)
    add({ kind: 'verifies', key: 'verification', span: verify.key?.span ?? nameSpan(item), name: textOf(item, 'worktype') ?? '' });
  if (spec.backend) peers(item, spec, add);
  add(portOf(item));
  add(socketOf(item));
  return facts;
}

function names(item: ItemReading, field: ConfigField, add: (fact: Fact) => void): void {
  const { spec } = field;
  if (spec === undefined || (spec.defines === undefined && spec.refers === undefined)) return;
  // Looked up only when there is a TCP listener.
  if (field.name === 'tcptls' && isEmpty(item, 'tcplisten')) return;
  for (const { kind, role, name, span } of namesOf([field])) {
    if (kind === 'node-id') continue;
    if (kind === 'tls-server' || kind === 'tls-client')
      add({ kind: role === 'definition' ? kind : 'tls-use', key: `tls ${name}`, span, name, refers: spec.refers });
    else if (role === 'definition') add({ kind, key: `${kind} ${name}`, span, name });
  }
}

const noFacts: readonly Fact[] = [];

/** The node that a peer dials. */
function peers(item: ItemReading, { name }: ActionSpec, add: (fact: Fact) => void): void {
  const field = fieldOf(item, 'address');
  const address = textOf(item, 'address');
  if (field === undefined || address === undefined || address === '') return;
  const span = spanOf(field, item);
  const plainTls = fieldOf(item, 'tls') === undefined ? !item.templated : textOf(item, 'tls') === '';
  if (name === 'ws-peer' && plainTls && /^wss:\/\//i.test(address))
    add({ kind: 'default-client', key: 'tls default', span, name: 'default' });
  add({ kind: 'peer', key: `peer ${name} ${address}`, span, name: address });
}

function controlService(item: ItemReading, format: ConfigFormat): Fact | undefined {
  const service = fieldOf(item, 'service');
  const unnamed = service === undefined ? !item.templated : format === 'v2' && service.value === '';
  return unnamed ? { kind: 'service', key: 'service control', span: nameSpan(item), name: 'control' } : undefined;
}

/** The port that the daemon opens on this machine. */
function portOf(item: ItemReading): Fact | undefined {
  const { name, broken } = item.spec!;
  const listen = textOf(item, 'tcplisten');
  if (name === 'control-service' && listen !== undefined && listen !== '') {
    const split = listen.includes(':') ? splitHostPort(listen) : { host: '0.0.0.0', port: listen };
    return 'error' in split ? undefined : port('tcp', Number(split.port), split.host, spanOf(fieldOf(item, 'tcplisten')!, item));
  }
  if (!opensPort.has(name)) return undefined;
  const field = fieldOf(item, 'port');
  if (field === undefined || typeof field.value !== 'number') return undefined;
  const bind = fieldOf(item, 'bindaddr');
  const address = bind === undefined ? '0.0.0.0' : textOf(item, 'bindaddr');
  if (address === undefined) return undefined;
  return port(
    name.startsWith('udp') && broken === undefined ? 'udp' : 'tcp', // v2 opens TCP ports for UDP servers
    field.value,
    address.startsWith('[') ? address.replace(/^\[(.*)\]$/, '$1') : address,
    spanOf(field, item),
  );
}

const opensPort: ReadonlySet<string> = new Set(['tcp-listener', 'udp-listener', 'ws-listener', 'tcp-server', 'udp-server']);

const port = (network: string, number: number, address: string, span: Span): Fact | undefined =>
  number >= 1 && number <= 65_535 ? { kind: 'port', key: `port ${network} ${number}`, span, name: String(number), address } : undefined;

function socketOf(item: ItemReading): Fact | undefined {
  for (const field of item.fields) {
    if (field.spec?.path !== 'socket') continue;
    const path = textOf(item, field.name);
    return path === undefined || path === ''
      ? undefined
      : { kind: 'socket', key: `socket ${posix.normalize(path)}`, span: spanOf(field, item), name: path };
  }
  return undefined;
}

/** True when two listeners on the same port cannot both have it. Host names are compared as they stand. */
export function addressesCollide(a: string, b: string): boolean {
  // Go opens every wildcard, 0.0.0.0 too, for IPv4 and IPv6 together.
  const every = (address: string): boolean => address === '' || address === '::' || address === '0.0.0.0';
  const bare = (address: string): string => (address.toLowerCase() === 'localhost' ? '127.0.0.1' : address);
  return every(a) || every(b) || bare(a) === bare(b);
}
