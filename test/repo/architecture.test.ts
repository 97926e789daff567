// The table of docs/architecture.md, held against every import in the sources.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../harness/paths.ts';

interface Room {
  /** A folder, or files of `client/src`. */
  name: string;
  paths: string[];
  mayImport: string;
  vscode: boolean;
}

const codeSpans = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map((found) => found[1]!);

/** Rows of the table under "Rooms". */
function readRooms(): Room[] {
  const page = readFileSync(path.join(root, 'docs/architecture.md'), 'utf8');
  const rows = page
    .split('## Rooms')[1]!
    .split('\n')
    .filter((row) => row.startsWith('| `'));
  return rows.map((row) => {
    const [room = '', is = '', mayImport = ''] = row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    const [first = '', ...others] = codeSpans(room);
    return {
      name: first,
      paths: [first, ...others.map((file) => path.join(path.dirname(first), file))],
      mayImport,
      vscode: first.startsWith('client/') && !is.includes('No `vscode`'),
    };
  });
}

const rooms = readRooms();
const roomOf = (file: string): Room | undefined => rooms.find(({ paths }) => paths.some((at) => file === at || file.startsWith(`${at}/`)));
const half = (name: string): string => name.split('/')[0]!;

/** What a cell of the last column says: rooms of the same half by their short name, or a path. */
function allows(room: Room, target: string): boolean {
  const other = roomOf(target);
  if (other === room) return true;
  const words = room.mayImport.replaceAll(/`[^`]*`/g, '');
  const above = rooms.slice(0, rooms.indexOf(room));
  if (words.includes('the rooms above') && other !== undefined && half(other.name) === half(room.name) && above.includes(other))
    return true;
  return codeSpans(room.mayImport).some((span) => {
    if (span.endsWith('/')) return target.startsWith(span) || `${target}/`.startsWith(span);
    const named = span.includes('/') ? span : path.join(path.dirname(room.name), span);
    return target === `${named}.ts` || target === named || target.startsWith(`${named}/`);
  });
}

interface Import {
  file: string;
  /** A path from the root for our own files, else the name of a package. */
  target: string;
}

/** Import and export declarations, `import()` and `require()`; comments are taken out first. */
function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(root, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const found = text.matchAll(/\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]/gm);
  return [...found].map(([, from, bare, dynamic]) => {
    const name = (from ?? bare ?? dynamic)!;
    return { file, target: name.startsWith('.') ? path.normalize(path.join(path.dirname(file), name)) : name };
  });
}

const sources = ['client/src', 'server/src']
  .flatMap((folder) => readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => path.join(folder, file)))
  .filter((file) => file.endsWith('.ts') && !file.includes('/generated/'));
const imports = sources.flatMap(importsOf);
const isOwn = ({ target }: Import): boolean => /^(?:client|server|test|schemas)\//.test(target);
const show = ({ file, target }: Import): string => `${file} imports ${target}`;

describe('the rooms of docs/architecture.md', () => {
  test('are found in the table, and imports in the sources', () => {
    expect(rooms.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['server/src/yaml', 'server/src/rules', 'client/src/control', 'client/src/views']),
    );
    expect(rooms.filter(({ vscode }) => !vscode).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['client/src/control', 'client/src/mesh', 'server/src/rules']),
    );
    expect(imports.length).toBeGreaterThan(100);
  });

  test('hold every source file; only the entry points of the server stand beside them', () => {
    const entries = new Set(['server/src/main.ts', 'server/src/lint.ts']);
    expect(sources.filter((file) => roomOf(file) === undefined && !entries.has(file))).toEqual([]);
  });

  test('import only what the table allows', () => {
    const crossing = imports.filter((one) => isOwn(one) && !one.target.startsWith('schemas/') && roomOf(one.file) !== undefined);
    expect(crossing.filter(({ file, target }) => !allows(roomOf(file)!, target)).map(show)).toEqual([]);
  });

  test('import vscode only where the table does not forbid it', () => {
    const wrong = imports.filter(({ file, target }) => target === 'vscode' && roomOf(file)?.vscode !== true);
    expect(wrong.map(show)).toEqual([]);
  });

  test('the webview is browser code', () => {
    const webview = imports.filter(({ file }) => file.startsWith('client/src/topology/webview/'));
    expect(webview.filter(({ target }) => target === 'vscode' || target.startsWith('node:')).map(show)).toEqual([]);
  });

  test('only the protocol speaks LSP over a connection, only the language room has a client', () => {
    const server = imports.filter(
      ({ file, target }) => target.startsWith('vscode-languageserver/') && !/^server\/src\/(?:protocol\/|main\.ts)/.test(file),
    );
    const client = imports.filter(
      ({ file, target }) => target.startsWith('vscode-languageclient') && !file.startsWith('client/src/language/'),
    );
    expect([...server, ...client].map(show)).toEqual([]);
  });

  test('schemas are read in one room, and nothing shipped imports a test', () => {
    expect(imports.filter(({ file, target }) => target.startsWith('schemas/') && !file.startsWith('server/src/schema/')).map(show)).toEqual(
      [],
    );
    expect(imports.filter(({ target }) => target.startsWith('test/')).map(show)).toEqual([]);
  });
});
