/** What a daemon (1.5.5, 1.6.9) makes of a changed file: what v1 answers to `reload`, what v2's watch does. Pure: no disk, no node. */
import { ConfigDocument } from '../config/document.ts';
import type { ConfigOptions } from '../config/document.ts';
import type { Finding } from '../config/findings.ts';
import { goValue } from '../config/go-values.ts';
import type { ConfigItem } from '../config/model.ts';
import { placed } from '../config/model.ts';
import { checkConfig } from '../rules/check.ts';
import type { Span } from '../yaml/nodes.ts';
import { marshal } from './marshal.ts';
import { predictWatch } from './watch.ts';

export interface PredictedChange {
  /** The action as written; empty for an item that has none. */
  readonly action: string;
  readonly verdict: 'unchanged' | 'reloads' | 'restart' | 'refused';
  /** Place in the new text; undefined for an item that is gone. */
  readonly span: Span | undefined;
  /** The item as the daemon compares it. */
  readonly text: string;
  readonly message?: string;
}

/**
 * What a v2 daemon does by itself when its file is written.
 * - `nothing`: its backends are the same
 * - `restarts`: all of its backends are restarted; one that cannot start is left out
 * - `ignored`: the text cannot be read or has no backend, so the daemon goes on with what it had
 * - `crash`: a backend cannot be decoded, and the process panics
 */
export type WatchEffect = 'nothing' | 'restarts' | 'ignored' | 'crash';

export interface Prediction {
  /** What the command `reload` gets. */
  readonly accepted: boolean;
  /** The daemon's ERRORCODE: 3 asks for a restart, 4 refuses the text. */
  readonly code?: 3 | 4;
  readonly message?: string;
  /** True when a reload, or the watch, would change any backend. It restarts all of them, changed or not. */
  readonly changes: boolean;
  /** v2 only. */
  readonly watch?: WatchEffect;
  /** Items of the new text in order, then those that are gone. */
  readonly items: readonly PredictedChange[];
}

export interface PredictOptions extends ConfigOptions {
  /** v2: the text that the daemon's watch has seen last; the baseline when undefined. */
  readonly watched?: string;
}

interface ComparedItem {
  readonly action: string;
  readonly span: Span;
  readonly text: string;
  readonly reloadable: boolean;
}

/**
 * Compares as the daemon does: reloadable items may come and go, every other item must have been there at the start
 * with the same text, and none may be gone. Copies of an item count once.
 *
 * The daemon looks in this order, and the first that fails decides: the whole text is read and its backends are checked
 * (code 4, nothing touched); a fixed item is new (code 3); a fixed item is gone (code 3); the backends start (code 4,
 * with the old ones already stopped).
 */
export function predictReload(baseline: string, document: ConfigDocument, options: PredictOptions = {}): Prediction {
  // The daemon was started with a flag for one format and goes on reading that one, whatever the text becomes.
  const { format } = new ConfigDocument(baseline, options).model;
  const now = document.model.format === format ? document : new ConfigDocument(document.text, { ...options, format });
  return format === 'v2' ? predictWatch(baseline, options.watched ?? baseline, now, options) : predictV1(baseline, now, options);
}

function predictV1(baseline: string, document: ConfigDocument, options: ConfigOptions): Prediction {
  const before = comparedItems(new ConfigDocument(baseline, { ...options, format: 'v1' }));
  const now = comparedItems(document);
  const known = new Set(before.map((i) => i.text));
  const present = new Set(now.map((i) => i.text));
  const refusals = reloadErrors(document);
  const first = refusals.find((r) => r.early);
  const added = now.find((i) => !i.reloadable && !known.has(i.text));
  const gone = before.filter((i) => !present.has(i.text));
  const removed = gone.find((i) => !i.reloadable);
  const late = refusals.find((r) => !r.early);

  const changes = now.some((i) => i.reloadable && !known.has(i.text)) || gone.some((i) => i.reloadable);
  const items = [
    ...now.map((item) => changeOf(item, known, refusals)),
    ...gone.map(({ action, text, reloadable }): PredictedChange => ({
      action,
      text,
      verdict: reloadable ? 'reloads' : 'restart',
      span: undefined,
    })),
  ];
  const refused = (code: 3 | 4, message: string): Prediction => ({ accepted: false, code, message, changes, items });
  if (first !== undefined) return refused(4, first.finding.message);
  if (added !== undefined)
    return refused(
      3,
      `a non-reloadable config action '${added.action}' was modified or added. Must restart receptor for these changes to take effect`,
    );
  if (removed !== undefined)
    return refused(3, `a non-reloadable config action '${removed.action}' was removed. Must restart receptor for changes to take effect`);
  if (late !== undefined) return refused(4, late.finding.message);
  return { accepted: true, changes, items };
}

const comparedItems = ({ model }: ConfigDocument): ComparedItem[] =>
  model.items.map((item) => {
    const { reading } = item;
    return {
      action: reading.name?.text ?? '',
      span: placed(item, reading.span),
      text: marshal(goValue(reading.node, 'yaml.v2')),
      reloadable: reading.spec?.reloadable ?? false,
    };
  });

interface Refusal {
  readonly finding: Finding;
  /** Found before anything is compared or stopped. */
  readonly early: boolean;
}

/** The errors that a reload meets: whatever keeps the text from being read or run at all, and what keeps backends from starting. */
function reloadErrors(document: ConfigDocument): Refusal[] {
  const findings = checkConfig(document, { files: 'off', now: () => 0 }).filter((f) => f.severity === 'error');
  const backends = document.model.items.filter((i) => i.reading.spec?.backend === true);
  return findings.flatMap((finding): Refusal[] => {
    if (finding.phase === 'load' || finding.code === 'exclusive-action') return [{ finding, early: true }];
    return backends.some((item) => holds(item, finding.span)) ? [{ finding, early: checkedEarly.has(finding.code) }] : [];
  });
}

const holds = (item: ConfigItem, { start, end }: Span): boolean => {
  const span = placed(item, item.reading.span);
  return span.start <= start && end <= span.end;
};

/** Costs, URLs and headers of backends are checked while the text is read; names, addresses and ports only when they start. */
const checkedEarly: ReadonlySet<string> = new Set(['cost-not-positive', 'ws-url', 'extra-header']);

function changeOf(item: ComparedItem, known: ReadonlySet<string>, refusals: readonly Refusal[]): PredictedChange {
  const { action, span, text, reloadable } = item;
  const own = refusals.find(({ finding }) => span.start <= finding.span.start && finding.span.end <= span.end);
  if (own !== undefined) return { action, span, text, verdict: 'refused', message: own.finding.message };
  if (known.has(text)) return { action, span, text, verdict: 'unchanged' };
  return { action, span, text, verdict: reloadable ? 'reloads' : 'restart' };
}
