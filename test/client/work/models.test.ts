import { describe, expect, it } from 'vitest';
import { addRecord, lastOf, noteEnds, type HistoryRecord, type NewRecord } from '../../../client/src/work/history.ts';
import { Tail } from '../../../client/src/work/tail.ts';
import { unitStatus } from './simulated.ts';

describe('Tail', () => {
  it('keeps the end, whole lines of it, and counts what went', () => {
    const tail = new Tail(10);
    for (const part of ['one\n', 'two\n', 'three\n', 'four\n']) tail.push(Buffer.from(part));
    expect(tail.length).toBe(10);
    expect(tail.cut).toBe(9);
    expect(tail.text()).toBe('four\n');
  });

  it('is whole as long as it fits', () => {
    const tail = new Tail(10);
    tail.push(Buffer.from('0123456789'));
    expect([tail.cut, tail.text()]).toEqual([0, '0123456789']);
  });

  it('does not begin in the middle of a character', () => {
    const tail = new Tail(5);
    tail.push(Buffer.from('äöü'));
    expect(tail.text()).toBe('öü');
  });

  it('counts from where the stream began', () => {
    const tail = new Tail(4, 1000);
    tail.push(Buffer.from('a\nb\nc\n'));
    expect([tail.cut, tail.text()]).toEqual([1002, 'c\n']);
  });
});

describe('history', () => {
  const record = (more: Partial<NewRecord> = {}): NewRecord => ({
    at: 1000,
    connection: 'lab',
    nodeId: 'foo',
    unitId: 'fooX',
    title: 'cat on bar',
    submission: {
      node: 'bar',
      workType: 'cat',
      params: { params: '-a', secret_x: 'geheim' },
      payload: { kind: 'text', text: 'hi', label: '-' },
    },
    bytes: 2,
    ...more,
  });

  it('knows what "once more" means', () => {
    const all = [record({ unitId: 'a', file: 'file:///x' }), record({ unitId: 'b', file: 'file:///y' }), record({ unitId: 'c' })];
    const history = all.toReversed().reduce<HistoryRecord[]>((so, one) => addRecord(so, one), []);
    const unit = (file?: string, unitId?: string): string | undefined => lastOf(history, file, unitId)?.unitId;
    expect([unit(), unit('file:///y'), unit('file:///z'), unit('receptor-results:/x', 'c'), unit('file:///y', 'gone')]).toEqual([
      'a',
      'b',
      'a',
      'c',
      'b',
    ]);
    expect(lastOf([])).toBeUndefined();
  });

  it('keeps no secret, but that there was one', () => {
    const [added] = addRecord([], record());
    expect(JSON.stringify(added)).not.toContain('geheim');
    expect(added).toMatchObject({ secrets: ['secret_x'], submission: { params: { params: '-a' }, payload: { text: 'hi' } } });
  });

  it('keeps no value that came out of the environment or a file', () => {
    const submission = {
      ...record().submission,
      params: { params: 'geheim', toString: 'geheim', plain: '1' },
      borrowed: ['params', 'toString'],
    };
    const [added] = addRecord([], record({ submission }));
    expect(JSON.stringify(added)).not.toContain('geheim');
    expect(added).toMatchObject({ secrets: ['params', 'toString'], submission: { params: { plain: '1' } } });
  });

  it('drops a payload that is too long, and says so', () => {
    const text = 'x'.repeat(100_000);
    const [added] = addRecord(
      [],
      record({ submission: { node: 'bar', workType: 'cat', params: {}, payload: { kind: 'text', text, label: '-' } } }),
    );
    expect(added).toMatchObject({ payloadDropped: true, submission: { payload: { kind: 'none' } } });
  });

  it('is bounded, newest first', () => {
    let history: HistoryRecord[] = [];
    for (let at = 0; at < 250; at++) history = addRecord(history, record({ at }));
    expect(history).toHaveLength(200);
    expect(history[0]!.at).toBe(249);
  });

  it('notes the end of each unit once', () => {
    const history = addRecord(addRecord([], record({ unitId: 'a' })), record({ unitId: 'b' }));
    expect(noteEnds(history, 'foo', { a: unitStatus(1, 0), b: unitStatus(0, 0) }, 5)).toBe(history);
    expect(noteEnds(history, 'bar', {}, 5, 2000)).toBe(history);
    const ended = noteEnds(history, 'foo', { a: unitStatus(3, 7, { Detail: 'exit status 1' }) }, 5, 2000);
    expect(ended.map(({ unitId, end }) => [unitId, end?.stateName])).toEqual([
      ['b', 'Released'],
      ['a', 'Failed'],
    ]);
    expect(ended[1]!.end).toEqual({ at: 5, stateName: 'Failed', detail: 'exit status 1', size: 7 });
    expect(noteEnds(history, 'foo', {}, 5)).toBe(history);
    expect(noteEnds(history, 'foo', {}, 5, 1000)).toBe(history);
    expect(noteEnds(ended, 'foo', {}, 9, 2000)).toBe(ended);
  });
});
