import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { extensionId, fileUri, nodeOrSkip } from '../support.ts';

describe('the host of these tests', () => {
  it('is a remote extension host that has the packed extension', () => {
    const extension = vscode.extensions.getExtension(extensionId);
    assert.ok(extension, 'the extension is not installed');
    assert.equal(extension.extensionKind, vscode.ExtensionKind.Workspace);
    assert.ok(!extension.extensionPath.startsWith(process.env['RECEPTOR_MESH_ROOT']!), 'it is the checkout, not the package');
  });

  it('trusts the workspace', () => {
    assert.equal(vscode.workspace.isTrusted, true);
  });

  it('has the configs of a running mesh in its workspace', async function () {
    const foo = nodeOrSkip(this, 'foo');
    assert.ok(existsSync(foo.socket));
    const text = (await vscode.workspace.openTextDocument(fileUri('foo.yml'))).getText();
    assert.ok(text.includes(foo.socket), text);
  });

  it('runs terminals', async function () {
    this.timeout(30_000);
    const terminal = vscode.window.createTerminal({ name: 'test', shellPath: '/bin/sh', shellArgs: ['-c', 'exit 7'] });
    const closed = await new Promise<vscode.Terminal>((resolve) => {
      vscode.window.onDidCloseTerminal((one) => (one === terminal ? resolve(one) : undefined));
    });
    assert.equal(closed.exitStatus?.code, 7);
  });
});
