/** Real configs of public repositories, where they are at hand: the same verdicts as the daemon's, decoys untouched. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigDocument } from '../../../server/src/config/document.ts';
import { detectFormat } from '../../../server/src/document/detect.ts';
import { checkConfig } from '../../../server/src/rules/check.ts';

const corpus = process.env['RECEPTOR_CORPUS'] ?? path.resolve('../shared/corpus');
const at = (...parts: string[]): string => path.join(corpus, ...parts);
const context = { files: 'off', now: Date.now } as const;
const errorsOf = (text: string, receptorVersion: string): { phase: string; message: string }[] =>
  checkConfig(new ConfigDocument(text, { receptorVersion }), context).filter((f) => f.severity === 'error');

describe.skipIf(!existsSync(at('INDEX.tsv')))('the corpus', () => {
  const rows = existsSync(at('INDEX.tsv'))
    ? readFileSync(at('INDEX.tsv'), 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split('\t'))
        .filter((row) => row[3] === 'v1')
    : [];

  it.each(rows.map(([file = '', , , , load = '', start = '']) => ({ file, load, start })))('$file', ({ file, load, start }) => {
    const text = readFileSync(at(file), 'utf8');
    expect(detectFormat(text)).toBe('v1');
    for (const version of ['1.5.5', '1.6.9']) {
      const errors = errorsOf(text, version);
      expect(
        errors.some((e) => e.phase === 'load'),
        JSON.stringify(errors),
      ).toBe(load !== 'ok');
      // A refusal for want of a file is none of ours while disk checks are off.
      if (load === 'ok' && !start.includes('no such file')) expect(errors.length === 0, JSON.stringify(errors)).toBe(start === 'up');
    }
  });

  it('leaves decoys alone', () => {
    for (const file of readdirSync(at('decoys')))
      expect(detectFormat(readFileSync(at('decoys', file), 'utf8'), file), file).toBeUndefined();
  });

  it('finds no error in templates', () => {
    for (const file of readdirSync(at('templated'))) {
      const text = readFileSync(at('templated', file), 'utf8');
      expect(errorsOf(text, '1.6.9'), file).toEqual([]);
    }
  });
});
