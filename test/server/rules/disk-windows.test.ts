// Paths of configs as the rules see them on Windows.
import type path from 'node:path';
import { expect, test, vi } from 'vitest';
import { ConfigDocument } from '../../../server/src/config/document.ts';
import { checkConfig } from '../../../server/src/rules/check.ts';
import type { FilesMode } from '../../../server/src/rules/context.ts';

vi.mock('node:path', async (original) => {
  const { win32 } = await original<typeof path>();
  return { ...win32, default: win32 };
});

const folders = new Set(['\\tmp', 'C:\\receptor', 'c:\\w']);

const check = (item: string, files: FilesMode): string[] =>
  checkConfig(new ConfigDocument(`- node: {id: a}\n- local-only:\n- ${item}\n`), {
    files,
    fileSystem: {
      stat: (file) => (folders.has(file) ? { kind: 'directory' } : undefined),
      readFile: () => undefined,
    },
    baseDirectory: 'c:\\w',
    now: Date.now,
  }).map(({ severity, code }) => `${severity} ${code}`);

test('a path of Linux is no path of the current drive, unless the daemon is said to run here', () => {
  const server = 'tls-server: {name: s, cert: /tmp/x.crt, key: /etc/receptor/x.key}';
  expect(check(server, 'auto')).toEqual([]);
  expect(check(server, 'on')).toEqual(['error file-missing', 'error file-missing']);
  expect(check('control-service: {filename: /run/receptor.sock}', 'auto')).toEqual([]);
});

test('other paths are looked for', () => {
  expect(check("tls-server: {name: s, cert: 'C:\\receptor\\x.crt', key: x.key}", 'auto')).toEqual([
    'error file-missing',
    'error file-missing',
  ]);
  expect(check('control-service: {filename: run/a.sock}', 'auto')).toEqual(['information folder-missing']);
});
