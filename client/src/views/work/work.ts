/** What the parts of work share; made once by `activate()`. */
import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import type { Connection } from '../connection.ts';
import type { Notices } from '../notify.ts';
import { isFinal } from '../../control/replies.ts';
import type { FollowEnd } from '../../work/follow.ts';
import { Endings, type Ending } from './endings.ts';
import { endText } from './endText.ts';
import { Followings } from './followings.ts';
import { WorkHost } from './hosts.ts';
import { ResultsDocuments } from './resultsDocuments.ts';
import { Choices, HistoryStore } from './stores.ts';
import { TimesStore } from './timesStore.ts';
import { UnitsView } from './unitsView.ts';
import type { ResultsTerminal } from './resultsTerminal.ts';

export class Work implements vscode.Disposable {
  readonly times: TimesStore;
  readonly history: HistoryStore;
  readonly choices: Choices;
  readonly followings = new Followings();
  readonly endings = new Endings();
  readonly results: ResultsDocuments;
  readonly units: UnitsView;
  /** Terminals that follow results, so that a command finds that of the active terminal. */
  readonly terminals = new Map<vscode.Terminal, ResultsTerminal>();
  readonly #connections: Connections;
  readonly #notices: Notices;
  readonly #others = new Map<string, WorkHost>();
  readonly #disposables: vscode.Disposable[];

  constructor(context: vscode.ExtensionContext, connections: Connections, notices: Notices) {
    this.#connections = connections;
    this.#notices = notices;
    this.times = new TimesStore(context.globalState);
    this.history = new HistoryStore(context.workspaceState);
    this.choices = new Choices(context.workspaceState);
    this.units = new UnitsView(connections, context.workspaceState, this.times, (nodeId, list, askedAt) => {
      this.times.note(nodeId, list);
      this.history.note(nodeId, list, askedAt);
      this.endings.note(nodeId, list);
    });
    this.results = new ResultsDocuments(this.followings, this.endings, (connection, node) => this.#find(connection, node));
    this.#disposables = [
      this.history,
      this.units,
      this.results,
      this.endings.onDidEnd.on((ending) => this.#ended(ending)),
      connections.onDidChange(() => {
        this.followings.stopClosed();
        this.#awaitEarlier();
      }),
      vscode.window.onDidCloseTerminal((terminal) => void this.terminals.delete(terminal)),
    ];
  }

  /** The node that a connection leads to. */
  hostOf(connection: Connection): WorkHost {
    return this.units.feedOf(connection)?.host ?? new WorkHost(connection);
  }

  /** The unit was released: no view asks for it again. */
  forget(host: WorkHost, unitId: string): void {
    const nodeId = host.nodeId ?? '';
    for (const feed of this.units.feeds) if (feed.host.nodeId === nodeId) feed.forget(unitId);
    this.endings.forget(nodeId, unitId);
    this.history.noteReleased(nodeId, unitId);
  }

  /** Whoever followed the unit shows its end: it is noted, and no news any more. */
  shown(host: WorkHost, unitId: string, { status }: FollowEnd): void {
    if (status === undefined) return;
    if (isFinal(status)) this.endings.forget(host.nodeId ?? '', unitId);
    this.history.note(host.nodeId ?? '', { [unitId]: status });
  }

  /** As far as it was seen. */
  hasEnded(host: WorkHost, unitId: string): boolean {
    const statuses = this.units.feeds.filter((feed) => feed.host.nodeId === host.nodeId).map((feed) => feed.statusOf(unitId));
    return statuses.some((status) => status !== undefined && isFinal(status));
  }

  dispose(): void {
    this.followings.dispose();
    this.endings.dispose();
    for (const host of this.#others.values()) host.dispose();
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  /** What was submitted before this window was loaded, and has no end yet. */
  #awaitEarlier(): void {
    for (const { nodeId, unitId, end, connection: name } of this.history.records) {
      const connection = end === undefined ? this.#connections.find(name) : undefined;
      if (connection?.state.kind === 'up' && connection.nodeId === nodeId) this.endings.watch(this.hostOf(connection), unitId, 'unknown');
    }
  }

  #ended({ host, unitId, end, news }: Ending): void {
    const nodeId = host.nodeId ?? '';
    if (end.status !== undefined) this.history.note(nodeId, { [unitId]: end.status });
    else if (end.reason === 'gone') this.history.noteReleased(nodeId, unitId);
    if (!news) return;
    const title = this.history.of(nodeId, unitId)?.title;
    const run = (command: string) => async () => vscode.commands.executeCommand(command, { host, unitId });
    this.#notices.information(
      `${title === undefined ? 'Unit' : `${title}, unit`} ${unitId}: ${endText(end)}`,
      ...(end.reason === 'gone'
        ? []
        : [
            { title: 'Open Results', run: run('receptor.work.openResults') },
            { title: 'Release Unit', run: run('receptor.work.release') },
          ]),
    );
  }

  #find(name: string, node: string): WorkHost | undefined {
    const connection = this.#connections.find(name);
    if (connection === undefined) return undefined;
    if (node === '') return this.hostOf(connection);
    const shown = this.units.feeds.find(({ host }) => host.connection === connection && host.remote?.node === node);
    if (shown !== undefined) return shown.host;
    const key = `${name}\n${node}`;
    const known = this.#others.get(key);
    if (known !== undefined && !known.closed) return known;
    const host = new WorkHost(connection, { node, tlsClient: undefined });
    this.#others.set(key, host);
    return host;
  }
}
