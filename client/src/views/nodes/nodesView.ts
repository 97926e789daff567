/** The view "Local Nodes": the configs of this workspace, and which of them run from here. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { ReceptorDocuments } from '../../language/documents.ts';
import { findReceptorFiles } from '../../language/files.ts';
import { isTemplateName } from '../../language/names.ts';
import { plain } from '../hostile.ts';
import { icon } from '../row.ts';
import { isAlive, type LocalNode, type Nodes } from './nodes.ts';

type Documents = Pick<ReceptorDocuments, 'all' | 'knows' | 'onDidAdd' | 'onDidRemove'>;

export class NodesView implements vscode.TreeDataProvider<vscode.Uri>, vscode.Disposable {
  readonly #nodes: Pick<Nodes, 'all' | 'get' | 'onDidChange'>;
  readonly #documents: Documents;
  readonly #changed = new vscode.EventEmitter<vscode.Uri | undefined>();
  readonly #view: vscode.TreeView<vscode.Uri>;
  readonly #disposables: vscode.Disposable[];
  /** Kept, so that a row is redrawn by the object that stands for it. */
  #rows: vscode.Uri[] = [];

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(nodes: Pick<Nodes, 'all' | 'get' | 'onDidChange'>, documents: Documents) {
    this.#nodes = nodes;
    this.#documents = documents;
    this.#view = vscode.window.createTreeView('receptor.nodes', { treeDataProvider: this });
    const all = (): void => this.#changed.fire(undefined);
    // Files come and go in the explorer and by tools; only a view that is open wants to know.
    const files = vscode.workspace.createFileSystemWatcher('**/*.{yml,yaml,conf}', false, true, false);
    this.#disposables = [
      this.#changed,
      this.#view,
      files,
      files.onDidCreate(all),
      files.onDidDelete(all),
      documents.onDidAdd(({ uri }) => {
        if (this.#row(uri) === undefined) all();
      }),
      documents.onDidRemove(all),
      nodes.onDidChange((uri) => this.#redraw(uri)),
    ];
  }

  async getChildren(row?: vscode.Uri): Promise<vscode.Uri[]> {
    if (row !== undefined) return [];
    const files = (await findReceptorFiles()).filter((uri) => this.#documents.knows(uri) !== false);
    // What is being written is not on the disk yet.
    const open = this.#documents.all.map(({ uri }) => uri).filter((uri) => vscode.workspace.getWorkspaceFolder(uri) !== undefined);
    const rows = new Map([...files, ...open, ...this.#nodes.all.map(({ uri }) => uri)].map((uri) => [uri.toString(), uri]));
    this.#rows = [...rows.values()].filter(({ path: file }) => !isTemplateName(file));
    return this.#rows;
  }

  getTreeItem(uri: vscode.Uri): vscode.TreeItem {
    const node = this.#nodes.get(uri);
    const item = new vscode.TreeItem(uri);
    const { text, icon: iconPath, context } = lookOf(node);
    const where = this.#folderOf(uri);
    item.description = [...where, text].join(' · ');
    item.iconPath = iconPath;
    item.contextValue = context;
    item.command = { command: 'vscode.open', title: 'Open', arguments: [uri] };
    item.tooltip = `${uri.fsPath}\n${text}`;
    item.accessibilityInformation = { label: [path.basename(uri.fsPath), ...where, text].join(', ') };
    return item;
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  #row(uri: vscode.Uri): vscode.Uri | undefined {
    return this.#rows.find((row) => row.toString() === uri.toString());
  }

  /** The folder, where it alone tells a file from another: many repositories have one `receptor.conf` for each host. */
  #folderOf(uri: vscode.Uri): string[] {
    const name = path.basename(uri.fsPath);
    if (this.#rows.filter(({ fsPath }) => path.basename(fsPath) === name).length < 2) return [];
    const folder = path.dirname(vscode.workspace.asRelativePath(uri));
    return folder === '.' ? [] : [plain(folder)];
  }

  #redraw(uri: vscode.Uri): void {
    this.#changed.fire(this.#row(uri));
    const running = this.#nodes.all.filter(isAlive).length;
    this.#view.badge = running === 0 ? undefined : { value: running, tooltip: running === 1 ? '1 node runs' : `${running} nodes run` };
  }
}

/** How a node looks in lists: words, icon, and the context that menus go by. */
function lookOf(node: LocalNode | undefined): { text: string; icon: vscode.ThemeIcon; context: string } {
  const state = node?.process.state;
  if (node === undefined || state === undefined)
    return { text: 'not started here', icon: icon('circle-outline'), context: 'localNode stopped' };
  const id = node.summary.nodeId === undefined ? '' : `${plain(node.summary.nodeId, 40)} `;
  if (state === 'running')
    return {
      text: `${id}running · pid ${node.process.pid ?? '?'}`,
      icon: icon('circle-filled', 'testing.iconPassed'),
      context: 'localNode running',
    };
  if (state !== 'ended') return { text: `${id}${state}…`, icon: icon('loading~spin'), context: 'localNode running' };
  if (node.process.exit?.wanted === true) return { text: `${id}stopped`, icon: icon('circle-outline'), context: 'localNode ended' };
  const reason = node.process.exit?.reason ?? 'ended by itself';
  return { text: `${id}${plain(reason, 120)}`, icon: icon('error', 'testing.iconFailed'), context: 'localNode ended' };
}
