import * as vscode from 'vscode';
import type { ReceptorMeshApi } from '../../../client/src/api.ts';
import { activated, nodeOrSkip, screen, until } from '../support.ts';

describe('a control session', () => {
  let api: ReceptorMeshApi;
  let terminal: vscode.Terminal;
  let address: string;

  before(async function () {
    address = `unix:${nodeOrSkip(this, 'foo').socket}`;
    api = await activated<ReceptorMeshApi>();
    await api.connect(address);
    await until(async () => (await api.refresh()).nodes.get('bar')?.state === 'direct', 'foo knows bar', 60_000);
    await vscode.commands.executeCommand('receptor.openSession', 'foo');
    terminal = await until(() => vscode.window.terminals.find(({ name }) => name === 'receptor foo'), 'the terminal is open');
    await until(async () => (await screen(terminal)).includes('foo>'), 'its prompt');
  });
  after(async () => {
    terminal?.dispose();
    for (const { name } of api.connections) await vscode.commands.executeCommand('receptor.disconnect', name);
  });

  const answer = async (typed: string, expected: RegExp): Promise<void> => {
    await vscode.commands.executeCommand('workbench.action.terminal.clear');
    terminal.sendText(typed, true);
    let last = '';
    await until(async () => expected.test((last = await screen(terminal))), `${typed} answers ${expected}`).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${last}`);
    });
  };

  it('answers a command as typed and as JSON', async () => {
    await answer('ping bar', /"From": "bar"/);
    await answer('{"command":"status","requested_fields":["NodeID"]}', /"NodeID": "foo"/);
  });

  it("does not send what would end the daemon, and says a refusal in the daemon's words", async () => {
    await answer('{"command":"status","requested_fields":"x"}', /ends the whole daemon/);
    await answer('{"command":"status","requested_fields":[1]}', /must be a string/);
    await answer('work status nosuch', /unknown work unit nosuch/);
    await answer('ping bar', /"Success": true/);
  });

  it('goes on at another node after the way there was closed and opened again', async () => {
    const whoAmI = '{"command":"status","requested_fields":["NodeID"]}';
    await answer('connect bar control', /bar>/);
    await answer(whoAmI, /"NodeID": "bar"/);
    const own = api.connections.find((connection) => connection.address === address);
    await vscode.commands.executeCommand('receptor.disconnect', own?.name);
    await answer(whoAmI, /was disconnected/);
    await api.connect(address);
    await answer(whoAmI, /"NodeID": "bar"/);
    await answer('exit', /foo>/);
  });

  it('submits typed work and shows its results', async () => {
    await answer('work submit localhost cat', /Type the payload/);
    terminal.sendText('typed here', true);
    terminal.sendText('\u0004', false);
    let unit: string | undefined;
    await until(async () => (unit = /Job Started: unit (\w+)/.exec(await screen(terminal))?.[1]), 'the unit is there');
    await answer(`work results ${unit!}`, /^typed here$/m);
    await answer(`work release ${unit!}`, /"released"/);
  });
});
