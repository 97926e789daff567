/** The language server from its first message to its last; what is between them has a room of its own, `session.ts`. */
import type { DidChangeConfigurationParams, InitializeParams, InitializeResult } from 'vscode-languageserver';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import { capabilities, type ClientFacts, clientFacts } from './capabilities.ts';
import { Handlers } from './handlers.ts';
import { staySmall } from './memory.ts';
import { Session } from './session.ts';
import { defaultSettings, readSettings, type Settings } from './settings.ts';

export class Server {
  readonly #connection: MessageConnection;
  readonly #exit: (code: number) => void;
  readonly #handlers: Handlers;
  #settings: Settings = defaultSettings;
  #client: ClientFacts = clientFacts({});
  #session: Session | undefined;
  #shutDown = false;

  /** @param exit ends the process; called when the client says so, or is gone */
  constructor(connection: MessageConnection, exit: (code: number) => void = (code) => process.exit(code)) {
    this.#connection = connection;
    this.#exit = exit;
    this.#handlers = new Handlers(connection);
    this.#handlers.request<InitializeParams>('initialize', (params): InitializeResult => {
      this.#client = clientFacts(params.capabilities);
      this.#settings = readSettings(params.initializationOptions, this.#settings);
      if (typeof params.processId === 'number') exitWith(params.processId, this.#exit);
      // Nearly all of the server is loaded while the answer is on its way: it goes out in the next turn of the event loop, and
      // whatever it makes the client say is looked at in the turn after that, behind this.
      setImmediate(() => setImmediate(() => this.#begin()));
      return { capabilities: capabilities(this.#settings), serverInfo: { name: 'receptor-language-server' } };
    });
    this.#handlers.notification('initialized', () => {
      this.#begin();
      staySmall();
      this.#askSettings();
    });
    this.#handlers.notification<DidChangeConfigurationParams>('workspace/didChangeConfiguration', ({ settings }) => {
      // Some clients only say that something changed.
      if (settings === null || settings === undefined) this.#askSettings();
      else this.#set(settings);
    });
    this.#handlers.request('shutdown', () => {
      this.#shutDown = true;
      this.#session?.end();
      return null;
    });
    connection.onNotification('exit', () => this.#exit(this.#shutDown ? 0 : 1));
  }

  listen(): void {
    this.#connection.onClose(() => this.#exit(this.#shutDown ? 0 : 1));
    this.#connection.listen();
  }

  #begin(): void {
    this.#session ??= new Session(this.#connection, this.#handlers, this.#client, this.#settings);
  }

  #set(sent: unknown): void {
    this.#settings = readSettings(sent, this.#settings);
    this.#session?.set(this.#settings);
  }

  #askSettings(): void {
    if (!this.#client.configuration) return;
    this.#connection.sendRequest<unknown[]>('workspace/configuration', { items: [{ section: 'receptor' }] }).then(
      (answer) => this.#set(answer[0]),
      () => this.#handlers.log('warning', 'The editor did not answer what section "receptor" of its settings says.'),
    );
  }
}

/** A server whose editor is gone ends as well, also when no pipe breaks. */
function exitWith(processId: number, exit: (code: number) => void): void {
  setInterval(() => {
    try {
      process.kill(processId, 0);
    } catch (error) {
      // EPERM: it lives, and belongs to somebody else.
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') exit(1);
    }
  }, 10_000).unref();
}
