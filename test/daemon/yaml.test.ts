import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { content, effectiveEntries } from '../../server/src/yaml/compose.ts';
import { decodeProblem } from '../../server/src/yaml/decode.ts';
import type { YamlNode } from '../../server/src/yaml/nodes.ts';
import { parseYaml } from '../../server/src/yaml/parse.ts';
import { resolveScalar } from '../../server/src/yaml/scalar.ts';
import type { ScalarError, ScalarValue } from '../../server/src/yaml/scalar.ts';
import type { ReceptorVersion } from '../harness/receptor.ts';
import { findReceptor, hasReceptor, receptorVersions } from '../harness/receptor.ts';
import { seeded, testSeed, type Random } from '../harness/random.ts';
import { probe, v1Text, v2Text } from '../server/yaml/random-yaml.ts';

/**
 * Our reading of YAML beside the daemon's: `receptor --config F --version` loads F, starts nothing, and prints what it has
 * against F. Values show in its complaints, which repeat unknown actions and list elements of a wrong type.
 */
const soak = process.env['SOAK'] === '1';
const counts = soak ? { v1: 6000, v2: 1500 } : { v1: 300, v2: 60 };
const seed = testSeed();
const PREFIX = 'Error: error loading config file: ';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'receptor-yaml-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** All that the daemon prints. It gets no environment: v2 takes any variable for a setting. */
const run = (binary: string, args: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(binary, args, { env: { HOME: folder }, timeout: 20_000, maxBuffer: 2 ** 24 }, (error, stdout, stderr) => {
      if (error?.killed === true) reject(new Error(`receptor did not end: ${args.join(' ')}`));
      else resolve(stdout + stderr);
    });
  });

/** Reads texts with `judge` in a few daemons at a time; gives the disagreements. */
async function compare(texts: readonly string[], judge: (file: string, text: string) => Promise<string | undefined>, name: string) {
  const disagreements: string[] = [];
  let next = 0;
  const work = async (worker: number): Promise<void> => {
    while (next < texts.length) {
      const text = texts[next++]!;
      const file = path.join(folder, `${name}-${worker}.yml`);
      await writeFile(file, text);
      const disagreement = await judge(file, text);
      if (disagreement !== undefined) disagreements.push(`${JSON.stringify(text)}\n${disagreement}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, (_, worker) => work(worker)));
  return disagreements;
}

const generate = (count: number, text: (random: Random) => string): string[] => {
  const random = seeded(seed);
  return Array.from({ length: count }, () => text(random));
};

/** `%s` of Go's fmt, which shows the type of whatever is no string; undefined where Go's order of map keys is chance. */
function goFormat(node: YamlNode): string | undefined {
  const value = content(node);
  if (value.kind === 'scalar') return goFormatScalar(resolveScalar(value, 'yaml.v2'));
  if (value.kind === 'sequence') {
    const items = value.items.map(goFormat);
    return items.includes(undefined) ? undefined : `[${items.join(' ')}]`;
  }
  const { entries } = effectiveEntries(value, 'yaml.v2');
  if (new Set(entries.map(({ key }) => key.type)).size > 1) return undefined;
  const size = ({ key }: { key: ScalarValue }): bigint | number | Buffer =>
    key.type === 'null' || key.type === 'time' ? 0 : typeof key.value === 'string' ? Buffer.from(key.value) : Number(key.value);
  const sorted = entries.toSorted((a, b) => {
    const [x, y] = [size(a), size(b)];
    return x instanceof Buffer && y instanceof Buffer ? Buffer.compare(x, y) : x < y ? -1 : 1;
  });
  const pairs = sorted.map(({ key, valueNode }) => [goFormatScalar(key), goFormat(valueNode)]);
  return pairs.flat().includes(undefined) ? undefined : `map[${pairs.map((pair) => pair.join(':')).join(' ')}]`;
}

function goFormatScalar(value: ScalarValue | ScalarError): string | undefined {
  switch (value.type) {
    case 'null':
      return '<nil>';
    case 'string':
      return value.value;
    case 'int':
    case 'bool':
      return `%!s(${value.type}=${value.value})`;
    case 'uint':
      return `%!s(uint64=${value.value})`;
    case 'float':
      return `%!s(float64=${goFloat(value.value)})`;
    case 'time':
    case 'error':
    default:
      return undefined;
  }
}

const goFloat = (value: number): string => {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-4 && size < 1e6)) return Object.is(value, -0) ? '-0' : String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
};

const actions = new Set(
  (
    'node local-only log-level trace version control-service tcp-listener udp-listener ws-listener tcp-peer udp-peer ws-peer ' +
    'tls-server tls-client work-command work-kubernetes work-python work-signing work-verification command-service ip-router ' +
    'tcp-client tcp-server udp-client udp-server unix-socket-client unix-socket-server cert-init cert-makereq cert-signreq ' +
    'pyroscope-client command-runner'
  ).split(' '),
);
const unknownAction = (name: string): string => `could not get config type for command ${name}: unknown config type ${name}`;

/** What the daemon says to a v1 text, or `accepted` where it is another layer's turn to speak. */
function expected(text: string): { says: string } | 'loads' | 'accepted' {
  const parsed = parseYaml(text, 'yaml.v2');
  const problem = parsed.problem ?? decodeProblem(parsed, text, 'yaml.v2', 'list');
  if (problem !== undefined) return { says: `yaml: ${problem.message}` };
  const items = parsed.root?.kind === 'sequence' ? parsed.root.items : [];
  if (items.length === 0) return 'loads';
  const first = content(items[0]!);
  if (first.kind === 'scalar') {
    const value = resolveScalar(first, 'yaml.v2');
    if (value.type !== 'string') return { says: 'unknown config file format' };
    return actions.has(value.value) ? 'accepted' : { says: unknownAction(value.value) };
  }
  if (first.kind === 'sequence') return { says: 'unknown config file format' };
  const { entries } = effectiveEntries(first, 'yaml.v2');
  const [entry] = entries;
  if (entries.length !== 1 || entry === undefined) return { says: 'config format invalid: item has multiple names' };
  if (entry.key.type !== 'string') return { says: 'section key is not a string' };
  if (!actions.has(entry.key.value)) return { says: unknownAction(entry.key.value) };
  return expectedOfProbe(entry.key.value, entry.valueNode);
}

function expectedOfProbe(action: string, params: YamlNode): { says: string } | 'accepted' {
  const mapping = content(params);
  if (action !== 'tcp-listener' || mapping.kind !== 'mapping') return 'accepted';
  const { entries } = effectiveEntries(mapping, 'yaml.v2');
  const [field] = entries;
  if (entries.length !== 1 || field?.key.type !== 'string' || field.key.value !== 'allowedpeers') return 'accepted';
  const peers = content(field.valueNode);
  const element = peers.kind === 'sequence' ? peers.items[0] : undefined;
  if (element === undefined || content(element).kind === 'scalar') return 'accepted';
  const shown = goFormat(element);
  if (shown === undefined) return 'accepted';
  return { says: `error setting field allowedpeers in command tcp-listener: invalid value ${shown}: must be type string` };
}

/** Go prints maps with keys of several types in an order that differs from build to build. */
const comparable = (message: string): string =>
  message.startsWith('yaml: invalid map key: map[') ? Array.from(message.trimEnd()).sort().join('') : message.trimEnd();

const judgeV1 =
  (binary: string) =>
  async (file: string, text: string): Promise<string | undefined> => {
    const output = await run(binary, ['--config', file, '--version']);
    const says = output.startsWith(PREFIX) ? output.slice(PREFIX.length) : '';
    const wanted = expected(text);
    if (wanted === 'loads') return says === '' ? undefined : `daemon: ${says}ours: loads`;
    if (wanted === 'accepted') return says.startsWith('yaml: ') ? `daemon: ${says}ours: accepts` : undefined;
    return comparable(says) === comparable(wanted.says) ? undefined : `daemon: ${output}ours:   ${wanted.says}`;
  };

const judgeV2 =
  (binary: string) =>
  async (file: string, text: string): Promise<string | undefined> => {
    const output = await run(binary, ['--config-v2', '--config', file]);
    const refused = output.includes('empty receptor config, skipping');
    const parsed = parseYaml(text, 'yaml.v3');
    const problem = parsed.problem ?? decodeProblem(parsed, text, 'yaml.v3', 'map');
    return refused === (problem !== undefined) ? undefined : `daemon: ${output}\nours: ${problem?.message ?? 'accepts'}`;
  };

const words =
  'y Yes ON tRue n off FALSE ~ Null "" \'5\' 5 +5 -0 0660 0o660 0O7 0x1f 0X1F 0b101 -0b11 0b-1 0o-7 08080 1_000 _1 1__0_ 12:30 ' +
  '9223372036854775807 9223372036854775808 -9223372036854775809 18446744073709551616 1e3 1e+3 1e7 1. .5 ._5 .1_0 -.5 +.5 1e400 1e-400 ' +
  '.inf +.Inf -.INF .NaN Infinity 0x 1e 1.5e3_0 2001-01-01 2001-1-1 2001-02-30 2001-01-01T10:00:00Z = <<';
const tagged =
  '2001-01-01 10:00:00 | !!str 5 | !!int "5" | !!float 5 | ! 5 | !x 5 | !!binary aGk= | !!binary "?" | !!int abc | !!int 5.5 | ' +
  '!!bool maybe | !!null x | !!timestamp x | !!timestamp 2001-01-01';
const collections =
  '{a: 1, a: 2} | {1: a, "1": b} | {<<: {a: 1}, a: 2} | {a: 2, <<: {a: 1}} | {<<: [{a: 1}, {a: 2}]} | {<<: 5} | ' +
  '[&x {a: 1}, {<<: *x, b: 2}] | [&x a, *x] | [&x [*x]] | {[a]: b} | {? {a: 1} : b}';
const values = [...words.split(' '), ...tagged.split(' | '), ...collections.split(' | ')];

describe.each(receptorVersions)('receptor %s', (version: ReceptorVersion) => {
  const timeout = soak ? 1_800_000 : 240_000;

  describe.skipIf(!hasReceptor(version))('reads v1 texts', () => {
    it(
      'has the same values',
      async () => {
        expect(await compare(values.map(probe), judgeV1(findReceptor(version)), `values-${version}`)).toEqual([]);
      },
      timeout,
    );

    it(
      `agrees on ${counts.v1} random texts from seed ${seed}`,
      async () => {
        expect(await compare(generate(counts.v1, v1Text), judgeV1(findReceptor(version)), `v1-${version}`)).toEqual([]);
      },
      timeout,
    );
  });

  describe.skipIf(!hasReceptor(version))('reads v2 texts', () => {
    it(
      `agrees on ${counts.v2} random texts from seed ${seed}`,
      async () => {
        expect(await compare(generate(counts.v2, v2Text), judgeV2(findReceptor(version)), `v2-${version}`)).toEqual([]);
      },
      timeout,
    );
  });
});
