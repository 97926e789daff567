/** The log of a node that runs from the editor, as a terminal: coloured by level, with links to the item to blame. */
import * as vscode from 'vscode';
import { causeOf, parseLogLine, type LogCause, type LogLevel } from '../../runner/log.ts';
import type { NodeProcess } from '../../runner/node.ts';
import { terminal } from '../hostile.ts';

const colours: Record<LogLevel, string> = { error: '31', warning: '33', info: '0', debug: '2' };
const coloured = (code: string, text: string): string => `\u001b[${code}m${text}\u001b[0m`;

/** A terminal that shows one node after another: a restart goes on in the same place. */
export class NodeTerminal implements vscode.Pseudoterminal {
  readonly #written = new vscode.EventEmitter<string>();
  readonly #closed = new vscode.EventEmitter<void>();
  readonly #stop: () => unknown;
  /** What came before the terminal was open; the log is short then. */
  #waiting: string[] | undefined = [];

  readonly onDidWrite = this.#written.event;
  readonly onDidClose = this.#closed.event;

  /** @param stop ends the node: Ctrl+C asks for it, as in any terminal */
  constructor(stop: () => unknown) {
    this.#stop = stop;
  }

  open(): void {
    for (const text of this.#waiting ?? []) this.#written.fire(text);
    this.#waiting = undefined;
  }

  close(): void {
    // Told when the window closes, too, and not why: who closed the terminal, `window.onDidCloseTerminal` tells.
  }

  handleInput(data: string): void {
    if (data === '\u0003') this.#stop();
  }

  /** Shows what `node` logs from now on. */
  follow(node: NodeProcess, title: string): void {
    this.#write(coloured('1', terminal(title)));
    node.on('line', (_read, line) => this.#line(line));
    void this.#farewell(node);
  }

  async #farewell(node: NodeProcess): Promise<void> {
    const { code, signal, wanted } = await node.exited;
    const how = wanted ? 'was stopped' : signal !== undefined ? `was ended by ${signal}` : `ended with code ${code ?? '?'}`;
    this.#write(coloured(wanted ? '1' : '1;31', `The node ${how}.`));
  }

  #line(line: string): void {
    const { level } = parseLogLine(line);
    this.#write(
      coloured(level === undefined ? (line.startsWith('Error') || line.startsWith('panic') ? '31' : '0') : colours[level], terminal(line)),
    );
    const cause = causeOf(line);
    if (cause !== undefined) this.#write(coloured('36', `  → ${cause.advice}`));
  }

  #write(text: string): void {
    const line = `${text}\r\n`;
    if (this.#waiting === undefined) this.#written.fire(line);
    else this.#waiting.push(line);
  }
}

interface CauseLink extends vscode.TerminalLink {
  readonly uri: vscode.Uri;
  readonly cause: LogCause;
}

/** Makes a log line whose cause is known a link to the item in the config. */
export function registerCauseLinks(
  configOf: (terminal: vscode.Terminal) => vscode.Uri | undefined,
  open: (uri: vscode.Uri, cause: LogCause) => Promise<void>,
): vscode.Disposable {
  const provider: vscode.TerminalLinkProvider<CauseLink> = {
    provideTerminalLinks: ({ terminal: shown, line }) => {
      const uri = configOf(shown);
      const cause = uri === undefined ? undefined : causeOf(line);
      if (uri === undefined || cause === undefined) return [];
      return [{ startIndex: 0, length: line.trimEnd().length, tooltip: 'Show the item in the config', uri, cause }];
    },
    handleTerminalLink: ({ uri, cause }) => open(uri, cause),
  };
  return vscode.window.registerTerminalLinkProvider(provider);
}
