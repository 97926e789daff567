/** Tells when a file changes that was looked at: a certificate that is made in a terminal is saved by no editor. */
import { watch, type FSWatcher } from 'node:fs';
import path from 'node:path';

/** Files of other folders are looked at when something is saved. */
const maxFolders = 32;
/** Who makes a certificate makes its key too. */
const settleMs = 200;

export class Watch {
  readonly #changed: () => void;
  readonly #folders = new Map<string, { readonly watcher: FSWatcher; readonly names: Set<string> }>();
  #timer: NodeJS.Timeout | undefined;

  /** @param changed called once when something happened, after which nothing is watched: what is looked at anew is */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Watches a file or folder that is there or may come to be. */
  add(file: string): void {
    const folder = path.dirname(file);
    const names = this.#folders.get(folder)?.names ?? this.#begin(folder);
    names?.add(path.basename(file));
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { watcher } of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  /** Undefined where no folder is, or the system has no more to give. */
  #begin(folder: string): Set<string> | undefined {
    if (this.#folders.size >= maxFolders) return undefined;
    try {
      const names = new Set<string>();
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name === null || names.has(name)) this.#soon();
      });
      watcher.on('error', () => this.#soon()); // the folder itself went
      this.#folders.set(folder, { watcher, names });
      return names;
    } catch {
      return undefined;
    }
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.close();
      this.#changed();
    }, settleMs).unref();
  }
}
