import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ReceptorMeshApi } from '../../../client/src/api.ts';
import { activated, closeAll, fileUri, freePorts, lensTitles, listens, openFile, setText, until } from '../support.ts';

const settings = () => vscode.workspace.getConfiguration('receptor');
const run = (uri: vscode.Uri) => vscode.commands.executeCommand<vscode.Uri | undefined>('receptor.node.run', uri);

describe('nodes that run from the editor', () => {
  let dir: string;
  let api: ReceptorMeshApi;
  let port: number;
  let other: number;

  before(async function () {
    const binary = process.env['RECEPTOR_TEST_BIN'];
    if (binary === undefined) this.skip();
    api = await activated<ReceptorMeshApi>();
    for (const { name } of api.connections) await vscode.commands.executeCommand('receptor.disconnect', name);
    dir = mkdtempSync(path.join(tmpdir(), 'receptor-nodes-'));
    [port, other] = (await freePorts(2)) as [number, number];
    await settings().update('path', binary, vscode.ConfigurationTarget.Global);
  });
  after(async () => {
    await vscode.commands.executeCommand('receptor.node.stopAll');
    await settings().update('path', undefined, vscode.ConfigurationTarget.Global);
    await settings().update('reloadOnSave', undefined, vscode.ConfigurationTarget.Global);
    await closeAll();
    rmSync(dir, { recursive: true, force: true });
  });

  const config = (more = '', listener = port) => `- node:
    id: local
    datadir: ${dir}/data
- log-level: info
- tcp-listener:
    port: ${listener}
- control-service:
    service: control
    filename: ${dir}/local.sock
${more}`;
  const name = 'local-node.yml';

  it('start, connect, and say so on the node item', async () => {
    await openFile(name, config());
    assert.equal((await run(fileUri(name)))?.fsPath, fileUri(name).fsPath);
    await until(() => api.connections.some(({ nodeId }) => nodeId === 'local'), 'a connection to the node');
    const shown = await until(async () => {
      const titles = await lensTitles(fileUri(name));
      return titles.includes('$(debug-stop) Stop') && titles.some((t) => t.startsWith('local runs')) && titles;
    }, 'the lenses of a running node');
    assert.ok(shown.includes('$(refresh) Reload'), shown.join());
  });

  it('reload on save when told to: a changed listener moves', async () => {
    await settings().update('reloadOnSave', 'always', vscode.ConfigurationTarget.Global);
    const editor = await openFile(name);
    await setText(editor.document, config('', other));
    await until(async () => (await lensTitles(fileUri(name))).some((t) => t.includes('a save will reload 1 backend')), 'the prediction');
    assert.ok(await listens(port));
    await vscode.commands.executeCommand('workbench.action.files.save');
    await until(() => listens(other), 'the new listener');
    await until(async () => !(await listens(port)), 'the old listener is gone');
    await until(async () => (await lensTitles(fileUri(name))).includes('local runs this file'), 'the node runs the file');
  });

  it('never reload when told not to', async () => {
    await settings().update('reloadOnSave', 'never', vscode.ConfigurationTarget.Global);
    const editor = await openFile(name);
    await setText(editor.document, config('', port));
    await vscode.commands.executeCommand('workbench.action.files.save');
    await until(async () => (await lensTitles(fileUri(name))).some((t) => t.includes('will reload')), 'the prediction');
    assert.equal(await listens(port), false);
    assert.equal(await listens(other), true);
    await vscode.commands.executeCommand('receptor.reloadConfig', fileUri(name));
    assert.equal(await listens(port), true);
  });

  it('tell that a restart is needed, and restart', async () => {
    await settings().update('reloadOnSave', 'always', vscode.ConfigurationTarget.Global);
    const editor = await openFile(name);
    await setText(editor.document, config('- work-command:\n    worktype: late\n    command: cat\n', port));
    await until(async () => (await lensTitles(fileUri(name))).some((t) => t.includes('needs a restart (work-command)')), 'the prediction');
    await vscode.commands.executeCommand('workbench.action.files.save');
    await vscode.commands.executeCommand('receptor.node.restart', fileUri(name));
    await until(async () => (await lensTitles(fileUri(name))).includes('local runs this file'), 'the node runs the file');
  });

  it('restart once for two who want it at once', async () => {
    const restart = (): Thenable<unknown> => vscode.commands.executeCommand('receptor.node.restart', fileUri(name));
    await Promise.all([restart(), restart()]);
    await until(async () => (await lensTitles(fileUri(name))).includes('local runs this file'), 'the node runs the file');
    assert.ok(await listens(port));
  });

  it('stop', async () => {
    await vscode.commands.executeCommand('receptor.node.stop', fileUri(name));
    assert.equal(await listens(port), false);
    const stopped = await until(async () => {
      const titles = await lensTitles(fileUri(name));
      return titles.includes('$(play) Run') && titles;
    }, 'the lens that runs it');
    assert.ok(stopped.includes('local does not run'), stopped.join());
  });

  /** Runs a config in which the port that it is given is taken; gives the line, of the problem that comes of it, and its words. */
  const runBusy = async (file: string, textWith: (taken: number) => string): Promise<{ line: string | undefined; message: string }> => {
    const busy = createServer().listen(0, '0.0.0.0');
    await new Promise((resolve) => busy.once('listening', resolve));
    const text = textWith((busy.address() as { port: number }).port);
    await openFile(file, text);
    assert.equal(await run(fileUri(file)), undefined);
    busy.close();
    const { message, range } = await until(
      () => vscode.languages.getDiagnostics(fileUri(file)).find(({ source }) => source === 'receptor (last run)'),
      'a problem',
    );
    return { message, line: text.split('\n')[range.start.line] };
  };

  it('say why they did not start, on the item', async () => {
    const { message, line } = await runBusy('busy-node.yml', (taken) => config('', taken).replace('local.sock', 'busy.sock'));
    assert.match(message, /bind: address already in use[\s\S]*Another process/);
    assert.equal(line, '- tcp-listener:');
  });

  it('say it on the control service when that has the port, whatever else listens', async () => {
    const { line } = await runBusy(
      'busy-service.yml',
      (taken) => `${config().replace('local.sock', 'busy.sock')}    tcplisten: ${taken}\n`,
    );
    assert.equal(line, '- control-service:');
  });
});
