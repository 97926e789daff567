import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { Readable } from 'node:stream';
import { ControlError } from '../../../client/src/control/errors.ts';
import type { SubmitRequest } from '../../../client/src/control/types.ts';
import { openPayload } from '../../../client/src/work/payload.ts';
import type { Submission } from '../../../client/src/work/submission.ts';
import { sendSubmission, type WorkControl } from '../../../client/src/work/submit.ts';
import { lost, unitStatus, unknownUnit } from './simulated.ts';

const submission: Submission = {
  node: 'bar',
  workType: 'cat',
  params: { params: '-n', kube_image: 'x' },
  tlsClient: 'tc',
  ttl: '5m',
  signWork: true,
  payload: { kind: 'text', text: 'hello', label: 'typed text' },
};

const replyLost = (): ControlError => new ControlError('submit-reply-lost', 'the reply did not come', { nextStep: '-', unitId: 'fooX' });

/** A control client of which only what is given works. */
const fake = (parts: Partial<WorkControl>): WorkControl => parts as WorkControl;

describe('sendSubmission', () => {
  it('hands the daemon its own words and the payload', async () => {
    let request: SubmitRequest | undefined;
    let body = '';
    const control = fake({
      submitWork: async (given) => {
        request = given;
        body = (await buffer(given.payload as Readable)).toString();
        return { unitId: 'fooX', result: 'Job Started' };
      },
    });
    const steps: number[] = [];
    const sent = await sendSubmission(control, submission, await openPayload(submission.payload), {
      onProgress: (bytes, size) => steps.push(bytes, size),
    });
    expect(sent).toEqual({ unitId: 'fooX', result: 'Job Started', bytes: 5, reconciled: undefined });
    expect(request).toMatchObject({ node: 'bar', workType: 'cat', params: submission.params, tlsClient: 'tc', ttl: '5m', signWork: true });
    expect(body).toBe('hello');
    expect(steps).toEqual([5, 5]);
  });

  it('asks for the unit when the reply was lost, and submits once only', async () => {
    let submits = 0;
    let asked = 0;
    const control = fake({
      submitWork: async () => Promise.reject((submits++, replyLost())),
      workStatus: async () => (asked++ < 1 ? Promise.reject(lost()) : Promise.resolve(unitStatus(1, 0))),
    });
    const sent = await sendSubmission(control, submission, await openPayload(submission.payload));
    expect(sent).toMatchObject({ unitId: 'fooX', reconciled: { State: 1 } });
    expect(submits).toBe(1);
  });

  it.each([
    ['is unknown', unknownUnit],
    ['can not be asked for', lost],
  ])('says that the reply was lost when the unit %s', async (_, error) => {
    const control = fake({ submitWork: async () => Promise.reject(replyLost()), workStatus: async () => Promise.reject(error()) });
    const payload = await openPayload(submission.payload);
    await expect(sendSubmission(control, submission, payload, { reconcileMs: 20 })).rejects.toMatchObject({
      code: 'submit-reply-lost',
      unitId: 'fooX',
    });
  });

  it('passes on what the daemon refused', async () => {
    const control = fake({ submitWork: async () => Promise.reject(lost()) });
    await expect(sendSubmission(control, submission, await openPayload(submission.payload))).rejects.toMatchObject({ code: 'daemon-gone' });
  });
});
