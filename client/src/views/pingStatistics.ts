/** Figures of repeated pings. No `vscode`. */
import type { PingResult } from '../control/index.ts';

/** Loss as a share from 0 to 1; times in ns, undefined when no ping was answered. */
export interface PingStatistics {
  readonly sent: number;
  readonly loss: number;
  readonly min?: number;
  readonly median?: number;
  readonly max?: number;
}

export function pingStatistics(results: readonly PingResult[]): PingStatistics {
  const times = results.flatMap((result) => (result.Success ? [result.Time] : [])).sort((a, b) => a - b);
  const sent = results.length;
  const loss = sent === 0 ? 0 : (sent - times.length) / sent;
  if (times.length === 0) return { sent, loss };
  const middle = times.length >> 1;
  const median = times.length % 2 === 1 ? times[middle]! : (times[middle - 1]! + times[middle]!) / 2;
  return { sent, loss, min: times[0]!, median, max: times.at(-1)! };
}

export function pingSummary(results: readonly PingResult[]): string {
  const { sent, loss, min, median, max } = pingStatistics(results);
  const lost = `${Math.round(loss * 100)} % of ${sent} lost`;
  if (min === undefined || median === undefined || max === undefined) {
    const last = results.findLast((result) => !result.Success);
    return `${lost}${last === undefined || last.Success ? '' : ` (${last.Error})`}`;
  }
  return `min ${durationText(min)}, median ${durationText(median)}, max ${durationText(max)}, ${lost}`;
}

/** Nanoseconds with three significant digits: `417 µs`, `1.23 ms`, `2.5 s`. */
export function durationText(ns: number): string {
  const [value, unit] = ns < 1e3 ? [ns, 'ns'] : ns < 1e6 ? [ns / 1e3, 'µs'] : ns < 1e9 ? [ns / 1e6, 'ms'] : [ns / 1e9, 's'];
  return `${Number(value.toPrecision(3))} ${unit}`;
}
