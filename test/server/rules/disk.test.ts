import { readFileSync } from 'node:fs';
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

  it('read PEM files as Go does', () => {
    const key = readFileSync('test/fixtures/pki/a.key', 'utf8');
    const crt = readFileSync('test/fixtures/pki/a.crt', 'utf8');
    const found = (cert: string, own = key, more = ''): string[] => {
      const item = `- local-only:\n- tls-server: {name: s, cert: /k/crt, key: /k/key${more}}\n`;
      const fileSystem = {
        stat: () => ({ kind: 'file' }) as const,
        readFile: (at: string) => Buffer.from(at.endsWith('crt') ? cert : own),
      };
      return checkConfig(new ConfigDocument(item), { files: 'on', fileSystem, now: () => fixtureTime }).map((f) => f.code);
    };
    expect(found(crt.replaceAll('\n', '\n\n'), key.replaceAll('\n', ' \r\n'))).toEqual([]);
    expect(found(`Certificate:\n${crt}behind`, key.replace('-----\n', '-----\nComment: x\n\n'))).toEqual([]);
    expect(found(crt, key.replaceAll('RSA ', ''))).toEqual([]);
    expect(found(`\uFEFF${crt}`)).toEqual(['certificate-unreadable']);
    expect(found(key + crt)).toEqual(['certificate-unreadable']);
    expect(found(key + crt, key + crt, ', skipreceptornamescheck: true')).toEqual([]);
    expect(check('tls-client: {name: c, cert: k1.crt, key: k1.key}', 'on')).toEqual(['error certificate-unreadable']);
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
    const windows = "tls-server: {name: s, cert: 'C:\\receptor\\x.crt', key: a.key}";
    expect(check(windows, 'auto')).toEqual([]);
    expect(check(windows, 'on')).toEqual(['error file-missing']);
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
