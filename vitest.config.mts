import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The full counts of random tests take their time; else it is far more than any takes, for a machine that stalls. */
const unitTimeout = process.env['SOAK'] === '1' ? 600_000 : 30_000;

/** One project per kind of test: what it needs to run differs, and so may the time it takes. */
const project = (name: string, include: string[], testTimeout: number, more: object = {}) => ({
  test: { name, include, testTimeout, hookTimeout: Math.max(testTimeout, 150_000), ...more },
});

/** These need the packed extension; most start whole editors with it. */
const packed = { globalSetup: ['test/harness/packed.ts'] };

/** Views are tested with a stand-in for the editor. */
const views = { alias: [{ find: /^vscode$/, replacement: fileURLToPath(new URL('test/client/views/vscode.ts', import.meta.url)) }] };

/** What is built and packed, apart from what the repository promises of its sources. */
const ofThePackage = ['test/repo/package.test.ts', 'test/repo/built.test.ts'];

/**
 * Tests of other processes (daemons, editors) are tried once more when they fail: a shared machine may stall any of them
 * past its patience, and a window most easily: it gets two tries more. Vitest tells of each that needed it. Pure code is not
 * tried again.
 */
const patient = { retry: 1 };
const morePatient = { retry: 2 };

/** What takes minutes begins first, or the run ends with one editor at work and nothing beside it. */
const longestFirst = ['host', 'ui', 'daemon', 'package', 'unit'];
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ project: { name } }: TestSpecification): number => longestFirst.indexOf(name);
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      project('unit', ['test/{server,client,repo}/**/*.test.ts'], unitTimeout, { exclude: ofThePackage, ...views }),
      project('daemon', ['test/daemon/**/*.test.ts'], 60_000, patient),
      project('package', ofThePackage, 10_000, packed),
      project('host', ['test/host/*.test.ts'], 10_000, packed),
      project('ui', ['test/ui/**/*.test.ts'], 120_000, { ...packed, ...morePatient }),
    ],
    maxWorkers: 3,
  },
});
