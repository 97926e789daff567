import { beforeEach, expect, test, vi } from 'vitest';
import type { App } from '../../../../client/src/views/app.ts';
import { registerTasks } from '../../../../client/src/views/work/tasks.ts';
import type { FollowEnd, ResultsSink } from '../../../../client/src/work/follow.ts';
import { eventually } from '../app.ts';
import { editor } from '../vscode.ts';

vi.mock('../../../../client/src/views/work/sending.ts', () => ({
  connectionFor: async () => ({}),
  findProblems: async () => [],
  send: async () => ({ host: {}, unitId: 'abcd1234', result: 'Job Started', bytes: 0 }),
}));
vi.mock('../../../../client/src/views/work/workFiles.ts', () => ({ variableContext: () => ({}) }));

let sink: ResultsSink | undefined;
let text = '';

beforeEach(async () => {
  editor.reset();
  text = '';
  const done = new Promise<FollowEnd>(() => undefined);
  const start = (_host: object, _unitId: string, given: ResultsSink): object => {
    sink = given;
    return { done };
  };
  registerTasks({ work: { followings: { start } } } as unknown as App);
  const definition = { type: 'receptor', worktype: 'cat' };
  const terminal = await editor.taskProvider!.resolveTask({ definition, name: 'cat' }).execution.open();
  terminal.onDidWrite((written) => (text += written));
  terminal.open(undefined);
  await eventually(() => expect(sink).toBeDefined());
});

test('the terminal of a task is left to breathe after so much output', async () => {
  const chunk = new Uint8Array(500 * 1024).fill(0x61);
  expect(sink!.write(chunk, 0)).toBeUndefined();
  const pause = sink!.write(chunk, chunk.length);
  expect(pause).toBeInstanceOf(Promise);
  await pause;
  expect(text).toContain('aaaa');
});
