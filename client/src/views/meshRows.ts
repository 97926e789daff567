/** The rows of the Mesh view down to nodes. A row lives as long as what it shows, so VS Code can redraw it alone. */
import * as vscode from 'vscode';
import { ageText } from '../mesh/age.ts';
import { peerOf, type MeshNode, type MeshSnapshot, type NodeState } from '../mesh/model.ts';
import { pathTo } from '../mesh/paths.ts';
import { costText, countsText, stateText } from '../mesh/wording.ts';
import type { Connection } from './connection.ts';
import { markdown, plain } from './hostile.ts';
import { DriftRow, FactRow, LinkRow, SectionRow, SeenRow, ServiceRow, WorkTypeRow } from './meshNodeRows.ts';
import { describe } from './notify.ts';
import type { DriftFile } from './reload/driftMarks.ts';
import { icon, makeItem, Row } from './row.ts';

const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

/** What the view shows beyond the snapshots: how it is grouped and filtered. */
export interface MeshOptions {
  readonly grouped: boolean;
  /** Lower case; empty for everything. */
  readonly filter: string;
  /** How the node of a connection differs from its file. */
  readonly driftOf: (connection: Connection) => DriftFile | undefined;
}

/** What menus go by; a connection through another node can't be saved, nor be tested by its address, which is that node's. */
const savedWord = ({ saved, via }: Connection): string => (saved ? 'saved' : via === undefined ? 'unsaved' : 'through');

/** One connection. Its children are the nodes, and its rows are the view's own when it is the only one. */
export class ConnectionRow extends Row {
  readonly id: string;
  readonly parent = undefined;
  readonly connection: Connection;
  readonly #nodes = new Map<string, NodeRow>();
  readonly #groups = new Map<GroupState, GroupRow>();
  readonly #options: () => MeshOptions;
  readonly #isActive: () => boolean;

  constructor(connection: Connection, options: () => MeshOptions, isActive: () => boolean) {
    super();
    this.id = connection.name;
    this.connection = connection;
    this.#options = options;
    this.#isActive = isActive;
  }

  get snapshot(): MeshSnapshot | undefined {
    return this.connection.feed.snapshot;
  }

  item(): vscode.TreeItem {
    const { state, profile } = this.connection;
    const up = state.kind === 'up';
    const counts = this.snapshot === undefined ? '' : countsText(this.snapshot);
    const { title } = this.connection;
    const parts = [up && state.nodeId !== title ? plain(state.nodeId) : '', this.#isActive() ? 'active' : '', counts];
    return makeItem(this, title, {
      open: Expanded,
      description: up ? parts.filter((part) => part !== '').join(' · ') : state.kind,
      iconPath: icon(up ? 'plug' : 'debug-disconnect', profile.color === undefined ? undefined : `charts.${profile.color}`),
      contextValue: `connection ${state.kind} ${savedWord(this.connection)}`,
      command: { command: 'receptor.makeActive', title: 'Make It the Active Connection', arguments: [this] },
    });
  }

  override tooltip(): string {
    const { state, profile } = this.connection;
    return state.kind === 'down' ? `${plain(profile.address)}\n${plain(describe(state.error), 600)}` : plain(profile.address);
  }

  override children(): Row[] {
    const { snapshot } = this;
    if (snapshot === undefined) return [];
    const { filter, grouped } = this.#options();
    const shown = [...snapshot.nodes.values()].filter((node) => matches(node, filter));
    const members = groupOrder.map((state) => ({ state, rows: this.#rowsIn(state, shown) }));
    if (!grouped)
      return inPages(
        this,
        members.flatMap(({ rows }) => rows),
      );
    return members.flatMap(({ state, rows }) => {
      if (rows.length === 0) return [];
      const group = this.#groups.get(state) ?? new GroupRow(this, state);
      this.#groups.set(state, group);
      group.members = rows;
      return [group];
    });
  }

  #rowsIn(state: GroupState, nodes: readonly MeshNode[]): NodeRow[] {
    const members = nodes.filter((node) => groupOf(node) === state);
    return members.sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ id }) => this.node(id));
  }

  get drift(): DriftFile | undefined {
    return this.#options().driftOf(this.connection);
  }

  /** The row of a node; the same one as long as the connection lasts. */
  node(id: string): NodeRow {
    let row = this.#nodes.get(id);
    if (row === undefined) this.#nodes.set(id, (row = new NodeRow(this, id)));
    return row;
  }

  /** The shown rows whose words for an age are not of now. */
  *aged(): Iterable<Row> {
    for (const { seen } of this.#nodes.values()) if (seen !== undefined && seen.text !== seen.now()) yield seen;
  }

  /** True when the node's row belongs elsewhere than where it was drawn. */
  isMisplaced(id: string): boolean {
    const row = this.node(id);
    return row.node === undefined || row.drawnIn !== groupOf(row.node);
  }

  /** Rows of nodes that are no more. */
  forget(ids: readonly string[]): void {
    for (const id of ids) this.#nodes.delete(id);
  }
}

type GroupState = NodeState | 'ghost';
const groupOrder: readonly GroupState[] = ['self', 'direct', 'reachable', 'unreachable', 'ghost'];
const groupOf = (node: MeshNode): GroupState => (node.ghost ? 'ghost' : node.state);
const groupNames: Record<GroupState, string> = {
  self: 'This node',
  direct: 'Direct',
  reachable: 'Reachable',
  unreachable: 'Unreachable',
  ghost: 'Known by name only',
};

/** VS Code takes all rows of a parent at once, and holds everything up meanwhile: so many are quick. */
const rowsPerPage = 1000;

/** The first page of nodes, and a row with the rest. */
function inPages(parent: Row, rows: readonly NodeRow[]): Row[] {
  const page = rows.slice(0, rowsPerPage);
  for (const row of page) row.parent = parent;
  return rows.length > page.length ? [...page, new MoreRow(parent, rows.slice(rowsPerPage))] : page;
}

class MoreRow extends Row {
  readonly id: string;
  readonly parent: Row;
  readonly #rows: readonly NodeRow[];

  constructor(parent: Row, rows: readonly NodeRow[]) {
    super();
    this.parent = parent;
    this.#rows = rows;
    this.id = `${parent.id}\u0000more`;
  }

  item(): vscode.TreeItem {
    return makeItem(this, `${this.#rows.length} more nodes`, { open: Collapsed, iconPath: icon('ellipsis'), contextValue: 'more' });
  }

  override children(): Row[] {
    return inPages(this, this.#rows);
  }
}

/** Name, state, services and work types are searched. */
function matches(node: MeshNode, filter: string): boolean {
  if (filter === '') return true;
  const has = (text: string): boolean => text.toLowerCase().includes(filter);
  return (
    has(node.id) || has(stateText(node)) || node.services.some(({ name }) => has(name)) || node.workTypes.some(({ name }) => has(name))
  );
}

export class GroupRow extends Row {
  readonly id: string;
  readonly parent: ConnectionRow;
  readonly state: GroupState;
  members: NodeRow[] = [];

  constructor(parent: ConnectionRow, state: GroupState) {
    super();
    this.parent = parent;
    this.state = state;
    this.id = `${parent.id}\u0000${state}`;
  }

  item(): vscode.TreeItem {
    return makeItem(this, groupNames[this.state], { open: Expanded, description: String(this.members.length), contextValue: 'group' });
  }

  override children(): Row[] {
    return inPages(this, this.members);
  }
}

const nodeIcons: Record<GroupState, vscode.ThemeIcon> = {
  self: icon('home', 'charts.blue'),
  direct: icon('circle-filled', 'charts.green'),
  reachable: icon('circle-outline', 'charts.green'),
  unreachable: icon('error', 'charts.red'),
  ghost: icon('question', 'disabledForeground'),
};

export class NodeRow extends Row {
  readonly id: string;
  readonly root: ConnectionRow;
  readonly nodeId: string;
  parent: Row | undefined;
  /** The row below whose text is an age, once it was shown. */
  seen: SeenRow | undefined;
  /** The group that was drawn last, which decides its place; undefined as long as the row was never drawn. */
  drawnIn: GroupState | undefined;

  constructor(root: ConnectionRow, nodeId: string) {
    super();
    this.root = root;
    this.nodeId = nodeId;
    this.id = `${root.id}\u0000node\u0000${nodeId}`;
  }

  get node(): MeshNode | undefined {
    return this.root.snapshot?.nodes.get(this.nodeId);
  }

  item(): vscode.TreeItem {
    const { node } = this;
    this.drawnIn = node === undefined ? undefined : groupOf(node);
    if (node === undefined) return makeItem(this, this.nodeId, { description: 'not known any more' });
    const self = this.root.snapshot?.self ?? '';
    // Of the other nodes nobody asks for links here: there may be ten thousand of them.
    const link = node.state === 'direct' ? node.links.find((each) => peerOf(each, node.id) === self) : undefined;
    const parts = [stateText(node), ...(link === undefined ? [] : [costText(link, self)])];
    if (node.stale && node.state !== 'unreachable') parts.push('not heard from lately');
    return makeItem(this, node.id, {
      open: node.state === 'self' ? Expanded : Collapsed,
      description: plain(parts.join(' · ')),
      iconPath: nodeIcons[groupOf(node)],
      contextValue: `node ${node.state}`,
      accessibilityInformation: { label: plain(`${node.id}, ${parts.join(', ')}`) },
    });
  }

  override tooltip(): vscode.MarkdownString | undefined {
    const { node } = this;
    const { snapshot } = this.root;
    if (node === undefined || snapshot === undefined) return undefined;
    const lines = [`**${markdown(node.id)}**`, markdown(stateText(node))];
    const way = node.state === 'self' ? undefined : pathTo(snapshot, node.id);
    if (way !== undefined) lines.push(`Way: ${way.nodes.map((id) => markdown(id)).join(' → ')}, cost ${way.cost}`);
    const seenAt = snapshot.nodeSeenAt.get(node.id);
    if (seenAt !== undefined && node.state !== 'self') lines.push(`Last seen ${ageText(Date.now() - seenAt)}`);
    return new vscode.MarkdownString(lines.join('\n\n'));
  }

  override children(): Row[] {
    const { node } = this;
    const { snapshot } = this.root;
    if (node === undefined || snapshot === undefined) return [];
    const rows: Row[] = [new FactRow(this, 'State', stateText(node), node.ghost ? 'question' : 'pulse')];
    const section = <T>(name: string, members: readonly T[], rowOf: (member: T, at: number) => Row): void => {
      if (members.length > 0) rows.push(new SectionRow(this, name, members.map(rowOf)));
    };
    if (node.state === 'self') {
      if (snapshot.version !== '') rows.push(new FactRow(this, 'Version', snapshot.version, 'versions'));
      if (snapshot.cpuCount !== undefined) rows.push(new FactRow(this, 'CPUs', String(snapshot.cpuCount), 'chip'));
      if (snapshot.memoryMiB !== undefined) rows.push(new FactRow(this, 'Memory', `${snapshot.memoryMiB} MiB`, 'server'));
      const { drift } = this.root;
      if (drift !== undefined) {
        const title = `Differs from ${vscode.workspace.asRelativePath(drift.uri)}`;
        section(title, drift.drift, (each, at) => new DriftRow(this, drift.uri, each, at));
      }
    } else if (snapshot.nodeSeenAt.has(node.id)) rows.push((this.seen = new SeenRow(this)));
    section('Connections', node.links, (link) => new LinkRow(this, link));
    section('Services', node.services, (service) => new ServiceRow(this, service));
    section('Work types', node.workTypes, (type) => new WorkTypeRow(this, type));
    return rows;
  }
}
