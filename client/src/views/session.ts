/** A control session in a terminal: typed commands to any node's control service, answered in colours. */
import { PassThrough, type Duplex, type Readable } from 'node:stream';
import * as vscode from 'vscode';
import { isControlError, type ReceptorControl } from '../control/index.ts';
import { limited, orAborted } from '../control/limit.ts';
import type { MeshSnapshot } from '../mesh/model.ts';
import type { App } from './app.ts';
import type { Connection } from './connection.ts';
import { ColouredOutput, plain, terminal } from './hostile.ts';
import { LineEditor } from './lineEditor.ts';
import { describe } from './notify.ts';
import { Pace } from './pace.ts';
import { askTlsClient, controlServiceOf, type NodeTarget } from './pick.ts';
import { prettyJson } from './prettyJson.ts';
import { completeCommand, helpText, holdsSecret, readCommand, type SessionCommand, type Submission } from './sessionCommands.ts';

const historyKey = 'receptor.session.history';

/** Opens a terminal bridged to the node's control service. */
export async function openSession(app: App, node: NodeTarget): Promise<vscode.Terminal | undefined> {
  const { connection, nodeId } = node;
  const own = nodeId === connection.nodeId;
  const tlsClient = own ? '' : await askTlsClient(controlServiceOf(node));
  if (tlsClient === undefined) return undefined;
  const hop = own ? new OwnHop(app, connection) : new MeshHop(new OwnHop(app, connection), nodeId, 'control', tlsClient);
  const terminalOfNode = vscode.window.createTerminal({
    name: `receptor ${plain(nodeId, 60)}`,
    pty: new SessionTerminal(app, hop),
    iconPath: new vscode.ThemeIcon('terminal'),
    isTransient: true,
  });
  terminalOfNode.show();
  return terminalOfNode;
}

/** A control service that the session talks to. */
interface Hop {
  readonly nodeId: string;
  /** `signal` ends the way there too, not only what `work` does. */
  use<T>(work: (control: ReceptorControl) => Promise<T>, signal?: AbortSignal): Promise<T>;
  mesh(): MeshSnapshot | undefined;
  close(): void;
}

class OwnHop implements Hop {
  readonly #app: App;
  readonly #first: Connection;

  constructor(app: App, connection: Connection) {
    this.#app = app;
    this.#first = connection;
  }

  /** Whoever disconnects and connects again goes on with the new connection. */
  get #connection(): Connection {
    return this.#app.connections.find(this.#first.name) ?? this.#first;
  }

  get nodeId(): string {
    return this.#connection.nodeId ?? '?';
  }

  use<T>(work: (control: ReceptorControl) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#connection.use(work, signal);
  }

  mesh(): MeshSnapshot | undefined {
    return this.#connection.feed.snapshot;
  }

  close(): void {
    // The connection belongs to the window, not to the session.
  }
}

/** Another node's control service, reached through the hop before it, and reached again when it was lost. */
class MeshHop implements Hop {
  readonly #before: Hop;
  readonly #node: string;
  readonly #service: string;
  readonly #tlsClient: string;
  #control: Promise<ReceptorControl> | undefined;
  #nodeId: string;

  constructor(before: Hop, node: string, service: string, tlsClient: string) {
    this.#before = before;
    this.#node = node;
    this.#nodeId = node;
    this.#service = service;
    this.#tlsClient = tlsClient;
  }

  get nodeId(): string {
    return this.#nodeId;
  }

  async use<T>(work: (control: ReceptorControl) => Promise<T>, signal?: AbortSignal): Promise<T> {
    let control = await this.#reach(signal);
    // It closes with the connection that it goes through, which may be back by now.
    if (control.closed) {
      this.#control = undefined;
      control = await this.#reach(signal);
    }
    this.#nodeId = control.nodeId;
    return work(control);
  }

  /** Those who ask at the same time share one dial, which ends with the signal of the first; each waits by its own. */
  #reach(signal: AbortSignal | undefined): Promise<ReceptorControl> {
    return limited(`connect ${this.#node}`, { signal }, 0, (limit) => orAborted(limit.signal, (this.#control ??= this.#dial(signal))));
  }

  #dial(signal: AbortSignal | undefined): Promise<ReceptorControl> {
    const tlsClient = this.#tlsClient === '' ? undefined : this.#tlsClient;
    const dial = this.#before.use((control) => control.connectToNode(this.#node, { service: this.#service, tlsClient, signal }), signal);
    dial.catch(() => {
      if (this.#control === dial) this.#control = undefined;
    });
    return dial;
  }

  mesh(): MeshSnapshot | undefined {
    return this.#before.mesh();
  }

  close(): void {
    void this.#control?.then((control) => control.close()).catch(() => undefined);
  }
}

class SessionTerminal implements vscode.Pseudoterminal {
  readonly #app: App;
  readonly #hops: Hop[];
  readonly #editor: LineEditor;
  /** Has the terminal while a payload is typed. */
  #payloadEditor: LineEditor | undefined;
  #columns = 80;
  readonly #writes = new vscode.EventEmitter<string>();
  readonly #closes = new vscode.EventEmitter<void>();
  /** Ends what runs: a command, a stream. */
  #abort: AbortController | undefined;
  /** Where typed text goes instead of the line: a payload, a raw stream. */
  #sink: ((data: string) => void) | undefined;

  readonly onDidWrite = this.#writes.event;
  readonly onDidClose = this.#closes.event;

  constructor(app: App, hop: Hop) {
    this.#app = app;
    this.#hops = [hop];
    this.#editor = new LineEditor(
      {
        write: (text) => this.#writes.fire(text),
        line: (line) => void this.#run(line),
        end: () => this.#leave(),
        interrupt: () => this.#ask(),
        complete: (line, cursor) => completeCommand(line, cursor, this.#hop.mesh(), () => this.#units()),
      },
      app.context.workspaceState.get<string[]>(historyKey, []),
    );
  }

  open(dimensions: vscode.TerminalDimensions | undefined): void {
    if (dimensions !== undefined) this.setDimensions(dimensions);
    void this.#begin();
  }

  setDimensions({ columns }: vscode.TerminalDimensions): void {
    this.#columns = columns;
    this.#editor.resize(columns);
    this.#payloadEditor?.resize(columns);
  }

  close(): void {
    this.#abort?.abort();
    for (const hop of this.#hops) hop.close();
    const kept = this.#editor.history.filter((line) => !holdsSecret(line));
    void this.#app.context.workspaceState.update(historyKey, kept);
  }

  handleInput(data: string): void {
    if (this.#sink !== undefined) return this.#sink(data);
    const stop = this.#abort === undefined ? -1 : data.lastIndexOf('\u0003');
    if (stop >= 0) {
      this.#abort?.abort();
      this.#editor.takeTypedAhead();
    }
    this.#editor.feed(data.slice(stop + 1));
  }

  get #hop(): Hop {
    return this.#hops.at(-1)!;
  }

  async #begin(): Promise<void> {
    await this.#guarded(async (signal) => {
      await this.#hop.use(async (control) => this.#say(`Receptor Control, node ${control.nodeId}`), signal);
      this.#say("Type 'help' for the commands.");
    });
    this.#ask();
  }

  #ask(): void {
    this.#editor.ask(`${plain(this.#hop.nodeId, 40)}> `);
  }

  #leave(): void {
    const hop = this.#hops.pop();
    hop?.close();
    if (this.#hops.length === 0) return this.#closes.fire();
    this.#say(`Back at ${this.#hop.nodeId}.`);
    this.#ask();
  }

  async #run(line: string): Promise<void> {
    const command = readCommand(line);
    if (command.kind === 'exit') return this.#leave();
    await this.#guarded((signal) => this.#perform(command, signal));
    this.#ask();
  }

  /** Runs one command; Ctrl+C ends it, and a failure is told. */
  async #guarded(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    try {
      await work(abort.signal);
    } catch (error) {
      if (abort.signal.aborted || (isControlError(error) && error.code === 'aborted')) this.#say('Stopped.');
      else this.#complain(describe(error));
    } finally {
      this.#abort = undefined;
      this.#sink = undefined;
      this.#payloadEditor = undefined;
    }
  }

  async #perform(command: SessionCommand, signal: AbortSignal): Promise<void> {
    switch (command.kind) {
      case 'nothing':
      case 'exit':
        return;
      case 'help':
        return this.#say(helpText);
      case 'clear':
        return this.#writes.fire('\u001b[2J\u001b[3J\u001b[H');
      case 'refused':
        return this.#complain(command.why);
      case 'simple': {
        // On a connection of its own: some commands take long, and the views wait on the shared one.
        const reply = await this.#hop.use((control) => control.simpleCommand(command.command, { signal, ownConnection: true }), signal);
        return this.#writes.fire(`${prettyJson(reply)}\r\n`);
      }
      case 'connect':
        return this.#connect(command, signal);
      case 'submit':
        return this.#submit(command.request, signal);
      case 'results':
        return this.#results(command, signal);
    }
  }

  /** A control service becomes the next hop; any other stream takes the terminal until it ends. */
  async #connect({ node, service, tlsClient }: Extract<SessionCommand, { kind: 'connect' }>, signal: AbortSignal): Promise<void> {
    const tags = this.#hop
      .mesh()
      ?.nodes.get(node.toLowerCase() === 'localhost' ? this.#hop.nodeId : node)
      ?.services.find(({ name }) => name === service)?.tags;
    if (service === 'control' || tags?.['type'] === 'Control Service') {
      const hop = new MeshHop(this.#hop, node, service, tlsClient);
      const nodeId = await hop.use(async (control) => control.nodeId, signal);
      if (signal.aborted) hop.close();
      signal.throwIfAborted();
      this.#say(`Receptor Control, node ${nodeId}`);
      this.#hops.push(hop);
      return;
    }
    const stream = await this.#hop.use(
      (control) => control.connectToService(node, service, { tlsClient: tlsClient === '' ? undefined : tlsClient, signal }),
      signal,
    );
    this.#say('Connected. Ctrl+] ends the stream.');
    await this.#bridge(stream, signal);
    this.#say('\nThe stream has ended.');
  }

  async #bridge(stream: Duplex, signal: AbortSignal): Promise<void> {
    this.#sink = (data) => {
      if (data.includes('\u001d')) stream.destroy();
      else if (stream.writable) stream.write(data);
    };
    signal.addEventListener('abort', () => stream.destroy(), { once: true });
    try {
      await this.#show(stream, (text) => text);
    } catch {
      // however it ended, it has
    }
  }

  /** Writes what comes as fast as a terminal takes it. */
  async #show(stream: Readable, filter: (text: string) => string): Promise<void> {
    const decoder = new TextDecoder();
    const pace = new Pace();
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      this.#writes.fire(filter(decoder.decode(chunk, { stream: true })));
      await pace.wrote(chunk.length);
    }
  }

  /** The payload is typed, line by line; Ctrl+D on an empty line ends it, Ctrl+C drops the submission. */
  async #submit(request: Submission, signal: AbortSignal): Promise<void> {
    this.#say('Type the payload; Ctrl+D on an empty line ends it, Ctrl+C drops the submission.');
    const payload = new PassThrough();
    const editor = new LineEditor({
      write: (text) => this.#writes.fire(text),
      line: (line) => {
        payload.write(`${line}\n`);
        editor.ask('');
      },
      end: () => {
        payload.end();
        done();
      },
      interrupt: () => {
        this.#abort?.abort();
        done();
      },
      complete: () => ({ from: 0, candidates: [] }),
    });
    /** What is typed from here on, while the answer is awaited, stops the command or is for the next one. */
    const done = (): void => {
      this.#sink = undefined;
      this.handleInput(editor.takeTypedAhead());
    };
    this.#sink = (data) => editor.feed(data);
    this.#payloadEditor = editor;
    editor.resize(this.#columns);
    editor.ask('');
    const { unitId, result } = await this.#hop.use((control) => control.submitWork({ ...request, payload, signal }), signal);
    this.#say(`${result}: unit ${unitId}`);
  }

  async #results({ unitId, startPos, signature }: Extract<SessionCommand, { kind: 'results' }>, signal: AbortSignal): Promise<void> {
    const output = new ColouredOutput();
    await this.#hop.use(
      async (control) => this.#show(await control.getWorkResults(unitId, { startPos, signature, signal }), (text) => output.write(text)),
      signal,
    );
    this.#writes.fire('\u001b[0m\r\n');
  }

  async #units(): Promise<readonly string[]> {
    // No line can be typed meanwhile.
    const signal = AbortSignal.timeout(3000);
    return Object.keys(await this.#hop.use((control) => control.workList({ signal }), signal).catch(() => ({})));
  }

  #say(text: string): void {
    this.#writes.fire(`\u001b[2m${terminal(text)}\u001b[0m\r\n`);
  }

  #complain(text: string): void {
    this.#writes.fire(`\u001b[31m${terminal(text)}\u001b[0m\r\n`);
  }
}
