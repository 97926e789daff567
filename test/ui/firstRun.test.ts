// What the README promises, as a newcomer sees it, on both versions of VS Code.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packedVsix } from '../harness/packed.ts';
import { hasReceptor, newestReceptor } from '../harness/receptor.ts';
import { hasChromium, launchBrowser } from '../harness/vscode-host/browser.ts';
import { flavours } from '../harness/vscode-host/install.ts';
import { startServer } from '../harness/vscode-host/server.ts';
import type { VSCodeServer } from '../harness/vscode-host/server.ts';
import { workspaceWithMesh } from '../harness/workspace.ts';
import type { Workspace } from '../harness/workspace.ts';
import { shotOnFailure } from './failures.ts';
import { lineOf, Workbench } from './workbench.ts';

const runs = hasChromium() && hasReceptor(newestReceptor);

describe.skipIf(!runs).each(flavours)('VS Code %s', (flavour) => {
  let workspace: Workspace;
  let server: VSCodeServer;
  let browser: Browser;
  let workbench: Workbench;
  /** The documentation has pictures of the newest. */
  const shot = async (name: string): Promise<void> => workbench.shot(flavour === 'latest' ? name : `${flavour}-${name}`);

  shotOnFailure(() => workbench);

  beforeAll(async () => {
    [workspace, browser] = await Promise.all([workspaceWithMesh({ mesh: true }), launchBrowser()]);
    server = await startServer({ flavour, vsix: [packedVsix()], settings: workspace.settings });
    workbench = await Workbench.open(browser, server, workspace.dir);
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await workspace?.[Symbol.asyncDispose]();
  });

  test('shows foo and bar in the Mesh view, linked at cost 1', async () => {
    await workbench.openContainer('Receptor');
    await expect
      .poll(async () => workbench.treeTexts('Mesh'), { timeout: 60_000 })
      .toEqual(expect.arrayContaining([expect.stringMatching(/^foo\b.*this node/), expect.stringMatching(/^bar\b.*direct.*cost 1/)]));
  });

  test('shows the work types and services of foo below it', async () => {
    await workbench.expand(workbench.treeRow('Mesh', 'foo'));
    await workbench.expand(workbench.treeRow('Mesh', 'Work types'));
    await expect
      .poll(async () => workbench.treeTexts('Mesh'))
      .toEqual(expect.arrayContaining([expect.stringMatching(/^cat\b/), expect.stringMatching(/^echo-params\b/)]));
  });

  test('marks a typo in foo.yml while it is typed, and forgets it when it is undone', async () => {
    await workbench.openFile('foo.yml');
    expect(await workbench.squiggles('foo.yml').count()).toBe(0);
    await workbench.focusEditor('foo.yml');
    await workbench.goTo(lineOf(await workbench.text('foo.yml'), 'port:'), 7);
    await workbench.page.keyboard.press('Delete');
    await workbench.squiggles('foo.yml').first().waitFor();
    expect((await workbench.problems()).join('\n')).toContain('pot');
    await shot('typo');
    await workbench.focusEditor('foo.yml');
    await workbench.page.keyboard.press('Control+Z');
    await workbench.squiggles('foo.yml').first().waitFor({ state: 'detached' });
    await workbench.page.keyboard.press('Control+J');
  });

  test('completes an action and its fields', async () => {
    await workbench.openFile('bar.yml');
    await workbench.focusEditor('bar.yml');
    await workbench.page.keyboard.press('Control+End');
    await workbench.type('\n- work-c');
    expect(await workbench.suggestions()).toContain('work-command');
    await shot('completion');
    await workbench.accept('work-command');
    expect(await workbench.text('bar.yml')).toMatch(/\n- work-command:[^]*\n {4}worktype:/);
    await workbench.command('File: Revert File');
  });

  test('says what a field means', async () => {
    await workbench.openFile('foo.yml');
    await workbench.focusEditor('foo.yml');
    await workbench.goTo(lineOf(await workbench.text('foo.yml'), 'tcp-listener:'), 6);
    expect(await workbench.hoverText()).toMatch(/tcp-listener/);
    await shot('hover');
    await workbench.page.keyboard.press('Escape');
  });

  test('looks like the picture in the README', async () => {
    await workbench.focusEditor('foo.yml');
    await workbench.goTo(lineOf(await workbench.text('foo.yml'), 'port:'), 7);
    await workbench.page.keyboard.press('Delete');
    await workbench.squiggles('foo.yml').first().waitFor();
    await shot('mesh');
    await workbench.page.keyboard.press('Control+Z');
  });

  test('says that bar is unreachable when it was killed', async () => {
    await workspace.mesh!.node('bar').kill();
    await expect
      .poll(async () => workbench.treeTexts('Mesh'), { timeout: 60_000 })
      .toEqual(expect.arrayContaining([expect.stringMatching(/^bar\b.*unreachable/)]));
    await shot('unreachable');
  });

  test('asked nothing of any other machine, and broke nothing', () => {
    expect(workbench.outside).toEqual([]);
    expect(workbench.errors).toEqual([]);
  });
});
