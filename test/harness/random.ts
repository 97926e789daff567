/** A reproducible source of numbers from 0 up to 1. */
export type Random = () => number;

/** mulberry32: the same seed gives the same numbers on every machine. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A whole number from 0 up to `bound`, `bound` excluded. */
export const below = (random: Random, bound: number): number => Math.floor(random() * bound);

export const pick = <T>(random: Random, from: readonly T[]): T => from[below(random, from.length)]!;

/**
 * The seed of a random test: `SEED` where it is set, else always the same, so that a run can be repeated. With `SOAK=1` it
 * is another each time, and printed.
 */
export function testSeed(): number {
  const given = process.env['SEED'];
  if (given !== undefined) return Number(given);
  if (process.env['SOAK'] !== '1') return 1;
  const fresh = Math.floor(Math.random() * 2 ** 31);
  console.log(`SEED=${fresh}`);
  return fresh;
}
