import * as vscode from 'vscode';
import { createApi, type ReceptorMeshApi } from './api.ts';
import { registerCommands } from './commands.ts';
import { Language } from './language/language.ts';
import { ConnectOffer } from './views/connect.ts';
import { Connections } from './views/connections.ts';
import { MeshView } from './views/meshView.ts';
import { followActiveNode } from './views/nodeFacts.ts';
import { Nodes } from './views/nodes/nodes.ts';
import { NodesView } from './views/nodes/nodesView.ts';
import { Notices } from './views/notify.ts';
import { Reload } from './views/reload/reload.ts';
import { Reports } from './views/reports.ts';
import { StatusBar } from './views/statusBar.ts';
import { TopologyView } from './views/topology.ts';
import { registerTasks } from './views/work/tasks.ts';
import { Work } from './views/work/work.ts';
import { registerWorkFileProviders } from './views/work/workFileProviders.ts';
import { WorkFiles } from './views/work/workFiles.ts';
import type { App } from './views/app.ts';

export type { ReceptorMeshApi } from './api.ts';

/** Waits for nothing: what needs a process or a socket begins here and goes on by itself. */
export function activate(context: vscode.ExtensionContext): ReceptorMeshApi {
  const log = vscode.window.createOutputChannel('Receptor', { log: true });
  const notices = new Notices(log);
  const language = new Language(context, log);
  const connections = new Connections(context, log, notices, language);
  const meshView = new MeshView(connections, context.workspaceState);
  const nodes = new Nodes({ context, log, notices, language, connections });
  const reload = new Reload({ context, log, notices, language, connections, nodes });
  meshView.showDrift(reload.drift);
  const { reports, disposable: reportPages } = Reports.register();
  const topology = new TopologyView(context, connections, log);
  const work = new Work(context, connections, notices);
  const workFiles = new WorkFiles(connections);
  const app: App = { context, log, notices, language, connections, meshView, nodes, reload, reports, topology, work, workFiles };
  const { api, disposable: apiEvents } = createApi(app);
  context.subscriptions.push(
    followActiveNode(connections, language),
    registerCommands(app),
    registerTasks(app),
    registerWorkFileProviders(app),
    work,
    workFiles,
    new ConnectOffer(app),
    new StatusBar(connections),
    meshView,
    new NodesView(nodes, language.documents),
    reload,
    nodes,
    reportPages,
    connections,
    language,
    log,
    apiEvents,
  );
  return api;
}
