/** Code lenses on the node item: whether it runs, and the ways to run, stop and reload it. */
import * as vscode from 'vscode';
import type { Language } from '../../language/language.ts';
import { isAlive, type Nodes } from '../nodes/nodes.ts';
import { toRange } from '../nodes/place.ts';
import type { LinkedFile, LinkedFiles } from './linkedFiles.ts';
import { statusOf } from './words.ts';

export class NodeLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #language: Language;
  readonly #files: LinkedFiles;
  readonly #nodes: Nodes;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #disposables: vscode.Disposable[];

  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(language: Language, files: LinkedFiles, nodes: Nodes) {
    this.#language = language;
    this.#files = files;
    this.#nodes = nodes;
    this.#disposables = [
      this.#changed,
      files.onDidChange(() => this.#changed.fire()),
      nodes.onDidChange(() => this.#changed.fire()),
      vscode.languages.registerCodeLensProvider({ language: 'yaml', scheme: 'file' }, this),
    ];
  }

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    const file = this.#files.get(uri);
    if (file === undefined || !this.#language.documents.has(uri) || file.summary.templated) return [];
    const at = file.summary.nodeRange === undefined ? new vscode.Range(0, 0, 0, 0) : toRange(file.summary.nodeRange);
    return this.#actions(file).map(({ title, command }) => new vscode.CodeLens(at, { title, command, arguments: [uri] }));
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  #actions(file: LinkedFile): { title: string; command: string }[] {
    const ours = isAlive(this.#nodes.get(file.uri));
    const nobody = !ours && (file.link === 'not-running' || file.link === 'unknown');
    const state = { title: statusOf(file).text, command: nobody ? 'receptor.linkToConnection' : 'receptor.showRunningChanges' };
    const run = { title: '$(play) Run', command: 'receptor.node.run' };
    const stop = { title: '$(debug-stop) Stop', command: 'receptor.node.stop' };
    const restart = { title: '$(debug-restart) Restart', command: 'receptor.node.restart' };
    const reload = { title: '$(refresh) Reload', command: 'receptor.reloadConfig' };
    if (ours) return [state, stop, restart, ...(file.link === 'running' && file.summary.format === 'v1' ? [reload] : [])];
    if (file.link === 'running') return [state, ...(file.summary.format === 'v1' ? [reload] : [])];
    return nobody ? [state, run] : [state];
  }
}
