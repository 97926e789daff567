import { beforeEach, expect, test } from 'vitest';
import { meshCommands } from '../../../client/src/views/meshCommands.ts';
import { testApp } from './app.ts';
import { editor } from './vscode.ts';

beforeEach(() => editor.reset());

test('the config of a node that is named is looked for without a connection; which node is meant, only a connection tells', async () => {
  const { app } = testApp();
  const command = meshCommands.find(({ id }) => id === 'receptor.openNodeConfig')!;
  await command.run(app, 'bar');
  expect(editor.messages.map(({ text }) => text)).toEqual(['No file of this workspace is a receptor config of a node "bar".']);
  await expect(command.run(app)).rejects.toThrow('There is no connection.');
});
