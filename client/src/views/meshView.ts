/** The view "Mesh": the rows of every open connection, kept of now while somebody looks. */
import * as vscode from 'vscode';
import { spanText } from '../mesh/age.ts';
import { countsText } from '../mesh/wording.ts';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';
import type { MeshChange } from './feed.ts';
import { plain } from './hostile.ts';
import { ConnectionRow, type MeshOptions } from './meshRows.ts';
import { describe } from './notify.ts';
import type { DriftMarks } from './reload/driftMarks.ts';
import type { Row } from './row.ts';
import { Trouble } from './trouble.ts';

/** More changed rows than this are redrawn as a whole, which is cheaper than one by one. */
const maxSingleRows = 100;
/** Lines in the tooltip of the badge. */
const maxTold = 10;
/** In the memory of the workspace, and as a context key. */
const groupedKey = 'receptor.mesh.grouped';

export class MeshView implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly #view: vscode.TreeView<Row>;
  readonly #changed = new vscode.EventEmitter<Row | undefined>();
  readonly #roots = new Map<
    Connection,
    { row: ConnectionRow; subscriptions: { dispose(): void }[]; watch: { dispose(): void } | undefined }
  >();
  readonly #connections: Connections;
  readonly #memory: vscode.Memento;
  readonly #trouble = new Trouble();
  readonly #disposables: vscode.Disposable[];
  #filter = '';
  #drift: Pick<DriftMarks, 'of'> | undefined;
  #clock: NodeJS.Timeout | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(connections: Connections, memory: vscode.Memento) {
    this.#connections = connections;
    this.#memory = memory;
    this.#view = vscode.window.createTreeView<Row>('receptor.mesh', { treeDataProvider: this, showCollapseAll: true });
    this.#disposables = [
      this.#view,
      this.#changed,
      connections.onDidChange(() => this.#follow()),
      this.#view.onDidChangeVisibility(() => this.#look()),
      this.#view.onDidChangeSelection(() => this.#acknowledge()),
    ];
    // What is grouped is remembered, and the menu that goes by this key is not.
    this.#tellGrouped(this.options.grouped);
    this.#follow();
  }

  get options(): MeshOptions {
    return {
      grouped: this.#memory.get(groupedKey, false),
      filter: this.#filter,
      driftOf: (connection) => this.#drift?.of(connection),
    };
  }

  get selection(): readonly Row[] {
    return this.#view.selection;
  }

  /** Shows the view without taking the keyboard from the editor. */
  async reveal(): Promise<void> {
    await vscode.commands.executeCommand('receptor.mesh.focus', { preserveFocus: true });
  }

  async setGrouped(grouped: boolean): Promise<void> {
    await this.#memory.update(groupedKey, grouped);
    this.#tellGrouped(grouped);
    this.#changed.fire(undefined);
  }

  setFilter(filter: string): void {
    this.#filter = filter.trim().toLowerCase();
    void vscode.commands.executeCommand('setContext', 'receptor.mesh.filtered', this.#filter !== '');
    this.#changed.fire(undefined);
    this.#describe();
  }

  /** Lets a node's rows tell how it differs from its file. */
  showDrift(drift: Pick<DriftMarks, 'of' | 'onDidChange'>): void {
    this.#drift = drift;
    this.#disposables.push(
      drift.onDidChange((connection) => {
        const row = this.#roots.get(connection)?.row;
        if (row?.snapshot !== undefined) this.#changed.fire(row.node(row.snapshot.self));
      }),
    );
  }

  getChildren(row?: Row): Row[] {
    if (row !== undefined) return row.children();
    const roots = [...this.#roots.values()].map((root) => root.row);
    // A single connection needs no row of its own: the title names it.
    return roots.length === 1 ? roots[0]!.children() : roots;
  }

  getTreeItem(row: Row): vscode.TreeItem {
    return row.item();
  }

  getParent(row: Row): Row | undefined {
    const parent = row.parent;
    return parent instanceof ConnectionRow && this.#roots.size === 1 ? undefined : parent;
  }

  resolveTreeItem(item: vscode.TreeItem, row: Row): vscode.TreeItem {
    item.tooltip = row.tooltip() ?? item.tooltip;
    return item;
  }

  dispose(): void {
    clearInterval(this.#clock);
    for (const root of this.#roots.values()) for (const each of [...root.subscriptions, root.watch]) each?.dispose();
    this.#roots.clear();
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  /** Connections came, went or changed their state. */
  #follow(): void {
    const before = this.#roots.size;
    for (const connection of this.#connections.all) {
      if (this.#roots.has(connection)) continue;
      const row = new ConnectionRow(
        connection,
        () => this.options,
        () => this.#connections.active === connection,
      );
      const subscriptions = [
        connection.feed.onDidChange.on((change) => this.#redraw(row, change)),
        connection.feed.onDidAsk.on(() => this.#tick(row)),
      ];
      this.#roots.set(connection, { row, subscriptions, watch: undefined });
    }
    for (const [connection, root] of this.#roots) {
      if (this.#connections.all.includes(connection)) continue;
      for (const each of [...root.subscriptions, root.watch]) each?.dispose();
      this.#trouble.forget(connection);
      this.#roots.delete(connection);
    }
    void vscode.commands.executeCommand('setContext', 'receptor.connected', this.#roots.size > 0);
    if (before !== this.#roots.size || this.#roots.size > 1) this.#changed.fire(undefined);
    this.#look();
  }

  #tellGrouped(grouped: boolean): void {
    void vscode.commands.executeCommand('setContext', groupedKey, grouped);
  }

  /** Asks only while the view can be seen. */
  #look(): void {
    const visible = this.#view.visible;
    if (!visible) this.#acknowledge();
    for (const [connection, root] of this.#roots) {
      if (visible) root.watch ??= connection.feed.watch();
      else {
        root.watch?.dispose();
        root.watch = undefined;
      }
    }
    clearInterval(this.#clock);
    this.#clock = visible && this.#roots.size > 0 ? setInterval(() => this.#describe(), 1000) : undefined;
    this.#describe();
  }

  #redraw(root: ConnectionRow, { snapshot, diff }: MeshChange): void {
    const { added, removed, changed } = diff.nodes;
    root.forget(removed);
    this.#trouble.update(root.connection, snapshot, diff);
    this.#showBadge();
    // Order and groups follow from the state, so a node whose state changed may move: its parent is drawn anew then.
    const moved = added.length + removed.length > 0 || this.options.filter !== '' || changed.some((id) => root.isMisplaced(id));
    if (moved || changed.length > maxSingleRows) this.#changed.fire(this.#roots.size === 1 ? undefined : root);
    else {
      for (const id of changed) this.#changed.fire(root.node(id));
      if (diff.identity && !changed.includes(snapshot.self)) this.#changed.fire(root.node(snapshot.self));
    }
  }

  /** Ages grew: redraws the rows whose words for it are others now. */
  #tick(root: ConnectionRow): void {
    for (const row of root.aged()) this.#changed.fire(row);
    this.#describe();
  }

  #acknowledge(): void {
    this.#trouble.acknowledge();
    this.#showBadge();
  }

  #showBadge(): void {
    const { news } = this.#trouble;
    const told = news.slice(0, maxTold).map((sentence) => plain(sentence));
    if (news.length > maxTold) told.push(`and ${news.length - maxTold} more`);
    this.#view.badge = news.length === 0 ? undefined : { value: news.length, tooltip: told.join('\n') };
  }

  /** The line beside the title and the message above the rows: which connection, how old, why not newer. */
  #describe(): void {
    const roots = [...this.#roots.keys()];
    const [only] = roots;
    const parts =
      only !== undefined && roots.length === 1
        ? [plain(only.title, 40), ...(only.feed.snapshot === undefined ? [] : [countsText(only.feed.snapshot), ...this.#ages(only)])]
        : [`${roots.length} connections`, ...roots.flatMap((root) => this.#ages(root).map((age) => `${plain(root.title, 20)} ${age}`))];
    const description = roots.length === 0 ? '' : parts.join(' · ');
    if (this.#view.description !== description) this.#view.description = description;
    const messages = roots.flatMap((connection) => messageOf(connection, roots.length > 1));
    if (this.#filter !== '') messages.push(`Filter: ${plain(this.#filter, 60)}`);
    const message = messages.join('\n');
    if (this.#view.message !== message) this.#view.message = message;
  }

  /** How old the picture is, which only a visible view keeps of now. In the title: a row can't be drawn anew without all below it. */
  #ages({ feed: { snapshot } }: Connection): string[] {
    return snapshot !== undefined && this.#view.visible ? [ageOf(snapshot.takenAt)] : [];
  }
}

const ageOf = (takenAt: number): string => {
  const age = Date.now() - takenAt;
  return age < 2000 ? 'now' : `${spanText(age)} old`;
};

function messageOf(connection: Connection, named: boolean): string[] {
  const { state, feed } = connection;
  const name = named ? `${plain(connection.title, 40)}: ` : '';
  if (state.kind === 'connecting') return [`${name}Connecting…`];
  if (state.kind === 'down') {
    const left = state.nextTryAt - Date.now();
    const next = left < 500 ? 'now' : `in ${spanText(left)}`;
    const picture = feed.snapshot === undefined ? '' : ` Showing the picture of ${new Date(feed.snapshot.takenAt).toLocaleTimeString()}.`;
    return [
      `${name}Not connected since ${new Date(state.since).toLocaleTimeString()}: ${plain(describe(state.error), 300)}${picture} Next try ${next}.`,
    ];
  }
  return feed.error === undefined || state.kind === 'closed'
    ? []
    : [`${name}The last question failed: ${plain(describe(feed.error), 300)}`];
}
