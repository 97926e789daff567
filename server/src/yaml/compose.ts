import type { Dialect, YamlMapping, YamlNode, YamlPair, YamlScalar, YamlSequence } from './nodes.ts';
import { shortTag } from './scalar.ts';
import type { ScalarValue } from './scalar.ts';
import { resolveScalar } from './scalar.ts';

/** Anything but an alias. */
export type ContentNode = YamlScalar | YamlMapping | YamlSequence;

/** The node that an alias stands for; every other node is itself. (An alias never stands for another alias.) */
export const content = (node: YamlNode): ContentNode => (node.kind === 'alias' ? (node.target as ContentNode) : node);

/** A key with its value, as Go puts them into a map. */
export interface Entry {
  readonly key: ScalarValue;
  readonly keyNode: YamlNode;
  readonly valueNode: YamlNode;
  /** The entry came in through `<<`: its nodes may stand anywhere in the document. */
  readonly merged: boolean;
}

export interface Entries {
  /** One per distinct key, in the order in which Go meets the keys; the value is the one that counts. */
  readonly entries: readonly Entry[];
  /** What another entry with an equal key took the place of. */
  readonly overridden: readonly Entry[];
}

/** True for a key that merges: plain (or `!`-tagged) `<<`, or one tagged `!!merge`. */
export function isMerge(node: YamlNode, dialect: Dialect): boolean {
  if (node.kind !== 'scalar' || node.text !== '<<') return false;
  if (node.tag === undefined) return node.style === 'plain';
  const tag = shortTag(node.tag);
  return tag === '!!merge' || (tag === '!' && (dialect === 'yaml.v2' || node.style === 'plain'));
}

/** Equal for keys that Go holds equal: the type counts, so `1`, `1.0` and `"1"` differ. */
export function keyIdentity(key: ScalarValue): string {
  if (key.type === 'null') return 'null';
  return `${key.type} ${key.type === 'time' ? key.text : String(key.value)}`;
}

const none: readonly Entry[] = [];
/** Up to here comparing each key with all before it is quicker than a map of them. */
const FEW = 16;

/** Entries of what nearly every mapping is: a few words as keys, all different. Undefined for any other. */
function simpleEntries({ pairs }: YamlMapping, dialect: Dialect): Entry[] | undefined {
  if (pairs.length > FEW) return undefined;
  const entries: Entry[] = [];
  for (const { key: keyNode, value: valueNode } of pairs) {
    if (keyNode.kind !== 'scalar' || keyNode.text === '<<') return undefined;
    const key = resolveScalar(keyNode, dialect);
    if (key.type !== 'string') return undefined;
    for (const { key: other } of entries) if (other.type === 'string' && other.value === key.value) return undefined;
    entries.push({ key, keyNode, valueNode, merged: false });
  }
  return entries;
}

/**
 * What a mapping holds after merges, as Go's library fills a map from it. yaml.v2 goes through the pairs in order and a
 * later one wins, `<<` included; yaml.v3 lets a mapping's own keys win over merged ones, and earlier merges over later.
 * Pairs whose key Go cannot use are left out: `decodeProblem` names them, and the daemon reads nothing then.
 */
export function effectiveEntries(mapping: YamlMapping, dialect: Dialect): Entries {
  const simple = simpleEntries(mapping, dialect);
  if (simple !== undefined) return { entries: simple, overridden: none };
  const found = new Map<string, Entry>();
  const overridden: Entry[] = [];
  // NaN is no key's equal, not even its own.
  const identify = (entry: Entry): string =>
    entry.key.type === 'float' && Number.isNaN(entry.key.value) ? `nan ${found.size}` : keyIdentity(entry.key);
  const put = (entry: Entry, laterWins: boolean): void => {
    const identity = identify(entry);
    const other = found.get(identity);
    if (other !== undefined) overridden.push(laterWins ? other : entry);
    if (other === undefined || laterWins) found.set(identity, entry);
  };
  const laterWins = dialect === 'yaml.v2';
  for (const step of pairsInOrder(mapping, dialect)) {
    const entry = toEntry(step.pair, dialect, step.merged);
    if (entry !== undefined) put(entry, laterWins);
  }
  return { entries: [...found.values()], overridden };
}

function toEntry(pair: YamlPair, dialect: Dialect, merged: boolean): Entry | undefined {
  const node = content(pair.key);
  if (node.kind !== 'scalar' || isMerge(pair.key, dialect)) return undefined;
  const key = resolveScalar(node, dialect);
  return key.type === 'error' ? undefined : { key, keyNode: pair.key, valueNode: pair.value, merged };
}

/** A bound against merges that multiply: far above what any config holds. */
const MAX_STEPS = 100_000;

/** Pairs in the order in which Go applies them, merges unfolded. Mappings that merge themselves are passed over. */
function pairsInOrder(mapping: YamlMapping, dialect: Dialect): { pair: YamlPair; merged: boolean }[] {
  const steps: { pair: YamlPair; merged: boolean }[] = [];
  const open = new Set<YamlMapping>();
  const visit = (node: YamlMapping, merged: boolean): void => {
    if (open.has(node) || open.size > 100) return;
    open.add(node);
    const later: YamlNode[] = [];
    for (const pair of node.pairs) {
      if (steps.length > MAX_STEPS) break;
      if (!isMerge(pair.key, dialect)) steps.push({ pair, merged });
      else if (dialect === 'yaml.v2') for (const from of mergeSources(pair.value, dialect)) visit(from, true);
      else later[0] = pair.value;
    }
    for (const value of later) for (const from of mergeSources(value, dialect)) visit(from, true);
    open.delete(node);
  };
  visit(mapping, false);
  return steps;
}

/** The mappings that a `<<` names, in the order in which they are applied: yaml.v2 takes a list from its end. */
function mergeSources(value: YamlNode, dialect: Dialect): YamlMapping[] {
  const node = value.kind === 'sequence' ? value : content(value);
  if (node.kind === 'mapping') return [node];
  if (value.kind !== 'sequence') return [];
  const sources = value.items.map(content).filter((item) => item.kind === 'mapping');
  return dialect === 'yaml.v2' ? sources.reverse() : sources;
}
