// The shape that docs/mesh.md gives other extensions to copy is the one that they get.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../harness/paths.ts';

/** Members of an interface, comments aside. */
function membersOf(file: string, name: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8').replaceAll(/\/\*\*[^]*?\*\//g, '');
  const body = new RegExp(`interface ${name}\\b[^{]*\\{\\n([^]*?)\\n\\}`).exec(text)?.[1] ?? '';
  return body.split('\n').flatMap((line) => /^ {2}(?:readonly )?(\w+)/.exec(line)?.[1] ?? []);
}

test.each(['ApiConnection', 'ReceptorMeshApi'])('docs/mesh.md has %s as it is', (name) => {
  const told = membersOf('docs/mesh.md', name);
  expect(told).not.toEqual([]);
  expect(told).toEqual(membersOf('client/src/api.ts', name));
});
