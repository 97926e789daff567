/** How an editor reaches the server, by its command line. */
import { connect } from 'node:net';
import {
  IPCMessageReader,
  IPCMessageWriter,
  SocketMessageReader,
  SocketMessageWriter,
  StreamMessageReader,
  StreamMessageWriter,
  createMessageConnection,
  type ConnectionOptions,
  type MessageConnection,
  type RequestMessage,
} from 'vscode-jsonrpc/node';
import { cancelled } from './handlers.ts';

const options: ConnectionOptions = {
  connectionStrategy: {
    // A request that was cancelled while it waited in line is answered without being looked at.
    cancelUndispatched: (message) => ({
      jsonrpc: '2.0',
      id: (message as RequestMessage).id,
      error: cancelled,
    }),
  },
};

export const usage = `usage: receptor-language-server --stdio | --node-ipc | --socket=PORT | --pipe=NAME

A language server for configs of receptor. Editors start it; see docs/editors.md.
`;

/**
 * The connection that the arguments ask for; undefined when they ask for none.
 * @throws Error for a port that is no number
 */
export function connectionFor(args: readonly string[]): MessageConnection | undefined {
  const valueOf = (name: string): string | undefined => {
    const index = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
    return index === -1 ? undefined : args[index]!.includes('=') ? args[index]!.slice(name.length + 1) : args[index + 1];
  };
  if (args.includes('--node-ipc'))
    return createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process), undefined, options);
  if (args.includes('--stdio')) {
    return createMessageConnection(new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout), undefined, options);
  }
  const port = valueOf('--socket');
  const pipe = valueOf('--pipe');
  if (port === undefined && pipe === undefined) return undefined;
  if (port !== undefined && !/^\d{1,5}$/.test(port)) throw new Error(`--socket wants a port number, not ${port}`);
  const socket = port === undefined ? connect(pipe!) : connect(Number(port), '127.0.0.1');
  return createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket), undefined, options);
}
