/** Results on their way into a file: streamed, never more of them in memory than the disk has not taken yet. */
import { open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import type { FollowEnd, Following, ResultsSink } from './follow.ts';

/** The end of a following, and the file that has what came. */
export interface FollowedIntoFile extends FollowEnd {
  /**
   * The target. When the output is not whole and there was a file at the target before: a file beside it, undefined when
   * nothing came.
   */
  readonly file: string | undefined;
}

/**
 * Writes what a follower delivers to a file. What was at `target` before is replaced by a whole output only: it may be all
 * that is left of one.
 * @param follow starts the follower with the sink that it is given
 * @throws the error of the disk, or of the follower; `target` is then as it was
 */
export async function followIntoFile(target: string, follow: (sink: ResultsSink) => Following): Promise<FollowedIntoFile> {
  const { result, file } = await writeInPlace(
    target,
    (handle) => follow({ write: async (chunk) => writeAll(handle, chunk) }).done,
    ({ reason, position }) => (reason === 'ended' ? 'whole' : position > 0 ? 'part' : 'nothing'),
  );
  return { ...result, file };
}

/**
 * Opens a file for `write`: `target` itself when nothing is there, or what is no regular file, else one beside it, which
 * takes its place when what was written is whole. A part stays there.
 * @returns what `write` gave, and the path of what it wrote; undefined when that was nothing, beside what was there
 * @throws what `write` throws; no file is left of it then
 */
export async function writeInPlace<T>(
  target: string,
  write: (file: FileHandle) => Promise<T>,
  amount: (result: T) => 'whole' | 'part' | 'nothing',
): Promise<{ readonly result: T; readonly file: string | undefined }> {
  const { handle, path, before, ours } = await openBeside(target);
  let result: T;
  try {
    try {
      result = await write(handle);
    } finally {
      await handle.close(); // some disks tell only now that they are full
    }
  } catch (error) {
    if (ours) await rm(path, { force: true }).catch(() => undefined);
    throw error;
  }
  if (before === undefined) return { result, file: target };
  switch (amount(result)) {
    case 'whole':
      await rename(path, before);
      return { result, file: target };
    case 'part':
      return { result, file: path };
    case 'nothing':
      await rm(path, { force: true });
      return { result, file: undefined };
  }
}

interface Place {
  readonly handle: FileHandle;
  readonly path: string;
  /** The file whose place this one is to take. */
  readonly before: string | undefined;
  /** It was not there before. */
  readonly ours: boolean;
}

async function openBeside(target: string): Promise<Place> {
  const before = await realpath(target).catch(() => undefined);
  const known = before === undefined ? undefined : await stat(before);
  if (before !== undefined && known?.isFile() === true) {
    for (let number = 1; number < 100; number++) {
      const path = `${before}.partial${number === 1 ? '' : `-${number}`}`;
      try {
        return { handle: await open(path, 'wx', known.mode & 0o777), path, before, ours: true };
      } catch (error) {
        // Where nothing new can be made, e.g. for lack of permission, the file itself is written.
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') break;
      }
    }
  }
  return { handle: await open(target, 'w'), path: target, before: undefined, ours: known === undefined };
}

/** Writes all of `bytes`: the system may take less of them at once. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
}
