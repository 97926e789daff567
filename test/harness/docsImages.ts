// `npm run docs:images`: runs the UI tests and copies the screenshots that the documents show into docs/images.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.ts';

const images = path.join(root, 'docs/images');
const shots = path.join(root, 'test/ui/shots');
const maxBytes = 200_000;

/** Every picture that a document names: `docs/images/mesh.png` comes from the shot `mesh`. */
function wanted(): string[] {
  const pages = [path.join(root, 'README.md'), ...readdirSync(path.join(root, 'docs')).map((file) => path.join(root, 'docs', file))];
  const text = pages.filter((file) => file.endsWith('.md')).map((file) => readFileSync(file, 'utf8'));
  return [...new Set(text.flatMap((page) => [...page.matchAll(/images\/([\w-]+)\.png/g)].map((found) => found[1]!)))].sort();
}

const vitest = spawnSync(process.execPath, [path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'ui'], {
  cwd: root,
  stdio: 'inherit',
});
if (vitest.status !== 0) console.error('Some UI test failed: look at the pictures before you commit them.');
mkdirSync(images, { recursive: true });
for (const name of wanted()) {
  const shot = path.join(shots, `${name}.png`);
  const bytes = existsSync(shot) ? statSync(shot).size : 0;
  if (bytes === 0) console.error(`${name}: no UI test made such a shot`);
  else if (bytes > maxBytes) console.error(`${name}: ${bytes} bytes, over ${maxBytes}: show less`);
  else copyFileSync(shot, path.join(images, `${name}.png`));
  if (bytes === 0 || bytes > maxBytes) process.exitCode = 1;
}
