/** The client's half of the language support: knows which documents are ours, and starts the server for the first one. */
import * as vscode from 'vscode';
import { summaryRequest, type ConfigSummary, type SummaryParams } from '../../../server/src/protocol/requests.ts';
import { ReceptorDocuments } from './documents.ts';
import { registerEnterRules } from './enterRules.ts';
import { offerRestart } from './offerRestart.ts';
import type { LanguageServer, NodeFacts } from './server.ts';
import { chooseLanguage, ReceptorStatus } from './status.ts';

export class Language implements vscode.Disposable {
  readonly documents: ReceptorDocuments;
  readonly #context: vscode.ExtensionContext;
  readonly #log: vscode.LogOutputChannel;
  readonly #disposables: vscode.Disposable[];
  #server: Promise<LanguageServer> | undefined;
  #node: NodeFacts | undefined;

  constructor(context: vscode.ExtensionContext, log: vscode.LogOutputChannel) {
    this.#context = context;
    this.#log = log;
    this.documents = new ReceptorDocuments(context.workspaceState);
    this.#disposables = [
      this.documents,
      new ReceptorStatus(this.documents),
      registerEnterRules(),
      this.documents.onDidAdd(() => {
        if (this.#server === undefined) void this.#begin();
      }),
    ];
    this.documents.begin();
  }

  /** False as long as no document was ours and nothing was asked. */
  get serverWanted(): boolean {
    return this.#server !== undefined;
  }

  /** Starts the server if need be. */
  async server(): Promise<LanguageServer> {
    const server = await this.#loaded();
    await server.start();
    return server;
  }

  async restart(): Promise<void> {
    const server = await this.#loaded();
    try {
      await server.restart();
    } catch (error) {
      if (server.givenUp) return; // which it told
      throw error;
    }
    this.#log.info('The language server was restarted.');
  }

  /**
   * Facts of a config, open or on disk; null when it is none. Starts the server: ask only for what the user wants, or
   * when it runs anyway.
   */
  async summary(uri: vscode.Uri, token?: vscode.CancellationToken): Promise<ConfigSummary | null> {
    const known = this.documents.knows(uri);
    if (known === false) return null;
    const server = await this.server();
    const params: SummaryParams = { uri: uri.toString(), isConfig: known ?? false };
    return server.request<ConfigSummary | null>(summaryRequest, params, token);
  }

  /** What the connected node tells is suggested, and its version is what `receptor.version: auto` means. Starts no server. */
  follow(node: NodeFacts): void {
    this.#node = node;
    void this.#server?.then((server) => server.follow(node));
  }

  choose(document: vscode.TextDocument): Promise<void> {
    return chooseLanguage(this.documents, document);
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
    void this.#server?.then((server) => server.dispose());
  }

  #loaded(): Promise<LanguageServer> {
    // The protocol library is most of the bundle; YAML that is not ours never evaluates it.
    this.#server ??= import('./server.ts').then(({ LanguageServer }) => {
      const server = new LanguageServer(this.#context, this.documents, this.#log);
      if (this.#node !== undefined) server.follow(this.#node);
      return server;
    });
    return this.#server;
  }

  async #begin(): Promise<void> {
    try {
      await this.server();
    } catch (error) {
      this.#log.error(`The language server did not start: ${error instanceof Error ? error.message : String(error)}`);
      const server = await this.#server?.catch(() => undefined);
      if (server?.givenUp === true) return; // which it told
      await offerRestart('The Receptor language server did not start, so configs are not checked. The log has the reason.');
    }
  }
}
