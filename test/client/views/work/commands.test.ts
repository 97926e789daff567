import { beforeEach, describe, expect, test } from 'vitest';
import type { App } from '../../../../client/src/views/app.ts';
import { workCommands } from '../../../../client/src/views/work/commands.ts';
import { saveArchive, saveResults } from '../../../../client/src/views/work/saveResults.ts';
import type { UnitFeed } from '../../../../client/src/views/work/unitFeed.ts';
import { HostRow, UnitRow, type UnitOptions } from '../../../../client/src/views/work/unitRows.ts';
import type { Unit } from '../../../../client/src/work/units.ts';
import { eventually, testApp } from '../app.ts';
import { editor, Uri } from '../vscode.ts';

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

/** As a remote window names what is on the disk of the machine where it is shown. */
const elsewhere = Object.assign(Uri.from({ scheme: 'vscode-local', path: '/here/x', query: '' }), { fsPath: '/here/x' });

test('a file of another machine is not looked for on this one', async () => {
  const submit = workCommands.find(({ id }) => id === 'receptor.work.submitFile')!;
  await expect(submit.run(testApp().app, elsewhere)).rejects.toThrow(
    '/here/x is not on the disk of the machine where Receptor Mesh runs: open it, and submit the document.',
  );
});

test.each([
  ['results', (target: never) => saveResults({} as never, { use: async () => undefined } as never, 'a', target)],
  ['artifacts', (target: never) => saveArchive({} as never, {} as never, 'a', { offset: 0, encoded: 0 } as never, target)],
])('%s for another machine are not written on this one', async (_, save) => {
  await expect(save(elsewhere as never)).rejects.toThrow('/here/x is not on the disk of the machine where Receptor Mesh runs');
});

describe('a run is compared with another', () => {
  const compare = (app: unknown, ...args: unknown[]): unknown =>
    workCommands.find(({ id }) => id === 'receptor.work.compareResults')!.run(app as App, ...args);

  test('and where the history has no other, that is said', async () => {
    const records = [{ title: 'first', at: 0, unitId: 'a', nodeId: 'foo', bytes: 0 }];
    const done = compare({ ...testApp().app, work: { history: { records }, units: { feeds: [] } } });
    await eventually(() => expect(editor.quickPicks).toHaveLength(1));
    editor.quickPicks[0]!.accept(editor.quickPicks[0]!.items[0]);
    await done;
    expect(editor.messages.map(({ text }) => text)).toEqual(['There is no other run to compare with.']);
  });

  test('and not with itself', async () => {
    const units = ['a', 'b'].map(
      (id) => ({ id, workType: 'cat', state: 2, stateName: 'Succeeded', final: true, size: 1, detail: '' }) as Unit,
    );
    const feed = { host: { nodeId: 'foo', connection: { name: 'x' } }, units } as unknown as UnitFeed;
    const { app } = testApp();
    const work = { units: { feeds: [feed], refresh: async () => undefined }, times: { times: { of: () => undefined } } };
    const offered: string[] = [];
    editor.pick = (items) => void offered.push(...items.map((item) => (typeof item === 'string' ? item : item.label)));
    const row = new UnitRow(new HostRow(feed, {} as UnitOptions), feed, units[0]!, undefined);
    await compare({ ...app, connections: { active: {} }, work }, row);
    expect(offered).toEqual(['cat b']);
  });
});
