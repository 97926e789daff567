// `npm start`: a mesh of the two example configs, and a VS Code with the packed extension that has them open.
// usage: npm start [-- --port N] [-- --check]
//   --check  looks at it in a headless Chromium, says whether the Mesh view shows both nodes, and ends
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { Workbench } from '../ui/workbench.ts';
import { packExtension } from './packed.ts';
import { batch } from './processes.ts';
import { findReceptor, NoReceptorError } from './receptor.ts';
import { launchBrowser } from './vscode-host/browser.ts';
import { startServer } from './vscode-host/server.ts';
import type { VSCodeServer } from './vscode-host/server.ts';
import { workspaceWithMesh } from './workspace.ts';
import type { Workspace } from './workspace.ts';

const say = (text: string): void => console.log(text);

/** Resolves at Ctrl-C, and when whoever started us ends us. */
const stopped = async (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });

function receptorHere(): boolean {
  try {
    findReceptor();
    return true;
  } catch (error) {
    if (!(error instanceof NoReceptorError)) throw error;
    say(`${error.message}\nThe editor opens without a mesh: checks and completion work, the Mesh view stays empty.`);
    return false;
  }
}

/** Asks, when there is a desktop VS Code and somebody to answer. */
async function desktopWanted(): Promise<boolean> {
  const { args, shell } = batch(['--version']);
  if (!process.stdin.isTTY || spawnSync('code', args, { stdio: 'ignore', shell }).status !== 0) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(
    'There is a VS Code on this desktop. Open the demo in a new window of it, with its own settings? [y/N] ',
  );
  terminal.close();
  return /^y/i.test(answer);
}

/** Opens the workspace in the desktop's VS Code; resolves when that window is closed. */
async function openDesktop(workspace: Workspace, vsix: string): Promise<void> {
  const own = mkdtempSync(path.join(tmpdir(), 'code-'));
  const common = ['--user-data-dir', path.join(own, 'data'), '--extensions-dir', path.join(own, 'extensions')];
  try {
    const install = batch([...common, '--install-extension', vsix]);
    spawnSync('code', install.args, { stdio: 'inherit', shell: install.shell });
    const foo = workspace.mesh?.node('foo').socket;
    if (foo !== undefined) say(`In that window run "Receptor: Connect" with the address unix:${foo}`);
    const { args, shell } = batch([...common, '--new-window', '--wait', '--disable-workspace-trust', workspace.dir]);
    await once(spawn('code', args, { stdio: 'ignore', shell }), 'exit');
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

/** Looks at the demo as a newcomer would. Throws when the Mesh view does not show what it should. */
async function check(server: VSCodeServer, workspace: Workspace): Promise<void> {
  await using browser = await launchBrowser();
  await using workbench = await Workbench.open(browser, server, workspace.dir);
  await workbench.openFile('foo.yml');
  await workbench.openContainer('Receptor');
  if (workspace.mesh === undefined) return;
  for (const id of ['foo', 'bar']) await workbench.treeRow('Mesh', id).waitFor();
  say(`The Mesh view shows:\n  ${(await workbench.treeTexts('Mesh')).join('\n  ')}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, check: { type: 'boolean', default: false } } });
  const end = stopped();
  say('Building and packing the extension …');
  const vsix = packExtension();
  const withMesh = receptorHere();
  if (withMesh) say('Starting foo and bar …');
  await using workspace = await workspaceWithMesh({ mesh: withMesh });
  if (!values.check && (await desktopWanted())) {
    await Promise.race([openDesktop(workspace, vsix), end]);
    return;
  }
  say('Starting VS Code (the first time it is fetched from npm, about 200 MB on disk) …');
  await using server = await startServer({ vsix: [vsix], port: Number(values.port), settings: workspace.settings });
  const open = ['bar.yml', 'foo.yml'].map((file) => path.join(workspace.dir, file));
  say(`\n  ${server.url(workspace.dir, { open })}\n`);
  if (values.check) await check(server, workspace);
  else {
    say('Open this address in a browser, then the Receptor icon on the left. Ctrl-C stops everything.');
    await end;
    say('\nStopping …');
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
