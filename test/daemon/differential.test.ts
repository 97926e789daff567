/** Random configs to the real daemon and to us: the same must be refused while loading. `SOAK=1` runs 5,000 per version. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findReceptor, hasReceptor, receptorVersions } from '../harness/receptor.ts';
import { Loader, inParallel, refusedByUs } from './load.ts';
import { seeded, testSeed } from '../harness/random.ts';
import { ConfigMaker } from './random-config.ts';

const soak = process.env['SOAK'] === '1';
const count = soak ? 5000 : 250;
const seed = testSeed();

describe.each(receptorVersions)('receptor %s', (version) => {
  describe.skipIf(!hasReceptor(version))('refuses what we say it refuses', () => {
    let loader: Loader;
    beforeAll(() => {
      loader = new Loader(findReceptor(version));
    });
    afterAll(() => {
      loader[Symbol.dispose]();
    });

    it(`in ${count} random configs from seed ${seed}`, { timeout: soak ? 1_800_000 : 120_000 }, async () => {
      const seeds = Array.from({ length: count }, (_, i) => seed + i);
      const disagreements: string[] = [];
      let refusals = 0;
      await inParallel(seeds, 3, async (one) => {
        const text = new ConfigMaker(seeded(one)).config();
        const { refused, output } = await loader.load(text);
        if (refused) refusals++;
        let ours: boolean | Error;
        try {
          ours = refusedByUs(text, version);
        } catch (error) {
          ours = error as Error;
        }
        if (ours !== refused)
          disagreements.push(`seed ${one}: ${JSON.stringify(text)}\n  receptor: ${output.slice(0, 300)}\n  we: ${String(ours)}`);
      });
      expect(disagreements.join('\n')).toBe('');
      // A generator whose configs are all alike would prove nothing.
      expect(refusals).toBeGreaterThan(count * 0.2);
      expect(refusals).toBeLessThan(count * 0.95);
    });
  });
});
