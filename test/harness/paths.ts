import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** The checkout: every script is started from its root by npm, and every test by vitest; an extension host is told by the variable. */
export const root = process.env['RECEPTOR_MESH_ROOT'] ?? process.cwd();

if (!existsSync(path.join(root, 'build.mjs'))) throw new Error(`run this from the root of the project, not from ${root}`);

/** A folder outside the checkout for what is fetched once and kept, `RECEPTOR_MESH_CACHE` or the user's cache folder. */
export const cacheDir = (...parts: string[]): string =>
  path.join(
    process.env['RECEPTOR_MESH_CACHE'] ?? path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'receptor-mesh-dev'),
    ...parts,
  );
