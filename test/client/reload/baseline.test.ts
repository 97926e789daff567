import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Baselines, changedAt, startOfConnection, type NodeStart } from '../../../client/src/reload/baseline.ts';
import type { ReloadOutcome } from '../../../client/src/reload/outcome.ts';

let dir: string;
let file: string;
const start: NodeStart = { id: '1:1000', at: 1_000_000 };
const running = { text: 'new', linksDown: false };

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'baselines-'));
  file = path.join(dir, 'a.yml');
  writeFileSync(file, 'x');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Each window has an object of its own on the same folder. */
const newWindow = (): Baselines => new Baselines(path.join(dir, 'running'));

test('what one window keeps the others know, until the node starts anew', async () => {
  await newWindow().keep(file, start, running);
  expect(await newWindow().get(file, start)).toEqual(running);
  expect(await newWindow().get(file, { id: '2:2000', at: 2_000_000 })).toBeUndefined();
});

test('that a refused reload took the links is kept too', async () => {
  await newWindow().keep(file, start, { text: 'old', linksDown: true });
  expect(await newWindow().get(file, start)).toEqual({ text: 'old', linksDown: true });
});

test('where nothing can be written each window knows what it saw itself', async () => {
  const window = new Baselines(path.join(file, 'no folder'));
  await window.keep(file, start, running);
  expect(await window.get(file, start)).toEqual(running);
  const release = await window.claim(start);
  expect(release).toBeDefined();
  await release!();
  expect(await new Baselines(path.join(file, 'no folder')).get(file, start)).toBeUndefined();
});

test('a file that was written before the node started is what the node read', async () => {
  const window = newWindow();
  expect(await window.learn(file, start, { text: 'young', changedAt: start.at - 500 })).toBeUndefined();
  expect(await window.learn(file, start, { text: 'old', changedAt: start.at - 5_000 })).toEqual({ text: 'old', linksDown: false });
  // Once known it stays, whatever is on the disk.
  expect(await window.learn(file, start, { text: 'other', changedAt: start.at - 5_000 })).toEqual({ text: 'old', linksDown: false });
});

describe('after a reload', () => {
  const done = { kind: 'done' } as const;
  const refused = { kind: 'refused', message: 'unknown TLS config x', part: {}, backendsDown: true, retry: false } as const;

  test('the node runs what was on the disk', async () => {
    await newWindow().reloaded(file, start, 'new', refused);
    expect(await newWindow().get(file, start)).toEqual({ text: undefined, linksDown: true });
    await newWindow().reloaded(file, start, 'new', done);
    expect(await newWindow().get(file, start)).toEqual(running);
    expect(await newWindow().fileOf(start)).toBe(file);
  });

  test('that was refused late it runs what it ran, without links', async () => {
    await newWindow().keep(file, start, running);
    await newWindow().reloaded(file, start, 'newer', refused);
    expect(await newWindow().get(file, start)).toEqual({ text: 'new', linksDown: true });
  });

  test.each<ReloadOutcome>([
    { ...refused, backendsDown: false },
    { kind: 'restart-needed', action: 'node', change: 'changed', message: '' },
    { kind: 'no-reload', message: '' },
    { kind: 'lost', message: '' },
    { kind: 'unknown', message: '' },
  ])('of which nothing came it is as before: $kind', async (outcome) => {
    await newWindow().keep(file, start, running);
    await newWindow().reloaded(file, start, 'newer', outcome);
    expect(await newWindow().get(file, start)).toEqual(running);
  });
});

test('a connection without a socket here knows what was reloaded while it lasts, and learns nothing from the disk', async () => {
  const window = newWindow();
  const connected = startOfConnection('foo', 'foo', 1_000);
  expect(await window.learn(file, connected, { text: 'old', changedAt: 500 })).toBeUndefined();
  await window.reloaded(file, connected, 'new', { kind: 'done' });
  expect(await window.get(file, startOfConnection('foo', 'foo', 1_000))).toEqual(running);
  expect(await window.get(file, startOfConnection('foo', 'foo', 2_000))).toBeUndefined();
});

test('a node that we started from one file does not run another', async () => {
  const window = newWindow();
  await window.keep(file, start, running, 'started');
  const copy = path.join(dir, 'copy.yml');
  expect(await window.otherFile(file, start)).toBeUndefined();
  expect(await window.otherFile(copy, start)).toBe(file);
  expect(await window.learn(copy, start, { text: 'new', changedAt: 0 })).toBeUndefined();
  expect(await window.get(file, start)).toEqual(running);
});

test('a file that merely looked like it counts only when it was renamed', async () => {
  const window = newWindow();
  await window.learn(file, start, { text: 'new', changedAt: 0 });
  const renamed = path.join(dir, 'b.yml');
  expect(await window.otherFile(renamed, start)).toBeUndefined();
  rmSync(file);
  expect(await window.otherFile(renamed, start)).toBe(file);
});

test('an old file that took the place of another is as young as that', async () => {
  const old = path.join(dir, 'backup.yml');
  const before = Date.now() - 1_000; // clocks of file systems are coarse
  writeFileSync(old, 'backup');
  utimesSync(old, 0, 0); // as `cp -p`, rsync and archives leave it
  renameSync(old, file);
  expect(await changedAt(file)).toBeGreaterThan(before);
  const link = path.join(dir, 'link.yml');
  symlinkSync(file, link);
  expect(await changedAt(link)).toBeGreaterThanOrEqual(await changedAt(file));
  await expect(changedAt(old)).rejects.toThrow('ENOENT');
});

test('what could not be put in its place leaves nothing behind', async () => {
  await newWindow().keep(file, start, running);
  const folder = path.join(dir, 'running');
  const [name] = readdirSync(folder);
  rmSync(path.join(folder, name!));
  mkdirSync(path.join(folder, name!));
  const window = newWindow();
  await window.keep(file, start, running);
  expect(await window.get(file, start)).toEqual(running);
  expect(readdirSync(folder)).toEqual([name]);
});

test('of two windows one reloads a node; the other may when it is done', async () => {
  const [one, two] = [newWindow(), newWindow()];
  const claims = await Promise.all([one.claim(start), two.claim(start)]);
  expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1);
  expect(await newWindow().claim({ id: 'another', at: 0 })).toBeDefined();
  await claims.find((claim) => claim !== undefined)!();
  expect(await two.claim(start)).toBeDefined();
});

test('the claim of a window that ended in the middle does not last', async () => {
  await newWindow().claim(start);
  const folder = path.join(dir, 'running');
  const claim = path.join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.claim'))!,
  );
  utimesSync(claim, 0, 0);
  expect(await newWindow().claim(start)).toBeDefined();
});

test('texts are for their owner only, and the oldest go', async () => {
  const window = newWindow();
  for (let n = 0; n < 52; n++) await window.keep(file, { id: String(n), at: n }, running);
  const folder = path.join(dir, 'running');
  const names = readdirSync(folder);
  expect(names).toHaveLength(50);
  expect(statSync(path.join(folder, names[0]!)).mode & 0o077).toBe(0);
});
