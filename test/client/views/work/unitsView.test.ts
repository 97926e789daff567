import { afterEach, beforeEach, expect, test } from 'vitest';
import type { App } from '../../../../client/src/views/app.ts';
import { TimesStore } from '../../../../client/src/views/work/timesStore.ts';
import { UnitsView } from '../../../../client/src/views/work/unitsView.ts';
import { answering, fakeService, type FakeService } from '../../../harness/hostile.ts';
import { eventually, memento, testApp } from '../app.ts';
import { editor } from '../vscode.ts';

let app: App;
let service: FakeService;
let view: UnitsView;

beforeEach(async () => {
  editor.reset();
  ({ app } = testApp());
  service = await fakeService(answering((line) => (line.includes('list') ? '{}\n' : '{"NodeID":"fake"}\n')));
  view = new UnitsView(app.connections, memento(), new TimesStore(memento()), () => undefined);
});
afterEach(async () => {
  view.dispose();
  app.connections.dispose();
  await service.stop();
});

test('a shorter pause between two questions applies at once, where somebody looks', async () => {
  const asked = (): number => service.lines.filter((line) => line.includes('list')).length;
  editor.set('refreshInterval', 3600);
  await app.connections.connect({ name: 'x', address: service.address });
  editor.trees[0]!.show(true);
  await eventually(() => expect(asked()).toBe(1));
  await view.refresh();
  const before = asked();
  editor.set('refreshInterval', 5);
  await eventually(() => expect(asked()).toBe(before + 1));
  await view.refresh(); // shares that question when its answer is not here yet
  const last = asked();
  editor.trees[0]!.show(false);
  editor.set('refreshInterval', 6);
  await view.refresh();
  expect(asked()).toBe(last + 1);
});

test('another node that is shown once more, by another TLS client, is asked by that', async () => {
  const connection = await app.connections.connect({ name: 'x', address: service.address });
  const shown = (): unknown[] => view.feeds.flatMap(({ host: { remote } }) => (remote === undefined ? [] : [remote]));
  view.showNode(connection, 'bar', undefined);
  view.showNode(connection, 'bar', 'mesh');
  expect(shown()).toEqual([{ node: 'bar', tlsClient: 'mesh' }]);
  const [, feed] = view.feeds;
  view.showNode(connection, 'bar', 'mesh');
  expect(view.feeds[1]).toBe(feed);
});
