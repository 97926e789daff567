import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkConfig } from '../../server/src/rules/check.ts';
import { ConfigDocument } from '../../server/src/config/document.ts';

/** What a daemon says to a v1 config that it loads: `--version` makes it stop before anything starts. */
export interface Load {
  readonly refused: boolean;
  readonly output: string;
}

/** Loads v1 configs with a real receptor, in a temporary folder of its own. */
export class Loader implements Disposable {
  private readonly binary: string;
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'receptor-load-'));
  private count = 0;

  constructor(binary: string) {
    this.binary = binary;
  }

  load(text: string): Promise<Load> {
    const file = path.join(this.folder, `${this.count++}.yml`);
    writeFileSync(file, text);
    return new Promise((resolve, reject) => {
      execFile(this.binary, ['--config', file, '--version'], { timeout: 20_000, encoding: 'utf8' }, (error, stdout, stderr) => {
        rmSync(file, { force: true });
        const output = stdout + stderr;
        if (error?.killed === true) reject(new Error(`receptor did not end within 20 s: ${output.slice(0, 200)}`));
        else resolve({ refused: output.includes('error loading config file') || error?.code === 2, output });
      });
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** True when we say that the daemon refuses while it loads; what we throw counts as a disagreement, not as a verdict. */
export function refusedByUs(text: string, receptorVersion: string): boolean {
  const document = new ConfigDocument(text, { receptorVersion, format: 'v1' });
  return checkConfig(document, { files: 'off', now: Date.now }).some((f) => f.severity === 'error' && f.phase === 'load');
}

/** Calls `work` for every element, at most `width` at a time. */
export async function inParallel<T>(elements: Iterable<T>, width: number, work: (element: T) => Promise<void>): Promise<void> {
  const iterator = elements[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (let next = iterator.next(); next.done !== true; next = iterator.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: width }, lane));
}
