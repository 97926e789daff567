// A way to a daemon that a test can hold.
import { connect, createServer, type Server, type Socket } from 'node:net';

export class Holdable {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  readonly #waiting: (() => void)[] = [];
  /** Connections from now on wait until `letIn`. */
  holdsConnections = false;
  /** What a client sends after so many bytes on one connection waits for ever. */
  holdsAfter = Infinity;
  /** Connections whose client was held in the midst of what it sends. */
  held = 0;

  /** @param target path of a socket */
  constructor(target: string) {
    this.#server = createServer({ allowHalfOpen: true }, (near) => {
      near.pause();
      this.#keep(near);
      const enter = (): void => this.#join(near, connect({ path: target, allowHalfOpen: true }));
      if (this.holdsConnections) this.#waiting.push(enter);
      else enter();
    });
  }

  /** Connections that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  letIn(): void {
    this.holdsConnections = false;
    for (const enter of this.#waiting.splice(0)) enter();
  }

  async listen(at: string): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(at, resolve));
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #keep(socket: Socket): void {
    this.#open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#open.delete(socket));
  }

  #join(near: Socket, far: Socket): void {
    this.#keep(far);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    let sent = 0;
    near.on('data', (chunk: Buffer) => {
      sent += chunk.length;
      if (sent < this.holdsAfter) return;
      near.unpipe(far);
      near.pause();
      this.held++;
    });
    near.pipe(far);
    far.pipe(near);
  }
}
