import { beforeEach, expect, test } from 'vitest';
import type { App } from '../../../../client/src/views/app.ts';
import { workCommands } from '../../../../client/src/views/work/commands.ts';
import { testApp } from '../app.ts';
import { editor } from '../vscode.ts';

beforeEach(() => editor.reset());

test.each([
  ['one is hidden', ['bar'], ['bar']],
  ['several are shown, only the one that is picked is hidden', ['bar', 'baz'], ['baz']],
  ['none is shown, none is hidden', [], []],
])('from the palette, of the nodes beside the connected one: where %s', async (_, others, expected) => {
  const hidden: unknown[] = [];
  const feeds = [undefined, ...others].map((node) => ({ host: { title: node, remote: node === undefined ? undefined : { node } } }));
  const units = { feeds, hideNode: ({ host }: (typeof feeds)[number]) => void (host.remote !== undefined && hidden.push(host.title)) };
  const app = { ...testApp().app, work: { units, followings: { stopClosed: () => undefined } } } as unknown as App;
  editor.pick = (items) => items.at(-1);
  await workCommands.find(({ id }) => id === 'receptor.work.hideNode')!.run(app);
  expect(hidden).toEqual(expected);
});
