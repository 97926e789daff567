/** Where in a config a cause lies, by the facts that the language server gives of it. */
import * as vscode from 'vscode';
import type { ConfigSummary } from '../../../../server/src/protocol/requests.ts';

type LspRange = NonNullable<ConfigSummary['nodeRange']>;

export const toRange = ({ start, end }: LspRange): vscode.Range => new vscode.Range(start.line, start.character, end.line, end.character);

/**
 * The item to blame: the first whose action is one of `actions`, in that order; of several, the one that holds `name`.
 * Without any, the node item, or the top of the file.
 */
export function placeOf(summary: ConfigSummary, actions: readonly string[], name?: string): vscode.Range {
  const items = [...summary.peers, ...summary.listeners];
  for (const action of actions) {
    const backends = items.filter((item) => item.action === action);
    const backend = backends.find(({ address }) => name !== undefined && (address === name || name.endsWith(`:${address}`))) ?? backends[0];
    if (backend !== undefined) return toRange(backend.range);
    const other = otherItem(summary, action);
    if (other !== undefined) return toRange(other);
  }
  return summary.nodeRange === undefined ? new vscode.Range(0, 0, 0, 0) : toRange(summary.nodeRange);
}

function otherItem(summary: ConfigSummary, action: string): LspRange | undefined {
  switch (action) {
    case 'node':
      return summary.nodeRange;
    case 'control-service':
      return summary.controlServices[0]?.range;
    case 'tls-client':
      return summary.tlsClients[0]?.range;
    case 'work-command':
      return summary.workTypes[0]?.range;
    default:
      return undefined;
  }
}
