/** What a save waits for, and which saves are the user's. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as vscode from 'vscode';
import { ReloadOnSave, type SaveDeps } from '../../../../client/src/views/reload/saves.ts';
import { eventually, testApp, type Log } from '../app.ts';
import { editor } from '../vscode.ts';

const document = { uri: vscode.Uri.file('/w/foo.yml'), version: 1, getText: () => 'saved' };
const { Manual, AfterDelay } = vscode.TextDocumentSaveReason;

let file: object;
let log: Log;
let predicted: unknown[];
/** What the user does as soon as the file is saved. */
let typed: () => void;
let saves: ReloadOnSave;

beforeEach(() => {
  editor.reset();
  document.version = 1;
  typed = () => undefined;
  const given = testApp();
  ({ log } = given);
  file = {
    uri: document.uri,
    link: 'running',
    linksDown: false,
    summary: { format: 'v1', nodeId: 'foo', templated: false, errors: 0 },
    prediction: { accepted: true, changes: false, items: [] },
  };
  const predict = async (...asked: unknown[]): Promise<undefined> => void predicted.push(asked.slice(1));
  predicted = [];
  const predictionOf = async (...asked: unknown[]): Promise<undefined> => void predicted.push(asked.slice(1));
  const refresh = async (): Promise<object> => {
    typed();
    return file;
  };
  const files = { get: () => file, refresh, predict, predictionOf };
  saves = new ReloadOnSave({ ...given.app, files, language: { documents: { has: () => true } } } as unknown as SaveDeps);
});
afterEach(() => saves.dispose());

test('a save waits a second at most for a node that can not be reached', async () => {
  const never = new Promise(() => undefined);
  Object.assign(file, { watched: '', baseline: '', connection: { use: () => never } });
  const limits = vi.spyOn(AbortSignal, 'timeout');
  await editor.save(document, Manual);
  expect(limits.mock.calls).toEqual([[1000]]);
});

test('a save that is not announced is not the user’s, though the one before was', async () => {
  const decided = async (reason: number | undefined): Promise<string> => {
    const before = log.lines.length;
    await editor.save(document, reason);
    await eventually(() => expect(log.lines.length).toBeGreaterThan(before));
    return log.lines.at(-1)!;
  };
  expect(await decided(Manual)).toContain('nothing that a reload applies has changed');
  expect(await decided(undefined)).toContain('it was saved automatically');
  expect(await decided(AfterDelay)).toContain('it was saved automatically');
  expect(await decided(Manual)).toContain('nothing that a reload applies has changed');
});

test('a config that is no v2 any more is not judged by what the watch of an earlier save had seen', async () => {
  const before = log.lines.length;
  Object.assign(file, { watched: 'v2', baseline: 'v2', summary: { format: 'v2', nodeId: 'foo', templated: false, errors: 0 } });
  Object.assign(file, { connection: { use: () => Promise.reject(new Error('away')) } });
  await editor.save(document, Manual);
  await eventually(() => expect(log.lines.length).toBeGreaterThan(before));
  expect(predicted).toEqual([['v2', 'v2', undefined]]);
  Object.assign(file, { watched: undefined, baseline: 'v1', summary: { format: 'v1', nodeId: 'foo', templated: false, errors: 0 } });
  await editor.save(document, Manual);
  await eventually(() => expect(log.lines.at(-1)).toContain('nothing that a reload applies has changed'));
  expect(predicted).toHaveLength(1);
});

test('a save is judged by the text that was saved, whatever is typed meanwhile', async () => {
  const before = log.lines.length;
  typed = () => document.version++;
  Object.assign(file, { seen: 'old' });
  await editor.save(document, Manual);
  await eventually(() => expect(log.lines.length + editor.messages.length).toBeGreaterThan(before));
  expect(predicted).toEqual([['saved'], ['old', undefined, 'saved']]);
});
