/** Shows, while a config is edited, what saving it would do to its running node: marks on items, and a status item. */
import * as vscode from 'vscode';
import { markdown } from '../hostile.ts';
import { toRange } from '../nodes/place.ts';
import type { LinkedFile, LinkedFiles } from './linkedFiles.ts';
import { markOf, marks, statusOf } from './words.ts';

type Mark = keyof typeof marks;
const colours: Readonly<Record<Mark, string>> = {
  reload: 'editorInfo.foreground',
  save: 'editorInfo.foreground',
  restart: 'editorWarning.foreground',
  refused: 'editorError.foreground',
};

export class ReloadMarks implements vscode.Disposable {
  readonly #files: LinkedFiles;
  readonly #status: vscode.LanguageStatusItem;
  readonly #decorations: Readonly<Record<Mark, vscode.TextEditorDecorationType>>;
  readonly #disposables: vscode.Disposable[];

  constructor(files: LinkedFiles) {
    this.#files = files;
    const decoration = (mark: Mark): vscode.TextEditorDecorationType => {
      const color = new vscode.ThemeColor(colours[mark]);
      return vscode.window.createTextEditorDecorationType({
        after: { contentText: marks[mark], color, margin: '0 0 0 2em', fontStyle: 'italic' },
        overviewRulerColor: color,
        overviewRulerLane: vscode.OverviewRulerLane.Left,
      });
    };
    this.#decorations = {
      reload: decoration('reload'),
      save: decoration('save'),
      restart: decoration('restart'),
      refused: decoration('refused'),
    };
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
    const prediction = file?.prediction;
    for (const mark of Object.keys(marks) as Mark[]) {
      const items = prediction?.items.filter((item) => markOf(item.verdict, prediction.watch) === mark && item.range !== undefined) ?? [];
      // At the end of the item's first line, where it hides nothing.
      const ranges = items.map((item) => {
        const line = editor.document.lineAt(Math.min(toRange(item.range!).start.line, editor.document.lineCount - 1));
        // A plain string would be read as Markdown, too.
        const hoverMessage = new vscode.MarkdownString(markdown(item.message ?? '', 400));
        return { range: new vscode.Range(line.range.end, line.range.end), hoverMessage };
      });
      editor.setDecorations(this.#decorations[mark], ranges);
    }
  }
}
