/** The facts of a config that views, connections and reload ask for. */
import type { Range } from 'vscode-languageserver';
import type { ConfigDocument } from '../config/document.ts';
import type { Finding } from '../config/findings.ts';
import { fieldOf, placed, type ConfigItem } from '../config/model.ts';
import { textOf } from '../rules/rule.ts';
import type { ConfigFormat } from '../schema/knowledge.ts';
import { rangeOf } from './places.ts';

export interface ControlServiceSummary {
  /** Mesh service name; empty when it does not listen on the mesh. */
  service: string;
  /** Unix socket path as written; relative paths are relative to the daemon's working directory. */
  filename?: string;
  /** `port` or `host:port` as written. */
  tcpListen?: string;
  /** True when the TCP listener wants TLS. */
  tcpTls?: boolean;
  range: Range;
}

/** A `tls-client` item: what a control connection needs to reach a TLS listener. */
export interface TlsClientSummary {
  name: string;
  cert?: string;
  key?: string;
  rootCas?: string;
  insecureSkipVerify?: boolean;
  pinnedServerCert?: string[];
  minTls13?: boolean;
  range: Range;
}

export interface BackendSummary {
  action: string;
  /** `host:port`, URL, or `bindaddr:port`. */
  address: string;
  cost: number;
  nodeCost?: Record<string, number>;
  allowedPeers?: string[];
  range: Range;
}

/** What tells an item from the others in the daemon's words: where it listens or dials, the names in it, what is written. */
export interface ItemSummary {
  action: string;
  /** `host:port`, a port alone, or a URL. */
  address?: string;
  /** TLS configs, work types, services and node ids that it defines or refers to. */
  names: string[];
  /** The mesh service that it offers by name. */
  offers?: string;
  /** Lower-case names of its fields. */
  fields: string[];
  range: Range;
}

/** The facts of one config that views, connections and reload need. */
export interface ConfigFacts {
  format: ConfigFormat;
  /** Undefined when the config leaves it to the host name. */
  nodeId?: string;
  nodeRange?: Range;
  dataDir?: string;
  controlServices: ControlServiceSummary[];
  tlsClients: TlsClientSummary[];
  peers: BackendSummary[];
  listeners: BackendSummary[];
  workTypes: { name: string; signed: boolean; range: Range }[];
  /** Every item whose action is known, in the order of the file. */
  items: ItemSummary[];
  /** Mesh services that the config offers, control services included. */
  services: string[];
  /** Number of findings that make the daemon refuse the file. */
  errors: number;
  /** The text holds template expressions: values may not be what the daemon will see. */
  templated: boolean;
}

export function summarize(document: ConfigDocument, findings: readonly Finding[]): ConfigFacts {
  const { model } = document;
  const facts: ConfigFacts = {
    format: model.format,
    controlServices: [],
    tlsClients: [],
    peers: [],
    listeners: [],
    workTypes: [],
    items: [],
    services: [],
    errors: findings.filter(({ severity }) => severity === 'error').length,
    templated: model.templated,
  };
  const services = new Set<string>();
  for (const item of model.items) {
    const { spec, names } = item.reading;
    if (spec === undefined) continue;
    const range = rangeOf(document, placed(item, item.reading.span));
    facts.items.push(summaryOf(item, spec.name, range));
    for (const use of names) if (use.kind === 'service' && use.role === 'definition') services.add(use.name);
    if (spec.name === 'node') addNode(facts, item, range);
    else if (spec.name === 'control-service') facts.controlServices.push(controlService(item, services, range));
    else if (spec.name === 'tls-client') facts.tlsClients.push(tlsClient(item, range));
    else if (spec.name.endsWith('-peer')) facts.peers.push(backend(item, text(item, 'address') ?? '', range));
    else if (spec.name.endsWith('-listener')) {
      facts.listeners.push(backend(item, listenAddress(item), range));
    } else if (spec.group === 'work' && text(item, 'worktype') !== undefined) {
      facts.workTypes.push({ name: text(item, 'worktype')!, signed: flag(item, 'verifysignature') ?? false, range });
    }
  }
  facts.services = [...services];
  return facts;
}

function summaryOf(item: ConfigItem, action: string, range: Range): ItemSummary {
  const { fields, names } = item.reading;
  const address = text(item, 'address') ?? text(item, 'tcplisten') ?? (fieldOf(item.reading, 'port') && listenAddress(item));
  return {
    action,
    ...given('address', address),
    names: names.map(({ name }) => name),
    ...given('offers', names.find(({ kind, role }) => kind === 'service' && role === 'definition')?.name),
    fields: fields.map(({ name }) => name),
    range,
  };
}

const listenAddress = (item: ConfigItem): string => `${text(item, 'bindaddr') ?? '0.0.0.0'}:${number(item, 'port')}`;

const text = ({ reading }: ConfigItem, name: string): string | undefined => textOf(reading, name);

function number(item: ConfigItem, name: string): number {
  const value = fieldOf(item.reading, name)?.value;
  return typeof value === 'number' ? value : 0;
}

function flag(item: ConfigItem, name: string): boolean | undefined {
  const value = fieldOf(item.reading, name)?.value;
  return typeof value === 'boolean' ? value : undefined;
}

function list(item: ConfigItem, name: string): string[] | undefined {
  const value = fieldOf(item.reading, name)?.value;
  return Array.isArray(value) && value.every((element) => typeof element === 'string') ? value : undefined;
}

/** `{ [key]: value }`, or nothing where the value is absent. */
const given = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });

function addNode(facts: ConfigFacts, item: ConfigItem, range: Range): void {
  Object.assign(facts, { nodeRange: range }, given('nodeId', text(item, 'id') || undefined), given('dataDir', text(item, 'datadir')));
}

function controlService(item: ConfigItem, services: Set<string>, range: Range): ConfigFacts['controlServices'][number] {
  // Absent means `control`; an empty name means none (v1), or is not told from an absent one (v2).
  const written = fieldOf(item.reading, 'service');
  const service = written === undefined ? 'control' : (text(item, 'service') ?? '');
  if (service !== '') services.add(service);
  return {
    service,
    ...given('filename', text(item, 'filename') || undefined),
    ...given('tcpListen', text(item, 'tcplisten') || undefined),
    ...given('tcpTls', text(item, 'tcplisten') ? Boolean(text(item, 'tcptls')) : undefined),
    range,
  };
}

function tlsClient(item: ConfigItem, range: Range): ConfigFacts['tlsClients'][number] {
  return {
    name: text(item, 'name') ?? '',
    ...given('cert', text(item, 'cert') || undefined),
    ...given('key', text(item, 'key') || undefined),
    ...given('rootCas', text(item, 'rootcas') || undefined),
    ...given('insecureSkipVerify', flag(item, 'insecureskipverify')),
    ...given('pinnedServerCert', list(item, 'pinnedservercert')),
    ...given('minTls13', flag(item, 'mintls13')),
    range,
  };
}

function backend(item: ConfigItem, address: string, range: Range): BackendSummary {
  const cost = fieldOf(item.reading, 'cost')?.value;
  const nodeCost = fieldOf(item.reading, 'nodecost')?.value;
  return {
    action: item.reading.spec!.name,
    address,
    cost: typeof cost === 'number' ? cost : 1,
    ...given('nodeCost', nodeCost instanceof Map ? (Object.fromEntries(nodeCost) as Record<string, number>) : undefined),
    ...given('allowedPeers', list(item, 'allowedpeers')),
    range,
  };
}
