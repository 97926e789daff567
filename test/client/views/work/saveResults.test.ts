/** "Save Results" and "Save Artifacts", with a stand-in for the editor. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as vscode from 'vscode';
import type { App } from '../../../../client/src/views/app.ts';
import type { Connection } from '../../../../client/src/views/connection.ts';
import { workCommands } from '../../../../client/src/views/work/commands.ts';
import { Followings } from '../../../../client/src/views/work/followings.ts';
import { WorkHost } from '../../../../client/src/views/work/hosts.ts';
import { SimulatedUnit, unknownUnit } from '../../work/simulated.ts';
import { eventually, testApp } from '../app.ts';
import { editor } from '../vscode.ts';

let dir: string;
let file: string;
const followings = new Followings();
beforeEach(() => {
  editor.reset();
  dir = mkdtempSync(path.join(tmpdir(), 'save-'));
  file = path.join(dir, 'kept');
  writeFileSync(file, 'good');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Runs a command on a unit; gives what it resolves to. */
function run(id: string, unit: SimulatedUnit): Promise<unknown> {
  const connection = { name: 'foo', nodeId: 'foo', state: { kind: 'up' }, use: async () => unit.status() };
  const host = new WorkHost(connection as unknown as Connection);
  host.results = () => unit;
  const { app } = testApp();
  const withWork = { ...app, work: { followings, shown: () => undefined } } as unknown as App;
  const command = workCommands.find((one) => one.id === id)!;
  return Promise.resolve(command.run(withWork, { host, unitId: 'x' }, vscode.Uri.file(file)));
}

const told = (): string[] => editor.messages.map(({ text }) => text);
const zip = Buffer.from('PK, or so');
const stream = Buffer.from(`{"status": "starting"}\n{"zipfile": ${zip.length}}\n${zip.toString('base64')}{"eof": true}\n`);

describe('saving results', () => {
  test('of a unit that was released leaves the file that has them already', async () => {
    const unit = new SimulatedUnit(Buffer.from('gone')).finish();
    unit.released = true;
    expect(await run('receptor.work.saveResults', unit)).toEqual({ bytes: 0, reason: 'gone' });
    expect(readFileSync(file, 'utf8')).toBe('good');
    expect(told()).toEqual([`Nothing came; ${file} is as it was. The unit was released; 0 B of output came before.`]);
  });

  test('that is cancelled says where the beginning is', async () => {
    const unit = new SimulatedUnit(Buffer.from('some more'));
    unit.written = 4;
    const saving = run('receptor.work.saveResults', unit);
    await eventually(() => expect(readFileSync(`${file}.partial`, 'utf8')).toBe('some'));
    editor.progress[0]!.cancel();
    await saving;
    expect(readFileSync(file, 'utf8')).toBe('good');
    expect(told()).toEqual([`${file}.partial has 4 bytes; ${file} is as it was. Stopped at byte 4; the work itself goes on.`]);
  });
});

describe('saving artifacts', () => {
  test('writes the archive', async () => {
    expect(await run('receptor.work.saveArtifacts', new SimulatedUnit(stream).finish())).toEqual({ bytes: zip.length });
    expect(readFileSync(file).equals(zip)).toBe(true);
    expect(readdirSync(dir)).toEqual(['kept']);
  });

  test('that is cancelled while they are looked for is not told to have none', async () => {
    const unit = new SimulatedUnit(stream);
    unit.written = 30;
    const saving = run('receptor.work.saveArtifacts', unit);
    await eventually(() => expect(unit.streams).toHaveLength(1));
    editor.progress[0]!.cancel();
    expect(await saving).toBeUndefined();
    expect(readFileSync(file, 'utf8')).toBe('good');
  });

  test('leaves the file of before when the archive does not come', async () => {
    const unit = new SimulatedUnit(stream).finish();
    unit.refuseOpen = () => (unit.opened.length > 0 ? unknownUnit() : undefined); // released when they were found
    await expect(run('receptor.work.saveArtifacts', unit)).rejects.toThrow('The artifacts of x were not saved: 0 of 9 bytes came.');
    expect(readFileSync(file, 'utf8')).toBe('good');
    expect(readdirSync(dir)).toEqual(['kept']);
  });
});
