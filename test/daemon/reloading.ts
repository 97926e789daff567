/** A node whose file is edited while it runs, and what the daemon says to that. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ReceptorControl } from '../../client/src/control/index.ts';
import { readReloadReply, type ReloadOutcome } from '../../client/src/reload/outcome.ts';
import { NodeProcess } from '../../client/src/runner/node.ts';
import { freePort } from '../harness/meshConfig.ts';
import { findReceptor, type ReceptorVersion } from '../harness/receptor.ts';

/** The daemon's race for the port of its own listener is lost once in some twenty reloads; five times in a row never. */
const tries = 5;

export interface EditedNodeOptions {
  readonly version: ReceptorVersion;
  /** A folder of its own; made anew. */
  readonly dir: string;
  /** The config: `DIR` stands for the folder, `PORT1`, `PORT2` for TCP ports and `PORT3` for a UDP port that are free. */
  readonly text: string;
  readonly format?: 'v1' | 'v2';
}

export class EditedNode implements AsyncDisposable {
  readonly process: NodeProcess;
  /** Fills in the placeholders. */
  readonly fill: (text: string) => string;
  readonly port: (n: 1 | 2 | 3) => number;
  /** How often the daemon lost the race for its own port. */
  races = 0;
  readonly #dir: string;
  #text: string;

  private constructor(process: NodeProcess, { dir, text }: EditedNodeOptions, ports: readonly number[]) {
    this.process = process;
    this.#dir = dir;
    this.port = (n) => ports[n - 1]!;
    this.fill = (t) => filled(t, dir, ports);
    this.#text = this.fill(text);
  }

  /** Starts a node, and resolves when the daemon has what later texts are compared with. */
  static async start(options: EditedNodeOptions): Promise<EditedNode> {
    const { version, dir, text, format = 'v1' } = options;
    for (let attempt = 1; ; attempt++) {
      rmSync(dir, { recursive: true, force: true });
      mkdirSync(dir, { recursive: true });
      const ports = [await freePort(), await freePort(), await freePort('udp')];
      const configPath = path.join(dir, 'a.yml');
      writeFileSync(configPath, filled(text, dir, ports));
      const process = new NodeProcess({ binary: findReceptor(version), configPath, format });
      const started = await ready(process);
      if (started) {
        const node = new EditedNode(process, options, ports);
        if (format === 'v1') await node.#untilReloadable();
        return node;
      }
      // Somebody else took the port between the look and the start.
      if (attempt === 3 || !process.lines.join().includes('address already in use')) throw new Error(process.lines.join('\n'));
    }
  }

  get socket(): string {
    return path.join(this.#dir, 'a.sock');
  }

  get text(): string {
    return this.#text;
  }

  /** Replaces the file in one step, so that who watches it sees one change. */
  write(text: string): void {
    this.#text = this.fill(text);
    const file = path.join(this.#dir, 'a.yml');
    writeFileSync(`${file}.new`, this.#text);
    renameSync(`${file}.new`, file);
  }

  /** Asks for a reload, again when the daemon loses its race, and gives its last answer. */
  async reload(): Promise<ReloadOutcome> {
    const control = await ReceptorControl.connect(this.socket);
    try {
      for (let n = 1; ; n++) {
        const outcome = readReloadReply(await control.reload());
        if (outcome.kind !== 'refused' || !outcome.retry || n === tries) return outcome;
        this.races++;
      }
    } finally {
      await control.close();
    }
  }

  /** How many lines it has logged. */
  get said(): number {
    return this.process.lines.length;
  }

  /** The lines of the log since `from`, when they are enough or the process has ended. */
  untilSaid(from: number, enough: (lines: readonly string[]) => boolean): Promise<string[]> {
    return new Promise((resolve) => {
      const look = (): void => {
        const lines = this.process.lines.slice(from);
        if (!enough(lines) && this.process.exit === undefined) return;
        this.process.off('line', look);
        resolve(lines);
      };
      this.process.on('line', look);
      void this.process.exited.then(look);
      look();
    });
  }

  /** The file is read once more after "Initialization complete"; before that, a reload finds that there is no file. */
  async #untilReloadable(): Promise<void> {
    while ((await this.reload()).kind === 'no-reload');
    this.races = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.stop();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

const filled = (text: string, dir: string, ports: readonly number[]): string =>
  text.replaceAll('DIR', dir).replace(/PORT(\d)/g, (_, n: string) => String(ports[Number(n) - 1]));

const ready = (process: NodeProcess): Promise<boolean> =>
  new Promise((resolve) => {
    process.on('state', (state) => {
      if (state === 'running') resolve(true);
      if (state === 'ended') resolve(false);
    });
  });
