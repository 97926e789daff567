/** The nodes that this window runs: one daemon for a config, with a terminal for its log. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { isControlError, ReceptorControl } from '../../control/index.ts';
import type { NodeStart } from '../../reload/baseline.ts';
import { findReceptorBinary } from '../../runner/find.ts';
import { causeOf, type LogCause } from '../../runner/log.ts';
import { NodeProcess, type NodeExit } from '../../runner/node.ts';
import type { ConfigSummary } from '../../../../server/src/protocol/requests.ts';
import type { Language } from '../../language/language.ts';
import { requireTrust, type Connections } from '../connections.ts';
import { candidatesOf } from '../discovery.ts';
import { plain } from '../hostile.ts';
import { describe, type Notices } from '../notify.ts';
import { placeOf } from './place.ts';
import { NodeTerminal, registerCauseLinks } from './terminal.ts';

/** A banner comes within milliseconds on the same machine. */
const probeTimeout = 2_000;

/** A config and the daemon that we started with it; it stays after the daemon ended, to tell how. */
export interface LocalNode {
  readonly uri: vscode.Uri;
  readonly process: NodeProcess;
  readonly terminal: vscode.Terminal;
  readonly view: NodeTerminal;
  /** The text that the daemon read at its start. */
  readonly text: string;
  readonly summary: ConfigSummary;
}

export const isAlive = (node: LocalNode | undefined): node is LocalNode => node !== undefined && node.process.exit === undefined;

/** What the registry needs of the window. */
export interface NodesDeps {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly notices: Notices;
  readonly language: Pick<Language, 'summary'>;
  readonly connections: Connections;
}

export class Nodes implements vscode.Disposable {
  readonly #deps: NodesDeps;
  readonly #nodes = new Map<string, LocalNode>();
  /** Starts under way, by config: whoever asks meanwhile waits for the same node. */
  readonly #starts = new Map<string, Promise<LocalNode>>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  /** Aborted when everything is stopped, and replaced. */
  #halt = new AbortController();
  readonly #problems = vscode.languages.createDiagnosticCollection('receptor-node');
  readonly #disposables: vscode.Disposable[];

  /** Fired with the config whose node started, became ready, or ended. */
  readonly onDidChange = this.#changed.event;

  constructor(deps: NodesDeps) {
    this.#deps = deps;
    this.#disposables = [
      this.#changed,
      this.#problems,
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#problems.delete(document.uri)),
      vscode.window.onDidCloseTerminal((terminal) => this.#closed(terminal)),
      registerCauseLinks(
        (terminal) => this.#in(terminal)?.uri,
        (uri, cause) => this.#reveal(uri, cause),
      ),
    ];
  }

  get all(): readonly LocalNode[] {
    return [...this.#nodes.values()];
  }

  get(uri: vscode.Uri): LocalNode | undefined {
    return this.#nodes.get(uri.toString());
  }

  /**
   * Starts the node of a config, and resolves when it is ready. A node that runs already is shown instead.
   * @throws Error with cause and next step: no receptor, no config, a template, or what the daemon said
   */
  async run(uri: vscode.Uri): Promise<LocalNode> {
    requireTrust();
    const known = this.get(uri);
    if (isAlive(known) && known.process.state !== 'stopping') {
      known.terminal.show(true);
      return known;
    }
    const { halted } = this;
    return this.#once(uri, async () => {
      await known?.process.exited; // what was told to end holds its ports until then
      return this.#run(uri, known, halted);
    });
  }

  async stop(uri: vscode.Uri): Promise<NodeExit | undefined> {
    const node = this.get(uri);
    return isAlive(node) ? node.process.stop() : undefined;
  }

  /** Ends every node, and keeps those from starting that were to start by now. */
  async stopAll(): Promise<readonly (NodeExit | undefined)[]> {
    this.#halt.abort();
    this.#halt = new AbortController();
    return Promise.all(this.all.map(({ uri }) => this.stop(uri)));
  }

  /** Aborts when everything is stopped: who starts several nodes one after the other starts no more of them then. */
  get halted(): AbortSignal {
    return this.#halt.signal;
  }

  async restart(uri: vscode.Uri): Promise<LocalNode> {
    requireTrust();
    const { halted } = this;
    return this.#once(uri, async () => {
      await this.stop(uri);
      return this.#run(uri, this.get(uri), halted);
    });
  }

  /** Ends every node, or lets go of those that shall outlive the window. */
  dispose(): void {
    this.#halt.abort();
    for (const node of this.#nodes.values()) {
      if (!isAlive(node)) continue;
      if (node.process.options.logFile === undefined) void node.process.stop();
      else node.process.leave();
    }
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  #in(terminal: vscode.Terminal): LocalNode | undefined {
    return this.all.find((node) => node.terminal === terminal);
  }

  /** A terminal that is closed takes its node with it, as any does. With the window, `dispose` has the say over both. */
  #closed(terminal: vscode.Terminal): void {
    const node = this.#in(terminal);
    if (isAlive(node) && terminal.exitStatus?.reason !== vscode.TerminalExitReason.Shutdown) void node.process.stop();
  }

  #once(uri: vscode.Uri, start: () => Promise<LocalNode>): Promise<LocalNode> {
    const key = uri.toString();
    const pending = this.#starts.get(key);
    if (pending !== undefined) return pending;
    const starting = start().finally(() => this.#starts.delete(key));
    this.#starts.set(key, starting);
    return starting;
  }

  async #run(uri: vscode.Uri, known: LocalNode | undefined, halted: AbortSignal): Promise<LocalNode> {
    const name = plain(path.basename(uri.path));
    if (uri.scheme !== 'file') throw new Error(`${plain(uri.path)} is not on this machine's disk: save it there to run it.`);
    const document = vscode.workspace.textDocuments.find((d) => d.uri.toString() === uri.toString());
    if (document?.isDirty === true && !(await document.save())) throw new Error(`${name} could not be saved, so it was not run.`);
    const summary = await this.#deps.language.summary(uri);
    if (summary === null) throw new Error(`${name} is not a receptor config.`);
    if (summary.templated) throw new Error(`${name} is a template: render it, and run what comes out.`);
    const binary = await findReceptorBinary({ configured: runSettings.path() });
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    this.#problems.delete(uri);
    if (halted.aborted) throw new NodeEndedError('it was stopped before it was started');
    return this.#start(uri, summary, binary.path, text, known);
  }

  async #start(uri: vscode.Uri, summary: ConfigSummary, binary: string, text: string, before: LocalNode | undefined): Promise<LocalNode> {
    const { context, log } = this.#deps;
    const process = new NodeProcess({
      binary,
      configPath: uri.fsPath,
      format: summary.format,
      logFile: runSettings.keepRunning() ? logFileOf(context, uri) : undefined,
      answers: () => answersAs(uri, summary),
    });
    const name = summary.nodeId ?? path.basename(uri.fsPath);
    const reused = before !== undefined && before.terminal.exitStatus === undefined ? before : undefined;
    const view = reused?.view ?? new NodeTerminal(() => void this.stop(uri));
    const terminal =
      reused?.terminal ??
      vscode.window.createTerminal({ name: `receptor ${plain(name, 40)}`, pty: view, iconPath: new vscode.ThemeIcon('server-process') });
    view.follow(process, `${binary}${summary.format === 'v2' ? ' --config-v2' : ''} --config ${uri.fsPath}`);
    if (reused === undefined) terminal.show(true);
    const node: LocalNode = { uri, process, terminal, view, text, summary };
    this.#nodes.set(uri.toString(), node);
    process.on('state', () => this.#changed.fire(uri));
    this.#changed.fire(uri);
    log.info(`Started node ${plain(name)} from ${plain(uri.fsPath)} (pid ${process.pid ?? 'none'}).`);
    void process.exited.then((exit) => this.#ended(node, exit));
    await ready(process);
    void this.#connect(node);
    return node;
  }

  /** A node that runs from here is what the user wants to see: the Mesh view shows it when nothing else is connected. */
  async #connect({ uri, summary }: LocalNode): Promise<void> {
    const { connections, log } = this.#deps;
    if (connections.all.length > 0) return;
    try {
      const candidate = (await candidatesOf(uri, summary)).find(({ address, exists }) => exists && address.startsWith('unix:'));
      if (candidate !== undefined) await connections.connect({ name: summary.nodeId ?? candidate.address, address: candidate.address });
    } catch (error) {
      log.warn(`The node runs, but its control service did not answer: ${plain(describe(error), 600)}`);
    }
  }

  #ended(node: LocalNode, exit: NodeExit): void {
    if (exit.wanted) return;
    const { notices } = this.#deps;
    const name = node.summary.nodeId ?? path.basename(node.uri.fsPath);
    const reason = exit.reason ?? (exit.signal === undefined ? `exit code ${exit.code ?? '?'}` : exit.signal);
    const cause = causeOf(reason);
    this.#blame(node, reason, cause);
    notices.settled(`node ${node.uri.toString()}`);
    notices.failure(
      `node ${node.uri.toString()}`,
      `Node ${name} ended`,
      new Error(cause === undefined ? reason : `${reason}. ${cause.advice}`),
      { title: 'Show Config', run: () => this.#reveal(node.uri, cause) },
      { title: 'Show Log', run: () => vscode.commands.executeCommand('receptor.node.showLog', node.uri) },
    );
  }

  /** The daemon's words on the item that they are about, unless the language server says it there already. */
  #blame({ uri, summary }: LocalNode, reason: string, cause: LogCause | undefined): void {
    const known = vscode.languages
      .getDiagnostics(uri)
      .some((d) => d.source === 'receptor' && d.severity === vscode.DiagnosticSeverity.Error);
    if (known) return;
    const text = cause === undefined ? reason : `${reason}\n${cause.advice}`;
    const problem = new vscode.Diagnostic(placeOf(summary, cause), text, vscode.DiagnosticSeverity.Error);
    problem.source = 'receptor (last run)';
    this.#problems.set(uri, [problem]);
  }

  async #reveal(uri: vscode.Uri, cause: LogCause | undefined): Promise<void> {
    const summary = await this.#deps.language.summary(uri);
    const at = summary === null ? undefined : placeOf(summary, cause);
    await vscode.window.showTextDocument(uri, at === undefined ? {} : { selection: at });
  }
}

/** Settings of running nodes, read at each use. */
export const runSettings = {
  path: (): string => vscode.workspace.getConfiguration('receptor').get('path', ''),
  keepRunning: (): boolean => vscode.workspace.getConfiguration('receptor').get('run.keepRunning', false),
};

/** Whether the control service of a config answers, with the id that the config gives the node. */
async function answersAs(uri: vscode.Uri, summary: ConfigSummary): Promise<boolean> {
  for (const { address, exists } of await candidatesOf(uri, summary)) {
    if (!exists || address.startsWith('tls:')) continue;
    const id = await nodeIdAt(address);
    if (id !== undefined && (summary.nodeId === undefined || summary.nodeId === id)) return true;
  }
  return false;
}

/** The id in the banner of whoever answers there; undefined for nobody, or nobody we can speak to: a stale socket, another user's. */
export async function nodeIdAt(address: string): Promise<string | undefined> {
  try {
    const control = await ReceptorControl.connect(address, { timeout: probeTimeout });
    await control.close();
    return control.nodeId;
  } catch (error) {
    if (isControlError(error)) return undefined;
    throw error;
  }
}

/** Resolves when the daemon is ready; rejects with its words when it ends before. */
function ready(process: NodeProcess): Promise<void> {
  if (process.state === 'running') return Promise.resolve();
  return new Promise((resolve, reject) => {
    process.on('state', (state) => {
      if (state === 'running') resolve();
      else if (state === 'ended') reject(new NodeEndedError(process.exit?.reason ?? 'it ended before it was ready'));
    });
  });
}

/** The daemon ended before it was ready; this was told already, with its log. */
export class NodeEndedError extends Error {
  override name = 'NodeEndedError';
}

const logFileOf = (context: vscode.ExtensionContext, uri: vscode.Uri): string =>
  path.join(
    (context.storageUri ?? context.globalStorageUri).fsPath,
    'nodes',
    `${path.basename(uri.fsPath)}-${createHash('sha256').update(uri.fsPath).digest('hex').slice(0, 8)}.log`,
  );

/** When the node of a socket started: the socket is made anew at each start, and its file tells. Undefined without a socket. */
export async function startOf(socket: string): Promise<NodeStart | undefined> {
  try {
    const { ino, mtimeMs } = await stat(socket);
    return { id: `${ino}:${mtimeMs}`, at: mtimeMs };
  } catch {
    return undefined;
  }
}
