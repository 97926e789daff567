import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ReceptorMeshApi } from '../../../client/src/extension.ts';
import { activated, fileUri, nodeOrSkip, until } from '../support.ts';

const config = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('receptor');

describe('connections', () => {
  let api: ReceptorMeshApi;
  before(async () => {
    api = await activated<ReceptorMeshApi>();
  });
  afterEach(async () => {
    await config().update('connections', undefined, vscode.ConfigurationTarget.Global);
    for (const { name } of api.connections) await vscode.commands.executeCommand('receptor.disconnect', name);
  });

  it('connects to an address, and again to nothing new', async function () {
    const foo = nodeOrSkip(this, 'foo');
    const connection = await api.connect(`unix:${foo.socket}`);
    assert.equal(connection.nodeId, 'foo');
    assert.ok(connection.connected);
    await api.connect(`unix:${foo.socket}`);
    assert.equal(api.connections.length, 1);
    assert.equal(api.activeConnection, api.connections[0]);
  });

  it('tells the exact cause, and keeps nothing', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'connections-'));
    try {
      await assert.rejects(api.connect(`unix:${path.join(dir, 'absent.sock')}`), { code: 'absent-socket' });
      await assert.rejects(api.connect('nonsense:1'), { code: 'invalid-address' });
      const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as { port: number };
      await assert.rejects(api.connect(`tcp://127.0.0.1:${port}`), { code: 'not-control-service' });
      server.close();
      await assert.rejects(api.connect(`tcp://127.0.0.1:${port}`), { code: 'refused' });
      assert.deepEqual(api.connections, []);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('connects to a saved profile by itself when it wants that, as soon as it is saved', async function () {
    const foo = nodeOrSkip(this, 'foo');
    await config().update(
      'connections',
      [{ name: 'mine', address: `unix:${foo.socket}`, autoConnect: true, color: 'blue' }],
      vscode.ConfigurationTarget.Global,
    );
    await until(() => api.connections[0]?.connected, 'connected');
    assert.equal(api.connections[0]?.name, 'mine');
  });

  it('goes where a saved profile leads after a change, at once', async function () {
    const [foo, bar] = [nodeOrSkip(this, 'foo'), nodeOrSkip(this, 'bar')];
    const save = async (socket: string): Promise<void> =>
      config().update('connections', [{ name: 'mine', address: `unix:${socket}`, autoConnect: true }], vscode.ConfigurationTarget.Global);
    await save(foo.socket);
    await until(() => api.connections[0]?.nodeId === 'foo', 'foo');
    await save(bar.socket);
    await until(() => api.connections[0]?.nodeId === 'bar' && api.connections[0].connected, 'bar');
    assert.deepEqual(
      api.connections.map(({ name }) => name),
      ['mine'],
    );
    assert.equal(api.activeConnection?.nodeId, 'bar');
  });

  it('leaves a connection alone that a profile only shares its name with', async function () {
    const [foo, bar] = [nodeOrSkip(this, 'foo'), nodeOrSkip(this, 'bar')];
    const elsewhere = { name: 'foo', address: `unix:${bar.socket}` };
    await config().update('connections', [elsewhere], vscode.ConfigurationTarget.Global);
    await vscode.commands.executeCommand('receptor.connectToConfig', fileUri('foo.yml'));
    const name = `foo at unix:${foo.socket}`;
    assert.deepEqual(
      api.connections.map((connection) => [connection.name, connection.nodeId]),
      [[name, 'foo']],
    );
    const last = { name: 'last', address: `unix:${bar.socket}`, autoConnect: true };
    await config().update('connections', [{ ...elsewhere, color: 'red' }, last], vscode.ConfigurationTarget.Global);
    await until(() => api.connections.find((connection) => connection.name === 'last')?.connected, 'the last one is connected');
    assert.deepEqual(
      api.connections.map((connection) => [connection.name, connection.connected]),
      [
        [name, true],
        ['last', true],
      ],
    );
  });

  it('keeps several, and commands mean the one that is active', async function () {
    const [foo, bar] = [nodeOrSkip(this, 'foo'), nodeOrSkip(this, 'bar')];
    await api.connect(`unix:${foo.socket}`);
    await api.connect(`unix:${bar.socket}`);
    assert.deepEqual(
      api.connections.map(({ nodeId }) => nodeId),
      ['foo', 'bar'],
    );
    assert.equal(api.activeConnection?.nodeId, 'bar');
    await api.connect(`unix:${foo.socket}`);
    assert.equal(api.activeConnection?.nodeId, 'foo');
  });

  it('comes back by itself when the service does, and says since when it was gone', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'connections-'));
    const file = path.join(dir, 's.sock');
    const start = async (): Promise<() => void> => {
      const sockets = new Set<{ destroy(): void }>();
      const server = createServer((socket) => {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.write('Receptor Control, node fake\n');
      });
      await new Promise<void>((resolve) => server.listen(file, resolve));
      return () => {
        for (const socket of sockets) socket.destroy();
        server.close();
      };
    };
    try {
      const stop = await start();
      await api.connect(`unix:${file}`);
      assert.ok(api.connections[0]?.connected);
      stop();
      await until(() => api.connections[0]?.connected === false, 'the loss is noticed though nothing was asked');
      assert.equal(api.connections[0]?.nodeId, 'fake');
      const stopAgain = await start();
      await until(() => api.connections[0]?.connected, 'connected again', 30_000);
      stopAgain();
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
