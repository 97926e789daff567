/** Shows, while a config is edited, what saving it would do to its running node: marks on items, and a status item. */
import * as vscode from 'vscode';
import { describePrediction } from '../../reload/decide.ts';
import { plain } from '../hostile.ts';
import { toRange } from '../nodes/place.ts';
import type { LinkedFile, LinkedFiles } from './linkedFiles.ts';

const verdicts = {
  reloads: { text: 'applied by a reload', colour: 'editorInfo.foreground' },
  restart: { text: 'needs a restart', colour: 'editorWarning.foreground' },
  refused: { text: 'would be refused', colour: 'editorError.foreground' },
} as const;
type Marked = keyof typeof verdicts;

export class ReloadMarks implements vscode.Disposable {
  readonly #files: LinkedFiles;
  readonly #status: vscode.LanguageStatusItem;
  readonly #decorations: Readonly<Record<Marked, vscode.TextEditorDecorationType>>;
  readonly #disposables: vscode.Disposable[];

  constructor(files: LinkedFiles) {
    this.#files = files;
    const mark = (verdict: Marked): vscode.TextEditorDecorationType => {
      const { text, colour } = verdicts[verdict];
      const color = new vscode.ThemeColor(colour);
      return vscode.window.createTextEditorDecorationType({
        after: { contentText: text, color, margin: '0 0 0 2em', fontStyle: 'italic' },
        overviewRulerColor: color,
        overviewRulerLane: vscode.OverviewRulerLane.Left,
      });
    };
    this.#decorations = { reloads: mark('reloads'), restart: mark('restart'), refused: mark('refused') };
    this.#status = vscode.languages.createLanguageStatusItem('receptor.node', { language: 'yaml' });
    this.#status.name = 'Receptor Node';
    this.#disposables = [
      this.#status,
      ...Object.values(this.#decorations),
      files.onDidChange(() => this.#show()),
      vscode.window.onDidChangeActiveTextEditor(() => this.#show()),
    ];
    this.#show();
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  #show(): void {
    for (const editor of vscode.window.visibleTextEditors) this.#mark(editor, this.#files.get(editor.document.uri));
    const uri = vscode.window.activeTextEditor?.document.uri;
    const file = uri === undefined ? undefined : this.#files.get(uri);
    // A selector that nothing matches hides the item: other YAML has no node.
    this.#status.selector = file === undefined ? { scheme: 'receptor-nothing' } : { language: 'yaml', scheme: file.uri.scheme };
    if (file === undefined) return;
    const { text, detail } = statusOf(file);
    this.#status.text = text;
    this.#status.detail = detail;
    this.#status.severity =
      file.linksDown ||
      file.link === 'other-file' ||
      file.prediction?.items.some(({ verdict }) => verdict === 'restart' || verdict === 'refused')
        ? vscode.LanguageStatusSeverity.Warning
        : vscode.LanguageStatusSeverity.Information;
    this.#status.command = file.prediction?.items.some(({ verdict }) => verdict !== 'unchanged')
      ? { command: 'receptor.showRunningChanges', title: 'Show Changes', arguments: [file.uri] }
      : { command: 'receptor.linkToConnection', title: 'Link', arguments: [file.uri] };
  }

  #mark(editor: vscode.TextEditor, file: LinkedFile | undefined): void {
    for (const verdict of Object.keys(verdicts) as Marked[]) {
      const items = file?.prediction?.items.filter((item) => item.verdict === verdict && item.range !== undefined) ?? [];
      // At the end of the item's first line, where it hides nothing.
      const ranges = items.map((item) => {
        const line = editor.document.lineAt(Math.min(toRange(item.range!).start.line, editor.document.lineCount - 1));
        return { range: new vscode.Range(line.range.end, line.range.end), hoverMessage: plain(item.message ?? '', 400) };
      });
      editor.setDecorations(this.#decorations[verdict], ranges);
    }
  }
}

/** What is said of a file's node: whether it runs, and what saving would do. */
export function statusOf(file: LinkedFile): { text: string; detail: string } {
  const name = plain(file.answeredBy ?? file.summary.nodeId ?? 'node', 40);
  switch (file.link) {
    case 'unknown':
      return { text: 'No node known', detail: 'The file names no control socket: link it to a connection.' };
    case 'not-running':
      return { text: `${plain(file.summary.nodeId ?? 'Node', 40)} does not run`, detail: 'Nothing answers at its control service.' };
    case 'other-node':
      return {
        text: `Another node answers: ${name}`,
        detail: `The file is of ${plain(file.summary.nodeId ?? 'this host', 40)}. Nothing is reloaded.`,
      };
    case 'other-file':
      return {
        text: `${name} runs another file`,
        detail: `It was started from ${plain(file.startedFrom ?? '', 200)}, which ${file.startedFrom === file.uri.fsPath ? 'is gone from the disk' : 'is what a reload would read'}. Nothing is reloaded.`,
      };
    case 'running':
      break;
  }
  if (file.summary.templated) return { text: `${name} runs`, detail: 'The file is a template: nothing is reloaded from it.' };
  if (file.prediction === undefined) return { text: `${name} runs`, detail: 'What it was started with is unknown.' };
  const { accepted, changes, watch, items } = file.prediction;
  const rests =
    watch === undefined ? accepted && !changes && !file.linksDown : items.every(({ verdict }) => verdict === 'unchanged') && !changes;
  if (rests)
    return { text: `${name} runs this file`, detail: watch === undefined ? '' : 'It watches its file: a save is applied at once.' };
  const state = file.linksDown ? `${name} has no links` : name;
  return {
    text: `${state}: a save ${describePrediction(file.prediction, file.linksDown)}`,
    detail: file.linksDown ? 'A refused reload stopped its backends.' : '',
  };
}
