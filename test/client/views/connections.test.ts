import { homedir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { App } from '../../../client/src/views/app.ts';
import type { Connections } from '../../../client/src/views/connections.ts';
import type { ConfigSummary } from '../../../server/src/protocol/requests.ts';
import { answering, banner, fakeService, type FakeService, type Script } from '../../harness/hostile.ts';
import { eventually, testApp, type Log } from './app.ts';
import { editor } from './vscode.ts';

const status = answering((line) => (line.includes('status') ? '{"NodeID":"fake","Version":"1.6.9"}\n' : '{}\n'));

describe('connections', () => {
  const services: FakeService[] = [];
  let app: App;
  let log: Log;
  let connections: Connections;

  const start = async (script: Script = status): Promise<FakeService> => {
    const service = await fakeService(script);
    services.push(service);
    return service;
  };
  const begin = (): void => {
    ({ app, log } = testApp());
    ({ connections } = app);
  };
  const names = (): string[] => connections.all.map(({ name }) => name);
  const isUp = (name: string) => eventually(() => expect(connections.find(name)?.state.kind).toBe('up'));

  beforeEach(() => {
    editor.reset();
    begin();
  });
  afterEach(async () => {
    connections.dispose();
    await Promise.all(services.splice(0).map((service) => service.stop()));
  });

  test('one that was not saved never bears a saved name, and changes of the settings leave it alone', async () => {
    const [local, prod] = [await start(), await start()];
    editor.set('connections', [{ name: 'foo', address: prod.address }]);
    const opened = await connections.connect({ name: 'foo', address: local.address });
    expect(opened.name).toBe(`foo at ${local.address}`);
    editor.set('connections', [
      { name: 'foo', address: prod.address, color: 'red' },
      { name: 'last', address: prod.address, autoConnect: true },
    ]);
    await isUp('last'); // which is looked at after foo
    expect(opened.state.kind).toBe('up');
    expect(names()).toEqual([opened.name, 'last']);
    expect(prod.connections).toHaveLength(1);
    // Asked for by its name, the saved one is a connection beside it.
    await connections.connect({ name: 'foo', address: prod.address });
    expect(names()).toEqual([opened.name, 'last', 'foo']);
  });

  test('an address that an open connection leads to is that connection, by whatever name', async () => {
    const [one, other] = [await start(), await start()];
    const opened = await connections.connect({ name: 'fake', address: one.address });
    await connections.connect({ name: 'other', address: other.address });
    expect(await connections.connect({ name: one.address, address: one.address })).toBe(opened);
    expect(connections.active).toBe(opened);
    expect(names()).toEqual(['fake', 'other']);
    // Other TLS settings may be seen as another by the node.
    const unlike = { name: one.address, address: one.address, tls: { servername: 'x' } };
    expect(await connections.connect(unlike)).not.toBe(opened);
  });

  test('one that was open before a profile got its name stays, whatever the profile leads to', async () => {
    const [local, prod] = [await start(), await start()];
    const opened = await connections.connect({ name: 'foo', address: local.address });
    for (const autoConnect of [false, true]) editor.set('connections', [{ name: 'foo', address: prod.address, autoConnect }]);
    editor.set('connections', [
      { name: 'foo', address: prod.address, autoConnect: true },
      { name: 'last', address: prod.address, autoConnect: true },
    ]);
    await isUp('last');
    expect(connections.find('foo')).toBe(opened);
    expect(opened.state.kind).toBe('up');
  });

  test('a saved one goes where its profile leads, also when it was saved while open', async () => {
    const [here, there] = [await start(), await start()];
    await connections.connect({ name: 'mine', address: here.address });
    editor.set('connections', [{ name: 'mine', address: here.address }]);
    expect(connections.find('mine')?.saved).toBe(true);
    editor.set('connections', [{ name: 'mine', address: there.address }]);
    await eventually(() => expect(there.connections).toHaveLength(1));
    expect(names()).toEqual(['mine']);
    await isUp('mine');
  });

  test('one whose profile was deleted by hand stays open, and may be saved again', async () => {
    const [service, other] = [await start(), await start()];
    editor.set('connections', [{ name: 'mine', address: service.address, autoConnect: true }]);
    await isUp('mine');
    const connection = connections.find('mine')!;
    expect(connection.saved).toBe(true);
    let told = 0;
    connections.onDidChange(() => told++);
    editor.set('connections', [{ name: 'mine', address: '' }]); // left out, and not yet deleted
    expect([connection.saved, told]).toEqual([true, 0]);
    editor.set('connections', []);
    expect([connection.saved, connection.state.kind, told]).toEqual([false, 'up', 1]);
    // Another profile of that name is not the one that it was opened by.
    editor.set('connections', [{ name: 'mine', address: other.address }]);
    expect(connections.find('mine')).toBe(connection);
  });

  test('a shorter pause between two questions applies at once, where somebody looks', async () => {
    editor.set('refreshInterval', 3600);
    const [watched, other] = [await start(), await start()];
    const { feed } = await connections.connect({ name: 'watched', address: watched.address });
    const { feed: unwatched } = await connections.connect({ name: 'other', address: other.address });
    const asked = ({ lines }: FakeService): number => lines.filter((line) => line === '{"command":"status"}').length;
    feed.watch();
    await feed.refresh();
    await unwatched.refresh();
    editor.set('refreshInterval', 5);
    await eventually(() => expect([asked(watched), asked(other)]).toEqual([2, 1]));
  });

  test('whoever waits for one that is down may leave', async () => {
    let silent = false;
    const service = await start(async (connection) => {
      if (!silent) await connection.send(banner);
    });
    const connection = await connections.connect({ name: 'x', address: service.address });
    silent = true;
    service.connections[0]!.socket.destroy();
    await eventually(() => expect(connection.state.kind).toBe('down'));
    const abort = new AbortController();
    const again = connections.connect({ name: 'x', address: service.address }, 'once', abort.signal);
    await eventually(() => expect(service.connections.length).toBeGreaterThan(1));
    abort.abort();
    await expect(again).rejects.toMatchObject({ code: 'aborted' });
    expect(connection.state).toMatchObject({ kind: 'down', error: { code: 'daemon-gone' } });
  });

  test('profiles of the workspace stand before those of the user, and count only where the workspace is trusted', () => {
    editor.set('connections', [
      { name: 'lab', address: 'unix:/user' },
      { name: 'own', address: 'unix:/own' },
    ]);
    editor.set('connections', [{ name: 'lab', address: 'unix:/workspace' }], 'workspace');
    expect(connections.profiles.map(({ address }) => address)).toEqual(['unix:/workspace', 'unix:/own']);
    editor.trusted = false;
    expect(connections.profiles.map(({ address }) => address)).toEqual(['unix:/user', 'unix:/own']);
  });

  test('nothing connects in a workspace that is not trusted', async () => {
    const service = await start();
    editor.trusted = false;
    editor.set('connections', [{ name: 'mine', address: service.address, autoConnect: true }]);
    await expect(connections.connect({ name: 'x', address: service.address })).rejects.toThrow('not trusted');
    expect(service.connections).toEqual([]);
    expect(names()).toEqual([]);
  });

  test('a wrong entry is told once, with the way to the log', () => {
    editor.set('connections', [{ name: 'x' }]);
    editor.set('connections', [{ name: 'x' }]);
    expect(editor.messages.map(({ text }) => text)).toEqual(['receptor.connections[0] has no address, so that connection is left out.']);
    expect(editor.messages[0]!.buttons).toEqual(['Open Settings', 'Open Log']);
  });

  test('the trace in the log shows lines, and no payload', async () => {
    const service = await start(
      answering(async (line, connection) => {
        if (!line.includes('submit')) return '{}\n';
        await connection.send('Work unit created with ID abcd1234. Send stdin data and EOF.\n');
        await connection.rest();
        await connection.send('{"result":"Job Started","unitid":"abcd1234"}\n');
        connection.socket.end();
        return undefined;
      }),
    );
    editor.set('trace.control', true);
    const connection = await connections.connect({ name: 'x', address: service.address });
    await connection.use((control) => control.submitWork({ workType: 'cat', payload: 'top secret\n' }));
    const traced = log.lines.filter((line) => line.startsWith('debug: x #')).join('\n');
    expect(traced).toContain('open node fake');
    expect(traced).toContain('"worktype":"cat"');
    expect(traced).toContain('abcd1234');
    expect(log.lines.join('\n')).not.toContain('top secret');
  });

  test('one that is lost is told once, and anew when it was back in between', async () => {
    const service = await start();
    const connection = await connections.connect({ name: 'x', address: service.address });
    for (const losses of [1, 2]) {
      for (const { socket } of service.connections) socket.destroy();
      await eventually(() => expect(connection.state.kind).toBe('down'));
      expect(editor.messages.filter(({ text }) => text.includes('was lost'))).toHaveLength(losses);
      await connection.retryNow();
    }
    expect(editor.messages[0]!.buttons).toEqual(['Reconnect Now', 'Open Log']);
    editor.messages[0]!.choose('Open Log');
    await eventually(() => expect(log.shown).toBe(true));
  });

  test('the config that TLS settings are taken from may stand in the home folder; why it is of no use is told', async () => {
    const asked: string[] = [];
    let summary: object | null = null;
    const made = testApp(async ({ fsPath }) => {
      asked.push(fsPath);
      return summary as ConfigSummary | null;
    });
    const profile = { name: 'x', address: 'tls://127.0.0.1:1', tls: { config: '~/edge.yml', tlsclient: 'to-edge' } };
    const connected = made.app.connections.connect(profile);
    await expect(connected).rejects.toThrow('~/edge.yml cannot be read, or is no receptor config. Correct tls.config');
    expect(asked).toEqual([path.join(homedir(), 'edge.yml')]);
    summary = { tlsClients: [] };
    await expect(made.app.connections.connect(profile)).rejects.toThrow('has no tls-client named "to-edge"');
    made.app.connections.dispose();
  });
});
