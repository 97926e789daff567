import { beforeEach, expect, test, vi } from 'vitest';
import * as vscode from 'vscode';
import type { App } from '../../../../client/src/views/app.ts';
import { nodeCommands } from '../../../../client/src/views/nodes/nodeCommands.ts';
import type { LocalNode } from '../../../../client/src/views/nodes/nodes.ts';
import { testApp } from '../app.ts';
import { editor } from '../vscode.ts';

beforeEach(() => editor.reset());

const show = vi.fn();
/** A node that was started and stopped. */
const stopped = (terminal: object): LocalNode =>
  ({
    uri: vscode.Uri.file('/w/foo.yml'),
    summary: { nodeId: 'foo' },
    terminal,
    process: { exit: { wanted: true } },
  }) as unknown as LocalNode;

/** What is said when the command is called from the palette. */
async function said(id: string, ...all: LocalNode[]): Promise<string[]> {
  const app = { ...testApp().app, nodes: { all } } as unknown as App;
  await nodeCommands.find((command) => command.id === id)!.run(app);
  return editor.messages.map(({ text }) => text);
}

test('the log of a node that has ended is shown as long as its terminal is there', async () => {
  expect(await said('receptor.node.showLog', stopped({ show }))).toEqual([]);
  expect(show).toHaveBeenCalledOnce();
  const closed = stopped({ show, exitStatus: { reason: vscode.TerminalExitReason.User } });
  expect(await said('receptor.node.showLog', closed)).toEqual(['The log of foo went with its terminal, which was closed.']);
  expect(show).toHaveBeenCalledOnce();
});

test('who stops a node when none runs is told whether there was one', async () => {
  expect(await said('receptor.node.stop')).toEqual(['No node was started from this window.']);
  editor.reset();
  expect(await said('receptor.node.stop', stopped({ show }))).toEqual(['No node that was started from this window runs.']);
});

test('who stops all nodes while a whole folder is started starts no more of them', async () => {
  const files = ['a', 'b', 'c'].map((name) => vscode.Uri.file(`/w/${name}.receptor.yml`));
  vi.spyOn(vscode.workspace, 'findFiles').mockResolvedValue(files);
  const halt = new AbortController();
  const started: string[] = [];
  const run = async ({ path }: vscode.Uri): Promise<void> => {
    started.push(path);
    if (started.length === 2) halt.abort();
  };
  const app = { ...testApp().app, nodes: { halted: halt.signal, run }, language: { summary: async () => null } } as unknown as App;
  await nodeCommands.find(({ id }) => id === 'receptor.node.runAll')!.run(app);
  expect(started).toHaveLength(2);
});
