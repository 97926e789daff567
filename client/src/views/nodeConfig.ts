/** Finds the config of a node among the files of the workspace. */
import * as vscode from 'vscode';
import { findReceptorFiles } from '../language/files.ts';
import type { App } from './app.ts';
import { label, plain } from './hostile.ts';
import { toRange } from './nodes/place.ts';

/** Opens the file whose node has this id; asks when several have it, says so when none has. */
export async function openNodeConfig(app: App, nodeId: string): Promise<vscode.Uri | undefined> {
  const found = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: `Looking for the config of ${label(nodeId)}` },
    async () => {
      const matches: { uri: vscode.Uri; range: vscode.Range | undefined }[] = [];
      for (const uri of await findReceptorFiles()) {
        const summary = await app.language.summary(uri);
        if (summary?.nodeId !== nodeId) continue;
        const at = summary.nodeRange;
        matches.push({ uri, range: at === undefined ? undefined : toRange(at) });
      }
      return matches;
    },
  );
  if (found.length === 0) {
    app.notices.information(`No file of this workspace is a receptor config of a node "${nodeId}".`);
    return undefined;
  }
  const chosen =
    found.length === 1
      ? found[0]
      : await vscode.window.showQuickPick(
          found.map(({ uri, range }) => ({ label: label(vscode.workspace.asRelativePath(uri)), uri, range })),
          { title: `Configs of ${plain(nodeId)}` },
        );
  if (chosen === undefined) return undefined;
  await vscode.window.showTextDocument(
    chosen.uri,
    chosen.range === undefined ? {} : { selection: new vscode.Range(chosen.range.start, chosen.range.start) },
  );
  return chosen.uri;
}
