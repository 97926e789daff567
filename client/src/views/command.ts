/** What an entry of the table of commands is. */
import * as vscode from 'vscode';
import type { App } from './app.ts';
import { plain } from './hostile.ts';

export interface Command {
  readonly id: `receptor.${string}`;
  /** As in the manifest, without the category. */
  readonly title: string;
  readonly needs?: readonly Need[];
  run(app: App, ...args: unknown[]): unknown;
}

/** What must be there before a command can run. */
export type Need = 'trust' | 'connection' | 'editor';

interface Missing {
  /** Ends the sentence that begins with the command's title. */
  readonly text: string;
  /** The way out: a button, and the command behind it. */
  readonly action: string;
  readonly command: string;
}

export const needs: Record<Need, (app: App, args: readonly unknown[]) => Missing | undefined> = {
  trust: () =>
    vscode.workspace.isTrusted
      ? undefined
      : {
          text: 'needs a trusted workspace: nothing connects or runs in one that is not.',
          action: 'Manage Trust',
          command: 'workbench.trust.manage',
        },
  connection: (app) =>
    app.connections.active === undefined
      ? { text: 'needs a connection to a node.', action: 'Connect', command: 'receptor.connect' }
      : undefined,
  editor: (_app, args) =>
    args[0] instanceof vscode.Uri || vscode.window.activeTextEditor !== undefined
      ? undefined
      : { text: 'needs an open file.', action: 'Open File', command: 'workbench.action.quickOpen' },
};

/** The file that a command means: the one it was called on, else that of the active editor. */
export const fileOf = (args: readonly unknown[]): vscode.Uri | undefined =>
  args[0] instanceof vscode.Uri ? args[0] : vscode.window.activeTextEditor?.document.uri;

/**
 * Path of a file on the disk that this extension sees. Dialogs have more to choose from: that of the machine where a remote
 * window is shown, and the repository of a virtual workspace, which the same path would miss or take for another file.
 * @param next what to do about a file that is not there
 * @throws Error for such a file
 */
export function diskPath(uri: vscode.Uri, next: string): string {
  if (uri.scheme === 'file') return uri.fsPath;
  throw new Error(`${plain(uri.path)} is not on the disk of the machine where Receptor Mesh runs: ${next}.`);
}
