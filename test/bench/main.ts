// Measures beside the programs that people use today, in the same run, since machines differ.
// usage: npm run bench [-- PART...]   parts: lsp, control, mesh, work, topology; all when none is named
import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from '../harness/paths.ts';

/** Each part exports `run(): Promise<boolean>`: true when every threshold holds. */
const parts = ['lsp', 'control', 'mesh', 'work', 'topology'].filter((name) => existsSync(path.join(root, 'test/bench', `${name}.ts`)));
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !parts.includes(name));
if (unknown.length > 0) {
  console.error(`no such part: ${unknown.join(', ')}; there are ${parts.join(', ')}`);
  process.exit(2);
}

async function main(): Promise<void> {
  for (const name of asked.length === 0 ? parts : asked) {
    const part = (await import(`./${name}.ts`)) as { run(): Promise<boolean> };
    console.log(`\n## ${name}\n`);
    if (!(await part.run())) process.exitCode = 1;
  }
}

void main();
