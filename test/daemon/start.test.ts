/** Configs whose fate is decided at start: the daemon keeps running exactly where we have no Error. */
import { rmSync } from 'node:fs';
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
  });
});
