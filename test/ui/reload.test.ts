// A node that runs from the editor: edit a peer, see what a save would do, save, see the link move; then a restart.
import type { Browser } from 'playwright-core';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMesh, type Mesh } from '../harness/mesh.ts';
import { packedVsix } from '../harness/packed.ts';
import { findReceptor, hasReceptor, newestReceptor } from '../harness/receptor.ts';
import { hasChromium, launchBrowser } from '../harness/vscode-host/browser.ts';
import { startServer, type VSCodeServer } from '../harness/vscode-host/server.ts';
import { shotOnFailure } from './failures.ts';
import { Workbench, lineOf } from './workbench.ts';

const patience = 60_000;

describe.skipIf(!hasChromium() || !hasReceptor(newestReceptor))('reload', () => {
  let dir: string;
  let hubs: Mesh;
  let server: VSCodeServer;
  let browser: Browser;
  let workbench: Workbench;
  let ports: number[];

  const config = (): string => `- node:
    id: edge
    datadir: ${dir}/data
- log-level: info
- tcp-peer:
    address: localhost:${ports[0]}
- control-service:
    service: control
    filename: ${dir}/edge.sock
`;

  /** The same in the other format, whose file the daemon watches. */
  const watched = (): string => `node:
  id: lake
  datadir: ${dir}/lake
log-level:
  level: info
tcp-peers:
  - address: localhost:${ports[0]}
    cost: 1
control-services:
  - service: control
    filename: ${dir}/lake.sock
`;

  shotOnFailure(() => workbench);

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'receptor-ui-reload-'));
    const hub = (id: string): string => `- node: {id: ${id}}\n- tcp-listener: {port: 2222}\n- control-service: {service: control}\n`;
    const workspace = path.join(dir, 'workspace');
    mkdirSync(workspace);
    [hubs, browser] = await Promise.all([
      startMesh({ 'east.yml': hub('east'), 'west.yml': hub('west').replace('2222', '2223') }, { linked: false }),
      launchBrowser(),
    ]);
    ports = ['east', 'west'].map((id) => Number(/port: (\d+)/.exec(readFileSync(hubs.node(id).configPath, 'utf8'))![1]));
    writeFileSync(path.join(workspace, 'edge.yml'), config());
    writeFileSync(path.join(workspace, 'lake.yml'), watched());
    server = await startServer({ flavour: 'latest', vsix: [packedVsix()], machineSettings: { 'receptor.path': findReceptor() } });
    workbench = await Workbench.open(browser, server, workspace);
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await hubs?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const lenses = async (file: string): Promise<string[]> => workbench.editor(file).locator('.codelens-decoration a').allInnerTexts();
  const seesLens = (text: string | RegExp, file = 'edge.yml'): Promise<void> =>
    expect.poll(async () => (await lenses(file)).join(' | '), { timeout: patience }).toMatch(text);
  const replace = async (from: string, to: string, file = 'edge.yml'): Promise<void> => {
    await workbench.command('View: Focus Active Editor Group');
    await workbench.goTo(lineOf(await workbench.text(file), from));
    await workbench.page.keyboard.press('End');
    for (const _ of from) await workbench.page.keyboard.press('Backspace');
    await workbench.type(to);
  };

  /** What stands behind items, which is no text of the document. */
  const marks = async (file = 'edge.yml'): Promise<string> => {
    const spans = workbench.editor(file).locator('.view-line span');
    const contents = await spans.evaluateAll((elements) => {
      const page = globalThis as unknown as { getComputedStyle(element: unknown, part: string): { content: string } };
      return elements.map((element) => page.getComputedStyle(element, '::after').content);
    });
    return contents.join();
  };
  const append = async (text: string): Promise<void> => {
    await workbench.command('View: Focus Active Editor Group');
    await workbench.page.keyboard.press('Control+End');
    await workbench.type(text);
  };
  const save = (): Promise<void> => workbench.page.keyboard.press('Control+S');

  test('runs a node from its config', async () => {
    await workbench.openFile('edge.yml');
    await workbench.command('Receptor: Run This Node');
    await seesLens(/edge runs.*Stop.*Restart.*Reload/);
    await workbench.shot('reload-running');
  });

  test('says what a save would do, asks, and shows that the link moved', async () => {
    await replace(String(ports[0]), String(ports[1]));
    await seesLens(/edge: a save will reload 1 backend/);
    await workbench.shot('reload-predicted');
    await expect.poll(() => marks(), { timeout: patience }).toContain('"applied by a reload"');
    expect(await workbench.languageStatus()).toContain('edge: a save will reload 1 backend');
    await workbench.page.keyboard.press('Escape');
    await workbench.command('View: Focus Active Editor Group');
    await workbench.page.keyboard.press('Control+S');
    await workbench.told(/Reload edge\?/, patience);
    await workbench.shot('reload-asked');
    await workbench.answer(/Reload edge\?/, 'Reload');
    await workbench.told(/edge was reloaded; new: west(?: after [\d.]+ s)?; gone: east/, patience);
    await seesLens(/edge runs this file/);
    await workbench.shot('reload-done');
  });

  test('says that a work-command needs a restart, restarts, and is at rest', async () => {
    await workbench.command('Notifications: Clear All Notifications');
    await workbench.command('View: Focus Active Editor Group');
    await workbench.page.keyboard.press('Control+End');
    await workbench.type('- work-command: {worktype: late, command: cat}\n');
    await seesLens(/edge: a save needs a restart \(work-command\)/);
    await workbench.shot('reload-restart-needed');
    await expect.poll(() => marks(), { timeout: patience }).toContain('"needs a restart"');
    await save();
    await workbench.answer(/edge was not reloaded/, 'Show Changes');
    await workbench.page.locator('.tab', { hasText: 'edge.yml: running ↔ file' }).waitFor({ timeout: patience });
    await workbench.command('View: Close Editor');
    await workbench.command('Notifications: Clear All Notifications');
    await append('# one\n');
    await save();
    await workbench.answer(/edge was not reloaded\. a non-reloadable/, 'Reload Anyway');
    await workbench.told(/edge was not reloaded: work-command was changed/, patience);
    await workbench.command('Notifications: Clear All Notifications');
    await append('# two\n');
    await save();
    await workbench.answer(/edge was not reloaded/, 'Restart Node');
    await seesLens(/edge runs this file/);
    await workbench.shot('reload-restarted');
  });

  test('shows in the Mesh view that the node is not linked as its file says, and leads to the peer', async () => {
    await workbench.command('Notifications: Clear All Notifications');
    // By the command: the badge of the running node covers the icon.
    await workbench.command('Receptor: Focus on Mesh View');
    await hubs.node('west').stop();
    await workbench.treeRow('Mesh', 'Differs from edge.yml').waitFor({ timeout: patience });
    const missing = workbench.treeRow('Mesh', 'Link missing');
    await missing.waitFor({ timeout: patience });
    await workbench.shot('reload-drift');
    await missing.click();
    await expect.poll(async () => workbench.text('edge.yml'), { timeout: patience }).toContain(`localhost:${ports[1]}`);
    await hubs.node('west').start();
    await missing.waitFor({ state: 'detached', timeout: patience });
  });

  test('asks no more where the answer was "Always Here"', async () => {
    await replace(String(ports[1]), String(ports[0]));
    await seesLens(/edge: a save will reload 1 backend/);
    await workbench.page.keyboard.press('Control+S');
    await workbench.answer(/Reload edge\?/, 'Always Here');
    await workbench.told(/edge was reloaded; new: east(?: after [\d.]+ s)?; gone: west/, patience);
    await workbench.command('Notifications: Clear All Notifications');
    await replace(String(ports[0]), String(ports[1]));
    await seesLens(/edge: a save will reload 1 backend/);
    await workbench.page.keyboard.press('Control+S');
    await workbench.told(/edge was reloaded; new: west(?: after [\d.]+ s)?; gone: east/, patience);
    await seesLens(/edge runs this file/);
  });

  test('asks again when told to, never where the answer was "Never Here", and knows what Reload Node did', async () => {
    await workbench.command('Notifications: Clear All Notifications');
    await workbench.command('Receptor: Ask Again Before Reloading on Save');
    await workbench.told(/Saves ask again/, patience);
    await workbench.command('Notifications: Clear All Notifications');
    await replace(String(ports[1]), String(ports[0]));
    await seesLens(/edge: a save will reload 1 backend/);
    await save();
    await workbench.answer(/Reload edge\?/, 'Never Here');
    await append('# never\n');
    await save();
    await expect.poll(() => readFileSync(path.join(dir, 'workspace', 'edge.yml'), 'utf8'), { timeout: patience }).toContain('# never');
    await seesLens(/edge: a save will reload 1 backend/); // neither reloaded …
    await workbench.command('Receptor: Reload Node');
    await workbench.dialog.filter({ hasText: /Reload node edge\?/ }).waitFor({ timeout: patience });
    await workbench.page.keyboard.press('Enter');
    await workbench.told(/edge was reloaded; new: east(?: after [\d.]+ s)?; gone: west/, patience);
    await seesLens(/edge runs this file/);
    expect(await workbench.notification(/Reload edge\?/).count()).toBe(0); // … nor asked
  });

  test('tells what the daemon makes of a save by itself in format v2, and when the link is back', async () => {
    await workbench.command('Receptor: Ask Again Before Reloading on Save'); // "never" is still the answer
    await workbench.told(/Saves ask again/, patience);
    await workbench.command('Notifications: Clear All Notifications');
    await workbench.openFile('lake.yml');
    await workbench.command('Receptor: Run This Node');
    await seesLens(/lake runs/, 'lake.yml');
    await workbench.command('Notifications: Clear All Notifications');
    await replace(`localhost:${ports[0]}`, `localhost:${ports[1]}`, 'lake.yml');
    await seesLens(/lake: a save .*1 backend/, 'lake.yml');
    await expect.poll(() => marks('lake.yml'), { timeout: patience }).toContain('"applied when saved"');
    await workbench.page.keyboard.press('Control+S');
    await workbench.told(/lake has applied its file; new: west(?: after [\d.]+ s)?; gone: east/, patience);
    await workbench.shot('reload-watched');
  });
});
