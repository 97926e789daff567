// Our text of a status beside receptorctl's own, on the same mesh.
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ReceptorControl } from '../../client/src/control/index.ts';
import { statusText } from '../../client/src/mesh/statusText.ts';
import { examplesFolder, startMesh } from '../harness/mesh.ts';
import type { Mesh } from '../harness/mesh.ts';
import { hasReceptor, newestReceptor, receptorctlIfAny } from '../harness/receptor.ts';

const receptorctl = hasReceptor(newestReceptor) ? receptorctlIfAny() : undefined;

describe.skipIf(receptorctl === undefined)('the status as text', () => {
  let mesh: Mesh;
  beforeAll(async () => {
    mesh = await startMesh(examplesFolder, { advertised: true });
  });
  afterAll(async () => mesh?.stop());

  /** Blocks of lines in order; the daemon lists connections and advertisements in random order, and its own are of now. */
  const blocks = (text: string): { heading: string; rows: string[] }[] =>
    text
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME')
      .trimEnd()
      .split('\n\n')
      .map((block) => {
        const [heading = '', ...rows] = block.split('\n');
        return { heading, rows: rows.sort((a, b) => (a < b ? -1 : 1)) };
      });

  test("is receptorctl's, line for line", async () => {
    const { command, args, env } = receptorctl!;
    const { socket } = mesh.node('foo');
    const theirs = spawnSync(command, [...args, '--socket', `unix:${socket}`, 'status'], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
    expect(theirs.stderr).toBe('');
    const control = await ReceptorControl.connect(`unix:${socket}`);
    const ours = statusText(await control.status());
    await control.close();
    expect(blocks(ours)).toEqual(blocks(theirs.stdout));
  });
});
