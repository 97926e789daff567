// The Mesh view and the control session, as a user does it with the keyboard.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packedVsix } from '../harness/packed.ts';
import { hasReceptor, newestReceptor } from '../harness/receptor.ts';
import { hasChromium, launchBrowser } from '../harness/vscode-host/browser.ts';
import { startServer } from '../harness/vscode-host/server.ts';
import type { VSCodeServer } from '../harness/vscode-host/server.ts';
import { workspaceWithMesh } from '../harness/workspace.ts';
import type { Workspace } from '../harness/workspace.ts';
import { shotOnFailure } from './failures.ts';
import { Workbench } from './workbench.ts';

const patience = { timeout: 30_000 };
const runs = hasChromium() && hasReceptor(newestReceptor);

describe.skipIf(!runs)('the living mesh', () => {
  let workspace: Workspace;
  let server: VSCodeServer;
  let browser: Browser;
  let workbench: Workbench;

  shotOnFailure(() => workbench);

  beforeAll(async () => {
    [workspace, browser] = await Promise.all([workspaceWithMesh({ mesh: true }), launchBrowser()]);
    server = await startServer({ vsix: [packedVsix()], settings: {} });
    workbench = await Workbench.open(browser, server, workspace.dir);
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await workspace?.[Symbol.asyncDispose]();
  });

  const dismiss = async (): Promise<void> => workbench.command('Notifications: Clear All Notifications');

  test('says what to do while there is no connection', async () => {
    await workbench.openContainer('Receptor');
    await workbench.pane('Mesh').locator('text=Not connected to a receptor node').waitFor();
    await workbench.shot('mesh-welcome');
  });

  test('offers to connect when a config is opened whose node runs', async () => {
    await workbench.openFile('foo.yml');
    await workbench.told(/Node foo of foo\.yml seems to run here/);
    await workbench.shot('mesh-offer');
    await workbench.answer(/Node foo of foo\.yml/, 'Connect');
    await expect
      .poll(async () => workbench.treeTexts('Mesh'), { timeout: 60_000 })
      .toEqual(expect.arrayContaining([expect.stringMatching(/^bar\b.*direct/)]));
    await workbench.shot('mesh-tree');
  });

  test('pings and traces from the palette', async () => {
    await workbench.command('Receptor: Ping Node');
    await workbench.pick('bar');
    await workbench.told(/bar answered in/);
    await dismiss();
    await workbench.command('Receptor: Traceroute to Node');
    await workbench.pick('bar');
    await workbench.told(/Way to bar: foo \(.*\) → bar/);
    await workbench.shot('mesh-traceroute');
    await dismiss();
  });

  test('has the commands of a node in the menu of its row', async () => {
    const titles = await workbench.openMenu(workbench.tree('Mesh').filter({ hasText: /bar.*direct/ }));
    expect(titles).toEqual(
      expect.arrayContaining(['Ping Node', 'Traceroute to Node', 'Open Control Session', 'Submit Work…', 'Copy Node ID']),
    );
    expect(titles.filter((title) => title.startsWith('Receptor'))).toEqual([]);
    await workbench.shot('mesh-menu');
    await workbench.chooseInMenu('Ping Node');
    await workbench.told(/bar answered in/);
    await dismiss();
  });

  test('filters and groups', async () => {
    await workbench.command('Receptor: Group Mesh by State');
    await expect
      .poll(async () => workbench.treeTexts('Mesh'))
      .toEqual(expect.arrayContaining([expect.stringMatching(/^This node/), expect.stringMatching(/^Direct/)]));
    await workbench.shot('mesh-grouped');
    await workbench.command('Receptor: Show Mesh as One List');
    await workbench.command('Receptor: Filter Mesh');
    await workbench.quickBox.fill('ticker');
    await expect.poll(async () => (await workbench.treeTexts('Mesh')).some((text) => text.startsWith('bar')), patience).toBe(true);
    await expect.poll(async () => (await workbench.treeTexts('Mesh')).some((text) => text.startsWith('foo')), patience).toBe(false);
    await workbench.page.keyboard.press('Escape');
    await expect.poll(async () => (await workbench.treeTexts('Mesh')).some((text) => text.startsWith('foo')), patience).toBe(true);
  });

  test('talks to the control service in a terminal', async () => {
    await workbench.command('Receptor: Open Control Session');
    await workbench.pick('foo');
    const terminal = workbench.page.locator('.terminal-wrapper.active .xterm-rows');
    await expect.poll(async () => terminal.textContent(), patience).toContain('foo>');
    await workbench.page.keyboard.type('pi');
    await workbench.page.keyboard.press('Tab');
    await workbench.page.keyboard.type('b');
    await workbench.page.keyboard.press('Tab');
    await workbench.page.keyboard.press('Enter');
    await expect.poll(async () => terminal.textContent(), patience).toContain('"Success"');
    await workbench.page.keyboard.type('{"command":"status","requested_fields":"x"}\n');
    await expect.poll(async () => terminal.textContent(), patience).toContain('ends the whole daemon');
    await workbench.shot('session');
    await workbench.page.keyboard.press('Control+D');
  });

  test('keeps the last picture when the node dies, and says since when', async () => {
    await workspace.mesh!.node('foo').kill();
    await workbench.pane('Mesh').locator('text=/Not connected since/').waitFor();
    expect(await workbench.treeTexts('Mesh')).toEqual(expect.arrayContaining([expect.stringMatching(/^bar\b/)]));
    await workbench.shot('mesh-down');
    await workspace.mesh!.node('foo').start();
    await workbench.pane('Mesh').locator('text=/Not connected since/').waitFor({ state: 'hidden', timeout: 60_000 });
  });

  test('broke nothing', () => {
    expect(workbench.errors).toEqual([]);
  });
});
