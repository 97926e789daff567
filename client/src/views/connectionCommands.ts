import { Connection } from './connection.ts';
import { connect, connectFromConfig, connectTo, removeConnection, saveConnection, testConnection } from './connect.ts';
import { addConnection } from './connectionForm.ts';
import { fileOf, type Command } from './command.ts';
import { label, plain } from './hostile.ts';
import type { Profile } from './profile.ts';
import { ConnectionRow } from './meshRows.ts';
import { withProgress } from './progress.ts';
import type { App } from './app.ts';
import * as vscode from 'vscode';

const profileOf = (target: unknown): Profile | undefined => (target instanceof ConnectionRow ? target.connection.profile : undefined);

/** The connection that a command means: the row it was called on or its name, the only one, else one that the user picks. */
async function chooseConnection(app: App, target: unknown, title: string): Promise<Connection | undefined> {
  if (target instanceof ConnectionRow) return target.connection;
  if (target instanceof Connection) return target;
  if (typeof target === 'string') return app.connections.find(target);
  const { all } = app.connections;
  if (all.length < 2) return all[0];
  const picked = await vscode.window.showQuickPick(
    all.map((connection) => ({ label: label(connection.name), description: label(connection.profile.address), connection })),
    { title },
  );
  return picked?.connection;
}

export const connectionCommands: readonly Command[] = [
  { id: 'receptor.connect', title: 'Connect', needs: ['trust'], run: (app, target) => connect(app, target) },
  {
    id: 'receptor.connectToConfig',
    title: 'Connect to the Node of This Config',
    needs: ['trust', 'editor'],
    run: (app, ...args) => {
      const uri = fileOf(args);
      return uri === undefined ? undefined : connectFromConfig(app, uri);
    },
  },
  {
    id: 'receptor.disconnect',
    title: 'Disconnect',
    needs: ['connection'],
    run: async (app, target) => {
      const connection = await chooseConnection(app, target, 'Disconnect from');
      if (connection !== undefined) app.connections.close(connection);
    },
  },
  {
    id: 'receptor.reconnect',
    title: 'Reconnect Now',
    needs: ['trust', 'connection'],
    run: async (app, target) => {
      const connection = await chooseConnection(app, target, 'Reconnect to');
      if (connection === undefined) return;
      await withProgress(`Connecting to ${connection.name}…`, (signal) => connection.retryNow(signal));
      app.notices.information(`Connected to ${plain(connection.name)}: node ${plain(connection.nodeId ?? '')}.`);
    },
  },
  {
    id: 'receptor.makeActive',
    title: 'Use This Connection',
    needs: ['connection'],
    run: async (app, target) => {
      const connection = await chooseConnection(app, target, 'Connection that commands use');
      if (connection !== undefined) app.connections.makeActive(connection);
    },
  },
  {
    id: 'receptor.addConnection',
    title: 'Add Connection',
    needs: ['trust'],
    run: async (app) => {
      const profile = await addConnection(app.connections);
      if (profile !== undefined) await connectTo(app, profile);
    },
  },
  {
    id: 'receptor.saveConnection',
    title: 'Save Connection…',
    needs: ['trust', 'connection'],
    run: async (app, target) => {
      const connection = await chooseConnection(app, target, 'Save a connection');
      if (connection !== undefined) await saveConnection(app, connection);
    },
  },
  {
    id: 'receptor.testConnection',
    title: 'Test Connection',
    needs: ['trust'],
    run: (app, target) => testConnection(app, profileOf(target)),
  },
  { id: 'receptor.removeConnection', title: 'Remove Connection', run: (app, target) => removeConnection(app, profileOf(target)) },
];
