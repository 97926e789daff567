// Configs in an editor, and what VS Code's own commands say of them.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { openFile, until } from './support.ts';

/** Position of the `|`, and the text without it. */
function marked(source: string): { text: string; position: vscode.Position } {
  const at = source.indexOf('|');
  const before = source.slice(0, at).split('\n');
  return { text: source.replace('|', ''), position: new vscode.Position(before.length - 1, before.at(-1)!.length) };
}

let count = 0;
/** Opens a config that the server knows already, in an editor of its own; `|` is where the cursor is meant to be. */
export async function open(source: string): Promise<{ document: vscode.TextDocument; uri: vscode.Uri; position: vscode.Position }> {
  const { text, position } = source.includes('|') ? marked(source) : { text: source, position: new vscode.Position(0, 0) };
  const { document } = await openFile(`language-${++count}.receptor.yml`, text);
  await until(
    async () => (await symbols(document.uri)).length > 0 || text.trim() === '' || !text.includes(':'),
    'the server knows the document',
  );
  return { document, uri: document.uri, position };
}

export const symbols = async (uri: vscode.Uri): Promise<vscode.DocumentSymbol[]> =>
  (await vscode.commands.executeCommand<vscode.DocumentSymbol[] | undefined>('vscode.executeDocumentSymbolProvider', uri)) ?? [];

/** What completion offers at the `|`, as asked when `trigger` was typed; something is, in every use of this. */
export async function complete(
  source: string,
  trigger?: string,
): Promise<{ editor: vscode.TextEditor; position: vscode.Position; items: readonly vscode.CompletionItem[] }> {
  const { uri, position } = await open(source);
  const items = await until(async () => {
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      uri,
      position,
      trigger,
    );
    return list.items.length > 0 && list.items;
  }, 'completion offers something');
  return { editor: vscode.window.activeTextEditor!, position, items };
}

export async function labels(source: string): Promise<string[]> {
  const { items } = await complete(source);
  return items.map(({ label }) => (typeof label === 'string' ? label : label.label));
}

export async function hoverText(source: string): Promise<string> {
  const { uri, position } = await open(source);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri, position);
  return hovers.flatMap(({ contents }) => contents.map((content) => (typeof content === 'string' ? content : content.value))).join('\n');
}

/** Lines that a command which finds places leads to, in their order. */
export async function places(command: string, uri: vscode.Uri, position: vscode.Position): Promise<number[]> {
  const found = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink | vscode.DocumentHighlight)[]>(
    command,
    uri,
    position,
  );
  return found.map((place) => ('targetRange' in place ? place.targetRange : place.range).start.line).sort((a, b) => a - b);
}

/** Applies the code action whose title matches, at the line of `part`, and gives the text after it. */
export async function textAfter(source: string, part: string, title: RegExp, kind = vscode.CodeActionKind.QuickFix): Promise<string> {
  const { document, uri } = await open(source);
  return applyAction(document, uri, part, title, kind);
}

export async function applyAction(
  document: vscode.TextDocument,
  uri: vscode.Uri,
  part: string,
  title: RegExp,
  kind: vscode.CodeActionKind,
): Promise<string> {
  const range = document.lineAt(document.positionAt(document.getText().indexOf(part)).line).range;
  let titles: string[] = [];
  // The finding that an action repairs may be on its way.
  const action = await until(
    async () => {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        uri,
        range,
        kind.value,
        20, // as many are given their edit
      );
      titles = actions.map((found) => found.title);
      return actions.find((found) => title.test(found.title) && found.edit !== undefined);
    },
    `${String(title)} is offered`,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}; there were: ${titles.join(', ')}`);
  });
  assert.ok(await vscode.workspace.applyEdit(action.edit!));
  return document.getText();
}
