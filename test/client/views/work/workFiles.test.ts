import type * as vscode from 'vscode';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { expect, test } from 'vitest';
import { editsFor, WorkFiles } from '../../../../client/src/views/work/workFiles.ts';
import type { Fix } from '../../../../client/src/work/checks.ts';
import { readWorkFile } from '../../../../client/src/work/workFile.ts';
import { eventually, testApp } from '../app.ts';
import { editor } from '../vscode.ts';

/** What an editor shows of the text, as far as edits look at it. */
function documentOf(text: string): TextDocument & vscode.TextDocument {
  const document = TextDocument.create('file:///x.receptor-work.yml', 'yaml', 1, text);
  const lineAt = ({ line }: vscode.Position): object => {
    const content = text.split('\n')[line] ?? '';
    return {
      text: content,
      firstNonWhitespaceCharacterIndex: content.search(/\S|$/),
      range: { start: { line, character: 0 }, end: { line, character: content.length } },
      rangeIncludingLineBreak: { start: { line, character: 0 }, end: { line: line + 1, character: 0 } },
    };
  };
  return Object.assign(document, { lineAt }) as unknown as TextDocument & vscode.TextDocument;
}

/** The text as a fix leaves it; undefined when the fix is not offered. */
function mended(text: string, fix: Fix): string | undefined {
  const document = documentOf(text);
  const edits = editsFor(document, readWorkFile(text).entries[0]!, fix);
  return edits === undefined ? undefined : TextDocument.applyEdits(document, edits);
}

const remove: Fix = { title: 'Remove ttl', change: { ttl: undefined } };
const sign: Fix = { title: 'Sign the Work', change: { signWork: true } };
const use = (workType: string): Fix => ({ title: `Use ${workType}`, change: { workType } });
const set: Fix = { title: 'Set ttl to 1h', change: { ttl: '1h' } };

test.each<[string, Fix, string]>([
  ['worktype: cat\nttl: 10m # long\npayload: hello\n', remove, 'worktype: cat\npayload: hello\n'],
  ['worktype: cat\n"ttl" : "10m"\npayload: hello\n', remove, 'worktype: cat\npayload: hello\n'],
  ['worktype: cat\npayload: hello\n', sign, 'worktype: cat\nsignwork: true\npayload: hello\n'],
  ['{ worktype: cat, ttl: x, payload: hello }\n', set, '{ worktype: cat, ttl: 1h, payload: hello }\n'],
  ['worktype: cat\nttl: !!str &ten "10"\n', set, 'worktype: cat\nttl: !!str &ten 1h\n'],
  ['worktype: ct\n', use('cat #1'), 'worktype: "cat #1"\n'],
  ['worktype: ct\n', use('c: t'), 'worktype: "c: t"\n'],
  ["{ worktype: 'ct', node: x }\n", use('c,t'), '{ worktype: "c,t", node: x }\n'],
  ['worktype: ct\n', use('ca\nt'), 'worktype: "ca\\nt"\n'],
])('%j is mended', (text, fix, expected) => expect(mended(text, fix)).toBe(expected));

test.each<[string, Fix]>([
  ['{ worktype: cat, ttl: 10m, payload: hello }\n', remove],
  ['{ worktype: cat, payload: hello }\n', sign],
  ['{\n  "worktype": "cat",\n  "ttl": "10m"\n}\n', remove],
  ['{\n  "ttl": "10m",\n  "worktype": "cat"\n}\n', sign],
  ['worktype: cat\nttl: >-\n  10m\npayload: hello\n', remove],
  ['name: &ten 10m\nworktype: cat\nttl: *ten\n', remove],
  ['name: &ten 10\nworktype: cat\nttl: *ten\n', set],
  ['worktype: cat\nttl: >-\n  10\npayload: hello\n', set],
])('%j is left as it is: more stands on the line', (text, fix) => expect(mended(text, fix)).toBeUndefined());

test('what is wrong with a work file is said of the file, and not once more of the commit that a diff shows beside it', async () => {
  editor.reset();
  for (const [scheme, fsPath] of [
    ['git', '/w/committed.receptor-work.yml'],
    ['file', '/w/a.receptor-work.yml'],
  ]) {
    const uri = { scheme, fsPath, path: fsPath, toString: () => `${scheme}:${fsPath}` };
    const text = documentOf('node: bar\n');
    editor.documents.push({ uri, version: 1, getText: () => text.getText(), positionAt: (offset: number) => text.positionAt(offset) });
  }
  const files = new WorkFiles(testApp().app.connections);
  await eventually(() => expect([...editor.diagnostics.keys()]).toContain('/w/a.receptor-work.yml'));
  expect([...editor.diagnostics.keys()]).toEqual(['/w/a.receptor-work.yml']);
  files.dispose();
});
