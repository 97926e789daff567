import type { ConfigDocument } from '../config/document.ts';
import type { Finding } from '../config/findings.ts';
import { placeFinding, receptorSays, severityRank as rank } from '../config/findings.ts';
import type { ConfigItem, ConfigModel, ItemReading } from '../config/model.ts';
import type { CheckContext } from './context.ts';
import { diskFindings, ownNodeId } from './disk.ts';
import type { Fact } from './facts.ts';
import { factsOf } from './facts.ts';
import { itemFindings } from './item-rules.ts';
import type { Scope } from './rule.ts';
import { nameSpan, nothingYet } from './rule.ts';
import type { Judged, Member, Whole } from './together.ts';
import { wholeV2 } from './v2-whole.ts';
import { judge } from './together.ts';

/** So many findings tell enough: hostile text must flood nobody. */
const mostFindings = 1000;

/** What an item alone tells; kept with its reading. */
interface Digest {
  /** Load findings and those of the item rules. */
  readonly findings: readonly Finding[];
  /** Some field names a place on the disk. */
  readonly onDisk: boolean;
  readonly facts: readonly Fact[];
}

/** An item with what is known of it; lives as long as its reading does. */
interface Entry {
  readonly digest: Digest;
  /** Each share names its entry, so they come after it. */
  shares: readonly Share[];
  item: ConfigItem;
  /** Position in the file. */
  index: number;
  disk: { readonly key: string; readonly findings: readonly Finding[] } | undefined;
}

/** An item's part in a key. */
interface Share {
  readonly entry: Entry;
  readonly fact: Fact;
}

const noShares: readonly Share[] = [];

/** What is kept of a document between two checks. */
class CheckState {
  entries: Entry[] = [];
  /** A share that nobody else has a part in stands alone: of addresses and names most do. */
  readonly groups = new Map<string, Group | Share>();
  readonly judged = new Map<string, readonly { readonly entry: Entry; readonly finding: Finding }[]>();
  /** Items that could not be read: they may define or be anything. */
  unread = 0;
  backends = 0;
  /** What judgements besides names depended on last time. */
  circumstances = '';
}

/** What may be wrong with a fact that has no company: it asks for something. */
const speaksAlone: ReadonlySet<string> = new Set(['tls-use', 'default-client', 'verifies']);

/** The items that share a key. */
class Group {
  readonly shares = new Set<Share>();
  private readonly counts = new Map<string, number>();

  constructor(...shares: readonly Share[]) {
    for (const share of shares) this.add(share);
  }

  add(share: Share): void {
    this.shares.add(share);
    this.count(share, 1);
  }

  remove(share: Share): void {
    this.shares.delete(share);
    this.count(share, -1);
  }

  /** Nothing can be wrong here: told from counts alone, because a name may be used by every item of a large config. */
  get quiet(): boolean {
    const servers = this.of('tls-server');
    const clients = this.of('tls-client');
    const tls = servers + clients + this.of('tls-use');
    if (tls > 0 || this.of('default-client') > 0) {
      const unknownServer = this.of('uses tls-server') > 0 && servers === 0;
      const unknownClient = this.of('uses tls-client') + this.of('default-client') > 0 && clients === 0;
      return servers < 2 && clients < 2 && !unknownServer && !unknownClient;
    }
    if (this.of('verification') + this.of('verifies') > 0) return this.of('verifies') === 0 || this.of('verification') > 0;
    return this.shares.size < 2;
  }

  private of(kind: string): number {
    return this.counts.get(kind) ?? 0;
  }

  private count({ fact }: Share, by: number): void {
    this.counts.set(fact.kind, this.of(fact.kind) + by);
    if (fact.kind !== 'tls-use') return;
    const uses = `uses ${fact.refers ?? ''}`;
    this.counts.set(uses, this.of(uses) + by);
  }
}

const states = new WeakMap<ConfigDocument, CheckState>();

/**
 * Everything to say about a config, in the order of the text, spans absolute, at most {@link mostFindings}.
 *
 * Keeps what it found per item, and the names that items share: after an edit only the touched items are checked, and
 * those that share a name, a port or the like with them.
 */
export function checkConfig(document: ConfigDocument, context: CheckContext): Finding[] {
  let state = states.get(document);
  if (state === undefined) states.set(document, (state = new CheckState()));
  const { model } = document;
  const touched = updateEntries(state, model);
  judgeTouched(state, model, touched);
  const findings: Finding[] = [...model.findings];
  const nodeId = ownNodeId(model);
  for (const entry of state.entries) {
    if (entry.digest.findings.length > 0)
      for (const finding of entry.digest.findings) findings.push(placeFinding(finding, entry.item.base));
    if (entry.digest.onDisk && context.files !== 'off')
      for (const finding of disk(entry, model, context, nodeId)) findings.push(placeFinding(finding, entry.item.base));
  }
  for (const group of state.judged.values()) {
    for (const { entry, finding } of group) findings.push(placeJudged(finding, entry.item.base));
  }
  if (model.format === 'v1') findings.push(...wholeFindings(state, model));
  else if (model.problem === undefined && !model.templated) return settle(wholeV2(model, document.text, findings));
  return settle(findings);
}

/** `related` of judged findings is absolute already. */
function placeJudged(finding: Finding, base: number): Finding {
  const { related, ...rest } = finding;
  return related === undefined ? placeFinding(rest, base) : { ...placeFinding(rest, base), related };
}

/** Sorted and limited; errors last longest. */
function settle(findings: Finding[]): Finding[] {
  const kept =
    findings.length <= mostFindings ? findings : findings.sort((a, b) => rank[a.severity] - rank[b.severity]).slice(0, mostFindings);
  return kept.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end || rank[a.severity] - rank[b.severity]);
}

/** Brings the entries in step with the model. Returns the keys whose members changed. */
function updateEntries(state: CheckState, model: ConfigModel): Set<string> {
  const before = state.entries;
  const { items } = model;
  let prefix = 0;
  while (prefix < before.length && prefix < items.length && before[prefix]!.item.reading === items[prefix]!.reading) prefix++;
  let suffix = 0;
  while (
    suffix < before.length - prefix &&
    suffix < items.length - prefix &&
    before[before.length - 1 - suffix]!.item.reading === items[items.length - 1 - suffix]!.reading
  )
    suffix++;
  const touched = new Set<string>();
  const scope = { format: model.format, version: model.version };
  for (const entry of before.slice(prefix, before.length - suffix)) leave(state, entry, touched);
  const entries = before.slice(0, prefix);
  for (let index = prefix; index < items.length - suffix; index++) {
    const entry = newEntry(items[index]!, index, scope);
    enter(state, entry, touched);
    entries.push(entry);
  }
  for (let i = before.length - suffix; i < before.length; i++) entries.push(before[i]!);
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index]!;
    const item = items[index]!;
    if (entry.item === item && entry.index === index) continue;
    // `related` spans of judgements are absolute: they move with the items.
    if (state.judged.size > 0) for (const { fact } of entry.shares) if (state.judged.has(fact.key)) touched.add(fact.key);
    entry.item = item;
    entry.index = index;
  }
  state.entries = entries;
  return touched;
}

/** Looks at an item while its fields are at hand: for `ConfigOptions.onItem`. */
export function digestItem(reading: ItemReading, scope: Scope): void {
  digestOf(reading, scope);
}

function digestOf(reading: ItemReading, scope: Scope): Digest {
  const kept = reading.digest as Digest | undefined;
  if (kept !== undefined) return kept;
  const more = itemFindings(reading, scope);
  const digest: Digest = {
    findings: more.length === 0 ? reading.findings : [...reading.findings, ...more],
    onDisk: reading.fields.some((f) => f.spec?.path !== undefined),
    facts: factsOf(reading, scope.format),
  };
  reading.digest = digest;
  return digest;
}

function newEntry(item: ConfigItem, index: number, scope: Scope): Entry {
  const digest = digestOf(item.reading, scope);
  const entry: Entry = { digest, item, index, shares: noShares, disk: undefined };
  if (digest.facts.length > 0) entry.shares = digest.facts.map((fact) => ({ entry, fact }));
  return entry;
}

const isUnread = (item: ItemReading): boolean => item.spec === undefined || (item.shape === 'broken' && item.fields.length === 0);

function enter(state: CheckState, entry: Entry, touched: Set<string>): void {
  for (const share of entry.shares) {
    const { key } = share.fact;
    const others = state.groups.get(key);
    if (others === undefined) state.groups.set(key, share);
    else if (others instanceof Group) others.add(share);
    else state.groups.set(key, new Group(others, share));
    touched.add(key);
  }
  if (isUnread(entry.item.reading)) state.unread++;
  if (entry.item.reading.spec?.backend === true) state.backends++;
}

function leave(state: CheckState, entry: Entry, touched: Set<string>): void {
  for (const share of entry.shares) {
    const { key } = share.fact;
    const group = state.groups.get(key);
    if (group instanceof Group) group.remove(share);
    else state.groups.delete(key);
    touched.add(key);
  }
  if (isUnread(entry.item.reading)) state.unread--;
  if (entry.item.reading.spec?.backend === true) state.backends--;
}

function judgeTouched(state: CheckState, model: ConfigModel, touched: ReadonlySet<string>): void {
  const blind =
    model.problem !== undefined || (model.templated && state.entries.some((e) => e.item.reading.templated || isUnread(e.item.reading)));
  // What cannot be seen decides over every name: when that changes, all keys are judged anew.
  const circumstances = `${blind} ${model.templated} ${state.unread}`;
  const known = state.circumstances === '' || (circumstances === state.circumstances && state.unread === 0); // at first all are touched
  const keys = known ? touched : new Set([...state.groups.keys(), ...touched]);
  state.circumstances = circumstances;
  const unread = state.unread === 0 ? [] : state.entries.filter((e) => isUnread(e.item.reading)).map((e) => e.item.reading);
  const whole: Whole = {
    format: model.format,
    version: model.version,
    maybeDefined: (name) => blind || unread.some(({ fields }) => fields.length === 0 || fields.some((f) => f.text === name)),
    maybeExclusive: model.templated,
  };
  for (const key of keys) {
    const group = state.groups.get(key);
    if (group === undefined || (group instanceof Group ? group.quiet : !speaksAlone.has(group.fact.kind))) {
      if (group instanceof Group && group.shares.size === 0) state.groups.delete(key);
      state.judged.delete(key);
      continue;
    }
    const shares = (group instanceof Group ? [...group.shares] : [group]).sort((a, b) => a.entry.index - b.entry.index);
    const byMember = new Map<Member, Entry>();
    for (const { entry, fact } of shares) byMember.set({ fact, reading: entry.item.reading, base: entry.item.base }, entry);
    const judged: Judged[] = judge([...byMember.keys()], whole).slice(0, mostFindings);
    if (judged.length === 0) state.judged.delete(key);
    else
      state.judged.set(
        key,
        judged.map(({ member, finding }) => ({ entry: byMember.get(member)!, finding })),
      );
  }
}

function disk(entry: Entry, model: ConfigModel, context: CheckContext, nodeId: string | undefined): readonly Finding[] {
  const key = `${context.files} ${context.baseDirectory ?? ''} ${context.diskVersion ?? 0} ${nodeId ?? ''}`;
  if (entry.disk?.key !== key) entry.disk = { key, findings: diskFindings(entry.item.reading, model, context, nodeId) };
  return entry.disk.findings;
}

/** What only the whole config tells: nothing to do, or too much at once. */
function wholeFindings(state: CheckState, model: ConfigModel): Finding[] {
  if (model.findings.some((f) => f.severity === 'error') || model.templated) return [];
  const { entries } = state;
  if (entries.length === 0) return [nothingYet(model.end, '- node:')];
  const exclusive = entries.find((e) => e.item.reading.spec?.exclusive === true);
  if (exclusive !== undefined) return entries.length > 1 ? [notAlone(exclusive)] : [];
  const runsOnce = entries.some((e) => e.item.reading.spec?.name === 'command-runner');
  if (state.backends > 0 || state.unread > 0 || runsOnce) return [];
  const at = entries[0]!;
  return [
    placeFinding(
      {
        span: nameSpan(at.item.reading),
        severity: 'error',
        phase: 'start',
        code: 'no-backend',
        message: receptorSays(
          'No item links this node to others: add a listener or a peer, or `- local-only: null` for a node on its own.',
          'Nothing to do - no backends are running.',
        ),
        fixes: [{ kind: 'add-backend' }],
      },
      at.item.base,
    ),
  ];
}

function notAlone(entry: Entry): Finding {
  const { item } = entry;
  const { reading } = item;
  const name = reading.spec!.key;
  const message = receptorSays(
    `\`${name}\` does its work alone and ends: nothing else may stand in the file.`,
    `cannot specify any other options with ${name}`,
  );
  return placeFinding({ span: nameSpan(reading), severity: 'error', phase: 'start', code: 'exclusive-action', message }, item.base);
}
