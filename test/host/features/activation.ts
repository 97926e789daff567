import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { ReceptorMeshApi } from '../../../client/src/extension.ts';
import { symbols } from '../configs.ts';
import { hand } from '../hand.ts';
import { activated, closeAll, extensionId, fileUri, findings, openFile, until } from '../support.ts';

/** Language servers that this extension host has started. */
const servers = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const parent = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        return Number(parent) === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('dist/server.js');
      } catch {
        return false; // ended meanwhile
      }
    });

const stranger = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n';

describe('activation', function () {
  before(function () {
    if (process.platform !== 'linux') this.skip(); // processes are counted in /proc
  });
  after(async () => {
    await vscode.commands.executeCommand('receptor.restartServer'); // the tests that follow want one, whatever became of it here
    await closeAll();
  });

  it("starts no server for YAML that is not receptor's", async () => {
    await openFile('service.yml', stranger);
    await activated();
    await openFile('compose.yaml', 'services:\n  web:\n    image: nginx\n');
    // An edit lets an undecided document be looked at once more.
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '# web\n'));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert.deepEqual(servers(), []);
    await closeAll();
  });

  it('returns its API at once', async () => {
    const api = await activated<ReceptorMeshApi>();
    assert.equal(api.version, 1);
    assert.equal(typeof api.ReceptorControl.connect, 'function');
    assert.ok(vscode.extensions.getExtension(extensionId)?.isActive);
  });

  it('starts one server for the first receptor config, whichever way it is recognised', async () => {
    assert.deepEqual(servers(), []);
    await openFile('by-content.yml', '- node:\n    id: a\n- tcp-listener:\n    port: 1\n');
    await until(() => servers().length === 1, 'a server runs');
    const [pid] = servers();
    await openFile('receptor.conf', '- node:\n    id: b\n');
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.deepEqual(servers(), [pid]);
  });

  it('gives receptor files the language yaml', async () => {
    for (const name of [
      'receptor.conf',
      'receptor-a.conf',
      'node-receptor.conf',
      'a.receptor.yml',
      'a.receptor.yaml.j2',
      'receptor.conf.tpl',
    ]) {
      await vscode.workspace.fs.writeFile(fileUri(name), Buffer.from('- node: {}\n'));
      assert.equal((await vscode.workspace.openTextDocument(fileUri(name))).languageId, 'yaml', name);
    }
  });

  it('checks receptor documents only, and forgets one that became something else', async () => {
    const broken = '- node:\n    id: a\n- tcp-listener:\n    prt: 1\n';
    const { document } = await openFile('changing.yml', broken);
    const found = (): number => vscode.languages.getDiagnostics(document.uri).length;
    await until(() => found() > 0, 'the mistake is found');
    await openFile('changing.yml', stranger);
    await until(() => document.getText() === stranger, 'the new text is there');
    await document.save();
    await until(() => found() === 0, 'its findings are gone');
    const { document: other } = await openFile('other.yml', 'list:\n  - prt: 1\n');
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepEqual(vscode.languages.getDiagnostics(other.uri), []);
  });

  it('offers nothing for other YAML: no formatter, no hover of ours', async () => {
    const { document } = await openFile('other.yml', 'node: 1\nlist:\n  - tcp-listener\n');
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      new vscode.Position(2, 6),
    );
    assert.deepEqual(hovers, []);
    const edits = await vscode.commands.executeCommand<vscode.TextEdit[] | undefined>(
      'vscode.executeFormatDocumentProvider',
      document.uri,
      { tabSize: 2, insertSpaces: true },
    );
    assert.ok(edits === undefined || edits.length === 0);
  });

  it('starts the server again when it dies while it starts', async function () {
    this.timeout(90_000);
    await openFile('by-content.yml');
    await until(() => servers().length === 1, 'a server runs');
    const restarted = vscode.commands.executeCommand('receptor.restartServer');
    const seen = new Set(servers());
    for (let deaths = 0; deaths < 2; deaths++) {
      const young = await until(() => servers().find((pid) => !seen.has(pid)), 'a server begins', 20_000, 1);
      seen.add(young);
      process.kill(young, 'SIGKILL');
    }
    await restarted;
    await until(() => servers().length === 1, 'one server runs');
    const { document } = await openFile('again.yml', '- node:\n    id: a\n- tcp-listener:\n    prt: 1\n');
    await until(() => vscode.languages.getDiagnostics(document.uri).length > 0, 'it checks');
  });

  it('leaves one server when the one before does not answer', async function () {
    this.timeout(90_000);
    await openFile('by-content.yml');
    const [stuck] = await until(() => (servers().length === 1 ? servers() : undefined), 'a server runs');
    assert.ok(stuck);
    process.kill(stuck, 'SIGSTOP'); // it no longer answers, and ends only when it is killed
    await vscode.commands.executeCommand('receptor.restartServer');
    await until(() => !servers().includes(stuck), 'the stuck server is ended');
    const { document } = await openFile('again.yml', '- node:\n    id: a\n- tcp-listener:\n    prt: 1\n');
    await until(() => vscode.languages.getDiagnostics(document.uri).length > 0, 'it checks');
    await new Promise((resolve) => setTimeout(resolve, 1000)); // long enough for the next to begin, if one does
    assert.equal(servers().length, 1, 'one server runs');
  });

  it('restarts the server on command, and by itself when it died', async function () {
    this.timeout(90_000); // three servers start, one after the other
    await openFile('by-content.yml');
    const [before] = await until(() => (servers().length === 1 ? servers() : undefined), 'a server runs');
    await vscode.commands.executeCommand('receptor.restartServer');
    const [after] = await until(() => (servers().length === 1 && servers()[0] !== before ? servers() : undefined), 'another server runs');
    assert.ok(after);
    process.kill(after, 'SIGKILL');
    await until(() => servers().length === 1 && servers()[0] !== after, 'a third server runs');
    const { document } = await openFile('again.yml', '- node:\n    id: a\n- tcp-listener:\n    prt: 1\n');
    await until(() => vscode.languages.getDiagnostics(document.uri).length > 0, 'it checks');
  });

  it('takes the word of the user for what a file is', async () => {
    const choose = async (label: string): Promise<string[]> => {
      const chosen = vscode.commands.executeCommand('receptor.chooseLanguage');
      const rows = await hand.rows('What is this file?');
      await hand.pick('What is this file?', label);
      await chosen;
      return rows.filter((row) => row.endsWith(' now'));
    };
    const { document } = await openFile('chosen.yml', '- node:\n    id: a\n- tcp-listener:\n    prt: 1\n');
    await until(() => findings(document.uri).length > 0, 'the mistake is found');
    assert.deepEqual(await choose('Not a receptor config'), ['A receptor config now', 'Decide by its name and content now']);
    await until(() => findings(document.uri).length === 0, 'its findings are gone');
    assert.deepEqual(await choose('Decide by its name and content'), ['Not a receptor config now']);
    await until(() => findings(document.uri).length > 0, 'the mistake is found again');
    const { document: other } = await openFile('chosen-stranger.yml', stranger);
    await choose('A receptor config');
    await until(() => findings(other.uri).length > 0, 'it is checked as a config');
    await choose('Decide by its name and content');
    await until(() => findings(other.uri).length === 0, 'it is left alone again');
  });

  it('gives a server up that dies again and again, says so once, and starts it when it is told to', async function () {
    this.timeout(120_000);
    const text = '- node:\n    id: a\n- tcp-listener:\n    port: 1\n';
    const { document } = await openFile('deaths.yml', text);
    const works = async (): Promise<boolean> => (await symbols(document.uri)).length > 0;
    const givenUp = async (): Promise<number> => (await hand.log()).split('is not started again').length - 1;
    const before = await givenUp();
    const seen = new Set(servers());
    await vscode.commands.executeCommand('receptor.restartServer'); // what died before does not count
    for (let deaths = 0; deaths < 5; deaths++) {
      const pid = await until(async () => (await works()) && servers().find((one) => !seen.has(one)), `server ${deaths + 1} works`);
      seen.add(pid);
      process.kill(pid, 'SIGKILL');
    }
    await until(async () => (await givenUp()) > before, 'it is given up', 20_000, 250);
    await openFile('deaths-again.yml', text); // what needs a server does not bring it back
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert.deepEqual(servers(), []);
    assert.equal((await givenUp()) - before, 1);
    await vscode.commands.executeCommand('receptor.restartServer');
    await until(works, 'it works again');
    assert.equal(servers().length, 1);
  });
});
