// Links of the documents lead somewhere, pictures are small, every page is reachable from the README.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../harness/paths.ts';

const pages = ['README.md', 'CHANGELOG.md', ...readdirSync(path.join(root, 'docs')).map((file) => `docs/${file}`)].filter((file) =>
  file.endsWith('.md'),
);

interface Link {
  page: string;
  /** From the root. */
  target: string;
  anchor: string | undefined;
}

const linksOf = (page: string): Link[] =>
  [...readFileSync(path.join(root, page), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)]
    .map((found) => found[1]!)
    .filter((link) => !/^(?:https?|mailto|command):/.test(link))
    .map((link) => {
      const [file = '', anchor] = link.split('#');
      return { page, target: file === '' ? page : path.join(path.dirname(page), file), anchor };
    });

const links = pages.flatMap(linksOf);
/** A heading as GitHub and VS Code make an anchor of it. */
const slug = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
const anchorsOf = (page: string): string[] =>
  [...readFileSync(path.join(root, page), 'utf8').matchAll(/^#+ (.+)$/gm)].map((found) => slug(found[1]!));

describe('the documents', () => {
  test('link to files that exist', () => {
    expect(links.length).toBeGreaterThan(3);
    expect(links.filter(({ target }) => !existsSync(path.join(root, target))).map(({ page, target }) => `${page}: ${target}`)).toEqual([]);
  });

  test('link to headings that exist', () => {
    const wrong = links.filter(
      ({ target, anchor }) => anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor),
    );
    expect(wrong.map(({ page, target, anchor }) => `${page}: ${target}#${anchor}`)).toEqual([]);
  });

  test('are all reachable from the README', () => {
    const seen = new Set<string>(['README.md']);
    for (let before = 0; before !== seen.size;) {
      before = seen.size;
      for (const { page, target } of links) if (seen.has(page)) seen.add(target);
    }
    expect(pages.filter((page) => !seen.has(page))).toEqual([]);
  });

  test('show the two configs that npm start runs as they are', () => {
    const shown = [...readFileSync(path.join(root, 'README.md'), 'utf8').matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, text]) => text);
    expect(shown).toEqual(['foo.yml', 'bar.yml'].map((file) => readFileSync(path.join(root, 'test/fixtures/examples', file), 'utf8')));
  });

  test('have pictures of at most 200 KB, each of them shown', () => {
    const images = path.join(root, 'docs/images');
    const files = existsSync(images) ? readdirSync(images) : [];
    expect(files.filter((file) => statSync(path.join(images, file)).size > 200_000)).toEqual([]);
    const shown = new Set(links.map(({ target }) => target));
    expect(files.filter((file) => !shown.has(`docs/images/${file}`))).toEqual([]);
  });
});
