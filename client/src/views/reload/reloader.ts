/** Reloads a node, explains what the daemon says to it, and watches its links come back. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { ConfigSummary, ReloadPrediction } from '../../../../server/src/protocol/requests.ts';
import { ReceptorControl } from '../../control/index.ts';
import { describePrediction, whyNoReload } from '../../reload/decide.ts';
import { watchLinks, type LinkReport } from '../../reload/links.ts';
import type { BlamedPart } from '../../reload/outcome.ts';
import { linksOf, reloadNode, type ReloadControl, type ReloadOptions, type ReloadReport } from '../../reload/perform.ts';
import type { Connection } from '../connection.ts';
import { notice, plain } from '../hostile.ts';
import type { Notices, Offer } from '../notify.ts';
import { signalOf } from '../progress.ts';
import { placeOf, toRange } from '../nodes/place.ts';
import { isAlive, type Nodes } from '../nodes/nodes.ts';
import { addressOf, type LinkedFile, type LinkedFiles } from './linkedFiles.ts';

/** The daemon sees a written file within some hundred ms, in ms. */
const watchNotices = 3_000;
/** A file that stays as it is for so long is written, in ms; and how often that is looked at. */
const writtenMs = 100;
const mostLooks = 10;

export class Reloader implements vscode.Disposable {
  readonly #files: LinkedFiles;
  readonly #nodes: Nodes;
  readonly #notices: Notices;
  readonly #problems = vscode.languages.createDiagnosticCollection('receptor-reload');
  readonly #subscription: vscode.Disposable;
  /** One reload of a node at a time, by `turnKey`. */
  readonly #turns = new Map<string, Turn>();

  constructor(files: LinkedFiles, nodes: Nodes, notices: Notices) {
    this.#files = files;
    this.#nodes = nodes;
    this.#notices = notices;
    this.#subscription = vscode.workspace.onDidChangeTextDocument(({ document }) => this.#problems.delete(document.uri));
  }

  /**
   * Reloads the node of a file, and tells what came of it; undefined when nothing was reloaded, which is told too. While the
   * links of an earlier reload come back, the same text waits with it, and a newer one does not wait for them.
   * Rejects with a ControlError when the node cannot be asked.
   */
  async reload(file: LinkedFile): Promise<ReloadReport | undefined> {
    const key = file.connection === undefined ? (file.address ?? file.uri.toString()) : turnKey(file.connection);
    const text = await textOf(file.uri).catch(() => undefined);
    let before: readonly string[] = [];
    for (let turn = this.#turns.get(key); turn !== undefined; turn = this.#turns.get(key)) {
      if (turn.text === text) return turn.done;
      turn.overtaken.abort();
      await turn.done.catch(() => undefined); // told to whoever asked for it
      before = turn.before;
    }
    return this.#take(key, { text, before }, (turn) => this.#reloadFile(file.uri, turn));
  }

  /** Reloads the node of a connection, wherever its config is. */
  async reloadConnection(connection: Connection): Promise<ReloadReport | undefined> {
    const key = turnKey(connection);
    const turn = this.#turns.get(key);
    return turn?.done ?? this.#take(key, { text: undefined, before: [] }, (own) => this.#reloadNodeOf(connection, own));
  }

  /** v2: tells what the daemon's watch makes of a save, and follows the links that it restarts. */
  async watch(file: LinkedFile, prediction: ReloadPrediction, before: readonly string[]): Promise<void> {
    const name = nameOf(file);
    const restart = [...new Set(prediction.items.filter(({ verdict }) => verdict === 'restart').map(({ action }) => action))];
    if (prediction.watch !== 'restarts' || file.link === 'unreachable') {
      const unseen = prediction.watch === 'restarts' ? ' Its log tells whether its links come back.' : '';
      return this.#notices.information(
        `${name} watches its file by itself (--config-v2): this save ${describePrediction(prediction)}.${unseen}`,
        ...(restart.length === 0 ? [] : this.#restartOffer(file)),
      );
    }
    const links = await withProgress(`${name} restarts its links`, (progress, signal) =>
      withControl(file, (control) =>
        watchLinks({
          before,
          fewer: peersTakenAway(prediction),
          dropWithin: watchNotices,
          ask: (stop) => linksOf(control, stop),
          onReturn: (node, after) => progress.report({ message: `${plain(node, 60)} is back after ${seconds(after)}` }),
          signal,
        }),
      ),
    );
    this.#tellLinks(name, 'has applied its file', links);
    if (restart.length > 0) {
      this.#notices.information(
        `${name} reads ${restart.join(', ')} only when it starts: restart it to apply that.`,
        ...this.#restartOffer(file),
      );
    }
  }

  dispose(): void {
    vscode.Disposable.from(this.#problems, this.#subscription).dispose();
  }

  #take(
    key: string,
    { text, before }: Pick<Turn, 'text' | 'before'>,
    work: (turn: Turn) => Promise<ReloadReport | undefined>,
  ): Promise<ReloadReport | undefined> {
    const turn: Turn = { text, before, overtaken: new AbortController(), done: Promise.resolve(undefined) };
    this.#turns.set(key, turn);
    turn.done = work(turn).finally(() => this.#turns.delete(key));
    return turn.done;
  }

  async #reloadNodeOf(connection: Connection, turn: Turn): Promise<ReloadReport> {
    const name = plain(connection.nodeId ?? connection.name, 60);
    const read = await this.#files.readBy(connection).catch(() => undefined); // a node is reloaded also when no config can be read
    const text = read === undefined ? undefined : (turn.text = await settledTextOf(read.uri).catch(() => undefined));
    if (read !== undefined) this.#problems.delete(read.uri);
    const report = await this.#perform(name, (work) => connection.use(work), turn, {
      nodeId: connection.nodeId,
      fewer: peersTakenAway(read?.file?.prediction),
      lookAgain: lookThrough(connection),
      onOutcome: async (outcome) => {
        if (read === undefined || text === undefined) return;
        await this.#files.baselines.reloaded(read.uri.fsPath, read.start, text, outcome);
        if (read.file !== undefined) await this.#files.refresh(read.uri);
      },
    });
    this.#tell(name, report, read?.file, turn);
    return report;
  }

  async #reloadFile(uri: vscode.Uri, turn: Turn): Promise<ReloadReport | undefined> {
    // Before its turn came, the file and the node may have become others.
    const file = await this.#files.refresh(uri);
    if (file === undefined) return undefined;
    const name = nameOf(file);
    const no = whyNoReload({ link: file.link, templated: file.summary.templated });
    if (no !== undefined) {
      this.#notices.information(`Nothing was reloaded: ${no}.`, ...this.#wayOut(file));
      return undefined;
    }
    let release = file.start === undefined ? undefined : await this.#files.baselines.claim(file.start);
    if (file.start !== undefined && release === undefined) {
      this.#notices.information(`Another window reloads ${name} just now.`);
      return undefined;
    }
    try {
      const text = (turn.text = await settledTextOf(uri));
      this.#problems.delete(uri);
      const report = await this.#perform(name, (work) => withControl(file, work), turn, {
        nodeId: file.answeredBy,
        fewer: peersTakenAway(file.prediction),
        lookAgain: lookThrough(file.connection),
        onOutcome: async (outcome) => {
          if (file.start !== undefined) await this.#files.baselines.reloaded(uri.fsPath, file.start, text, outcome);
          // A newer save, in whichever window, need not wait for the links.
          await release?.();
          release = undefined;
          await this.#files.refresh(uri);
        },
      });
      this.#tell(name, report, file, turn);
      return report;
    } finally {
      await release?.();
    }
  }

  #perform(
    name: string,
    use: (work: (control: ReloadControl) => Promise<ReloadReport>) => Promise<ReloadReport>,
    turn: Turn,
    options: Pick<ReloadOptions, 'nodeId' | 'fewer' | 'lookAgain' | 'onOutcome'>,
  ): Promise<ReloadReport> {
    return withProgress(`Reloading ${name}`, (progress, signal) =>
      use((control) =>
        reloadNode(control, {
          ...options,
          before: turn.before,
          onStart: (links) => {
            turn.before = links;
            const all = links.length === 1 ? 'its link' : `its ${links.length} links`;
            if (links.length > 0) progress.report({ message: `waiting for ${all}` });
          },
          onReturn: (node, after) => progress.report({ message: `${plain(node, 60)} is back after ${seconds(after)}` }),
          signal: AbortSignal.any([signal, turn.overtaken.signal]),
        }),
      ),
    );
  }

  /** @param file the config, when the reload was of one */
  #tell(name: string, { outcome, links }: ReloadReport, file: LinkedFile | undefined, { overtaken }: Turn): void {
    if (overtaken.signal.aborted) return; // the newer reload tells
    const show = (part: BlamedPart, message: string): void => {
      if (file !== undefined) this.#show(file, part, message);
    };
    const cause = `reload ${name}`;
    switch (outcome.kind) {
      case 'done':
        return this.#tellLinks(name, 'was reloaded', links);
      case 'restart-needed':
        show({ action: outcome.action }, outcome.message);
        return this.#notices.information(
          `${name} was not reloaded: ${plain(outcome.action, 60)} was ${outcome.change}, and receptor reads it only when it starts. ` +
            'Until it restarts, a reload may overlook items that are removed.',
          ...(file === undefined ? [] : this.#restartOffer(file)),
        );
      case 'no-reload':
        return this.#notices.information(
          file?.summary.format === 'v2'
            ? `${name} watches its file by itself (--config-v2): what changed in its backends is applied already.`
            : `${name} has no file that it could read again: it was started with --config-v2, which watches its file, or without --config.`,
        );
      case 'refused':
        show(outcome.part, outcome.message);
        return this.#warn(
          cause,
          outcome.backendsDown
            ? `${name} refused the reload after it had stopped its links: ${outcome.message}. It runs on without them until a reload succeeds.`
            : `${name} refused the reload and goes on as before: ${outcome.message}`,
        );
      case 'lost':
        if (links !== undefined) return this.#tellLinks(name, 'dropped its links, and its answer with them', links);
        return this.#warn(
          cause,
          `${name} went away while it was asked to reload, so it is not known whether it did: ${outcome.message} See its log, and start it again if it has ended.`,
        );
      case 'unknown':
        return this.#warn(cause, `${name} did not reload: ${outcome.message}`);
    }
  }

  /** An answer to what was just asked for: news, however lately the same was told. */
  #warn(cause: string, text: string): void {
    this.#notices.settled(cause);
    this.#notices.warning(cause, text);
  }

  #tellLinks(name: string, did: string, links: LinkReport | undefined): void {
    const { back = [], missing = [], added = [], outage, silent = false } = links ?? {};
    if (links?.cancelled === true) {
      const away = missing.length === 0 ? '' : ` ${plain(missing.join(', '))} ${missing.length === 1 ? 'was' : 'were'} not back yet.`;
      return this.#notices.information(`${name} ${did}; its links were not waited for.${away}`);
    }
    if (silent) {
      return this.#warn(
        `links of ${name}`,
        `${name} ${did}, and then answered no more: it has ended, or its socket is gone. Its log says why.`,
      );
    }
    if (links !== undefined && outage === undefined) {
      return this.#warn(
        `links of ${name}`,
        `${name} ${did}, but ${plain(missing.join(', '))} did not come back. Its log says why; a peer dials again every 5 to 20 seconds.`,
      );
    }
    // Links that were there at the first look came back in a time that nobody saw.
    const after = outage === undefined || outage < 100 ? '' : ` after ${seconds(outage)}`;
    const returned = [
      back.length === 0 ? '' : `${back.length === 1 ? `the link with ${plain(back[0]!.node, 60)} is` : `${back.length} links are`} back`,
      added.length === 0 ? '' : `new: ${plain(added.join(', '))}`,
    ].filter(Boolean);
    const parts = [
      returned.length === 0 ? '' : `${returned.join('; ')}${after}`,
      missing.length === 0 ? '' : `gone: ${plain(missing.join(', '))}`,
    ].filter(Boolean);
    this.#notices.information(parts.length === 0 ? `${name} ${did}.` : `${name} ${did}; ${parts.join('; ')}.`);
  }

  /** The daemon's words on the item that they are about. */
  #show(file: LinkedFile, part: BlamedPart, message: string): void {
    const range = placeInPrediction(file.prediction, part) ?? placeInSummary(file.summary, part);
    const problem = new vscode.Diagnostic(range, plain(message, 600), vscode.DiagnosticSeverity.Warning);
    problem.source = 'receptor (reload)';
    this.#problems.set(file.uri, [problem]);
  }

  #restartOffer({ uri }: LinkedFile): Offer[] {
    return isAlive(this.#nodes.get(uri))
      ? [{ title: 'Restart Node', run: () => vscode.commands.executeCommand('receptor.node.restart', uri) }]
      : [];
  }

  /** What can be done for a file whose node cannot be reloaded. */
  #wayOut({ uri, link, summary }: LinkedFile): Offer[] {
    const offer = (title: string, command: string): Offer[] => [{ title, run: () => vscode.commands.executeCommand(command, uri) }];
    if (summary.templated) return [];
    if (link === 'unreachable') return offer('Restart Node', 'receptor.node.restart');
    if (link === 'not-running') return offer('Run This Node', 'receptor.node.run');
    return link === 'unknown' ? offer('Link to a Connection', 'receptor.linkToConnection') : [];
  }
}

/** A reload under way. */
interface Turn {
  /** What the node is made to read; undefined when that is not our file. */
  text: string | undefined;
  /** The links that it dropped, those of a reload that it overtook included. */
  before: readonly string[];
  /** Aborted by a newer text: its links are waited for together with those of the newer. */
  readonly overtaken: AbortController;
  done: Promise<ReloadReport | undefined>;
}

/** How the links of a node are looked at that is reached through the mesh: over these very links. */
const lookThrough = (connection: Connection | undefined): ReloadOptions['lookAgain'] =>
  connection?.via === undefined ? undefined : (signal) => connection.use((control) => linksOf(control, signal), signal);

/** The same for every way to one node that is known to lead there. */
const turnKey = (connection: Connection): string => addressOf(connection) ?? connection.name;

const textOf = async (uri: vscode.Uri): Promise<string> => new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));

/**
 * The text of a file that nobody is about to write: it is as the editor has it, or stays for a moment. Who writes a file
 * empties it first, and neither we nor the daemon shall take what stands there then for a config.
 */
async function settledTextOf(uri: vscode.Uri): Promise<string> {
  let text = await textOf(uri);
  for (let looks = 0; looks < mostLooks; looks++) {
    if (vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString() && document.getText() === text)) break;
    await new Promise((resolve) => setTimeout(resolve, writtenMs));
    const before = text;
    text = await textOf(uri);
    if (text === before) break;
  }
  return text;
}

const nameOf = (file: LinkedFile): string => plain(file.answeredBy ?? file.summary.nodeId ?? path.basename(file.uri.fsPath), 60);

async function withProgress<T>(
  title: string,
  work: (progress: vscode.Progress<{ message: string }>, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: notice(title), cancellable: true },
    (progress, token) => work({ report: ({ message }) => progress.report({ message: notice(message) }) }, signalOf(token)),
  );
}

/** The connection that the file is linked to, or one of its own to the node's socket. */
export async function withControl<T>(
  file: Pick<LinkedFile, 'connection' | 'address' | 'summary'>,
  work: (control: ReceptorControl) => Promise<T>,
): Promise<T> {
  if (file.connection !== undefined) return file.connection.use(work);
  if (file.address === undefined)
    throw new Error(`No control service of ${plain(file.summary.nodeId ?? 'this node')} answers: link the file to a connection first.`);
  const control = await ReceptorControl.connect(file.address);
  try {
    return await work(control);
  } finally {
    await control.close();
  }
}

function placeInPrediction(prediction: ReloadPrediction | undefined, { action }: BlamedPart): vscode.Range | undefined {
  const items = prediction?.items.filter((item) => item.range !== undefined && item.verdict !== 'unchanged') ?? [];
  const item = items.find((i) => action !== undefined && i.action === action) ?? items.find((i) => i.verdict === 'refused');
  return item?.range === undefined ? undefined : toRange(item.range);
}

const placeInSummary = (summary: ConfigSummary, { action, name }: BlamedPart): vscode.Range =>
  placeOf(summary, { actions: action === undefined ? [...summary.listeners, ...summary.peers].map((b) => b.action) : [action], name });

/** Peers that a change removes and does not replace: their links are not waited for. */
function peersTakenAway(prediction: ReloadPrediction | undefined): number {
  const peers = prediction?.items.filter(({ action, verdict }) => verdict === 'reloads' && /-peers?$/.test(action)) ?? [];
  const gone = peers.filter(({ range }) => range === undefined).length;
  return Math.max(0, gone - (peers.length - gone));
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
