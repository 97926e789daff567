/** The view "Work Units": the units of every connected node, and of other nodes on demand; of now while somebody looks. */
import * as vscode from 'vscode';
import type { Connection } from '../connection.ts';
import type { Connections } from '../connections.ts';
import { settings } from '../settings.ts';
import { WorkHost } from './hosts.ts';
import type { TimesStore } from './timesStore.ts';
import { UnitFeed, type UnitList } from './unitFeed.ts';
import { HostRow, type Grouping, type UnitOptions, type UnitViewRow } from './unitRows.ts';

const groupingKey = 'receptor.units.grouping';

export class UnitsView implements vscode.TreeDataProvider<UnitViewRow>, vscode.Disposable {
  readonly #view: vscode.TreeView<UnitViewRow>;
  readonly #changed = new vscode.EventEmitter<UnitViewRow | undefined>();
  readonly #connections: Connections;
  readonly #memory: vscode.Memento;
  readonly #times: TimesStore;
  readonly #onList: (nodeId: string, list: UnitList, askedAt: number) => void;
  readonly #hosts = new Map<string, { row: HostRow; subscription: { dispose(): void }; meshWatch: { dispose(): void } | undefined }>();
  readonly #disposables: vscode.Disposable[];
  #filter = '';

  readonly onDidChangeTreeData = this.#changed.event;

  /** @param onList told of each whole list and when it was asked for */
  constructor(
    connections: Connections,
    memory: vscode.Memento,
    times: TimesStore,
    onList: (nodeId: string, list: UnitList, askedAt: number) => void,
  ) {
    this.#connections = connections;
    this.#memory = memory;
    this.#times = times;
    this.#onList = onList;
    this.#view = vscode.window.createTreeView<UnitViewRow>('receptor.units', {
      treeDataProvider: this,
      showCollapseAll: true,
      canSelectMany: true,
    });
    this.#disposables = [
      this.#view,
      this.#changed,
      connections.onDidChange(() => this.#follow()),
      this.#view.onDidChangeVisibility(() => this.#look()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('receptor.refreshInterval')) for (const feed of this.feeds) feed.resume();
      }),
    ];
    this.#follow();
  }

  get grouping(): Grouping {
    return this.#memory.get(groupingKey, 'none');
  }

  get filter(): string {
    return this.#filter;
  }

  get feeds(): readonly UnitFeed[] {
    return [...this.#hosts.values()].map(({ row }) => row.feed);
  }

  /** The feed of a connection's own node. */
  feedOf(connection: Connection): UnitFeed | undefined {
    return this.#hosts.get(keyOf(connection))?.row.feed;
  }

  async setGrouping(grouping: Grouping): Promise<void> {
    await this.#memory.update(groupingKey, grouping);
    this.#changed.fire(undefined);
  }

  setFilter(filter: string): void {
    this.#filter = filter.trim().toLowerCase();
    void vscode.commands.executeCommand('setContext', 'receptor.units.filtered', this.#filter !== '');
    this.#changed.fire(undefined);
    this.#describe();
  }

  /** Adds the units of a node that is reached through `connection`. */
  showNode(connection: Connection, node: string, tlsClient: string | undefined): void {
    const key = keyOf(connection, node);
    const shown = this.#hosts.get(key)?.row.feed.host.remote;
    if (shown !== undefined && shown.tlsClient !== tlsClient) this.#remove(key); // it is reached otherwise from now on
    if (!this.#hosts.has(key)) this.#add(key, new WorkHost(connection, { node, tlsClient }));
  }

  hideNode(feed: UnitFeed): void {
    for (const [key, { row }] of this.#hosts) if (row.feed === feed && feed.host.remote !== undefined) this.#remove(key);
  }

  getChildren(row?: UnitViewRow): UnitViewRow[] {
    if (row !== undefined) return row.children();
    const rows = [...this.#hosts.values()].map((host) => host.row);
    return rows.length === 1 ? rows[0]!.children() : rows;
  }

  getTreeItem(row: UnitViewRow): vscode.TreeItem {
    return row.item();
  }

  getParent(row: UnitViewRow): UnitViewRow | undefined {
    return row.parent instanceof HostRow && this.#hosts.size === 1 ? undefined : row.parent;
  }

  resolveTreeItem(item: vscode.TreeItem, row: UnitViewRow): vscode.TreeItem {
    if ('tooltip' in row) item.tooltip = row.tooltip();
    return item;
  }

  /** Asks every node again. Failures are rows of the view. */
  async refresh(): Promise<void> {
    await Promise.allSettled(this.feeds.map(async (feed) => feed.refresh()));
  }

  dispose(): void {
    for (const key of this.#hosts.keys()) this.#remove(key);
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  #follow(): void {
    for (const [key, { row }] of this.#hosts) if (!this.#connections.all.includes(row.feed.host.connection)) this.#remove(key);
    for (const connection of this.#connections.all) {
      const key = keyOf(connection);
      // A connection that goes through another one already shows another node as its own.
      if (!this.#hosts.has(key)) this.#add(key, new WorkHost(connection));
    }
    this.#look();
    this.#changed.fire(undefined);
  }

  #add(key: string, host: WorkHost): void {
    const feed = new UnitFeed(host, this.#times.times, this.#onList, settings.refreshIntervalMs);
    const options: UnitOptions = viewOptions(this, this.#times);
    const row = new HostRow(feed, options);
    const subscription = feed.onDidAsk.on(() => this.#redraw(row));
    this.#hosts.set(key, { row, subscription, meshWatch: undefined });
    this.#look();
    this.#changed.fire(undefined);
  }

  #remove(key: string): void {
    const entry = this.#hosts.get(key);
    if (entry === undefined) return;
    this.#hosts.delete(key);
    entry.subscription.dispose();
    entry.meshWatch?.dispose();
    entry.row.feed.dispose();
    this.#changed.fire(undefined);
  }

  #redraw(row: HostRow): void {
    if (this.#view.visible) this.#changed.fire(this.#hosts.size === 1 ? undefined : row);
    this.#describe();
  }

  /** Polls stop when nobody looks. */
  #look(): void {
    for (const entry of this.#hosts.values()) {
      const { feed } = entry.row;
      const { connection } = feed.host;
      if (this.#view.visible && connection.state.kind !== 'closed') {
        feed.watch();
        // Which units are orphans, the routing table tells.
        entry.meshWatch ??= connection.feed.watch();
      } else {
        feed.unwatch();
        entry.meshWatch?.dispose();
        entry.meshWatch = undefined;
      }
    }
    this.#describe();
  }

  #describe(): void {
    const units = this.feeds.flatMap((feed) => feed.units);
    const running = units.filter(({ state }) => state === 1).length;
    const filtered = this.#filter === '' ? [] : [`filter: ${this.#filter}`];
    this.#view.description = [...(units.length === 0 ? [] : [`${running} running of ${units.length}`]), ...filtered].join(' · ');
  }
}

const keyOf = (connection: Connection, node?: string): string => `${connection.name}\n${node ?? ''}`;

const viewOptions = (view: UnitsView, times: TimesStore): UnitOptions => ({
  get grouping() {
    return view.grouping;
  },
  get filter() {
    return view.filter;
  },
  timeOf: (host, unitId) => times.times.of(host.nodeId ?? '', unitId),
});
