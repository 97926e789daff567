import { beforeEach, describe, expect, test } from 'vitest';
import type { App } from '../../../../client/src/views/app.ts';
import type { UnitFeed } from '../../../../client/src/views/work/unitFeed.ts';
import type { WorkHost } from '../../../../client/src/views/work/hosts.ts';
import { UnitRow } from '../../../../client/src/views/work/unitRows.ts';
import { cancel, release, releaseFinished, targets } from '../../../../client/src/views/work/units.ts';
import { UnitTimes } from '../../../../client/src/work/times.ts';
import { canCancel, readUnits } from '../../../../client/src/work/units.ts';
import { lost, unitStatus } from '../../work/simulated.ts';
import { eventually, testApp } from '../app.ts';
import { editor } from '../vscode.ts';

test('of several rows those are meant that the command is for; the one that it was called on in any case', async () => {
  const list = { running: unitStatus(1, 0), done: unitStatus(2, 0), pending: unitStatus(0, 0) };
  const feed = { host: { connection: { name: 'x' } } } as unknown as UnitFeed;
  const units = readUnits(list, new UnitTimes(), { reachableSince: undefined, nodeId: 'foo', now: 0 });
  const rows = units.map((unit) => new UnitRow(undefined as never, feed, unit, undefined));
  const meant = async (id: string, selected: unknown): Promise<string[]> => {
    const target = rows.find(({ unit }) => unit.id === id);
    return (await targets({} as App, target, selected, 'Cancel', canCancel)).map(({ unitId }) => unitId).sort();
  };
  expect(await meant('running', rows)).toEqual(['pending', 'running']);
  expect(await meant('done', undefined)).toEqual(['done']);
  expect(await meant('done', [rows.find(({ unit }) => unit.id === 'running')])).toEqual(['done']); // called on a row beside the selection
});

describe('several units at once', () => {
  let app: App;
  let refreshed: number;
  let asked: string[];

  beforeEach(() => {
    editor.reset();
    ({ app } = testApp());
    refreshed = 0;
    asked = [];
    const units = { feeds: [] as UnitFeed[], refresh: async () => void refreshed++ };
    const times = { times: { of: () => undefined } };
    Object.assign(app, { work: { units, times, forget: () => undefined, endings: { hush: () => undefined } } });
  });

  /** A node that lets go of units, but not of those named `bad`, and later of those named `slow`. */
  const host = (nodeId: string): WorkHost => {
    const answer = (done: string, pending: string) => async (unitId: string) => {
      asked.push(unitId);
      if (unitId.startsWith('bad')) throw lost();
      return unitId.startsWith('slow') ? { [pending]: unitId } : { [done]: unitId };
    };
    const control = { cancelWork: answer('cancelled', 'cancel pending'), releaseWork: answer('released', 'release pending') };
    return { nodeId, title: nodeId, use: async (work: (given: object) => unknown) => work(control) } as unknown as WorkHost;
  };
  const feedOf = (nodeId: string, ...ids: string[]): UnitFeed => {
    const list = Object.fromEntries(ids.map((id) => [id, unitStatus(2, 10)]));
    const units = readUnits(list, new UnitTimes(), { reachableSince: undefined, nodeId, now: 0 });
    return { host: host(nodeId), units } as unknown as UnitFeed;
  };
  const told = (): string[] => editor.messages.map(({ text }) => text);

  test('a failure does not hide what became of the others', async () => {
    const foo = host('foo');
    const units = ['a', 'bad', 'slow'].map((unitId) => ({ host: foo, unitId }));
    await expect(cancel(app, units)).rejects.toThrow(/^1 of 3 failed, bad: The daemon is gone/);
    await expect(release(app, units, 'release', 'confirmed')).rejects.toThrow(/^1 of 3 failed, bad: The daemon is gone/);
    expect(told()).toEqual([
      'a was cancelled.',
      expect.stringMatching(/^slow: cancel pending/),
      'a was released.',
      expect.stringMatching(/^slow: release pending/),
    ]);
    expect(refreshed).toBe(2);
    await expect(cancel(app, [...units, { host: foo, unitId: 'bad2' }])).rejects.toThrow(/^2 of 4 failed, the first, bad: /);
    await expect(cancel(app, [units[1]!])).rejects.toMatchObject({ code: 'daemon-gone' });
  });

  test('a unit of a node that two connections show is one', async () => {
    (app.work.units.feeds as UnitFeed[]).push(feedOf('foo', 'a', 'b'), feedOf('foo', 'a', 'b'), feedOf('bar', 'c'));
    const released = releaseFinished(app);
    await eventually(() => expect(told()).toEqual(['Release 3 finished work units?']));
    editor.messages[0]!.choose('Release 3');
    expect(await released).toBe(3);
    expect(asked).toEqual(['a', 'b', 'c']);
  });

  test('a unit that two connections show is released over the one that answers', async () => {
    const [down, up] = [feedOf('foo', 'a'), feedOf('foo', 'a')];
    Object.assign(down, { error: new Error('away') });
    (app.work.units.feeds as UnitFeed[]).push(down, up);
    const over: unknown[] = [];
    for (const { host } of [down, up]) {
      const use = host.use.bind(host);
      Object.assign(host, { use: (work: Parameters<typeof use>[0]) => (over.push(host), use(work)) });
    }
    const released = releaseFinished(app);
    await eventually(() => expect(told()).toEqual(['Release 1 finished work unit?']));
    editor.messages[0]!.choose('Release 1');
    expect(await released).toBe(1);
    expect(over).toEqual([up.host]);
  });

  test('a unit of a node that two connections show is offered once', async () => {
    Object.assign(app, { connections: { active: {} } });
    (app.work.units.feeds as UnitFeed[]).push(feedOf('foo', 'a'), feedOf('foo', 'a'));
    let offered = 0;
    editor.pick = (items) => {
      offered = items.length;
      return undefined;
    };
    await targets(app, undefined, undefined, 'Release');
    expect(offered).toBe(1);
  });
});
