// Yields a receptor of a wanted version, without installing anything on the system.
// usage: npm run receptor -- [1.5.5|1.6.9] [--receptorctl]     prints its path
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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

/**
 * Path of a receptor binary of `version`: `RECEPTOR_BIN`, then PATH, then the cache, then Debian's package unpacked
 * into the cache.
 * @throws NoReceptorError where none of these works
 */
export function findReceptor(version: ReceptorVersion = newestReceptor): string {
  const named = process.env['RECEPTOR_BIN'];
  const cached = cacheDir(`receptor-${version}`);
  const binary = path.join(cached, 'usr/bin/receptor');
  for (const candidate of [...(named ? [named] : []), ...onPath('receptor'), binary]) {
    if (existsSync(candidate) && versionOf(candidate) === version) return candidate;
  }
  let why: string;
  try {
    if (process.platform !== 'linux') throw new Error(`Debian's package does not run on ${process.platform}`);
    unpackDebian(suites[version], ['receptor'], cached);
    const got = versionOf(binary);
    if (got === version) return binary;
    rmSync(cached, { recursive: true, force: true });
    why = `Debian ${suites[version]} now carries receptor ${got ?? 'that does not run here'}`;
  } catch (error) {
    why = error instanceof Error ? error.message : String(error);
  }
  throw new NoReceptorError(
    `No receptor ${version} on this machine (${why}). Install receptor ${version} and put it on PATH, or set RECEPTOR_BIN to its path.`,
  );
}

/** A command line that starts receptorctl of `version`: append its arguments; `env` must be added to the environment. */
export function findReceptorctl(version: ReceptorVersion = newestReceptor): {
  command: string;
  args: string[];
  env: Record<string, string>;
} {
  const cached = cacheDir(`receptorctl-${version}`);
  const packages = path.join(cached, 'usr/lib/python3/dist-packages');
  try {
    if (!existsSync(packages))
      unpackDebian(suites[version], ['python3-receptorctl', 'python3-click', 'python3-dateutil', 'python3-six', 'python3-yaml'], cached);
  } catch (error) {
    throw new NoReceptorError(`No receptorctl ${version} on this machine (${error instanceof Error ? error.message : String(error)}).`);
  }
  // Debian's package has no distribution metadata here, so the console script cannot be used: call its entry point.
  const entry = 'import sys; sys.argv[0] = "receptorctl"; from receptorctl.cli import run; run()';
  return { command: 'python3', args: ['-c', entry], env: { PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: '1' } };
}

/** For `describe.skipIf`: true when a receptor of `version` can be had. In CI its absence is an error, never a skip. */
export function hasReceptor(version: ReceptorVersion): boolean {
  try {
    findReceptor(version);
    return true;
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    return false;
  }
}

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
