// The packed extension that host and UI tests install, and the bundle that runs inside the extension host.
// Vitest calls this once before the first of these tests.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheDir, root } from './paths.ts';
import { batch } from './processes.ts';

const vsixPath = path.join(root, 'receptor-mesh.vsix');

function run(what: string, command: string, args: readonly string[], shell = false): void {
  const done = spawnSync(command, args, { cwd: root, encoding: 'utf8', shell });
  if (done.status !== 0) throw new Error(`${what} failed (${done.status ?? done.error?.message}):\n${done.stdout}\n${done.stderr}`.trim());
}

/** Builds what ships and leaves `receptor-mesh.vsix` at the root. */
export function packExtension(): string {
  const { args, shell } = batch(['run', '--silent', 'package']);
  run('packing the extension', 'npm', args, shell);
  return vsixPath;
}

/** Builds `dist-test/`, the tests of `test/host/` as one bundle. */
export const bundleHostTests = (): void => run('bundling the host tests', process.execPath, ['build.mjs', '--schema', '--tests']);

/** Two test runs in one checkout must not build at once: `dist/` is emptied first. */
async function alone<T>(work: () => T): Promise<T> {
  const lock = cacheDir('build.lock');
  mkdirSync(path.dirname(lock), { recursive: true });
  for (const end = Date.now() + 120_000; ; await sleep(100)) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || Date.now() > end) throw error;
      if (existsSync(lock) && Date.now() - statSync(lock).mtimeMs > 120_000) rmSync(lock, { recursive: true, force: true }); // left by a crash
    }
  }
  try {
    return work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/**
 * Vitest's global set-up, for a run that `npm test` has not packed for. The run keeps a copy of its own, so that
 * packing anew does not change what it tests.
 */
export default async function setup(): Promise<(() => void) | undefined> {
  if (process.env['RECEPTOR_MESH_VSIX'] !== undefined) return undefined;
  const own = mkdtempSync(path.join(tmpdir(), 'packed-'));
  const copy = path.join(own, path.basename(vsixPath));
  await alone(() => {
    copyFileSync(packExtension(), copy);
    bundleHostTests();
  });
  process.env['RECEPTOR_MESH_VSIX'] = copy;
  return () => rmSync(own, { recursive: true, force: true });
}

/** The package under test. */
export function packedVsix(): string {
  const file = process.env['RECEPTOR_MESH_VSIX'];
  if (file === undefined || !existsSync(file)) throw new Error('no packed extension: run these tests through vitest or npm test');
  return file;
}
