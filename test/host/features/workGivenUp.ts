// Work that is given up before there is a unit, or while its payload is on the way.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { Holdable } from '../../harness/holdable.ts';
import { hand } from '../hand.ts';
import { fileUri, meshNodes, openFile, until } from '../support.ts';
import { Foo } from '../work.ts';

const config = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('receptor');
const file = 'given-up.receptor-work.yml';

describe('a task that is terminated', () => {
  const foo = Foo.forTests();
  let dir: string;
  let door: Holdable;

  before(async function () {
    const target = meshNodes()['foo']?.socket;
    if (target === undefined) this.skip();
    dir = mkdtempSync(path.join(tmpdir(), 'door-'));
    const at = path.join(dir, 'door.sock');
    door = new Holdable(target);
    await door.listen(at);
    writeFileSync(path.join(dir, 'big'), '');
    truncateSync(path.join(dir, 'big'), 64 * 1024 * 1024);
    await config().update('connections', [{ name: 'door', address: `unix:${at}` }], vscode.ConfigurationTarget.Global);
    await openFile(
      file,
      `name: early\nconnection: door\nworktype: cat\npayload: x\n---\nname: midway\nconnection: door\nworktype: cat\npayload: {file: ${path.join(dir, 'big')}}\n`,
    );
  });
  after(async () => {
    await config().update('connections', undefined, vscode.ConfigurationTarget.Global);
    await vscode.workspace.fs.delete(fileUri(file));
    await door?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const start = async (name: string): Promise<vscode.TaskExecution> => {
    const tasks = await vscode.tasks.fetchTasks({ type: 'receptor' });
    const task = tasks.find((one) => one.name === `${file}: ${name}`);
    assert.ok(task, tasks.map((one) => one.name).join());
    return vscode.tasks.executeTask(task);
  };

  it('before its connection is open submits nothing', async () => {
    const before = await foo.units();
    door.holdsConnections = true;
    const execution = await start('early');
    await until(() => door.waiting > 0, 'it connects');
    execution.terminate();
    await until(() => !vscode.tasks.taskExecutions.includes(execution), 'it has ended');
    door.letIn();
    await until(async () => /early: .*was aborted/.test(await hand.log()), 'it is told', 30_000);
    assert.deepEqual(await foo.units(), before);
  }).timeout(90_000);

  it('while its payload is sent leaves no unit, and offers none', async () => {
    const before = await foo.units();
    door.holdsAfter = 1024 * 1024;
    const execution = await start('midway');
    await until(() => door.held > 0, 'a part of the payload has come', 30_000);
    const unitId = await until(async () => (await foo.units()).find((id) => !before.includes(id)), 'its unit is there');
    execution.terminate();
    await until(async () => (await hand.log()).includes(`Unit ${unitId} was cancelled and released.`), 'it is told', 30_000);
    assert.deepEqual(await foo.units(), before);
    assert.doesNotMatch(await hand.log(), new RegExp(`Unit ${unitId} may be left`));
  }).timeout(90_000);
});
