/** Pickers that every command shares: a node, a service, a unit; each skipped when the command was called on a row. */
import * as vscode from 'vscode';
import type { MeshNode, MeshService } from '../mesh/model.ts';
import { serviceTypeText, stateText } from '../mesh/wording.ts';
import type { App } from './app.ts';
import type { Connection } from './connection.ts';
import { label } from './hostile.ts';
import { ServiceRow } from './meshNodeRows.ts';
import { ConnectionRow, NodeRow } from './meshRows.ts';

export interface NodeTarget {
  readonly connection: Connection;
  readonly nodeId: string;
}

/** A node that a command is called on from elsewhere than a row. */
export class NodeAt implements NodeTarget {
  readonly connection: Connection;
  readonly nodeId: string;

  constructor(connection: Connection, nodeId: string) {
    this.connection = connection;
    this.nodeId = nodeId;
  }
}

/** The connection of a row, or the active one. */
export const connectionOf = (app: App, target: unknown): Connection => {
  if (target instanceof NodeAt) return target.connection;
  const connection =
    target instanceof NodeRow
      ? target.root.connection
      : target instanceof ServiceRow
        ? target.parent.root.connection
        : target instanceof ConnectionRow
          ? target.connection
          : app.connections.active;
  if (connection === undefined) throw new Error('There is no connection. Use the command "Receptor: Connect".');
  return connection;
};

/** A node: the row's, one named by its id, or one that the user picks or types; undefined when the user leaves. */
export async function pickNode(
  app: App,
  target: unknown,
  title: string,
  takes: (node: MeshNode) => boolean = () => true,
): Promise<NodeTarget | undefined> {
  const connection = connectionOf(app, target);
  if (target instanceof NodeRow || target instanceof NodeAt) return { connection, nodeId: target.nodeId };
  if (typeof target === 'string') return { connection, nodeId: target };
  const snapshot = connection.feed.snapshot ?? (await connection.feed.refresh());
  const items = [...snapshot.nodes.values()]
    .filter(takes)
    .map((node) => ({ label: label(node.id), description: label(stateText(node)), nodeId: node.id }));
  if (items.length === 0) {
    app.notices.information('There is no such node in the mesh now.');
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder: 'Choose a node', matchOnDescription: true });
  return picked === undefined ? undefined : { connection, nodeId: picked.nodeId };
}

export async function pickService(
  app: App,
  target: unknown,
  title: string,
): Promise<{ connection: Connection; service: MeshService } | undefined> {
  const connection = connectionOf(app, target);
  if (target instanceof ServiceRow) return { connection, service: target.service };
  const snapshot = connection.feed.snapshot ?? (await connection.feed.refresh());
  const services = [...snapshot.nodes.values()]
    .filter(({ id }) => !(target instanceof NodeRow) || id === target.nodeId)
    .flatMap((node) => node.services)
    .filter(({ connType }) => connType !== 0);
  if (services.length === 0) {
    app.notices.information('No node of the mesh offers a stream service now.');
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    services.map((service) => ({ label: label(`${service.node} ${service.name}`), description: serviceTypeText(service), service })),
    { title, placeHolder: 'Choose a stream service' },
  );
  return picked === undefined ? undefined : { connection, service: picked.service };
}

/** The control service that a node advertises; undefined while it is not known. */
export const controlServiceOf = ({ connection, nodeId }: NodeTarget): MeshService | undefined =>
  connection.feed.snapshot?.nodes.get(nodeId)?.services.find(({ name }) => name === 'control');

/** A service that speaks TLS is reached with a `tls-client` of the daemon asked; its name is all that it wants. Undefined when the user leaves. */
export async function askTlsClient(service: MeshService | undefined): Promise<string | undefined> {
  if (service?.tls !== true) return '';
  return vscode.window.showInputBox({
    title: `Service ${label(service.name)} of ${label(service.node)} wants TLS`,
    prompt: 'Name of a tls-client in the config of the node that we are connected to',
    ignoreFocusOut: true,
    validateInput: (value) => (value.trim() === '' ? 'Without a tls-client the service refuses.' : undefined),
  });
}
