/** v2 configs by real starts: the daemon keeps running exactly where we have no Error. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigDocument } from '../../server/src/config/document.ts';
import { checkConfig } from '../../server/src/rules/check.ts';
import { findReceptor, hasReceptor, receptorVersions } from '../harness/receptor.ts';
import { makePki } from './pki.ts';
import { sampleOf } from './sample.ts';
import { canIsolate, realDisk, start } from './start.ts';
import { v2Cases, v2Names } from './v2-cases.ts';

const good = 'node: {id: a}\ntcp-listeners: [{port: 2222}]\n';
const cases: readonly (readonly [string, string])[] = [
  ...v2Cases.map((text) => ['receptor.yml', text] as const),
  ...v2Names.map((name) => [name, good] as const),
];

describe.skipIf(!canIsolate()).each(receptorVersions)('receptor %s', (version) => {
  describe.skipIf(!hasReceptor(version))('keeps running with --config-v2 where we have no Error', () => {
    let binary: string;
    let pki: string;
    beforeAll(() => {
      binary = findReceptor(version);
      pki = makePki(binary);
    });
    afterAll(() => {
      rmSync(pki, { recursive: true, force: true });
    });

    it.concurrent.each(sampleOf(cases, version))('%s: %j', { timeout: 60_000 }, async (name, text) => {
      const document = new ConfigDocument(text, { receptorVersion: version, format: 'v2', path: name });
      const errors = checkConfig(document, { files: 'on', fileSystem: realDisk, baseDirectory: pki, now: Date.now }).filter(
        (f) => f.severity === 'error',
      );
      const { up, code, output } = await start(binary, text, { files: pki, name, args: (file) => ['--config-v2', '--config', file] });
      // A daemon that took the config for empty ends with 0 as well; only certificates are work that ends well.
      const fine = up || (code === 0 && text.startsWith('cert-') && !output.includes('ERROR'));
      expect({ fine: errors.length === 0, errors: errors.map((e) => e.message) }, output.slice(-400)).toMatchObject({ fine });
    });
  });
});
