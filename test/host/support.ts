// What tests inside the extension host share.
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { HostNode } from '../harness/workspace.ts';

export const extensionId = 'receptor-mesh.receptor-mesh';

/** Calls `what` until it gives a value other than undefined or false; what it threw last is told when the time is over. */
export async function until<T>(
  what: () => T | undefined | false | Promise<T | undefined | false>,
  message: string,
  timeout = 20_000,
  pause = 25,
): Promise<T> {
  let last: unknown;
  for (const end = Date.now() + timeout; Date.now() < end; await sleep(pause)) {
    try {
      const value = await what();
      if (value !== undefined && value !== false) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`not within ${timeout} ms: ${message}${last instanceof Error ? ` (${last.message})` : ''}`);
}

/** A file of the workspace that the tests run in. */
export const fileUri = (name: string): vscode.Uri => vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, name);

/** Opens a file of the workspace in an editor, with `text` written to it first when given. */
export async function openFile(name: string, text?: string): Promise<vscode.TextEditor> {
  const uri = fileUri(name);
  if (text !== undefined) await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
  const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  // A document that is still open from before learns of the disk some time later.
  if (text !== undefined && editor.document.getText() !== text) {
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await until(() => editor.document.getText() === text, `${name} is read anew`);
  }
  return editor;
}

/** Replaces the whole text of an open document. */
export async function setText(document: vscode.TextDocument, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(new vscode.Position(0, 0), document.lineAt(document.lineCount - 1).range.end), text);
  if (!(await vscode.workspace.applyEdit(edit))) throw new Error(`${document.fileName} could not be edited`);
}

export const closeAll = async (): Promise<void> => {
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
};

/** What the terminal holds, by way of the clipboard: there is no API that reads it. */
export async function screen(terminal: vscode.Terminal): Promise<string> {
  terminal.show();
  await vscode.commands.executeCommand('workbench.action.terminal.selectAll');
  await vscode.commands.executeCommand('workbench.action.terminal.copySelection');
  await vscode.commands.executeCommand('workbench.action.terminal.clearSelection');
  return vscode.env.clipboard.readText();
}

/** Our own findings in a document, in the order of the text. */
export const findings = (uri: vscode.Uri): vscode.Diagnostic[] =>
  vscode.languages
    .getDiagnostics(uri)
    .filter(({ source }) => source === 'receptor')
    .sort((a, b) => a.range.start.compareTo(b.range.start));

/** What the extension's `activate()` returned. */
export async function activated<T>(): Promise<T> {
  const extension = vscode.extensions.getExtension<T>(extensionId);
  if (extension === undefined) throw new Error(`${extensionId} is not installed`);
  return extension.activate();
}

/** The nodes that run beside this workspace by their id, from its foo.yml and bar.yml; empty where there is no receptor. */
export const meshNodes = (): Record<string, HostNode> => JSON.parse(process.env['RECEPTOR_TEST_MESH'] ?? '{}') as Record<string, HostNode>;

/** For tests that need them: skips where there is no receptor. */
export function nodeOrSkip(test: Mocha.Context, id: string): HostNode {
  const node = meshNodes()[id];
  if (node === undefined) test.skip();
  return node;
}

/** TCP ports that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** True when something listens on this port of loopback. */
export const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

/** Titles of the code lenses of a file. */
export async function lensTitles(uri: vscode.Uri): Promise<string[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 20);
  return found.flatMap(({ command }) => (command === undefined ? [] : [command.title]));
}
