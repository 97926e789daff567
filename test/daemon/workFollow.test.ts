/** Results followed over restarted daemons and cut connections: not one byte lost or doubled. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ReceptorControl } from '../../client/src/control/index.ts';
import { reloadNode } from '../../client/src/reload/perform.ts';
import { followResults, type FollowEnd, type Following } from '../../client/src/work/follow.ts';
import { openPayload } from '../../client/src/work/payload.ts';
import { resultsOf } from '../../client/src/work/source.ts';
import { sendSubmission, type WorkControl } from '../../client/src/work/submit.ts';
import { Cuttable } from '../harness/cuttable.ts';
import { freePort } from '../harness/meshConfig.ts';
import { startMesh } from '../harness/mesh.ts';
import { hasReceptor, receptorVersions } from '../harness/receptor.ts';
import { CheckedSink, sha256 } from '../client/work/simulated.ts';
import { seeded } from '../harness/random.ts';

const soak = process.env['SOAK'] === '1';
const cuts = soak ? 100 : 2;
const reloads = soak ? 10 : 2;

/** Writes as many numbered lines as its parameter says, one every 20 ms. */
const gen = `- work-command: {worktype: gen, command: sh, allowruntimeparams: true, params: "-c 'i=0; while [ $i -lt $1 ]; do printf \\"%08d abcdefghijklmnopqrstuvwxyz\\\\n\\" $i; i=$((i+1)); sleep 0.02; done' gen"}`;
const generated = (lines: number): Buffer =>
  Buffer.from(Array.from({ length: lines }, (_, i) => `${String(i).padStart(8, '0')} abcdefghijklmnopqrstuvwxyz\n`).join(''));

const node = (id: string, ...items: string[]): string =>
  [
    `- node: {id: ${id}}`,
    '- log-level: {level: info}',
    `- control-service: {service: control, filename: /tmp/${id}.sock}`,
    gen,
    ...items,
    '',
  ].join('\n');

const submit = async (
  control: WorkControl,
  target: string,
  workType: string,
  params: Record<string, string>,
  payload = '',
): Promise<string> => {
  const source = { kind: 'text' as const, text: payload, label: '-' };
  return (await sendSubmission(control, { node: target, workType, params, payload: source }, await openPayload(source))).unitId;
};

const follow = (control: WorkControl, unitId: string): { following: Following; sink: CheckedSink; done: Promise<FollowEnd> } => {
  const sink = new CheckedSink();
  const following = followResults(
    resultsOf(async () => Promise.resolve(control), unitId),
    sink,
    { watchMs: 500, backOff: { first: 50, most: 1_000 } },
  );
  return { following, sink, done: following.done };
};

/** @throws Error when the following ends before that */
const past = async (following: Following, position: number): Promise<void> => {
  let end: FollowEnd | undefined;
  void following.done.then(
    (it) => (end = it),
    () => undefined,
  );
  while (following.position < position) {
    if (end !== undefined) throw new Error(`it ended at ${end.position}: ${end.reason}, ${end.status?.Detail ?? 'no status'}`);
    await sleep(20);
  }
};

// Each test has a mesh of its own and mostly waits for its daemons to notice: they all wait at once.
describe.concurrent.each(receptorVersions.filter((version) => hasReceptor(version)))('results on receptor %s', (version) => {
  // It may be killed while it writes down what it knows of a unit, which is lost to it then (`unexpected end of JSON input`).
  it('go on when the daemon that is asked is killed and started again', { retry: 4, timeout: 120_000 }, async () => {
    await using mesh = await startMesh(
      { a: node('a', '- tcp-listener: {port: 2222}'), b: node('b', '- tcp-peer: {address: "localhost:2222"}') },
      { version },
    );
    const a = mesh.node('a');
    const control = await ReceptorControl.connect(`unix:${a.socket}`);
    const lines = 500;
    const local = follow(control, await submit(control, 'localhost', 'gen', { params: String(lines) }));
    const remote = follow(control, await submit(control, 'b', 'gen', { params: String(lines) }));
    for (const position of [700, 5_000]) {
      await past(local.following, position);
      await past(remote.following, position);
      await a.restart('SIGKILL');
    }
    for (const { done, sink } of [local, remote]) {
      expect(await done).toMatchObject({ reason: 'ended', status: { State: 2, Detail: 'exit status 0' } });
      expect(sink.sha256).toBe(sha256(generated(lines)));
    }
    await control.close();
  });

  it(`go on while the node that is asked reloads ${reloads} times, links and all`, { timeout: soak ? 900_000 : 240_000 }, async () => {
    await using mesh = await startMesh(
      { a: node('a', '- tcp-listener: {port: 2222}'), b: node('b', '- tcp-peer: {address: "localhost:2222"}') },
      { version },
    );
    const { socket, configPath } = mesh.node('a');
    const control = await ReceptorControl.connect(`unix:${socket}`);
    const config = readFileSync(configPath, 'utf8');
    // It must still write when the last reload is over.
    const lines = reloads * 600;
    const { following, sink, done } = follow(control, await submit(control, 'b', 'gen', { params: String(lines) }));
    const outages: number[] = [];
    for (let n = 1; n <= reloads; n++) {
      await past(following, n * 700);
      const saved = performance.now();
      writeFileSync(configPath, n % 2 === 1 ? `${config}- local-only: null\n` : config);
      expect(await reloadNode(control, { nodeId: 'a' })).toMatchObject({
        outcome: { kind: 'done' },
        links: { back: [{ node: 'b' }], missing: [] },
      });
      outages.push(Math.round(performance.now() - saved));
    }
    console.info(`receptor ${version}: ms from the save until the link carries traffic again: ${outages.join(', ')}`);
    expect(following.position).toBeLessThan(generated(lines).length);
    expect(await done).toMatchObject({ reason: 'ended', status: { State: 2, Detail: 'exit status 0' } });
    expect(sink.sha256).toBe(sha256(generated(lines)));
    await control.close();
  });

  it('go on when the node that works is killed and started again', async () => {
    await using mesh = await startMesh(
      { a: node('a', '- tcp-listener: {port: 2222}'), b: node('b', '- tcp-peer: {address: "localhost:2222"}') },
      { version },
    );
    const control = await ReceptorControl.connect(`unix:${mesh.node('a').socket}`);
    const lines = 250;
    const { done, sink, following } = follow(control, await submit(control, 'b', 'gen', { params: String(lines) }));
    await past(following, 700);
    await mesh.node('b').restart('SIGKILL');
    expect(await done).toMatchObject({ reason: 'ended', status: { State: 2 } });
    expect(sink.sha256).toBe(sha256(generated(lines)));
    await control.close();
  }, 120_000);

  it(
    `go on over ${cuts} cuts of the mesh link, through the daemon and through a bridge`,
    async () => {
      const port = await freePort();
      let target = 0;
      const link = new Cuttable(() => target);
      await link.listen(port);
      await using mesh = await startMesh(
        { a: node('a', '- tcp-listener: {port: 2222}'), b: node('b', `- tcp-peer: {address: "localhost:${port}"}`) },
        { version, linked: false },
      );
      target = Number(
        /tcp-listener: *\{? *(?:port: )?(\d+)|port: (\d+)/
          .exec(readFileSync(mesh.node('a').configPath, 'utf8'))!
          .slice(1)
          .find(Boolean),
      );
      await mesh.untilLinked(60_000);
      const control = await ReceptorControl.connect(`unix:${mesh.node('a').socket}`);
      const bridged = await control.connectToNode('b');
      const lines = cuts * 350;
      const unitId = await submit(control, 'b', 'gen', { params: String(lines) });
      const there = Object.keys(await bridged.workList()).at(-1)!;
      const both = [follow(control, unitId), follow(bridged, there)];
      const random = seeded(7);
      for (let i = 0; i < cuts; i++) {
        await mesh.untilLinked(60_000);
        await sleep(random() * 600);
        link.cut();
        await sleep(100);
      }
      for (const { done, sink } of both) {
        expect(await done).toMatchObject({ reason: 'ended', status: { State: 2 } });
        expect(sink.sha256).toBe(sha256(generated(lines)));
      }
      await control.close();
      await link.close();
    },
    soak ? 2_400_000 : 180_000,
  );

  it(`go on over ${soak ? 100 : 12} cuts of the client's connection at random bytes`, async () => {
    await using mesh = await startMesh(
      { a: `${node('a', '- local-only: {}')}- work-command: {worktype: cat, command: cat}\n` },
      { version },
    );
    const door = new Cuttable(() => mesh.node('a').socket);
    const at = path.join(mesh.dir, 'door.sock');
    await door.listen(at);
    const direct = await ReceptorControl.connect(`unix:${mesh.node('a').socket}`);
    const content = randomBytes((soak ? 16 : 4) * 1024 * 1024).toString('base64'); // more than all cuts let through
    const unitId = await submit(direct, 'localhost', 'cat', {}, content);
    const control = await ReceptorControl.connect(`unix:${at}`);
    const random = seeded(11);
    let left = soak ? 100 : 12;
    const next = (): void => {
      door.cutAt = left-- > 0 ? door.passed + Math.floor(random() * 80_000) : Infinity;
    };
    door.onCut = next;
    next();
    const { done, sink } = follow(control, unitId);
    expect(await done).toMatchObject({ reason: 'ended', position: content.length });
    expect(left).toBeLessThan(0);
    expect(sink.sha256).toBe(sha256(Buffer.from(content)));
    await control.close();
    await direct.close();
    await door.close();
  }, 240_000);
});
