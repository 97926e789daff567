import { beforeEach, expect, test, vi } from 'vitest';
import * as vscode from 'vscode';
import type { LinkedFiles } from '../../../../client/src/views/reload/linkedFiles.ts';
import { ReloadMarks } from '../../../../client/src/views/reload/marks.ts';
import { editor, EventEmitter } from '../vscode.ts';

beforeEach(() => editor.reset());

test('the daemon is cited at an item as it speaks: what it says is no Markdown', () => {
  const shown: { hoverMessage: vscode.MarkdownString }[] = [];
  const decorated = {
    document: { uri: vscode.Uri.file('/w/foo.yml'), lineCount: 1, lineAt: () => ({ range: new vscode.Range(0, 0, 0, 9) }) },
    setDecorations: (_type: unknown, options: typeof shown) => void shown.push(...options),
  };
  vi.spyOn(vscode.window, 'visibleTextEditors', 'get').mockReturnValue([decorated as unknown as vscode.TextEditor]);
  const at = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
  const items = [{ action: 'tcp-peer', verdict: 'refused', range: at, message: 'unknown TLS config ![](https://e.example/x)' }];
  const files = { get: () => ({ prediction: { items } }), onDidChange: new EventEmitter().event };
  new ReloadMarks(files as unknown as LinkedFiles).dispose();
  const text = shown.map(({ hoverMessage }) => hoverMessage.value);
  expect(text).toEqual(['unknown TLS config \\!\\[\\]\\(https\\:\\/\\/e\\.example\\/x\\)']);
});
