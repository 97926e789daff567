// A control service that does what its script says: to play what no daemon does on demand.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** One connection to a fake service, from its side. */
export interface FakeConnection {
  /** Counted from 1. */
  readonly number: number;
  readonly socket: Socket;
  /** The next line that the client sends, or undefined when it has ended. */
  readonly line: () => Promise<string | undefined>;
  /** Everything from here on until the client ends its side. */
  readonly rest: () => Promise<Buffer>;
  /** Sends, and waits while the client takes no more. False when it is gone. */
  readonly send: (data: string | Uint8Array) => Promise<boolean>;
}

export interface FakeService {
  /** As ReceptorControl.connect takes it. */
  readonly address: string;
  /** Every line that came, over all connections. */
  readonly lines: string[];
  readonly connections: FakeConnection[];
  stop(): Promise<void>;
}

export type Script = (connection: FakeConnection) => unknown;

/** Starts a service on a Unix socket of its own, or on a TCP port of loopback; errors of connections are nobody's. */
export async function fakeService(script: Script, options: { tcp?: boolean } = {}): Promise<FakeService> {
  const dir = mkdtempSync(path.join(tmpdir(), 'fake-'));
  const file = path.join(dir, 's.sock');
  const lines: string[] = [];
  const connections: FakeConnection[] = [];
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    const connection = fakeConnection(connections.length + 1, socket, lines);
    connections.push(connection);
    void Promise.resolve(script(connection)).catch(() => socket.destroy());
  });
  server.listen(options.tcp === true ? { port: 0, host: '127.0.0.1' } : file);
  await once(server, 'listening');
  const at = server.address();
  return {
    address: typeof at === 'object' && at !== null ? `tcp://127.0.0.1:${at.port}` : `unix:${file}`,
    lines,
    connections,
    stop: async () => {
      for (const { socket } of connections) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function fakeConnection(number: number, socket: Socket, lines: string[]): FakeConnection {
  let pending = Buffer.alloc(0);
  let ended = false;
  const wake = new Set<() => void>();
  const more = (): Promise<void> => new Promise((resolve) => wake.add(resolve));
  const notify = (): void => {
    for (const resolve of wake) resolve();
    wake.clear();
  };
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    notify();
  });
  const onEnd = (): void => {
    ended = true;
    notify();
  };
  socket.once('end', onEnd).once('close', onEnd);
  return {
    number,
    socket,
    line: async () => {
      for (;;) {
        const at = pending.indexOf('\n');
        if (at >= 0) {
          const line = pending.subarray(0, at).toString();
          pending = pending.subarray(at + 1);
          lines.push(line);
          return line;
        }
        if (ended) return undefined;
        await more();
      }
    },
    rest: async () => {
      for (;;) {
        if (ended) break;
        await more();
      }
      const rest = pending;
      pending = Buffer.alloc(0);
      return rest;
    },
    send: async (data) => {
      if (socket.destroyed) return false;
      const heard = new AbortController(); // takes the listeners that were not called off the socket again
      const { signal } = heard;
      if (!socket.write(data)) await Promise.race([once(socket, 'drain', { signal }), once(socket, 'close', { signal })]).catch(() => {});
      heard.abort();
      return !socket.destroyed;
    },
  };
}

export const banner = 'Receptor Control, node fake\n';

/** A service that greets and then answers each line by `answer`, which may take over the connection by giving undefined. */
export const answering =
  (answer: (line: string, connection: FakeConnection) => Promise<string | undefined> | string | undefined): Script =>
  async (connection) => {
    await connection.send(banner);
    for (;;) {
      const line = await connection.line();
      if (line === undefined) break;
      const reply = await answer(line, connection);
      if (reply === undefined) return;
      await connection.send(reply);
    }
    connection.socket.end();
  };
