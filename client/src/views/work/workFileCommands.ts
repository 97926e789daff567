/** Submitting entries of work files, and new ones. */
import * as vscode from 'vscode';
import { submissionOf } from '../../work/fromWorkFile.ts';
import type { WorkEntry } from '../../work/workFile.ts';
import { isWorkFile } from '../../work/workFileName.ts';
import type { App } from '../app.ts';
import { label } from '../hostile.ts';
import { send, type Sent } from './sending.ts';
import { variableContext } from './workFiles.ts';

/**
 * Submits one entry.
 * @param args uri and index of the entry, as code lenses give them; without them the one at the cursor
 */
export async function submitEntry(app: App, args: readonly unknown[], how: 'submit' | 'follow'): Promise<Sent | undefined> {
  const [target, index] = args;
  const uri = target instanceof vscode.Uri ? target : vscode.window.activeTextEditor?.document.uri;
  if (uri === undefined || !isWorkFile(uri.path)) {
    throw new Error(
      'This is no work file: its name must end in .receptor-work.yml. Use "Receptor: New Work File", or "Receptor: Submit Document".',
    );
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const { entries } = await app.workFiles.read(document);
  const entry = typeof index === 'number' ? entries[index] : await chooseEntry(document, entries);
  if (entry === undefined) {
    if (entries.length === 0) throw new Error('This work file has no submission in it yet: it needs a worktype at least.');
    return undefined;
  }
  const submission = await submissionOf(entry, variableContext(uri));
  return send(app, submission, { follow: how === 'follow', title: entry.title, about: uri });
}

async function chooseEntry(document: vscode.TextDocument, entries: readonly WorkEntry[]): Promise<WorkEntry | undefined> {
  if (entries.length <= 1) return entries[0];
  const editor = vscode.window.activeTextEditor;
  if (editor?.document === document) {
    const offset = document.offsetAt(editor.selection.active);
    const at = entries.findLast(({ span }) => span.start <= offset);
    if (at !== undefined) return at;
  }
  const picked = await vscode.window.showQuickPick(
    entries.map((entry) => ({ label: label(entry.title), entry })),
    { title: 'Submit which?' },
  );
  return picked?.entry;
}

/** A new file in the workspace, unsaved, with what most submissions need. */
export async function newWorkFile(): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = folder === undefined ? vscode.Uri.parse('untitled:job.receptor-work.yml') : await freeName(folder);
  const document = await vscode.workspace.openTextDocument(uri);
  const editor = await vscode.window.showTextDocument(document);
  if (document.getText() !== '') return;
  await editor.insertSnippet(
    new vscode.SnippetString(
      '# Submit with the links above each document; several are divided by ---\nname: ${1:my job}\nnode: ${2:localhost}\nworktype: ${3}\npayload: |\n  ${0:hello}\n',
    ),
  );
}

/** VS Code opens no new file where there is one. */
async function freeName(folder: vscode.Uri): Promise<vscode.Uri> {
  for (let number = 1; ; number++) {
    const uri = vscode.Uri.joinPath(folder, `job${number === 1 ? '' : `-${number}`}.receptor-work.yml`);
    const taken = await vscode.workspace.fs.stat(uri).then(
      () => true,
      () => false,
    );
    if (!taken) return uri.with({ scheme: 'untitled' });
  }
}
