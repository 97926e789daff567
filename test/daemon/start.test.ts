/** Configs whose fate is decided at start: the daemon keeps running exactly where we have no Error. */
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigDocument } from '../../server/src/config/document.ts';
import { checkConfig } from '../../server/src/rules/check.ts';
import { findReceptor, hasReceptor, receptorVersions } from '../harness/receptor.ts';
import { makePki } from './pki.ts';
import { sampleOf } from './sample.ts';
import { startCases } from './start-cases.ts';
import { canIsolate, realDisk, start } from './start.ts';

describe.skipIf(!canIsolate()).each(receptorVersions)('receptor %s', (version) => {
  describe.skipIf(!hasReceptor(version))('keeps running where we have no Error', () => {
    let binary: string;
    let pki: string;
    beforeAll(() => {
      binary = findReceptor(version);
      pki = makePki(binary);
    });
    afterAll(() => {
      rmSync(pki, { recursive: true, force: true });
    });

    it.concurrent.each(sampleOf(startCases, version))('%j', { timeout: 60_000 }, async (text) => {
      const document = new ConfigDocument(text, { receptorVersion: version });
      const errors = checkConfig(document, { files: 'on', fileSystem: realDisk, baseDirectory: pki, now: Date.now }).filter(
        (f) => f.severity === 'error',
      );
      const { up, code, output } = await start(binary, text, { files: pki });
      // What does its work and ends (certificates, version) is fine.
      const fine = up || code === 0;
      expect({ fine: errors.length === 0, errors: errors.map((e) => e.message) }, output.slice(-400)).toMatchObject({ fine });
    });

    // Only names that stay within the folder of the test: the daemon deletes what it finds there.
    it.each(['folder', 'file'])('deletes a %s that stands where a socket is to be, of which we warn', { timeout: 60_000 }, async (name) => {
      const files = mkdtempSync(path.join(tmpdir(), 'receptor-in-the-way-'));
      try {
        mkdirSync(path.join(files, 'folder/deep'), { recursive: true });
        for (const file of ['folder/deep/text', 'file']) writeFileSync(path.join(files, file), 'precious');
        const text = `- node: {id: a, datadir: data}\n- local-only:\n- control-service: {filename: ${name}}\n`;
        const document = new ConfigDocument(text, { receptorVersion: version });
        const found = checkConfig(document, { files: 'on', fileSystem: realDisk, baseDirectory: files, now: Date.now });
        expect(found.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['warning socket-in-place-of']);
        const look = (folder: string): void => expect(statSync(path.join(folder, name)).isSocket()).toBe(true);
        expect(await start(binary, text, { files, look })).toMatchObject({ up: true });
      } finally {
        rmSync(files, { recursive: true, force: true });
      }
    });
  });
});
