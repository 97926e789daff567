import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { App } from '../../../client/src/views/app.ts';
import { pingRepeatedly } from '../../../client/src/views/ping.ts';
import { answering, fakeService, type FakeService } from '../../harness/hostile.ts';
import { eventually, testApp } from './app.ts';
import { editor } from './vscode.ts';

describe('repeated pings', () => {
  let app: App;
  let service: FakeService;
  let pings: number;
  /** Lets that many pings be answered; the next ones wait. */
  let answered: number;

  beforeEach(async () => {
    editor.reset();
    ({ app } = testApp());
    pings = 0;
    answered = Infinity;
    service = await fakeService(
      answering((line) => {
        if (!line.includes('"ping"')) return '{"NodeID":"fake"}\n';
        if (++pings > answered) return undefined;
        return `{"Success":true,"From":"bar","Time":${pings * 1_000_000},"TimeStr":"${pings}ms"}\n`;
      }),
    );
    await app.connections.connect({ name: 'x', address: service.address });
    // The pauses between pings are of no interest.
    const real = setTimeout;
    vi.stubGlobal('setTimeout', (run: () => void, ms: number) => real(run, ms === 1000 ? 0 : ms));
  });
  afterEach(async () => {
    vi.unstubAllGlobals();
    app.connections.dispose();
    await service.stop();
  });

  test('are ten, and end with their figures', async () => {
    await pingRepeatedly(app, 'bar');
    expect(pings).toBe(10);
    expect(editor.progress[0]).toMatchObject({ title: 'Pinging bar' });
    expect(editor.progress[0]!.messages).toHaveLength(10);
    expect(editor.messages.map(({ text }) => text)).toEqual(['bar: min 1 ms, median 5.5 ms, max 10 ms, 0 % of 10 lost']);
  });

  test('end on Cancel, with the figures so far', async () => {
    answered = 3;
    const done = pingRepeatedly(app, 'bar');
    await eventually(() => expect(pings).toBe(4));
    editor.progress[0]!.cancel();
    await done;
    expect(pings).toBe(4);
    expect(editor.messages).toHaveLength(1);
    expect(editor.messages[0]!.text).toBe('bar: min 1 ms, median 2 ms, max 3 ms, 0 % of 3 lost');
    expect(app.connections.active?.state.kind).toBe('up');
  });
});
