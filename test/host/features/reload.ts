import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ReceptorMeshApi } from '../../../client/src/api.ts';
import type { ReloadReport } from '../../../client/src/reload/perform.ts';
import { hand } from '../hand.ts';
import { activated, closeAll, fileUri, freePorts, lensTitles, listens, openFile, setText, until } from '../support.ts';

const name = 'reloaded.yml';
const set = (key: string, value: unknown): Thenable<void> => {
  const [section = '', ...rest] = key.split('.');
  return vscode.workspace.getConfiguration(section).update(rest.join('.'), value, vscode.ConfigurationTarget.Global);
};
const save = (): Thenable<unknown> => vscode.commands.executeCommand('workbench.action.files.save');
const reload = (uri = fileUri(name)): Thenable<ReloadReport | undefined> => vscode.commands.executeCommand('receptor.reloadConfig', uri);
const sees = async (text: string, uri = fileUri(name)): Promise<void> => {
  let titles: string[] = [];
  const seen = until(async () => (titles = await lensTitles(uri)).some((title) => title.includes(text)), `a lens with "${text}"`, 45_000);
  await seen.catch((error: unknown) => {
    throw new Error(`${String(error)}; there are: ${titles.join(' | ')}`);
  });
};

describe('reload', function () {
  this.timeout(90_000);
  let api: ReceptorMeshApi;
  let dir: string;
  let ports: number[];
  let document: vscode.TextDocument;

  const config = (port: number, more = ''): string =>
    `- node: {id: reloaded, datadir: ${dir}/data}\n- log-level: info\n- tcp-listener: {port: ${port}}\n` +
    `- control-service: {service: control, filename: ${dir}/r.sock}\n${more}`;
  /** Edits what the node runs, and waits until the editor says so. */
  const edit = async (text: string, lens: string): Promise<void> => {
    await setText(document, text);
    await sees(lens);
  };
  /** A backend that is restarted ends the connections of its peers. */
  const peer = async (port: number): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1').resume();
    await once(socket, 'connect');
    return socket.on('error', () => undefined);
  };
  /** Writes the config with the first port, or another one, and runs it anew. */
  const runAnew = async (text = config(ports[0]!)): Promise<void> => {
    await set('receptor.reloadOnSave', 'never');
    // Through the editor, which learns of changes on the disk only some time later.
    document = (await openFile(name, existsSync(fileUri(name).fsPath) ? undefined : '')).document;
    await setText(document, text);
    await save();
    await vscode.commands.executeCommand('receptor.node.stop', document.uri);
    await vscode.commands.executeCommand('receptor.node.run', document.uri);
    await sees('reloaded runs this file');
  };

  const disconnectAll = async (): Promise<void> => {
    for (const { name: open } of api.connections) await vscode.commands.executeCommand('receptor.disconnect', open);
  };

  before(async function () {
    this.timeout(120_000);
    const binary = process.env['RECEPTOR_TEST_BIN'];
    if (binary === undefined) this.skip();
    api = await activated<ReceptorMeshApi>();
    await disconnectAll();
    dir = mkdtempSync(path.join(tmpdir(), 'reload-host-'));
    ports = await freePorts(2);
    await set('receptor.path', binary);
    document = (await openFile(name, config(ports[0]!))).document;
    await vscode.commands.executeCommand('receptor.node.run', document.uri);
    await sees('reloaded runs this file');
  });
  after(async () => {
    await vscode.commands.executeCommand('receptor.node.stopAll');
    for (const key of ['receptor.path', 'receptor.reloadOnSave', 'files.autoSave', 'files.autoSaveDelay']) await set(key, undefined);
    await closeAll();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Where the node listens, and a port that is free. */
  let at: number;
  let to: number;
  let last: string;
  beforeEach(async function () {
    const again = last === (last = this.currentTest!.fullTitle());
    if (again) {
      await set('files.autoSave', 'off');
      await runAnew();
    }
    [at, to] = (await listens(ports[0]!)) ? [ports[0]!, ports[1]!] : [ports[1]!, ports[0]!];
  });

  /** Nothing was reloaded: the node listens where it did, and a reload on request still has something to do. */
  const notReloaded = async (): Promise<void> => {
    await sees('a save will reload 1 backend');
    assert.deepEqual([await listens(at), await listens(to)], [true, false]);
  };

  it('asks before a save reloads, and does nothing without an answer', async () => {
    await set('receptor.reloadOnSave', 'ask');
    await edit(config(to), 'a save will reload 1 backend');
    await save();
    assert.equal(document.isDirty, false);
    await notReloaded();
  });

  it('on request tells that it was done', async () => {
    await set('receptor.reloadOnSave', 'never');
    await edit(config(to), 'a save will reload 1 backend');
    await save();
    const report = await reload();
    assert.equal(report?.outcome.kind, 'done');
    assert.deepEqual([await listens(at), await listens(to)], [false, true]);
    await sees('reloaded runs this file');
  });

  it('is compared with what the node runs', async () => {
    await set('receptor.reloadOnSave', 'never');
    await edit(config(to), 'a save will reload 1 backend');
    await vscode.commands.executeCommand('receptor.showRunningChanges', document.uri);
    const { input } = vscode.window.tabGroups.activeTabGroup.activeTab!;
    assert.ok(input instanceof vscode.TabInputTextDiff);
    assert.equal((await vscode.workspace.openTextDocument(input.original)).getText(), config(at));
    assert.equal(input.modified.toString(), document.uri.toString());
    await openFile(name);
    await edit(config(at), 'reloaded runs this file');
    await save();
  });

  it('never follows an auto-save after a delay', async () => {
    await set('receptor.reloadOnSave', 'always');
    await set('files.autoSaveDelay', 50);
    await set('files.autoSave', 'afterDelay');
    await setText(document, config(to));
    await until(() => !document.isDirty, 'an auto-save');
    await set('files.autoSave', 'off');
    await notReloaded();
  });

  it('never follows an auto-save when the focus leaves', async () => {
    await set('receptor.reloadOnSave', 'always');
    await set('files.autoSave', 'onFocusChange');
    await setText(document, `# left\n${config(to)}`);
    assert.equal(document.isDirty, true);
    await openFile('plain.yml');
    await until(() => !document.isDirty, 'an auto-save');
    await set('files.autoSave', 'off');
    await openFile(name);
    await notReloaded();
  });

  it('follows a save by hand when told to', async () => {
    await set('receptor.reloadOnSave', 'always');
    const gone = await peer(at);
    await edit(config(to), 'a save will reload 1 backend');
    await save();
    await until(() => gone.closed, 'the end of the connection of a peer');
    await until(() => listens(to), 'the new listener');
    await sees('reloaded runs this file');
  });

  it('leaves the links alone when nothing that reloads has changed', async () => {
    await set('receptor.reloadOnSave', 'always');
    const stays = await peer(at);
    await edit(`# only a comment\n${config(at).replace('{port:', '{ port:')}`, 'reloaded runs this file');
    await save();
    await until(() => readFileSync(document.uri.fsPath, 'utf8').startsWith('# only'), 'the file on the disk');
    await sees('reloaded runs this file');
    // What a reload would end is still there, and the next save that has something to reload is one.
    assert.equal(stays.closed, false);
    await edit(config(to), 'a save will reload 1 backend');
    await save();
    await until(() => stays.closed, 'the end of the connection of a peer');
    await sees('reloaded runs this file');
  });

  it('follows a newer save without waiting for a link that does not come back', async () => {
    await set('receptor.reloadOnSave', 'always');
    const peer = await openFile('peer.yml', `- node: {id: peer, datadir: ${dir}/peer}\n- tcp-peer: {address: "localhost:${at}"}\n`);
    await vscode.commands.executeCommand('receptor.node.run', peer.document.uri);
    const connection = await api.connect(`unix:${dir}/r.sock`);
    const linked = async (): Promise<boolean> => ((await connection.control!.status(['Connections'])).Connections ?? []).length === 1;
    await until(linked, 'a link');
    await openFile(name);
    await edit(config(to), 'a save will reload 1 backend');
    await save();
    await until(() => listens(to), 'the listener that the peer does not know');
    await setText(document, config(at));
    await save();
    await until(() => listens(at), 'the listener that it knows', 15_000); // a link that is missed is waited for 45 s
    await until(linked, 'the link again', 40_000);
    await sees('reloaded runs this file');
    await vscode.commands.executeCommand('receptor.node.stop', peer.document.uri);
    await vscode.commands.executeCommand('receptor.disconnect', connection.name);
    await vscode.workspace.fs.delete(peer.document.uri);
  });

  it('tells that a restart is needed, and touches nothing', async () => {
    await set('receptor.reloadOnSave', 'never');
    const stays = await peer(at);
    await edit(config(at, '- work-command: {worktype: late, command: cat}\n'), 'a save needs a restart (work-command)');
    await save();
    const report = await reload();
    assert.deepEqual(report?.outcome.kind === 'restart-needed' && { action: report.outcome.action, change: report.outcome.change }, {
      action: 'work-command',
      change: 'changed',
    });
    const problem = vscode.languages.getDiagnostics(document.uri).find(({ source }) => source === 'receptor (reload)');
    assert.equal(problem?.range.start.line, 4);
    assert.equal(stays.closed, false);
    stays.destroy();
  });

  it('tells that the links are gone after a late refusal, and brings them back', async () => {
    await set('receptor.reloadOnSave', 'never');
    await setText(document, config(at).replace('}\n- control', ', tls: nope}\n- control'));
    await save();
    const report = await reload();
    assert.ok(report?.outcome.kind === 'refused' && report.outcome.backendsDown, JSON.stringify(report));
    assert.equal(await listens(at), false);
    const problem = vscode.languages.getDiagnostics(document.uri).find(({ source }) => source === 'receptor (reload)');
    assert.match(problem?.message ?? '', /unknown TLS config nope/);
    assert.equal(problem?.range.start.line, 2);
    // The text that it was started with is no change to the daemon, and still the way out.
    await set('receptor.reloadOnSave', 'always');
    await edit(config(at), 'reloaded has no links: a save will bring its links back');
    await save();
    await until(() => listens(at), 'the listener');
    await sees('reloaded runs this file');
  });

  describe('of a file that was linked to a connection', () => {
    const linkTo = async (row: string): Promise<void> => {
      const linked = vscode.commands.executeCommand('receptor.linkToConnection', document.uri);
      await hand.pickRow('is reached by', row);
      await linked;
    };
    let control: number;
    /** With a TCP listener of the control service beside the socket. */
    const listening = (port: number): string => config(port).replace('{service', `{tcplisten: "127.0.0.1:${control}", service`);

    beforeEach(async () => {
      [control] = (await freePorts(1)) as [number];
      await runAnew(listening(ports[0]!));
      [at, to] = ports as [number, number];
    });
    afterEach(async () => {
      await linkTo('By its control socket');
      await disconnectAll();
    });

    it('knows the socket, however it is written', async () => {
      await linkTo((await api.connect(`${dir}/r.sock`)).name);
      await edit(listening(to), 'a save will reload 1 backend');
      await save();
      assert.equal((await reload())?.outcome.kind, 'done');
      await sees('reloaded runs this file');
    });

    it('leaves the links alone until something that reloads is changed, while it is not known what the node runs', async () => {
      await linkTo((await api.connect(`tcp://127.0.0.1:${control}`)).name);
      const unknown = async (): Promise<boolean> => (await lensTitles(document.uri))[0] === 'reloaded runs';
      await until(unknown, 'a lens that says no more than that it runs');
      await set('receptor.reloadOnSave', 'always');
      const stays = await peer(at);
      await setText(document, `# only a comment\n${listening(at)}`);
      await save();
      await until(() => readFileSync(document.uri.fsPath, 'utf8').startsWith('# only'), 'the file on the disk');
      await setText(document, `# only a comment\n${listening(to)}`);
      await until(unknown, 'that it is still unknown');
      assert.equal(stays.closed, false);
      await save();
      await until(() => stays.closed, 'the end of the connection of a peer');
      // From here it is known, as long as the connection lasts.
      await sees('reloaded runs this file');
      assert.equal(await listens(to), true);
      await edit(listening(at), 'a save will reload 1 backend');
    });
  });

  it('tells how the node differs from its file while it is connected, and no longer', async () => {
    const drift = (): vscode.Diagnostic[] =>
      vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === 'receptor (running node)');
    await runAnew(`${config(ports[0]!)}- tcp-peer: {address: "localhost:${ports[1]!}"}\n`);
    await api.connect(`unix:${dir}/r.sock`);
    await until(async () => (await api.refresh()) && drift().length > 0, 'what differs');
    assert.deepEqual(
      drift().map(({ code, range }) => [code, range.start.line]),
      [['no-link', 4]],
    );
    await openFile('plain.yml'); // nobody looks at the config any more
    await disconnectAll();
    await until(() => drift().length === 0, 'the end of what is not known any more');
    await openFile(name);
  });

  describe('is told to be impossible, and nothing is done', () => {
    beforeEach(async () => {
      await runAnew();
      await set('receptor.reloadOnSave', 'always');
    });
    const untouched = async (): Promise<void> => assert.deepEqual([await listens(ports[0]!), await listens(ports[1]!)], [true, false]);

    it('for a template', async () => {
      await setText(document, config(ports[1]!).replace('info', '{{ level }}'));
      await save();
      assert.equal(await reload(), undefined);
      await untouched();
    });

    it('when another node answers', async () => {
      await edit(config(ports[1]!).replace('id: reloaded', 'id: somebody'), 'Another node answers: reloaded');
      await save();
      assert.equal(await reload(), undefined);
      await untouched();
    });

    it('for a file that was deleted', async () => {
      await setText(document, `${config(ports[0]!)}# kept open\n`);
      await vscode.workspace.fs.delete(document.uri);
      await sees('reloaded runs another file');
      assert.equal(await reload(), undefined);
      await untouched();
      await save();
      await sees('reloaded runs this file');
    });

    it('when no node answers any more', async () => {
      await vscode.commands.executeCommand('receptor.node.stop', document.uri);
      await sees('Run');
      assert.equal(await reload(), undefined);
    });

    it('for a file that was renamed: the node reads the path that it was started with', async () => {
      const renamed = fileUri('renamed.yml');
      await vscode.workspace.fs.rename(document.uri, renamed, { overwrite: true });
      const { document: other } = await openFile('renamed.yml');
      await sees('reloaded runs another file', renamed);
      await setText(other, config(ports[1]!));
      await save();
      assert.equal(await reload(renamed), undefined);
      await untouched();
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
      await vscode.workspace.fs.delete(renamed);
    });

    it('and possible again for one that was made anew under its old name', async () => {
      await sees('reloaded runs this file');
      await edit(config(ports[1]!), 'a save will reload 1 backend');
    });
  });
});
