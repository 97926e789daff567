import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as vscode from 'vscode';
import { LinkedFiles, type LinkDeps } from '../../../../client/src/views/reload/linkedFiles.ts';
import { testApp } from '../app.ts';
import { editor, EventEmitter } from '../vscode.ts';

const uri = vscode.Uri.file('/w/foo.yml');
const document = { uri } as vscode.TextDocument;

describe('the node of an open config', () => {
  const added = new EventEmitter<vscode.TextDocument>();
  const removed = new EventEmitter<vscode.TextDocument>();
  const ours = new Set<string>();
  let files: LinkedFiles;
  let told: unknown[];
  let summary: () => Promise<object | null>;

  beforeEach(() => {
    vi.useFakeTimers();
    editor.reset();
    summary = async () => ({ format: 'v1', nodeId: 'foo', controlServices: [], tlsClients: [], templated: false });
    const { app } = testApp();
    const documents = {
      onDidAdd: added.event,
      onDidRemove: removed.event,
      all: [],
      has: (asked: vscode.Uri) => ours.has(asked.toString()),
    };
    files = new LinkedFiles({
      context: { ...app.context, globalStorageUri: vscode.Uri.file('/none') },
      connections: app.connections,
      language: { documents, summary: () => summary() },
      nodes: { get: () => undefined, onDidChange: new EventEmitter().event },
    } as unknown as LinkDeps);
    told = [];
    files.onDidChange((file) => told.push(file?.link));
    ours.add(uri.toString());
    added.fire(document);
  });
  afterEach(() => {
    files.dispose();
    ours.clear();
    for (const event of [added, removed]) event.dispose();
    vi.useRealTimers();
  });
  const remove = (): void => {
    ours.clear();
    removed.fire(document);
  };

  test('is known, and forgotten with the file, which is told', async () => {
    await vi.advanceTimersByTimeAsync(1000);
    expect(files.get(uri)?.link).toBe('unknown');
    remove();
    expect(files.get(uri)).toBeUndefined();
    expect(told).toEqual(['unknown', undefined]);
  });

  test('stays forgotten when it was being looked at as the file was closed or found to be no config', async () => {
    let answer = (_summary: object | null): void => undefined;
    const late = await summary();
    summary = () => new Promise((resolve) => (answer = resolve));
    await vi.advanceTimersByTimeAsync(1000);
    remove();
    answer(late);
    await vi.advanceTimersByTimeAsync(1000);
    expect(files.get(uri)).toBeUndefined();
    expect(told.at(-1)).toBeUndefined();
  });
});
