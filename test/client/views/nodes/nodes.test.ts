/** How long nodes live that the window runs, with a program in receptor's place. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as vscode from 'vscode';
import { Nodes, type LocalNode } from '../../../../client/src/views/nodes/nodes.ts';
import type { ConfigSummary } from '../../../../server/src/protocol/requests.ts';
import { testApp } from '../app.ts';
import { editor } from '../vscode.ts';

describe('a node that the window runs', () => {
  let dir: string;
  let nodes: Nodes;

  beforeEach(() => {
    editor.reset();
    dir = mkdtempSync(path.join(tmpdir(), 'nodes-'));
    const program =
      '#!/bin/sh\n[ "$1" = --version ] && echo 1.6.9 && exit\necho "INFO 2026/11/28 02:59:22 Initialization complete"\nexec sleep 60\n';
    writeFileSync(path.join(dir, 'receptor'), program, { mode: 0o700 });
    writeFileSync(path.join(dir, 'foo.yml'), '- node: {id: foo}\n');
    editor.set('path', path.join(dir, 'receptor'));
  });
  afterEach(async () => {
    for (const { process: node } of nodes.all) {
      if (node.exit === undefined) process.kill(node.pid!, 'SIGKILL');
      await node.exited;
    }
    rmSync(dir, { recursive: true });
  });

  const run = async (keepRunning: boolean): Promise<LocalNode> => {
    editor.set('run.keepRunning', keepRunning);
    const summary = { nodeId: 'foo', format: 'v1', templated: false, controlServices: [], items: [] };
    const { app } = testApp();
    const context = { ...app.context, storageUri: vscode.Uri.file(dir) };
    const language = { summary: async () => summary as unknown as ConfigSummary };
    nodes = new Nodes({ ...app, context, language });
    return nodes.run(vscode.Uri.file(path.join(dir, 'foo.yml')));
  };

  test('and that shall outlive it is left when the window closes', async () => {
    const { process: node } = await run(true);
    editor.terminals[0]!.close(vscode.TerminalExitReason.Shutdown);
    nodes.dispose();
    void node.stop();
    expect(node.state).toBe('running');
    expect(process.kill(node.pid!, 0)).toBe(true);
  });

  test('ends with the window otherwise', async () => {
    const { process: node } = await run(false);
    editor.terminals[0]!.close(vscode.TerminalExitReason.Shutdown);
    nodes.dispose();
    expect(await node.exited).toMatchObject({ signal: 'SIGTERM', wanted: true });
  });

  test.each([
    ['the user', vscode.TerminalExitReason.User],
    ['an extension', vscode.TerminalExitReason.Extension],
  ])('ends with its terminal, when %s closes that', async (_, reason) => {
    const { process: node } = await run(true);
    editor.terminals[0]!.close(reason);
    expect(await node.exited).toMatchObject({ signal: 'SIGTERM', wanted: true });
  });

  test('does not start when all are stopped before it could', async () => {
    const starting = run(false);
    const refused = expect(starting).rejects.toThrow('it was stopped before it was started');
    expect(await nodes.stopAll()).toEqual([]);
    await refused;
    expect(nodes.all).toEqual([]);
    expect((await nodes.run(vscode.Uri.file(path.join(dir, 'foo.yml')))).process.state).toBe('running');
  });

  test('starts no more when the window closes', async () => {
    const refused = expect(run(true)).rejects.toThrow('it was stopped before it was started');
    nodes.dispose();
    await refused;
    expect(nodes.all).toEqual([]);
  });
});
