/** The topology panels: one per mesh, in the editor area. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Trace } from './messages.ts';
import { topologyPage } from './page.ts';
import { GraphSession } from './session.ts';
import type { MeshSource } from './source.ts';
import { visibleName } from './text.ts';

export const topologyViewType = 'receptor.topology';

/** The panel of each source, by the source's id. */
export class TopologyPanels implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #log: (text: string) => void;
  readonly #open = new Map<string, { panel: vscode.WebviewPanel; session: GraphSession }>();
  /** For panels that are not open. */
  readonly #traces = new Map<string, Trace>();

  constructor(context: vscode.ExtensionContext, log: (text: string) => void) {
    this.#context = context;
    this.#log = log;
  }

  /** Shows the panel of `source`, in front; made when there is none. */
  show(source: MeshSource): void {
    const open = this.#open.get(source.id);
    if (open !== undefined) {
      open.panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(topologyViewType, '', vscode.ViewColumn.Active, {});
    this.adopt(panel, source);
  }

  /** Fills a panel, a new one or one that VS Code brought back after a reload of the window. */
  adopt(panel: vscode.WebviewPanel, source: MeshSource): void {
    const before = this.#open.get(source.id);
    const root = this.#context.extensionUri;
    const uri = (...parts: string[]): string => panel.webview.asWebviewUri(vscode.Uri.joinPath(root, ...parts)).toString();
    const session = new GraphSession(source, {
      // A webview's postMessage is VS Code's, and has no target origin.
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      post: (message) => void panel.webview.postMessage(message),
      save,
      log: this.#log,
    });
    panel.title = `Topology: ${visibleName(source.label)}`;
    panel.iconPath = {
      light: vscode.Uri.joinPath(root, 'client/media/topology-light.svg'),
      dark: vscode.Uri.joinPath(root, 'client/media/topology-dark.svg'),
    };
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(root, 'dist'), vscode.Uri.joinPath(root, 'client/media')],
    };
    panel.webview.onDidReceiveMessage((message: unknown) => {
      session.handle(message).catch((error: unknown) => this.#log(`Topology: ${String(error)}`));
    });
    panel.onDidChangeViewState(() => session.setVisible(panel.visible));
    panel.onDidDispose(() => {
      session.dispose();
      if (this.#open.get(source.id)?.panel === panel) this.#open.delete(source.id);
    });
    this.#open.set(source.id, { panel, session });
    before?.panel.dispose();
    session.showTrace(this.#traces.get(source.id));
    this.#traces.delete(source.id);
    panel.webview.html = topologyPage({
      nonce: randomBytes(16).toString('hex'),
      styleSource: panel.webview.cspSource,
      scriptUri: uri('dist/topology.js'),
      styleUri: uri('client/media/topology.css'),
    });
    session.setVisible(panel.visible);
  }

  /** Draws `trace` over the graph of `source`, now or when its panel is opened next. */
  trace(source: MeshSource, trace: Trace): void {
    const open = this.#open.get(source.id);
    if (open === undefined) this.#traces.set(source.id, trace);
    else open.session.showTrace(trace);
  }

  /** Shows the panel of `source` with `node` selected. */
  reveal(source: MeshSource, node: string): void {
    this.show(source);
    this.#open.get(source.id)?.session.reveal(node);
  }

  /** Ends the work behind the panels. The panels themselves stay: VS Code brings them back when the window was reloaded. */
  dispose(): void {
    for (const { session } of this.#open.values()) session.dispose();
  }
}

/** Asks where to, then writes. Resolves to what to say about it. */
async function save(fileName: string, bytes: Uint8Array): Promise<string> {
  const kind = fileName.endsWith('.svg') ? { 'SVG image': ['svg'] } : { 'PNG image': ['png'] };
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    filters: kind,
    title: 'Export Topology',
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, fileName) }),
  });
  if (target === undefined) return 'Nothing was exported.';
  try {
    await vscode.workspace.fs.writeFile(target, bytes);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(`Cannot write the topology to ${target.fsPath}: ${cause}. Choose another folder.`);
    return 'The export failed.';
  }
  return `Exported to ${vscode.workspace.asRelativePath(target)}.`;
}
