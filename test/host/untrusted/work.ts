import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, closeAll, fileUri, findings, openFile, until } from '../support.ts';

describe('work in a workspace that nobody has trusted', () => {
  after(async () => {
    await closeAll();
    await vscode.workspace.fs.delete(fileUri('job.receptor-work.yml'));
  });

  it('is checked without a look at the files that it names', async () => {
    await activated();
    const text = 'worktype: cat\npayload: {file: nosuch}\nparams:\n  a: {file: nosuch}\n  node: x\n';
    const { document } = await openFile('job.receptor-work.yml', text);
    const found = await until(() => {
      const now = findings(document.uri).map(({ message }) => message);
      return now.length > 0 ? now : undefined;
    }, 'a finding');
    assert.equal(found.length, 1, found.join());
    assert.match(found[0] ?? '', /can't be named node/);
  });

  it('is not submitted', async () => {
    const { document } = await openFile('job.receptor-work.yml');
    assert.equal(await vscode.commands.executeCommand('receptor.work.submitEntry', document.uri, 0), undefined);
  });
});
