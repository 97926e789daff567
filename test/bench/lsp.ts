// The language server beside yaml-language-server with our schema, both on the same Node, in the same run.
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../harness/paths.ts';
import { LspPeer, type ServerCommand } from './lsp-peer.ts';
import { configOf } from './lsp-config.ts';
import { hostNode } from './node.ts';

const sizes = [10, 100, 1000, 10_000];
/** The peer needs seconds per round at the larger sizes. */
const roundsOf = (size: number, peer: boolean): number => (peer ? (size >= 10_000 ? 3 : 5) : 21);

/** yaml-language-server reads an edit only after this pause. */
const peerPauseMs = 200;

interface Figures {
  readonly start: number;
  readonly open: number;
  readonly edit: number;
  readonly completion: number;
  readonly hover: number;
  readonly peakMb: number;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** A server in its first minute is slower than one that has compiled its code: a few opens and edits come before measuring. */
async function warmUp(peer: LspPeer): Promise<void> {
  const uri = 'file:///bench/warm-up.receptor.yml';
  const { text, line } = configOf(10);
  await peer.open(uri, text);
  for (let i = 0; i < 5; i++) await peer.edit(uri, line, 10, 10, '1');
  await peer.close(uri);
}

async function measure(command: ServerCommand, size: number, peer: boolean): Promise<Figures> {
  const server = await LspPeer.start(command);
  try {
    await warmUp(server);
    const { text, line } = configOf(size);
    const rounds = roundsOf(size, peer);
    const opens: number[] = [];
    for (let i = 0; i < Math.min(rounds, 7); i++) {
      const uri = `file:///bench/open-${i}.receptor.yml`;
      opens.push((await server.open(uri, text)).ms);
      await server.close(uri);
    }
    const uri = 'file:///bench/edit.receptor.yml';
    await server.open(uri, text);
    const edits: number[] = [];
    const completions: number[] = [];
    const hovers: number[] = [];
    for (let i = 0; i < rounds; i++) {
      edits.push((await server.edit(uri, line, 10, i % 2 === 0 ? 10 : 11, i % 2 === 0 ? '1' : '')).ms);
    }
    for (let i = 0; i < rounds; i++) {
      const at = { position: { line, character: 6 } };
      const span = [10, i % 2 === 0 ? 10 : 11, i % 2 === 0 ? '1' : ''] as const;
      completions.push(await server.editAndAsk(uri, line, ...span, 'textDocument/completion', at));
    }
    for (let i = 0; i < rounds; i++) {
      const at = { position: { line, character: 6 } };
      const span = [10, i % 2 === 0 ? 10 : 11, i % 2 === 0 ? '1' : ''] as const;
      hovers.push(await server.editAndAsk(uri, line, ...span, 'textDocument/hover', at));
    }
    return {
      start: server.startMs,
      open: median(opens),
      edit: median(edits),
      completion: median(completions),
      hover: median(hovers),
      peakMb: server.peakMb(),
    };
  } finally {
    await server.stop();
  }
}

/** Memory before and after 500 opens and closes of a config of 100 items, once the first 200 have filled what is kept. */
async function measureOpens(command: ServerCommand): Promise<{ before: number; after: number }> {
  const server = await LspPeer.start(command);
  try {
    const { text } = configOf(100);
    let before = 0;
    for (let i = 0; i < 700; i++) {
      const uri = `file:///bench/many-${i}.receptor.yml`;
      await server.open(uri, text);
      await server.close(uri);
      if (i === 199) before = server.rssMb();
    }
    return { before, after: server.rssMb() };
  } finally {
    await server.stop();
  }
}

/** Spawn to initialized of each, in turn: a machine that is busy for a moment is so for both. */
async function measureStarts(own: ServerCommand, peer: ServerCommand): Promise<{ own: number; peer: number }> {
  const times: { own: number[]; peer: number[] } = { own: [], peer: [] };
  for (let i = 0; i < 9; i++) {
    for (const [key, command] of [
      ['own', own],
      ['peer', peer],
    ] as const) {
      const server = await LspPeer.start(command);
      times[key].push(server.startMs);
      await server.stop();
    }
  }
  return { own: median(times.own), peer: median(times.peer) };
}

interface Check {
  readonly what: string;
  readonly holds: boolean;
}

const ms = (value: number): string => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
const ratio = (theirs: number, ours: number): string => `${(theirs / ours).toFixed(theirs / ours < 10 ? 1 : 0)}x`;

export async function run(): Promise<boolean> {
  const script = path.join(root, 'dist/server.js');
  if (!existsSync(script)) throw new Error('dist/server.js is missing: run `npm run build` first');
  const folder = mkdtempSync(path.join(tmpdir(), 'receptor-bench-'));
  try {
    const node = hostNode();
    const schema = path.join(root, 'schemas/receptor-v1.schema.json');
    const own: ServerCommand = { name: 'receptor', node, script, args: ['--stdio'], initializationOptions: { validate: { files: 'off' } } };
    const peer: ServerCommand = {
      name: 'yaml-language-server',
      node,
      script: path.join(root, 'node_modules/yaml-language-server/bin/yaml-language-server'),
      args: ['--stdio'],
      settings: {
        yaml: {
          validate: true,
          completion: true,
          hover: true,
          schemaStore: { enable: false },
          schemas: { [pathToFileURL(schema).href]: '*.yml' },
        },
        http: {},
      },
    };
    const checks: Check[] = [];
    const check = (what: string, holds: boolean): void => void checks.push({ what, holds });

    const starts = await measureStarts(own, peer);
    console.log(`Node ${node}\n`);
    console.log(`spawn to initialized: ${ms(starts.own)}, yaml-language-server ${ms(starts.peer)}: ${ratio(starts.peer, starts.own)}\n`);
    check('spawn to initialized at least 4x', starts.peer / starts.own >= 4);

    console.log('| items | what | receptor | yaml-language-server | ratio |\n|--:|---|--:|--:|--:|');
    const openRatios = [30, 30, 15, 4];
    const promptRatios = [2, 8, 40, 150];
    for (const [i, size] of sizes.entries()) {
      const ours = await measure(own, size, false);
      const theirs = await measure(peer, size, true);
      for (const key of ['open', 'edit', 'completion', 'hover'] as const) {
        console.log(`| ${size} | ${key} | ${ms(ours[key])} | ${ms(theirs[key])} | ${ratio(theirs[key], ours[key])} |`);
      }
      const prompt = theirs.edit - peerPauseMs;
      console.log(`| ${size} | edit, less the peer's pause | ${ms(ours.edit)} | ${ms(prompt)} | ${ratio(prompt, ours.edit)} |`);
      console.log(
        `| ${size} | peak memory | ${ours.peakMb.toFixed(0)} MB | ${theirs.peakMb.toFixed(0)} MB | ${ratio(theirs.peakMb, ours.peakMb)} |`,
      );
      check(`edit to diagnostics at ${size} items at least 100x`, theirs.edit / ours.edit >= 100);
      check(`edit at ${size} items, less the peer's pause, at least ${promptRatios[i]}x`, prompt / ours.edit >= promptRatios[i]!);
      check(`open at ${size} items at least ${openRatios[i]}x`, theirs.open / ours.open >= openRatios[i]!);
      if (size === 1000) check('completion after an edit at 1000 items within 5 ms', ours.completion <= 5);
      if (size === 100) check('peak memory at 100 items within 70 MB', ours.peakMb <= 70);
      if (size === 10_000) check('peak memory at 10000 items within 150 MB', ours.peakMb <= 150);
    }
    const opens = await measureOpens(own);
    console.log(`\n500 opens and closes: ${opens.before.toFixed(1)} MB before, ${opens.after.toFixed(1)} MB after`);
    check('500 opens and closes leave no more than 5 MB', opens.after - opens.before <= 5);

    const bundle = (statSync(script).size + statSync(path.join(root, 'dist/session.js')).size) / 1024;
    console.log(`server bundle: ${bundle.toFixed(0)} KB`);
    check('server bundle within 300 KB', bundle <= 300);

    console.log('');
    for (const { what, holds } of checks) console.log(`${holds ? 'holds ' : 'FAILS '} ${what}`);
    return checks.every(({ holds }) => holds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
