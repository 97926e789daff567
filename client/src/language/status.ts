/**
 * The language status item of YAML files: whether this file is read as a receptor config, of which format, with which
 * flag the daemon takes it, and the way to change it.
 */
import * as vscode from 'vscode';
import type { Choice, ReceptorDocuments } from './documents.ts';
import { statusText } from './statusText.ts';

/** The format shows in the first lines, however long the file is. */
const headLines = 500;

export class ReceptorStatus implements vscode.Disposable {
  readonly #item: vscode.LanguageStatusItem;
  readonly #documents: ReceptorDocuments;
  readonly #disposables: vscode.Disposable[];

  constructor(documents: ReceptorDocuments) {
    this.#documents = documents;
    this.#item = vscode.languages.createLanguageStatusItem('receptor.language', { language: 'yaml' });
    this.#item.name = 'Receptor Config';
    this.#item.command = { command: 'receptor.chooseLanguage', title: 'Change', tooltip: 'Choose whether this file is a receptor config' };
    this.#disposables = [
      this.#item,
      vscode.window.onDidChangeActiveTextEditor(() => this.#show()),
      documents.onDidJudge(() => this.#show()),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document === vscode.window.activeTextEditor?.document && documents.has(document.uri)) this.#show();
      }),
    ];
    this.#show();
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  #show(): void {
    const document = vscode.window.activeTextEditor?.document;
    if (document === undefined) return;
    const verdict = this.#documents.verdict(document);
    const ours = verdict?.ours === true;
    this.#item.selector =
      document.languageId === 'yaml' || ours
        ? [{ language: 'yaml' }, { scheme: document.uri.scheme, language: document.languageId }]
        : { language: 'yaml' };
    const { text, detail } = statusText(verdict, document.getText(new vscode.Range(0, 0, headLines, 0)));
    this.#item.text = text;
    this.#item.detail = detail;
  }
}

/** Asks what the file of the active editor is, and remembers the answer for this file. */
export async function chooseLanguage(documents: ReceptorDocuments, document: vscode.TextDocument): Promise<void> {
  const verdict = documents.verdict(document);
  const options: (vscode.QuickPickItem & { choice: Choice })[] = [
    { choice: 'receptor', label: 'A receptor config', description: verdict?.ours === true ? 'now' : '' },
    { choice: 'other', label: 'Not a receptor config', description: verdict?.ours === true ? '' : 'now' },
    { choice: 'auto', label: 'Decide by its name and content', description: verdict?.reason === 'choice' ? '' : 'now' },
  ];
  const picked = await vscode.window.showQuickPick(options, {
    title: 'What is this file?',
    placeHolder: vscode.workspace.asRelativePath(document.uri),
  });
  if (picked !== undefined) await documents.choose(document, picked.choice);
}
