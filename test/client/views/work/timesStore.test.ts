import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TimesStore } from '../../../../client/src/views/work/timesStore.ts';
import { unitStatus } from '../../work/simulated.ts';

/** What all windows of a user share; plain data, as VS Code keeps it. */
function memory(): ConstructorParameters<typeof TimesStore>[0] {
  const kept = new Map<string, string>();
  return {
    get: <T>(key: string, otherwise?: T): T => {
      const text = kept.get(key);
      return text === undefined ? (otherwise as T) : (JSON.parse(text) as T);
    },
    update: async (key: string, value: unknown) => {
      kept.set(key, JSON.stringify(value));
      return Promise.resolve();
    },
  };
}

describe('times of units', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_000 }));
  afterEach(() => vi.useRealTimers());

  it('are kept when the window is loaded again', () => {
    const shared = memory();
    const before = new TimesStore(shared);
    before.note('foo', { a: unitStatus(1, 0), b: unitStatus(2, 0) });
    vi.setSystemTime(2_000);
    before.note('foo', { a: unitStatus(2, 0), b: unitStatus(2, 0) });
    vi.setSystemTime(9_000);
    const { times } = new TimesStore(shared);
    expect(times.of('foo', 'a')).toEqual({ first: 1_000, ended: 2_000, last: 2_000 });
    expect(times.of('foo', 'b')).toEqual({ first: 1_000, endedBefore: true, last: 1_000 });
  });

  it('of several windows are kept together, the earliest sight of each', () => {
    const shared = memory();
    const one = new TimesStore(shared);
    const two = new TimesStore(shared);
    one.noteSubmitted('foo', 'a');
    vi.setSystemTime(2_000);
    two.noteSubmitted('foo', 'b'); // has not looked since the other window stored
    vi.setSystemTime(3_000);
    two.note('foo', { a: unitStatus(1, 0), b: unitStatus(2, 0) });
    one.note('foo', { a: unitStatus(2, 0), b: unitStatus(2, 0) });
    const { times } = new TimesStore(shared);
    expect(times.of('foo', 'a')).toMatchObject({ first: 1_000, ended: 3_000 });
    expect(times.of('foo', 'b')).toMatchObject({ first: 2_000, ended: 3_000 });
  });
});
