// The control client beside receptorctl and a bare socket: what a call costs, and what a byte of results costs.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { ReceptorControl } from '../../client/src/control/index.ts';
import { startMesh } from '../harness/mesh.ts';
import { root } from '../harness/paths.ts';
import { findReceptorctl } from '../harness/receptor.ts';

const gibibyte = 2 ** 30;
const streamed = gibibyte;
const fromDaemon = 256 * 2 ** 20;
/** CPU and time of the client over those of a bare socket reader, for the same bytes. */
const mostOverBare = 1.2;
/** Memory that results of any size may take on top of what the process has anyway. */
const mostGrowth = 64 * 2 ** 20;
/** Always as many, whatever comes out: to go on only while a limit is missed would be to wait for luck. */
const rounds = 12;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** A service that streams zeros as fast as they are taken. Its own process, so that its CPU is nobody else's. */
const fakeService = `
const { createServer } = require('node:net');
const [file, size] = [process.argv[2], Number(process.argv[3])];
const chunk = Buffer.alloc(65536);
createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => {});
  socket.write('Receptor Control, node fake\\n');
  let line = '';
  socket.on('data', (data) => {
    line += data;
    if (!line.includes('\\n')) return;
    const { subcommand } = JSON.parse(line);
    line = '';
    if (subcommand === 'status') return socket.write(JSON.stringify({ State: 2, StateName: 'Succeeded', Detail: '', StdoutSize: size, WorkType: 'x', ExtraData: null }) + '\\n');
    socket.write('Streaming results for work unit x\\n');
    let left = size;
    const more = () => {
      while (left > 0) {
        left -= chunk.length;
        if (!socket.write(chunk)) return socket.once('drain', more);
      }
      socket.end();
    };
    more();
  });
}).listen(file, () => console.log('ready'));
`;

/** Reads the results of a unit by \`how\`, and writes what that took: bytes, CPU seconds, seconds, growth of memory. */
const reader = `
const [how, file, unit, library] = process.argv.slice(2);
async function main() {
  let bytes = 0, began, cpu, least = Infinity, most = 0;
  const begin = () => { began = process.hrtime.bigint(); cpu = process.cpuUsage(); };
  const sample = setInterval(() => { const { rss } = process.memoryUsage(); least = Math.min(least, rss); most = Math.max(most, rss); }, 50);
  let close = async () => {};
  if (how === 'bare') {
    const socket = require('node:net').connect(file);
    await new Promise((resolve) => socket.once('data', resolve));
    begin();
    socket.end(JSON.stringify({ command: 'work', subcommand: 'results', unitid: unit, startpos: 0 }) + '\\n');
    socket.on('data', (chunk) => { bytes += chunk.length; });
    await new Promise((resolve, reject) => socket.once('close', resolve).once('error', reject));
  } else {
    const { ReceptorControl } = require(library);
    const control = await ReceptorControl.connect('unix:' + file);
    close = () => control.close();
    begin();
    const results = control.getWorkResults(unit);
    results.on('data', (chunk) => { bytes += chunk.length; });
    await new Promise((resolve, reject) => results.once('end', resolve).once('error', reject));
  }
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(sample);
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  await close();
  console.log(JSON.stringify({ bytes, cpu: (user + system) / 1e6, seconds, growth: most - least }));
}
main().catch((error) => { console.error(error); process.exitCode = 1; });
`;

interface Reading {
  bytes: number;
  cpu: number;
  seconds: number;
  growth: number;
}

const time = async (run: () => Promise<unknown>, times: number): Promise<number> => {
  const taken: number[] = [];
  for (let i = 0; i < times; i++) {
    const began = performance.now();
    await run();
    taken.push(performance.now() - began);
  }
  return median(taken);
};

/** One status over a socket that does nothing else: connect, banner, command, one line. */
async function bareStatus(file: string): Promise<void> {
  const socket = connect(file);
  socket.once('data', () => socket.write('{"command":"status"}\n'));
  let lines = 0;
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    lines = text.split('\n').length - 1;
    if (lines === 2) break;
  }
  JSON.parse(text.split('\n')[1]!);
  socket.destroy();
}

/** The same on a connection that stands. */
async function bareOpen(file: string): Promise<{ status: () => Promise<unknown>; close: () => void }> {
  const socket = connect(file);
  await once(socket, 'data');
  return {
    status: () =>
      new Promise((resolve) => {
        let text = '';
        const more = (chunk: Buffer): void => {
          text += chunk.toString();
          if (!text.endsWith('\n')) return;
          socket.off('data', more);
          resolve(JSON.parse(text));
        };
        socket.on('data', more);
        socket.write('{"command":"status"}\n');
      }),
    close: () => void socket.destroy(),
  };
}

async function calls(file: string): Promise<void> {
  const control = await ReceptorControl.connect(file);
  const bare = await bareOpen(file);
  const newConnection = async (): Promise<void> => {
    const fresh = await ReceptorControl.connect(file);
    await fresh.status();
    await fresh.close();
  };
  // Each a first time, so that what is measured is compiled.
  for (const run of [() => control.status(), bare.status, newConnection, () => bareStatus(file)]) await time(run, 100);
  const figures: [string, number][] = [
    ['status, open connection, client', await time(() => control.status(), 500)],
    ['status, open connection, bare socket', await time(bare.status, 500)],
    ['status, new connection, client', await time(newConnection, 300)],
    ['status, new connection, bare socket', await time(() => bareStatus(file), 300)],
  ];
  const { command, args, env } = findReceptorctl();
  const receptorctl = async (): Promise<void> => {
    const run = spawnSync(command, [...args, '--socket', file, 'status', '--json'], { env: { ...process.env, ...env } });
    if (run.status !== 0) throw new Error(`receptorctl: ${run.stderr.toString()}`);
  };
  figures.push(['status, receptorctl (its process included)', await time(receptorctl, 1)]);
  for (const [what, ms] of figures) console.log(`${what.padEnd(46)}${ms.toFixed(3).padStart(10)} ms`);
  bare.close();
  await control.close();
}

export async function run(): Promise<boolean> {
  const dir = mkdtempSync(path.join(tmpdir(), 'bench-'));
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(dir, name), text);
    return path.join(dir, name);
  };
  const library = path.join(dir, 'control.cjs');
  await build({
    entryPoints: [path.join(root, 'client/src/control/index.ts')],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    outfile: library,
  });
  const script = file('reader.cjs', reader);
  const read = async (how: 'bare' | 'client', socket: string, unit: string): Promise<Reading> => {
    const child = spawn(process.execPath, [script, how, socket, unit, library], { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    await once(child, 'close');
    return JSON.parse(out) as Reading;
  };
  const fakeSocket = path.join(dir, 'fake.sock');
  const fake = spawn(process.execPath, [file('fake.cjs', fakeService), fakeSocket, String(streamed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const mesh = await startMesh({
    'foo.yml': [
      '- node: {id: foo}',
      '- log-level: {level: info}',
      '- tcp-listener: {port: 2222}',
      '- control-service: {service: control, filename: /tmp/foo.sock}',
      `- work-command: {worktype: zeros, command: dd, params: "if=/dev/zero bs=1M count=${fromDaemon / 2 ** 20} status=none"}`,
    ].join('\n'),
  });
  try {
    await once(fake.stdout, 'data');
    const { socket } = mesh.node('foo');
    await calls(socket);

    // In turns, so that what else the machine does falls on both.
    const readings: Record<'bare' | 'client', Reading[]> = { bare: [], client: [] };
    for (let i = 0; i < rounds; i++) for (const how of ['bare', 'client'] as const) readings[how].push(await read(how, fakeSocket, 'x'));
    // The best of each: what else runs only ever adds.
    const cpu = (how: 'bare' | 'client'): number => Math.min(...readings[how].map((r) => r.cpu)) / (streamed / gibibyte);
    const rate = (how: 'bare' | 'client'): number => streamed / gibibyte / Math.min(...readings[how].map((r) => r.seconds));
    const ratios = { CPU: cpu('client') / cpu('bare'), time: rate('bare') / rate('client') };
    console.log(`\nresults of ${streamed / gibibyte} GiB from a fake service, best of ${rounds}`);
    for (const how of ['bare', 'client'] as const)
      console.log(`  ${how.padEnd(8)}${cpu(how).toFixed(3)} CPU s/GiB  ${rate(how).toFixed(2)} GiB/s`);
    for (const [what, ratio] of Object.entries(ratios))
      console.log(`  ${what} ${ratio.toFixed(2)} times that of a bare socket (at most ${mostOverBare})`);

    const control = await ReceptorControl.connect(socket);
    const { unitId } = await control.submitWork({ workType: 'zeros' });
    while ((await control.workStatus(unitId)).State < 2) await new Promise((resolve) => setTimeout(resolve, 200));
    const real = { client: await read('client', socket, unitId), bare: await read('bare', socket, unitId) };
    await control.close();
    console.log(`\nresults of 256 MiB from the daemon`);
    for (const [how, r] of Object.entries(real))
      console.log(
        `  ${how.padEnd(8)}${(r.bytes / 2 ** 20 / r.seconds).toFixed(0)} MiB/s, memory grew by ${(r.growth / 2 ** 20).toFixed(0)} MiB`,
      );
    const flat = real.client.growth <= mostGrowth;
    console.log(`  ${flat ? 'flat' : 'NOT flat'} (at most ${mostGrowth / 2 ** 20} MiB)`);
    return Math.max(...Object.values(ratios)) <= mostOverBare && flat && real.client.bytes === fromDaemon;
  } finally {
    fake.kill();
    await mesh.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}
