/** Read-only texts that commands show: a status, a list, a report. Kept as long as their document is open. */
import * as vscode from 'vscode';

export const reportScheme = 'receptor-report';

export class Reports implements vscode.TextDocumentContentProvider {
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;

  static register(): { reports: Reports; disposable: vscode.Disposable } {
    const reports = new Reports();
    const disposable = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(reportScheme, reports),
      vscode.workspace.onDidCloseTextDocument(({ uri, isClosed }) => {
        if (isClosed && uri.scheme === reportScheme) reports.#texts.delete(uri.toString());
      }),
      reports.#changed,
    );
    return { reports, disposable };
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? 'This report is gone: run the command again.\n';
  }

  /** Shows `text` in a tab called `name`; the same name again replaces the text. */
  async show(name: string, text: string, language = 'plaintext'): Promise<void> {
    const uri = vscode.Uri.from({ scheme: reportScheme, path: `/${name.replaceAll(/[^\w.@:-]+/g, ' ')}` });
    this.#texts.set(uri.toString(), text);
    this.#changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.languages.setTextDocumentLanguage(document, language).then(undefined, () => document); // the language may not be installed
    await vscode.window.showTextDocument(document, { preview: true });
  }
}
