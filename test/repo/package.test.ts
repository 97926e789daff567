// What the VSIX holds: what runs, what a user reads, and nothing else.
import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { packedVsix } from '../harness/packed.ts';

const entries = unzipSync(readFileSync(packedVsix()));
const text = (name: string): string => Buffer.from(entries[`extension/${name}`]!).toString('utf8');
const files = Object.keys(entries)
  .filter((name) => name.startsWith('extension/') && !name.endsWith('/'))
  .map((name) => name.slice('extension/'.length));

describe('receptor-mesh.vsix', () => {
  test('holds what runs', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'package.json',
        'dist/extension.js',
        'dist/server.js',
        'dist/session.js',
        'dist/ThirdPartyNotices.txt',
        'client/media/icon.png',
        'client/media/receptor.svg',
      ]),
    );
    expect(files).toEqual(expect.arrayContaining(['readme.md', 'changelog.md', 'LICENSE.txt']));
  });

  test('holds nothing else', () => {
    const allowed = [
      /^dist\/(?:extension|server|session|schemas|topology)\.js$/,
      /^dist\/topology\.css$/,
      /^dist\/ThirdPartyNotices\.txt$/,
      /^client\/media\/[\w-]+\.(?:svg|png|css)$/,
      /^schemas\/[\w-]+\.schema\.json$/,
      /^(?:package\.json|readme\.md|changelog\.md|LICENSE\.txt)$/,
    ];
    expect(files.filter((file) => !allowed.some((pattern) => pattern.test(file)))).toEqual([]);
  });

  test('is under 1 MB', () => {
    expect(readFileSync(packedVsix()).length).toBeLessThan(1_000_000);
  });

  test('has no source maps in its bundles', () => {
    expect(files.filter((file) => file.endsWith('.js') && text(file).includes('sourceMappingURL='))).toEqual([]);
  });

  test('has the licence of every package that is bundled', () => {
    const notices = text('dist/ThirdPartyNotices.txt');
    for (const name of ['vscode-languageclient', 'vscode-jsonrpc', 'semver', 'yaml']) expect(notices).toContain(`\n${name} `);
  });
});
