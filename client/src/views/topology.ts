/** The connections as the topology graph takes them: each a mesh that is seen from its node. */
import * as vscode from 'vscode';
import type { MeshSnapshot } from '../mesh/model.ts';
import { registerTopology, type MeshSource, type SourceState, type Topology } from '../topology/index.ts';
import type { Command } from './command.ts';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';
import { plain } from './hostile.ts';
import { NodeRow } from './meshRows.ts';
import { describe } from './notify.ts';
import { connectionOf, NodeAt } from './pick.ts';
import { onDidTrace } from './ping.ts';

export const topologyCommands: readonly Command[] = [
  {
    id: 'receptor.showTopology',
    title: 'Show Topology',
    needs: ['connection'],
    run: async (app, target) => {
      const { graph } = app.topology;
      const source = app.topology.of(connectionOf(app, target).name);
      if (target instanceof NodeRow || target instanceof NodeAt) await graph.reveal(source, target.nodeId);
      else await graph.show(source);
    },
  },
];

/** The graph, and the source that each connection is for it. */
export class TopologyView {
  readonly graph: Topology;
  readonly #connections: Connections;
  readonly #sources = new Map<string, ConnectionSource>();

  constructor(context: vscode.ExtensionContext, connections: Connections, log: vscode.LogOutputChannel) {
    this.#connections = connections;
    this.graph = registerTopology(
      context,
      vscode.window,
      (id) => this.of(id),
      (text) => log.warn(text),
    );
    context.subscriptions.push(
      onDidTrace.event(({ target, hops }) => void this.graph.trace(this.of(target.connection.name), target.nodeId, hops)),
    );
  }

  /** By the connection's name, which outlives the connection: a graph stays open while it is down, and over a reload of the window. */
  of(name: string): MeshSource {
    const source = this.#sources.get(name) ?? new ConnectionSource(this.#connections, name);
    this.#sources.set(name, source);
    return source;
  }
}

class ConnectionSource implements MeshSource {
  readonly id: string;
  readonly label: string;
  readonly #connections: Connections;
  /** Of a connection that was closed. */
  #last: MeshSnapshot | undefined;

  constructor(connections: Connections, name: string) {
    this.#connections = connections;
    this.id = name;
    this.label = name;
  }

  readonly actions = {
    ping: (node: string) => this.#run('receptor.ping', node),
    traceroute: (node: string) => this.#run('receptor.traceroute', node),
    session: (node: string) => this.#run('receptor.openSession', node),
    connectAs: (node: string) => this.#run('receptor.connectAsNode', node),
    openConfig: (node: string) => this.#run('receptor.openNodeConfig', node),
  };

  current(): MeshSnapshot | undefined {
    this.#last = this.#connections.find(this.id)?.feed.snapshot ?? this.#last;
    return this.#last;
  }

  status(): { state: SourceState; text: string } {
    const connection = this.#connections.find(this.id);
    if (connection === undefined) return { state: 'down', text: 'Not connected: use the command "Receptor: Connect"' };
    const { state, feed } = connection;
    if (state.kind === 'down')
      return { state: 'down', text: `Down since ${new Date(state.since).toLocaleTimeString()}: ${plain(describe(state.error), 400)}` };
    if (feed.error !== undefined) return { state: 'down', text: `Not refreshed: ${plain(describe(feed.error), 400)}` };
    return state.kind === 'up' && feed.snapshot !== undefined ? { state: 'live', text: '' } : { state: 'waiting', text: '' };
  }

  onDidChange(listener: () => void): vscode.Disposable {
    return this.#follow((connection) => connection.feed.onDidAsk.on(listener), listener);
  }

  watch(): vscode.Disposable {
    return this.#follow((connection) => connection.feed.watch());
  }

  /** Holds something of the connection of this name, whichever it is at the time; `changed` hears of every change of it. */
  #follow(hold: (connection: Connection) => { dispose(): void }, changed?: () => void): vscode.Disposable {
    let of: Connection | undefined;
    let held: { dispose(): void } | undefined;
    const look = (): void => {
      const connection = this.#connections.find(this.id);
      if (connection === of) return;
      held?.dispose();
      of = connection;
      held = connection === undefined ? undefined : hold(connection);
    };
    look();
    const subscription = this.#connections.onDidChange(() => {
      look();
      changed?.();
    });
    return new vscode.Disposable(() => {
      subscription.dispose();
      held?.dispose();
    });
  }

  #run(command: string, node: string): Thenable<unknown> | undefined {
    const connection = this.#connections.find(this.id);
    // Without a connection the command itself says what is missing.
    return vscode.commands.executeCommand(command, connection === undefined ? node : new NodeAt(connection, node));
  }
}
