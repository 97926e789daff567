import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMesh } from '../harness/mesh.ts';
import type { Mesh } from '../harness/mesh.ts';
import { root } from '../harness/paths.ts';
import { hasReceptor, newestReceptor } from '../harness/receptor.ts';

const page = readFileSync(path.join(root, 'docs/control-client.md'), 'utf8');
const examples = [...page.matchAll(/^```js\n([^]*?)^```$/gm)].map(([, code]) => code!);

/** What each example of the page writes, in their order. */
const written: (string | RegExp)[][] = [
  ['connected to foo', "[ 'bar' ]"],
  ['foo string', /^reply from bar in \S+$/, '0 foo', '1 bar', "{ Error: 'no route to node', Success: false }", "{ NodeID: 'foo' }"],
  ['Succeeded true'],
  ['hello world'],
  ['bar true', 'foo', 'Receptor Control, node bar'],
  [
    'absent-socket - true',
    'refused - true',
    'invalid-address - true',
    'command-refused - unknown work unit nosuch',
    'aborted - AbortError',
  ],
];

describe.skipIf(!hasReceptor(newestReceptor))('docs/control-client.md', () => {
  let mesh: Mesh;
  let library: string;
  beforeAll(async () => {
    const cat = '- work-command: {worktype: cat, command: cat}';
    mesh = await startMesh({
      'foo.yml': `- node: {id: foo}\n- log-level: {level: debug}\n- tcp-listener: {port: 2222}\n- control-service: {service: control, filename: /tmp/foo.sock}\n${cat}`,
      'bar.yml': `- node: {id: bar}\n- log-level: {level: debug}\n- tcp-peer: {address: 'localhost:2222'}\n- control-service: {service: control}\n${cat}`,
    });
    library = path.join(mesh.dir, 'control.cjs');
    await build({
      entryPoints: [path.join(root, 'client/src/control/index.ts')],
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      outfile: library,
    });
  });
  afterAll(async () => mesh?.stop());

  it('has an example for each of the outputs below', () => expect(examples.length).toBe(written.length));

  it.each(examples.map((code, i) => [i, code] as const))('example %i writes what it should', async (i, code) => {
    const lines: string[] = [];
    const { inspect } = await import('node:util');
    const console = { log: (...values: unknown[]) => lines.push(values.map((v) => (typeof v === 'string' ? v : inspect(v))).join(' ')) };
    const real = createRequire(import.meta.url);
    const require = (name: string): unknown => real(name === './dist/control.js' ? library : name);
    const moved = code.replaceAll('/tmp/foo.sock', mesh.node('foo').socket).replaceAll('/tmp/foo.out', path.join(mesh.dir, 'foo.out'));
    const AsyncFunction = (async () => {}).constructor as new (...args: string[]) => (require: unknown, console: unknown) => Promise<void>;
    await new AsyncFunction('require', 'console', moved)(require, console);
    expect(lines).toEqual(written[i]!.map((line) => (typeof line === 'string' ? line : (expect.stringMatching(line) as string))));
  });
});
