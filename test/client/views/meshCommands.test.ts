import { beforeEach, expect, test } from 'vitest';
import type { App } from '../../../client/src/views/app.ts';
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

test('where a mesh has nothing to choose, that is said, and no empty list is shown', async () => {
  const self = { id: 'foo', state: 'self', services: [{ node: 'foo', name: 'x', connType: 0 }] };
  const active = { feed: { snapshot: { self: 'foo', nodes: new Map([['foo', self]]) } } };
  const app = { ...testApp().app, connections: { active } } as unknown as App;
  editor.pick = (items) => {
    throw new Error(`asked: ${JSON.stringify(items)}`);
  };
  for (const id of ['receptor.connectAsNode', 'receptor.openService']) await meshCommands.find((command) => command.id === id)!.run(app);
  expect(editor.messages.map(({ text }) => text)).toEqual([
    'There is no such node in the mesh now.',
    'No node of the mesh offers a stream service now.',
  ]);
});
