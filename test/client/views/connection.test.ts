import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ControlError, type ReceptorControl } from '../../../client/src/control/index.ts';
import { Connection, retryDelay, type Opener } from '../../../client/src/views/connection.ts';

const refused = (): ControlError => new ControlError('refused', 'Nobody listens.', { nextStep: 'Start it.' });
const gone = (): ControlError => new ControlError('daemon-gone', 'The daemon is gone.', { nextStep: 'Wait.' });

/** A control service that tests switch on and off. */
class Fake extends EventEmitter {
  static up = true;
  readonly nodeId = 'foo';
  closed = false;
  asked = 0;
  status = async (fields?: readonly string[]): Promise<object> => {
    if (fields !== undefined) return { Version: '1.6.9' };
    this.asked++;
    if (!Fake.up) throw gone();
    return { NodeID: 'foo' };
  };
  close = async (): Promise<void> => {
    this.closed = true;
  };
}

describe('a connection', () => {
  const made: Fake[] = [];
  const open: Opener = async () => {
    if (!Fake.up) throw refused();
    const fake = new Fake();
    made.push(fake);
    return fake as unknown as ReceptorControl;
  };
  let connection: Connection;

  beforeEach(() => {
    vi.useFakeTimers();
    made.length = 0;
    Fake.up = true;
    connection = new Connection({ name: 'x', address: 'unix:/x' }, open, () => 5000);
  });
  afterEach(() => {
    connection.close();
    vi.useRealTimers();
  });

  test('opens once for all who want it', async () => {
    await Promise.all([connection.open(), connection.open(), connection.use(async () => 1)]);
    expect(made).toHaveLength(1);
    expect(connection.state).toMatchObject({ kind: 'up', nodeId: 'foo' });
    await vi.advanceTimersByTimeAsync(0);
    expect(connection.version).toBe('1.6.9');
  });

  test('stays closed when the first try fails, with the cause', async () => {
    Fake.up = false;
    await expect(connection.open()).rejects.toMatchObject({ code: 'refused' });
    expect(connection.state.kind).toBe('closed');
    Fake.up = true;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(made).toHaveLength(0);
  });

  test('goes on trying when it is wanted for good', async () => {
    Fake.up = false;
    await expect(connection.open('keep')).rejects.toMatchObject({ code: 'refused' });
    expect(connection.state).toMatchObject({ kind: 'down', error: { code: 'refused' } });
    Fake.up = true;
    await vi.advanceTimersByTimeAsync(1000);
    expect(connection.state.kind).toBe('up');
  });

  test('is down since the first failure, however many follow, and comes back by itself', async () => {
    await connection.open();
    const began = Date.now();
    Fake.up = false;
    made[0]!.emit('disconnect', gone());
    expect(connection.state).toMatchObject({ kind: 'down', since: began });
    expect(made[0]!.closed).toBe(true);
    expect(connection.nodeId).toBe('foo');
    await vi.advanceTimersByTimeAsync(30_000);
    expect(connection.state).toMatchObject({ kind: 'down', since: began, error: { code: 'refused' } });
    Fake.up = true;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connection.state.kind).toBe('up');
    expect(made).toHaveLength(2);
  });

  test('notices that the daemon is gone by the failure of a call, and passes it on', async () => {
    await connection.open();
    await expect(connection.use(async () => Promise.reject(gone()))).rejects.toMatchObject({ code: 'daemon-gone' });
    expect(connection.state.kind).toBe('down');
  });

  test('stands through what the daemon refuses', async () => {
    await connection.open();
    const no = new ControlError('command-refused', 'no', { nextStep: '' });
    await expect(connection.use(async () => Promise.reject(no))).rejects.toBe(no);
    expect(connection.state.kind).toBe('up');
  });

  test('stands through the fault of a node that is reached through it', async () => {
    await connection.open();
    const fault = new ControlError('banner-timeout', 'bar said nothing.', { nextStep: '', beyond: true });
    await expect(connection.use(async () => Promise.reject(fault))).rejects.toBe(fault);
    expect(connection.state.kind).toBe('up');
  });

  test('opens again at once when the user wants it', async () => {
    await connection.open();
    Fake.up = false;
    made[0]!.emit('disconnect', gone());
    await expect(connection.retryNow()).rejects.toMatchObject({ code: 'refused' });
    expect(connection.state.kind).toBe('down');
    Fake.up = true;
    await connection.retryNow();
    expect(connection.state.kind).toBe('up');
  });

  test('is left by whoever stops waiting, and is opened for the others', async () => {
    let answer = (): void => undefined;
    const slow = new Connection(
      { name: 'x', address: 'unix:/x' },
      () => new Promise<void>((resolve) => (answer = resolve)).then(() => open(new AbortController().signal)),
      () => 5000,
    );
    const abort = new AbortController();
    const waits = [slow.open('keep'), slow.use(async () => 1, abort.signal), slow.retryNow(abort.signal)];
    abort.abort();
    const [first, ...others] = await Promise.all([
      Promise.race([waits[0], Promise.resolve('still waits')]),
      ...waits.slice(1).map(async (wait) => wait?.catch((error: unknown) => error)),
    ]);
    expect(first).toBe('still waits');
    expect(others).toMatchObject([{ code: 'aborted' }, { code: 'aborted' }]);
    expect(slow.state.kind).toBe('connecting');
    answer();
    await waits[0];
    expect(slow.state.kind).toBe('up');
    slow.close();
  });

  test('that only one wanted does not come up when that one stops waiting', async () => {
    let answer = (): void => undefined;
    const slow = new Connection(
      { name: 'x', address: 'unix:/x' },
      () => new Promise<void>((resolve) => (answer = resolve)).then(() => open(new AbortController().signal)),
      () => 5000,
    );
    const abort = new AbortController();
    const opened = slow.open('once', abort.signal);
    abort.abort();
    await expect(opened).rejects.toMatchObject({ code: 'aborted' });
    answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(slow.state.kind).toBe('closed');
    expect(made[0]?.closed).toBe(true);
  });

  test('that was closed stays closed, though it was about to try again', async () => {
    await connection.open();
    Fake.up = false;
    made[0]!.emit('disconnect', gone());
    connection.close();
    Fake.up = true;
    await vi.advanceTimersByTimeAsync(300_000);
    expect(connection.state.kind).toBe('closed');
    await expect(connection.use(async () => 1)).rejects.toMatchObject({ code: 'closed' });
    expect(made).toHaveLength(1);
  });

  test('asks for the mesh only while somebody looks', async () => {
    await connection.open();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(made[0]!.asked).toBe(0);
    const [one, two] = [connection.feed.watch(), connection.feed.watch()];
    await vi.advanceTimersByTimeAsync(0);
    expect(made[0]!.asked).toBe(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(made[0]!.asked).toBe(3);
    one.dispose();
    one.dispose();
    await vi.advanceTimersByTimeAsync(5000);
    expect(made[0]!.asked).toBe(4);
    two.dispose();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(made[0]!.asked).toBe(4);
  });

  test('keeps the last good picture while it is down, and asks at once when it is back', async () => {
    await connection.open();
    connection.feed.watch();
    await vi.advanceTimersByTimeAsync(0);
    const picture = connection.feed.snapshot;
    expect(picture?.self).toBe('foo');
    Fake.up = false;
    made[0]!.emit('disconnect', gone());
    await vi.advanceTimersByTimeAsync(20_000);
    expect(connection.feed.snapshot).toBe(picture);
    expect(connection.feed.error).toBeInstanceOf(ControlError);
    Fake.up = true;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connection.feed.error).toBeUndefined();
    expect(made.at(-1)!.asked).toBeGreaterThan(0);
  });
});

test('the wait before the next try doubles, has an end, and differs from window to window', () => {
  expect([0, 1, 2, 10].map((attempt) => retryDelay(attempt, () => 1))).toEqual([1000, 2000, 4000, 60_000]);
  expect(retryDelay(0, () => 0)).toBe(500);
});
