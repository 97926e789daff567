import { parseDuration } from '../config/go-numbers.ts';
import { fieldOf } from '../config/model.ts';
import type { ItemRule } from './rule.ts';
import { advice, atLeast, refusedAtStart, spanOf, textOf, unwanted } from './rule.ts';

/** Shorter timeouts than what the daemon has built in are refused. */
const shortestIdle = 21e9;

/** `node`: its id, its folder, its timeout. */
export const nodeRules: ItemRule = (item, scope) => {
  const findings = [];
  const id = fieldOf(item, 'id');
  const name = textOf(item, 'id');
  if (id !== undefined && name !== undefined) {
    const span = spanOf(id, item);
    if (name.toLowerCase() === 'localhost') {
      findings.push(
        refusedAtStart(
          item,
          scope,
          span,
          'node-id-reserved',
          'Every node calls itself `localhost`: give this one a name of its own.',
          'node ID "localhost" is reserved',
        ),
      );
    } else if (atLeast(scope, '1.5') && !isNodeId(name)) {
      const odd = [...new Set(name.match(/[^.\-_@:a-zA-Z0-9]/gu))].map((c) => (c === ' ' ? 'a blank' : `\`${c}\``)).join(', ');
      const daemon = `node id can only contain a-z, A-Z, 0-9 or special characters . - _ @ : but received: ${name}`;
      findings.push(refusedAtStart(item, scope, span, 'node-id-characters', `A node id cannot hold ${odd}.`, daemon));
    }
  }
  const dataDir = fieldOf(item, 'datadir');
  if (dataDir?.value === '' && scope.format === 'v1') {
    if (atLeast(scope, '1.6'))
      findings.push(
        refusedAtStart(
          item,
          scope,
          spanOf(dataDir, item),
          'datadir-empty',
          'The data directory cannot be empty: write a path, or remove the field for /tmp/receptor.',
          'baseDir must be provided',
        ),
      );
    else
      findings.push(
        advice(
          spanOf(dataDir, item),
          'datadir-empty',
          "An empty data directory means a folder below the system's temporary one; receptor 1.6 refuses to start with it.",
        ),
      );
  }
  const folder = textOf(item, 'datadir');
  if (dataDir !== undefined && folder !== undefined && /^~(?:\/|$)/.test(folder))
    findings.push(
      unwanted(
        spanOf(dataDir, item),
        'datadir-tilde',
        'The daemon does not expand `~`: it makes a folder of that name where it is started.',
      ),
    );
  const idle = fieldOf(item, 'maxidleconnectiontimeout');
  const timeout = textOf(item, 'maxidleconnectiontimeout');
  if (idle !== undefined && timeout !== undefined && timeout !== '') {
    const duration = parseDuration(timeout);
    if (duration === undefined) {
      const daemon = "failed to parse MaxIdleConnectionTimeout from configuration file -- valid examples include '1.5h', '30m', '30m10s'";
      findings.push(
        refusedAtStart(item, scope, spanOf(idle, item), 'duration', durationAdvice(timeout), daemon, durationFix(timeout, idle.span)),
      );
    } else if (duration < shortestIdle) {
      const daemon = `user defined maxIdleConnectionTimeout [${duration}] is less than the default default timeout [${shortestIdle}]`;
      findings.push(
        refusedAtStart(item, scope, spanOf(idle, item), 'idle-timeout-short', 'The idle timeout must be at least 21s.', daemon),
      );
    }
  }
  return findings;
};

/** Since 1.5 a node may call itself so; the empty id stands for the host name. */
export const isNodeId = (text: string): boolean => /^[.\-_@:a-zA-Z0-9]*$/.test(text);

/** What to write instead of something that is no duration. */
export const durationAdvice = (text: string): string =>
  `\`${text}\` is no duration: write a number with a unit, such as \`30s\`, \`5m\` or \`1h30m\`.`;

/** A bare number lacks its unit; seconds are what people mean. */
export const durationFix = (text: string, span: { start: number; end: number }): object =>
  /^\d+$/.test(text) ? { fixes: [{ kind: 'replace', span, text: `${text}s`, title: `Change to ${text}s` }] } : {};
