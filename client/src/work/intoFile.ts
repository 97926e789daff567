/** Results on their way into a file: streamed, never more of them in memory than the disk has not taken yet. */
import { open, type FileHandle } from 'node:fs/promises';
import type { FollowEnd, Following, ResultsSink } from './follow.ts';

/**
 * Writes what a follower delivers to a new file, and closes it when the following has ended.
 * @param follow starts the follower with the sink that it is given
 * @throws the error of the disk, or of the follower
 */
export async function followIntoFile(target: string, follow: (sink: ResultsSink) => Following): Promise<FollowEnd> {
  const file = await open(target, 'w');
  try {
    return await follow({ write: async (chunk) => writeAll(file, chunk) }).done;
  } finally {
    await file.close();
  }
}

/** Writes all of `bytes`: the system may take less of them at once. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
}
