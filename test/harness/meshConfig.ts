// Turns configs as a reader expects them (port 2222, /tmp/foo.sock) into copies that can run anywhere at once:
// free ports, loopback only, sockets and data inside one folder.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import path from 'node:path';
import { isMap, isScalar, isSeq, parseAllDocuments, YAMLMap } from 'yaml';
import type { Document } from 'yaml';

/** A config moved into the mesh's folder, and what starting and watching it needs to know. */
export interface RelocatedConfig {
  id: string;
  /** File name inside the folder. */
  file: string;
  text: string;
  format: 'v1' | 'v2';
  /** Unix socket of its control service, when it has one. */
  socket: string | undefined;
  /** Parent of its work units, which lie in `<dataDir>/<id>`. */
  dataDir: string;
  listens: string[];
  dials: string[];
  /** The daemon writes "Initialization complete" at this log level. */
  saysReady: boolean;
}

/** Where the text of one item says what: `set` adds or replaces a field, `get` finds it in any case as the daemon does. */
interface Item {
  /** The v1 action, for v2 too: `tcp-listener`. */
  action: string;
  get(field: string): unknown;
  set(field: string, value: string | number): void;
}

/** The field that a bare value stands for: `- tcp-peer: localhost:2222`. */
const bareField = (action: string): string =>
  action.endsWith('-peer') ? 'address' : action.endsWith('-listener') ? 'port' : action === 'log-level' ? 'level' : 'id';

function itemOf(document: Document, action: string, value: unknown, replace: (map: YAMLMap) => void): Item {
  let map = isMap(value) ? value : undefined;
  const asMap = (): YAMLMap => {
    if (map === undefined) {
      map = new YAMLMap(document.schema);
      if (isScalar(value) && value.value !== null) map.set(bareField(action), value.value);
      replace(map);
    }
    return map;
  };
  const keyOf = (field: string): string | undefined =>
    map?.items.map((pair) => String(isScalar(pair.key) ? pair.key.value : pair.key)).find((key) => key.toLowerCase() === field);
  return {
    action,
    get: (field) => {
      if (map === undefined) return isScalar(value) && field === bareField(action) ? value.value : undefined;
      const key = keyOf(field);
      return key === undefined ? undefined : map.get(key);
    },
    set: (field, to) => {
      asMap();
      map!.set(keyOf(field) ?? field, to);
    },
  };
}

/** v2 keys are the v1 actions in the plural where several may be given. */
const v1Name = (key: string): string => (/^(?:node|trace|local-only|work-kubernetes)$/.test(key) ? key : key.replace(/s$/, ''));

function itemsOf(document: Document): Item[] {
  const { contents } = document;
  const items: Item[] = [];
  if (isSeq(contents)) {
    for (const entry of contents.items) {
      if (isScalar(entry)) items.push(itemOf(document, String(entry.value), null, () => {}));
      if (!isMap(entry)) continue;
      for (const pair of entry.items) {
        items.push(itemOf(document, String(isScalar(pair.key) ? pair.key.value : pair.key), pair.value, (map) => (pair.value = map)));
      }
    }
  } else if (isMap(contents)) {
    for (const pair of contents.items) {
      const action = v1Name(String(isScalar(pair.key) ? pair.key.value : pair.key));
      const values = isSeq(pair.value) ? pair.value.items : [pair.value];
      for (const value of values) items.push(itemOf(document, action, value, (map) => (pair.value = map)));
    }
  }
  return items;
}

function addControlService(document: Document, socket: string): void {
  const service = { service: 'control', filename: socket };
  const { contents } = document;
  if (isSeq(contents)) contents.add(document.createNode({ 'control-service': service }));
  else document.addIn(['control-services'], document.createNode(isMap(contents) && contents.has('control-services') ? service : [service]));
}

const freeTcpPort = async (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

const freeUdpPort = async (): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = createSocket('udp4').once('error', reject);
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });

const given = new Set<number>();

/** A port of loopback that was free a moment ago, and another one each time. */
export async function freePort(transport: 'tcp' | 'udp' = 'tcp'): Promise<number> {
  for (;;) {
    const port = await (transport === 'udp' ? freeUdpPort() : freeTcpPort());
    if (given.has(port)) continue;
    given.add(port);
    return port;
  }
}

const portOf = (address: unknown): string | undefined => /:(\d+)(?:\/.*)?$/.exec(String(address))?.[1];
const transportOf = (action: string): 'tcp' | 'udp' => (action.startsWith('udp') ? 'udp' : 'tcp');
const isListener = (action: string): boolean => /^(?:tcp|udp|ws)-listener$|^(?:tcp|udp)-server$/.test(action);
const isPeer = (action: string): boolean => /^(?:tcp|udp|ws)-peer$/.test(action);

/**
 * Rewrites `texts` (file name to config) to live in `dir`. Comments stay; every listening port becomes a free one, in
 * the peers that dial it too, listeners bind to loopback unless they say otherwise, sockets and datadirs move into `dir`.
 * @param sockets give a node without a control-service socket one, so that it can be asked directly
 * @throws Error for text that is not YAML and for two configs that want the same port
 */
export async function relocate(texts: Readonly<Record<string, string>>, dir: string, sockets: boolean): Promise<RelocatedConfig[]> {
  const parsed = Object.entries(texts).map(([file, text]) => {
    const document = parseAllDocuments(text)[0];
    if (document === undefined || !('contents' in document)) throw new Error(`${file} is empty`);
    if (document.errors.length > 0) throw new Error(`${file} is no YAML: ${document.errors[0]!.message}`);
    return { file, document, items: itemsOf(document) };
  });

  const ports = new Map<string, { port: number; file: string }>();
  const claim = async (transport: 'tcp' | 'udp', wanted: unknown, file: string): Promise<number> => {
    const key = `${transport}:${String(wanted)}`;
    const taken = ports.get(key);
    if (taken !== undefined) throw new Error(`${taken.file} and ${file} both listen on ${key}: give each its own port`);
    const port = await freePort(transport);
    ports.set(key, { port, file });
    return port;
  };
  const listens = new Map<string, string[]>();
  for (const { file, items } of parsed) {
    const own: string[] = [];
    for (const item of items) {
      if (isListener(item.action) && Number(item.get('port')) !== 0) {
        const transport = transportOf(item.action);
        own.push(`${transport}:${String(item.get('port'))}`);
        item.set('port', await claim(transport, item.get('port'), file));
        if (item.get('bindaddr') === undefined) item.set('bindaddr', '127.0.0.1');
      }
      const tcp = item.action === 'control-service' ? item.get('tcplisten') : undefined;
      if (tcp !== undefined && tcp !== null && tcp !== '') {
        const port = await claim('tcp', portOf(tcp) ?? tcp, file);
        item.set('tcplisten', `127.0.0.1:${port}`);
      }
    }
    listens.set(file, own);
  }

  const used = new Set<string>();
  return parsed.map(({ file, document, items }) => {
    const dials: string[] = [];
    const node = items.find((item) => item.action === 'node');
    const named = node?.get('id');
    const id = typeof named === 'string' ? named : path.parse(file).name;
    const inside = (value: unknown): value is string => typeof value === 'string' && value.startsWith(`${dir}/`);
    const place = (name: string): string => {
      const target = path.join(dir, used.has(name) ? `${id}-${name}` : name);
      used.add(name);
      return target;
    };
    let socket: string | undefined;
    for (const item of items) {
      if (isPeer(item.action)) {
        const address = String(item.get('address'));
        const key = `${transportOf(item.action)}:${portOf(address) ?? ''}`;
        const target = ports.get(key);
        dials.push(key);
        if (target !== undefined) item.set('address', address.replace(/:\d+(\/.*)?$/, `:${target.port}$1`));
      }
      if (item.action === 'control-service' || item.action === 'unix-socket-server') {
        const filename = item.get('filename');
        if (typeof filename === 'string' && filename !== '' && !inside(filename)) item.set('filename', place(path.basename(filename)));
        const moved = item.get('filename');
        if (item.action === 'control-service' && typeof moved === 'string' && moved !== '') socket ??= moved;
      }
    }
    const plain = items.find((item) => item.action === 'control-service' && item.get('filename') === undefined);
    if (sockets && socket === undefined) {
      socket = place(`${id}.sock`);
      if (plain === undefined) addControlService(document, socket);
      else plain.set('filename', socket);
    }
    const dataDir = inside(node?.get('datadir')) ? String(node?.get('datadir')) : path.join(dir, 'data');
    node?.set('datadir', dataDir);
    const level = items.find((item) => item.action === 'log-level');
    return {
      id,
      file,
      text: document.toString({ lineWidth: 0 }),
      format: isMap(document.contents) ? 'v2' : 'v1',
      socket,
      dataDir,
      listens: listens.get(file) ?? [],
      dials,
      saysReady: level === undefined || /^(?:info|debug)$/i.test(String(level.get('level'))),
    };
  });
}
