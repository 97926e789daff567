/** Where in a config a cause lies, by the facts that the language server gives of it. */
import * as vscode from 'vscode';
import type { ConfigSummary } from '../../../../server/src/protocol/requests.ts';
import { itemToBlame, type Cause } from './blame.ts';

type LspRange = NonNullable<ConfigSummary['nodeRange']>;

export const toRange = ({ start, end }: LspRange): vscode.Range => new vscode.Range(start.line, start.character, end.line, end.character);

/** The item to blame. Where none is known, the node item, which stands for the file, or the top of the file. */
export function placeOf(summary: ConfigSummary, cause: Cause | undefined): vscode.Range {
  const range = (cause === undefined ? undefined : itemToBlame(summary.items, cause)?.range) ?? summary.nodeRange;
  return range === undefined ? new vscode.Range(0, 0, 0, 0) : toRange(range);
}
