/** A terminal that shows a stream of the mesh as it is: a service of a node. */
import type { Duplex } from 'node:stream';
import * as vscode from 'vscode';
import type { Connection } from './connection.ts';
import { plain, terminal } from './hostile.ts';
import { describe } from './notify.ts';
import { Pace } from './pace.ts';

/** Opens a stream to a service in a terminal. */
export function openService(connection: Connection, service: { node: string; name: string }, tlsClient: string): void {
  const options = tlsClient === '' ? {} : { tlsClient };
  const pty = new StreamTerminal((signal) =>
    connection.use((control) => control.connectToService(service.node, service.name, { ...options, signal })),
  );
  const name = `${plain(service.node)} ${plain(service.name)}`;
  vscode.window.createTerminal({ name, pty, iconPath: new vscode.ThemeIcon('broadcast'), isTransient: true }).show();
}

/** Bytes in both directions, untouched: the service may be a shell, and steers the terminal as a shell does. */
class StreamTerminal implements vscode.Pseudoterminal {
  readonly #open: (signal: AbortSignal) => Promise<Duplex>;
  readonly #writes = new vscode.EventEmitter<string>();
  readonly #closes = new vscode.EventEmitter<void | number>();
  readonly #abort = new AbortController();
  readonly #decoder = new TextDecoder();
  readonly #pace = new Pace();
  #stream: Duplex | undefined;

  readonly onDidWrite = this.#writes.event;
  readonly onDidClose = this.#closes.event;

  constructor(open: (signal: AbortSignal) => Promise<Duplex>) {
    this.#open = open;
  }

  open(): void {
    this.#run().catch((error: unknown) => {
      if (!this.#abort.signal.aborted) this.#say(describe(error));
    });
  }

  close(): void {
    this.#abort.abort();
    this.#stream?.destroy();
  }

  handleInput(data: string): void {
    if (this.#stream?.writable === true) this.#stream.write(data);
    else if (data === '\u0003' || data === '\u0004') this.#closes.fire();
  }

  async #run(): Promise<void> {
    const stream = await this.#open(this.#abort.signal);
    this.#stream = stream;
    if (this.#abort.signal.aborted) return void stream.destroy();
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      this.#writes.fire(this.#decoder.decode(chunk, { stream: true }));
      await this.#pace.wrote(chunk.length);
    }
    this.#stream = undefined;
    this.#say('The stream has ended. Close this terminal, or press Ctrl+C.');
  }

  #say(text: string): void {
    this.#writes.fire(`\r\n\u001b[2m${terminal(text)}\u001b[0m\r\n`);
  }
}
