/** What `activate()` returns to other extensions. */
import * as vscode from 'vscode';
import { ReceptorControl } from './control/index.ts';
import type { MeshDiff } from './mesh/diff.ts';
import type { MeshSnapshot } from './mesh/types.ts';
import type { App } from './views/app.ts';
import type { Connection } from './views/connection.ts';

/** An open connection as others see it. */
export interface ApiConnection {
  readonly name: string;
  readonly address: string;
  /** Id of the node that answers, or answered last. */
  readonly nodeId: string | undefined;
  readonly connected: boolean;
  /** The client while connected. Do not close it: use the command `receptor.disconnect`. */
  readonly control: ReceptorControl | undefined;
  /** The last good picture of the mesh as this node sees it. */
  readonly snapshot: MeshSnapshot | undefined;
}

export interface MeshChangeEvent {
  readonly connection: ApiConnection;
  readonly snapshot: MeshSnapshot;
  readonly diff: MeshDiff;
}

export interface ReceptorMeshApi {
  /** Grows only; 1 is this interface. */
  readonly version: 1;
  /** The control client, for connections of one's own. */
  readonly ReceptorControl: typeof ReceptorControl;
  readonly connections: readonly ApiConnection[];
  /** The connection that commands mean. */
  readonly activeConnection: ApiConnection | undefined;
  /** A connection came, went, was lost or came back. */
  readonly onDidChangeConnections: vscode.Event<void>;
  /** A mesh changed in more than its ages. Fired while a view of it is visible, or somebody refreshes. */
  readonly onDidChangeMesh: vscode.Event<MeshChangeEvent>;
  /**
   * Connects to an address or a saved profile by its name; where a connection is open already, gives that. Shows nothing.
   * Rejects with a ControlError, and with a plain Error in a workspace that is not trusted.
   */
  connect(addressOrName: string): Promise<ApiConnection>;
  /** Asks the node for its mesh now. */
  refresh(connection?: ApiConnection): Promise<MeshSnapshot>;
}

/** The API, and apart from it what ends it: no extension may end it for the others. */
export function createApi({ connections }: App): { api: ReceptorMeshApi; disposable: vscode.Disposable } {
  const known = new Map<Connection, { shown: ApiConnection; subscription: { dispose(): void } }>();
  const connectionsChanged = new vscode.EventEmitter<void>();
  const meshChanged = new vscode.EventEmitter<MeshChangeEvent>();

  const shown = (connection: Connection): ApiConnection => {
    let entry = known.get(connection);
    if (entry === undefined) {
      const view: ApiConnection = {
        name: connection.name,
        address: connection.profile.address,
        get nodeId() {
          return connection.nodeId;
        },
        get connected() {
          return connection.state.kind === 'up';
        },
        get control() {
          return connection.control;
        },
        get snapshot() {
          return connection.feed.snapshot;
        },
      };
      const subscription = connection.feed.onDidChange.on((change) => meshChanged.fire({ connection: view, ...change }));
      known.set(connection, (entry = { shown: view, subscription }));
    }
    return entry.shown;
  };
  const follow = (): void => {
    for (const connection of connections.all) shown(connection);
    for (const [connection, { subscription }] of known) {
      if (connections.all.includes(connection)) continue;
      subscription.dispose();
      known.delete(connection);
    }
  };
  const subscription = connections.onDidChange(() => {
    follow();
    connectionsChanged.fire();
  });
  follow();

  const api: ReceptorMeshApi = {
    version: 1,
    ReceptorControl,
    get connections() {
      return connections.all.map(shown);
    },
    get activeConnection() {
      return connections.active === undefined ? undefined : shown(connections.active);
    },
    onDidChangeConnections: connectionsChanged.event,
    onDidChangeMesh: meshChanged.event,
    connect: async (addressOrName) => {
      const profile = connections.profiles.find(({ name }) => name === addressOrName) ?? { name: addressOrName, address: addressOrName };
      return shown(await connections.connect(profile));
    },
    refresh: async (connection) => {
      const wanted = connection === undefined ? connections.active : connections.find(connection.name);
      if (wanted === undefined) throw new Error('There is no such connection.');
      return wanted.feed.refresh();
    },
  };
  const disposable = new vscode.Disposable(() => {
    for (const entry of known.values()) entry.subscription.dispose();
    vscode.Disposable.from(subscription, connectionsChanged, meshChanged).dispose();
  });
  return { api, disposable };
}
