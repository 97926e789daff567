/** What commands and views share; made once by `activate()` and passed to whoever needs it. */
import type * as vscode from 'vscode';
import type { Language } from '../language/language.ts';
import type { Connections } from './connections.ts';
import type { MeshView } from './meshView.ts';
import type { Nodes } from './nodes/nodes.ts';
import type { Notices } from './notify.ts';
import type { Reload } from './reload/reload.ts';
import type { Reports } from './reports.ts';
import type { Work } from './work/work.ts';
import type { WorkFiles } from './work/workFiles.ts';
import type { TopologyView } from './topology.ts';

export interface App {
  readonly context: vscode.ExtensionContext;
  /** The log channel of the extension. */
  readonly log: vscode.LogOutputChannel;
  readonly notices: Notices;
  readonly language: Language;
  readonly connections: Connections;
  readonly meshView: MeshView;
  /** Nodes that run from this window. */
  readonly nodes: Nodes;
  readonly reload: Reload;
  /** Read-only texts that commands show. */
  readonly reports: Reports;
  readonly work: Work;
  readonly workFiles: WorkFiles;
  readonly topology: TopologyView;
}
