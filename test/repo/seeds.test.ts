// Random tests can be repeated: each has a seed that is known.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { root } from '../harness/paths.ts';
import { testSeed } from '../harness/random.ts';

describe('the seed of random tests', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  test('is always the same, unless it is given', () => {
    vi.stubEnv('SOAK', undefined);
    vi.stubEnv('SEED', undefined);
    expect([testSeed(), testSeed()]).toEqual([1, 1]);
    vi.stubEnv('SEED', '7');
    expect(testSeed()).toBe(7);
  });

  test('is a new one when everything is run, and told', () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    vi.stubEnv('SOAK', '1');
    vi.stubEnv('SEED', undefined);
    const seed = testSeed();
    expect(log.mock.calls).toEqual([[`SEED=${seed}`]]);
  });

  test('is what every test goes by', () => {
    const own = new Set(['harness/random.ts', 'harness/fastCheck.ts', 'repo/seeds.test.ts']);
    const files = readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !file.includes('node_modules') && !own.has(file),
    );
    const unseeded = /Math\.random\(|from 'fast-check'/;
    expect(files.filter((file) => unseeded.test(readFileSync(path.join(root, 'test', file), 'utf8')))).toEqual([]);
  });
});
