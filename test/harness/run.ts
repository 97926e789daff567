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
  for (const version of receptorVersions) if (!hasReceptor(version)) console.log(`No receptor ${version}: its tests are skipped.`);
  if (!hasChromium()) console.log(`${noChromium} Host and UI tests are skipped.`);
}

/** A file that could not be loaded has no tests to count, but it did fail. */
function countsOf(report: string): Counts {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numTodoTests: number;
    testResults: { status: string; assertionResults: { status: string }[] }[];
  };
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length, skipped: numPendingTests + numTodoTests };
}

/** Runs vitest, its own output going to the terminal. */
function runVitest(args: readonly string[], env: NodeJS.ProcessEnv): Counts {
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
    const counts = countsOf(report);
    // An error outside of any test fails the run too.
    return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function main(): Counts {
  const args = process.argv.slice(2);
  try {
    lookAround();
    const vsix = packExtension();
    bundleHostTests();
    const soak = args.includes('--soak') ? { SOAK: '1' } : {};
    return runVitest(
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
