// From a `status` reply of 10,000 nodes to the rows of the tree that change, beside JSON.parse of the same reply: at once, and
// as the extension host does it, in slices. A worker would not help: handing over what it parsed takes longer than parsing.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseJson } from '../../client/src/control/slicedJson.ts';
import { inSlices } from '../../client/src/control/slices.ts';
import { diffSnapshots } from '../../client/src/mesh/diff.ts';
import { buildSnapshot, snapshotSteps, type MeshSnapshot, type StatusReply } from '../../client/src/mesh/model.ts';
import { seeded } from '../harness/random.ts';
import { bigStatus, shuffle } from '../client/mesh/big.ts';

const nodes = 10_000;
const rounds = 15;
/** Reply to tree change, JSON.parse included, as a multiple of JSON.parse alone. */
const mostRatio = 1.5;

/** Milliseconds for which the extension host may be kept from everything else. */
const mostBlock = 50;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

interface Case {
  readonly name: string;
  /** The reply as text, new each time: nothing of an earlier one may be found again. */
  readonly reply: (round: number) => string;
  /** The picture before; undefined for the first. */
  readonly after: 'nothing' | 'the same mesh';
}

/** Rows whose text is another: what the tree tells VS Code to draw anew. */
function rowsToDraw(before: MeshSnapshot | undefined, after: MeshSnapshot): number {
  const { nodes: changes, empty } = diffSnapshots(before, after);
  return empty ? 0 : changes.added.length + changes.removed.length + changes.changed.length;
}

/** Longest time for which nothing else could run while `work` did, in ms. */
async function longestBlock(work: () => Promise<unknown>): Promise<number> {
  let [longest, last, over] = [0, performance.now(), false];
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!over) setImmediate(look);
  };
  setImmediate(look);
  await work();
  over = true;
  look();
  return longest;
}

async function measure({ name, reply, after }: Case, first: string): Promise<boolean> {
  const took = { parse: [] as number[], whole: [] as number[], sliced: [] as number[], block: [] as number[], clone: [] as number[] };
  let rows = 0;
  for (let round = 0; round < rounds; round++) {
    const now = Date.UTC(2026, 0, 1, 0, 0, round);
    const text = reply(round);
    const timed = (list: number[], work: () => unknown): void => {
      // Both find the same memory: else one pays for the garbage of the other, or for the pages that the other finds again.
      JSON.parse(text);
      collect();
      const began = performance.now();
      work();
      list.push(performance.now() - began);
    };
    const shown = (): MeshSnapshot | undefined => {
      if (after === 'nothing') return undefined;
      // The poll before, which had one before it as well.
      const earlier = buildSnapshot(JSON.parse(first) as StatusReply, now - 10_000);
      const snapshot = buildSnapshot(JSON.parse(first) as StatusReply, now - 5000, earlier);
      for (const id of [...snapshot.nodes.keys()].slice(0, 30)) void snapshot.nodes.get(id)?.links; // what a tree shows
      return snapshot;
    };
    let before = shown();
    timed(took.parse, () => JSON.parse(text) as unknown);
    timed(took.whole, () => (rows = rowsToDraw(before, buildSnapshot(JSON.parse(text) as StatusReply, now, before))));

    before = shown();
    let parsed: StatusReply = {};
    const began = performance.now();
    const block = await longestBlock(async () => {
      parsed = (await inSlices(parseJson(text))) as StatusReply;
      rowsToDraw(before, await inSlices(snapshotSteps(parsed, now, before)));
    });
    took.sliced.push(performance.now() - began);
    took.block.push(block);
    timed(took.clone, () => structuredClone(parsed));
  }
  // Of each round, so that a slow moment of the machine hits both.
  const ratio = median(took.whole.map((ms, index) => ms / took.parse[index]!));
  const ms = (list: readonly number[]): string => `${median(list).toFixed(0).padStart(4)} ms`;
  console.log(
    `${name.padEnd(22)} JSON.parse ${ms(took.parse)}   to rows ${ms(took.whole)}   ratio ${ratio.toFixed(2)} (at most ${mostRatio})   rows ${rows}`,
  );
  console.log(
    `${''.padEnd(22)} in slices  ${ms(took.sliced)}   longest block ${ms(took.block)} (at most ${mostBlock})   handing it over from a worker ${ms(took.clone)}`,
  );
  return ratio <= mostRatio && median(took.block) <= mostBlock;
}

export async function run(): Promise<boolean> {
  const base = bigStatus(nodes);
  const first = JSON.stringify(base);
  const shuffled = (round: number): StatusReply => ({
    ...base,
    Advertisements: shuffle(base.Advertisements ?? [], seeded(round)).map((ad) =>
      Object.assign({}, ad, { Time: new Date(Date.UTC(2026, 0, 1, 0, 0, round)).toISOString() }),
    ),
  });
  const without = (status: StatusReply, round: number): StatusReply => {
    const gone = Object.keys(status.RoutingTable ?? {})[100 + round]!;
    const { [gone]: _, ...RoutingTable } = status.RoutingTable ?? {};
    return { ...status, RoutingTable };
  };
  const costlier = (status: StatusReply, round: number): StatusReply => {
    const costs = status.KnownConnectionCosts ?? {};
    const from = Object.keys(costs)[100 + round]!;
    const to = Object.keys(costs[from] ?? {})[0]!;
    const told = (one: string, other: string): Record<string, number> => ({ ...costs[one], [other]: 9 });
    return { ...status, KnownConnectionCosts: { ...costs, [from]: told(from, to), [to]: told(to, from) } };
  };
  console.log(`${nodes} nodes, ${(first.length / 1e6).toFixed(1)} MB of JSON, medians of ${rounds} rounds\n`);
  const cases: Case[] = [
    { name: 'first picture', after: 'nothing', reply: (round) => JSON.stringify(shuffled(round)) },
    { name: 'nothing changed', after: 'the same mesh', reply: (round) => JSON.stringify(shuffled(round)) },
    { name: 'one node unreachable', after: 'the same mesh', reply: (round) => JSON.stringify(without(shuffled(round), round)) },
    { name: 'one cost changed', after: 'the same mesh', reply: (round) => JSON.stringify(costlier(shuffled(round), round)) },
  ];
  let fine = true;
  for (const one of cases) fine = (await measure(one, first)) && fine;
  return fine;
}
