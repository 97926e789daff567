import type { Connection } from './connection.ts';

/** Holds something for each open connection, from when it comes until it goes. No `vscode`. */
export class PerConnection {
  readonly #hold: (connection: Connection) => { dispose(): void };
  readonly #held = new Map<Connection, { dispose(): void }>();

  /** @param hold begins what is held for one connection: a subscription, a watch */
  constructor(hold: (connection: Connection) => { dispose(): void }) {
    this.#hold = hold;
  }

  /** Begins with the connections that came, and lets go of those that went. */
  follow(open: readonly Connection[]): void {
    for (const connection of open) if (!this.#held.has(connection)) this.#held.set(connection, this.#hold(connection));
    for (const [connection, held] of this.#held) {
      if (open.includes(connection)) continue;
      held.dispose();
      this.#held.delete(connection);
    }
  }

  dispose(): void {
    for (const held of this.#held.values()) held.dispose();
  }
}
