/** Tells when a file changes that was looked at: a certificate that is made in a terminal is saved by no editor. */
import { watch, type FSWatcher } from 'node:fs';
import path from 'node:path';

/** Files beyond these are looked at when something is saved. */
const maxFolders = 32;
const maxNames = 1000;
/** Something happens there all the time. */
const restless = /^\/(?:dev|proc|sys)(?:\/|$)/;
/** Who makes a certificate makes its key too. */
const settleMs = 200;

interface Folder {
  readonly watcher: FSWatcher;
  /** In lower case: on a Mac and on Windows a file is found by its name in any case, and told of by its own. */
  readonly names: Set<string>;
}

export class Watch {
  readonly #changed: () => void;
  /** Undefined for one that cannot be watched: it is not tried for each of its files. */
  readonly #folders = new Map<string, Folder | undefined>();
  #pauseMs = settleMs;
  #timer: NodeJS.Timeout | undefined;

  /** @param changed called when something happened; it closes this */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Watches a file or folder that is there or may come to be. */
  add(file: string): void {
    const folder = path.dirname(file);
    if (!this.#folders.has(folder) && this.#folders.size < maxFolders) this.#folders.set(folder, this.#begin(folder));
    const names = this.#folders.get(folder)?.names;
    if (names !== undefined && names.size < maxNames) names.add(path.basename(file).toLowerCase());
  }

  /** Watches nothing any more: what is looked at from now on is watched anew. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const folder of this.#folders.values()) folder?.watcher.close();
    this.#folders.clear();
  }

  /** Undefined where no folder is, or the system has no more to give. All of a disk is no folder to watch. */
  #begin(folder: string): Folder | undefined {
    if (restless.test(folder) || path.dirname(folder) === folder) return undefined;
    try {
      const names = new Set<string>();
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name === null || names.has(name.toLowerCase())) this.#soon();
      });
      watcher.on('error', () => this.#soon()); // the folder itself went
      return { watcher, names };
    } catch {
      return undefined;
    }
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      const start = performance.now();
      this.#changed();
      // Files that change all the time must not keep anybody busy.
      this.#pauseMs = Math.max(settleMs, 5 * (performance.now() - start));
    }, this.#pauseMs).unref();
  }
}
