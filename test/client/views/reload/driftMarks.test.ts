import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as vscode from 'vscode';
import type { Connection } from '../../../../client/src/views/connection.ts';
import type { Connections } from '../../../../client/src/views/connections.ts';
import { DriftMarks } from '../../../../client/src/views/reload/driftMarks.ts';
import type { LinkedFile } from '../../../../client/src/views/reload/linkedFiles.ts';
import { answering, fakeService, type FakeService } from '../../../harness/hostile.ts';
import { eventually, testApp, type Log } from '../app.ts';
import { editor, EventEmitter } from '../vscode.ts';

const readFiles = vi.hoisted(() => vi.fn<() => Promise<object[]>>());
vi.mock('../../../../client/src/language/files.ts', () => ({ findReceptorFiles: readFiles }));

const uri = vscode.Uri.file('/w/foo.yml');
const status = JSON.stringify({ NodeID: 'fake', Connections: [{ NodeID: 'bar', Cost: 1 }], RoutingTable: { bar: 'bar' } });
const facts = { nodeId: 'fake', controlServices: [], tlsClients: [], peers: [], listeners: [], workTypes: [], items: [], services: [] };
const file = { uri, answeredBy: 'fake', link: 'running', summary: { ...facts, uri: uri.toString(), errors: 0 } } as unknown as LinkedFile;

const looked = new EventEmitter<LinkedFile | undefined>();
let service: FakeService;
let marks: DriftMarks;
let log: Log;
let ours: boolean;
let connections: Connections;

beforeEach(async () => {
  editor.reset();
  ours = true;
  readFiles.mockReset().mockResolvedValue([]);
  service = await fakeService(answering(() => `${status}\n`));
  const made = testApp();
  ({ log } = made);
  ({ connections } = made.app);
  const connection = await connections.connect({ name: 'x', address: service.address });
  await connection.feed.refresh();
  const documents = { all: [], has: () => ours, onDidRemove: new EventEmitter().event };
  const language = { documents, summary: async () => null } as unknown as ConstructorParameters<typeof DriftMarks>[0]['language'];
  marks = new DriftMarks({ log: made.app.log, language, connections }, { get: () => file, onDidChange: looked.event as never });
});
afterEach(async () => {
  marks.dispose();
  looked.dispose();
  await service.stop();
});
const shown = (): number => editor.diagnostics.get(uri.fsPath)?.length ?? 0;

test('a link that the config does not have is marked', async () => {
  looked.fire(file);
  await eventually(() => expect(shown()).toBe(1));
});

test('of several connections to a node one that has a picture of it tells, and all of them show it', async () => {
  const [first] = connections.all as [Connection];
  const profiles = ['second', 'third'].map((name) => ({ name, address: service.address }));
  editor.set('connections', profiles);
  const [second, third] = (await Promise.all(profiles.map((profile) => connections.connect(profile)))) as [Connection, Connection];
  looked.fire(file);
  await eventually(() => expect(marks.of(third)?.drift).toHaveLength(1));
  expect(marks.of(second)).toBe(marks.of(third));
  connections.close(first);
  expect([shown(), marks.of(third)]).toEqual([0, undefined]); // the others have no picture yet
  await third.feed.refresh();
  looked.fire(file);
  await eventually(() => expect(shown()).toBe(1));
  expect(marks.of(second)?.drift).toHaveLength(1);
});

test('nothing is marked in a file that is no config any more when its turn comes', async () => {
  ours = false;
  looked.fire(file);
  await eventually(() => expect(readFiles).toHaveBeenCalled());
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(shown()).toBe(0);
});

test('configs that cannot be read now are read when they are wanted again', async () => {
  readFiles.mockRejectedValueOnce(new Error('the server ended'));
  looked.fire(file);
  await eventually(() => expect(log.lines.at(-1)).toBe('debug: No drift of /w/foo.yml: the server ended'));
  expect(shown()).toBe(0);
  looked.fire(file);
  await eventually(() => expect(shown()).toBe(1));
});
