/** Every command of the extension, as data: what it is called, what it needs, what it does, what it says when it cannot. */
import * as vscode from 'vscode';
import { languageCommands } from './views/languageCommands.ts';
import { connectionCommands } from './views/connectionCommands.ts';
import { meshCommands } from './views/meshCommands.ts';
import { topologyCommands } from './views/topology.ts';
import { workCommands } from './views/work/commands.ts';
import { nodeCommands } from './views/nodes/nodeCommands.ts';
import { reloadCommands } from './views/reload/reloadCommands.ts';
import type { App } from './views/app.ts';
import { needs, type Command } from './views/command.ts';

/** The table. A new room adds its own list here, and its entries to the manifest; a test compares the two. */
export const commands: readonly Command[] = [
  ...languageCommands,
  ...connectionCommands,
  ...meshCommands,
  ...topologyCommands,
  ...workCommands,
  ...nodeCommands,
  ...reloadCommands,
];

/** Registers every command at once, so that none is ever "not found"; what is missing is said when it is called. */
export function registerCommands(app: App): vscode.Disposable {
  return vscode.Disposable.from(
    ...commands.map((command) =>
      vscode.commands.registerCommand(command.id, async (...args: unknown[]) => {
        try {
          for (const need of command.needs ?? []) {
            const missing = needs[need](app, args);
            if (missing !== undefined) {
              void offer(command, missing); // whoever called does not wait for an answer
              return undefined;
            }
          }
          return await command.run(app, ...args);
        } catch (error) {
          app.notices.settled(command.id); // asked just now: it gets an answer
          app.notices.failure(command.id, `Receptor: ${command.title}`, error);
          return undefined;
        }
      }),
    ),
  );
}

async function offer(command: Command, missing: { text: string; action: string; command: string }): Promise<void> {
  const chosen = await vscode.window.showWarningMessage(`Receptor: ${command.title} ${missing.text}`, missing.action);
  if (chosen === missing.action) await vscode.commands.executeCommand(missing.command);
}
