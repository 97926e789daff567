/** What every row of the Mesh view has, and the icons of rows in any view. */
import * as vscode from 'vscode';
import { plain } from './hostile.ts';

export abstract class Row {
  /** Unique in the view and the same for the same thing, so that VS Code keeps what is open and selected. */
  abstract readonly id: string;
  abstract readonly parent: Row | undefined;
  abstract item(): vscode.TreeItem;
  children(): Row[] {
    return [];
  }
  tooltip(): vscode.MarkdownString | string | undefined {
    return undefined;
  }
}

/** An icon of the product, in a colour of the theme where one is named. */
export const icon = (name: string, color?: string): vscode.ThemeIcon =>
  new vscode.ThemeIcon(name, color === undefined ? undefined : new vscode.ThemeColor(color));

export function makeItem(
  row: Row,
  text: string,
  more: Partial<vscode.TreeItem> & { open?: vscode.TreeItemCollapsibleState },
): vscode.TreeItem {
  const { open = vscode.TreeItemCollapsibleState.None, ...rest } = more;
  const item = new vscode.TreeItem(plain(text), open);
  item.id = row.id;
  return Object.assign(item, rest);
}
