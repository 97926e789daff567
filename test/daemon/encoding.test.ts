/** Config files in various encodings by real starts: the daemon keeps running exactly where we have no Error. */
import { describe, expect, it } from 'vitest';
import { lint } from '../../server/src/protocol/lint.ts';
import { refusalOf } from '../../server/src/protocol/decode.ts';
import { findReceptor, hasReceptor, receptorVersions } from '../harness/receptor.ts';
import { canIsolate, start } from './start.ts';

const configs = {
  v1: '- node: {id: a}\n- local-only:\n',
  v2: 'node: {id: a}\nlocal-only: {local: true}\n',
};

const big = (little: Buffer): Buffer => Buffer.from(little).swap16();
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

const cases: Readonly<Record<string, (config: string) => Buffer>> = {
  'a byte order mark': (config) => Buffer.from(`\uFEFF${config}`),
  'UTF-16': (config) => utf16(`\uFEFF# é😀\n${config}`),
  'UTF-16, big-endian': (config) => big(utf16(`\uFEFF# é😀\n${config}`)),
  'UTF-16 without a mark': utf16,
  'UTF-16 with a lone high surrogate': (config) => utf16(`\uFEFF# \uD800 x\n${config}`),
  'UTF-16 with a lone low surrogate': (config) => utf16(`\uFEFF# \uDC00 x\n${config}`),
  'UTF-16 with a high surrogate at its end': (config) => utf16(`\uFEFF${config}# \uD800`),
  'UTF-16 with half a character': (config) => Buffer.concat([utf16(`\uFEFF${config}`), Buffer.of(0x23)]),
  ...Object.fromEntries(
    ['e9 20', 'e9 0a', 'ff', '80', 'ed a0 80', 'c0 80', 'e0 9f bf', 'f0 8f bf bf', 'f4 90 80 80', 'f5 80 80 80'].map((hex) => [
      hex,
      (config: string): Buffer =>
        Buffer.concat([Buffer.from(`${config}# `), Buffer.from(hex.replaceAll(' ', ''), 'hex'), Buffer.from('\n')]),
    ]),
  ),
  'Latin-1 in a second document': (config) => Buffer.from(`${config}---\n# é à la\n`, 'latin1'),
  'Latin-1 far in a second document': (config) => Buffer.from(`${config}---\n${'# x\n'.repeat(3000)}# é à la\n`, 'latin1'),
};

const all = Object.entries(cases).flatMap(([name, make]) =>
  (['v1', 'v2'] as const).map((format) => [format, name, make(configs[format])] as const),
);

describe.skipIf(!canIsolate()).each(receptorVersions)('receptor %s', (version) => {
  describe.skipIf(!hasReceptor(version))('takes a file where we have no Error', () => {
    it.concurrent.each(all)('%s: %s', { timeout: 60_000 }, async (format, _name, bytes) => {
      let said = '';
      const status = lint(['--stdin', '--receptor-version', version], {
        version: '0',
        cwd: '/',
        out: (text) => (said += text),
        err: () => undefined,
        read: () => bytes,
      });
      const args = (file: string): string[] => (format === 'v2' ? ['--config-v2', '--config', file] : ['--config', file]);
      const { up, output } = await start(findReceptor(version), bytes, { args });
      expect({ up, said }, output.slice(-400)).toMatchObject({ up: status === 0 });
      const refusal = refusalOf(bytes);
      if (refusal !== undefined && status === 1) expect(said).toContain(`yaml: ${refusal}`);
      if (format === 'v1' && refusal !== undefined && !up) expect(output).toContain(`yaml: ${refusal}`);
    });
  });
});
