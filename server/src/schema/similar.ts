/** Steps (insert, delete, change, swap neighbours) between two words, or `limit + 1` when there are more. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      // Hardly anybody mistypes a first letter: `host` is no misspelt `cost`.
      let best = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : i + j === 2 ? 2 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2]! + 1);
      next.push(best);
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}

/** The known name that `word` most likely means; undefined when none is near. Letter case, `-` and `_` do not count. */
export function mostSimilar(word: string, known: Iterable<string>): string | undefined {
  const bare = (text: string): string => text.toLowerCase().replaceAll(/[-_ ]/g, '');
  const wanted = bare(word).slice(0, 40);
  const limit = wanted.length <= 4 ? 1 : wanted.length <= 7 ? 2 : 3;
  let best: string | undefined;
  let nearest = limit + 1;
  for (const name of known) {
    const steps = distance(wanted, bare(name), limit);
    if (steps < nearest) {
      nearest = steps;
      best = name;
    }
  }
  return best;
}
