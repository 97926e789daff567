/** What becomes of a submission, with a real connection to a control service that goes and comes back. */
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ControlError, type ReceptorControl } from '../../../../client/src/control/index.ts';
import { Connection } from '../../../../client/src/views/connection.ts';
import { send } from '../../../../client/src/views/work/sending.ts';
import { lost, unitStatus } from '../../work/simulated.ts';
import { testApp } from '../app.ts';

// A connection comes back within seconds, and so does the question.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a unit whose daemon restarts before its reply is asked for over the new connection', async () => {
  let starting = 2; // attempts that are refused
  let submits = 0;
  const open = async (): Promise<ReceptorControl> => {
    if (submits > 0 && starting-- > 0) throw new ControlError('refused', 'Nobody listens.', { nextStep: 'Start it.' });
    let closed = false;
    const control = Object.assign(new EventEmitter(), {
      nodeId: 'foo',
      status: async () => ({ Version: '1.6.9' }),
      close: async () => void (closed = true),
      submitWork: async () => {
        submits++;
        control.emit('disconnect', lost());
        throw new ControlError('submit-reply-lost', 'The reply did not come.', { nextStep: '-', unitId: 'fooX' });
      },
      workStatus: async () => {
        if (closed) throw new ControlError('closed', 'This client was closed.', { nextStep: '-' });
        return unitStatus(1, 0);
      },
    });
    return control as unknown as ReceptorControl;
  };
  const connection = new Connection({ name: 'foo', address: 'unix:/x' }, open, () => 5000);
  await connection.open();
  const { app } = testApp();
  const history: object[] = [];
  const work = {
    hostOf: () => ({}),
    times: { noteSubmitted: () => undefined },
    history: { add: async (entry: object) => history.push(entry) },
    choices: { remember: async () => undefined },
    units: { feedOf: () => undefined },
    endings: { watch: () => undefined },
  };
  Object.assign(app, { work, connections: { active: connection } });
  const sending = send(app, { node: 'foo', workType: 'cat', params: {}, payload: { kind: 'none' } }, { silent: true });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await sending).toMatchObject({ unitId: 'fooX', reconciled: { State: 1 } });
  expect(history).toMatchObject([{ nodeId: 'foo', unitId: 'fooX' }]);
  expect(submits).toBe(1);
  connection.close();
});
