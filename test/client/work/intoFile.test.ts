import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followResults } from '../../../client/src/work/follow.ts';
import { followIntoFile } from '../../../client/src/work/intoFile.ts';
import { SimulatedUnit } from './simulated.ts';

describe('followIntoFile', () => {
  let dir: string;
  beforeAll(() => (dir = mkdtempSync(path.join(tmpdir(), 'into-'))));
  afterAll(() => rmSync(dir, { recursive: true }));

  it('writes every byte, in place of what was there', async () => {
    const target = path.join(dir, 'results');
    for (const size of [300_000, 10]) {
      const unit = new SimulatedUnit(randomBytes(size)).finish();
      const end = await followIntoFile(target, (file) => followResults(unit, file, { watchMs: 10 }));
      expect(end).toMatchObject({ reason: 'ended', position: size });
      expect(readFileSync(target).equals(unit.output)).toBe(true);
    }
  });

  it('says that a disk is full', async () => {
    if (!existsSync('/dev/full')) return;
    const unit = new SimulatedUnit(randomBytes(10)).finish();
    await expect(followIntoFile('/dev/full', (file) => followResults(unit, file, { watchMs: 10 }))).rejects.toThrow('ENOSPC');
  });
});
