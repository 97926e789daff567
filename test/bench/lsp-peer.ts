// A language server as a child process, spoken to over stdio, and the times it takes.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';

export interface ServerCommand {
  readonly name: string;
  readonly node: string;
  readonly script: string;
  readonly args: readonly string[];
  /** Sent after `initialized`; the peer wants its schema by settings. */
  readonly settings?: object;
  readonly initializationOptions?: object;
}

interface Published {
  uri: string;
  version?: number;
  diagnostics: unknown[];
}

/** The longest that any single answer may take; a server that does not answer fails the run. */
const patienceMs = 60_000;

export class LspPeer {
  readonly #child: ChildProcess;
  readonly #connection: MessageConnection;
  readonly #waiting = new Map<string, (published: Published) => void>();
  readonly #versions = new Map<string, number>();
  /** Spawn to the answer of `initialize`, in ms. */
  startMs = 0;

  private constructor(command: ServerCommand) {
    this.#child = spawn(command.node, [command.script, ...command.args], { stdio: ['pipe', 'pipe', 'ignore'] });
    this.#connection = createMessageConnection(new StreamMessageReader(this.#child.stdout!), new StreamMessageWriter(this.#child.stdin!));
    this.#connection.onNotification('textDocument/publishDiagnostics', (published: Published) =>
      this.#waiting.get(published.uri)?.(published),
    );
    this.#connection.onRequest('workspace/configuration', ({ items }: { items: { section?: string }[] }) =>
      items.map(({ section }) => sectionOf(command.settings, section)),
    );
    this.#connection.onRequest('client/registerCapability', () => null);
    this.#connection.listen();
  }

  static async start(command: ServerCommand): Promise<LspPeer> {
    const start = performance.now();
    const peer = new LspPeer(command);
    await peer.request('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: {
        textDocument: {
          synchronization: { didSave: true },
          publishDiagnostics: { versionSupport: true },
          completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown'] } },
          hover: { contentFormat: ['markdown'] },
        },
        workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
      },
      initializationOptions: command.initializationOptions ?? {},
    });
    peer.startMs = performance.now() - start;
    await peer.#connection.sendNotification('initialized', {});
    if (command.settings !== undefined)
      await peer.#connection.sendNotification('workspace/didChangeConfiguration', { settings: command.settings });
    return peer;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Opens a document; resolves with its diagnostics and the ms until they came. */
  async open(uri: string, text: string): Promise<{ ms: number; count: number }> {
    this.#versions.set(uri, 1);
    return this.#diagnosed(uri, 1, 'textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
  }

  async edit(uri: string, line: number, from: number, to: number, text: string): Promise<{ ms: number; count: number }> {
    const version = this.#versions.get(uri)! + 1;
    this.#versions.set(uri, version);
    const range = { start: { line, character: from }, end: { line, character: to } };
    return this.#diagnosed(uri, version, 'textDocument/didChange', { textDocument: { uri, version }, contentChanges: [{ range, text }] });
  }

  /** An edit followed at once by a request: the ms until the answer of the request. */
  async editAndAsk(uri: string, line: number, from: number, to: number, text: string, method: string, params: object): Promise<number> {
    const version = this.#versions.get(uri)! + 1;
    this.#versions.set(uri, version);
    const range = { start: { line, character: from }, end: { line, character: to } };
    const start = performance.now();
    const diagnosed = this.#published(uri, version);
    await this.#connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [{ range, text }],
    });
    await this.request(method, { textDocument: { uri }, ...params });
    const ms = performance.now() - start;
    await diagnosed;
    return ms;
  }

  async close(uri: string): Promise<void> {
    await this.#connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }

  async request<R>(method: string, params: object | null): Promise<R> {
    return bounded(this.#connection.sendRequest<R>(method, params), method);
  }

  /** Highest resident memory so far, in MB (Linux). */
  peakMb(): number {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024;
  }

  rssMb(): number {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    await this.request('shutdown', null).catch(() => undefined);
    void this.#connection.sendNotification('exit').catch(() => undefined);
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 3000);
    await ended;
    clearTimeout(timer);
    this.#connection.dispose();
  }

  async #diagnosed(uri: string, version: number, method: string, params: object): Promise<{ ms: number; count: number }> {
    const start = performance.now();
    const published = this.#published(uri, version);
    await this.#connection.sendNotification(method, params);
    const { diagnostics } = await published;
    return { ms: performance.now() - start, count: diagnostics.length };
  }

  /** The first diagnostics that are for this version; servers that name none are believed. */
  #published(uri: string, version: number): Promise<Published> {
    const found = new Promise<Published>((resolve) => {
      this.#waiting.set(uri, (published) => {
        if (published.version !== undefined && published.version < version) return;
        this.#waiting.delete(uri);
        resolve(published);
      });
    });
    return bounded(found, `diagnostics of version ${version}`);
  }
}

async function bounded<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no answer within ${patienceMs} ms`)), patienceMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function sectionOf(settings: object | undefined, section: string | undefined): unknown {
  let value: unknown = settings;
  for (const key of section?.split('.') ?? [])
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return value ?? null;
}
