/** What a save does to a running node: the prediction against both daemons. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReloadOutcome } from '../../client/src/reload/outcome.ts';
import { ConfigDocument } from '../../server/src/config/document.ts';
import { predictReload, type Prediction } from '../../server/src/reload/predict.ts';
import { hasReceptor, receptorVersions, type ReceptorVersion } from '../harness/receptor.ts';
import { below, pick, seeded, testSeed } from '../harness/random.ts';
import { inParallel } from './load.ts';
import { randomEdits, v1Cases, v1Config, v1Items, v2Cases, v2Config, type Answer } from './reload-cases.ts';
import { EditedNode } from './reloading.ts';

const soak = process.env['SOAK'] === '1';
const edits = soak ? 300 : 20;
const seed = testSeed();
const minutes = 60_000;

/** The daemon's words may be about any of several items that are gone: it keeps them in a map. */
function answerOf(outcome: ReloadOutcome): string {
  switch (outcome.kind) {
    case 'done':
      return 'done';
    case 'restart-needed':
      return `3 ${outcome.message}`;
    case 'refused':
      return '4';
    case 'no-reload':
    case 'lost':
    case 'unknown':
      return outcome.message;
  }
}

function predictedAnswers({ accepted, code, message, items }: Prediction): string[] {
  if (accepted) return ['done'];
  if (code !== 3) return ['4'];
  if (!message!.includes('removed')) return [`3 ${message}`];
  const gone = items.filter(({ verdict, span }) => verdict === 'restart' && span === undefined);
  return gone.map(
    ({ action }) => `3 a non-reloadable config action '${action}' was removed. Must restart receptor for changes to take effect`,
  );
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

const predict = (version: ReceptorVersion, before: string, after: string): Prediction =>
  predictReload(before, new ConfigDocument(after), { receptorVersion: version });

describe.each(receptorVersions)('receptor %s', (version) => {
  describe.skipIf(!hasReceptor(version))('a changed file', () => {
    let dir: string;
    beforeAll(() => {
      dir = mkdtempSync(path.join(tmpdir(), 'reload-'));
    });
    afterAll(() => rmSync(dir, { recursive: true, force: true }));
    const start = (text: string, format?: 'v2'): Promise<EditedNode> =>
      EditedNode.start({ version, dir: mkdtempSync(path.join(dir, 'n-')), text, ...(format === undefined ? {} : { format }) });

    test.concurrent.each(v1Cases)(
      'v1: $name: $answer',
      async ({ text, answer, action }) => {
        await using node = await start(v1Config);
        const prediction = predict(version, node.text, node.fill(text));
        node.write(text);
        const outcome = await node.reload();
        const down = outcome.kind === 'refused' && outcome.backendsDown ? '4 down' : undefined;
        expect<string | undefined>(down ?? answerOf(outcome).split(' ')[0]).toBe(answer satisfies Answer);
        expect(predictedAnswers(prediction)).toContain(answerOf(outcome));
        // What is told of the links is true: an early refusal touches nothing, a late one comes when they are down.
        if (outcome.kind === 'refused' && answer === '4') expect(await listens(node.port(2))).toBe(true);
        if (action === undefined) return;
        expect(prediction.items.filter((item) => item.action === action).map(({ verdict }) => verdict)).toContain(
          answer === '3' ? 'restart' : 'refused',
        );
        const blamed = outcome.kind === 'restart-needed' ? outcome.action : outcome.kind === 'refused' ? outcome.part.action : undefined;
        expect(blamed).toBe(action);
      },
      2 * minutes,
    );

    test('v1: a late refusal leaves the node without links until a reload succeeds', { timeout: 2 * minutes }, async () => {
      await using node = await start(v1Config);
      node.write(v1Config.replace('{port: PORT1}', '{port: PORT1, tls: nope}'));
      expect(await node.reload()).toMatchObject({ kind: 'refused', backendsDown: true });
      expect(await listens(node.port(1))).toBe(false);
      node.write(v1Config);
      expect(await node.reload()).toEqual({ kind: 'done' });
      expect(await listens(node.port(1))).toBe(true);
    });

    test('v1: after an addition was refused, a removal goes unnoticed once', { timeout: 2 * minutes }, async () => {
      await using node = await start(v1Config);
      const without = v1Config.replace(`${v1Items[1]!}\n`, '');
      node.write(`${v1Config}- trace: {}\n`);
      expect(await node.reload()).toMatchObject({ kind: 'restart-needed', action: 'trace' });
      node.write(without);
      const { races } = node;
      const outcome = await node.reload();
      if (node.races > races) expect(outcome).toMatchObject({ kind: 'restart-needed', action: 'log-level' }); // asked once more, it sees it
      else {
        expect(outcome).toEqual({ kind: 'done' });
        expect(await node.reload()).toMatchObject({ kind: 'restart-needed', action: 'log-level' });
      }
    });

    test(`v1: ${edits} random edits (seed ${seed})`, { timeout: soak ? 40 * minutes : 3 * minutes }, async () => {
      const wrong: string[] = [];
      const seen = new Set<string>();
      const counts = { edits: 0, races: 0, overlooked: 0 };
      // Half of the nodes get a second edit, which the flags of the first may spoil.
      await inParallel(Array.from({ length: Math.ceil(edits / 1.5) }).keys(), 4, async (round) => {
        const r = seeded(seed + round);
        await using node = await start(v1Config);
        let overlooks = false;
        for (let n = round % 2 === 0 ? 2 : 1; n > 0; n--) {
          const items = [...v1Items];
          for (let changes = 1 + below(r, 3); changes > 0; changes--) pick(r, randomEdits)(items, r);
          const prediction = predict(version, node.fill(v1Config), node.fill(`${items.join('\n')}\n`));
          node.write(`${items.join('\n')}\n`);
          const outcome = await node.reload();
          const [answer, predicted] = [answerOf(outcome), predictedAnswers(prediction)];
          counts.edits++;
          seen.add(answer[0]!);
          const removedOnly = predicted[0]!.includes('was removed');
          if (predicted.includes(answer)) {
            if (answer.includes('modified or added')) overlooks = true;
          } else if (overlooks && removedOnly && !answer.startsWith('3')) counts.overlooked++;
          else wrong.push(`${node.text}\n  daemon:    ${answer}\n  predicted: ${predicted.join(' | ')}`);
        }
        counts.races += node.races;
      });
      console.info(`receptor ${version}: ${JSON.stringify(counts)}`);
      expect(wrong).toEqual([]);
      expect(counts.edits).toBeGreaterThanOrEqual(edits);
      // The sample reached all three answers.
      expect([...seen].sort()).toEqual(['3', '4', 'd']);
    });

    test.concurrent.each(v2Cases)(
      'v2: $name: $watch',
      async ({ text, watch }) => {
        await using node = await start(v2Config, 'v2');
        const prediction = predict(version, node.text, node.fill(text));
        expect(prediction).toMatchObject({ accepted: false, code: 4, watch, changes: watch === 'restarts' });
        const from = node.said;
        const changesSeen = (lines: readonly string[]): number => lines.filter((line) => line.includes('Config file changed')).length;
        node.write(text);
        await node.untilSaid(from, (lines) => changesSeen(lines) === 1);
        // A second edit, which is surely applied, ends what there is to say of the first.
        node.write(v2Config.replace('cost: 2.0', 'cost: 200'));
        const restarted = (lines: readonly string[]): boolean => lines.some((line) => line.includes('Reloading backends'));
        const second = (lines: readonly string[]): string[] =>
          lines.slice(lines.findLastIndex((line) => line.includes('Config file changed')));
        const all = await node.untilSaid(from, (lines) => changesSeen(lines) === 2 && restarted(second(lines)));
        const first = all.slice(0, all.length - second(all).length);
        const crashed = node.process.exit !== undefined;
        const effect = crashed ? 'crash' : restarted(first) ? 'restarts' : 'calm';
        expect(effect).toBe(watch === 'nothing' || watch === 'ignored' ? 'calm' : watch);
        if (crashed) return expect(node.process.exit).toMatchObject({ code: 2, reason: expect.stringContaining('nil pointer') });
        return expect(await node.reload()).toMatchObject({ kind: 'no-reload' });
      },
      2 * minutes,
    );
  });
});
