// What is said where ansible-runner can't be had.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { findAnsibleRunner } from '../harness/ansibleRunner.ts';

describe('where nothing can be downloaded', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'without-'));
    writeFileSync(path.join(dir, 'apt-get'), '#!/bin/sh\nexit 100\n');
    chmodSync(path.join(dir, 'apt-get'), 0o755);
    vi.stubEnv('PATH', dir);
    vi.stubEnv('RECEPTOR_MESH_CACHE', path.join(dir, 'cache'));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(dir, { recursive: true, force: true });
  });

  test('the round trip is skipped', () => {
    vi.stubEnv('CI', '');
    expect(findAnsibleRunner()).toBeUndefined();
  });

  test('in CI it fails with the cause', () => {
    vi.stubEnv('CI', 'true');
    expect(() => findAnsibleRunner()).toThrow(/^No ansible-runner on this machine \(.+\)\.$/);
  });
});
