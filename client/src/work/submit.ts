/** Sends a submission whose payload is open already, and finds out what became of it when the daemon's reply is lost. */
import type { ReceptorControl } from '../control/control.ts';
import { isControlError } from '../control/errors.ts';
import { sleep } from '../control/limit.ts';
import type { SubmitRequest, UnitStatus } from '../control/types.ts';
import { isUnitGone } from './follow.ts';
import type { OpenPayload } from './payload.ts';
import type { Submission } from './submission.ts';
import { backOff } from './waiting.ts';

/** The part of a ReceptorControl that work needs; tests give their own. */
export type WorkControl = Pick<
  ReceptorControl,
  'nodeId' | 'submitWork' | 'workStatus' | 'workList' | 'getWorkResults' | 'cancelWork' | 'releaseWork'
>;

export interface SubmitOptions {
  signal?: AbortSignal;
  /** Told of every chunk that was handed on. */
  onProgress?: (sent: number, size: number) => void;
  /** Puts a question to the client of now: the one that submits may be lost together with the reply. Itself by default. */
  ask?: (question: (control: WorkControl) => Promise<UnitStatus>) => Promise<UnitStatus>;
  /** How long to ask for a unit whose reply was lost, in ms; 30 s by default. */
  reconcileMs?: number;
}

export interface Submitted {
  readonly unitId: string;
  /** The daemon's words: `Job Started`, or `Job Submitted` when the remote node could not be reached yet. */
  readonly result: string;
  /** Bytes of the payload. */
  readonly bytes: number;
  /** Set when the reply was lost and the unit was asked for instead. */
  readonly reconciled: UnitStatus | undefined;
}

/** The request of the control client for a submission. */
export const requestOf = (submission: Submission): SubmitRequest => ({
  node: submission.node,
  workType: submission.workType,
  params: submission.params,
  tlsClient: submission.tlsClient,
  ttl: submission.ttl,
  signWork: submission.signWork,
});

/**
 * Submits and uploads. A broken or aborted upload is released by the id that the daemon gave (the control client does so,
 * and its error says whether it could). A lost reply is never answered by submitting again: the unit is asked for.
 * @throws ControlError; with a `unitId` that is not `released` when a unit may be left
 */
export async function sendSubmission(
  control: WorkControl,
  submission: Submission,
  payload: OpenPayload,
  options: SubmitOptions = {},
): Promise<Submitted> {
  const { signal, onProgress } = options;
  try {
    const stream = payload.stream((sent) => onProgress?.(sent, payload.size));
    const { unitId, result } = await control.submitWork({ ...requestOf(submission), payload: stream }, { signal });
    return { unitId, result, bytes: payload.size, reconciled: undefined };
  } catch (error) {
    if (!isControlError(error) || error.code !== 'submit-reply-lost' || error.unitId === undefined) throw error;
    const status = await reconcile(control, error.unitId, options);
    if (status === undefined) throw error;
    return { unitId: error.unitId, result: 'Reply lost', bytes: payload.size, reconciled: status };
  } finally {
    await payload.close();
  }
}

/** Asks for a unit until the daemon answers; undefined when it does not in time, or does not know the unit. */
async function reconcile(control: WorkControl, unitId: string, options: SubmitOptions): Promise<UnitStatus | undefined> {
  const { signal = new AbortController().signal, ask = (question) => question(control) } = options;
  const until = Date.now() + (options.reconcileMs ?? 30_000);
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask((current) => current.workStatus(unitId, { signal }));
    } catch (error) {
      if (signal.aborted || isUnitGone(error) || Date.now() >= until) return undefined;
      await sleep(backOff(attempt, 250, 5_000), signal);
    }
  }
}
