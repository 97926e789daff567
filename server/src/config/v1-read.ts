/** A whole v1 config: item by item where its layout allows, else from the one tree of the text. */
import type { TextPieces } from '../document/text.ts';
import { decodeProblem } from '../yaml/decode.ts';
import type { YamlProblem } from '../yaml/nodes.ts';
import { parseYaml } from '../yaml/parse.ts';
import type { Finding } from './findings.ts';
import { receptorSays } from './findings.ts';
import type { ConfigItem, ConfigModel, ItemReading, ReadingContext } from './model.ts';
import { readPlainItem } from './plain-item.ts';
import { secondDocument } from './second-document.ts';
import { readItem } from './v1-item.ts';
import { adviceOn } from './yaml-advice.ts';

/** What a text of one item came to: a reading, or why its YAML is refused. */
export interface ItemRead {
  readonly reading: ItemReading | undefined;
  readonly problem: YamlProblem | undefined;
  /** The problem is with values (tags, keys, merges), not with the syntax: text behind it is sound. */
  readonly decode: boolean;
}

/** Reads the text of one item, which starts with its dash. */
export function readItemText(text: string, context: ReadingContext, conditional: boolean): ItemRead {
  const plain = conditional ? undefined : readPlainItem(text, context);
  return plain === undefined ? readItemTree(text, context, conditional) : { reading: plain, problem: undefined, decode: true };
}

/** The same by the YAML tree, whatever the text. */
export function readItemTree(text: string, context: ReadingContext, conditional: boolean): ItemRead {
  const parsed = parseYaml(text, 'yaml.v2');
  if (parsed.problem !== undefined) return { reading: undefined, problem: parsed.problem, decode: false };
  const { root } = parsed;
  const node = root?.kind === 'sequence' && root.items.length === 1 ? root.items[0] : undefined;
  // Never for texts that the splitter cut; then the whole text decides.
  if (node === undefined) return { reading: undefined, problem: { message: 'not one item', start: 0, end: 1 }, decode: false };
  const problem = decodeProblem(parsed, text, 'yaml.v2');
  return { reading: readItem(node, context, conditional), problem, decode: true };
}

interface V1Text {
  /** Templates masked. */
  readonly text: string;
  readonly original: string;
  readonly templated: boolean;
  readonly starts: readonly number[] | undefined;
}

interface V1Read {
  readonly model: ConfigModel;
  /** Set when the items stand on their own, be it that some of them are broken: an edit may re-read single ones. */
  readonly split: ItemRead[] | undefined;
}

export function readV1(source: V1Text, context: ReadingContext): V1Read {
  const { text, starts } = source;
  if (starts === undefined) return { model: readWhole(source, context), split: undefined };
  const reads = starts.map((start, i) => {
    const end = starts[i + 1] ?? text.length;
    return readItemText(text.slice(start, end), context, source.templated && source.original.slice(start, end).includes('{%'));
  });
  const items: ConfigItem[] = [];
  for (let i = 0; i < reads.length; i++) {
    const { reading } = reads[i]!;
    if (reading !== undefined) items.push({ base: starts[i]!, reading });
  }
  if (source.templated) return { model: templatedModel(source, reads, items, context), split: undefined };
  const model = splitModel(reads, starts, items, { length: text.length, text }, context);
  return model === undefined ? { model: readWhole(source, context), split: undefined } : { model, split: reads };
}

/** The model of a config that was read item by item. Undefined when its items do not stand on their own. */
export function splitModel(
  reads: readonly ItemRead[],
  starts: readonly number[],
  items: readonly ConfigItem[],
  source: Pick<TextPieces, 'length' | 'text'>,
  context: ReadingContext,
): ConfigModel | undefined {
  const model = v1Model(items, source.length, context);
  const bad = reads.findIndex((r) => r.problem !== undefined);
  if (bad === -1) return model;
  const refused = reads.findIndex((r) => r.problem !== undefined && !r.decode);
  if (refused === -1) {
    const problems = reads.flatMap((r, i) => (r.problem === undefined ? [] : [moved(r.problem, starts[i]!)]));
    return { ...model, problem: problems[0], findings: problems.map(yamlFinding) };
  }
  // Something that an item does not hold alone: a scalar or collection that goes on, an anchor of another item, an error.
  const problem = tailProblem(source.text, starts[refused]!);
  if (problem === undefined || problem.message.startsWith('unknown anchor')) return undefined;
  return { ...model, problem, findings: [yamlFinding(problem)] };
}

/** The model of a config whose items were all read. */
function v1Model(items: readonly ConfigItem[], end: number, context: ReadingContext, templated = false): ConfigModel {
  return { format: 'v1', version: context.version, items, sections: [], problem: undefined, findings: [], templated, end };
}

const moved = (problem: YamlProblem, by: number): YamlProblem => ({ ...problem, start: problem.start + by, end: problem.end + by });

/** Line breaks in front of a tail: enough for messages to name a line, which they never do for the first. */
const headLines = 3;
/** Most problems show soon after where they begin: a tail is first read so far only. */
const nearby = 20_000;

/** What is wrong from `start` on, as if the whole text had been read: what stands before is known to be sound. */
function tailProblem(text: string, start: number): YamlProblem | undefined {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < start; at = text.indexOf('\n', at + 1)) lines++;
  const head = Math.min(lines, headLines);
  const read = (end: number): YamlProblem | undefined => parseYaml('\n'.repeat(head) + text.slice(start, end), 'yaml.v2').problem;
  let problem = start + nearby < text.length ? read(start + nearby) : undefined;
  // Where the piece ends proves nothing.
  if (problem === undefined || problem.end > nearby / 2) problem = read(text.length);
  if (problem === undefined) return undefined;
  const message = problem.message.replace(/^line (\d+)/, (_, line: string) => `line ${Number(line) + lines - head}`);
  return { ...moved(problem, start - head), message };
}

const yamlFinding = (problem: YamlProblem): Finding => ({
  span: { start: problem.start, end: problem.end },
  severity: 'error',
  phase: 'load',
  code: 'yaml',
  message: yamlMessage(problem.message),
});

/** The library's words, with advice. */
function yamlMessage(message: string): string {
  const advice = message.includes("did not find expected '-' indicator")
    ? 'A v1 config is a list: every line at this depth starts with a dash. Items and sections (v1 and v2) cannot be mixed'
    : message.includes('incompatible YAML document')
      ? 'receptor reads YAML 1.1 only: remove the directive'
      : adviceOn(message);
  return receptorSays(`${advice}.`, `yaml: ${message}`);
}

function readWhole(source: V1Text, context: ReadingContext): ConfigModel {
  const { text, templated } = source;
  const parsed = parseYaml(text, 'yaml.v2');
  const base = { format: 'v1', version: context.version, sections: [], templated, end: parsed.end } as const;
  const { root } = parsed;
  if (parsed.problem !== undefined) {
    return { ...base, items: [], problem: parsed.problem, findings: templated ? [] : [yamlFinding(parsed.problem)] };
  }
  const decode = decodeProblem(parsed, text, 'yaml.v2', 'list');
  const list = root?.kind === 'sequence' ? root : undefined;
  const items = (list?.items ?? []).map((node): ConfigItem => {
    const conditional = templated && source.original.slice(node.start, node.end).includes('{%');
    return { base: 0, reading: readItem(node, context, conditional) };
  });
  if (templated) return { ...base, items, problem: decode, findings: [] };
  const findings = decode === undefined ? secondDocument(text, parsed.end) : [decodeFinding(decode)];
  return { ...base, items, problem: decode, findings };
}

function decodeFinding(problem: YamlProblem): Finding {
  if (!problem.message.includes('into []interface {}')) return yamlFinding(problem);
  const message = receptorSays(
    'A v1 config is a list of items: `- node:`, `- tcp-listener:` …',
    `yaml: ${problem.message.replaceAll('\n', '')}`,
  );
  return { span: { start: problem.start, end: problem.end }, severity: 'error', phase: 'load', code: 'not-a-list', message };
}

/** Items whose YAML a template leaves open are passed over; a plain item is still held to its own. */
function templatedModel(source: V1Text, reads: readonly ItemRead[], items: readonly ConfigItem[], context: ReadingContext): ConfigModel {
  const starts = source.starts!;
  const findings = reads.flatMap((read, i): Finding[] => {
    if (read.problem === undefined) return [];
    const end = starts[i + 1] ?? source.text.length;
    const plain = !/\{[{%#]|[}%#]\}/.test(source.original.slice(starts[i], end));
    // Neighbouring templates may complete what looks broken alone.
    return plain && read.problem.message.includes('cannot start any token')
      ? [yamlFinding(tailProblem(source.text, starts[i]!) ?? moved(read.problem, starts[i]!))]
      : [];
  });
  return { ...v1Model(items, source.text.length, context, true), findings };
}
