/** What is said of a file's node, in the code lens and the status item. */
import { describe, expect, test } from 'vitest';
import type { LinkedFile } from '../../../client/src/views/reload/linkedFiles.ts';
import { markOf, marks, statusOf } from '../../../client/src/views/reload/words.ts';
import type { ReloadPrediction } from '../../../server/src/protocol/requests.ts';

const prediction = (more: Partial<ReloadPrediction> = {}): ReloadPrediction => ({ accepted: true, changes: false, items: [], ...more });
const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
const item = (verdict: 'reloads' | 'restart' | 'refused', action = 'tcp-peer') => ({ action, verdict, text: '', range });
const words = (more: Partial<Omit<LinkedFile, 'summary'>>, summary: Partial<LinkedFile['summary']> = {}): string => {
  const file = { link: 'running', answeredBy: 'foo', linksDown: false, uri: { fsPath: '/w/foo.yml' }, ...more };
  const { text, detail } = statusOf({ ...file, summary: { nodeId: 'foo', templated: false, ...summary } } as LinkedFile);
  return detail === '' ? text : `${text} | ${detail}`;
};

describe('a file whose node', () => {
  test.each<[string, Partial<LinkedFile>, string]>([
    ['nobody knows', { link: 'unknown' }, 'No node known | The file names no control socket: link it to a connection.'],
    ['does not run', { link: 'not-running', answeredBy: undefined }, 'foo does not run | Nothing answers at its control service.'],
    ['is another', { link: 'other-node', answeredBy: 'bar' }, 'Another node answers: bar | The file is of foo. Nothing is reloaded.'],
    [
      'was started from another file',
      { link: 'other-file', startedFrom: '/w/old.yml' },
      'foo runs another file | It was started from /w/old.yml, which is what a reload would read. Nothing is reloaded.',
    ],
    [
      'was started from this file, which is gone',
      { link: 'other-file', startedFrom: '/w/foo.yml' },
      'foo runs another file | It was started from /w/foo.yml, which is gone from the disk. Nothing is reloaded.',
    ],
    ['runs something', {}, 'foo runs | What it was started with is unknown.'],
    ['lost its links, whatever it runs', { linksDown: true }, 'foo has no links | A refused reload stopped its backends.'],
    ['runs it', { prediction: prediction() }, 'foo runs this file'],
    [
      'is far away, and runs it as far as was seen',
      { prediction: prediction(), start: { id: 'c', at: 0 } },
      'foo runs this file | As far as was seen since this window is connected to it.',
    ],
    [
      'watches it',
      { prediction: prediction({ accepted: false, watch: 'nothing' }) },
      'foo runs this file | It watches its file: a save is applied at once.',
    ],
    ['would reload', { prediction: prediction({ changes: true, items: [item('reloads')] }) }, 'foo: a save will reload 1 backend'],
    [
      'needs a restart',
      { prediction: prediction({ accepted: false, code: 3, items: [item('restart', 'work-command')] }) },
      'foo: a save needs a restart (work-command)',
    ],
    [
      'would refuse it',
      { prediction: prediction({ accepted: false, code: 4, message: 'unknown TLS config x', items: [item('refused')] }) },
      'foo: a save would fail: unknown TLS config x',
    ],
    [
      'lost its links, and gets them back',
      { prediction: prediction(), linksDown: true },
      'foo has no links: a save will bring its links back | A refused reload stopped its backends.',
    ],
  ])('%s', (_, more, said) => expect(words(more)).toBe(said));

  test('has a hostile name shows it, without an icon and without a link that runs a command', () => {
    const nodeId = '$(pass) [x](command:a.b)';
    expect(words({ link: 'other-node', answeredBy: nodeId }, { nodeId })).toBe(
      'Another node answers: \\$(pass) [x](command:a.b) | The file is of \\$(pass) [x] (command:a.b). Nothing is reloaded.',
    );
    const message = 'yaml: line 2:\nmapping values';
    expect(words({ prediction: prediction({ accepted: false, code: 4, message }) })).toBe(
      'foo: a save would fail: yaml: line 2: mapping values',
    );
  });

  test('is a template', () =>
    expect(words({ prediction: prediction() }, { templated: true })).toBe(
      'foo runs | The file is a template: nothing is reloaded from it.',
    ));

  test('has a name that would mislead', () => expect(words({ answeredBy: 'a\u202eb' })).toMatch(/^a\ufffdb runs/));
});

test('a change is marked by what applies it: a reload, or in v2 the save', () => {
  const mark = (...of: Parameters<typeof markOf>): string | undefined => {
    const found = markOf(...of);
    return found && marks[found];
  };
  expect(mark('reloads', undefined)).toBe('applied by a reload');
  expect(mark('reloads', 'restarts')).toBe('applied when saved');
  expect(mark('reloads', 'ignored')).toBeUndefined();
  expect(mark('restart', 'restarts')).toBe('needs a restart');
  expect(mark('refused', undefined)).toBe('would be refused');
  expect(mark('unchanged', undefined)).toBeUndefined();
});
