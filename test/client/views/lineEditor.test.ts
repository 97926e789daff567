import { describe, expect, test } from 'vitest';
import { LineEditor, type Completion } from '../../../client/src/views/lineEditor.ts';

/** A terminal of one row that understands what the editor writes: shows the row and the column of the cursor. */
function screen(
  columns = 80,
  complete: (line: string, cursor: number) => Completion | Promise<Completion> = () => ({ from: 0, candidates: [] }),
  history: string[] = [],
) {
  let row = '';
  let column = 0;
  let all = '';
  const lines: string[] = [];
  const events: string[] = [];
  const write = (text: string): void => {
    all += text;
    for (const [piece] of text.matchAll(/\u001b\[[\d;]*[A-Za-z]|[^]/gu)) {
      const moves = /^\u001b\[(\d*)([A-Z])$/.exec(piece);
      if (piece === '\r') column = 0;
      else if (piece === '\n') row = '';
      else if (moves?.[2] === 'D') column -= Number(moves[1]);
      else if (moves?.[2] === 'K') row = row.slice(0, column);
      else if (!piece.startsWith('\u001b') && piece !== '\u0007') row = row.slice(0, column++) + piece + row.slice(column);
    }
  };
  const editor = new LineEditor(
    { write, line: (line) => lines.push(line), end: () => events.push('end'), interrupt: () => events.push('interrupt'), complete },
    history,
  );
  editor.resize(columns);
  editor.ask('> ');
  return {
    editor,
    lines,
    events,
    type: (...keys: string[]) => keys.forEach((key) => editor.feed(key)),
    get row() {
      return row.trimEnd();
    },
    get column() {
      return column;
    },
    get all() {
      return all;
    },
  };
}

const key = {
  left: '\u001b[D',
  right: '\u001b[C',
  up: '\u001b[A',
  down: '\u001b[B',
  home: '\u001b[H',
  end: '\u001b[F',
  back: '\u007f',
  del: '\u001b[3~',
  wordLeft: '\u001b[1;5D',
  wordDelete: '\u001bd',
};
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the line editor', () => {
  test('inserts and deletes where the cursor stands', () => {
    const s = screen();
    s.type('pig', key.left, 'n', key.end, ' bar', key.home, key.right, key.del, key.back, 'PI');
    expect(s.row).toBe('> PIng bar');
    expect(s.column).toBe(4);
    expect(s.editor.text).toBe('PIng bar');
  });

  test('takes a pasted line of any length', () => {
    const s = screen();
    const pasted = 'x'.repeat(300_000);
    s.type('ab', key.left, pasted, '\r');
    expect(s.lines[0] === `a${pasted}b`).toBe(true); // a difference that long would take minutes to show
  });

  test('deletes words and ends of the line', () => {
    const s = screen();
    s.type('work status abc', '\u0017');
    expect(s.editor.text).toBe('work status ');
    s.type(key.home, key.wordDelete);
    expect(s.editor.text).toBe(' status ');
    s.type('work', key.end, key.wordLeft, '\u000b');
    expect(s.editor.text).toBe('work ');
    s.type('list', '\u0015');
    expect(s.editor.text).toBe('');
  });

  test('gives lines one by one, each when it is asked for', () => {
    const s = screen();
    s.type('status\rping bar\rwo');
    expect(s.lines).toEqual(['status']);
    s.type('rk');
    s.editor.ask('> ');
    expect(s.lines).toEqual(['status', 'ping bar']);
    s.editor.ask('> ');
    expect(s.row).toBe('> work');
  });

  test('gives up what was typed ahead', () => {
    const s = screen();
    s.type('status\rping bar\rwo');
    expect(s.editor.takeTypedAhead()).toBe('ping bar\rwo');
    s.editor.ask('> ');
    expect(s.row).toBe('>');
  });

  test('waits for the rest of a sequence, and takes no control for text', () => {
    const s = screen();
    s.type('ab', '\u001b', '[', 'D', 'x', '\u0007', '\u001b[200~', '\u009b', '\u0000');
    expect(s.editor.text).toBe('axb');
  });

  test('recalls lines and the one being written', () => {
    const s = screen(80, undefined, ['one', 'two']);
    s.type('draft', key.up);
    expect(s.row).toBe('> two');
    s.type(key.up, key.up);
    expect(s.row).toBe('> one');
    s.type(key.down, key.down);
    expect(s.row).toBe('> draft');
    s.type('\r');
    s.editor.ask('> ');
    s.type(key.up, '\r');
    expect(s.lines).toEqual(['draft', 'draft']);
    expect(s.editor.history).toEqual(['one', 'two', 'draft']); // the same again is no new entry
  });

  test('ends on Ctrl+D on an empty line only, and drops the line on Ctrl+C', () => {
    const s = screen();
    s.type('a', key.home, '\u0004');
    expect([s.editor.text, s.events]).toEqual(['', []]);
    s.type('\u0004');
    s.editor.ask('> ');
    s.type('abc', '\u0003');
    expect(s.events).toEqual(['end', 'interrupt']);
    expect(s.lines).toEqual([]);
  });

  test('completes as far as the candidates agree, then lists them', async () => {
    const s = screen(80, () => ({ from: 5, candidates: ['node-a', 'node-b'] }));
    s.type('ping n', '\t');
    await settle();
    expect(s.editor.text).toBe('ping node-');
    s.type('\t');
    await settle();
    s.type('\t');
    await settle();
    expect(s.all).toContain('node-a  node-b');
    s.type('b', '\t');
    await settle();
    expect(s.editor.text).toBe('ping node-b ');
  });

  test('keeps what is typed while a completion is awaited', async () => {
    const s = screen(80, async (line) => (await settle(), { from: line.lastIndexOf(' ') + 1, candidates: ['ping', 'bar'] }));
    s.type('pi', '\t', 'b', '\t', '\r', 'status');
    expect(s.editor.text).toBe('pi');
    await settle();
    await settle();
    await settle();
    expect(s.lines).toEqual(['ping bar ']);
    s.editor.ask('> ');
    expect(s.row).toBe('> status');
  });

  test('scrolls a line that is longer than the row', () => {
    const s = screen(20);
    s.type('0123456789abcdefghijklmnop');
    expect(s.row).toBe('> 9abcdefghijklmnop');
    s.type(key.home);
    expect(s.row).toBe('> 0123456789abcdefg');
    expect(s.column).toBe(2);
  });

  test('moves over what readers take for one character', () => {
    const s = screen();
    s.type('e\u0301👩‍🚀x', key.left, key.left, key.back);
    expect(s.editor.text).toBe('👩‍🚀x');
  });
});
