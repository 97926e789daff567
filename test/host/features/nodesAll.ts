import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ReceptorMeshApi } from '../../../client/src/api.ts';
import { hand } from '../hand.ts';
import { activated, closeAll, fileUri, freePorts, lensTitles, listens, openFile, setText, until } from '../support.ts';

const settings = () => vscode.workspace.getConfiguration('receptor');
const set = (key: string, value: unknown) => settings().update(key, value, vscode.ConfigurationTarget.Global);
const node = (what: string, uri: vscode.Uri) => vscode.commands.executeCommand(`receptor.node.${what}`, uri);
const terminalOf = (id: string) => vscode.window.terminals.find(({ name }) => name.includes(id));
const sees = (uri: vscode.Uri, ...wanted: string[]) =>
  until(
    async () => {
      const titles = await lensTitles(uri);
      return wanted.every((title) => titles.includes(title)) || undefined;
    },
    `the lenses ${wanted.join(', ')}`,
  );

describe('several nodes of a folder', function () {
  this.timeout(90_000);
  let dir: string;
  let api: ReceptorMeshApi;
  let ports: number[];
  const uris = {
    hub: fileUri('lan/hub.yml'),
    leaf: fileUri('lan/leaf.yml'),
    half: fileUri('lan/half.yml'),
    bare: fileUri('bare.yml'),
  };

  const hub = () => `- node: {id: lan-hub, datadir: ${dir}/hub}
- log-level: info
- tcp-listener: {port: ${ports[0]}, bindaddr: 127.0.0.1}
- control-service: {filename: ${dir}/hub.sock}
`;
  // It says nothing at its start, and answers.
  const leaf = () => `- node: {id: lan-leaf, datadir: ${dir}/leaf}
- log-level: error
- tcp-peer: {address: "localhost:${ports[0]}"}
- tcp-listener: {port: ${ports[1]}, bindaddr: 127.0.0.1}
- control-service: {filename: ${dir}/leaf.sock}
`;
  // Nobody can ask it anything.
  const bare = (port: number) => `- node: {id: lan-bare, datadir: ${dir}/bare}
- log-level: info
- tcp-listener: {port: ${port}, bindaddr: 127.0.0.1}
`;

  before(async function () {
    const binary = process.env['RECEPTOR_TEST_BIN'];
    if (binary === undefined) this.skip();
    api = await activated<ReceptorMeshApi>();
    dir = mkdtempSync(path.join(tmpdir(), 'receptor-lan-'));
    ports = await freePorts(4);
    await set('path', binary);
    await vscode.workspace.fs.writeFile(uris.hub, Buffer.from(hub()));
    await vscode.workspace.fs.writeFile(uris.leaf, Buffer.from(leaf()));
    await vscode.workspace.fs.writeFile(uris.half, Buffer.from(hub().replace('lan-hub', '{{ name }}')));
  });
  after(async () => {
    await vscode.commands.executeCommand('receptor.node.stopAll');
    for (const key of ['path', 'reloadOnSave', 'run.keepRunning']) await set(key, undefined);
    await closeAll();
    await vscode.workspace.fs.delete(fileUri('lan'), { recursive: true });
    await vscode.workspace.fs.delete(uris.bare);
    rmSync(dir, { recursive: true, force: true });
  });

  it('run together and link; one that cannot be run is left out, and told of', async () => {
    await openFile('lan/hub.yml');
    assert.equal(await node('runAll', uris.hub), 2);
    const connection = await api.connect(`unix:${dir}/leaf.sock`);
    await until(async () => (await api.refresh(connection)).nodes.get('lan-hub')?.state === 'direct', 'the link');
    await vscode.commands.executeCommand('receptor.disconnect', connection.name);
    assert.match(await hand.log(), /1 of 3 configs were not run\. half\.yml is a template: render it/);
    await sees(uris.hub, 'lan-hub runs this file', '$(debug-stop) Stop');
    await openFile('lan/leaf.yml');
    await sees(uris.leaf, 'lan-leaf runs this file', '$(debug-stop) Stop');
  });

  it('stop together, and the lens says that they do not run', async () => {
    await vscode.commands.executeCommand('receptor.node.stopAll');
    assert.deepEqual(await Promise.all(ports.slice(0, 2).map(listens)), [false, false]);
    await sees(uris.leaf, 'lan-leaf does not run', '$(play) Run');
  });

  it('end by Ctrl+C in the terminal, and when it is closed', async () => {
    await node('run', uris.hub);
    terminalOf('lan-hub')!.sendText('\u0003', false);
    await until(async () => !(await listens(ports[0]!)), 'Ctrl+C ends the node');
    await node('run', uris.hub);
    assert.ok(await listens(ports[0]!));
    terminalOf('lan-hub')!.dispose();
    await until(async () => !(await listens(ports[0]!)), 'closing the terminal ends the node');
  });

  it('run with a log file when they are to be left running, and are stopped from here all the same', async () => {
    await set('run.keepRunning', true);
    await node('run', uris.hub);
    await set('run.keepRunning', undefined);
    assert.ok(await listens(ports[0]!));
    await node('stop', uris.hub);
    assert.equal(await listens(ports[0]!), false);
    await sees(uris.hub, '$(play) Run');
  });

  it('without a control socket: a save asks for a restart, not for a reload', async () => {
    await set('reloadOnSave', 'always');
    const { document } = await openFile('bare.yml', bare(ports[2]!));
    await node('run', uris.bare);
    await sees(uris.bare, 'lan-bare runs this file', '$(debug-restart) Restart');
    assert.ok(!(await lensTitles(uris.bare)).includes('$(refresh) Reload'));
    await setText(document, bare(ports[3]!));
    await sees(uris.bare, 'lan-bare: a save needs a restart (tcp-listener)');
    await vscode.commands.executeCommand('workbench.action.files.save');
    await until(async () => (await hand.log()).includes('Saved; lan-bare was not reloaded.'), 'what is said of the save');
    await node('restart', uris.bare);
    assert.deepEqual(await Promise.all(ports.slice(2).map(listens)), [false, true]);
    await sees(uris.bare, 'lan-bare runs this file');
    assert.ok(!existsSync(path.join(dir, 'bare.sock')));
  });
});
