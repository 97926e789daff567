// A selection submitted, followed, cancelled and released, and results that go on after the daemon was killed.
import type { Browser } from 'playwright-core';
import { truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Holdable } from '../harness/holdable.ts';
import { packedVsix } from '../harness/packed.ts';
import { hasReceptor, newestReceptor } from '../harness/receptor.ts';
import { hasChromium, launchBrowser } from '../harness/vscode-host/browser.ts';
import { startServer } from '../harness/vscode-host/server.ts';
import type { VSCodeServer } from '../harness/vscode-host/server.ts';
import { workspaceWithMesh } from '../harness/workspace.ts';
import type { Workspace } from '../harness/workspace.ts';
import { shotOnFailure } from './failures.ts';
import { Workbench } from './workbench.ts';

const patience = 60_000;

describe.skipIf(!hasChromium() || !hasReceptor(newestReceptor))('work', () => {
  let workspace: Workspace;
  let server: VSCodeServer;
  let browser: Browser;
  let door: Holdable;
  let workbench: Workbench;

  shotOnFailure(() => workbench);

  beforeAll(async () => {
    [workspace, browser] = await Promise.all([workspaceWithMesh({ mesh: true }), launchBrowser()]);
    writeFileSync(path.join(workspace.dir, 'note.txt'), 'one line\nanother line\n');
    writeFileSync(
      path.join(workspace.dir, 'jobs.receptor-work.yml'),
      '# jobs of this project\nname: greet\nworktype: cat\npayload: |\n  hello\n---\nname: tick\nnode: bar\nworktype: ticker\nttl: 10m\n---\nname: slip\nworktype: catt\n',
    );
    const at = path.join(workspace.dir, 'door.sock');
    door = new Holdable(workspace.mesh!.node('foo').socket);
    await door.listen(at);
    writeFileSync(path.join(workspace.dir, 'big.bin'), '');
    truncateSync(path.join(workspace.dir, 'big.bin'), 64 * 1024 * 1024);
    writeFileSync(
      path.join(workspace.dir, 'big.receptor-work.yml'),
      'name: big\nconnection: door\nworktype: cat\npayload: { file: big.bin }\n',
    );
    const connections = [...(workspace.settings['receptor.connections'] as object[]), { name: 'door', address: `unix:${at}` }];
    server = await startServer({
      flavour: 'latest',
      vsix: [packedVsix()],
      settings: { ...workspace.settings, 'receptor.connections': connections },
    });
    workbench = await Workbench.open(browser, server, workspace.dir);
    await workbench.openContainer('Receptor');
    // A daemon advertises its work types some seconds after its start, and hears of others within a minute.
    await workspace.mesh!.untilAdvertised(90_000);
    await workbench.command('Receptor: Refresh Mesh');
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await door?.close();
    await workspace?.[Symbol.asyncDispose]();
  });

  const units = async (): Promise<string[]> => workbench.treeTexts('Work Units');

  test('submits a selection by keyboard alone and shows its unit', async () => {
    await workbench.openFile('note.txt');
    await workbench.focusEditor('note.txt');
    await workbench.page.keyboard.press('Control+A');
    await workbench.command('Receptor: Submit Selection');
    await workbench.pick(/^foo/);
    await workbench.quickRows().filter({ hasText: 'cat' }).first().waitFor();
    await workbench.shot('work-type');
    await workbench.pick('cat');
    await workbench.quickInput.filter({ hasText: ': parameters' }).waitFor();
    await workbench.page.keyboard.press('Enter'); // no parameters
    await workbench.quickRows().filter({ hasText: 'Submit and Follow' }).first().waitFor();
    await workbench.shot('work-review');
    await workbench.pick('Submit and Follow');
    await workbench.told(/Succeeded: exit status 0/, patience);
    await expect.poll(units, { timeout: patience }).toEqual([expect.stringMatching(/^cat .*Succeeded/)]);
    await workbench.shot('work-followed');
    await workbench.command('Notifications: Clear All Notifications');
  });

  test('shows work files with their links and what is wrong with them', async () => {
    await workbench.openFile('jobs.receptor-work.yml');
    const editor = workbench.editor('jobs.receptor-work.yml');
    await expect
      .poll(async () => editor.locator('.codelens-decoration a').allInnerTexts(), { timeout: patience })
      .toContain('Submit and Follow');
    await workbench.squiggles('jobs.receptor-work.yml', 'warning').first().waitFor({ timeout: patience });
    await workbench.shot('work-file');
  });

  test('follows remote work, over a killed daemon, to its last line', async () => {
    await workbench.openFile('jobs.receptor-work.yml');
    await workbench.focusEditor('jobs.receptor-work.yml');
    await workbench.goTo(8);
    await workbench.command('Receptor: Submit This Submission and Follow');
    await expect.poll(units, { timeout: patience }).toContainEqual(expect.stringMatching(/^ticker .*Running · on bar/));
    await workspace.mesh!.node('foo').kill();
    await workbench.page.waitForTimeout(1_000);
    await workbench.shot('work-lost');
    await workspace.mesh!.node('foo').start();
    await workbench.told(/Succeeded: exit status 0/, 120_000);
    await expect.poll(units, { timeout: patience }).toContainEqual(expect.stringMatching(/^ticker .*Succeeded · on bar/));
    await workbench.shot('work-resumed');
    await workbench.command('Notifications: Clear All Notifications');
    const [, unitId] = /^ticker (\w+)/.exec((await units()).find((text) => text.startsWith('ticker'))!)!;
    await workbench.treeRow('Work Units', `ticker ${unitId!}`).click();
    await expect.poll(async () => workbench.results(unitId!).innerText(), { timeout: patience }).toContain('tick');
  }, 240_000);

  test('submits again, cancels what runs, releases what is finished', async () => {
    await workbench.command('Receptor: Submit Again');
    await expect.poll(units, { timeout: patience }).toContainEqual(expect.stringMatching(/^ticker .*Running/));
    await workspace.mesh!.untilLinked(patience);
    await workbench.command('Receptor: Cancel Unit');
    await workbench.pick('Running');
    await expect.poll(units, { timeout: patience }).toContainEqual(expect.stringMatching(/^ticker .*Canceled/));
    await workbench.command('Receptor: Release Finished Units…');
    await workbench.dialog.waitFor();
    await workbench.shot('work-release');
    await workbench.dialog.getByRole('button', { name: /^Release \d/ }).click();
    await expect.poll(async () => (await units()).join('\n'), { timeout: patience }).toBe('No work units.');
  }, 180_000);

  test('cancels an upload from its progress, and says that nothing is left of it', async () => {
    door.holdsAfter = 1024 * 1024;
    await workbench.openFile('big.receptor-work.yml');
    await workbench.focusEditor('big.receptor-work.yml');
    await workbench.command('Receptor: Submit This Submission');
    await workbench.told(/Submitting big.* of 64/, patience);
    await workbench.shot('work-upload');
    await workbench.answer('Submitting big', 'Cancel');
    await workbench.told(/Unit \w+ was cancelled and released/, patience);
    expect(server.log(/Receptor\.log$/)).not.toContain('may be left');
  }, 180_000);

  test('asked nothing of any other machine, and broke nothing', () => {
    expect(workbench.outside).toEqual([]);
    expect(workbench.errors).toEqual([]);
  });
});
