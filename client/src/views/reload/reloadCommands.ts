import path from 'node:path';
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { fileOf, type Command } from '../command.ts';
import { label } from '../hostile.ts';
import type { LinkedFile } from './linkedFiles.ts';

export const reloadCommands: readonly Command[] = [
  {
    id: 'receptor.reloadConfig',
    title: 'Reload the Node of This Config',
    needs: ['trust', 'editor'],
    run: async (app, ...args) => {
      const file = await linkedFile(app, args);
      return file === undefined ? undefined : app.reload.reloader.reload(file);
    },
  },
  {
    id: 'receptor.showRunningChanges',
    title: 'Show Changes Against the Running Node',
    needs: ['trust', 'editor'],
    run: async (app, ...args) => {
      const file = await linkedFile(app, args);
      if (file === undefined) return;
      const running = file.baseline ?? file.watched;
      if (running === undefined) {
        app.notices.information(
          'What the node was started with is unknown: it started before this file was written last, and nobody here saw it.',
        );
        return;
      }
      await app.reload.running.show(file.uri, running);
    },
  },
  {
    id: 'receptor.linkToConnection',
    title: 'Link This Config to a Connection',
    needs: ['trust', 'editor', 'connection'],
    run: async (app, ...args) => {
      const uri = fileOf(args);
      if (uri === undefined) return;
      const picked = await vscode.window.showQuickPick(
        [
          ...app.connections.all.map((connection) => ({
            label: label(connection.name),
            description: label(connection.nodeId ?? ''),
            connection,
          })),
          { label: '$(debug-disconnect) By its control socket', description: 'forget the link', connection: undefined },
        ],
        { title: `The node of ${path.basename(uri.fsPath)} is reached by` },
      );
      if (picked !== undefined) await app.reload.files.linkTo(uri, picked.connection);
    },
  },
  {
    id: 'receptor.forgetReloadAnswers',
    title: 'Ask Again Before Reloading on Save',
    run: async (app) => {
      await app.reload.saves.forgetAnswers();
      app.notices.information('Saves ask again before a node is reloaded.');
    },
  },
];

async function linkedFile(app: App, args: readonly unknown[]): Promise<LinkedFile | undefined> {
  const uri = fileOf(args);
  const file = uri === undefined ? undefined : await app.reload.files.refresh(uri);
  if (file === undefined) app.notices.information('This file is not a receptor config on this machine’s disk.');
  return file;
}
