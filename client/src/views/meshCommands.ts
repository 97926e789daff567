import * as vscode from 'vscode';
import { statusText } from '../mesh/statusText.ts';
import type { Command } from './command.ts';
import { ping, pingRepeatedly, traceroute } from './ping.ts';
import { askTlsClient, connectionOf, controlServiceOf, pickNode, pickService } from './pick.ts';
import { plain } from './hostile.ts';
import { openNodeConfig } from './nodeConfig.ts';
import { withProgress } from './progress.ts';

export const meshCommands: readonly Command[] = [
  {
    id: 'receptor.refresh',
    title: 'Refresh Mesh',
    needs: ['connection'],
    run: async (app) => {
      await Promise.all(
        app.connections.all.map((connection) => (connection.state.kind === 'up' ? connection.feed.refresh() : connection.retryNow())),
      );
    },
  },
  {
    id: 'receptor.status',
    title: 'Show Status',
    needs: ['connection'],
    run: async (app, target) => {
      const connection = connectionOf(app, target);
      const { reply, self } = await connection.feed.refresh();
      await app.reports.show(`Status of ${self}`, statusText(reply));
    },
  },
  {
    id: 'receptor.copyStatusJson',
    title: 'Copy Mesh as JSON',
    needs: ['connection'],
    run: async (app, target) => {
      const { reply } = await connectionOf(app, target).feed.refresh();
      await vscode.env.clipboard.writeText(`${JSON.stringify(reply, undefined, 2)}\n`);
    },
  },
  {
    id: 'receptor.copyStatusText',
    title: "Copy Mesh as receptorctl's Text",
    needs: ['connection'],
    run: async (app, target) => {
      const { reply } = await connectionOf(app, target).feed.refresh();
      await vscode.env.clipboard.writeText(statusText(reply));
    },
  },
  {
    id: 'receptor.filterMesh',
    title: 'Filter Mesh',
    needs: ['connection'],
    run: async (app) => {
      const before = app.meshView.options.filter;
      const box = vscode.window.createInputBox();
      box.title = 'Filter the Mesh view';
      box.prompt = 'Part of a node id, a state, a service or a work type';
      box.value = before;
      box.onDidChangeValue((value) => app.meshView.setFilter(value));
      const kept = await new Promise<boolean>((resolve) => {
        box.onDidAccept(() => resolve(true));
        box.onDidHide(() => resolve(false));
        box.show();
      });
      if (!kept) app.meshView.setFilter(before);
      box.dispose();
    },
  },
  { id: 'receptor.clearMeshFilter', title: 'Clear Mesh Filter', run: (app) => app.meshView.setFilter('') },
  { id: 'receptor.groupMesh', title: 'Group Mesh by State', run: (app) => app.meshView.setGrouped(true) },
  { id: 'receptor.ungroupMesh', title: 'Show Mesh as One List', run: (app) => app.meshView.setGrouped(false) },
  { id: 'receptor.ping', title: 'Ping Node', needs: ['trust', 'connection'], run: (app, target) => ping(app, target) },
  {
    id: 'receptor.pingRepeatedly',
    title: 'Ping Node Repeatedly',
    needs: ['trust', 'connection'],
    run: (app, target) => pingRepeatedly(app, target),
  },
  { id: 'receptor.traceroute', title: 'Traceroute to Node', needs: ['trust', 'connection'], run: (app, target) => traceroute(app, target) },
  {
    id: 'receptor.reload',
    title: 'Reload Node',
    needs: ['trust', 'connection'],
    run: async (app, target) => {
      const connection = connectionOf(app, target);
      const answer = await vscode.window.showWarningMessage(
        `Reload node ${plain(connection.nodeId ?? '')}? It reads its config again, and every link of the node drops for some seconds.`,
        { modal: true },
        'Reload',
      );
      if (answer !== 'Reload') return undefined;
      return app.reload.reloader.reloadConnection(connection);
    },
  },
  {
    id: 'receptor.connectAsNode',
    title: 'Connect as This Node',
    needs: ['trust', 'connection'],
    run: async (app, target) => {
      const node = await pickNode(app, target, 'Connect as', ({ state }) => state === 'direct' || state === 'reachable');
      if (node === undefined) return;
      const { connection, nodeId } = node;
      if (nodeId === connection.nodeId) return app.connections.makeActive(connection);
      const tlsClient = await askTlsClient(controlServiceOf(node));
      if (tlsClient === undefined) return;
      await withProgress(`Connecting to ${nodeId} through the mesh…`, (signal) =>
        app.connections.connectThrough(connection, nodeId, tlsClient, signal),
      );
    },
  },
  {
    id: 'receptor.openSession',
    title: 'Open Control Session',
    needs: ['trust', 'connection'],
    run: async (app, target) => {
      const node = await pickNode(app, target, 'Open a control session with', ({ state }) => state !== 'unreachable');
      if (node === undefined) return;
      const { openSession } = await import('./session.ts');
      await openSession(app, node);
    },
  },
  {
    id: 'receptor.openService',
    title: 'Open Stream Service',
    needs: ['trust', 'connection'],
    run: async (app, target) => {
      const picked = await pickService(app, target, 'Open a stream to');
      const tlsClient = picked === undefined ? undefined : await askTlsClient(picked.service);
      if (picked === undefined || tlsClient === undefined) return;
      const { openService } = await import('./rawTerminal.ts');
      openService(picked.connection, picked.service, tlsClient);
    },
  },
  {
    id: 'receptor.openNodeConfig',
    title: 'Open Config of Node',
    run: async (app, target) => {
      const nodeId = typeof target === 'string' ? target : (await pickNode(app, target, 'Open the config of'))?.nodeId;
      if (nodeId !== undefined) await openNodeConfig(app, nodeId);
    },
  },
  {
    id: 'receptor.copyNodeId',
    title: 'Copy Node ID',
    needs: ['connection'],
    run: async (app, target) => {
      const node = await pickNode(app, target, 'Copy the id of');
      if (node !== undefined) await vscode.env.clipboard.writeText(node.nodeId);
    },
  },
];
