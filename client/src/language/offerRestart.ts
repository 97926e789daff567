import * as vscode from 'vscode';

/** Tells that the language server does not run, and offers what can be done about it. */
export async function offerRestart(message: string): Promise<void> {
  const choice = await vscode.window.showErrorMessage(message, 'Restart', 'Open Log');
  if (choice === 'Restart') await vscode.commands.executeCommand('receptor.restartServer');
  else if (choice === 'Open Log') await vscode.commands.executeCommand('receptor.showLog');
}
