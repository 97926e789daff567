/** Results of a unit in a terminal or a document. */
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { plain } from '../hostile.ts';
import type { WorkHost } from './hosts.ts';
import { ResultsTerminal } from './resultsTerminal.ts';

/** Opens a terminal that follows the unit; the keyboard stays where it is. */
export function followInTerminal(app: App, host: WorkHost, unitId: string, title?: string): vscode.Terminal {
  const { work } = app;
  const pty = new ResultsTerminal(work.followings, host, unitId, {
    title: title ?? `Results of ${plain(unitId)} at ${plain(host.title)}`,
    onFollow: (following) => {
      if (!work.hasEnded(host, unitId)) work.endings.follow(host, unitId, following.done);
    },
  });
  const terminal = vscode.window.createTerminal({
    name: `Results of ${plain(unitId)}`,
    pty,
    iconPath: new vscode.ThemeIcon('output'),
    isTransient: true,
  });
  work.terminals.set(terminal, pty);
  terminal.show(true);
  return terminal;
}

/**
 * Opens the results of a unit as a read-only document.
 * @param options `preserveFocus` for a row that was clicked: the document comes when its text is there, and who types
 * elsewhere by then is not disturbed
 */
export async function openResults(
  app: App,
  host: WorkHost,
  unitId: string,
  options: { raw?: boolean; preserveFocus?: boolean } = {},
): Promise<vscode.TextEditor> {
  const document = await app.work.results.open(host, unitId, options.raw);
  return vscode.window.showTextDocument(document, { preview: true, preserveFocus: options.preserveFocus ?? false });
}
