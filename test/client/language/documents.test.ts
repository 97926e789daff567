import { beforeEach, expect, test } from 'vitest';
import * as vscode from 'vscode';
import { ReceptorDocuments } from '../../../client/src/language/documents.ts';
import { memento } from '../views/app.ts';
import { editor } from '../views/vscode.ts';

const config = '- node: {id: a}\n- tcp-listener: {port: 2222}\n';
const compose = 'services:\n  web: {image: nginx}\n';
let documents: ReceptorDocuments;

beforeEach(() => {
  editor.reset();
  documents = new ReceptorDocuments(memento());
});
const uriOf = (name: string): vscode.Uri => vscode.Uri.file(`/w/${name}`);
function open(name: string, text: string, languageId = 'yaml'): vscode.TextDocument {
  const document = { uri: uriOf(name), languageId, getText: () => text } as vscode.TextDocument;
  editor.documents.push(document);
  documents.begin();
  return document;
}

test('an open config is known, any other file by its name, and of the rest the content tells', () => {
  open('foo.yml', config);
  open('docker-compose.yml', compose);
  open('notes.conf', config, 'plaintext');
  const known = ['foo.yml', 'docker-compose.yml', 'notes.conf', 'closed.yml', 'receptor.conf'].map((name) => documents.knows(uriOf(name)));
  expect(known).toEqual([true, undefined, undefined, undefined, true]);
});

test('the word of the user stands, also when the file is closed', async () => {
  await documents.choose(open('docker-compose.yml', compose), 'receptor');
  await documents.choose(open('receptor.conf', config), 'other');
  const known = (): unknown[] => ['docker-compose.yml', 'receptor.conf'].map((name) => documents.knows(uriOf(name)));
  expect(known()).toEqual([true, false]);
  editor.documents.length = 0;
  expect(known()).toEqual([true, false]);
});
