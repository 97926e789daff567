import { expect, test } from 'vitest';
import type { App } from '../../../../client/src/views/app.ts';
import type { UnitFeed } from '../../../../client/src/views/work/unitFeed.ts';
import { UnitRow } from '../../../../client/src/views/work/unitRows.ts';
import { targets } from '../../../../client/src/views/work/units.ts';
import { UnitTimes } from '../../../../client/src/work/times.ts';
import { canCancel, readUnits } from '../../../../client/src/work/units.ts';
import { unitStatus } from '../../work/simulated.ts';

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
