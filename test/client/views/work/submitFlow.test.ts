import { expect, test } from 'vitest';
import type * as vscode from 'vscode';
import { selectionOf } from '../../../../client/src/views/work/submitFlow.ts';

test('several selections are sent in the order in which they stand, however they were made', () => {
  const lines = ['one', 'two', 'three'];
  const selectionAt = (line: number, isEmpty = false): object => ({
    isEmpty,
    start: { line, compareTo: (other: { line: number }) => line - other.line },
  });
  const editor = {
    selections: [selectionAt(2), selectionAt(1, true), selectionAt(0)],
    document: { eol: 1, uri: { path: '/a/b.txt' }, getText: ({ start }: { start: { line: number } }) => lines[start.line] },
  } as unknown as vscode.TextEditor;
  expect(selectionOf(editor)).toEqual({ kind: 'text', text: 'one\nthree', label: 'selection of b.txt' });
});
