// Results of a real daemon: through the follower into a file, beside a bare socket into a file, in one process.
import { once } from 'node:events';
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { ReceptorControl } from '../../client/src/control/index.ts';
import { followResults } from '../../client/src/work/follow.ts';
import { followIntoFile } from '../../client/src/work/intoFile.ts';
import { resultsOf } from '../../client/src/work/source.ts';
import { startMesh, type MeshNode } from '../harness/mesh.ts';

const MiB = 1024 * 1024;
const rounds = 5;
const roundSize = 512 * MiB;
const longSize = 1024 * MiB;

const config =
  '- node: {id: bench}\n- local-only: {}\n- control-service: {service: control, filename: /tmp/bench.sock}\n- work-command: {worktype: cat, command: cat}\n';

interface Measured {
  cpuSeconds: number;
  seconds: number;
  /** 99th percentile of the event loop's delay in ms. */
  delay: number;
  /** Growth of the resident set at its highest, in MiB. */
  grown: number;
}

async function measure(run: () => Promise<void>): Promise<Measured> {
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let highest = before;
  const watching = setInterval(() => (highest = Math.max(highest, process.memoryUsage.rss())), 20);
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const cpu = process.cpuUsage();
  const began = performance.now();
  await run();
  const seconds = (performance.now() - began) / 1000;
  const used = process.cpuUsage(cpu);
  loop.disable();
  clearInterval(watching);
  return { seconds, cpuSeconds: (used.user + used.system) / 1e6, delay: loop.percentile(99) / 1e6, grown: (highest - before) / MiB };
}

/** What anybody would write: the last `size` bytes out of the socket into a file, as they come. */
async function bare(socketPath: string, unitId: string, size: number, target: string): Promise<void> {
  const file = await open(target, 'w');
  const socket = connect({ path: socketPath, allowHalfOpen: true });
  const command = { command: 'work', subcommand: 'results', unitid: unitId, startpos: longSize - size };
  let skip = 2; // the lines before the results
  let position = 0;
  socket.on('data', (chunk: Buffer) => {
    let bytes = chunk;
    while (skip > 0) {
      const end = bytes.indexOf(0x0a);
      if (end < 0) return;
      bytes = bytes.subarray(end + 1);
      if (--skip === 1) socket.end(`${JSON.stringify(command)}\n`);
    }
    if (bytes.length === 0) return;
    socket.pause();
    position += bytes.length;
    void file.write(bytes).then(() => socket.resume());
  });
  await once(socket, 'end');
  await file.close();
  if (position !== size) throw new Error(`the bare socket got ${position} of ${size} bytes`);
}

/** As "Save Results" does it. */
async function followed(control: ReceptorControl, unitId: string, size: number, target: string): Promise<void> {
  const results = resultsOf(async () => Promise.resolve(control), unitId);
  const end = await followIntoFile(target, (file) => followResults(results, file, { startPos: longSize - size }));
  if (end.reason !== 'ended' || statSync(target).size !== size) throw new Error(`the follower got ${end.position} of ${longSize} bytes`);
}

/** A unit with much output. Through a work command it would take minutes: so a short one is made longer while the daemon is down. */
async function longUnit(node: MeshNode): Promise<string> {
  const control = await ReceptorControl.connect(`unix:${node.socket}`);
  const { unitId } = await control.submitWork({ workType: 'cat', payload: 'x' });
  while ((await control.workStatus(unitId)).State < 2) await sleep(100);
  await control.close();
  await node.kill();
  const files = path.join(node.unitsDir, unitId);
  truncateSync(path.join(files, 'stdout'), longSize);
  const status = JSON.parse(readFileSync(path.join(files, 'status'), 'utf8')) as object;
  writeFileSync(path.join(files, 'status'), JSON.stringify({ ...status, StdoutSize: longSize }));
  await node.start();
  return unitId;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

export async function run(): Promise<boolean> {
  await using mesh = await startMesh({ bench: config });
  const node = mesh.node('bench');
  const unitId = await longUnit(node);
  const { socket } = node;
  const target = path.join(mesh.dir, 'results');
  const control = await ReceptorControl.connect(`unix:${socket}`);
  try {
    await followed(control, unitId, roundSize, target);
    await bare(socket, unitId, roundSize, target);
    const peers: Measured[] = [];
    const ours: Measured[] = [];
    for (let i = 0; i < rounds; i++) {
      peers.push(await measure(async () => bare(socket, unitId, roundSize, target)));
      ours.push(await measure(async () => followed(control, unitId, roundSize, target)));
    }
    const long = await measure(async () => followed(control, unitId, longSize, target));

    const perGiB = (of: readonly Measured[]): number => (median(of.map(({ cpuSeconds }) => cpuSeconds)) * (1024 * MiB)) / roundSize;
    const rate = (of: readonly Measured[]): number => roundSize / MiB / median(of.map(({ seconds }) => seconds));
    const ratio = perGiB(ours) / perGiB(peers);
    const delay = (of: readonly Measured[]): string => median(of.map((one) => one.delay)).toFixed(1);
    console.log('| results into a file, 512 MiB, median of 5 | CPU s per GiB | MiB/s | event-loop delay p99, ms |');
    console.log('|---|--:|--:|--:|');
    console.log(`| bare socket | ${perGiB(peers).toFixed(2)} | ${rate(peers).toFixed(0)} | ${delay(peers)} |`);
    console.log(`| follower | ${perGiB(ours).toFixed(2)} (${ratio.toFixed(2)}x) | ${rate(ours).toFixed(0)} | ${delay(ours)} |`);
    console.log('');
    console.log(
      `1 GiB through the follower: resident set grew by ${long.grown.toFixed(0)} MiB, event-loop delay p99 ${long.delay.toFixed(1)} ms`,
    );
    const holds = [
      [ratio <= 1.2, 'CPU per GiB within 1.2x of a bare socket'],
      [long.grown <= 64, 'memory flat (64 MiB) while 1 GiB streams'],
      [long.delay <= 50, 'event-loop delay p99 within 50 ms'],
    ] as const;
    for (const [ok, what] of holds) console.log(`${ok ? 'ok  ' : 'FAIL'} ${what}`);
    return holds.every(([ok]) => ok);
  } finally {
    await control.close();
  }
}
