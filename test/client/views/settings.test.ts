import { beforeEach, expect, test } from 'vitest';
import { settings } from '../../../client/src/views/settings.ts';
import { editor } from './vscode.ts';

beforeEach(() => editor.reset());

test.each<[unknown, number]>([
  [undefined, 5_000],
  [30, 30_000],
  [0, 1_000],
  [-5, 1_000],
  // Beyond what a timer can wait for, which would then wait for a millisecond.
  [10_000_000, 3_600_000],
  ['5s', 5_000],
  [null, 5_000],
])('with receptor.refreshInterval %j a node is left alone for %i ms', (given, expected) => {
  editor.set('refreshInterval', given);
  expect(settings.refreshIntervalMs()).toBe(expected);
});
