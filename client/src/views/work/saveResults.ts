/** Results on their way into a file: streamed, with progress, whole or said to be not. */
import type { FileHandle } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { FollowEnd } from '../../work/follow.ts';
import { followIntoFile, writeAll, writeInPlace } from '../../work/intoFile.ts';
import { ArchiveDecoder, RunnerStream, type RunnerArchive } from '../../work/runnerStream.ts';
import { diskPath } from '../command.ts';
import { notice } from '../hostile.ts';
import type { Followings } from './followings.ts';
import type { WorkHost } from './hosts.ts';
import { sizeText } from './sizes.ts';

/** Pieces are written as they come, which only a disk takes. */
const elsewhere = 'choose a folder that is';

export interface Saved {
  readonly end: FollowEnd;
  /** Bytes written. */
  readonly bytes: number;
  /** The file that has them: the target, or one beside it, see {@link followIntoFile}. */
  readonly file: string | undefined;
}

/**
 * Follows a unit into a file, from its first byte to the unit's end. Cancelling keeps what came so far, and what was there.
 * @throws the error of the disk, or of the daemon's refusal
 */
export async function saveResults(followings: Followings, host: WorkHost, unitId: string, target: vscode.Uri): Promise<Saved> {
  return progress(`Saving results of ${unitId}`, async (report, token) => {
    let expected = (await host.use((control) => control.workStatus(unitId)).catch(() => undefined))?.StdoutSize ?? 0;
    const end = await followIntoFile(diskPath(target, elsewhere), (file) => {
      const write = async (chunk: Uint8Array, offset: number): Promise<void> => {
        await file.write(chunk, offset);
        report(offset + chunk.length, expected);
      };
      const following = followings.start(host, unitId, { write }, { onStatus: ({ StdoutSize }) => (expected = StdoutSize) });
      token.onCancellationRequested(() => following.stop());
      return following;
    });
    return { end, bytes: end.position, file: end.file };
  });
}

/** The archives of an event stream of ansible-runner; empty when the output is something else or has none. Undefined when cancelled. */
export async function findArchives(followings: Followings, host: WorkHost, unitId: string): Promise<readonly RunnerArchive[] | undefined> {
  return progress(`Looking for artifacts in the results of ${unitId}`, async (report, token) => {
    const runner = new RunnerStream();
    const following = followings.start(host, unitId, {
      write: (chunk) => {
        runner.push(chunk);
        report(following.position, 0);
        if (runner.kind === 'plain') following.stop();
      },
    });
    token.onCancellationRequested(() => following.stop());
    await following.done;
    if (token.isCancellationRequested) return undefined; // the last one may be still to come
    return runner.archives.filter(({ complete }) => complete);
  });
}

/**
 * Writes one archive as a zip file.
 * @returns its bytes; undefined when it was cancelled
 * @throws Error when not all of it came; no file is left then, and one that was there is as it was
 */
export async function saveArchive(
  followings: Followings,
  host: WorkHost,
  unitId: string,
  archive: RunnerArchive,
  target: vscode.Uri,
): Promise<number | undefined> {
  return progress(`Saving artifacts of ${unitId}`, async (report, token) => {
    const decoder = new ArchiveDecoder();
    const until = archive.offset + archive.encoded;
    let written = 0;
    const write = async (file: FileHandle): Promise<void> => {
      const following = followings.start(
        host,
        unitId,
        {
          write: async (chunk, offset) => {
            const bytes = decoder.write(chunk.subarray(0, Math.max(0, until - offset)));
            await writeAll(file, bytes);
            written += bytes.length;
            report(written, archive.size);
            if (offset + chunk.length >= until) following.stop();
          },
        },
        { startPos: archive.offset },
      );
      token.onCancellationRequested(() => following.stop());
      await following.done;
      if (written !== archive.size)
        throw new Error(`The artifacts of ${unitId} were not saved: ${written} of ${archive.size} bytes came. Try again.`);
    };
    try {
      await writeInPlace(diskPath(target, elsewhere), write, () => 'whole');
      return written;
    } catch (error) {
      if (token.isCancellationRequested) return undefined;
      throw error;
    }
  });
}

/** Told at most ten times a second: each step is a message to the window. */
const stepMs = 100;

function progress<T>(
  title: string,
  run: (report: (bytes: number, of: number) => void, token: vscode.CancellationToken) => Promise<T>,
): Thenable<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: notice(title), cancellable: true },
    async (bar, token) => {
      let last = 0;
      let done = 0;
      return run((bytes, of) => {
        if (Date.now() - last < stepMs) return;
        last = Date.now();
        const percent = of > 0 ? Math.min(100, (bytes / of) * 100) : 0;
        bar.report({ message: of > 0 ? `${sizeText(bytes)} of ${sizeText(of)}` : sizeText(bytes), increment: Math.max(0, percent - done) });
        done = percent;
      }, token);
    },
  );
}
