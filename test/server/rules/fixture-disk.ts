import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { FileSystem } from '../../../server/src/rules/context.ts';

const folder = path.resolve('test/fixtures/pki');

/** A moment at which the certificates in `test/fixtures/pki` are good. */
export const fixtureTime = Date.parse('2026-12-01T00:00:00Z');

const real = (file: string): string | undefined =>
  file === '/config' || file.startsWith('/config/') ? folder + file.slice('/config'.length) : undefined;

/** A disk on which `/config` holds the files of `test/fixtures/pki`, and nothing else exists. */
export const fixtureDisk: FileSystem = {
  stat(file) {
    const at = real(file);
    const stat = at === undefined ? undefined : statSync(at, { throwIfNoEntry: false });
    return stat === undefined ? undefined : { kind: stat.isDirectory() ? 'directory' : 'file' };
  },
  readFile(file) {
    const at = real(file);
    return at === undefined ? undefined : readFileSync(at);
  },
};
