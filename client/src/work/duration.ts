/** Durations as Go reads them, e.g. `1h30m` or `1.5h`. */

/** Nanoseconds in each unit. */
const units: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 6e10, h: 3.6e12 };
/** What an int64 of nanoseconds holds. */
const longest = 2 ** 63;

/** Nanoseconds, or undefined for what Go refuses: a missing or unknown unit, blanks, a value beyond 292 years. */
export function parseGoDuration(text: string): number | undefined {
  const signed = /^([+-]?)(.*)$/s.exec(text)!;
  const rest = signed[2]!;
  if (rest === '0') return 0;
  if (rest === '') return undefined;
  let total = 0;
  let at = 0;
  for (const part of rest.matchAll(/(\d+\.?\d*|\.\d+)([^\d.]+)/gy)) {
    const unit = units[part[2]!];
    if (unit === undefined) return undefined;
    total += Number(part[1]) * unit;
    at += part[0].length;
  }
  if (at !== rest.length || total > longest) return undefined;
  return signed[1] === '-' ? -total : total;
}
