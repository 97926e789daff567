import { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';

/** The first bytes that a TLS client sends. */
async function clientHello(): Promise<Buffer> {
  let client: TLSSocket | undefined;
  try {
    return await new Promise<Buffer>((resolve) => {
      const wire = new Duplex({
        read: () => {},
        write: (chunk: Buffer, _encoding, done) => {
          resolve(chunk);
          done();
        },
      });
      client = connectTls({ socket: wire, rejectUnauthorized: false });
      client.on('error', () => {}); // it never gets an answer
    });
  } finally {
    client?.destroy();
  }
}

/**
 * What a silent peer answers when it is spoken to in TLS: a TLS server and an HTTP server give themselves away so.
 * @param socket a connection for this alone; destroyed afterwards
 * @returns its first bytes; undefined when it says nothing, or `signal` aborts
 */
export async function greetInTls(socket: Socket, signal: AbortSignal): Promise<Buffer | undefined> {
  const hello = await clientHello();
  return await new Promise((resolve) => {
    const settle = (bytes?: Buffer): void => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve(bytes);
    };
    const onAbort = (): void => settle();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) settle();
    socket.once('data', settle).once('close', () => settle());
    socket.on('error', () => settle());
    socket.write(hello);
  });
}
