import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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

  describe('in place of a good file', () => {
    let target: string;
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(path.join(dir, 'good-'));
      target = path.join(folder, 'results');
      writeFileSync(target, 'good', { mode: 0o640 });
    });

    it('puts nothing of a unit that is gone', async () => {
      const unit = new SimulatedUnit(randomBytes(10)).finish();
      unit.released = true;
      const end = await followIntoFile(target, (file) => followResults(unit, file, { watchMs: 10 }));
      expect(end).toMatchObject({ reason: 'gone', position: 0, file: undefined });
      expect(readFileSync(target, 'utf8')).toBe('good');
      expect(readdirSync(folder)).toEqual(['results']);
    });

    it('leaves beside it what came of an output that was given up', async () => {
      const unit = new SimulatedUnit(randomBytes(10));
      unit.written = 4;
      for (const name of ['results.partial', 'results.partial-2']) {
        const end = await followIntoFile(target, (file) => {
          const following = followResults(
            unit,
            {
              write: async (chunk, offset) => {
                await file.write(chunk, offset);
                if (offset + chunk.length === 4) following.stop();
              },
            },
            { watchMs: 10 },
          );
          return following;
        });
        expect(end).toMatchObject({ reason: 'stopped', position: 4, file: path.join(folder, name) });
        expect(readFileSync(path.join(folder, name)).equals(unit.output.subarray(0, 4))).toBe(true);
      }
      expect(readFileSync(target, 'utf8')).toBe('good');
    });

    it('leaves nothing of what the disk did not take', async () => {
      const unit = new SimulatedUnit(randomBytes(10)).finish();
      const full = { write: () => Promise.reject(new Error('ENOSPC')) };
      for (const file of [target, path.join(folder, 'new')]) {
        await expect(followIntoFile(file, () => followResults(unit, full, { watchMs: 10 }))).rejects.toThrow('ENOSPC');
      }
      expect(readdirSync(folder)).toEqual(['results']);
      expect(readFileSync(target, 'utf8')).toBe('good');
    });

    it('follows links, and keeps who may read it', async () => {
      const link = path.join(folder, 'link');
      symlinkSync(target, link);
      const unit = new SimulatedUnit(randomBytes(10)).finish();
      expect(await followIntoFile(link, (file) => followResults(unit, file, { watchMs: 10 }))).toMatchObject({ file: link });
      expect(lstatSync(link).isSymbolicLink()).toBe(true);
      expect(readFileSync(target).equals(unit.output)).toBe(true);
      expect(statSync(target).mode & 0o777).toBe(0o640);
      expect(readdirSync(folder).sort()).toEqual(['link', 'results']);
    });

    it('writes the file itself where no other can be made', async () => {
      const long = path.join(folder, 'x'.repeat(255)); // no longer name is possible
      writeFileSync(long, 'good');
      const unit = new SimulatedUnit(randomBytes(10)).finish();
      await followIntoFile(long, (file) => followResults(unit, file, { watchMs: 10 }));
      expect(readFileSync(long).equals(unit.output)).toBe(true);
    });
  });

  it('says that a disk is full', async () => {
    if (!existsSync('/dev/full')) return;
    const unit = new SimulatedUnit(randomBytes(10)).finish();
    await expect(followIntoFile('/dev/full', (file) => followResults(unit, file, { watchMs: 10 }))).rejects.toThrow('ENOSPC');
  });
});
