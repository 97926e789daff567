// A way to a daemon, or between two, that a test can cut.
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What is cut may connect anew, and goes through, until it is cut again. */
export class Cuttable {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  /** Bytes that have passed towards the client, and from it. */
  passed = 0;
  sent = 0;
  /** Cuts when so many bytes have passed towards the client. */
  cutAt = Infinity;
  /** Cuts when the client has sent so many bytes. */
  cutSentAt = Infinity;
  /** Of connections from now on: cuts instead of passing what comes after an upload, the reply to a submission. */
  losesReply = false;
  onCut: (() => void) | undefined;

  /** @param target path of a socket or a port of this machine, asked for each connection */
  constructor(target: () => string | number) {
    this.#server = createServer({ allowHalfOpen: true }, (near) => {
      const to = target();
      const far =
        typeof to === 'string' ? connect({ path: to, allowHalfOpen: true }) : connect({ port: to, host: '127.0.0.1', allowHalfOpen: true });
      for (const socket of [near, far]) {
        this.#open.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          this.#open.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
      const mayLose = this.losesReply;
      let ended = false;
      let uploaded = 0;
      near.on('end', () => (ended = true));
      near.on('data', (chunk: Buffer) => {
        this.sent += chunk.length;
        uploaded += chunk.length;
        if (this.sent >= this.cutSentAt) this.cut();
      });
      far.on('data', () => {
        if (mayLose && this.losesReply && ended && uploaded > 64 * 1024) this.cut();
      });
      near.pipe(far);
      far.pipe(near);
      // After the pipe: what makes the measure full still comes to the client.
      far.on('data', (chunk: Buffer) => {
        this.passed += chunk.length;
        if (this.passed >= this.cutAt) this.cut();
      });
    });
  }

  async listen(at: string | number): Promise<void> {
    await new Promise<void>((resolve) =>
      typeof at === 'string' ? this.#server.listen(at, resolve) : this.#server.listen(at, '127.0.0.1', resolve),
    );
  }

  cut(): void {
    for (const socket of this.#open) socket.destroy();
    this.onCut?.();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
