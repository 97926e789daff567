import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { MeshChangeEvent, ReceptorMeshApi } from '../../../client/src/api.ts';
import type { Hop, PingResult, UnitStatus } from '../../../client/src/control/index.ts';
import { activated, closeAll, nodeOrSkip, until } from '../support.ts';

describe('the mesh', () => {
  let api: ReceptorMeshApi;

  before(async function () {
    const foo = nodeOrSkip(this, 'foo');
    api = await activated<ReceptorMeshApi>();
    await api.connect(`unix:${foo.socket}`);
    await until(async () => (await api.refresh()).nodes.get('bar')?.state === 'direct', 'foo knows bar', 60_000);
  });
  after(async () => {
    await closeAll();
    for (const { name } of api.connections) await vscode.commands.executeCommand('receptor.disconnect', name);
  });

  it('is told as a snapshot', async () => {
    const snapshot = await api.refresh();
    assert.equal(snapshot.self, 'foo');
    assert.equal(snapshot.nodes.get('foo')?.state, 'self');
    assert.deepEqual(
      [...snapshot.links.values()].map(({ a, b, cost, state }) => ({ a, b, cost, state })),
      [{ a: 'bar', b: 'foo', cost: 1, state: 'up' }],
    );
    assert.match(snapshot.version, /^\d/);
    await until(
      async () => (await api.refresh()).nodes.get('foo')?.workTypes.some(({ name }) => name === 'cat'),
      'the work types of foo',
      30_000,
    );
  });

  it('fires for changes only', async () => {
    const changes: MeshChangeEvent[] = [];
    const subscription = api.onDidChangeMesh((change) => changes.push(change));
    const before = await api.refresh();
    const same = await until(async () => {
      changes.length = 0;
      const [one, two] = [await api.refresh(), await api.refresh()];
      return one.nodes.get('bar') === two.nodes.get('bar') && changes.length === 0;
    }, 'two looks at a mesh at rest');
    subscription.dispose();
    assert.ok(same);
    assert.equal(before.self, 'foo');
  });

  // Each command of the control service, as the palette runs it when the node is given.
  it('answers ping and traceroute', async () => {
    const pong = await vscode.commands.executeCommand<PingResult>('receptor.ping', 'bar');
    assert.ok(pong.Success && pong.From === 'bar');
    const lost = await vscode.commands.executeCommand<PingResult>('receptor.ping', 'nosuch');
    assert.deepEqual(lost, { Success: false, Error: 'no route to node' });
    const hops = await vscode.commands.executeCommand<Hop[]>('receptor.traceroute', 'bar');
    assert.deepEqual(
      hops.map(({ From }) => From),
      ['foo', 'bar'],
    );
  });

  it('shows the status as receptorctl prints it, and copies it both ways', async () => {
    await vscode.commands.executeCommand('receptor.status');
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.match(text, /^Node ID: foo\nVersion: /);
    assert.match(text, /\nRoute {8}Via\nbar {10}bar\n/);
    await vscode.commands.executeCommand('receptor.copyStatusJson');
    const copied = JSON.parse(await vscode.env.clipboard.readText()) as { NodeID: string };
    assert.equal(copied.NodeID, 'foo');
    await vscode.commands.executeCommand('receptor.copyStatusText');
    assert.match(await vscode.env.clipboard.readText(), /^Node ID: foo\n/);
  });

  it('shows units and their status, cancels', async () => {
    const control = api.activeConnection?.control;
    assert.ok(control);
    const { unitId } = await control.submitWork({ workType: 'cat', payload: 'hello\n' });
    const listed = await vscode.commands.executeCommand<Record<string, UnitStatus>>('receptor.work.list');
    assert.ok(unitId in listed);
    const status = await vscode.commands.executeCommand<UnitStatus>('receptor.work.status', unitId);
    assert.equal(status.WorkType, 'cat');
    assert.deepEqual(await vscode.commands.executeCommand('receptor.work.cancel', unitId), { cancelled: unitId });
    await control.releaseWork(unitId);
  });

  it('opens the config of a node', async () => {
    await vscode.commands.executeCommand('receptor.openNodeConfig', 'bar');
    await until(() => vscode.window.activeTextEditor?.document.uri.path.endsWith('/bar.yml'), 'bar.yml is open');
  });

  it('shows the mesh from another node, through the mesh', async () => {
    await until(
      async () => (await api.refresh()).nodes.get('bar')?.services.some(({ name }) => name === 'control'),
      'bar offers its control service',
      90_000,
    );
    await vscode.commands.executeCommand('receptor.connectAsNode', 'bar');
    assert.equal(api.activeConnection?.nodeId, 'bar');
    const seen = await api.refresh();
    assert.equal(seen.self, 'bar');
    assert.equal(seen.nodes.get('foo')?.state, 'direct');
  }).timeout(120_000);
});
