/**
 * What a daemon that was started with `--config-v2` (1.5.5, 1.6.9) does when its file changes. It has no reload: it
 * watches the file, decodes the seven backend sections and, when any of them is another, restarts all backends.
 */
import { ConfigDocument } from '../config/document.ts';
import type { ConfigOptions } from '../config/document.ts';
import { goValue } from '../config/go-values.ts';
import type { ConfigItem, ConfigModel, ItemReading } from '../config/model.ts';
import { fieldOf, placed } from '../config/model.ts';
import { checkConfig } from '../rules/check.ts';
import { defaultOf } from '../schema/knowledge.ts';
import type { FieldSpec } from '../schema/knowledge.ts';
import type { Span } from '../yaml/nodes.ts';
import { marshal } from './marshal.ts';
import type { PredictedChange, Prediction, WatchEffect } from './predict.ts';

/** The command `reload` always gets this answer from a v2 daemon. */
const noReload = { accepted: false, code: 4, message: 'no configuration file was provided, reload function not set' } as const;

/** An item, and the text that stands for what the daemon makes of it. */
interface WatchedItem {
  readonly section: string;
  readonly item: ConfigItem;
  readonly text: string;
  readonly backend: boolean;
}

/**
 * @param started the text that the daemon was started with: all but the backends is as it was then
 * @param watched the text that its watch has seen last, which its backends come from
 */
export function predictWatch(started: string, watched: string, document: ConfigDocument, options: ConfigOptions): Prediction {
  const read = (text: string): ConfigModel => new ConfigDocument(text, { ...options, format: 'v2' }).model;
  const { model } = document;
  const atStart = read(started);
  const seen = read(watched);
  const applied = seen.problem === undefined ? seen : atStart;
  const findings = checkConfig(document, { files: 'off', now: () => 0 }).filter((f) => f.severity === 'error');
  const before = [...watchedItems(atStart).filter((i) => !i.backend), ...watchedItems(applied).filter((i) => i.backend)];
  const now = watchedItems(model);
  const known = new Set(before.map(({ text }) => text));
  const present = new Set(now.map(({ text }) => text));
  const items = now.map(({ section, item, text, backend }): PredictedChange => {
    const span = placed(item, item.reading.span);
    const own = findings.find((f) => within(f.span, item));
    const base = { action: section, span, text };
    if (own !== undefined) return { ...base, verdict: 'refused', message: own.message };
    return { ...base, verdict: known.has(text) ? 'unchanged' : backend ? 'reloads' : 'restart' };
  });
  for (const { section, text, backend } of before) {
    if (!present.has(text)) items.push({ action: section, span: undefined, text, verdict: backend ? 'reloads' : 'restart' });
  }
  // Such a backend leaves the watch with nothing in its hands, and it goes on with that.
  const undecodable = now.some(({ backend, item }) => backend && findings.some((f) => f.phase === 'load' && within(f.span, item)));
  const watch = effectOf(applied, model, undecodable);
  return { ...noReload, watch, changes: watch === 'restarts', items };
}

const within = ({ start, end }: Span, item: ConfigItem): boolean => {
  const span = placed(item, item.reading.span);
  return span.start <= start && end <= span.end;
};

function effectOf(before: ConfigModel, now: ConfigModel, undecodable: boolean): WatchEffect {
  if (now.problem !== undefined) return 'ignored';
  if (undecodable) return 'crash';
  const sections = backendSections(now);
  if (sections === '') return 'ignored';
  return sections === backendSections(before) ? 'nothing' : 'restarts';
}

/** The backends as the daemon compares them: order counts, and an empty list is not the same as none. Empty when there are none. */
function backendSections({ sections, items, version }: ConfigModel): string {
  const texts = sections.flatMap(({ spec, value, items: indexes }): string[] => {
    if (spec?.backend !== true || isNull(value)) return [];
    const entries = indexes.map((index) => decoded(items[index]!.reading, version));
    if (!spec.list) return entries.includes(`local-only{"local":true}`) ? ['local-only'] : [];
    return [`${spec.key}: ${entries.join()}`];
  });
  return texts.sort().join('\n');
}

const isNull = (node: ItemReading['node']): boolean => goValue(node, 'yaml.v3').type === 'null';

function watchedItems({ items, version }: ConfigModel): WatchedItem[] {
  return items.map((item): WatchedItem => {
    const { reading } = item;
    const section = reading.name?.text ?? '';
    const backend = reading.spec?.backend ?? false;
    const text = backend ? decoded(reading, version) : `${section.toLowerCase()}: ${marshal(goValue(reading.node, 'yaml.v3'))}`;
    return { section, item, text, backend };
  });
}

/** A backend with its defaults filled in: what is spelled out equals what is left to the daemon. */
function decoded(reading: ItemReading, version: string): string {
  const { spec } = reading;
  const fields = [...(spec?.fields.values() ?? [])].flatMap((field): [string, unknown][] => {
    const value = held(field, fieldOf(reading, field.name)?.value, version);
    return value === undefined ? [] : [[field.name, value]];
  });
  return `${spec?.name ?? ''}${JSON.stringify(Object.fromEntries(fields))}`;
}

/** Zero values are replaced by defaults, so that `redial: false` and `cost: 0` do not count. */
function held(field: FieldSpec, value: unknown, version: string): unknown {
  if (value === undefined || value === '' || value === 0 || value === false) {
    const standard = defaultOf(field, version);
    return standard === '' || standard === 0 || standard === false ? undefined : standard;
  }
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Map) return Object.fromEntries([...(value as Map<string, unknown>)].sort(([a], [b]) => (a < b ? -1 : 1)));
  return value;
}
