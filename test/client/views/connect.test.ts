import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as vscode from 'vscode';
import { ControlError } from '../../../client/src/control/index.ts';
import type { App } from '../../../client/src/views/app.ts';
import { connect, connectTo, removeConnection, saveConnection, testConnection } from '../../../client/src/views/connect.ts';
import { addConnection } from '../../../client/src/views/connectionForm.ts';
import type { Profile } from '../../../client/src/views/profile.ts';
import { answering, fakeService, type FakeService } from '../../harness/hostile.ts';
import { eventually, testApp, type Log } from './app.ts';
import { editor, Uri } from './vscode.ts';

const status = answering((line) => (line.includes('status') ? '{"NodeID":"fake","Version":"1.6.9"}\n' : '{}\n'));
const saved = (): Profile[] => (editor.settings.user['connections'] ?? []) as Profile[];

/** Fills the form: what is typed by a part of the title or the prompt, and which rows are picked. */
function fill(texts: Record<string, string>, picks: readonly string[]): string[] {
  const asked: string[] = [];
  const left = [...picks];
  editor.type = ({ title, value, validateInput }) => {
    asked.push(title);
    const text = Object.entries(texts).find(([part]) => title.includes(part))?.[1] ?? value;
    const problem = validateInput?.(text);
    if (problem !== undefined) throw new Error(problem);
    return text;
  };
  editor.pick = (items, title) => {
    asked.push(title);
    const wanted = left.shift();
    return items.find((item) => (typeof item === 'string' ? item : item.label) === wanted);
  };
  return asked;
}

describe('connecting', () => {
  let app: App;
  let log: Log;
  let secrets: Map<string, string>;
  let service: FakeService;

  beforeEach(async () => {
    editor.reset();
    ({ app, log, secrets } = testApp());
    service = await fakeService(status);
  });
  afterEach(async () => {
    app.connections.dispose();
    await service.stop();
  });

  /** The rows of the list, once the search is over. */
  const list = async (): Promise<(typeof editor.quickPicks)[number]> => {
    const pick = await eventually(() => {
      expect(editor.quickPicks.at(-1)?.busy).toBe(false);
      return editor.quickPicks.at(-1);
    });
    if (pick === undefined) throw new Error('no list is shown');
    return pick;
  };
  const rowsOf = ({ items }: (typeof editor.quickPicks)[number]): string[] =>
    items.map((item) => (typeof item === 'string' ? item : item.label));
  const noConfigs = { documents: { all: [] }, summary: async () => null };

  describe('the form', () => {
    test('saves to the user settings, and to no more without a folder', async () => {
      const asked = fill({ '(1/4)': ` ${service.address} `, '(2/4)': 'mine' }, ['blue', 'Save in the user settings']);
      await addConnection(app.connections);
      expect(asked.map((title) => /\(.*\)/.exec(title)?.[0])).toEqual(['(1/4)', '(2/4)', '(3/4)', '(4/4)']);
      expect(saved()).toEqual([{ name: 'mine', address: service.address, color: 'blue' }]);
    });

    test('saves to the workspace, and to connect by itself, when that is chosen', async () => {
      editor.folders = ['/work'];
      const place = 'Save in the workspace settings, and connect by itself from now on';
      fill({ '(1/4)': service.address, '(2/4)': 'mine' }, ['no colour', place]);
      await addConnection(app.connections);
      expect(saved()).toEqual([]);
      expect(editor.settings.workspace['connections']).toEqual([{ name: 'mine', address: service.address, autoConnect: true }]);
      await eventually(() => expect(app.connections.find('mine')?.state.kind).toBe('up'));
    });

    test('replaces no other connection: a name that is taken is refused, and offered with a number', async () => {
      editor.set('connections', [{ name: 's', address: 'unix:/other/s.sock' }]);
      fill({ '(1/4)': service.address }, ['no colour', 'Save in the user settings']); // the socket is called s.sock
      expect((await addConnection(app.connections))?.name).toBe('s 2');
      expect(saved().map(({ name }) => name)).toEqual(['s', 's 2']);
      fill({ '(1/4)': service.address, '(2/4)': 's' }, []);
      await expect(addConnection(app.connections)).rejects.toThrow('Another connection has this name');
    });
  });

  describe('Save Connection', () => {
    test('asks no address again, keeps what is open, and saves it once', async () => {
      const connection = await app.connections.connect({ name: 'fake', address: service.address });
      const asked = fill({}, ['no colour', 'Save in the user settings']);
      await saveConnection(app, connection);
      expect(asked).toHaveLength(3);
      expect(saved()).toEqual([{ name: 'fake', address: service.address }]);
      expect(app.connections.all).toEqual([connection]);
      expect(connection).toMatchObject({ saved: true, state: { kind: 'up' } });
      await saveConnection(app, connection);
      expect(editor.messages.at(-1)?.text).toContain('is saved already');
    });

    test('under another name goes on under that name', async () => {
      const connection = await app.connections.connect({ name: service.address, address: service.address });
      fill({ '(1/3)': 'lab' }, ['red', 'Save in the user settings']);
      await saveConnection(app, connection);
      expect(app.connections.all.map(({ name, saved: isSaved, state }) => [name, isSaved, state.kind])).toEqual([['lab', true, 'up']]);
    });
  });

  test('Test Connection says what answers, or the cause, and leaves nothing open', async () => {
    app = Object.assign(app, { language: noConfigs });
    editor.set('connections', [
      { name: 'mine', address: service.address },
      { name: 'gone', address: 'unix:/nowhere/at.sock' },
    ]);
    const tryOne = async (name: string): Promise<void> => {
      const done = testConnection(app);
      const pick = await list();
      pick.accept(pick.items.find((item) => typeof item !== 'string' && item.label.endsWith(name)));
      await done;
      editor.quickPicks.length = 0;
    };
    await tryOne('mine');
    expect(editor.messages.at(-1)).toMatchObject({ kind: 'information', text: 'mine answers: node fake, receptor 1.6.9.' });
    await tryOne('gone');
    expect(editor.messages.at(-1)).toMatchObject({ kind: 'error', text: expect.stringContaining('not even its folder') as string });
    expect(app.connections.all).toEqual([]);
  });

  test('Remove Connection loses nothing where the settings cannot be written', async () => {
    editor.set('connections', [{ name: 'mine', address: service.address }]);
    await app.connections.connect({ name: 'mine', address: service.address });
    secrets.set('receptor.passphrase.mine', 'x');
    const broken = { ...vscode.workspace.getConfiguration(), update: () => Promise.reject(new Error('Unable to write')) };
    const spy = vi.spyOn(vscode.workspace, 'getConfiguration').mockReturnValue(broken);
    await expect(removeConnection(app, saved()[0])).rejects.toThrow('Unable to write');
    spy.mockRestore();
    expect(app.connections.all.map(({ name }) => name)).toEqual(['mine']);
    expect(secrets.size).toBe(1);
  });

  test('Remove Connection closes it, and forgets its passphrase', async () => {
    editor.set('connections', [
      { name: 'mine', address: service.address },
      { name: 'other', address: 'unix:/other' },
    ]);
    await app.connections.connect({ name: 'mine', address: service.address });
    secrets.set('receptor.passphrase.mine', 'x');
    editor.pick = ([first]) => first;
    await removeConnection(app);
    expect(saved().map(({ name }) => name)).toEqual(['other']);
    expect(app.connections.all).toEqual([]);
    expect(secrets.size).toBe(0);
    await removeConnection(app, saved()[0]);
    expect(saved()).toEqual([]);
    await removeConnection(app);
    expect(editor.messages.at(-1)?.text).toBe('There is no saved connection.');
  });

  test('the list has saved connections, what was found in configs, and what is typed', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'connect-'));
    const socket = path.join(dir, 'found.sock');
    const server = createServer().listen(socket);
    try {
      const config = Uri.file(path.join(dir, 'bar.yml'));
      const summary = {
        nodeId: 'bar',
        tlsClients: [],
        controlServices: [
          { filename: 'found.sock' },
          { tcpListen: '0.0.0.0:8888' },
          { filename: 'absent.sock' },
          { filename: '{{ socket }}' },
        ],
      };
      app = Object.assign(app, { language: { documents: { all: [{ uri: config }] }, summary: async () => summary } });
      editor.set('connections', [{ name: 'mine', address: service.address }]);
      const chosen = connect(app);
      const pick = await list();
      expect(log.lines).toEqual([]);
      const details = pick.items.flatMap((item) => (typeof item === 'string' || !item.label.endsWith('bar') ? [] : [item.detail]));
      expect(rowsOf(pick)).toEqual(expect.arrayContaining(['$(plug) mine', '$(search) bar']));
      expect(details).toEqual(['bar.yml', 'bar.yml', 'bar.yml (its socket is not there: the node does not run)']);
      pick.type('tcp://127.0.0.1:1');
      expect(rowsOf(pick)[0]).toBe('tcp://127.0.0.1:1');
      pick.accept();
      expect(await chosen).toBeUndefined();
    } finally {
      server.close();
      rmSync(dir, { recursive: true, force: true });
    }
  });

  describe('a failure', () => {
    const failing = (code: 'tls-files' | 'tls-name-mismatch', message: string): void => {
      const fails = vi.spyOn(app.connections, 'connect');
      fails.mockImplementation(async () => {
        throw new ControlError(code, message, { nextStep: 'Check `rootCas`, `cert`, `key` and `passphrase`.' });
      });
    };

    test('that a passphrase mends asks for it; any other does not', async () => {
      const asked = fill({}, []);
      failing('tls-files', "The TLS settings can't be used: the key does not belong to the certificate.");
      await connectTo(app, { name: 'x', address: 'tls://x:1' });
      expect(asked).toEqual([]);
      failing('tls-files', "The TLS settings can't be used: the key is encrypted and no passphrase was given.");
      await connectTo(app, { name: 'x', address: 'tls://x:1' }); // nothing is typed, so it ends
      expect(asked).toEqual(['Passphrase of the private key for x']);
      expect(editor.messages.map(({ kind }) => kind)).toEqual(['error', 'error']);
    });

    test('by the name in the certificate asks for that name, and keeps it with the profile', async () => {
      editor.set('connections', [{ name: 'x', address: 'tls://x:1' }]);
      failing('tls-name-mismatch', 'The certificate is for another.');
      await connectTo(app, { name: 'x', address: 'tls://x:1' });
      fill({ 'Name in the certificate': 'prod' }, []);
      editor.messages[0]!.choose('Give Its Name…');
      await eventually(() => expect(saved()).toEqual([{ name: 'x', address: 'tls://x:1', tls: { servername: 'prod' } }]));
      await eventually(() => expect(vi.mocked(app.connections).connect.mock.calls).toHaveLength(2));
    });
  });
});
