// A real VS Code from npm: code-server's copy of the server and the workbench, without the rest of code-server.
// Installed once per lock file into the cache, in about 12 s, without a compiler.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheDir, root } from '../paths.ts';

/** `latest` runs on a Node of its own; `min` is the oldest that `engines.vscode` allows and runs on ours. */
export type Flavour = 'latest' | 'min';
export const flavours: readonly Flavour[] = ['min', 'latest'];

export interface Host {
  flavour: Flavour;
  /** The Node that runs the server, its extension host and the language servers in it. */
  node: string;
  serverMain: string;
  builtinExtensions: string;
}

/** No VS Code of that flavour can be had here; the message says why. */
export class NoHostError extends Error {
  override name = 'NoHostError';
}

const here = path.join(root, 'test/harness/vscode-host');

/** What a plain editing session needs: themes, icons, the grammars of what lies beside configs. Everything else is dropped. */
const builtinExtensions = [
  'configuration-editing',
  'ini', // gives *.conf the language "properties", as in a real VS Code
  'json',
  'json-language-features',
  'log',
  'markdown-basics',
  'shellscript',
  'theme-defaults',
  'theme-seti',
  'yaml',
];

/** Changes whenever anything that shapes the installed host does. */
function fingerprint(flavour: Flavour): string {
  const stubs = readdirSync(path.join(here, 'stubs')).map((name) => `stubs/${name}/index.js`);
  const hash = createHash('sha256');
  for (const file of [`${flavour}/package.json`, `${flavour}/package-lock.json`, 'install.ts', ...stubs])
    hash.update(readFileSync(path.join(here, file)));
  return hash.digest('hex').slice(0, 12);
}

/**
 * The server needs only what the manifests here list; its own 142 packages (390 MB, native modules to compile) stay
 * out. Install scripts must not run: code-server's refuses every Node but one.
 */
function installPackages(target: string): void {
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: target,
    encoding: 'utf8',
  });
  if (npm.status !== 0)
    throw new NoHostError(
      `npm could not install VS Code: ${(npm.stderr || npm.error?.message || '').trim().split('\n').slice(0, 5).join(' ')}`,
    );
}

const node = (target: string): string => path.join(target, 'node_modules', `node-linux-${process.arch}`, 'bin/node');
const vscode = (target: string): string => path.join(target, 'node_modules/code-server/lib/vscode');

/** Drops the built-in extensions that are not listed above (128 MB) and what is for other machines. */
function removeUnused(target: string): void {
  const extensions = path.join(vscode(target), 'extensions');
  for (const name of readdirSync(extensions))
    if (!builtinExtensions.includes(name)) rmSync(path.join(extensions, name), { recursive: true });
  const ripgrep = path.join(target, 'node_modules/@vscode/ripgrep-universal/bin');
  for (const name of readdirSync(ripgrep))
    if (name !== `${process.platform}-${process.arch}`) rmSync(path.join(ripgrep, name), { recursive: true });
  for (const name of ['include', 'share'])
    rmSync(path.join(path.dirname(path.dirname(node(target))), name), { recursive: true, force: true });
}

/** Nothing outside this machine is asked: no telemetry, no news, no extensions fetched at start. */
function quieten(target: string): void {
  const file = path.join(vscode(target), 'product.json');
  const product = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  for (const key of ['voiceWsUrl', 'builtInExtensions', 'aiConfig', 'newsletterSignupUrl', 'introductoryVideosUrl']) delete product[key];
  writeFileSync(file, JSON.stringify({ ...product, enableTelemetry: false }));
}

/** The web workbench carries its own list of built-in extensions; with this off, only the server's folder counts. */
function forgetInlinedExtensions(target: string): void {
  const file = path.join(vscode(target), 'out/vs/code/browser/workbench/workbench.js');
  const parts = readFileSync(file, 'utf8').split(/(?<=\.isBuilt)(?=\)\w+=\[\{extensionPath:)/);
  if (parts.length !== 2) throw new NoHostError('workbench.js has changed: its list of built-in extensions was not found');
  writeFileSync(file, parts.join('&&!1'));
}

/** Which Node runs the host: its own where the lock file has one for this machine, else ours if it is new enough. */
function nodeFor(flavour: Flavour, target: string): string {
  if (flavour === 'min') return process.execPath;
  if (existsSync(node(target))) return node(target);
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major >= 24) return process.execPath;
  throw new NoHostError(
    `this VS Code needs Node 24, and there is none for ${process.platform} ${process.arch} in its lock file: start with Node 24`,
  );
}

/**
 * Installs a VS Code into the cache unless it is there.
 * @throws NoHostError when npm cannot install it or it cannot run here
 */
export function ensureHost(flavour: Flavour): Host {
  // <cache>/<key>/{host,stubs} keeps the neighbourhood that `file:../stubs/…` in the lock file expects.
  const home = cacheDir(`vscode-${flavour}-${fingerprint(flavour)}`);
  const target = path.join(home, 'host');
  if (!existsSync(target)) {
    const work = path.join(home, `host.tmp-${process.pid}`);
    try {
      mkdirSync(work, { recursive: true });
      cpSync(path.join(here, 'stubs'), path.join(home, 'stubs'), { recursive: true });
      for (const file of ['package.json', 'package-lock.json']) cpSync(path.join(here, flavour, file), path.join(work, file));
      installPackages(work);
      symlinkSync('../../..', path.join(vscode(work), 'node_modules')); // the browser asks for /static/node_modules/…
      mkdirSync(path.join(work, 'builtin'));
      for (const name of builtinExtensions)
        symlinkSync(`../node_modules/code-server/lib/vscode/extensions/${name}`, path.join(work, 'builtin', name));
      removeUnused(work);
      quieten(work);
      forgetInlinedExtensions(work);
      if (!existsSync(target)) renameSync(work, target);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  return {
    flavour,
    node: nodeFor(flavour, target),
    serverMain: path.join(vscode(target), 'out/server-main.js'),
    builtinExtensions: path.join(target, 'builtin'),
  };
}
