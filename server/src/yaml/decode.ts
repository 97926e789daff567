import { content, isMerge } from './compose.ts';
import { goSyntax, quote } from './go-syntax.ts';
import type { Dialect, ParsedYaml, YamlAlias, YamlMapping, YamlNode, YamlProblem } from './nodes.ts';
import { resolveScalar, scalarTag } from './scalar.ts';

/** Duplicate keys that one message names at most: Go lists every pair of equal keys. */
const MAX_LISTED = 100;

/** What is to be done next. An own stack instead of recursion: documents may nest deeper than a call stack does. */
type Step =
  | { readonly do: 'decode'; readonly node: YamlNode }
  | { readonly do: 'leave'; readonly alias: YamlAlias }
  | { readonly do: 'check-key'; readonly node: YamlNode }
  | { readonly do: 'refuse-merge'; readonly node: YamlNode };

/** Go's library gives up here. */
class Failure extends Error {
  override name = 'Failure';
  readonly at: YamlNode;
  constructor(message: string, at: YamlNode) {
    super(message);
    this.at = at;
  }
}

/**
 * What Go's library says against the values of a document that parsed: a root of another kind than the daemon reads, tags
 * that do not fit, keys that are collections, merges of something else than mappings, anchors inside themselves, alias
 * bombs; for yaml.v3 duplicate keys too. The first problem in the library's own order, or undefined.
 *
 * @param text the text that was parsed, for line numbers
 * @param wanted what the daemon reads the file into: `list` for v1, `map` for v2
 */
export function decodeProblem(parsed: ParsedYaml, text: string, dialect: Dialect, wanted: RootType = 'any'): YamlProblem | undefined {
  const { root } = parsed;
  if (root === undefined) return undefined;
  const wrongRoot = rootProblem(root, text, dialect, wanted);
  if (wrongRoot !== undefined) return wrongRoot;
  if (!parsed.intricate && dialect === 'yaml.v2') return undefined;
  const decoder = new Decoder(dialect, text);
  try {
    decoder.run(root);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { message: error.message, start: error.at.start, end: error.at.end };
  }
  return decoder.duplicates();
}

class Decoder {
  private readonly dialect: Dialect;
  private readonly text: string;
  private readonly steps: Step[] = [];
  private readonly open = new Set<YamlAlias>();
  private readonly lines: string[] = [];
  private firstDuplicate: YamlNode | undefined;
  private starts: number[] | undefined;
  /** The document itself counts as decoded. */
  private decoded = 1;
  private aliased = 0;

  constructor(dialect: Dialect, text: string) {
    this.dialect = dialect;
    this.text = text;
  }

  run(root: YamlNode): void {
    this.steps.push({ do: 'decode', node: root });
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      if (step.do === 'decode') this.decode(step.node);
      else if (step.do === 'leave') this.open.delete(step.alias);
      else if (step.do === 'check-key') this.checkKey(step.node);
      else throw new Failure('map merge requires map or sequence of maps as the value', step.node);
    }
  }

  duplicates(): YamlProblem | undefined {
    if (this.firstDuplicate === undefined) return undefined;
    const { start, end } = this.firstDuplicate;
    return { message: ['unmarshal errors:', ...this.lines].join('\n  '), start, end };
  }

  private decode(node: YamlNode): void {
    this.count(node);
    if (node.kind === 'alias') {
      if (this.open.has(node)) throw new Failure(`anchor '${node.name}' value contains itself`, node);
      this.open.add(node);
      this.steps.push({ do: 'leave', alias: node }, { do: 'decode', node: node.target });
    } else if (node.kind === 'scalar') {
      const value = resolveScalar(node, this.dialect);
      if (value.type === 'error') throw new Failure(value.message, node);
    } else if (node.kind === 'sequence') this.pushAll(node.items.map((item) => ({ do: 'decode', node: item })));
    else this.decodeMapping(node);
  }

  private pushAll(steps: Step[]): void {
    for (let i = steps.length - 1; i >= 0; i--) this.steps.push(steps[i]!);
  }

  /** The library's guard against alias bombs: the larger a document gets, the less of it may come from aliases. */
  private count(node: YamlNode): void {
    this.decoded++;
    if (this.open.size > 0) this.aliased++;
    if (this.aliased > 100 && this.decoded > 1000 && this.aliased / this.decoded > allowedAliasRatio(this.decoded)) {
      throw new Failure('document contains excessive aliasing', node);
    }
  }

  private decodeMapping(mapping: YamlMapping): void {
    if (this.dialect === 'yaml.v3' && this.findDuplicates(mapping)) return;
    const steps: Step[] = [];
    let merge: YamlNode | undefined;
    for (const { key, value } of mapping.pairs) {
      if (isMerge(key, this.dialect)) {
        if (this.dialect === 'yaml.v2') this.mergeSteps(value, steps);
        else merge = value;
      } else steps.push({ do: 'decode', node: key }, { do: 'check-key', node: key }, { do: 'decode', node: value });
    }
    if (merge !== undefined) {
      for (const { key } of mapping.pairs) steps.push({ do: 'decode', node: key });
      this.mergeSteps(merge, steps);
    }
    this.pushAll(steps);
  }

  private mergeSteps(value: YamlNode, steps: Step[]): void {
    const items = value.kind !== 'sequence' ? [value] : this.dialect === 'yaml.v2' ? value.items.toReversed() : value.items;
    for (const node of items) steps.push({ do: content(node).kind === 'mapping' ? 'decode' : 'refuse-merge', node });
  }

  private checkKey(node: YamlNode): void {
    const key = content(node);
    if (key.kind !== 'scalar') throw new Failure(`invalid map key: ${goSyntax(key, this.dialect)}`, node);
  }

  /** yaml.v3 compares keys by kind and text alone: `"a"` and `a` are equal, and so are any two mappings. */
  private findDuplicates(mapping: YamlMapping): boolean {
    const { pairs } = mapping;
    // Filled from the end, so that the last of each list is the first in the text.
    const groups = new Map<string, YamlNode[]>();
    for (let i = pairs.length - 1; i >= 0; i--) {
      const { key } = pairs[i]!;
      const same = groups.get(keyGroup(key));
      if (same === undefined) groups.set(keyGroup(key), [key]);
      else same.push(key);
    }
    if (groups.size === pairs.length) return false;
    // Go compares each key with all later ones.
    for (const { key } of pairs) {
      const same = groups.get(keyGroup(key))!;
      same.pop();
      for (let i = same.length - 1; i >= 0 && this.lines.length < MAX_LISTED; i--) {
        const later = same[i]!;
        this.firstDuplicate ??= later;
        const [line, earlier] = [this.lineOf(later), this.lineOf(key)];
        this.lines.push(`line ${line}: mapping key ${quote(keyText(later))} already defined at line ${earlier}`);
      }
    }
    return true;
  }

  private lineOf(node: YamlNode): number {
    this.starts ??= lineStarts(this.text);
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.starts[middle]! <= node.start) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const keyGroup = (key: YamlNode): string => `${key.kind} ${keyText(key)}`;
const keyText = (node: YamlNode): string => (node.kind === 'scalar' ? node.text : node.kind === 'alias' ? node.name : '');

const RATIO_LOW = 400_000;
const RATIO_HIGH = 4_000_000;

const allowedAliasRatio = (decoded: number): number => {
  if (decoded <= RATIO_LOW) return 0.99;
  if (decoded >= RATIO_HIGH) return 0.1;
  return 0.99 - 0.89 * ((decoded - RATIO_LOW) / (RATIO_HIGH - RATIO_LOW));
};

/** Offsets of lines, which end where YAML 1.1 ends them. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|[\r\n\u0085\u2028\u2029]/g)) starts.push(match.index + match[0].length);
  return starts;
}

/** One-based line of an offset. */
const lineAt = (text: string, offset: number): number => lineStarts(text.slice(0, offset)).length;

/** The Go type into which the daemon reads a file: v1 a list of anything, v2 a map by strings; `any` takes everything. */
export type RootType = 'any' | 'list' | 'map';

/** What the library says to a root of the wrong kind; null fits everywhere. */
function rootProblem(root: YamlNode, text: string, dialect: Dialect, wanted: RootType): YamlProblem | undefined {
  if (wanted === 'any' || root.kind === 'alias' || root.kind === (wanted === 'list' ? 'sequence' : 'mapping')) return undefined;
  let what = root.kind === 'mapping' ? '!!map' : '!!seq';
  if (root.kind === 'scalar') {
    const value = resolveScalar(root, dialect);
    if (value.type === 'null' || value.type === 'error') return undefined;
    what = `${scalarTag(root, dialect)} \`${shorten(root.text)}\``;
  }
  const type = wanted === 'list' ? '[]interface {}' : 'map[string]interface {}';
  const message = `unmarshal errors:\n  line ${lineAt(text, root.start)}: cannot unmarshal ${what} into ${type}`;
  return { message, start: root.start, end: root.end };
}

const utf8 = new TextEncoder();

/** Go cuts by bytes, possibly inside a character. */
function shorten(text: string): string {
  const bytes = utf8.encode(text.slice(0, 12));
  return bytes.length > 10 ? `${new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, 7))}...` : text;
}
