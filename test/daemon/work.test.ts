/** Work on real daemons: what goes in comes out, what is refused was foretold, every state can be cancelled and released. */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isControlError, ReceptorControl } from '../../client/src/control/index.ts';
import type { UnitStatus } from '../../client/src/control/types.ts';
import { buildSnapshot } from '../../client/src/mesh/model.ts';
import { meshFacts } from '../../client/src/views/work/meshFacts.ts';
import { checkSubmission } from '../../client/src/work/checks.ts';
import { followResults, type FollowEnd } from '../../client/src/work/follow.ts';
import { openPayload } from '../../client/src/work/payload.ts';
import { resultsOf } from '../../client/src/work/source.ts';
import type { PayloadSource, Submission } from '../../client/src/work/submission.ts';
import { sendSubmission } from '../../client/src/work/submit.ts';
import { explainDetail, explainPending, readUnit } from '../../client/src/work/units.ts';
import { startMesh, type Mesh } from '../harness/mesh.ts';
import { hasReceptor, receptorVersions } from '../harness/receptor.ts';

const soak = process.env['SOAK'] === '1';
const MiB = 1024 * 1024;

const types = [
  '- work-command: {worktype: cat, command: cat}',
  '- work-command: {worktype: echo, command: echo, allowruntimeparams: true}',
  `- work-command: {worktype: sleeper, command: sh, params: "-c 'echo begun; exec sleep 600'"}`,
  `- work-command: {worktype: failing, command: sh, params: "-c 'echo out; echo err >&2; exit 3'"}`,
  '- work-command: {worktype: nocommand, command: /nonexistent/command}',
  '- work-kubernetes: {worktype: pod, image: busybox, namespace: default, authmethod: runtime, allowruntimepod: true, allowruntimeauth: true}',
];

const configs = (dir: string): Record<string, string> => ({
  a: [
    '- node: {id: a}',
    '- log-level: {level: info}',
    '- tcp-listener: {port: 2222}',
    '- control-service: {service: control, filename: /tmp/a.sock}',
    `- work-signing: {privatekey: ${dir}/private.pem, tokenexpiration: 10m}`,
    ...types,
    '',
  ].join('\n'),
  b: [
    '- node: {id: b}',
    '- log-level: {level: info}',
    '- tcp-peer: {address: "localhost:2222"}',
    '- tcp-listener: {port: 2223}',
    '- control-service: {service: control, filename: /tmp/b.sock}',
    `- work-verification: {publickey: ${dir}/public.pem}`,
    ...types,
    '- work-command: {worktype: signed, command: cat, verifysignature: true}',
    '',
  ].join('\n'),
  c: [
    '- node: {id: c}',
    '- log-level: {level: info}',
    '- tcp-peer: {address: "localhost:2223"}',
    '- control-service: {service: control, filename: /tmp/c.sock}',
    ...types,
    '',
  ].join('\n'),
});

const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

describe.each(receptorVersions.filter((version) => hasReceptor(version)))('work on receptor %s', (version) => {
  let keys: string;
  let mesh: Mesh;
  let control: ReceptorControl;

  beforeAll(async () => {
    keys = mkdtempSync(path.join(tmpdir(), 'keys-'));
    const { privateKey, publicKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    writeFileSync(path.join(keys, 'private.pem'), privateKey, { mode: 0o600 });
    writeFileSync(path.join(keys, 'public.pem'), publicKey);
    mesh = await startMesh(configs(keys), { version, advertised: true });
    control = await ReceptorControl.connect(`unix:${mesh.node('a').socket}`);
  }, 120_000);

  afterAll(async () => {
    await control.close();
    await mesh.stop();
    rmSync(keys, { recursive: true });
  });

  const submission = (more: Partial<Submission>): Submission => ({
    node: 'localhost',
    workType: 'cat',
    params: {},
    payload: { kind: 'none' },
    ...more,
  });

  const submit = async (more: Partial<Submission>): Promise<string> => {
    const what = submission(more);
    return (await sendSubmission(control, what, await openPayload(what.payload))).unitId;
  };

  /** Follows a unit to its end and hashes what comes. */
  const results = async (
    unitId: string,
    startPos = 0,
    onData?: () => void,
  ): Promise<FollowEnd & { sha256: string; text: () => string }> => {
    const hash = createHash('sha256');
    const parts: Buffer[] = [];
    let next = startPos;
    const sink = {
      write: (chunk: Uint8Array, offset: number): void => {
        expect(offset).toBe(next);
        next += chunk.length;
        onData?.();
        hash.update(chunk);
        if (next < MiB) parts.push(Buffer.from(chunk));
      },
    };
    const end = await followResults(
      resultsOf(async () => Promise.resolve(control), unitId),
      sink,
      { startPos, watchMs: 500 },
    ).done;
    return { ...end, sha256: hash.digest('hex'), text: () => Buffer.concat(parts).toString() };
  };

  const statusWhere = async (unitId: string, where: (status: UnitStatus) => boolean): Promise<UnitStatus> => {
    for (const end = Date.now() + 40_000; Date.now() < end; await sleep(100)) {
      const status = await control.workStatus(unitId);
      if (where(status)) return status;
    }
    throw new Error(`unit ${unitId} did not come to that state: ${JSON.stringify(await control.workStatus(unitId))}`);
  };

  let files = 0;
  const file = (content: Uint8Array): PayloadSource => {
    const target = path.join(keys, `payload-${files++}`);
    writeFileSync(target, content);
    return { kind: 'file', path: target };
  };

  // Most of what follows is waiting for a daemon that looks once a second: what needs no list of all units goes at once.
  describe.concurrent.each([
    ['on the node itself', 'localhost'],
    ['one hop away', 'b'],
    ['two hops away', 'c'],
  ])('%s', (_, node) => {
    it.each([0, 1, 70_000, soak ? 64 * MiB : 4 * MiB])(
      'gives back %i bytes as they were',
      async (size) => {
        const content = randomBytes(size);
        const unitId = await submit({ node, payload: file(content) });
        const end = await results(unitId);
        expect(end).toMatchObject({ reason: 'ended', position: size, status: { State: 2, Detail: 'exit status 0', StdoutSize: size } });
        expect(end.sha256).toBe(sha256(content));
        await control.releaseWork(unitId);
      },
      240_000,
    );

    it('keeps NULs, line ends and what is no UTF-8', async () => {
      const content = Buffer.from([0, 0, 255, 13, 10, 0, 10, 13, 254, 0]);
      const unitId = await submit({ node, payload: file(content) });
      expect((await results(unitId)).sha256).toBe(sha256(content));
      await control.releaseWork(unitId);
    });
  });

  it('starts at any offset', async () => {
    const content = randomBytes(200_000);
    const unitId = await submit({ payload: file(content) });
    await results(unitId);
    const offsets = [
      0,
      1,
      199_999,
      200_000,
      65_535,
      65_536,
      65_537,
      ...Array.from({ length: soak ? 60 : 6 }, (_, i) => (i * 104_729) % 200_000),
    ];
    await Promise.all(
      offsets.map(async (offset) => {
        const end = await results(unitId, offset);
        expect(end).toMatchObject({ reason: 'ended', position: 200_000 });
        expect(end.sha256).toBe(sha256(content.subarray(offset)));
      }),
    );
    await control.releaseWork(unitId);
  });

  it('passes parameters and merges stderr into the output', async () => {
    const echo = await submit({ node: 'b', workType: 'echo', params: { params: '-n "two words" ü' } });
    expect((await results(echo)).text()).toBe('two words ü');
    const failing = await submit({ workType: 'failing' });
    const end = await results(failing);
    expect(end).toMatchObject({ reason: 'ended', status: { State: 3, Detail: 'exit status 3' } });
    expect(end.text().split('\n').sort()).toEqual(['', 'err', 'out']);
    await control.releaseWork(echo);
    await control.releaseWork(failing);
  });

  it('runs signed work when it is signed', async () => {
    const unitId = await submit({ node: 'b', workType: 'signed', signWork: true, payload: { kind: 'text', text: 'signed', label: '-' } });
    expect((await results(unitId)).text()).toBe('signed');
    await control.releaseWork(unitId);
  });

  it('lets work expire when its node does not come', async () => {
    const unitId = await submit({ node: 'ghost', ttl: '1s' });
    const facts = meshFacts(buildSnapshot(await control.status(), Date.now()), true);
    const pending = readUnit(unitId, await control.workStatus(unitId), {
      reachableSince: (node) => (facts.reachOf(node) === 'reachable' ? 0 : undefined),
      firstSeen: Date.now(),
      now: Date.now(),
    });
    expect(pending).toMatchObject({ remoteNode: 'ghost', workType: 'cat', orphan: pending.final ? undefined : 'node-gone' });
    const end = await results(unitId);
    expect(end).toMatchObject({ reason: 'ended', position: 0, status: { State: 3 } });
    expect(explainDetail(end.status!.Detail)).toMatch(/ttl ran out/);
    await control.releaseWork(unitId);
  });

  it.each<[string, Partial<Submission>, RegExp, string | undefined]>([
    ['an unknown type here', { workType: 'nosuch' }, /unknown work type nosuch/, 'work-type-unknown'],
    [
      'an unknown type there',
      { node: 'b', workType: 'nosuch' },
      /could not parse response: ERROR: unknown work type nosuch/,
      'work-type-unknown',
    ],
    ['a ttl here', { ttl: '5m' }, /ttl option is intended for remote work only/, 'ttl-local'],
    ['a ttl without unit', { node: 'b', ttl: '5' }, /missing unit in duration/, 'ttl-invalid'],
    [
      'a secret without TLS',
      { node: 'b', params: { secret_x: 'y' } },
      /cannot send secrets over a non-TLS connection/,
      'secret-without-tls',
    ],
    ['signed work unsigned', { node: 'b', workType: 'signed' }, /could not verify signature: signature is empty/, 'signature-missing'],
    ['unsigned work signed', { node: 'b', signWork: true }, /work type did not expect a signature/, 'signature-unexpected'],
    ['parameters that are not allowed', { params: { params: 'x' } }, /extra params provided but not allowed/, undefined],
    ['a TLS client that is not there', { node: 'b', tlsClient: 'nosuch' }, /unknown TLS config nosuch/, undefined],
    ['a kubeconfig that is missing', { workType: 'pod' }, /secret_kube_config must be provided if AuthMethod=runtime/, undefined],
    [
      'an image that may not be chosen',
      { workType: 'pod', params: { secret_kube_config: '{}', kube_image: 'x' } },
      /kube_image.*provided but not allowed/i,
      undefined,
    ],
    [
      'a pending timeout that may not be chosen',
      { workType: 'pod', params: { secret_kube_config: '{}', pod_pending_timeout: '5m' } },
      /pod_pending_timeout.*provided but not allowed/i,
      undefined,
    ],
  ])('refuses %s in its own words, which the checks foretold', async (_, more, words, code) => {
    const facts = meshFacts(buildSnapshot(await control.status(), Date.now()), true);
    const what = submission(more);
    const foretold = checkSubmission(what, facts, { size: 0 }).map((problem) => problem.code);
    expect(foretold).toEqual(code === undefined ? [] : [code]);
    const before = new Set(Object.keys(await control.workList()));
    const refused: unknown = await submit(more).catch((error: unknown) => error);
    expect(isControlError(refused)).toBe(true);
    expect(refused).toMatchObject({ code: 'command-refused', message: expect.stringMatching(words) as unknown });
    if (isControlError(refused)) expect(refused.nextStep).not.toMatch(/See the log/);
    for (const left of Object.keys(await control.workList())) if (!before.has(left)) await control.releaseWork(left, { force: true });
  });

  it('runs what the checks let pass without a word, and only that', async () => {
    const facts = meshFacts(buildSnapshot(await control.status(), Date.now()), true);
    await Promise.all(
      ['localhost', 'a', 'b', 'c'].map(async (node) => {
        expect(checkSubmission(submission({ node }), facts, { size: 0 })).toEqual([]);
        const unitId = await submit({ node });
        expect((await results(unitId)).status?.State).toBe(2);
        await control.releaseWork(unitId);
      }),
    );
  });

  it('says what became of a command that is not there', async () => {
    const unitId = await submit({ workType: 'nocommand' });
    const end = await results(unitId);
    expect(end).toMatchObject({ reason: 'ended', position: 0, status: { State: 3 } });
    await control.releaseWork(unitId);
  });

  describe.concurrent.each(['localhost', 'b'])('units on %s', (node) => {
    it('are cancelled while they run; their results end, and stay until released', async () => {
      const unitId = await submit({ node, workType: 'sleeper' });
      await statusWhere(unitId, (status) => status.State === 1 && status.StdoutSize >= 6);
      const following = results(unitId);
      await control.cancelWork(unitId);
      const end = await following;
      expect(end).toMatchObject({ reason: 'ended', position: 6, status: { State: 4 } });
      expect(end.text()).toBe('begun\n');
      expect((await results(unitId)).text()).toBe('begun\n');
      await control.releaseWork(unitId);
      expect(await results(unitId)).toMatchObject({ reason: 'gone' });
    });

    it('are released while they run, and a follower ends', async () => {
      const unitId = await submit({ node, workType: 'sleeper' });
      await statusWhere(unitId, (status) => status.State === 1 && status.StdoutSize >= 6);
      let came = (): void => undefined;
      const begun = new Promise<void>((resolve) => (came = resolve));
      const following = results(unitId, 0, came);
      await begun;
      await control.releaseWork(unitId);
      const end = await following;
      // The daemon cancels before it releases: either may be seen first.
      expect(['gone', 'ended']).toContain(end.reason);
      expect(end.text()).toBe('begun\n');
      await expect(control.workStatus(unitId)).rejects.toThrow(/unknown work unit/);
    });

    it('answer to a cancel after their end, and can still be read', async () => {
      const unitId = await submit({ node, payload: { kind: 'text', text: 'x', label: '-' } });
      await results(unitId);
      await control.cancelWork(unitId).catch(() => undefined);
      expect((await results(unitId)).text()).toBe('x');
      await control.releaseWork(unitId, { force: true });
    });
  });

  it('cancels and releases what is pending for a node that is not there', async () => {
    const cancelled = await submit({ node: 'ghost' });
    expect(await control.workStatus(cancelled)).toMatchObject({ State: 0 });
    expect(await control.cancelWork(cancelled)).toEqual({ cancelled });
    const end = await results(cancelled);
    expect(end).toMatchObject({ reason: 'ended', status: { State: 3, Detail: 'Locally Cancelled' } });
    await control.releaseWork(cancelled);
    const released = await submit({ node: 'ghost' });
    await control.releaseWork(released);
    expect(Object.keys(await control.workList())).not.toContain(released);
  });

  const sleepsOn = async (node: string): Promise<string> => {
    const unitId = await submit({ node, workType: 'sleeper' });
    await statusWhere(unitId, (status) => status.State === 1 && status.StdoutSize >= 6);
    return unitId;
  };

  it('releases by force only what the remote node does not know any more', async () => {
    const unitId = await sleepsOn('b');
    const there = readUnit(unitId, await control.workStatus(unitId), { reachableSince: undefined, firstSeen: undefined, now: 0 });
    const b = await ReceptorControl.connect(`unix:${mesh.node('b').socket}`);
    await b.releaseWork(there.remoteUnitId!, { force: true });
    await b.close();
    for (const end of [() => control.cancelWork(unitId), () => control.releaseWork(unitId)]) {
      await expect(end()).rejects.toMatchObject({
        code: 'command-refused',
        daemonText: expect.stringMatching(/error \w+ing remote unit: .*unknown work unit/) as unknown,
        nextStep: expect.stringContaining('Force Release') as unknown,
      });
      expect(Object.keys(await control.workList())).toContain(unitId);
    }
    expect(await control.releaseWork(unitId, { force: true })).toEqual({ released: unitId });
    expect(Object.keys(await control.workList())).not.toContain(unitId);
  }, 120_000);

  it('keeps a cancel and a release pending for a node that has gone, and releases by force', async () => {
    const [cancelled, released, forced] = await Promise.all([sleepsOn('c'), sleepsOn('c'), sleepsOn('c')]);
    const c = mesh.node('c');
    await c.kill();
    try {
      // Each may take the 30 s of a dial in vain.
      expect(
        await Promise.all([control.cancelWork(cancelled), control.releaseWork(released), control.releaseWork(forced, { force: true })]),
      ).toEqual([{ 'cancel pending': cancelled }, { 'release pending': released }, { released: forced }]);
      const list = await control.workList();
      const pending = Object.entries(list).map(([id, status]) => {
        const unit = readUnit(id, status, { reachableSince: () => undefined, firstSeen: undefined, now: 0 });
        return [id, unit.cancelPending, unit.releasePending, explainPending(unit) !== undefined];
      });
      expect(pending).toContainEqual([cancelled, true, false, true]);
      expect(pending).toContainEqual([released, expect.any(Boolean), true, true]);
      expect(Object.keys(list)).not.toContain(forced);
      const left = [cancelled, released];
      expect(await Promise.all(left.map(async (unitId) => control.releaseWork(unitId, { force: true })))).toEqual(
        left.map((unitId) => ({ released: unitId })),
      );
      expect(Object.keys(await control.workList()).filter((unitId) => left.includes(unitId))).toEqual([]);
    } finally {
      await c.start();
    }
  }, 240_000);

  it('leaves nothing of an upload that is aborted midway', async () => {
    const before = Object.keys(await control.workList());
    const content = randomBytes(8 * MiB);
    const payload = await openPayload(file(content));
    const abort = new AbortController();
    const failed: unknown = await sendSubmission(control, submission({ node: 'b' }), payload, {
      signal: abort.signal,
      onProgress: (sent) => {
        if (sent > MiB) abort.abort();
      },
    }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'aborted', message: expect.stringMatching(/was cancelled and released/) as unknown });
    expect(Object.keys(await control.workList())).toEqual(before);
  });
});
