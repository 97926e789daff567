// What only somebody at the window can do, for tests inside the extension host: its API can't see or answer quick input.
// (Modal dialogs VS Code refuses during tests.) They ask over HTTP on loopback; `test/host/hand.ts` is the other end.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Workbench } from '../../ui/workbench.ts';
import type { VSCodeServer } from './server.ts';

/** Arguments and results travel as JSON. */
export class Hand {
  readonly #workbench: Workbench;
  readonly #server: VSCodeServer;

  constructor(workbench: Workbench, server: VSCodeServer) {
    this.#workbench = workbench;
    this.#server = server;
  }

  /** The rows of the quick pick whose title has `title`, once it is there; each row as one line. */
  async rows(title: string): Promise<string[]> {
    await this.#workbench.quickInput.filter({ hasText: title }).waitFor();
    const rows = this.#workbench.quickRows();
    await rows.first().waitFor();
    // A recycled row keeps the texts of its last use, hidden.
    const parts = ['.label-name', '.label-description', '.quick-input-list-label-meta'].map((part) => `${part}:visible`).join(', ');
    return Promise.all((await rows.all()).map(async (row) => (await row.locator(parts).allInnerTexts()).join(' ').trim()));
  }

  /** Takes the row whose label is `label`, of the quick pick whose title has `title`. */
  async pick(title: string, label: string): Promise<void> {
    await this.#workbench.quickInput.filter({ hasText: title }).waitFor();
    await this.#workbench.click(this.#workbench.quickRow(label));
  }

  /** Takes the first row that has `text`. */
  async pickRow(title: string, text: string): Promise<void> {
    await this.#workbench.quickInput.filter({ hasText: title }).waitFor();
    await this.#workbench.pick(text);
  }

  /** Presses the button of a row that has `text`. */
  async pickButton(title: string, text: string, button: string): Promise<void> {
    await this.#workbench.quickInput.filter({ hasText: title }).waitFor();
    const row = this.#workbench.quickRows().filter({ hasText: text }).first();
    await row.hover();
    await row.locator(`.action-label[aria-label^="${button}"]`).click();
  }

  /** Types into the quick input whose title has `title`, and Enter. */
  async answer(title: string, text: string): Promise<void> {
    await this.#workbench.quickInput.filter({ hasText: title }).waitFor();
    await this.#workbench.quickBox.fill(text);
    await this.#workbench.page.keyboard.press('Enter');
  }

  /** Leaves the quick pick whose title has `title`. */
  async leave(title: string): Promise<void> {
    await this.#workbench.quickInput.filter({ hasText: title }).waitFor();
    await this.#workbench.page.keyboard.press('Escape');
    await this.#workbench.quickInput.waitFor({ state: 'hidden' });
  }

  /** Label and description of each row of a view. */
  async tree(view: string): Promise<string[]> {
    return this.#workbench.treeTexts(view);
  }

  /** What the extension told so far, in notifications (which are not shown during tests) and in its log. */
  async log(): Promise<string> {
    return Promise.resolve(this.#server.log(/Receptor\.log$/));
  }
}

/** Serves a hand; `url` is for the environment of the tests. The server does not keep the process alive. */
export async function serveHand(hand: () => Hand): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, args } = JSON.parse(Buffer.concat(chunks).toString()) as { method: keyof Hand; args: string[] };
      (hand()[method] as (...given: string[]) => Promise<unknown>).apply(hand(), args).then(
        (value) => response.end(JSON.stringify({ value })),
        (error: unknown) => response.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) })),
      );
    });
  });
  server.unref();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
