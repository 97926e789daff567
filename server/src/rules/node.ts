import type { Finding, Fix } from '../config/findings.ts';
import { parseDuration } from '../config/go-numbers.ts';
import type { ItemReading } from '../config/model.ts';
import { fieldOf } from '../config/model.ts';
import type { Span } from '../yaml/nodes.ts';
import type { ItemRule, Scope } from './rule.ts';
import { advice, atLeast, refusedAtStart, spanOf, textOf, unwanted } from './rule.ts';

/** Shorter timeouts than what the daemon has built in are refused. */
const shortestIdle = 21e9;

/** `node`: its id, its folder, its timeout. */
export const nodeRules: ItemRule = (item, scope) => [...nodeId(item, scope), ...dataDirectory(item, scope), ...idleTimeout(item, scope)];

function nodeId(item: ItemReading, scope: Scope): Finding[] {
  const field = fieldOf(item, 'id');
  const id = textOf(item, 'id');
  if (field === undefined || id === undefined) return [];
  const span = spanOf(field, item);
  if (id.toLowerCase() === 'localhost') {
    const what = 'Every node calls itself `localhost`: give this one a name of its own.';
    return [refusedAtStart(item, scope, span, 'node-id-reserved', what, 'node ID "localhost" is reserved')];
  }
  if (!atLeast(scope, '1.5') || isNodeId(id)) return [];
  const odd = [...new Set(id.match(/[^.\-_@:a-zA-Z0-9]/gu))].map((c) => (c === ' ' ? 'a blank' : `\`${c}\``)).join(', ');
  const daemon = `node id can only contain a-z, A-Z, 0-9 or special characters . - _ @ : but received: ${id}`;
  return [refusedAtStart(item, scope, span, 'node-id-characters', `A node id cannot hold ${odd}.`, daemon)];
}

function dataDirectory(item: ItemReading, scope: Scope): Finding[] {
  const field = fieldOf(item, 'datadir');
  const folder = textOf(item, 'datadir');
  if (field === undefined || folder === undefined) return [];
  const span = spanOf(field, item);
  if (/^~(?:\/|$)/.test(folder)) {
    const what = 'The daemon does not expand `~`: it makes a folder of that name where it is started.';
    return [unwanted(span, 'datadir-tilde', what)];
  }
  if (folder !== '' || scope.format !== 'v1') return [];
  if (!atLeast(scope, '1.6')) {
    const what = "An empty data directory means a folder below the system's temporary one; receptor 1.6 refuses to start with it.";
    return [advice(span, 'datadir-empty', what)];
  }
  const what = 'The data directory cannot be empty: write a path, or remove the field for /tmp/receptor.';
  return [refusedAtStart(item, scope, span, 'datadir-empty', what, 'baseDir must be provided')];
}

function idleTimeout(item: ItemReading, scope: Scope): Finding[] {
  const field = fieldOf(item, 'maxidleconnectiontimeout');
  const timeout = textOf(item, 'maxidleconnectiontimeout');
  if (field === undefined || timeout === undefined || timeout === '') return [];
  const span = spanOf(field, item);
  const duration = parseDuration(timeout);
  if (duration === undefined) {
    const daemon = "failed to parse MaxIdleConnectionTimeout from configuration file -- valid examples include '1.5h', '30m', '30m10s'";
    return [refusedAtStart(item, scope, span, 'duration', durationAdvice(timeout), daemon, durationFix(timeout, field.span))];
  }
  if (duration >= shortestIdle) return [];
  const daemon = `user defined maxIdleConnectionTimeout [${duration}] is less than the default default timeout [${shortestIdle}]`;
  return [refusedAtStart(item, scope, span, 'idle-timeout-short', 'The idle timeout must be at least 21s.', daemon)];
}

/** Since 1.5 a node may call itself so; the empty id stands for the host name. */
export const isNodeId = (text: string): boolean => /^[.\-_@:a-zA-Z0-9]*$/.test(text);

/** What to write instead of something that is no duration. */
export const durationAdvice = (text: string): string =>
  `\`${text}\` is no duration: write a number with a unit, such as \`30s\`, \`5m\` or \`1h30m\`.`;

/** A bare number lacks its unit; seconds are what people mean. */
export const durationFix = (text: string, span: Span): { readonly fixes?: readonly Fix[] } =>
  /^\d+$/.test(text) ? { fixes: [{ kind: 'replace', span, text: `${text}s`, title: `Change to ${text}s` }] } : {};
