// Runs the mocha tests of one folder inside the extension host and writes one line of JSON per test, as it ends.
import { appendFileSync } from 'node:fs';
import { findSourceMap } from 'node:module';
import type { HostFolder, HostReportLine } from '../harness/vscode-host/inHost.ts';

/** The extension host formats stacks itself, which switches Node's own source mapping off. */
const mapped = (stack: string): string =>
  stack.replaceAll(/\(?(?:file:\/\/)?\/?[^\s():]*suite\.js:(\d+):(\d+)\)?/g, (whole, line: string, column: string) => {
    const entry = findSourceMap(__filename)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (entry === undefined || !('originalSource' in entry)) return whole;
    return `(${entry.originalSource.replace(/^.*?\/test\//, 'test/')}:${entry.originalLine + 1}:${entry.originalColumn + 1})`;
  });

const stackOf = (error: unknown): string => (error instanceof Error ? mapped(error.stack ?? error.message) : String(error));

const variable = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
};

/** esbuild bundles every file that a pattern can match. */
const load: Record<HostFolder, (name: string) => Promise<unknown>> = {
  features: (name) => import(`./features/${name}.ts`),
  untrusted: (name) => import(`./untrusted/${name}.ts`),
  besideYaml: (name) => import(`./besideYaml/${name}.ts`),
};

export async function run(): Promise<void> {
  const report = (line: HostReportLine): void => appendFileSync(variable('HOST_TEST_REPORT'), `${JSON.stringify(line)}\n`);
  const { default: Mocha } = await import('mocha'); // an ES module: import(), not require()
  const grep = process.env['HOST_TEST_GREP'];
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, retries: 1, reporter: 'min', ...(grep ? { grep } : {}) });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  for (const name of variable('HOST_TEST_FILES').split(',')) {
    try {
      await load[variable('HOST_TEST_FOLDER') as HostFolder](name);
    } catch (error) {
      report({ kind: 'test', title: `${name}.ts loads`, state: 'failed', error: stackOf(error) });
    }
  }
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on('pass', (test) => report({ kind: 'test', title: test.fullTitle(), state: 'passed' }));
    runner.on('pending', (test) => report({ kind: 'test', title: test.fullTitle(), state: 'skipped' }));
    runner.on('retry', (test, error: unknown) => report({ kind: 'retry', title: test.fullTitle(), error: stackOf(error) }));
    runner.on('fail', (test, error: unknown) => report({ kind: 'test', title: test.fullTitle(), state: 'failed', error: stackOf(error) }));
  });
  report({ kind: 'end' });
}
