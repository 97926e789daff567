import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';

export interface ReceptorBinary {
  readonly path: string;
  /** As the binary tells it, `1.6.9-1` for example; empty in development builds. */
  readonly version: string;
}

/** No receptor can be run; the message names the cause and `nextStep` what to do. */
export class NoReceptorError extends Error {
  override name = 'NoReceptorError';
  readonly nextStep: string;
  constructor(message: string, nextStep: string) {
    super(message);
    this.nextStep = nextStep;
  }
}

export interface FindOptions {
  /** Setting `receptor.path`; empty to look on PATH. */
  readonly configured?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
  readonly signal?: AbortSignal;
}

/** How long `receptor --version` may take, in ms. */
const versionTimeout = 10_000;

/**
 * Finds the receptor to run nodes with: the configured path, else the first on PATH.
 * @throws NoReceptorError when there is none, or when it does not answer `--version`
 */
export async function findReceptorBinary(options: FindOptions = {}): Promise<ReceptorBinary> {
  const { configured = '', env = process.env, platform = process.platform } = options;
  const file = configured === '' ? await firstOnPath(env, platform) : configured;
  if (file === undefined) {
    throw new NoReceptorError('There is no receptor on PATH.', 'Install receptor, or set "receptor.path" to where it is.');
  }
  if (!path.isAbsolute(file)) {
    throw new NoReceptorError(`"receptor.path" is not an absolute path: ${file}`, 'Set it to the full path of the receptor binary.');
  }
  if (!(await isExecutable(file))) {
    throw new NoReceptorError(
      `${file} is not a program that can be run.`,
      'Set "receptor.path" to the receptor binary, and check its permissions.',
    );
  }
  return { path: file, version: await askVersion(file, options.signal) };
}

async function firstOnPath(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): Promise<string | undefined> {
  const names = platform === 'win32' ? ['receptor.exe'] : ['receptor'];
  for (const dir of (env['PATH'] ?? env['Path'] ?? '').split(path.delimiter)) {
    // A relative entry would run whatever lies in the folder that happens to be open.
    if (!path.isAbsolute(dir)) continue;
    for (const name of names) if (await isExecutable(path.join(dir, name))) return path.join(dir, name);
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

function askVersion(file: string, signal: AbortSignal | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      file,
      ['--version'],
      { timeout: versionTimeout, maxBuffer: 64 * 1024, ...(signal === undefined ? {} : { signal }) },
      (error, stdout) => {
        if (error === null) resolve(stdout.trim().split('\n')[0] ?? '');
        else if (signal?.aborted) reject(error);
        else
          reject(
            new NoReceptorError(
              `${file} did not answer --version: ${error.message.split('\n')[0]}`,
              'Set "receptor.path" to a receptor that runs on this machine.',
            ),
          );
      },
    );
  });
}
