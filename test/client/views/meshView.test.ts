import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { MeshChangeEvent } from '../../../client/src/api.ts';
import { createApi } from '../../../client/src/api.ts';
import type { App } from '../../../client/src/views/app.ts';
import { MeshView } from '../../../client/src/views/meshView.ts';
import { StatusBar } from '../../../client/src/views/statusBar.ts';
import { answering, fakeService, type FakeService } from '../../harness/hostile.ts';
import { root } from '../../harness/paths.ts';
import { eventually, memento, testApp } from './app.ts';
import { editor } from './vscode.ts';

const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  contributes: { menus: Record<'view/item/context', { command: string; when: string }[]> };
};

/** A mesh of `fake` and the nodes that it can reach, and those that it only knows. */
const statusOf = (reachable: readonly string[], known: readonly string[] = []): string =>
  `${JSON.stringify({
    NodeID: 'fake',
    Version: '1.6.9',
    RoutingTable: Object.fromEntries(reachable.map((id) => [id, id])),
    Connections: reachable.map((NodeID) => ({ NodeID, Cost: 1 })),
    KnownConnectionCosts: Object.fromEntries([
      ['fake', Object.fromEntries(reachable.map((id) => [id, 1]))],
      ...known.map((id) => [id, {}]),
    ]),
    Advertisements: [],
  })}\n`;

describe('what is shown of the mesh', () => {
  let app: App;
  let view: MeshView;
  let bar: StatusBar;
  let now: string;
  const services: FakeService[] = [];

  const open = async (name: string): Promise<void> => {
    const service = await fakeService(answering((line) => (line.includes('"connect"') ? 'Connecting\nReceptor Control, node bar\n' : now)));
    services.push(service);
    await app.connections.connect({ name, address: service.address });
  };
  const tree = (): (typeof editor.trees)[number] => editor.trees[0]!;
  const refresh = async (): Promise<void> => {
    for (const { feed } of app.connections.all) await feed.refresh();
  };

  beforeEach(() => {
    editor.reset();
    ({ app } = testApp());
    view = new MeshView(app.connections, memento());
    bar = new StatusBar(app.connections);
    now = statusOf(['bar']);
  });
  afterEach(async () => {
    vi.useRealTimers();
    for (const each of [view, bar, app.connections]) each.dispose();
    await Promise.all(services.splice(0).map((service) => service.stop()));
  });

  test('how it is grouped is remembered, and so is the menu that changes it', async () => {
    const memory = memento();
    const first = new MeshView(app.connections, memory);
    expect(editor.context['receptor.mesh.grouped']).toBe(false);
    await first.setGrouped(true);
    first.dispose();
    editor.context = {}; // the window is loaded anew
    const second = new MeshView(app.connections, memory);
    expect(second.options.grouped).toBe(true);
    expect(editor.context['receptor.mesh.grouped']).toBe(true);
    second.dispose();
  });

  test('the title says how old the picture is, also of each of several', async () => {
    tree().show(true);
    await open('one');
    await refresh();
    expect(tree().description).toMatch(/^one · 2 nodes · (?:now|\d+ s old)$/);
    await open('two');
    await refresh();
    tree().show(true);
    expect(tree().description).toMatch(/^2 connections · one (?:now|\d+ s old) · two (?:now|\d+ s old)$/);
    tree().show(false);
    expect(tree().description).toBe('2 connections');
  });

  test('a badge counts what went wrong since the user last looked', async () => {
    tree().show(true);
    await open('one');
    await refresh();
    expect(tree().badge).toBeUndefined();
    now = statusOf([], ['bar']);
    await refresh();
    expect(tree().badge).toEqual({ value: 1, tooltip: 'bar is unreachable' });
    tree().show(false);
    expect(tree().badge).toBeUndefined();
  });

  test('a badge tells of each trouble in a line of its own, of many in some', async () => {
    const ids = Array.from({ length: 12 }, (_, at) => `n${String(at).padStart(2, '0')}`);
    tree().show(true);
    await open('one');
    now = statusOf(ids);
    await refresh();
    now = statusOf(ids.slice(2), ids);
    await refresh();
    expect(tree().badge).toEqual({ value: 2, tooltip: 'n00 is unreachable\nn01 is unreachable' });
    now = statusOf([], ids);
    await refresh();
    expect(tree().badge?.value).toBe(12);
    expect(tree().badge?.tooltip.split('\n').slice(9)).toEqual(['n09 is unreachable', 'and 2 more']);
  });

  test('a badge goes when the trouble does', async () => {
    tree().show(true);
    await open('one');
    await refresh();
    now = statusOf([], ['bar']);
    await refresh();
    now = statusOf(['bar']);
    await refresh();
    expect(tree().badge).toBeUndefined();
  });

  test('only one that was not saved is offered to be saved', async () => {
    await open('one');
    await open('two');
    const contexts = (): unknown[] => view.getChildren().map((row) => view.getTreeItem(row).contextValue);
    expect(contexts()).toEqual(['connection up unsaved', 'connection up unsaved']);
    editor.set('connections', [{ name: 'one', address: services[0]!.address }]);
    expect(contexts()).toEqual(['connection up saved', 'connection up unsaved']);
  });

  test('one through another node is not offered to be tested: its address is that of the other', async () => {
    await open('one');
    await app.connections.connectThrough(app.connections.active!, 'bar', '');
    const contexts = view.getChildren().map((row) => view.getTreeItem(row).contextValue!);
    expect(contexts).toEqual(['connection up unsaved', 'connection up through']);
    const test = manifest.contributes.menus['view/item/context'].find(({ command }) => command === 'receptor.testConnection')!;
    const offered = new RegExp(/viewItem =~ \/(.*)\//.exec(test.when)![1]!);
    expect([...contexts, 'connection down saved'].map((context) => offered.test(context))).toEqual([true, false, true]);
  });

  test('the status bar has the node, its mesh, and how many connections there are', async () => {
    const [item] = editor.statusBar;
    expect(item?.shown).toBe(false);
    await open('one');
    await refresh();
    expect(item).toMatchObject({ shown: true, text: '$(plug) fake · 2 nodes' });
    await open('two');
    await refresh();
    expect(item?.text).toBe('$(plug) fake · 2 nodes · 2 connections');
    const active = app.connections.active!;
    for (const { socket } of services[1]!.connections) socket.destroy();
    await eventually(() => expect(active.state.kind).toBe('down'));
    expect(item?.text).toBe('$(debug-disconnect) two · 2 connections');
    app.connections.close(active);
    expect(item?.text).toBe('$(plug) fake · 2 nodes');
    app.connections.close(app.connections.active!);
    expect(item?.shown).toBe(false);
  });

  test('the status bar does not say of a node that was never reached that it is connected', async () => {
    const silent = await fakeService(() => undefined);
    services.push(silent);
    const connected = app.connections.connect({ name: 'slow', address: silent.address }).catch(() => undefined);
    await eventually(() => expect(editor.statusBar[0]?.text).toBe('$(loading~spin) slow'));
    expect(editor.statusBar[0]?.tooltip).toBe(`Receptor: connecting to slow at ${silent.address}`);
    app.connections.close(app.connections.active!);
    await connected;
  });

  test('the status bar counts what was counted lately, and tells on hover when the last count was', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    await open('one');
    await refresh();
    const item = editor.statusBar[0]!;
    const { takenAt } = app.connections.active!.feed.snapshot!;
    await vi.advanceTimersByTimeAsync(14_000);
    await refresh(); // nothing has changed, but it is known to be so
    await vi.advanceTimersByTimeAsync(14_000);
    expect(item.text).toBe('$(plug) fake · 2 nodes');
    expect(item.tooltip).not.toContain('as of');
    await vi.advanceTimersByTimeAsync(2000);
    expect(item.text).toBe('$(plug) fake');
    const last = app.connections.active!.feed.snapshot!.takenAt;
    expect(last).toBeGreaterThan(takenAt);
    expect(item.tooltip).toContain(`, 2 nodes as of ${new Date(last).toLocaleTimeString()}`);
    await refresh();
    expect(item.text).toBe('$(plug) fake · 2 nodes');
  });

  test('the API tells when connections come, are lost and go, and when a mesh changes', async () => {
    const { api, disposable } = createApi(app);
    let changes = 0;
    const meshes: MeshChangeEvent[] = [];
    api.onDidChangeConnections(() => changes++);
    api.onDidChangeMesh((change) => meshes.push(change));
    const happens = async (what: () => unknown): Promise<void> => {
      changes = 0;
      await what();
      await eventually(() => expect(changes).toBeGreaterThan(0));
    };
    await happens(() => open('one'));
    expect(api.connections).toMatchObject([{ name: 'one', nodeId: 'fake', connected: true }]);
    await api.refresh();
    expect(meshes).toMatchObject([{ connection: { name: 'one' }, snapshot: { self: 'fake' } }]);
    await api.refresh();
    expect(meshes).toHaveLength(1);
    await happens(() => services[0]!.stop());
    await eventually(() => expect(api.connections).toMatchObject([{ connected: false }]));
    await happens(() => app.connections.close(app.connections.all[0]!));
    expect(api.connections).toEqual([]);
    expect(api.activeConnection).toBeUndefined();
    disposable.dispose();
  });
});
