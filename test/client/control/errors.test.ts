import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { CommandRefusedError, ControlError, ReceptorControl, ResultsError } from '../../../client/src/control/index.ts';
import { root } from '../../harness/paths.ts';

type Errors = Record<'ControlError' | 'CommandRefusedError' | 'ResultsError', new (...args: unknown[]) => Error>;

describe('errors', () => {
  it('keep their names where a build has shortened those of the classes', async () => {
    const { outputFiles } = await build({
      entryPoints: [path.join(root, 'client/src/control/errors.ts')],
      bundle: true,
      minify: true,
      write: false,
      format: 'iife',
      globalName: 'errors',
    });
    const built = runInNewContext(`${outputFiles[0]!.text}; errors`) as Errors;
    const at = { unitId: 'foo1', startPos: 0, received: 0, position: 0, expected: undefined };
    for (const { ControlError: Base, CommandRefusedError: Refused, ResultsError: Results } of [
      built,
      { ControlError, CommandRefusedError, ResultsError } as Errors,
    ]) {
      expect(new Base('closed', 'x', { nextStep: '' }).name).toBe('ControlError');
      expect(new Base('aborted', 'x', { nextStep: '' }).name).toBe('AbortError');
      expect(new Base('timeout', 'x', { nextStep: '' }).name).toBe('TimeoutError');
      expect(new Refused('status', 'x', { nextStep: '' }).name).toBe('CommandRefusedError');
      expect(new Results('results-cut', 'x', at, { nextStep: '' }).name).toBe('ResultsError');
    }
  });

  it.each([undefined, null, 5])('are what a program without types gets for the address %s', async (address) => {
    await expect(ReceptorControl.connect(address as unknown as string)).rejects.toMatchObject({
      code: 'invalid-address',
      message: expect.stringContaining(`${String(address)} is not an address`) as string,
    });
  });
});
