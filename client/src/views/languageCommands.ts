import * as vscode from 'vscode';
import { fileOf, type Command } from './command.ts';

export const languageCommands: readonly Command[] = [
  {
    id: 'receptor.chooseLanguage',
    title: 'Choose Whether This File Is a Receptor Config',
    needs: ['editor'],
    run: async (app, ...args) => {
      const uri = fileOf(args);
      if (uri !== undefined) await app.language.choose(await vscode.workspace.openTextDocument(uri));
    },
  },
  { id: 'receptor.restartServer', title: 'Restart Language Server', run: (app) => app.language.restart() },
  { id: 'receptor.showLog', title: 'Show Log', run: (app) => app.log.show(true) },
];
