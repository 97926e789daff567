import { describe, expect, it } from 'vitest';
import { ConfigDocument } from '../../../server/src/config/document.ts';
import { checkConfig } from '../../../server/src/rules/check.ts';
import type { FilesMode } from '../../../server/src/rules/context.ts';
import { fixtureDisk, fixtureTime } from './fixture-disk.ts';

const check = (item: string, files: FilesMode, baseDirectory: string | undefined = '/config') =>
  checkConfig(new ConfigDocument(`- node: {id: a}\n- local-only:\n- ${item}\n`), {
    files,
    fileSystem: fixtureDisk,
    baseDirectory,
    now: () => fixtureTime,
  }).map((f) => `${f.severity} ${f.code}`);

describe('disk checks', () => {
  it('see what the daemon would find', () => {
    expect(check('tls-server: {name: s, cert: a.crt, key: a.key}', 'on')).toEqual([]);
    expect(check('tls-server: {name: s, cert: b.crt, key: b.key}', 'on')).toEqual(['error certificate-names']);
    expect(check('tls-server: {name: s, cert: plain.crt, key: a.key, skipreceptornamescheck: true}', 'on')).toEqual([]);
  });

  it('say nothing when they are off', () => {
    expect(check('tls-server: {name: s, cert: missing, key: missing}', 'off')).toEqual([]);
  });

  it('are careful where a whole folder is missing', () => {
    const elsewhere = 'tls-server: {name: s, cert: /etc/receptor/tls/x.crt, key: a.key}';
    expect(check(elsewhere, 'on')).toEqual(['error file-missing']);
    expect(check(elsewhere, 'auto')).toEqual(['information file-missing']);
    expect(check('tls-server: {name: s, cert: /config/x.crt, key: a.key}', 'auto')).toEqual(['error file-missing']);
    expect(check('control-service: {filename: /run/receptor/r.sock}', 'auto')).toEqual(['information folder-missing']);
  });

  it('warn of what a socket would take the place of', () => {
    expect(check('control-service: {filename: a.key}', 'auto')).toEqual(['warning socket-in-place-of']);
    expect(check('control-service: {filename: new.sock}', 'auto')).toEqual([]);
    const found = (kind: 'directory' | 'other', link: boolean, socket = '/run/receptor') => {
      const fileSystem = {
        stat: (at: string) => (at === '/run' ? ({ kind: 'directory' } as const) : { kind, link }),
        readFile: () => undefined,
      };
      const document = new ConfigDocument(`- local-only:\n- control-service: {filename: ${socket}}\n`);
      return checkConfig(document, { files: 'on', fileSystem, now: () => 0 }).map((f) => f.code);
    };
    expect(found('directory', false)).toEqual(['socket-in-place-of']);
    expect(found('directory', true)).toEqual([]); // only the link goes
    expect(found('other', false)).toEqual([]); // a socket of an earlier run
    expect(found('directory', false, '/run/receptor/')).toEqual(['socket-name-empty']);
  });

  it('look up relative paths only where they know from where', () => {
    const document = new ConfigDocument('- local-only:\n- tls-server: {name: s, cert: missing, key: missing}\n');
    expect(checkConfig(document, { files: 'on', fileSystem: fixtureDisk, now: () => fixtureTime })).toEqual([]);
  });

  it('look again when the disk may have changed', () => {
    const document = new ConfigDocument('- local-only:\n- work-verification: /k/x\n');
    let there = false;
    const fileSystem = { stat: () => (there ? ({ kind: 'other' } as const) : undefined), readFile: () => undefined };
    const codes = (diskVersion: number) => checkConfig(document, { files: 'on', fileSystem, diskVersion, now: () => 0 }).map((f) => f.code);
    expect(codes(1)).toEqual(['file-missing']);
    there = true;
    expect(codes(1)).toEqual(['file-missing']);
    expect(codes(2)).toEqual([]);
  });
});
