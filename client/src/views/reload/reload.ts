/** Reload, as one part of the extension: which node a file is, what a save would do, doing it, and showing it. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { Language } from '../../language/language.ts';
import type { Connections } from '../connections.ts';
import type { Nodes } from '../nodes/nodes.ts';
import type { Notices } from '../notify.ts';
import { DriftMarks } from './driftMarks.ts';
import { NodeLenses } from './lenses.ts';
import { LinkedFiles } from './linkedFiles.ts';
import { ReloadMarks } from './marks.ts';
import { Reloader } from './reloader.ts';
import { ReloadOnSave } from './saves.ts';

export interface ReloadDeps {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly notices: Notices;
  readonly language: Language;
  readonly connections: Connections;
  readonly nodes: Nodes;
}

export class Reload implements vscode.Disposable {
  readonly files: LinkedFiles;
  readonly reloader: Reloader;
  readonly saves: ReloadOnSave;
  readonly drift: DriftMarks;
  readonly running = new RunningTexts();
  readonly #disposable: vscode.Disposable;

  constructor(deps: ReloadDeps) {
    this.files = new LinkedFiles(deps);
    this.reloader = new Reloader(this.files, deps.nodes, deps.notices);
    this.saves = new ReloadOnSave({ ...deps, files: this.files, reloader: this.reloader });
    this.drift = new DriftMarks(deps, this.files);
    this.#disposable = vscode.Disposable.from(
      this.saves,
      new ReloadMarks(this.files),
      this.drift,
      new NodeLenses(deps.language, this.files, deps.nodes),
      this.reloader,
      this.files,
      this.running,
    );
  }

  dispose(): void {
    this.#disposable.dispose();
  }
}

const scheme = 'receptor-running';

/** The text that a node runs, as the left side of a diff. */
class RunningTexts implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event; // VS Code looks for it when the provider is registered
  readonly #disposables = [
    this.#changed,
    vscode.workspace.registerTextDocumentContentProvider(scheme, this),
    vscode.workspace.onDidCloseTextDocument(({ uri, isClosed }) => {
      if (isClosed && uri.scheme === scheme) this.#texts.delete(uri.path);
    }),
  ];

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.path) ?? '';
  }

  async show(uri: vscode.Uri, text: string): Promise<void> {
    const left = uri.with({ scheme });
    this.#texts.set(left.path, text);
    this.#changed.fire(left);
    await vscode.commands.executeCommand('vscode.diff', left, uri, `${path.basename(uri.fsPath)}: running ↔ file`);
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }
}
