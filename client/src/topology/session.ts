/** One graph on the screen: what its webview is told, and what is done with what it says. No `vscode` in it. */
import type { MeshSnapshot } from '../mesh/types.ts';
import { describeChanges, describeGraph, describeNode } from './describe.ts';
import { readWebviewMessage, type HostMessage, type Trace, type WebviewMessage } from './messages.ts';
import type { MeshSource } from './source.ts';
import { shorten, visible } from './text.ts';

export interface SessionHost {
  post(message: HostMessage): void;
  /** Lets the user choose where to save; resolves to what to say about it. */
  save(fileName: string, bytes: Uint8Array): Promise<string>;
  log(text: string): void;
}

export class GraphSession {
  readonly #source: MeshSource;
  readonly #host: SessionHost;
  readonly #subscription: { dispose(): void };
  #watching: { dispose(): void } | undefined;
  #ready = false;
  #visible = false;
  /** The picture that the webview has; undefined: none, or the empty one. */
  #sent: MeshSnapshot | undefined;
  #status = '';
  #selected: string | undefined;
  #details = '';
  #trace: Trace | undefined;
  #reveal: string | undefined;

  constructor(source: MeshSource, host: SessionHost) {
    this.#source = source;
    this.#host = host;
    this.#subscription = source.onDidChange(() => this.#update());
  }

  get source(): MeshSource {
    return this.#source;
  }

  /** The source is watched while the panel can be seen. */
  setVisible(visible: boolean): void {
    if (visible === this.#visible) return;
    this.#visible = visible;
    if (visible) this.#watching ??= this.#source.watch();
    else {
      this.#watching?.dispose();
      this.#watching = undefined;
    }
    this.#update();
  }

  /** Draws a traceroute over the graph; undefined takes it away. */
  showTrace(trace: Trace | undefined): void {
    this.#trace = trace;
    if (this.#ready) this.#host.post({ type: 'trace', trace });
  }

  /** Selects a node and brings it into view, once there is a view. */
  reveal(node: string): void {
    this.#reveal = node;
    this.#update();
  }

  /** Takes what came from the webview. */
  async handle(value: unknown): Promise<void> {
    const message = readWebviewMessage(value);
    if (message === undefined) {
      this.#host.log('The topology view sent a message that is not understood; it was ignored.');
      return;
    }
    await this.#take(message);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#watching?.dispose();
    this.#watching = undefined;
    this.#ready = false;
  }

  async #take(message: WebviewMessage): Promise<void> {
    switch (message.type) {
      case 'ready':
        // Also after VS Code threw the page away because it was hidden: it knows nothing now.
        this.#ready = true;
        this.#sent = this.#source.current();
        this.#status = '';
        this.#details = '';
        this.#host.post(describeGraph(this.#source, this.#sent));
        if (this.#trace !== undefined) this.#host.post({ type: 'trace', trace: this.#trace });
        this.#update();
        return;
      case 'select':
        this.#selected = message.node;
        this.#details = '';
        this.#sendDetails();
        return;
      case 'action':
        await this.#source.actions?.[message.action]?.(message.node);
        return;
      case 'clearTrace':
        this.#trace = undefined;
        return;
      case 'export': {
        const bytes = message.format === 'svg' ? new TextEncoder().encode(message.text) : message.bytes;
        this.#host.post({ type: 'exported', text: await this.#host.save(`${this.#fileName()}.${message.format}`, bytes) });
        return;
      }
      case 'problem':
        this.#host.log(`The topology view reports: ${shorten(visible(message.text), 2000)}`);
    }
  }

  /** Tells the webview what changed since it was told last; nothing while nobody sees it. */
  #update(): void {
    if (!this.#ready || !this.#visible) return;
    const now = this.#source.current();
    if (now !== this.#sent) {
      const message = now === undefined || this.#sent === undefined ? describeGraph(this.#source, now) : describeChanges(this.#sent, now);
      this.#sent = now;
      if (message !== undefined) this.#host.post(message);
    }
    const { state, text } = this.#source.status();
    const status = { type: 'status', state, text, takenAt: now?.takenAt } as const;
    const said = JSON.stringify(status);
    if (said !== this.#status) {
      this.#status = said;
      this.#host.post(status);
    }
    if (this.#reveal !== undefined && now?.nodes.has(this.#reveal) === true) {
      this.#host.post({ type: 'reveal', node: this.#reveal });
      this.#reveal = undefined;
    }
    this.#sendDetails();
  }

  #sendDetails(): void {
    const snapshot = this.#sent;
    if (!this.#ready || snapshot === undefined || this.#selected === undefined) return;
    const details = describeNode(snapshot, this.#selected);
    const said = JSON.stringify(details) ?? '';
    if (details === undefined || said === this.#details) return;
    this.#details = said;
    this.#host.post({ type: 'details', details });
  }

  /** Of the source's name, what every file system takes. */
  #fileName(): string {
    const name = this.#source.label.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|[-.]+$/g, '');
    return `topology-${name === '' ? 'mesh' : name.slice(0, 80)}`;
  }
}
