/** "Reload Node", with stand-ins for VS Code and the views around it: what is remembered, and what is told. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Baselines, type NodeStart } from '../../../client/src/reload/baseline.ts';
import type { Connection } from '../../../client/src/views/connection.ts';
import type { LinkedFiles } from '../../../client/src/views/reload/linkedFiles.ts';
import type { Nodes } from '../../../client/src/views/nodes/nodes.ts';
import type { Notices } from '../../../client/src/views/notify.ts';

let cancelled = true;
const quiet = { dispose: () => undefined };
vi.mock('vscode', () => ({
  languages: { createDiagnosticCollection: () => ({ delete: vi.fn(), set: vi.fn(), ...quiet }) },
  workspace: {
    onDidChangeTextDocument: () => quiet,
    textDocuments: [],
    fs: { readFile: (uri: { fsPath: string }) => readFile(uri.fsPath) },
  },
  window: {
    // Somebody cancels at once: links that do not come back are not waited for.
    withProgress: (_: unknown, work: (progress: object, token: object) => unknown) =>
      work({ report: () => undefined }, { isCancellationRequested: cancelled, onCancellationRequested: () => quiet }),
  },
  ProgressLocation: {},
  Disposable: { from: () => quiet },
}));
const { Reloader } = await import('../../../client/src/views/reload/reloader.ts');

let dir: string;
let file: string;
let baselines: Baselines;
const start: NodeStart = { id: '1:1000', at: 1_000_000 };
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'reloader-'));
  file = path.join(dir, 'foo.yml');
  writeFileSync(file, 'saved');
  baselines = new Baselines(path.join(dir, 'running'));
});
afterEach(() => {
  cancelled = true;
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true, force: true });
});

/** Reloads the node of a connection, to which the daemon says `reply`; tells what was told. */
async function reloadNode(
  reply: { Success: boolean; Error?: string },
  known = true,
  reads: (text: string) => void = () => undefined,
): Promise<string[]> {
  const told: string[] = [];
  const notices = {
    settled: (cause: string) => told.push(`settled ${cause}`),
    warning: (cause: string, text: string) => told.push(`warning ${cause}: ${text}`),
    information: (text: string) => told.push(text),
  };
  const refresh = vi.fn();
  const uri = { fsPath: file, toString: () => file };
  const files = {
    baselines,
    refresh,
    readBy: () => (known ? Promise.resolve({ uri, start, file: undefined }) : Promise.reject(new Error('no server'))),
  };
  const link = { Connections: [{ NodeID: 'bar', Cost: 1 }], RoutingTable: { bar: 'bar' } };
  const control = {
    nodeId: 'foo',
    reload: () => {
      reads(readFileSync(file, 'utf8'));
      return Promise.resolve(reply);
    },
    // The link is gone after the first look.
    status: vi.fn(() => Promise.resolve({})).mockResolvedValueOnce(link),
  };
  const connection = {
    name: 'foo',
    nodeId: 'foo',
    profile: { address: `unix:${dir}/foo.sock` },
    use: (work: (control: unknown) => unknown) => work(control),
  };
  const reloader = new Reloader(files as unknown as LinkedFiles, {} as Nodes, notices as unknown as Notices);
  await reloader.reloadConnection(connection as unknown as Connection);
  return told;
}

describe('the command for a connection', () => {
  const refused = { Success: false, Error: 'unknown TLS config x ERRORCODE 4' };

  test('remembers that the links went in a late refusal, and what the node runs', async () => {
    await baselines.keep(file, start, { text: 'old', linksDown: false });
    const told = await reloadNode(refused);
    expect(await baselines.get(file, start)).toEqual({ text: 'old', linksDown: true });
    // However lately the same was told, it is told again.
    expect(told).toEqual(['settled reload foo', expect.stringContaining('warning reload foo: foo refused the reload after')]);
  });

  test('works for a node whose config nobody knows', async () => {
    expect(await reloadNode(refused, false)).toHaveLength(2);
    expect(await baselines.get(file, start)).toBeUndefined();
  });

  test('waits for whoever has just emptied the file to write it', async () => {
    writeFileSync(file, '');
    setTimeout(() => writeFileSync(file, 'written'), 30);
    const read: string[] = [];
    await reloadNode({ Success: true }, true, (text) => read.push(text));
    expect(read).toEqual(['written']);
    expect(await baselines.get(file, start)).toEqual({ text: 'written', linksDown: false });
  });

  test('says that links were not waited for when that was cancelled', async () => {
    expect(await reloadNode({ Success: true })).toEqual(['foo was reloaded; its links were not waited for. bar was not back yet.']);
  });

  test('remembers what the node read, and tells each time that its links stay away', async () => {
    cancelled = false;
    vi.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(AbortSignal.abort()); // the time for links to come back is over
    const told = await reloadNode({ Success: true });
    expect(await baselines.get(file, start)).toEqual({ text: 'saved', linksDown: false });
    expect(told).toEqual([
      'settled links of foo',
      expect.stringContaining('warning links of foo: foo was reloaded, but bar did not come back'),
    ]);
  });
});
