import { beforeEach, describe, expect, test, vi } from 'vitest';
import * as vscode from 'vscode';
import { Language } from '../../../client/src/language/language.ts';
import { eventually, testApp } from '../views/app.ts';
import { editor, EventEmitter } from '../views/vscode.ts';

const added = new EventEmitter<void>();
const server = { givenUp: false, start: vi.fn(), restart: vi.fn(), dispose: vi.fn(), request: vi.fn() };
const knows = vi.fn<() => boolean | undefined>();

vi.mock('../../../client/src/language/server.ts', () => ({
  LanguageServer: vi.fn(function serverOf() {
    return server;
  }),
}));
vi.mock('../../../client/src/language/documents.ts', () => ({
  ReceptorDocuments: class {
    onDidAdd = added.event;
    knows = knows;
    begin = vi.fn();
    dispose = vi.fn();
  },
}));
vi.mock('../../../client/src/language/status.ts', () => ({ ReceptorStatus: vi.fn(), chooseLanguage: vi.fn() }));
vi.mock('../../../client/src/language/enterRules.ts', () => ({ registerEnterRules: () => ({ dispose: vi.fn() }) }));

describe('a language server that does not start', () => {
  let language: Language;

  beforeEach(() => {
    editor.reset();
    added.dispose();
    const { app } = testApp();
    language = new Language(app.context, app.log);
    server.start.mockRejectedValue(new Error('no'));
    server.restart.mockRejectedValue(new Error('no'));
  });
  const begun = async (): Promise<void> => {
    added.fire();
    await eventually(() => expect(server.start).toHaveBeenCalled());
    await new Promise((resolve) => setTimeout(resolve)); // what follows the rejection
  };

  test('is told, with the way out', async () => {
    server.givenUp = false;
    await begun();
    await eventually(() => expect(editor.messages).toMatchObject([{ kind: 'error', buttons: ['Restart', 'Open Log'] }]));
    await expect(language.restart()).rejects.toThrow('no');
  });

  test('is not told again when it was given up, which it told itself', async () => {
    server.givenUp = true;
    await begun();
    await language.restart();
    expect(editor.messages).toEqual([]);
  });
});

test.each([true, undefined, false])('a summary is asked for where the file may be a config: %s', async (known) => {
  editor.reset();
  const { app } = testApp();
  const language = new Language(app.context, app.log);
  server.start.mockResolvedValue(undefined);
  server.request.mockReset().mockResolvedValue({ nodeId: 'a' });
  knows.mockReturnValue(known);
  const uri = vscode.Uri.file('/w/foo.yml');
  expect(await language.summary(uri)).toEqual(known === false ? null : { nodeId: 'a' });
  const asked = [['receptor/summary', { uri: uri.toString(), isConfig: known ?? false }, undefined]];
  expect(server.request.mock.calls).toEqual(known === false ? [] : asked);
});
