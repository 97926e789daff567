/** Submissions whose connection breaks: one unit or none, never two, and the error says which. */
import { randomBytes } from 'node:crypto';
import { truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ReceptorControl, type ControlError } from '../../client/src/control/index.ts';
import { followResults } from '../../client/src/work/follow.ts';
import { openPayload } from '../../client/src/work/payload.ts';
import { resultsOf } from '../../client/src/work/source.ts';
import { sendSubmission, type SubmitOptions, type Submitted } from '../../client/src/work/submit.ts';
import { CheckedSink, sha256 } from '../client/work/simulated.ts';
import { Cuttable } from '../harness/cuttable.ts';
import { line, startMesh, type Mesh } from '../harness/mesh.ts';
import { hasReceptor, receptorVersions } from '../harness/receptor.ts';

const content = randomBytes(4 * 1024 * 1024);

describe.each(receptorVersions.filter((version) => hasReceptor(version)))('a submission to receptor %s', (version) => {
  let mesh: Mesh;
  let door: Cuttable;
  let direct: ReceptorControl;
  let control: ReceptorControl;
  let file: string;

  beforeAll(async () => {
    mesh = await startMesh(line('a', 'b'), { version });
    direct = await ReceptorControl.connect(`unix:${mesh.node('a').socket}`);
    door = new Cuttable(() => mesh.node('a').socket);
    const at = path.join(mesh.dir, 'door.sock');
    await door.listen(at);
    control = await ReceptorControl.connect(`unix:${at}`);
    file = path.join(mesh.dir, 'payload');
  });
  afterAll(async () => {
    await control?.close();
    await direct?.close();
    await door?.close();
    await mesh?.stop();
  });
  beforeEach(() => {
    writeFileSync(file, content);
    Object.assign(door, { cutSentAt: Infinity, losesReply: false, onCut: undefined });
  });

  const units = async (): Promise<string[]> => Object.keys(await direct.workList());

  const submit = async (node: string, options: SubmitOptions = {}): Promise<Submitted> => {
    const payload = { kind: 'file' as const, path: file };
    return sendSubmission(control, { node, workType: 'cat', params: {}, payload }, await openPayload(payload), options);
  };

  const failed = async (sent: Promise<unknown>): Promise<ControlError> =>
    sent.then(
      () => {
        throw new Error('it did not fail');
      },
      (error: unknown) => error as ControlError,
    );

  describe.each(['localhost', 'b'])('for %s', (node) => {
    it('whose reply is lost is found by its id, and submitted once', async () => {
      const before = await units();
      door.losesReply = true;
      door.onCut = () => (door.losesReply = false); // the way is free for whoever asks
      const sent = await submit(node);
      expect(sent.reconciled?.StateName).toMatch(/^(?:Pending|Running|Succeeded)$/);
      expect((await units()).filter((id) => !before.includes(id))).toEqual([sent.unitId]);
      const sink = new CheckedSink();
      const end = await followResults(
        resultsOf(async () => Promise.resolve(direct), sent.unitId),
        sink,
        { watchMs: 500 },
      ).done;
      expect(end).toMatchObject({ reason: 'ended', status: { State: 2 } });
      expect(sink.sha256).toBe(sha256(content));
      await direct.releaseWork(sent.unitId);
    });

    it('whose reply is lost with the way to ask says so, with the id, and is not repeated', async () => {
      const before = await units();
      let cuts = 0;
      door.losesReply = true;
      door.onCut = () => {
        cuts++;
        door.cutSentAt = 0; // nothing passes from now on
      };
      const error = await failed(submit(node, { reconcileMs: 1_500 }));
      expect(error).toMatchObject({ code: 'submit-reply-lost', unitId: expect.stringMatching(/^\w+$/) as string });
      expect(error.message).toMatch(/the unit may run or not/);
      expect(cuts).toBeGreaterThan(1); // it was asked for
      expect((await units()).filter((id) => !before.includes(id))).toEqual([error.unitId]);
      await direct.releaseWork(error.unitId!, { force: true });
    });

    it('whose upload breaks off is cancelled and released', async () => {
      const before = await units();
      door.cutSentAt = door.sent + 1024 * 1024;
      door.onCut = () => (door.cutSentAt = Infinity);
      const error = await failed(submit(node));
      expect(error.message).toMatch(/was cancelled and released/);
      expect(error.nextStep).toMatch(/submit again/);
      expect(await units()).toEqual(before);
    });

    it("whose upload breaks off and can't be released says that it may run on half of its input", async () => {
      const before = await units();
      door.cutSentAt = door.sent + 1024 * 1024;
      const error = await failed(submit(node));
      expect(error.message).toMatch(/could not be released .*it may run on half of its input/);
      const left = (await units()).filter((id) => !before.includes(id));
      expect(left).toEqual([error.unitId]);
      await direct.releaseWork(left[0]!, { force: true });
    });

    it('whose file becomes shorter on the way is cancelled and released', async () => {
      const before = await units();
      const error = await failed(
        submit(node, {
          onProgress: (sent) => {
            if (sent > 1024 * 1024) truncateSync(file, 1024 * 1024);
          },
        }),
      );
      expect(error).toMatchObject({ code: 'payload-failed' });
      expect(error.message).toMatch(/became shorter .* was cancelled and released/);
      expect(await units()).toEqual(before);
    });
  });

  it('whose daemon is killed before its reply is found by whoever asks the new daemon', async () => {
    const before = await units();
    let restarted: Promise<void> | undefined;
    door.losesReply = true;
    door.onCut = () => {
      door.losesReply = false;
      restarted ??= mesh.node('a').restart('SIGKILL');
    };
    const sent = await submit('localhost', {
      ask: async (question) => {
        await restarted;
        const current = await ReceptorControl.connect(`unix:${mesh.node('a').socket}`);
        try {
          return await question(current);
        } finally {
          await current.close();
        }
      },
    });
    expect(restarted).toBeDefined();
    expect(sent.reconciled?.StateName).toMatch(/^(?:Pending|Running|Succeeded)$/);
    expect((await units()).filter((id) => !before.includes(id))).toEqual([sent.unitId]);
    await direct.releaseWork(sent.unitId);
  });
});
