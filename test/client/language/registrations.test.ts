import type * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { expect, test } from 'vitest';
import { Registrations } from '../../../client/src/language/registrations.ts';

/** The pattern of the selector that a document is registered with. */
function patternOf(uri: object): string | undefined {
  const patterns: (string | undefined)[] = [];
  const register = (data: { registerOptions: { documentSelector: { pattern?: string }[] } }): void =>
    void patterns.push(data.registerOptions.documentSelector[0]?.pattern);
  const client = { getFeature: () => ({ register }) } as unknown as LanguageClient;
  const document = { uri } as vscode.TextDocument;
  new Registrations(client, () => [document]).initialize({ textDocumentSync: 2, hoverProvider: true });
  const [first] = patterns;
  expect(new Set(patterns)).toEqual(new Set([first]));
  return first;
}

// VS Code compares a pattern with `fsPath`, as the system of the window writes it. A slash stands for a backslash, too.
const globOf = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replaceAll(/\[(.)\]|[\\.]/g, (c, held: string) => `\\${held ?? c}`).replaceAll('/', '[/\\\\]')}$`);

test.each([
  ['on Linux', '/w/a/receptor.conf', '/w/a/receptor.conf', '/w/a/receptor.conf'],
  ['on Linux, in a window on Windows', '/w/[a]/receptor.conf', '/w/[a]/receptor.conf', '\\w\\[a]\\receptor.conf'],
  ['on Windows', '/c:/w/a/receptor.conf', 'c:\\w\\a\\receptor.conf', 'c:\\w\\a\\receptor.conf'],
  ['on Windows, in a window elsewhere', '/c:/w/a/receptor.conf', 'c:\\w\\a\\receptor.conf', 'c:/w/a/receptor.conf'],
  ['of another host', '/share/receptor.conf', '\\\\server\\share\\receptor.conf', '\\\\server\\share\\receptor.conf'],
  ['with characters of globs', '/w/[a]{1}*?.yml', '/w/[a]{1}*?.yml', '/w/[a]{1}*?.yml'],
])('a config %s has the features', (_where, path, fsPath, inWindow) => {
  const pattern = patternOf({ scheme: 'file', path, fsPath, toString: () => `file://${path}` });
  expect(inWindow).toMatch(globOf(pattern ?? ''));
  expect(pattern?.replaceAll(/\[.\]/g, '')).not.toMatch(/[[\]{}*?\\]/);
});
