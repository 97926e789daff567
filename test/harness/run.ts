// `npm test`: packs the extension once, runs every test, and says at the end how many passed, failed and were skipped.
// usage: npm test [-- --soak] [-- <arguments for vitest>]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleHostTests, packExtension } from './packed.ts';
import { root } from './paths.ts';
import { hasReceptor, receptorVersions } from './receptor.ts';
import { hasChromium, noChromium } from './vscode-host/browser.ts';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Says what will be skipped; in CI the look itself throws when something is missing. */
function lookAround(): void {
  for (const version of receptorVersions) if (!hasReceptor(version, 'anew')) console.log(`No receptor ${version}: its tests are skipped.`);
  if (!hasChromium()) console.log(`${noChromium} Host and UI tests are skipped.`);
}

interface TestFile extends Counts {
  /** From the root. */
  readonly name: string;
}

/** A file that could not be loaded has no tests to count, but it did fail. */
function filesOf(report: string): TestFile[] {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    testResults: { name: string; status: string; assertionResults: { status: string }[] }[];
  };
  return testResults.map(({ name, status, assertionResults }) => {
    const count = (...wanted: string[]): number => assertionResults.filter((test) => wanted.includes(test.status)).length;
    const failed = Math.max(count('failed'), status === 'failed' ? 1 : 0);
    return { name: path.relative(root, name), passed: count('passed'), failed, skipped: count('pending', 'skipped', 'todo', 'disabled') };
  });
}

const sum = (counts: readonly Counts[]): Counts => ({
  passed: counts.reduce((total, { passed }) => total + passed, 0),
  failed: counts.reduce((total, { failed }) => total + failed, 0),
  skipped: counts.reduce((total, { skipped }) => total + skipped, 0),
});

/** Runs vitest, its own output going to the terminal. */
function runVitest(args: readonly string[], env: NodeJS.ProcessEnv): TestFile[] {
  const out = mkdtempSync(path.join(tmpdir(), 'test-report-'));
  try {
    const report = path.join(out, 'report.json');
    const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
    const { status, signal } = spawnSync(
      process.execPath,
      [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile=${report}`, ...args],
      {
        cwd: root,
        env,
        stdio: 'inherit',
      },
    );
    if (!existsSync(report)) throw new Error(`vitest ended without a report (${signal ?? `exit code ${status}`})`);
    const files = filesOf(report);
    // An error outside of any test fails the run too.
    return status === 0 || sum(files).failed > 0 ? files : [...files, { name: 'outside of the tests', passed: 0, failed: 1, skipped: 0 }];
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** Where daemons, editors, sockets and clocks are at work. */
const staged = /^test\/(?:daemon|host|ui|client)\//;
/** More failing files than this are no accident. */
const mostAgain = 3;

/**
 * Files of staged tests that failed in a whole run, most likely because a busy machine stalled what they wait for, begin once
 * more from nothing, with nothing beside them. What fails then fails. A soak has other random numbers each time: what it
 * found once counts.
 */
function runAll(args: readonly string[], env: NodeJS.ProcessEnv): Counts {
  const files = runVitest(args, env);
  const again = files.filter(({ name, failed }) => failed > 0 && staged.test(name));
  if (env['SOAK'] === '1' || args.length > 0 || again.length === 0 || again.length > mostAgain) return sum(files);
  const names = again.map(({ name }) => name);
  console.log(`Tried again, one after the other: ${names.join(', ')}`);
  return sum([...files.filter((file) => !again.includes(file)), ...runVitest([...names, '--maxWorkers=1'], env)]);
}

function main(): Counts {
  const args = process.argv.slice(2);
  try {
    lookAround();
    const vsix = packExtension();
    bundleHostTests();
    const soak = args.includes('--soak') ? { SOAK: '1' } : {};
    return runAll(
      args.filter((arg) => arg !== '--soak'),
      { ...process.env, ...soak, RECEPTOR_MESH_VSIX: vsix },
    );
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

const { passed, failed, skipped } = main();
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
