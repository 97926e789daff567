import { describe, test } from 'vitest';
import { hasChromium } from '../harness/vscode-host/browser.ts';
import type { Flavour } from '../harness/vscode-host/install.ts';
import { hostFolders, hostTestFiles, runInHost } from '../harness/vscode-host/inHost.ts';
import type { HostTest } from '../harness/vscode-host/inHost.ts';

const minutes = 60_000;

/** Runs the tests of each folder inside a VS Code and makes each of them a test of vitest, so that the counts are true. */
export async function inHostTests(flavour: Flavour): Promise<void> {
  for (const folder of hostFolders) {
    if (hostTestFiles(folder).length === 0) continue;
    if (!hasChromium()) {
      describe(folder, () => test.skip('needs Chromium'));
      continue;
    }
    let results: HostTest[];
    try {
      results = await runInHost({ flavour, folder, patience: 3 * minutes });
    } catch (error) {
      results = [
        { kind: 'test', title: 'VS Code comes up', state: 'failed', error: error instanceof Error ? error.message : String(error) },
      ];
    }
    describe(folder, () => {
      for (const { title, state, error } of results) {
        test.skipIf(state === 'skipped')(title, () => {
          if (state === 'failed') throw Object.assign(new Error(error), { stack: error });
        });
      }
    });
  }
}
