// Real receptor nodes on loopback, from configs; for daemon tests, host and UI tests and the demo.
import { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NodeProcess } from '../../client/src/runner/node.ts';
import { relocate } from './meshConfig.ts';
import type { RelocatedConfig } from './meshConfig.ts';
import { root } from './paths.ts';
import { dyingWithParent, endDescendants } from './processes.ts';
import { findReceptor, newestReceptor } from './receptor.ts';
import type { ReceptorVersion } from './receptor.ts';

/** The two configs of the README: foo listens, bar connects to it. */
export const examplesFolder = path.join(root, 'test/fixtures/examples');

export interface MeshOptions {
  /** Default: the newest known. */
  version?: ReceptorVersion;
  /** Where the configs go; it stays after `stop()`. Default: with the sockets and data. */
  configDir?: string;
  /** Wait until each node has a route to every other one. Default true. */
  linked?: boolean;
  /** Wait until each node knows every control service: a daemon advertises its own 5 s after its start. Default false. */
  advertised?: boolean;
  /** Give every node a control-service socket, also where its config has none. Default true. */
  sockets?: boolean;
  /** Most to wait for each of these, in ms. Default 30 s, for advertisements 90 s. */
  timeout?: number;
}

/** The part of a `status` reply that the harness looks at. */
export interface MeshStatus {
  NodeID: string;
  Version: string;
  RoutingTable: Record<string, string> | null;
  Connections: { NodeID: string; Cost: number }[] | null;
  Advertisements: { NodeID: string; Service: string; WorkCommands: { WorkType: string; Secure: boolean }[] | null }[] | null;
  KnownConnectionCosts: Record<string, Record<string, number>> | null;
}

/** v2 takes settings from the environment too: npm's own `NODE` would hide the node section. */
const daemonEnv = (): NodeJS.ProcessEnv => Object.fromEntries(['PATH', 'HOME', 'TMPDIR', 'LANG'].map((name) => [name, process.env[name]]));

const maxLines = 20_000;

/** Calls `what` until it is true; an error that it throws counts as "not yet" and is told when the time is over. */
async function until(what: () => Promise<boolean>, timeout: number, message: () => string): Promise<void> {
  let last: unknown;
  for (const end = Date.now() + timeout; Date.now() < end; await sleep(25)) {
    try {
      if (await what()) return;
      last = undefined;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(message() + (last instanceof Error ? ` (${last.message})` : ''));
}

/** One receptor process and its files. */
export class MeshNode {
  readonly id: string;
  readonly configPath: string;
  readonly dataDir: string;
  readonly version: ReceptorVersion;
  /** What it logged since the mesh began, newest last, over restarts. */
  readonly lines: string[] = [];
  readonly #socket: string | undefined;
  readonly #config: RelocatedConfig;
  readonly #events = new EventEmitter();
  #process: NodeProcess | undefined;

  constructor(config: RelocatedConfig, configDir: string, version: ReceptorVersion) {
    this.id = config.id;
    this.configPath = path.join(configDir, config.file);
    this.dataDir = config.dataDir;
    this.version = version;
    this.#socket = config.socket;
    this.#config = config;
  }

  /** Path of its control-service socket. */
  get socket(): string {
    if (this.#socket === undefined) throw new Error(`${this.id} has no control-service socket`);
    return this.#socket;
  }

  get hasSocket(): boolean {
    return this.#socket !== undefined;
  }

  /** Where the daemon keeps its work units. */
  get unitsDir(): string {
    return path.join(this.dataDir, this.id);
  }

  get pid(): number | undefined {
    return this.running ? this.#process?.pid : undefined;
  }

  get running(): boolean {
    return this.#process !== undefined && this.#process.state !== 'ended';
  }

  /** Starts the daemon; resolves when it has read its config and listens. Throws with its last lines when it ends instead. */
  async start(timeout = 30_000): Promise<void> {
    if (this.running) throw new Error(`${this.id} runs already`);
    const from = this.lines.length;
    const node = new NodeProcess({
      binary: findReceptor(this.version),
      through: dyingWithParent,
      configPath: this.configPath,
      format: this.#config.format,
      env: daemonEnv(),
      grace: timeout, // what tests wait for is below
    });
    this.#process = node;
    node.on('line', (_read, line) => {
      this.lines.push(line);
      if (this.lines.length > maxLines) this.lines.splice(0, maxLines / 2);
      this.#events.emit('line', line);
    });
    // One that has remote work to take up again says so only when it reached that node, but answers long before.
    const patience = Date.now() + (this.#config.saysReady ? 2000 : 0);
    await until(
      async () => {
        if (node.state !== 'starting') return true;
        if (Date.now() < patience) return false;
        return this.#socket === undefined ? !this.#config.saysReady : (await this.status()).NodeID !== '';
      },
      timeout,
      () => `${this.id} is not ready after ${timeout} ms: ${this.#tail(from)}`,
    );
    if (!this.running) throw new Error(`${this.id} ended at once: ${this.#tail(from)}`);
  }

  #tail(from: number): string {
    return this.lines.slice(from).slice(-8).join('\n') || 'it wrote nothing';
  }

  /** Ends the daemon by `signal` and waits until it is gone. Its work goes on, as it does after a crash. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.running) await this.#process?.stop(signal);
  }

  /** Ends the daemon as an init system would. */
  async stop(): Promise<void> {
    await this.kill('SIGTERM');
  }

  async restart(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.kill(signal);
    await this.start();
  }

  /** For the exit hook, which cannot wait. */
  killNow(): void {
    try {
      if (this.pid !== undefined) process.kill(this.pid, 'SIGKILL');
    } catch {
      // gone meanwhile
    }
  }

  /** The next log line that matches, from now on, or one already written when `from` is given (an index into `lines`). */
  async waitForLine(pattern: RegExp, options: { timeout?: number; from?: number } = {}): Promise<string> {
    const before = options.from === undefined ? undefined : this.lines.slice(options.from).find((line) => pattern.test(line));
    if (before !== undefined) return before;
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#events.off('line', look);
      };
      const look = (line: string): void => {
        if (!pattern.test(line)) return;
        done();
        resolve(line);
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`${this.id} did not log ${String(pattern)}: ${this.#tail(0)}`));
      }, options.timeout ?? 30_000);
      this.#events.on('line', look);
    });
  }

  /** Asks its control service; independent of the client under test. */
  async status(timeout = 5000): Promise<MeshStatus> {
    return new Promise((resolve, reject) => {
      const stream = connect(this.socket);
      const timer = setTimeout(() => stream.destroy(new Error(`${this.id} did not answer status in ${timeout} ms`)), timeout);
      let text = '';
      stream.setEncoding('utf8');
      stream.once('connect', () => stream.end('status\n')); // half-closed: it answers, then closes
      stream.on('data', (chunk: string) => (text += chunk));
      stream.once('error', reject);
      stream.once('close', () => {
        clearTimeout(timer);
        try {
          resolve(JSON.parse(text.slice(text.indexOf('\n') + 1)) as MeshStatus);
        } catch {
          reject(new Error(`${this.id} answered ${JSON.stringify(text.slice(0, 200))} to status`));
        }
      });
    });
  }
}

/** Several nodes whose sockets and data share one temporary folder; `await using mesh = await startMesh(…)` stops them at the end of the block. */
export class Mesh implements AsyncDisposable {
  readonly dir: string;
  readonly nodes: readonly MeshNode[];
  readonly #onExit = (): void => this.#endAll();

  constructor(dir: string, nodes: readonly MeshNode[]) {
    this.dir = dir;
    this.nodes = nodes;
    process.once('exit', this.#onExit);
  }

  node(id: string): MeshNode {
    const found = this.nodes.find((node) => node.id === id);
    if (found === undefined) throw new Error(`no node ${id} in this mesh, only ${this.nodes.map((node) => node.id).join(', ')}`);
    return found;
  }

  /** Resolves when every running node with a socket has a route to every other running node. */
  async untilLinked(timeout = 30_000): Promise<void> {
    const running = this.nodes.filter((node) => node.running);
    let missing = '';
    await until(
      async () => {
        missing = '';
        for (const node of running.filter((one) => one.hasSocket)) {
          const { RoutingTable } = await node.status();
          for (const { id } of running) if (id !== node.id && RoutingTable?.[id] === undefined) missing += ` ${node.id} to ${id}`;
        }
        return missing === '';
      },
      timeout,
      () => `still no route after ${timeout} ms:${missing}`,
    );
  }

  /**
   * Resolves when every running node with a socket has heard an advertisement of every other running one that has one.
   * An advertisement that was sent before the link was there comes again after a minute.
   */
  async untilAdvertised(timeout = 90_000): Promise<void> {
    const running = this.nodes.filter((node) => node.running && node.hasSocket);
    await until(
      async () => {
        for (const node of running) {
          const heard = new Set(((await node.status()).Advertisements ?? []).map((ad) => ad.NodeID));
          if (!running.every(({ id }) => heard.has(id))) return false;
        }
        return true;
      },
      timeout,
      () => `some service was not advertised after ${timeout} ms`,
    );
  }

  #endAll(): void {
    for (const node of this.nodes) node.killNow();
    endDescendants(this.dir);
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }

  /** Stops every node and the work that they started, and removes the folder. Safe to call twice. */
  async stop(): Promise<void> {
    await Promise.all(this.nodes.map(async (node) => node.kill('SIGKILL')));
    this.#endAll();
    process.off('exit', this.#onExit);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

const readFolder = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((file) => /\.(?:ya?ml|conf)$/.test(file))
      .map((file) => [file, readFileSync(path.join(folder, file), 'utf8')]),
  );

/** Those that are dialled come first: a peer whose first dial fails tries again only after 5 s. */
function inDialOrder(configs: readonly RelocatedConfig[]): RelocatedConfig[][] {
  const waves: RelocatedConfig[][] = [];
  let rest = [...configs];
  while (rest.length > 0) {
    const pending = new Set(rest.flatMap((config) => config.listens));
    const own = (config: RelocatedConfig): Set<string> => new Set(config.listens);
    const free = rest.filter((config) => config.dials.every((key) => !pending.has(key) || own(config).has(key)));
    const wave = free.length > 0 ? free : rest; // a ring
    waves.push(wave);
    rest = rest.filter((config) => !wave.includes(config));
  }
  return waves;
}

/**
 * Starts one receptor per config and waits until they are linked.
 * @param configs a folder, or texts by file name (`foo.yml`); a name without an ending gets `.yml`. The texts may keep
 * the ports and sockets a reader expects: copies with free ones are written, see `relocate`.
 * @throws NoReceptorError where that version cannot be had; Error with the daemon's last lines when a node ends
 */
export async function startMesh(configs: string | Readonly<Record<string, string>>, options: MeshOptions = {}): Promise<Mesh> {
  const given = typeof configs === 'string' ? readFolder(configs) : configs;
  const texts = Object.fromEntries(Object.entries(given).map(([name, text]) => [path.extname(name) === '' ? `${name}.yml` : name, text]));
  const version = options.version ?? newestReceptor;
  findReceptor(version);
  for (let attempt = 1; ; attempt++) {
    const dir = mkdtempSync(path.join(tmpdir(), 'mesh-')); // short: a socket path has at most 107 bytes
    const configDir = options.configDir ?? dir;
    mkdirSync(configDir, { recursive: true });
    const relocated = await relocate(texts, dir, options.sockets ?? true);
    for (const { file, text } of relocated) writeFileSync(path.join(configDir, file), text);
    const mesh = new Mesh(
      dir,
      relocated.map((config) => new MeshNode(config, configDir, version)),
    );
    try {
      for (const wave of inDialOrder(relocated)) await Promise.all(wave.map(async ({ id }) => mesh.node(id).start(options.timeout)));
      if (options.linked ?? true) await mesh.untilLinked(options.timeout);
      if (options.advertised ?? false) await mesh.untilAdvertised(options.timeout);
      return mesh;
    } catch (error) {
      await mesh.stop();
      // Someone else took the port between the look and the start.
      const unlucky = error instanceof Error && /address already in use/.test(error.message);
      if (!unlucky || attempt === 3) throw error;
    }
  }
}

/**
 * Configs of nodes in a row, each dialling the one before: `line('a', 'b', 'c')` is a - b - c. Every node has the work
 * types `cat` (payload back) and `echo` (its parameters back).
 */
export function line(...ids: string[]): Record<string, string> {
  return Object.fromEntries(
    ids.map((id, i) => [
      `${id}.yml`,
      [
        `- node: {id: ${id}}`,
        '- log-level: {level: debug}',
        ...(i < ids.length - 1 ? [`- tcp-listener: {port: ${2222 + i}}`] : []),
        ...(i > 0 ? [`- tcp-peer: {address: 'localhost:${2221 + i}'}`] : []),
        ...(ids.length === 1 ? ['- local-only: {}'] : []),
        `- control-service: {service: control, filename: /tmp/${id}.sock}`,
        '- work-command: {worktype: cat, command: cat}',
        '- work-command: {worktype: echo, command: echo, allowruntimeparams: true}',
        '',
      ].join('\n'),
    ]),
  );
}
