// Where receptor and receptorctl come from, and what is said where they can't be had.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { examplesFolder } from '../harness/mesh.ts';
import { findReceptor, findReceptorctl, hasReceptor, NoReceptorError, receptorctlIfAny } from '../harness/receptor.ts';
import { workspaceWithMesh } from '../harness/workspace.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'without-'));
  mkdirSync(path.join(dir, 'bin'));
  vi.stubEnv('PATH', path.join(dir, 'bin'));
  vi.stubEnv('RECEPTOR_MESH_CACHE', path.join(dir, 'cache'));
  for (const name of ['RECEPTOR_BIN', 'RECEPTORCTL', 'CI']) vi.stubEnv(name, '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

/** A program on PATH that does what its lines of shell say. */
function program(name: string, ...lines: string[]): string {
  const file = path.join(dir, 'bin', name);
  writeFileSync(file, ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(file, 0o755);
  return file;
}

describe('where nothing can be downloaded', () => {
  const calls = (): number => (existsSync(path.join(dir, 'calls')) ? readFileSync(path.join(dir, 'calls'), 'utf8').length : 0);
  beforeEach(() => program('apt-get', `printf x >>'${path.join(dir, 'calls')}'`, 'exit 100'));

  test('the message says what to do', () => {
    expect(() => findReceptor('1.5.5')).toThrow(NoReceptorError);
    expect(() => findReceptor('1.5.5')).toThrow(/^No receptor 1\.5\.5 on this machine \(.+\)\. Install .* set RECEPTOR_BIN to its path\.$/);
    expect(() => findReceptorctl('1.5.5')).toThrow(
      /^No receptorctl 1\.5\.5 .* \(.+\)\. Install .* set RECEPTORCTL to the path of receptorctl\.$/,
    );
  });

  test('tests are skipped, and the next file of tests does not try again at once', () => {
    expect(hasReceptor('1.6.9')).toBe(false);
    expect(receptorctlIfAny()).toBeUndefined();
    const before = calls();
    expect(hasReceptor('1.6.9')).toBe(false);
    expect(receptorctlIfAny()).toBeUndefined();
    expect(calls()).toBe(before);
    expect(readdirSync(path.join(dir, 'cache'))).toEqual(['receptor-1.6.9.failed', 'receptorctl-1.6.9.failed']);
  });

  test('nothing is skipped in CI', () => {
    vi.stubEnv('CI', 'true');
    expect(() => hasReceptor('1.6.9')).toThrow(NoReceptorError);
    expect(() => receptorctlIfAny()).toThrow(NoReceptorError);
  });

  test('what is installed since is found all the same', () => {
    expect(hasReceptor('1.6.9')).toBe(false);
    const receptor = program('receptor', 'echo 1.6.9-1');
    expect(hasReceptor('1.6.9')).toBe(true);
    expect(findReceptor('1.6.9')).toBe(receptor);
    expect(hasReceptor('1.5.5')).toBe(false); // another version is none
  });
});

describe('receptorctl', () => {
  test('is the one that is named, else that of PATH if its Python has the version', () => {
    const python = program('python', 'echo 1.6.9');
    writeFileSync(path.join(dir, 'bin/receptorctl'), `#!${python}\n`);
    expect(findReceptorctl('1.6.9')).toEqual({ command: path.join(dir, 'bin/receptorctl'), args: [], env: {} });
    vi.stubEnv('RECEPTORCTL', '/elsewhere/receptorctl');
    expect(findReceptorctl('1.6.9').command).toBe('/elsewhere/receptorctl');
  });
});

test('the demo has both configs as they are where it has no mesh', async () => {
  await using workspace = await workspaceWithMesh({ mesh: false });
  expect(workspace).toMatchObject({ mesh: undefined, env: {}, settings: {} });
  for (const file of ['foo.yml', 'bar.yml'])
    expect(readFileSync(path.join(workspace.dir, file), 'utf8')).toBe(readFileSync(path.join(examplesFolder, file), 'utf8'));
});
