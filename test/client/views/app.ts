// What views are given, for unit tests: a log that is read, a memory, connections to fake control services.
import { vi } from 'vitest';
import type * as vscode from 'vscode';
import type { Language } from '../../../client/src/language/language.ts';
import type { App } from '../../../client/src/views/app.ts';
import { Connections } from '../../../client/src/views/connections.ts';
import { Notices } from '../../../client/src/views/notify.ts';

/** Waits until `check` throws no more, as long as a slow machine may take. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 20_000, interval: 10 });

export const memento = (): vscode.Memento => {
  const held = new Map<string, unknown>();
  const memory = {
    keys: () => [...held.keys()],
    get: (key: string, otherwise?: unknown) => held.get(key) ?? otherwise,
    update: async (key: string, value: unknown) => void held.set(key, value),
  };
  return memory as vscode.Memento;
};

/** Lines of a log, with their level. */
export interface Log {
  readonly lines: string[];
  shown: boolean;
}

/**
 * An app with nothing but notices and connections.
 * @param summary what the language server says of a config
 */
export function testApp(summary: Language['summary'] = async () => null): { app: App; log: Log; secrets: Map<string, string> } {
  const log: Log = { lines: [], shown: false };
  const at =
    (level: string) =>
    (line: string): void =>
      void log.lines.push(`${level}: ${line}`);
  const channel = {
    ...Object.fromEntries(['trace', 'debug', 'info', 'warn', 'error'].map((level) => [level, at(level)])),
    show: () => void (log.shown = true),
  } as unknown as vscode.LogOutputChannel;
  const secrets = new Map<string, string>();
  const context = {
    workspaceState: memento(),
    secrets: {
      get: async (key: string) => secrets.get(key),
      store: async (key: string, value: string) => void secrets.set(key, value),
      delete: async (key: string) => void secrets.delete(key),
    },
  } as unknown as vscode.ExtensionContext;
  const notices = new Notices(channel);
  const connections = new Connections(context, channel, notices, { summary });
  const app = { context, log: channel, notices, connections, meshView: { reveal: async () => undefined } } as unknown as App;
  return { app, log, secrets };
}
