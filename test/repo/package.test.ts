// What the VSIX and the npm package hold: what runs, what a user reads, and nothing else.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { packedVsix } from '../harness/packed.ts';
import { root } from '../harness/paths.ts';

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

describe('the package of npm', () => {
  const packed = (): string[] => {
    const [{ files }] = JSON.parse(
      execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
        cwd: root,
        encoding: 'utf8',
        shell: process.platform === 'win32',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ) as [{ files: { path: string }[] }];
    return files.map((file) => file.path);
  };

  test('has all that its programs load, and their manuals', { timeout: 60_000 }, () => {
    const files = packed();
    const { bin } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { bin: Record<string, string> };
    const programs = ['dist/control.js', ...Object.values(bin).map((file) => path.normalize(file).replaceAll('\\', '/'))];
    /** The files that a bundle loads by name, and those that they load. */
    const loaded = (file: string, seen: Set<string>): Set<string> => {
      if (seen.has(file)) return seen;
      seen.add(file);
      for (const [, name] of readFileSync(path.join(root, file), 'utf8').matchAll(/require\("\.\/([\w.-]+)"\)/g))
        loaded(`dist/${name}`, seen);
      return seen;
    };
    const needed = new Set<string>();
    for (const program of programs) loaded(program, needed);
    expect([...needed]).toContain('dist/session.js');
    expect([...needed, 'docs/editors.md', 'docs/control-client.md'].filter((file) => !files.includes(file))).toEqual([]);
  });
});
