import { beforeEach, expect, test, vi } from 'vitest';
import * as vscode from 'vscode';
import { findReceptorFiles } from '../../../client/src/language/files.ts';
import { editor } from '../views/vscode.ts';

beforeEach(() => editor.reset());

/** As much of VS Code's globs as is used: of the names of files. */
const expressionOf = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .replace('**/', '')
      .replaceAll('.', '\\.')
      .replaceAll('*', '.*')
      .replaceAll(/\{([^}]*)\}/g, (_braces, names: string) => `(?:${names.replaceAll(',', '|')})`)}$`,
  );

test('among more YAML than is looked at, those are found that are configs by their names', async () => {
  const playbooks = Array.from({ length: 2000 }, (_, at) => `/w/playbooks/${at}.yml`);
  const configs = ['/w/z/hop-receptor.conf', '/w/z/receptor.conf', '/w/z/x.receptor.yml'];
  const all = [...playbooks, ...configs, '/w/z/receptor.conf.j2'];
  vi.spyOn(vscode.workspace, 'findFiles').mockImplementation(async (glob, _exclude, most) =>
    all
      .filter((name) => expressionOf(glob as string).test(name.split('/').at(-1)!))
      .slice(0, most)
      .map((name) => vscode.Uri.file(name)),
  );
  expect((await findReceptorFiles()).map(({ path }) => path)).toEqual(configs.toSorted());
});
