/** The way in for the rest of the extension. Nothing of the graph runs before it is asked for. */
import type * as vscode from 'vscode';
import type { TopologyPanels } from './panel.ts';
import type { MeshSource, TraceHop } from './source.ts';

export type { MeshSource, SourceState } from './source.ts';

export interface Topology {
  /** Shows the graph of `source`. */
  show(source: MeshSource): Promise<void>;
  /** Shows the graph with a node selected. */
  reveal(source: MeshSource, node: string): Promise<void>;
  /** Draws a traceroute over the graph: now when it is open, else when it is opened next. */
  trace(source: MeshSource, target: string, hops: readonly TraceHop[]): Promise<void>;
}

/**
 * Makes the graph available, and brings its panels back after a reload of the window (`onWebviewPanel:receptor.topology`).
 * @param find the source of a panel that is being restored, by its id; it may not be connected yet
 * @param log for the log channel
 */
export function registerTopology(
  context: vscode.ExtensionContext,
  window: Pick<typeof vscode.window, 'registerWebviewPanelSerializer'>,
  find: (id: string) => MeshSource | undefined,
  log: (text: string) => void,
): Topology {
  let loading: Promise<TopologyPanels> | undefined;
  const panels = (): Promise<TopologyPanels> => {
    loading ??= import('./panel.ts').then(({ TopologyPanels }) => {
      const made = new TopologyPanels(context, log);
      context.subscriptions.push(made);
      return made;
    });
    return loading;
  };

  context.subscriptions.push(
    window.registerWebviewPanelSerializer('receptor.topology', {
      async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown) {
        const id: unknown = typeof state === 'object' && state !== null && 'source' in state ? state.source : undefined;
        const source = typeof id === 'string' ? find(id) : undefined;
        // A panel that never fills helps nobody.
        if (source === undefined) panel.dispose();
        else (await panels()).adopt(panel, source);
      },
    }),
  );

  return {
    show: async (source) => (await panels()).show(source),
    reveal: async (source, node) => (await panels()).reveal(source, node),
    trace: async (source, target, hops) => {
      const [{ describeTrace }, open] = await Promise.all([import('./describe.ts'), panels()]);
      open.trace(source, describeTrace(target, hops));
    },
  };
}
