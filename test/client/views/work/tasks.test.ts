import { beforeEach, expect, test, vi } from 'vitest';
import * as vscode from 'vscode';
import type { App } from '../../../../client/src/views/app.ts';
import { registerTasks } from '../../../../client/src/views/work/tasks.ts';
import type { FollowEnd, ResultsSink } from '../../../../client/src/work/follow.ts';
import { unitStatus } from '../../work/simulated.ts';
import { eventually, testApp, type Log } from '../app.ts';
import { editor } from '../vscode.ts';

vi.mock('../../../../client/src/views/work/sending.ts', () => ({
  connectionFor: async () => ({}),
  findProblems: async () => [],
  send: async () => {
    const host = { use: () => Promise.reject(new Error('The node went away.')) };
    return { host, unitId: 'abcd1234', result: 'Job Started', bytes: 0 };
  },
}));
vi.mock('../../../../client/src/views/work/workFiles.ts', () => ({ variableContext: () => ({}) }));

let app: App;
let log: Log;
let sink: ResultsSink | undefined;
let end: (end: FollowEnd) => void;
let text: string;
let codes: unknown[];

beforeEach(() => {
  editor.reset();
  ({ app, log } = testApp());
  text = '';
  codes = [];
  sink = undefined;
  const done = new Promise<FollowEnd>((resolve) => (end = resolve));
  const start = (_host: object, _unitId: string, given: ResultsSink): object => {
    sink = given;
    return { done };
  };
  Object.assign(app, { work: { followings: { start }, shown: () => undefined } });
  registerTasks(app);
});

async function run(definition: object): Promise<void> {
  const task = editor.taskProvider!.resolveTask({ definition: { type: 'receptor', worktype: 'cat', ...definition }, name: 'cat' });
  const terminal = await task.execution.open();
  terminal.onDidWrite((written) => (text += written));
  terminal.onDidClose?.((code) => codes.push(code));
  terminal.open(undefined);
  await eventually(() => expect(sink).toBeDefined());
}

test('the terminal of a task is left to breathe after so much output', async () => {
  await run({});
  const chunk = new Uint8Array(500 * 1024).fill(0x61);
  expect(sink!.write(chunk, 0)).toBeUndefined();
  const pause = sink!.write(chunk, chunk.length);
  expect(pause).toBeInstanceOf(Promise);
  await pause;
  expect(text).toContain('aaaa');
});

test('a task ends as its work did, also when the unit could not be released', async () => {
  await run({ release: true });
  end({ reason: 'ended', position: 0, status: unitStatus(2, 0) });
  await eventually(() => expect(codes).toEqual([0]));
  expect(text).toContain('Unit abcd1234 was not released: The node went away.');
});

test('a work file that can not be read takes no tasks from the others', async () => {
  const [bad, good] = ['/w/bad.receptor-work.yml', '/w/good.receptor-work.yml'].map((file) => vscode.Uri.file(file));
  vi.spyOn(vscode.workspace, 'findFiles').mockResolvedValueOnce([bad!, good!]);
  vi.spyOn(vscode.workspace, 'getWorkspaceFolder').mockReturnValue({ uri: vscode.Uri.file('/w'), name: 'w', index: 0 });
  const read = async (document: { uri: vscode.Uri }): Promise<object> => {
    if (document.uri === bad) throw new Error('It is no text.');
    return { entries: [{ title: 'first' }] };
  };
  vi.spyOn(vscode.workspace, 'openTextDocument').mockImplementation(async (uri) => ({ uri }) as unknown as vscode.TextDocument);
  Object.assign(app, { workFiles: { read } });
  const tasks = await editor.taskProvider!.provideTasks();
  expect(tasks.map(({ definition }) => definition)).toEqual([{ type: 'receptor', file: 'good.receptor-work.yml', submission: 'first' }]);
  expect(log.lines).toEqual(['warn: No tasks of /w/bad.receptor-work.yml: It is no text.']);
  vi.restoreAllMocks();
});
