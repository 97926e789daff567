/** Shows, while a config is edited, what saving it would do to its running node: marks on items, and a status item. */
import * as vscode from 'vscode';
import { plain } from '../hostile.ts';
import { toRange } from '../nodes/place.ts';
import type { LinkedFile, LinkedFiles } from './linkedFiles.ts';
import { statusOf } from './words.ts';

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
