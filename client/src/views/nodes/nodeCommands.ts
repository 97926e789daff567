import path from 'node:path';
import * as vscode from 'vscode';
import { findReceptorFiles } from '../../language/files.ts';
import { NoReceptorError } from '../../runner/find.ts';
import type { App } from '../app.ts';
import { fileOf, type Command } from '../command.ts';
import { label, plain } from '../hostile.ts';
import { describe } from '../notify.ts';
import { isAlive, NodeEndedError, type LocalNode } from './nodes.ts';

export const nodeCommands: readonly Command[] = [
  {
    id: 'receptor.node.run',
    title: 'Run This Node',
    needs: ['trust', 'editor'],
    run: (app, ...args) => {
      const uri = fileOf(args);
      return uri === undefined ? undefined : start(app, () => app.nodes.run(uri));
    },
  },
  { id: 'receptor.node.runAll', title: 'Run All Nodes of This Folder', needs: ['trust'], run: (app, ...args) => runAll(app, fileOf(args)) },
  {
    id: 'receptor.node.stop',
    title: 'Stop Node',
    run: async (app, ...args) => {
      const node = await running(app, args, 'Stop');
      if (node !== undefined) await app.nodes.stop(node.uri);
    },
  },
  {
    id: 'receptor.node.stopAll',
    title: 'Stop All Nodes',
    run: (app) => app.nodes.stopAll(),
  },
  {
    id: 'receptor.node.restart',
    title: 'Restart Node',
    needs: ['trust'],
    run: async (app, ...args) => {
      const node = await running(app, args, 'Restart');
      if (node !== undefined) await start(app, () => app.nodes.restart(node.uri));
    },
  },
  {
    id: 'receptor.node.showLog',
    title: 'Show Log of Node',
    run: async (app, ...args) => {
      const node = await chooseNode(app, app.nodes.all, args, 'Show the log of');
      if (node === undefined) return;
      if (node.terminal.exitStatus === undefined) node.terminal.show();
      else app.notices.information(`The log of ${nameOf(node)} went with its terminal, which was closed.`);
    },
  },
];

/** Starts, and says what is missing with the way to it. What the daemon said itself was told when it ended. */
async function start(app: App, run: () => Promise<LocalNode>): Promise<vscode.Uri | undefined> {
  try {
    return (await run()).uri;
  } catch (error) {
    if (error instanceof NodeEndedError) return undefined;
    if (!(error instanceof NoReceptorError)) throw error;
    tellNoReceptor(app, error);
    return undefined;
  }
}

function tellNoReceptor(app: App, { message, nextStep }: NoReceptorError): void {
  app.notices.settled('no receptor');
  app.notices.failure('no receptor', 'Nothing was run', new Error(`${message} ${nextStep}`), {
    title: 'Open Settings',
    run: () => vscode.commands.executeCommand('workbench.action.openSettings', 'receptor.path'),
  });
}

/**
 * A local mesh: every config beside the open one, or of the workspace. Listeners first, so that peers find them at once.
 * A file that cannot be run keeps no other from running; which were left out is told at the end.
 */
async function runAll(app: App, near: vscode.Uri | undefined): Promise<number> {
  const { halted } = app.nodes;
  const all = await findReceptorFiles();
  const beside = near === undefined ? [] : all.filter((uri) => path.dirname(uri.fsPath) === path.dirname(near.fsPath));
  const files = beside.length > 0 ? beside : all;
  if (files.length === 0) {
    app.notices.information('There is no receptor config in this folder.');
    return 0;
  }
  const summaries = await Promise.all(files.map(async (uri) => ({ uri, summary: await app.language.summary(uri) })));
  const ordered = summaries.toSorted((a, b) => (b.summary?.listeners.length ?? 0) - (a.summary?.listeners.length ?? 0));
  let started = 0;
  const leftOut: string[] = [];
  for (const { uri } of ordered) {
    if (halted.aborted) break;
    try {
      await app.nodes.run(uri);
      started++;
    } catch (error) {
      if (error instanceof NoReceptorError) {
        tellNoReceptor(app, error);
        return started; // every other would say the same
      }
      if (!(error instanceof NodeEndedError)) leftOut.push(describe(error));
    }
  }
  if (leftOut.length > 0) {
    app.notices.information(`${leftOut.length} of ${files.length} configs were not run. ${plain(leftOut.join(' '), 600)}`);
  }
  return started;
}

const nameOf = ({ summary, uri }: LocalNode): string => summary.nodeId ?? path.basename(uri.fsPath);

const running = (app: App, args: readonly unknown[], verb: string): Promise<LocalNode | undefined> =>
  chooseNode(app, app.nodes.all.filter(isAlive), args, verb);

/** The node of the file that the command was called on, the only one, or the one that the user picks. */
async function chooseNode(app: App, nodes: readonly LocalNode[], args: readonly unknown[], verb: string): Promise<LocalNode | undefined> {
  if (nodes.length === 0) {
    const which = app.nodes.all.length === 0 ? 'No node was started from this window.' : 'No node that was started from this window runs.';
    app.notices.information(which, {
      title: 'Run This Node',
      run: () => vscode.commands.executeCommand('receptor.node.run'),
    });
    return undefined;
  }
  const uri = fileOf(args);
  const meant = nodes.find((node) => node.uri.toString() === uri?.toString());
  if (meant !== undefined) return meant;
  if (args[0] instanceof vscode.Uri || nodes.length === 1) return args[0] instanceof vscode.Uri ? undefined : nodes[0];
  const picked = await vscode.window.showQuickPick(
    nodes.map((node) => ({
      label: label(nameOf(node)),
      description: label(node.uri.fsPath),
      node,
    })),
    { title: `${plain(verb)} which node?` },
  );
  return picked?.node;
}
