/**
 * What running nodes were started, or last reloaded, with: the texts that their daemons compare a new one to. Kept in a
 * folder that all windows share, so that each knows what another one reloaded.
 */
import { createHash, randomUUID } from 'node:crypto';
import { lstat, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ReloadOutcome } from './outcome.ts';

/**
 * One start of a node: its socket file is made anew each time, so that the file's identity tells starts apart. Where there
 * is no socket on this machine, it is the time for which a connection lasts: a node cannot start anew within it.
 */
export interface NodeStart {
  readonly id: string;
  /** ms since 1970; 0 when it is not known, as for a connection. */
  readonly at: number;
}

/** The time for which a connection lasts, as a start. What is kept for it ends with it: what came between is not known. */
export const startOfConnection = (name: string, nodeId: string, since: number): NodeStart => ({
  id: JSON.stringify([name, nodeId, since]),
  at: 0,
});

/** What a node runs. */
export interface Running {
  /** Undefined when it is known only that the links are gone. */
  readonly text: string | undefined;
  /** A reload was refused after the daemon had stopped its backends: the node runs without any link. */
  readonly linksDown: boolean;
}

interface Kept extends Running {
  /** Path of the config. */
  readonly file: string;
  /** The node was started from it by us; otherwise it is the file that looked like it. */
  readonly certain: boolean;
}

/** Texts are kept for this many starts of nodes; the oldest goes first. */
const maxStarts = 50;
/** A claim that is older was left by a window that ended in the middle, in ms. */
const claimTtl = 120_000;

export class Baselines {
  readonly #folder: string;
  /** What could not be written there, for this window alone. */
  readonly #unwritten = new Map<string, Kept>();

  /** @param folder for this only; it is made when it is needed */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What the node of this start runs; undefined when nobody here saw it, or saw it with another file. */
  async get(file: string, start: NodeStart): Promise<Running | undefined> {
    const kept = await this.#read(start);
    return kept?.file === file ? { text: kept.text, linksDown: kept.linksDown } : undefined;
  }

  /** @param how `started` when the node was started from this file by us */
  async keep(file: string, start: NodeStart, running: Running, how?: 'started'): Promise<void> {
    const before = await this.#read(start);
    const certain = how === 'started' || (before?.file === file && before.certain);
    const place = this.#place(start);
    const kept: Kept = { file, certain, text: running.text, linksDown: running.linksDown };
    const half = `${place}.${randomUUID()}`;
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(half, JSON.stringify(kept), { mode: 0o600 }); // a config may name secrets
      await rename(half, place);
      this.#unwritten.delete(place);
      await this.#forgetOldest();
    } catch {
      this.#unwritten.set(place, kept); // a full disk, a read-only home
      await rm(half, { force: true }).catch(() => undefined);
    }
  }

  /**
   * Learns from the disk: a file that was last changed before the node started is what the node read. A second is kept
   * clear, since clocks of file systems are coarse.
   * @param disk see {@link changedAt}
   */
  async learn(file: string, start: NodeStart, disk: { readonly text: string; readonly changedAt: number }): Promise<Running | undefined> {
    const known = await this.get(file, start);
    if (known !== undefined || disk.changedAt > start.at - 1000 || (await this.otherFile(file, start)) !== undefined) return known;
    const running = { text: disk.text, linksDown: false };
    await this.keep(file, start, running);
    return running;
  }

  /** The file that a text is kept of for this start, whether or not it is open. */
  async fileOf(start: NodeStart): Promise<string | undefined> {
    return (await this.#read(start))?.file;
  }

  /**
   * What the node runs after it was asked to reload, for the predictions to come, here and in other windows.
   * @param text what was on the disk when it was asked
   */
  async reloaded(file: string, start: NodeStart, text: string, outcome: ReloadOutcome): Promise<void> {
    if (outcome.kind === 'done') await this.keep(file, start, { text, linksDown: false });
    if (outcome.kind === 'refused' && outcome.backendsDown) {
      await this.keep(file, start, { text: (await this.get(file, start))?.text, linksDown: true });
    }
  }

  /**
   * The file that the node was started from, when that is surely another one: we started it from there, or that file was
   * renamed or deleted since. A reload would read that one, not this.
   */
  async otherFile(file: string, start: NodeStart): Promise<string | undefined> {
    const kept = await this.#read(start);
    if (kept === undefined || kept.file === file) return undefined;
    return kept.certain || !Number.isFinite(await modifiedAt(kept.file)) ? kept.file : undefined;
  }

  /**
   * Of several windows one reloads a node. Resolves with the way to let go; undefined when another window has it. Where
   * nothing can be written, no window can tell the others, and each has it.
   */
  async claim(start: NodeStart): Promise<(() => Promise<void>) | undefined> {
    const place = path.join(this.#folder, `${hash(start.id)}.claim`);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      if (Date.now() - (await modifiedAt(place)) > claimTtl) await rm(place, { force: true });
      await (await open(place, 'wx', 0o600)).close();
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EEXIST' ? undefined : async () => undefined;
    }
    return () => rm(place, { force: true });
  }

  async #read(start: NodeStart): Promise<Kept | undefined> {
    const place = this.#place(start);
    try {
      return this.#unwritten.get(place) ?? (JSON.parse(await readFile(place, 'utf8')) as Kept);
    } catch {
      return undefined; // never kept
    }
  }

  async #forgetOldest(): Promise<void> {
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith('.json'));
    if (names.length <= maxStarts) return;
    const places = await Promise.all(
      names.map(async (name) => {
        const place = path.join(this.#folder, name);
        return { place, at: await modifiedAt(place) };
      }),
    );
    const oldest = places.sort((a, b) => a.at - b.at).slice(0, places.length - maxStarts);
    await Promise.all(oldest.map(({ place }) => rm(place, { force: true })));
  }

  #place(start: NodeStart): string {
    return path.join(this.#folder, `${hash(start.id)}.json`);
  }
}

/**
 * When a path came to lead to what it leads to now, ms since 1970: a file that is moved or copied there, or linked to, may
 * have been written long before. Rejects when there is none.
 */
export async function changedAt(file: string): Promise<number> {
  const [own, leadsTo] = await Promise.all([lstat(file), stat(file)]);
  return Math.max(own.ctimeMs, leadsTo.ctimeMs, leadsTo.mtimeMs);
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

async function modifiedAt(file: string): Promise<number> {
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    return Number.POSITIVE_INFINITY; // it is not there
  }
}
