/** Runs the language server and keeps it told: which documents are ours, which settings hold. Loaded when first needed. */
import * as vscode from 'vscode';
import { CloseAction, ErrorAction, LanguageClient, State, TransportKind, type LanguageClientOptions } from 'vscode-languageclient/node';
import { liveMeshNotification, type LiveMeshParams, type ServerSettings } from '../../../server/src/protocol/requests.ts';
import type { ReceptorDocuments } from './documents.ts';
import { openingUses } from './lenses.ts';
import { offerRestart } from './offerRestart.ts';
import { Registrations } from './registrations.ts';
import { serverSettings } from './settings.ts';

/** A server that died this often within the window is left alone: the same document would kill it again. */
const maxDeaths = 4;
const deathWindowMs = 180_000;

/** What the connected node tells: it is suggested while typing, and it is what `receptor.version: auto` means. */
export interface NodeFacts {
  readonly version: string | undefined;
  /** Null without a connection. The same object as long as nothing changed. */
  readonly mesh: LiveMeshParams | null;
}

export const noNode: NodeFacts = { version: undefined, mesh: null };

export class LanguageServer implements vscode.Disposable {
  readonly #options: LanguageClientOptions;
  readonly #module: string;
  readonly #documents: ReceptorDocuments;
  #client: LanguageClient;
  #registrations: Registrations;
  readonly #disposables: vscode.Disposable[];
  readonly #deaths: number[] = [];
  readonly #log: vscode.LogOutputChannel;
  #besideYaml = serverSettings().yamlExtensionActive;
  #node: NodeFacts = noNode;
  #givenUp = false;
  #disposed = false;

  constructor(context: vscode.ExtensionContext, documents: ReceptorDocuments, log: vscode.LogOutputChannel) {
    this.#log = log;
    this.#documents = documents;
    this.#module = vscode.Uri.joinPath(context.extensionUri, 'dist', 'server.js').fsPath;
    this.#options = {
      // No document selector: every document is registered on its own, see Registrations.
      initializationOptions: () => this.#settings(),
      outputChannel: log,
      traceOutputChannel: log,
      progressOnInitialization: false,
      initializationFailedHandler: (error) => {
        log.error(`The language server did not start: ${error instanceof Error ? error.message : String(error)}`);
        return false;
      },
      middleware: {
        provideCodeLenses: async (document, token, next) => (await next(document, token))?.map((lens) => openingUses(document, lens)),
        workspace: {
          // The server may ask instead of being told; it gets the same answer.
          configuration: (params) => params.items.map(({ section, scopeUri }) => sectionOf(this.#settings(scopeUri), section)),
        },
      },
    };
    [this.#client, this.#registrations] = this.#createClient();
    const tell = (): void => this.#tellSettings();
    this.#disposables = [
      documents.onDidAdd((document) => this.#registrations.add(document)),
      documents.onDidRemove((document) => this.#registrations.remove(document)),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('receptor')) tell();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(tell),
      vscode.extensions.onDidChange(() => void this.#reconsiderYaml()),
    ];
  }

  get running(): boolean {
    return this.#client.state === State.Running;
  }

  /** It ended too often, which was told: only {@link restart} starts it again. */
  get givenUp(): boolean {
    return this.#givenUp;
  }

  get pid(): number | undefined {
    return this.#client.serverProcess?.pid;
  }

  /**
   * Resolves when the server answers; a second call while it starts waits for the same start. One that ends before it
   * answers is started again, unless it does so too often.
   * @throws Error when it does not start, or was given up
   */
  async start(): Promise<void> {
    for (;;) {
      if (this.#givenUp) throw new Error('The language server ended too often: run "Receptor: Restart Language Server".');
      const client = this.#client;
      try {
        await client.start();
        if (client === this.#client) return;
      } catch (error) {
        if (client === this.#client && !this.#givenUp) throw error;
      }
    }
  }

  /** Ends the server and starts another. One that starts already is waited for. */
  async restart(): Promise<void> {
    this.#deaths.length = 0;
    this.#givenUp = false;
    if (this.#client.state !== State.Starting) this.#renew();
    await this.start();
  }

  async request<R>(method: string, params: unknown, token?: vscode.CancellationToken): Promise<R> {
    await this.start();
    return token === undefined ? this.#client.sendRequest<R>(method, params) : this.#client.sendRequest<R>(method, params, token);
  }

  /** Goes by what is known of the connected node from now on. */
  follow(node: NodeFacts): void {
    const before = this.#node;
    this.#node = node;
    if (before.version !== node.version) this.#tellSettings();
    if (before.mesh !== node.mesh) this.#tellMesh();
  }

  dispose(): void {
    this.#disposed = true;
    vscode.Disposable.from(...this.#disposables).dispose();
    void this.#client.dispose().catch(() => undefined); // it may never have started
  }

  #createClient(): [LanguageClient, Registrations] {
    const module = this.#module;
    const client: LanguageClient = new LanguageClient(
      'receptor',
      'Receptor Language Server',
      {
        run: { module, transport: TransportKind.ipc },
        debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--nolazy'] } },
      },
      {
        ...this.#options,
        errorHandler: {
          error: (_error, _message, count) => ({ action: (count ?? 0) <= 3 ? ErrorAction.Continue : ErrorAction.Shutdown, handled: true }),
          closed: () => ({ action: CloseAction.DoNotRestart, handled: true, message: 'The language server ended.' }), // see #ended
        },
      },
    );
    const registrations = new Registrations(client, () => this.#documents.all);
    client.registerFeature(registrations);
    client.onDidChangeState(({ newState }) => {
      if (client !== this.#client || newState === State.Starting) return;
      if (newState === State.Running) this.#tellMesh();
      else if (!this.#disposed) this.#ended();
    });
    return [client, registrations];
  }

  /**
   * Gives the server up for a new one. The client goes with it, each has one server in its life: one whose start failed
   * never starts again, and one that outlives its server takes what comes late from that server, its end or the failure
   * of what it was told last, for the next one's.
   */
  #renew(): void {
    const before = this.#client;
    [this.#client, this.#registrations] = this.#createClient();
    void before.dispose().catch(() => undefined); // tells the server to end, and kills it after two seconds
  }

  #settings(scope?: string): ServerSettings {
    return serverSettings(scope, this.#node.version);
  }

  #tellMesh(): void {
    if (this.running) void this.#client.sendNotification(liveMeshNotification, this.#node.mesh);
  }

  #tellSettings(): void {
    if (!this.running) return; // a start reads them
    void this.#client.sendNotification('workspace/didChangeConfiguration', { settings: { receptor: this.#settings() } });
  }

  /** What is left to a YAML extension is settled when the server starts: it offers folding and formatting, or it does not. */
  async #reconsiderYaml(): Promise<void> {
    const { yamlExtensionActive } = serverSettings();
    if (yamlExtensionActive === this.#besideYaml) return;
    this.#besideYaml = yamlExtensionActive;
    if (!this.running) return;
    try {
      await this.restart();
    } catch (error) {
      this.#log.error(`The language server did not start again: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** The server ended by itself, whatever it was at: it is started again, unless it ended too often. */
  #ended(): void {
    const now = Date.now();
    this.#deaths.push(now);
    while (now - this.#deaths[0]! > deathWindowMs) this.#deaths.shift();
    if (this.#deaths.length > maxDeaths) {
      this.#givenUp = true;
      const times = `${this.#deaths.length} times within three minutes`;
      this.#log.error(`The language server ended ${times} and is not started again.`);
      void offerRestart(`The Receptor language server ended ${times} and was left stopped. Configs are not checked until it is restarted.`);
      return;
    }
    this.#renew();
    this.start().then(
      () => this.#log.info('The language server ended and was started again.'),
      () => undefined, // who asked for it is told
    );
  }
}

/** `receptor`, `receptor.validate` and so on, out of the settings of section `receptor`; null when the section is not ours. */
function sectionOf(settings: object, section: string | undefined): unknown {
  if (section === undefined || section === '') return { receptor: settings };
  const [first, ...rest] = section.split('.');
  if (first !== 'receptor') return null;
  let value: unknown = settings;
  for (const key of rest) value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return value ?? null;
}
