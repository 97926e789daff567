/** Real starts, each in a network namespace and a folder of its own: nothing outside is reached, ports are all free. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FileSystem } from '../../server/src/rules/context.ts';

/** True where this process may create network namespaces. */
export const canIsolate = (): boolean => process.platform === 'linux' && spawnSync('unshare', ['-n', 'true']).status === 0;

export interface Started {
  /** The daemon keeps running. */
  readonly up: boolean;
  readonly code: number | null;
  readonly output: string;
}

/** The disk of this machine. */
export const realDisk: FileSystem = {
  stat(file) {
    const stat = statSync(file, { throwIfNoEntry: false });
    return stat === undefined ? undefined : { kind: stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : 'other' };
  },
  readFile: (file) => readFileSync(file),
};

/** How long a daemon that says nothing must live to count as running. Refusals come within a fraction of a second. */
const settleMs = 8000;

/**
 * Starts receptor with a config and looks whether it keeps running; it is stopped then.
 * @param options.files folder whose content the daemon finds in its working directory
 * @param options.look called with that directory when the daemon has ended
 */
export async function start(
  binary: string,
  text: string | Buffer,
  options: {
    args?: (file: string) => string[];
    name?: string;
    files?: string;
    env?: Record<string, string>;
    look?: (folder: string) => void;
  } = {},
): Promise<Started> {
  const folder = mkdtempSync(path.join(tmpdir(), 'receptor-start-'));
  try {
    if (options.files !== undefined) cpSync(options.files, folder, { recursive: true });
    const file = path.join(folder, options.name ?? 'receptor.yml');
    writeFileSync(file, text);
    const args = options.args?.(file) ?? ['--config', file];
    const started = await run(binary, args, folder, options.env ?? {});
    options.look?.(folder);
    return started;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(binary: string, args: readonly string[], cwd: string, more: Record<string, string>): Promise<Started> {
  const env: NodeJS.ProcessEnv = { ...process.env, HOME: cwd, TMPDIR: cwd, ...more };
  // npm sets NODE, and receptor's v2 takes it for the node section.
  if (more['NODE'] === undefined) delete env['NODE'];
  const child = spawn('unshare', ['-n', 'sh', '-c', 'ip link set lo up; exec "$@"', 'sh', binary, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let output = '';
    let up = false;
    const stop = (): void => {
      up = true;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(stop, settleMs);
    const hear = (chunk: Buffer): void => {
      output += chunk.toString();
      // What it says once everything has been started; what still fails then fails at once.
      if (output.includes('Initialization complete') && !up) {
        up = true;
        setTimeout(() => child.kill('SIGKILL'), 150);
      }
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ up: up && signal === 'SIGKILL', code, output });
    });
  });
}
