import { expect, test } from 'vitest';
import { batch } from '../harness/processes.ts';

test('batch files are run by the shell of Windows, with their arguments whole', () => {
  expect(batch(['--user-data-dir', 'C:\\First Last\\x'], 'win32')).toEqual({
    args: ['"--user-data-dir"', '"C:\\First Last\\x"'],
    shell: true,
  });
  expect(batch(['--wait', '/a b'], 'linux')).toEqual({ args: ['--wait', '/a b'], shell: false });
});
