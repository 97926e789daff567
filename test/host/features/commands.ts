import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../../client/src/commands.ts';
import { activated, extensionId } from '../support.ts';

interface Manifest {
  contributes: { commands: { command: string; title: string; category?: string }[] };
}

describe('the table of commands', () => {
  const manifest = (): Manifest => vscode.extensions.getExtension(extensionId)!.packageJSON as Manifest;

  it('is the manifest, command for command and title for title', () => {
    const told = manifest().contributes.commands.map(
      ({ command, title, category }) => `${command} ${category === undefined ? title : `${category}: ${title}`}`,
    );
    const ours = commands.map(({ id, title }) => `${id} Receptor: ${title}`);
    assert.deepEqual(new Set(ours), new Set(told));
    assert.equal(ours.length, told.length);
  });

  it('answers with what is missing when it cannot run, and keeps nobody waiting', async () => {
    await activated();
    for (const { id, needs = [] } of commands) {
      if (needs.includes('connection')) assert.equal(await vscode.commands.executeCommand(id), undefined, id);
    }
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  it('is registered whole, each command once', async () => {
    await activated();
    const registered = await vscode.commands.getCommands(true);
    const ids = commands.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    assert.deepEqual(
      ids.filter((id) => !registered.includes(id)),
      [],
    );
  });
});
