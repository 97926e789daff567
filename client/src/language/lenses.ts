/** Makes the server's lenses, which count uses, open them: which command shows places is the editor's own affair. */
import * as vscode from 'vscode';
import type { UseLensData } from '../../../server/src/protocol/requests.ts';

/** The lens with VS Code's command in it; as it came when there is nothing to show. */
export function openingUses({ uri }: vscode.TextDocument, lens: vscode.CodeLens): vscode.CodeLens {
  const uses = (lens as vscode.CodeLens & { data?: Partial<UseLensData> }).data?.uses ?? [];
  if (lens.command === undefined || uses.length === 0) return lens;
  const places = uses.map(
    ({ start, end }) => new vscode.Location(uri, new vscode.Range(start.line, start.character, end.line, end.character)),
  );
  const command = { title: lens.command.title, command: 'editor.action.showReferences', arguments: [uri, lens.range.start, places] };
  return new vscode.CodeLens(lens.range, command);
}
