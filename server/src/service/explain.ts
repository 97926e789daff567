/** Says in words what a value does: for hovers, completions and signature help. */
import { nanoseconds } from '../config/go-numbers.ts';
import type { FirewallRule } from '../config/model.ts';
import { isRe2 } from '../rules/re2.ts';
import { code } from './markdown.ts';

/** Seconds of a Go duration (`1h30m`, `-1.5s`, `0`), however long; undefined when it is none. */
export function durationSeconds(text: string): number | undefined {
  const duration = nanoseconds(text);
  return duration === undefined ? undefined : duration / 1e9;
}

/** `90` → `1 minute 30 seconds`. */
export function secondsInWords(seconds: number): string {
  if (seconds < 0) return `minus ${secondsInWords(-seconds)}`;
  if (seconds === 0) return 'no time';
  if (seconds < 1) return seconds >= 1e-3 ? count(round(seconds * 1e3), 'millisecond') : count(round(seconds * 1e6), 'microsecond');
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = round(seconds % 60);
  const parts = [
    days && count(days, 'day'),
    hours && count(hours, 'hour'),
    minutes && count(minutes, 'minute'),
    rest && count(rest, 'second'),
  ];
  return parts.filter(Boolean).join(' ');
}

const round = (n: number): number => Math.round(n * 1000) / 1000;
const count = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? '' : 's'}`;

/** Octal as people write it: `432` → `0660`. */
export const octal = (mode: number): string => `0${(mode & 0o777).toString(8).padStart(3, '0')}`;

/** Who may connect to a socket of this mode: connecting wants write permission. */
export function modeInWords(mode: number): string {
  const may = [mode & 0o200 && 'its owner', mode & 0o020 && 'its group', mode & 0o002 && 'everybody else'].filter(
    (who) => typeof who === 'string',
  );
  if (may.length === 0) return 'nobody but root can connect';
  if (may.length === 3) return 'everybody can connect';
  return `${may.join(' and ')} can connect`;
}

const conditions: Readonly<Record<string, string>> = {
  fromnode: 'from node',
  tonode: 'to node',
  fromservice: 'from service',
  toservice: 'to service',
};

const verdicts: Readonly<Record<string, string>> = {
  accept: 'Accepts',
  reject: 'Rejects, and tells the sender of,',
  drop: 'Silently drops',
};

/** A rule as a sentence, Markdown. What the daemon ignores is said to be ignored. */
export function ruleInWords(rule: FirewallRule): string {
  const action = rule.keys.findLast((key) => key.name === 'action');
  const verdict = action === undefined ? undefined : verdicts[action.value.text.toLowerCase()];
  if (verdict === undefined) return 'No known action: the daemon refuses this rule.';
  const parts: string[] = [];
  const dropped: string[] = [];
  for (const key of rule.keys) {
    const words = conditions[key.name];
    const text = key.value.text;
    if (words === undefined || text === '') continue;
    if (text === '/') return `A lone slash in ${code(key.key.text)} makes the daemon crash.`;
    const pattern = patternOf(text);
    if (pattern === 'name') parts.push(`${words} ${code(text)}`);
    else if (pattern === 'regex') parts.push(`${words} matching ${code(`^${text.slice(1, -1)}$`)}`);
    else dropped.push(key.key.text);
  }
  const what = parts.length === 0 ? 'every packet' : `packets ${parts.join(', ')}`;
  const ignored =
    dropped.length === 0 ? '' : ` The condition ${dropped.map((d) => code(d)).join(', ')} is no valid regular expression and is ignored.`;
  return `${verdict} ${what}.${ignored}`;
}

/** How the daemon takes a firewall condition. */
function patternOf(text: string): 'name' | 'regex' | 'dropped' {
  if (!text.startsWith('/')) return 'name';
  return text.endsWith('/') && isRe2(`^${text.slice(1, -1)}$`) ? 'regex' : 'dropped';
}
