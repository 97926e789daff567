/** Where units live: the node that a connection leads to, or another node reached through it. No `vscode`. */
import { ControlError, type ReceptorControl } from '../../control/index.ts';
import type { ResultsSource } from '../../work/follow.ts';
import { resultsOf } from '../../work/source.ts';
import type { Connection } from '../connection.ts';

export class WorkHost {
  readonly connection: Connection;
  /** Set for a node that is reached through the connection's node. */
  readonly remote: { readonly node: string; readonly tlsClient: string | undefined } | undefined;
  #control: Promise<ReceptorControl> | undefined;
  #closed = false;

  constructor(connection: Connection, remote?: { node: string; tlsClient: string | undefined }) {
    this.connection = connection;
    this.remote = remote;
  }

  /** Id of the node whose units these are, as soon as it is known. */
  get nodeId(): string | undefined {
    return this.remote?.node ?? this.connection.nodeId;
  }

  /** For messages and rows. */
  get title(): string {
    return this.remote === undefined ? (this.nodeId ?? this.connection.name) : `${this.remote.node} via ${this.connection.name}`;
  }

  get closed(): boolean {
    return this.#closed || this.connection.state.kind === 'closed';
  }

  /** A question finds a connection; none has to be opened for it. */
  get up(): boolean {
    return !this.closed && this.connection.state.kind === 'up';
  }

  /** Runs `work` on a client of the node. Rejects with what the client says; with code `closed` once disconnected. */
  async use<T>(work: (control: ReceptorControl) => Promise<T>): Promise<T> {
    if (this.closed) throw disconnected(this.title);
    if (this.remote === undefined) return this.connection.use(work);
    const { node, tlsClient } = this.remote;
    const opening = (this.#control ??= this.connection.use((control) => control.connectToNode(node, { tlsClient })));
    try {
      const control = await opening;
      if (control.closed) throw disconnected(this.title);
      return await work(control);
    } catch (error) {
      // A refusal of the command leaves the way intact; anything else gets a new one.
      const refused =
        error instanceof ControlError && error.code === 'command-refused' && !error.message.startsWith('receptor refused "connect');
      if (!refused && this.#control === opening) this.#drop();
      throw error;
    }
  }

  /** The results of one unit; its streams have connections of their own. */
  results(unitId: string): ResultsSource {
    const source = resultsOf(async () => this.use(async (control) => Promise.resolve(control)), unitId);
    return { ...source, closed: () => this.closed };
  }

  /** Only for a node that is reached through another: the connection itself is the user's. */
  dispose(): void {
    this.#closed = true;
    this.#drop();
  }

  #drop(): void {
    const opening = this.#control;
    this.#control = undefined;
    opening?.then((control) => control.close()).catch(() => undefined); // it may never have been opened
  }
}

const disconnected = (title: string): ControlError =>
  new ControlError('closed', `${title} was disconnected.`, { nextStep: 'Connect again.' });
