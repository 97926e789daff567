// The topology inside the real workbench: the packed extension, a real mesh, one panel.
import type { Browser, Frame } from 'playwright-core';
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

const runs = hasChromium() && hasReceptor(newestReceptor);
const page = 'body[data-view=receptor-topology]';

describe.skipIf(!runs)('the topology panel', () => {
  let workspace: Workspace;
  let server: VSCodeServer;
  let browser: Browser;
  let workbench: Workbench;

  shotOnFailure(() => workbench);

  beforeAll(async () => {
    [workspace, browser] = await Promise.all([workspaceWithMesh({ mesh: true }), launchBrowser()]);
    server = await startServer({ vsix: [packedVsix()], settings: workspace.settings });
    workbench = await Workbench.open(browser, server, workspace.dir);
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await workspace?.[Symbol.asyncDispose]();
  });

  /** Rows of the list for screen readers. */
  const nodes = async (frame: Frame): Promise<string[]> => frame.locator('#tree > [role=treeitem]').allTextContents();
  const places = async (frame: Frame): Promise<string[]> => (await nodes(frame)).map((text) => text.split(',')[0]!);

  test('opens from the Mesh view and shows foo and bar, live', async () => {
    await workbench.openContainer('Receptor');
    await workbench.treeRow('Mesh', 'bar').waitFor();
    // In the title bar of the view, which is seen while the pointer is over it.
    await expect.poll(() => workbench.pane('Mesh').locator('.action-label[aria-label*="Show Topology"]').count()).toBeGreaterThan(0);
    await workbench.command('Receptor: Show Topology');
    const frame = await workbench.webview(page);
    await expect.poll(() => nodes(frame)).toEqual(['foo, this node, 1 link', 'bar, direct, 1 link']);
    await expect.poll(() => frame.textContent('#status')).toBe('Live');
    await workbench.page.locator('.tab', { hasText: 'Topology: foo' }).waitFor();
  });

  test('selects by keyboard: route, services and work types in the side panel', async () => {
    const frame = await workbench.webview(page);
    await frame.focus('#graph');
    await workbench.page.keyboard.press('End');
    await workbench.page.keyboard.press('Enter');
    await frame.locator('#side h2', { hasText: 'bar' }).waitFor();
    await frame.locator('#side dd', { hasText: 'foo → bar' }).waitFor();
    await workbench.page.keyboard.press('Home');
    await workbench.page.keyboard.press('Enter');
    await frame.locator('#side li', { hasText: 'control' }).waitFor();
    await frame.locator('#side dt', { hasText: 'Version' }).waitFor();
  });

  test('draws a traceroute that is asked for in the side panel', async () => {
    const frame = await workbench.webview(page);
    await frame.focus('#graph');
    await workbench.page.keyboard.press('End');
    await workbench.page.keyboard.press('Enter');
    await frame.locator('#side h2', { hasText: 'bar' }).waitFor();
    await frame.getByRole('button', { name: 'Traceroute', exact: true }).click();
    await frame.locator('.trace li', { hasText: 'bar' }).waitFor();
    await workbench.command('Notifications: Clear All Notifications');
    await workbench.shot('topology');
  });

  test('marks a node that is gone, and finds it again', async () => {
    const frame = await workbench.webview(page);
    const bar = workspace.mesh!.node('bar');
    await bar.stop();
    await expect.poll(() => nodes(frame), { timeout: 60_000 }).toContainEqual(expect.stringMatching(/^bar, (?:unreachable|ghost)/));
    await bar.start();
    await expect.poll(() => nodes(frame), { timeout: 60_000 }).toContainEqual(expect.stringMatching(/^bar, direct/));
  });

  test.each([
    ['Light Modern', 'light'],
    ['Dark High Contrast', 'high-contrast'],
    ['Dark Modern', 'dark'],
  ])('follows the theme %s', async (label, name) => {
    await workbench.theme(label);
    const frame = await workbench.webview(page);
    await expect.poll(() => frame.locator('body').getAttribute('class')).toContain(`vscode-${name}`);
    await workbench.shot(`topology-panel-${name}`);
  });

  test('is there again after a reload of the window, as it was', async () => {
    const shown = await workbench.webview(page);
    await shown.focus('#graph');
    await workbench.page.keyboard.press('End');
    await workbench.page.keyboard.press('Enter');
    await shown.locator('#side h2', { hasText: 'bar' }).waitFor();
    const before = await places(shown);
    await workbench.page.waitForTimeout(1500); // VS Code keeps what a webview remembers some time after it was told
    await workbench.page.reload({ waitUntil: 'commit' });
    await workbench.page.waitForFunction("performance.getEntriesByName('code/didLoadExtensions').length > 0", undefined, {
      timeout: 90_000,
    });
    await workbench.page.locator('.tab', { hasText: 'Topology: foo' }).waitFor();
    const frame = await workbench.webview(page);
    await expect.poll(() => places(frame), { timeout: 60_000 }).toEqual(before);
    await frame.locator('#side h2', { hasText: 'bar' }).waitFor();
  });

  test('asked nothing of any other machine, and threw nothing', () => {
    expect(workbench.outside).toEqual([]);
    expect(workbench.errors).toEqual([]);
  });
});
