/** Shows where a running node differs from its open config: as Information on the items, and in the Mesh view. */
import * as vscode from 'vscode';
import type { ConfigSummary } from '../../../../server/src/protocol/requests.ts';
import { findReceptorFiles } from '../../language/files.ts';
import type { Language } from '../../language/language.ts';
import { findDrift, type Drift } from '../../reload/drift.ts';
import type { Connection } from '../connection.ts';
import type { Connections } from '../connections.ts';
import { plain } from '../hostile.ts';
import { describe } from '../notify.ts';
import { toRange } from '../nodes/place.ts';
import { PerConnection } from '../perConnection.ts';
import type { LinkedFile, LinkedFiles } from './linkedFiles.ts';

/** The other configs of the workspace are read again after this long at the most. */
const othersTtlMs = 30_000;

/** How the node of a connection differs from its file. */
export interface DriftFile {
  readonly uri: vscode.Uri;
  readonly drift: readonly Drift[];
}

interface DriftDeps {
  readonly log: vscode.LogOutputChannel;
  readonly language: Pick<Language, 'documents' | 'summary'>;
  readonly connections: Connections;
}

export class DriftMarks implements vscode.Disposable {
  readonly #log: vscode.LogOutputChannel;
  readonly #language: Pick<Language, 'documents' | 'summary'>;
  readonly #connections: Connections;
  readonly #files: Pick<LinkedFiles, 'get' | 'onDidChange'>;
  readonly #problems = vscode.languages.createDiagnosticCollection('receptor-drift');
  readonly #watched = new PerConnection(({ feed }) =>
    feed.onDidChange.on(() => {
      for (const { uri } of this.#language.documents.all) this.#look(this.#files.get(uri));
    }),
  );
  /** By config, with the connection whose picture told it. */
  readonly #found = new Map<string, DriftFile & { readonly by: Connection }>();
  readonly #changed = new vscode.EventEmitter<Connection>();
  readonly #disposables: vscode.Disposable[];
  #others: { readonly at: number; readonly summaries: Promise<readonly ConfigSummary[]> } | undefined;

  /** Fired with each connection whose node differs otherwise than before. */
  readonly onDidChange = this.#changed.event;

  constructor({ log, language, connections }: DriftDeps, files: Pick<LinkedFiles, 'get' | 'onDidChange'>) {
    this.#log = log;
    this.#language = language;
    this.#connections = connections;
    this.#files = files;
    this.#disposables = [
      this.#problems,
      this.#changed,
      connections.onDidChange(() => this.#follow()),
      files.onDidChange((file) => this.#look(file)),
      language.documents.onDidRemove(({ uri }) => this.#clear(uri)),
    ];
    this.#follow();
  }

  /** Undefined when the node is as its file says, or has no open file. */
  of(connection: Connection): DriftFile | undefined {
    return this.#isUp(connection) ? [...this.#found.values()].find(({ by }) => by.nodeId === connection.nodeId) : undefined;
  }

  dispose(): void {
    vscode.Disposable.from(this.#watched, ...this.#disposables).dispose();
  }

  /** New pictures of the mesh come while somebody looks at one; drift asks for none by itself. */
  #follow(): void {
    this.#watched.follow(this.#connections.all);
    // What a connection told is not known any more when it is lost; another one to the same node may tell it.
    for (const { by, uri } of this.#found.values()) {
      if (this.#isUp(by)) continue;
      this.#clear(uri);
      this.#look(this.#files.get(uri));
    }
  }

  #isUp(connection: Connection): boolean {
    return connection.state.kind === 'up' && this.#connections.all.includes(connection);
  }

  /** Shows how the node of a file differs now, when there is such a file. */
  #look(file: LinkedFile | undefined): void {
    if (file === undefined) return;
    this.#show(file).catch((error: unknown) => this.#log.debug(`No drift of ${plain(file.uri.path)}: ${plain(describe(error))}`));
  }

  async #show(file: LinkedFile): Promise<void> {
    // Of several connections to a node one may have no picture yet, or an old one: somebody looks at the other.
    const [connection] = this.#connections.all
      .filter((c) => this.#isUp(c) && c.nodeId === file.answeredBy)
      .toSorted((a, b) => (b.feed.snapshot?.takenAt ?? 0) - (a.feed.snapshot?.takenAt ?? 0));
    const snapshot = connection?.feed.snapshot;
    // What is edited and not yet applied differs by intention: the prediction tells of it.
    const settled = file.prediction?.items.every(({ verdict }) => verdict === 'unchanged') ?? true;
    if (connection === undefined || snapshot === undefined || file.link !== 'running' || !settled) return this.#clear(file.uri);
    const others = (await this.#otherConfigs()).filter(({ uri }) => uri !== file.uri.toString());
    const expectedVersion = vscode.workspace.getConfiguration('receptor', file.uri).get('version', 'auto');
    const drift = findDrift({ summary: file.summary, snapshot, others, expectedVersion });
    if (drift.length === 0 || !this.#isUp(connection) || !this.#language.documents.has(file.uri)) return this.#clear(file.uri);
    this.#found.set(file.uri.toString(), { uri: file.uri, drift, by: connection });
    this.#tell(connection.nodeId);
    this.#problems.set(
      file.uri,
      drift.map(({ code, message, range }) => {
        const problem = new vscode.Diagnostic(
          range === undefined ? new vscode.Range(0, 0, 0, 0) : toRange(range),
          plain(message, 400),
          vscode.DiagnosticSeverity.Information,
        );
        problem.source = 'receptor (running node)';
        problem.code = code;
        return problem;
      }),
    );
  }

  #clear(uri: vscode.Uri): void {
    this.#problems.delete(uri);
    const found = this.#found.get(uri.toString());
    if (this.#found.delete(uri.toString())) this.#tell(found?.by.nodeId);
  }

  #tell(nodeId: string | undefined): void {
    for (const connection of this.#connections.all) if (connection.nodeId === nodeId) this.#changed.fire(connection);
  }

  #otherConfigs(): Promise<readonly ConfigSummary[]> {
    if (this.#others === undefined || Date.now() - this.#others.at > othersTtlMs) {
      const others = { at: Date.now(), summaries: this.#readOthers() };
      this.#others = others;
      others.summaries.catch(() => {
        if (this.#others === others) this.#others = undefined; // read again when they are wanted again
      });
    }
    return this.#others.summaries;
  }

  async #readOthers(): Promise<readonly ConfigSummary[]> {
    const summaries = await Promise.all((await findReceptorFiles()).map((uri) => this.#language.summary(uri)));
    return summaries.filter((summary) => summary !== null);
  }
}
