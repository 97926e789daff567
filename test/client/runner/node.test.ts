/** Nodes as processes, with a script in place of the daemon. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NodeProcess } from '../../../client/src/runner/node.ts';
import { eventually } from '../views/app.ts';

let dir: string;
beforeEach(() => (dir = mkdtempSync(path.join(tmpdir(), 'node-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const start = (script: string, logFile: string): NodeProcess => {
  const binary = path.join(dir, 'daemon');
  writeFileSync(binary, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return new NodeProcess({ binary, configPath: path.join(dir, 'foo.yml'), format: 'v1', logFile });
};

test.skipIf(process.platform === 'win32')('a node that was left keeps its log when its config is run once more', async () => {
  const logFile = path.join(dir, 'logs/foo.log');
  const go = path.join(dir, 'go');
  const left = start(`echo first; while [ ! -e ${go} ]; do sleep 0.05; done; echo second; exit 0`, logFile);
  await eventually(() => expect(left.lines).toEqual(['first']));
  left.leave();
  const other = start('echo "Error: it runs already"; sleep 0.3; exit 1', logFile);
  writeFileSync(go, '');
  await left.exited;
  expect(await other.exited).toMatchObject({ code: 1, reason: 'it runs already' });
  expect(other.lines).toEqual(['Error: it runs already']);
  expect(readFileSync(logFile, 'utf8')).toBe('Error: it runs already\n');
  expect(readFileSync(`${logFile}.before`, 'utf8')).toBe('first\nsecond\n');
});
