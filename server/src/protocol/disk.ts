/** The disk as rules and completion see it: read on demand, remembered for moments, bounded. */
import { closeSync, fstatSync, lstatSync, openSync, readSync, readdirSync, statSync } from 'node:fs';
import type { FileSystem, PathStat } from '../rules/context.ts';
import type { DirectoryEntry } from '../service/context.ts';
import { Watch } from './watch.ts';

interface Entry {
  readonly at: number;
  readonly stat: PathStat | undefined;
  readonly mtime: number;
  readonly size: number;
}

/** Typing asks for the same paths again and again; a file that changes is seen after this long. */
const freshMs = 1000;
const maxEntries = 4096;
/** Certificates and keys are small; anything larger is neither. */
const maxFileBytes = 256 * 1024;
const maxFiles = 64;
const maxDirectoryEntries = 1000;

export class Disk implements FileSystem {
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  readonly #files = new Map<string, { mtime: number; size: number; bytes: Uint8Array }>();
  readonly #watch: Watch | undefined;
  #version = 0;

  /** @param changed called when something changed that was looked at since; without it nothing is watched */
  constructor(changed?: () => void, now: () => number = Date.now) {
    this.#now = now;
    if (changed !== undefined)
      this.#watch = new Watch(() => {
        this.refresh();
        changed();
      });
  }

  /** Another one whenever what it saw was forgotten: what was concluded before may not hold any more. */
  get version(): number {
    return this.#version;
  }

  stat(path: string): PathStat | undefined {
    return this.#entry(path).stat;
  }

  /** The first 256 KB at most. */
  readFile(path: string): Uint8Array | undefined {
    const { stat, mtime, size } = this.#entry(path);
    if (stat?.kind !== 'file') return undefined;
    const known = this.#files.get(path);
    if (known !== undefined && known.mtime === mtime && known.size === size) return known.bytes;
    const bytes = readStart(path);
    if (bytes !== undefined) remember(this.#files, path, { mtime, size, bytes }, maxFiles);
    return bytes;
  }

  listDirectory(path: string): readonly DirectoryEntry[] {
    try {
      const found = readdirSync(path, { withFileTypes: true }).slice(0, maxDirectoryEntries);
      return found.map((entry) => ({
        name: entry.name,
        folder: entry.isDirectory() || (entry.isSymbolicLink() && this.stat(`${path}/${entry.name}`)?.kind === 'directory'),
      }));
    } catch {
      return [];
    }
  }

  /** Forgets what it saw, for example because a file was saved. */
  refresh(): void {
    this.#watch?.close();
    this.#entries.clear();
    this.#version++;
  }

  /** Nobody looks any more. */
  rest(): void {
    this.#watch?.close();
    this.#entries.clear();
    this.#files.clear();
  }

  #entry(path: string): Entry {
    const now = this.#now();
    const known = this.#entries.get(path);
    if (known !== undefined && now - known.at < freshMs) return known;
    this.#watch?.add(path);
    const entry = { at: now, ...look(path) };
    remember(this.#entries, path, entry, maxEntries);
    return entry;
  }
}

function look(path: string): Omit<Entry, 'at'> {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return { stat: undefined, mtime: 0, size: 0 };
    return {
      stat: { kind: found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other', link: lstatSync(path).isSymbolicLink() },
      mtime: found.mtimeMs,
      size: found.size,
    };
  } catch {
    return { stat: undefined, mtime: 0, size: 0 };
  }
}

function readStart(path: string): Uint8Array | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const buffer = Buffer.alloc(Math.min(fstatSync(file).size, maxFileBytes));
    return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, 0));
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Oldest entries go first. */
function remember<V>(map: Map<string, V>, key: string, value: V, limit: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > limit) map.delete(map.keys().next().value!);
}
