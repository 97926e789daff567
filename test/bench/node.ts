import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { cacheDir } from '../harness/paths.ts';

/** The Node that the newest VS Code of the tests brings, which is what runs the servers there; else this one. */
export function hostNode(): string {
  const hosts = existsSync(cacheDir()) ? readdirSync(cacheDir()).filter((name) => name.startsWith('vscode-latest-')) : [];
  for (const host of hosts) {
    const modules = path.join(cacheDir(host), 'host/node_modules');
    const packages = existsSync(modules) ? readdirSync(modules).filter((name) => name.startsWith('node-')) : [];
    for (const name of packages) {
      const node = path.join(modules, name, 'bin/node');
      if (existsSync(node)) return node;
    }
  }
  return process.execPath;
}
