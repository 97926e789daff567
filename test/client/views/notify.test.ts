import { beforeEach, describe, expect, test } from 'vitest';
import { ControlError } from '../../../client/src/control/index.ts';
import type { Notices } from '../../../client/src/views/notify.ts';
import { eventually, testApp, type Log } from './app.ts';
import { editor } from './vscode.ts';

describe('notices', () => {
  let notices: Notices;
  let log: Log;
  const absent = new ControlError('absent-socket', '"/x.sock" does not exist.', { nextStep: 'Start receptor.' });

  beforeEach(() => {
    editor.reset();
    const made = testApp();
    ({ log } = made);
    ({ notices } = made.app);
  });

  test('a failure is told with its next step, and with the way to the log, which has it too', async () => {
    notices.failure('connect x', 'Not connected to x', absent, { title: 'Try Again', run: () => undefined });
    expect(editor.messages).toMatchObject([
      { kind: 'error', text: 'Not connected to x: "/x.sock" does not exist. Start receptor.', buttons: ['Try Again', 'Open Log'] },
    ]);
    expect(log.lines).toEqual(['error: Not connected to x: "/x.sock" does not exist. Start receptor.']);
    editor.messages[0]!.choose('Open Log');
    await eventually(() => expect(log.shown).toBe(true));
  });

  test('the same cause is told once, and again after it was settled; another at once', () => {
    for (const cause of ['a', 'a', 'b', 'a']) notices.failure(cause, cause, absent);
    expect(editor.messages.map(({ text }) => text[0])).toEqual(['a', 'b']);
    notices.settled('a');
    notices.failure('a', 'a', absent);
    expect(editor.messages).toHaveLength(3);
    expect(log.lines).toHaveLength(5); // each time it happened
  });

  test('what the user stopped is no failure', () => {
    notices.failure('a', 'a', new ControlError('aborted', 'x was aborted.', { nextStep: '' }));
    expect(editor.messages).toEqual([]);
  });

  test('what fails behind a button is told each time that it is pressed', async () => {
    for (const count of [1, 2]) {
      notices.information(`Unit x: release pending.`, { title: 'Force Release…', run: async () => Promise.reject(absent) });
      editor.messages.at(-1)!.choose('Force Release…');
      await eventually(() => expect(editor.messages).toHaveLength(2 * count));
      expect(editor.messages.at(-1)).toMatchObject({ kind: 'error', text: 'Force Release: "/x.sock" does not exist. Start receptor.' });
    }
  });
});
