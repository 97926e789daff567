import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { fileUri, listens, nodeOrSkip, openFile, setText, until, activated } from '../support.ts';

const onlyPort = (text: string): number => Number(/port: (\d+)/.exec(text)?.[1]);

describe('in a workspace that nobody has trusted', () => {
  it('no node is run', async function () {
    const binary = process.env['RECEPTOR_TEST_BIN'];
    if (binary === undefined) this.skip();
    await activated();
    await vscode.workspace.getConfiguration('receptor').update('path', binary, vscode.ConfigurationTarget.Global);
    const socket = path.join(path.dirname(fileUri('x').fsPath), 'never.sock');
    const text = `- node: {id: never, datadir: ${socket}.d}\n- local-only: null\n- control-service: {filename: ${socket}}\n`;
    const { document } = await openFile('never.yml', text);
    assert.equal(await vscode.commands.executeCommand('receptor.node.run', document.uri), undefined);
    await vscode.commands.executeCommand('receptor.node.runAll', document.uri);
    assert.equal(existsSync(socket), false);
    assert.equal(existsSync(`${socket}.d`), false);
  });

  for (const setting of ['always', 'ask', 'never']) {
    it(`no node is reloaded, neither on save nor on request: ${setting}`, async function () {
      nodeOrSkip(this, 'foo');
      const { document } = await openFile('foo.yml');
      const before = document.getText();
      const port = onlyPort(before);
      assert.equal(await listens(port), true);
      await vscode.workspace.getConfiguration('receptor').update('reloadOnSave', setting, vscode.ConfigurationTarget.Global);
      await setText(document, before.replace(String(port), '1'));
      await vscode.commands.executeCommand('workbench.action.files.save');
      await until(() => !document.isDirty, 'the save');
      assert.equal(await vscode.commands.executeCommand('receptor.reloadConfig', document.uri), undefined);
      assert.equal(await listens(port), true);
      await setText(document, before);
      await vscode.commands.executeCommand('workbench.action.files.save');
      await vscode.workspace.getConfiguration('receptor').update('reloadOnSave', undefined, vscode.ConfigurationTarget.Global);
    });
  }
});
