// A client of the language server in the same process, over streams as a child process would have them.
import { PassThrough } from 'node:stream';
import { createMessageConnection, type MessageConnection } from 'vscode-jsonrpc/node';
import type { Diagnostic, InitializeResult, PublishDiagnosticsParams } from 'vscode-languageserver';
import { Server } from '../../../server/src/protocol/server.ts';

export interface ClientOptions {
  readonly initializationOptions?: object;
  readonly capabilities?: object;
  /** Answers to `workspace/configuration`. */
  readonly configuration?: () => unknown;
}

export class TestClient {
  readonly connection: MessageConnection;
  readonly exits: number[] = [];
  readonly published: PublishDiagnosticsParams[] = [];
  readonly logged: string[] = [];
  result!: InitializeResult;
  readonly #server: MessageConnection;
  readonly #waiting: { test: (p: PublishDiagnosticsParams) => boolean; resolve: (p: PublishDiagnosticsParams) => void }[] = [];

  private constructor(options: ClientOptions) {
    const up = new PassThrough();
    const down = new PassThrough();
    this.#server = createMessageConnection(up, down);
    new Server(this.#server, (code) => this.exits.push(code)).listen();
    this.connection = createMessageConnection(down, up);
    this.connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      this.published.push(params);
      for (const waiting of this.#waiting.splice(0)) {
        if (waiting.test(params)) waiting.resolve(params);
        else this.#waiting.push(waiting);
      }
    });
    this.connection.onNotification('window/logMessage', ({ message }: { message: string }) => void this.logged.push(message));
    this.connection.onRequest<unknown[], void>('workspace/configuration', () => [options.configuration?.() ?? null]);
    this.connection.listen();
  }

  static async start(options: ClientOptions = {}): Promise<TestClient> {
    const client = new TestClient(options);
    client.result = await client.request<InitializeResult>('initialize', {
      processId: null,
      rootUri: null,
      capabilities: options.capabilities ?? {},
      initializationOptions: options.initializationOptions ?? { onlyConfigs: true, validate: { files: 'off' } },
    });
    await client.notify('initialized', {});
    return client;
  }

  request<R>(method: string, params: object | null): Promise<R> {
    return this.connection.sendRequest<R>(method, params);
  }

  notify(method: string, params: object): Promise<void> {
    return this.connection.sendNotification(method, params);
  }

  /** Opens a document; resolves with its findings. */
  async open(uri: string, text: string, languageId = 'yaml'): Promise<Diagnostic[]> {
    const diagnosed = this.diagnosed(uri, 1);
    await this.notify('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } });
    return diagnosed;
  }

  async change(uri: string, version: number, contentChanges: object[]): Promise<Diagnostic[]> {
    const diagnosed = this.diagnosed(uri, version);
    await this.notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges });
    return diagnosed;
  }

  /** The next findings for this version of the document. */
  async diagnosed(uri: string, version?: number): Promise<Diagnostic[]> {
    const { diagnostics } = await new Promise<PublishDiagnosticsParams>((resolve) => {
      this.#waiting.push({ test: (params) => params.uri === uri && (version === undefined || params.version === version), resolve });
    });
    return diagnostics;
  }

  stop(): void {
    this.connection.dispose();
    this.#server.dispose();
  }
}
