// Builds dist/: the extension, the language server, the linter, the control client as a library, the webview.
// usage: node build.mjs [--debug] [--schema] [--tests]
//   --debug       readable, with source maps; else minified, as the VSIX ships it
//   --schema      only the validators that are generated from schemas/
//   --tests       also what runs inside the extension host: the bundle of tests, and an extension that stands in for another
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';

const root = path.dirname(fileURLToPath(import.meta.url));
const at = (...parts) => path.join(root, ...parts);
const flags = new Set(process.argv.slice(2));
const debug = flags.has('--debug');

/** What validates, without what explains: the generated code carries its schema along. */
function withoutProse(schema) {
  if (Array.isArray(schema) || typeof schema !== 'object' || schema === null) return schema;
  const prose = new Set(
    typeof schema.description === 'string' ? ['title', 'description', 'examples', 'default', 'x-receptor'] : ['x-receptor'],
  );
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => !prose.has(key))
      .map(([key, value]) => [key, withoutProse(value)]),
  );
}

/**
 * The same validator at half the size: how it notes an error is most of its text, and nobody reads where in the schema
 * the keyword stands.
 */
function compact(code) {
  return code
    .replaceAll(
      /const (err\d+) = (\{.*\});\nif\(vErrors === null\)\{\nvErrors = \[\1\];\n\}\nelse \{\nvErrors\.push\(\1\);\n\}\nerrors\+\+;/g,
      '(vErrors ??= []).push($2);errors++;',
    )
    .replaceAll(/schemaPath:"(?:[^"\\]|\\.)*",/g, '');
}

/**
 * Name of each item that a schema of configs knows, and where the schema of its fields stands: items are checked one by
 * one, and a validator of all would look for every name in each of them.
 */
function itemSchemas({ type, items, properties }) {
  if (type === 'array') return Object.keys(items.properties).map((key) => [key, `/items/properties/${key}`]);
  if (properties.node === undefined) return undefined;
  return Object.entries(properties).map(([key, { type }]) => [key, `/properties/${key}${type === 'array' ? '/items' : ''}`]);
}

const exportName = (key) => key.replaceAll('-', '_');

/** Validators are code made here, so that the server compiles no schema when it starts (57-74 ms saved). */
function generateValidators() {
  const out = at('server/src/schema/generated');
  mkdirSync(out, { recursive: true });
  const schemas = readdirSync(at('schemas')).filter((f) => f.endsWith('.schema.json'));
  for (const file of schemas) {
    const schema = withoutProse(JSON.parse(readFileSync(at('schemas', file), 'utf8')));
    const ajv = new Ajv({
      allErrors: true,
      messages: false,
      strict: true,
      strictTypes: false,
      code: { source: true, esm: true, lines: true },
    });
    const name = file.replace('.schema.json', '');
    const items = itemSchemas(schema);
    ajv.addSchema(schema, name);
    const code =
      items === undefined
        ? standaloneCode(ajv, ajv.getSchema(name))
        : `${standaloneCode(ajv, Object.fromEntries(items.map(([key, at]) => [exportName(key), `${name}#${at}`])))}
export default {${items.map(([key]) => `'${key}':${exportName(key)}`).join(',')}};`;
    writeFileSync(path.join(out, `${name}.js`), `// Generated from schemas/${file} by build.mjs.\n${compact(code)}`);
    const type = items === undefined ? 'ValidateFunction' : 'Readonly<Record<string, ValidateFunction>>';
    writeFileSync(
      path.join(out, `${name}.d.ts`),
      `import type { ValidateFunction } from 'ajv';\ndeclare const validate: ${type};\nexport default validate;\n`,
    );
  }
}

/** Licence texts of every package that a bundle contains. */
function writeNotices(metafiles) {
  const packages = new Set();
  for (const meta of metafiles) {
    for (const input of Object.keys(meta.inputs)) {
      const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
      if (found) packages.add(found[1]);
    }
  }
  const notices = [...packages]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((dir) => {
      const { name, version, license } = JSON.parse(readFileSync(at(dir, 'package.json'), 'utf8'));
      const file = readdirSync(at(dir)).find((f) => /^licen[cs]e/i.test(f));
      const text = file ? readFileSync(at(dir, file), 'utf8').trim() : `Licensed under ${license}.`;
      return `${name} ${version}\n${'-'.repeat(72)}\n${text}\n`;
    });
  writeFileSync(
    at('dist/ThirdPartyNotices.txt'),
    `Receptor Mesh contains code of the packages below, each under its own licence.\n\n${notices.join('\n\n')}`,
  );
}

/** A module whose exports are read from `file` when they are first used; later uses find them as they are. */
const lazily = (file, names) =>
  names
    .map(
      (name) => `
let ${name}_;
Object.defineProperty(exports, '${name}', { enumerable: true, get: () => (${name}_ ??= require(${JSON.stringify(file)}).${name}) });`,
    )
    .join('');

/** What our own sources use of Node's crypto. */
const usedOfCrypto = () =>
  readdirSync(at('server/src'), { recursive: true })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => Array.from(readFileSync(at('server/src', file), 'utf8').matchAll(/^import \{([^}]*)\} from 'node:crypto'/gm)))
    .flatMap(([, names]) => names.split(',').map((name) => name.trim()));

/**
 * What the server and the linter load when they first need it: the schemas and validators, from one file beside them, nearly
 * all of the server from another, Node's crypto, which no config without certificates needs, and what only `memory.ts` wants
 * of V8: less to do before `initialize` is answered, and 3 MB less.
 */
const loadedLater = {
  name: 'loaded-later',
  setup({ onResolve, onLoad }) {
    const schemas = at('server/src/schema/schemas.ts');
    const contents = {
      v8: lazily('node:v8', ['setFlagsFromString']),
      vm: lazily('node:vm', ['runInNewContext']),
      session: lazily('./session.js', ['Session']),
      crypto: lazily('node:crypto', [...new Set([...usedOfCrypto(), 'randomBytes', 'randomUUID'])]), // the latter for our libraries
      schemas: lazily(
        './schemas.js',
        [...readFileSync(schemas, 'utf8').matchAll(/(?:default|definitions) as (\w+)/g)].map((m) => m[1]),
      ),
    };
    const later = (name) => ({ path: name, namespace: 'later' });
    onResolve({ filter: /\/schemas\.ts$/ }, ({ path: name, resolveDir }) =>
      path.resolve(resolveDir, name) === schemas ? later('schemas') : undefined,
    );
    onResolve({ filter: /^\.\/session\.ts$/ }, () => later('session'));
    onResolve({ filter: /^(?:node:)?(?:crypto|v8|vm)$/, namespace: 'file' }, ({ path: name }) => later(name.replace('node:', '')));
    onResolve({ filter: /./, namespace: 'later' }, ({ path: name }) => ({ path: name, external: true }));
    onLoad({ filter: /./, namespace: 'later' }, ({ path: name }) => ({ contents: contents[name] }));
  },
};

/** What vscode-jsonrpc has and nobody uses here: a class for each number of parameters, and ways to connect. */
const unused = '(?:(?:Request|Notification)Type\\d|PortMessage\\w+|create(?:Client|Server)\\w+Transport|generateRandomPipeName)';

/**
 * vscode-jsonrpc a sixth smaller: without what is unused, and without how its modules name their exports once more before they
 * have them, and hand on those of others by a getter each, though nothing in it imports in circles.
 */
const plainExports = {
  name: 'plain-exports',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]vscode-jsonrpc[\\/]lib[\\/].*\.js$/ }, ({ path: file }) => ({
      contents: readFileSync(file, 'utf8')
        .replaceAll(/^exports\.\w+ = (?:exports\.\w+ = )*void 0;$/gm, '')
        .replaceAll(
          /^Object\.defineProperty\(exports, "(\w+)", \{ enumerable: true, get: function \(\) \{ return (\w+\.\w+); \} \}\);$/gm,
          'exports.$1 = $2;',
        )
        .replaceAll(new RegExp(`^exports\\.${unused} = .*;$`, 'gm'), '')
        .replaceAll(new RegExp(`^(?:class|function) ${unused}\\b[^]*?^\\}$`, 'gm'), ''),
    }));
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  outdir: 'dist',
  sourcemap: debug ? 'linked' : false,
  minify: !debug,
  legalComments: 'none', // dist/ThirdPartyNotices.txt has them all
  mainFields: ['module', 'main'],
  logLevel: 'warning',
  metafile: true,
};

generateValidators();
if (!flags.has('--schema')) {
  rmSync(at('dist'), { recursive: true, force: true });
  const node = {
    extension: 'client/src/extension.ts',
    server: 'server/src/main.ts',
    session: 'server/src/protocol/session.ts',
    lint: 'server/src/lint.ts',
    control: 'client/src/control/index.ts',
    schemas: 'server/src/schema/schemas.ts',
  };
  const programs = new Set(['server', 'lint']);
  const later = new Set([...programs, 'session']);
  const results = await Promise.all([
    ...Object.entries(node).map(([name, file]) =>
      build({
        ...common,
        entryPoints: { [name]: file },
        external: ['vscode'],
        ...(programs.has(name) ? { banner: { js: '#!/usr/bin/env node' } } : {}),
        ...(later.has(name) ? { plugins: [loadedLater, plainExports] } : {}),
      }),
    ),
    build({
      ...common,
      platform: 'browser',
      target: 'chrome128',
      format: 'iife',
      entryPoints: { topology: 'client/src/topology/webview/main.ts' },
    }),
  ]);
  writeNotices(results.map((r) => r.metafile));
  const types = spawnSync(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.control.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (types.status !== 0) process.exit(types.status ?? 1);
  writeFileSync(at('dist/control.d.ts'), "export * from './control/index.js';\n");
  for (const { metafile } of results) {
    for (const [file, { bytes }] of Object.entries(metafile.outputs))
      if (!file.endsWith('.map')) console.log(`${file}  ${(bytes / 1024).toFixed(0)} KB`);
  }
}
if (flags.has('--tests')) {
  rmSync(at('dist-test'), { recursive: true, force: true });
  await build({
    ...common,
    minify: false,
    sourcemap: 'inline',
    outdir: 'dist-test',
    entryPoints: { index: 'test/host/index.ts', suite: 'test/host/suite.ts' },
    external: ['vscode', 'mocha', './suite.js'],
  });
  // An extension that stands in for another in the host tests.
  await build({
    ...common,
    sourcemap: false,
    outdir: 'dist-test/vscode-yaml',
    entryPoints: { extension: 'test/host/vscode-yaml/extension.ts' },
    external: ['vscode'],
  });
  copyFileSync(at('test/host/vscode-yaml/package.json'), at('dist-test/vscode-yaml/package.json'));
}
