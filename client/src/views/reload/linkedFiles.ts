/** Which live node each open config is: found by its control socket, or told by the user. */
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ConfigSummary, PredictReloadParams, ReloadPrediction } from '../../../../server/src/protocol/requests.ts';
import { predictReloadRequest } from '../../../../server/src/protocol/requests.ts';
import { formatAddress, parseAddress } from '../../control/index.ts';
import type { Language } from '../../language/language.ts';
import { Baselines, changedAt, startOfConnection, type NodeStart, type Running } from '../../reload/baseline.ts';
import { withoutReload, type LinkKind } from '../../reload/decide.ts';
import type { Connection } from '../connection.ts';
import { resolveVariables, type Connections } from '../connections.ts';
import { candidatesOf } from '../discovery.ts';
import { isAlive, nodeIdAt, startOf, type Nodes } from '../nodes/nodes.ts';

/** What is known of one open config. */
export interface LinkedFile {
  readonly uri: vscode.Uri;
  readonly summary: ConfigSummary;
  readonly link: LinkKind;
  /** Id that answered at the config's socket, also when it is another node's. */
  readonly answeredBy: string | undefined;
  /** Where the node is reached; undefined when nothing answers. */
  readonly address: string | undefined;
  /** The connection that the user linked the file to. */
  readonly connection: Connection | undefined;
  readonly start: NodeStart | undefined;
  /** The path that the node reads, when that is surely not this file as it is on the disk. */
  readonly startedFrom: string | undefined;
  /** The text that the node runs; undefined when we did not see it. */
  readonly baseline: string | undefined;
  /** The text on the disk when the file was first looked at with this start of its node, whatever the node runs. */
  readonly seen: string | undefined;
  /** The node lost its backends to a refused reload, as far as we saw. */
  readonly linksDown: boolean;
  /** v2: the text on the disk, which the daemon's watch has seen. */
  readonly watched: string | undefined;
  /** What a save would do with the text as it is in the editor; undefined when we do not know what the node runs. */
  readonly prediction: ReloadPrediction | undefined;
}

/** Typing rests this long before the prediction is asked for again. */
const settleMs = 150;
/** While a config is looked at, its node is looked for this often. */
const lookInterval = 10_000;
const linksKey = 'receptor.links';

export interface LinkDeps {
  readonly context: vscode.ExtensionContext;
  readonly language: Language;
  readonly connections: Connections;
  readonly nodes: Nodes;
}

export class LinkedFiles implements vscode.Disposable {
  readonly baselines: Baselines;
  readonly #deps: LinkDeps;
  readonly #files = new Map<string, LinkedFile>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #seen = new Map<string, { readonly start: string; readonly text: string }>();
  readonly #changed = new vscode.EventEmitter<LinkedFile | undefined>();
  readonly #disposables: vscode.Disposable[];
  #clock: NodeJS.Timeout | undefined;

  /** Fired with what was looked at; with undefined when a file was forgotten. */
  readonly onDidChange = this.#changed.event;

  constructor(deps: LinkDeps) {
    this.#deps = deps;
    this.baselines = new Baselines(path.join(deps.context.globalStorageUri.fsPath, 'running'));
    const { documents } = deps.language;
    this.#disposables = [
      this.#changed,
      documents.onDidAdd((document) => this.#soon(document.uri)),
      documents.onDidRemove(({ uri }) => {
        this.#forget(uri);
        this.#seen.delete(uri.toString());
        this.#look();
      }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && documents.has(document.uri)) this.#soon(document.uri);
      }),
      vscode.window.onDidChangeActiveTextEditor(() => this.#look()),
      vscode.window.onDidChangeWindowState(() => this.#look()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#look()),
      deps.connections.onDidChange(() => this.#look()),
      deps.nodes.onDidChange((uri) => void this.#nodeChanged(uri)),
    ];
    for (const document of documents.all) this.#soon(document.uri);
    this.#look();
  }

  get(uri: vscode.Uri): LinkedFile | undefined {
    return this.#files.get(uri.toString());
  }

  /** Looks again now: after a save, a reload, a command. Undefined for a file that is no config. */
  async refresh(uri: vscode.Uri): Promise<LinkedFile | undefined> {
    if (!vscode.workspace.isTrusted || uri.scheme !== 'file') return undefined;
    const summary = await this.#deps.language.summary(uri);
    if (summary === null) return undefined;
    const answering = await this.#find(uri, summary);
    const { start } = answering;
    const local = answering.link === 'unreachable' ? this.#deps.nodes.get(uri)?.text : undefined;
    const disk = start === undefined && local === undefined ? undefined : await onDisk(uri);
    // The daemon reads the path that it was started with, whatever was renamed since.
    const startedFrom =
      start === undefined ? undefined : disk === undefined ? uri.fsPath : await this.baselines.otherFile(uri.fsPath, start);
    const found = answering.link === 'running' && startedFrom !== undefined ? { ...answering, link: 'other-file' as const } : answering;
    const running = found.start === undefined ? undefined : await this.#runningOf(uri, found.start, disk);
    // The watch of v2 has applied what is on the disk, whatever the node was started with.
    const watched = summary.format === 'v2' && (found.link === 'running' || local !== undefined) ? disk?.text : undefined;
    const known = {
      uri,
      summary,
      ...found,
      startedFrom,
      baseline: running?.text ?? local,
      seen: start === undefined || disk === undefined ? undefined : this.#firstSeen(uri, start, disk.text),
      linksDown: running?.linksDown ?? false,
      watched,
    };
    const file: LinkedFile = { ...known, prediction: await this.predictionOf(known) };
    this.#files.set(uri.toString(), file);
    this.#changed.fire(file);
    return file;
  }

  /**
   * The config that the node of this connection reads, looked at anew; `file` is undefined when it is not open. Undefined
   * when none is known, or several could be meant.
   */
  async readBy(connection: Connection): Promise<{ uri: vscode.Uri; start: NodeStart; file: LinkedFile | undefined } | undefined> {
    const { start: socket } = await whereOf(connection);
    const known = [...this.#files.values()].filter(({ answeredBy }) => answeredBy !== undefined && answeredBy === connection.nodeId);
    const looked = await Promise.all(known.map(({ uri }) => this.refresh(uri)));
    const open = looked.filter((file) => file?.link === 'running' && !file.summary.templated);
    // Two sockets are of one node only when they are one; of any other way to a node its id must do.
    const isSame = (file: LinkedFile | undefined): boolean =>
      file?.connection === connection || addressOf(connection)?.startsWith('unix:') !== true || file?.start?.id === socket?.id;
    const same = open.filter(isSame);
    const file = same.find((each) => each?.baseline !== undefined) ?? (same.length === 1 ? same[0] : undefined);
    if (file?.start !== undefined) return { uri: file.uri, start: file.start, file };
    const kept = socket === undefined ? undefined : await this.baselines.fileOf(socket);
    return socket === undefined || kept === undefined ? undefined : { uri: vscode.Uri.file(kept), start: socket, file: undefined };
  }

  /**
   * What a save would do; undefined when it is not known what the node runs.
   * @param text that is saved; the text in the editor when absent
   */
  async predictionOf(file: Omit<LinkedFile, 'prediction'>, text?: string): Promise<ReloadPrediction | undefined> {
    const { uri, link, watched, baseline = watched } = file;
    if (baseline === undefined) return undefined;
    const prediction = await this.predict(uri, baseline, watched, text);
    return link === 'unreachable' ? withoutReload(prediction) : prediction;
  }

  async predict(uri: vscode.Uri, baseline: string, watched: string | undefined, text?: string): Promise<ReloadPrediction> {
    const params: PredictReloadParams = {
      uri: uri.toString(),
      baseline,
      ...(watched === undefined ? {} : { watched }),
      ...(text === undefined ? {} : { text }),
    };
    return (await this.#deps.language.server()).request<ReloadPrediction>(predictReloadRequest, params);
  }

  /** Remembers that the file belongs to the node of this connection; undefined forgets it. */
  async linkTo(uri: vscode.Uri, connection: Connection | undefined): Promise<void> {
    const { workspaceState } = this.#deps.context;
    const { [uri.toString()]: _before, ...others } = workspaceState.get<Record<string, string>>(linksKey) ?? {};
    await workspaceState.update(linksKey, connection === undefined ? others : { ...others, [uri.toString()]: connection.name });
    await this.refresh(uri);
  }

  dispose(): void {
    clearInterval(this.#clock);
    for (const timer of this.#timers.values()) clearTimeout(timer);
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  async #find(
    uri: vscode.Uri,
    summary: ConfigSummary,
  ): Promise<Pick<LinkedFile, 'link' | 'answeredBy' | 'address' | 'connection' | 'start'>> {
    const nothing = { answeredBy: undefined, address: undefined, connection: undefined, start: undefined };
    const wanted = summary.nodeId ?? os.hostname();
    const named = this.#deps.context.workspaceState.get<Record<string, string>>(linksKey)?.[uri.toString()];
    const connection = named === undefined ? undefined : this.#deps.connections.find(named);
    if (connection !== undefined) {
      const answeredBy = connection.state.kind === 'up' ? connection.state.nodeId : undefined;
      return { link: kindOf(answeredBy, wanted), answeredBy, connection, ...(await whereOf(connection)) };
    }
    const sockets = (await candidatesOf(uri, summary)).filter(({ address }) => address.startsWith('unix:'));
    if (sockets.length === 0) return { ...nothing, link: isAlive(this.#deps.nodes.get(uri)) ? 'unreachable' : 'unknown' };
    for (const { address, exists } of sockets) {
      if (!exists) continue;
      const answeredBy = await this.#probe(address);
      if (answeredBy === undefined) continue;
      const start = await startOf(address.slice('unix:'.length));
      return { link: kindOf(answeredBy, wanted), answeredBy, address, connection: undefined, start };
    }
    return { ...nothing, link: 'not-running' };
  }

  /** The id in the banner of whoever answers there. */
  async #probe(address: string): Promise<string | undefined> {
    const open = this.#deps.connections.at(address);
    return open?.state.kind === 'up' ? open.state.nodeId : nodeIdAt(address);
  }

  #firstSeen(uri: vscode.Uri, { id }: NodeStart, text: string): string {
    const key = uri.toString();
    const seen = this.#seen.get(key);
    if (seen?.start === id) return seen.text;
    this.#seen.set(key, { start: id, text });
    return text;
  }

  async #runningOf(uri: vscode.Uri, start: NodeStart, disk: DiskText | undefined): Promise<Running | undefined> {
    return disk === undefined ? this.baselines.get(uri.fsPath, start) : this.baselines.learn(uri.fsPath, start, disk);
  }

  /** A node that we started runs the text that we started it with. */
  async #nodeChanged(uri: vscode.Uri): Promise<void> {
    const node = this.#deps.nodes.get(uri);
    if (node?.process.state === 'running') {
      for (const { address, exists } of await candidatesOf(uri, node.summary)) {
        const start = exists && address.startsWith('unix:') ? await startOf(address.slice('unix:'.length)) : undefined;
        if (start !== undefined) await this.baselines.keep(uri.fsPath, start, { text: node.text, linksDown: false }, 'started');
      }
    }
    if (this.#deps.language.documents.has(uri)) this.#soon(uri);
  }

  #soon(uri: vscode.Uri): void {
    const id = uri.toString();
    clearTimeout(this.#timers.get(id));
    this.#timers.set(
      id,
      setTimeout(() => {
        this.#timers.delete(id);
        void this.#quietly(uri);
      }, settleMs),
    );
  }

  async #quietly(uri: vscode.Uri): Promise<void> {
    const { documents } = this.#deps.language;
    try {
      if (documents.has(uri)) await this.refresh(uri);
      if (!documents.has(uri)) this.#forget(uri); // closed meanwhile, or no config any more
    } catch {
      this.#forget(uri); // the server restarts: the next look tells
    }
  }

  /** Follows the config that is looked at; nothing is asked while the window is not. */
  #look(): void {
    clearInterval(this.#clock);
    const uri = vscode.window.activeTextEditor?.document.uri;
    if (uri === undefined || !vscode.window.state.focused || !this.#deps.language.documents.has(uri)) return;
    this.#soon(uri);
    this.#clock = setInterval(() => this.#soon(uri), lookInterval);
  }

  #forget(uri: vscode.Uri): void {
    const id = uri.toString();
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    if (this.#files.delete(id)) this.#changed.fire(undefined);
  }
}

interface DiskText {
  readonly text: string;
  readonly changedAt: number;
}

/** Undefined for a file that was deleted or renamed meanwhile. */
async function onDisk(uri: vscode.Uri): Promise<DiskText | undefined> {
  try {
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    return { text, changedAt: await changedAt(uri.fsPath) }; // asked last: a change meanwhile makes it younger
  } catch {
    return undefined;
  }
}

const kindOf = (answeredBy: string | undefined, wanted: string): LinkKind =>
  answeredBy === undefined ? 'not-running' : answeredBy === wanted ? 'running' : 'other-node';

/** Where a connection leads, in one form for each place; undefined when it goes through another node. */
export function addressOf({ via, profile }: Connection): string | undefined {
  if (via !== undefined) return undefined;
  try {
    return formatAddress(parseAddress(resolveVariables(profile.address)));
  } catch {
    return profile.address; // it leads nowhere
  }
}

/** Where the node of a connection is, and when it started: as its socket tells, else since we are connected. */
async function whereOf(connection: Connection): Promise<Pick<LinkedFile, 'address' | 'start'>> {
  const address = addressOf(connection);
  const { name, state } = connection;
  if (address?.startsWith('unix:') === true) return { address, start: await startOf(address.slice('unix:'.length)) };
  return { address, start: state.kind === 'up' ? startOfConnection(name, state.nodeId, state.since) : undefined };
}
