// Yields a receptor of a wanted version, without installing anything on the system.
// usage: npm run receptor -- [1.5.5|1.6.9] [--receptorctl]     prints its path
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { cacheDir } from './paths.ts';

/** Versions that the tests run against, and the Debian suite that carries each. */
const suites = { '1.5.5': 'trixie', '1.6.9': 'forky' } as const;
export type ReceptorVersion = keyof typeof suites;
export const receptorVersions = Object.keys(suites) as ReceptorVersion[];
export const newestReceptor: ReceptorVersion = '1.6.9';

/** No receptor of that version can be had here; the message says what was tried and what to do. */
export class NoReceptorError extends Error {
  override name = 'NoReceptorError';
}

/** What a receptor binary calls itself, or undefined when it does not run. Debian adds a package revision: `1.6.9-1`. */
const versionOf = (binary: string): string | undefined => {
  const run = spawnSync(binary, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  return run.status === 0 ? /\d+\.\d+\.\d+/.exec(run.stdout)?.[0] : undefined;
};

const onPath = (name: string): string[] =>
  (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .filter(Boolean)
    .map((dir) => path.join(dir, name))
    .filter((file) => existsSync(file));

/** The machine's own Debian mirror and the key that signs it, read from its apt sources. */
function debianSource(): { uri: string; key: string } | undefined {
  const dir = '/etc/apt/sources.list.d';
  const files = [...(existsSync(dir) ? readdirSync(dir).map((f) => path.join(dir, f)) : []), '/etc/apt/sources.list'];
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  for (const file of files.filter((f) => existsSync(f))) {
    const text = readFileSync(file, 'utf8');
    // Both forms: deb822 `URIs: http://host/debian` and one-line `deb [options] http://host/debian suite main`.
    const uri = /^URIs:\s*(\S+\/debian\/?)(?:\s|$)/m.exec(text)?.[1] ?? /^deb\s+(?:\[[^\]]*\]\s+)?(\S+\/debian\/?)\s/m.exec(text)?.[1];
    if (uri !== undefined) return { uri, key: /^Signed-By:\s*(\/\S+)/m.exec(text)?.[1] ?? keyring };
  }
  return undefined;
}

const run = (command: string, args: string[], cwd: string): void => {
  const done = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 300_000 });
  if (done.status !== 0)
    throw new Error(
      `${command} ${args.at(0)} failed: ${(done.stderr || done.error?.message || '').trim().split('\n').slice(-3).join(' ')}`,
    );
};

/** Unpacks Debian packages of one suite into `target`, moved into place only when whole. */
export function unpackDebian(suite: string, packages: readonly string[], target: string): void {
  const source = debianSource();
  if (source === undefined) throw new Error('no Debian mirror in the apt sources of this machine');
  mkdirSync(path.dirname(target), { recursive: true });
  const work = mkdtempSync(`${target}.tmp-`);
  try {
    chmodSync(work, 0o755); // apt downloads as another user
    for (const dir of ['lists/partial', 'cache/archives/partial', 'root']) mkdirSync(path.join(work, dir), { recursive: true });
    writeFileSync(path.join(work, 'sources.list'), `deb [signed-by=${source.key}] ${source.uri} ${suite} main\n`);
    const options = [
      `Dir::Etc::sourcelist=${work}/sources.list`,
      'Dir::Etc::sourceparts=-',
      `Dir::State::lists=${work}/lists`,
      `Dir::Cache=${work}/cache`,
      'APT::Sandbox::User=root',
      'Acquire::Languages=none',
    ].flatMap((o) => ['-o', o]);
    run('apt-get', [...options, '-qq', 'update'], work);
    run('apt-get', [...options, '-qq', 'download', ...packages], work);
    for (const deb of readdirSync(work).filter((f) => f.endsWith('.deb'))) run('dpkg', ['-x', deb, 'root'], work);
    if (!existsSync(target)) renameSync(path.join(work, 'root'), target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Whether a download that failed a moment ago is tried once more. Each file of tests asks, and apt takes its time to fail. */
export type Look = 'anew' | 'remembered';

/** How long a failure is remembered. */
const memoryMs = 10 * 60_000;

/** Fills `target`, a folder of the cache, by `fetch`; why that fails is left beside it for those who need not try again. */
function fetched(target: string, look: Look, fetch: () => void): void {
  const note = `${target}.failed`;
  if (look === 'remembered' && existsSync(note) && Date.now() - statSync(note).mtimeMs < memoryMs)
    throw new Error(readFileSync(note, 'utf8'));
  try {
    fetch();
    rmSync(note, { force: true });
  } catch (error) {
    mkdirSync(path.dirname(note), { recursive: true });
    writeFileSync(note, error instanceof Error ? error.message : String(error));
    throw error;
  }
}

/**
 * Path of a receptor binary of `version`: `RECEPTOR_BIN`, then PATH, then the cache, then Debian's package unpacked
 * into the cache.
 * @throws NoReceptorError where none of these works
 */
export function findReceptor(version: ReceptorVersion = newestReceptor, look: Look = 'anew'): string {
  const named = process.env['RECEPTOR_BIN'];
  const cached = cacheDir(`receptor-${version}`);
  const binary = path.join(cached, 'usr/bin/receptor');
  for (const candidate of [...(named ? [named] : []), ...onPath('receptor'), binary]) {
    if (existsSync(candidate) && versionOf(candidate) === version) return candidate;
  }
  try {
    fetched(cached, look, () => {
      if (process.platform !== 'linux') throw new Error(`Debian's package does not run on ${process.platform}`);
      unpackDebian(suites[version], ['receptor'], cached);
      const got = versionOf(binary);
      if (got === version) return;
      rmSync(cached, { recursive: true, force: true });
      throw new Error(`Debian ${suites[version]} now carries receptor ${got ?? 'that does not run here'}`);
    });
    return binary;
  } catch (error) {
    throw new NoReceptorError(
      `No receptor ${version} on this machine (${error instanceof Error ? error.message : String(error)}). Install receptor ${version} and put it on PATH, or set RECEPTOR_BIN to its path.`,
    );
  }
}

/** A command line that starts receptorctl: append its arguments; `env` must be added to the environment. */
export interface Receptorctl {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The version of an installed receptorctl. It tells it beside a running node only; the Python of its script always does. */
function receptorctlVersion(script: string): string | undefined {
  const python = /^#!\s*(.+)/.exec(readFileSync(script, 'utf8'))?.[1]?.trim().split(/\s+/);
  if (python?.[0] === undefined) return undefined;
  const ask = ['-c', 'from importlib.metadata import version; print(version("receptorctl"))'];
  const asked = spawnSync(python[0], [...python.slice(1), ...ask], { encoding: 'utf8', timeout: 10_000 });
  return asked.status === 0 ? asked.stdout.trim() : undefined;
}

/**
 * A receptorctl of `version`: `RECEPTORCTL`, whatever its version, then PATH, then the cache, then Debian's package
 * unpacked into the cache.
 * @throws NoReceptorError where none of these works
 */
export function findReceptorctl(version: ReceptorVersion = newestReceptor, look: Look = 'anew'): Receptorctl {
  const named = process.env['RECEPTORCTL'];
  const installed =
    named !== undefined && named !== '' ? named : onPath('receptorctl').find((file) => receptorctlVersion(file) === version);
  if (installed !== undefined) return { command: installed, args: [], env: {} };
  const cached = cacheDir(`receptorctl-${version}`);
  const packages = path.join(cached, 'usr/lib/python3/dist-packages');
  const env = { PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: '1' };
  try {
    if (!existsSync(packages))
      fetched(cached, look, () =>
        unpackDebian(suites[version], ['python3-receptorctl', 'python3-click', 'python3-dateutil', 'python3-six', 'python3-yaml'], cached),
      );
    const loads = spawnSync('python3', ['-c', 'import receptorctl.cli'], { encoding: 'utf8', env: { ...process.env, ...env } });
    if (loads.status !== 0) throw new Error(loads.error?.message ?? `python3 does not run it: ${loads.stderr.trim().split('\n').at(-1)}`);
  } catch (error) {
    throw new NoReceptorError(
      `No receptorctl ${version} on this machine (${error instanceof Error ? error.message : String(error)}). Install python3 and receptorctl ${version} and put both on PATH, or set RECEPTORCTL to the path of receptorctl.`,
    );
  }
  // The console script of the package names Debian's own Python, which need not be here: call its entry point.
  const entry = 'import sys; sys.argv[0] = "receptorctl"; from receptorctl.cli import run; run()';
  return { command: 'python3', args: ['-c', entry], env };
}

/** What `find` gives, undefined where it can't be had. In CI its absence is an error, never a skip. */
function ifAny<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof NoReceptorError) || process.env['CI'] === 'true') throw error;
    return undefined;
  }
}

/** For `describe.skipIf`: true when a receptor of `version` can be had. In CI its absence is an error, never a skip. */
export const hasReceptor = (version: ReceptorVersion, look: Look = 'remembered'): boolean =>
  ifAny(() => findReceptor(version, look)) !== undefined;

/** Likewise the newest receptorctl, for tests side by side; undefined where it can't be had. */
export const receptorctlIfAny = (): Receptorctl | undefined => ifAny(() => findReceptorctl(newestReceptor, 'remembered'));

if (process.argv[1]?.endsWith(path.join('test', 'harness', 'receptor.ts'))) {
  const wanted = process.argv.slice(2).find((a) => !a.startsWith('-')) ?? newestReceptor;
  try {
    if (!receptorVersions.includes(wanted as ReceptorVersion)) throw new NoReceptorError(`Known versions: ${receptorVersions.join(', ')}.`);
    const version = wanted as ReceptorVersion;
    if (process.argv.includes('--receptorctl')) {
      const { command, args, env } = findReceptorctl(version);
      console.log(JSON.stringify({ command, args, env }));
    } else console.log(findReceptor(version));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
