/** A v2 config: sections of a mapping, as viper and mapstructure read them. */
import { isMasked } from '../document/mask.ts';
import { knowledgeOf, type ActionSpec } from '../schema/knowledge.ts';
import { mostSimilar } from '../schema/similar.ts';
import type { Entry } from '../yaml/compose.ts';
import { content, effectiveEntries } from '../yaml/compose.ts';
import { decodeProblem } from '../yaml/decode.ts';
import type { Span, YamlMapping, YamlNode, YamlProblem } from '../yaml/nodes.ts';
import { parseYaml } from '../yaml/parse.ts';
import { schemaFindings } from './against-schema.ts';
import { coerceV2 } from './coerce-v2.ts';
import { nested, undotted } from './dotted.ts';
import type { Finding, Fix } from './findings.ts';
import { receptorSays, unwanted } from './findings.ts';
import type { GoValue } from './go-values.ts';
import { contentSpan, goValue } from './go-values.ts';
import { hasMask } from './masked.ts';
import type { ConfigField, ConfigItem, ConfigModel, ConfigSection, ItemReading, Located, ReadingContext } from './model.ts';
import { namesOf } from './names.ts';
import { secondDocument } from './second-document.ts';
import { adviceOn } from './yaml-advice.ts';

const dialect = 'yaml.v3';

/** What the daemon says to anything that it cannot read at all, and then ends without an error. */
const skipping = 'empty receptor config, skipping...';

/** Extensions that make the daemon read YAML. */
const yamlName = /\.ya?ml$/;

/** @param path of the file, or its URI; empty when there is none */
export function readV2(text: string, context: ReadingContext, path: string, templated: boolean): ConfigModel {
  const parsed = parseYaml(text, dialect);
  const base = { format: 'v2', version: context.version, templated, end: parsed.end } as const;
  const problem = parsed.problem ?? decodeProblem(parsed, text, dialect, 'map');
  const root = parsed.root === undefined ? undefined : content(parsed.root);
  const reader = new SectionReader(context, templated);
  if (root?.kind === 'mapping') reader.readRoot(root);
  const findings: Finding[] = problem === undefined ? reader.findings : templated ? [] : [unreadable(problem, text)];
  if (problem === undefined && !templated) findings.push(...secondDocument(text, parsed.end));
  const first = reader.sections[0];
  if (first !== undefined && problem === undefined && !templated && isForeignName(path, text)) findings.push(wrongExtension(first.key));
  return { ...base, items: reader.items, sections: reader.sections, problem, findings };
}

/** True when the daemon would not read this text as YAML because of the file's name. JSON is read as JSON. */
function isForeignName(path: string, text: string): boolean {
  if (path === '' || path.startsWith('untitled:') || yamlName.test(path)) return false;
  if (!path.endsWith('.json')) return true;
  try {
    JSON.parse(text);
    return false;
  } catch {
    return true;
  }
}

function unreadable(problem: YamlProblem, text: string): Finding {
  const what = mixed(text, problem.start) ?? adviceOn(problem.message);
  const message = receptorSays(
    `${what}: yaml: ${problem.message.replaceAll(/\s+/g, ' ')}. The daemon takes the whole config for empty and ends.`,
    skipping,
  );
  return { span: { start: problem.start, end: problem.end }, severity: 'error', phase: 'load', code: 'yaml', message };
}

/** What to write instead of an item of v1 that begins at `start` of its line, among sections. */
function mixed(text: string, start: number): string | undefined {
  if (start > 0 && text[start - 1] !== '\n') return undefined;
  const name = /^- +(["']?)([a-z-]+)\1[ \t]*(?:[:\r\n]|$)/.exec(text.slice(start, start + 80))?.[2];
  const spec = name === undefined ? undefined : knowledgeOf('v1').actions.get(name);
  if (spec === undefined) return undefined;
  const section = knowledgeOf('v2').actions.get(spec.otherKey ?? '');
  const here =
    section === undefined
      ? `v2 has no \`${spec.key}\`; in v1 every section is an item`
      : `write ${shortForm(section)} instead, or every section as an item`;
  return `Sections (v2) and items (v1) cannot be mixed, as \`- ${spec.key}\` is here: ${here}`;
}

const shortForm = ({ name, key, list }: ActionSpec): string =>
  name === 'local-only' ? '`local-only: {local: true}`' : `\`${key}:\` with ${list ? 'a list' : 'the fields'} below it`;

function wrongExtension(key: Located): Finding {
  const message = receptorSays(
    'A v2 config must be called `.yml` or `.yaml`: with this name the daemon takes it for empty and ends.',
    skipping,
  );
  return { span: key.span, severity: 'error', phase: 'load', code: 'v2-extension', message };
}

class SectionReader {
  readonly items: ConfigItem[] = [];
  readonly sections: ConfigSection[] = [];
  readonly findings: Finding[] = [];
  private readonly context: ReadingContext;
  private readonly conditional: boolean;
  /** Sections that are there, or will be when a misspelt one is renamed, in lower case: a second one of them is refused. */
  private readonly taken = new Set<string>();

  constructor(context: ReadingContext, conditional: boolean) {
    this.context = context;
    this.conditional = conditional;
  }

  readRoot(root: YamlMapping): void {
    const { entries } = effectiveEntries(root, dialect);
    for (const entry of entries) this.taken.add(sectionPath(keyText(entry))[0]!);
    for (const entry of entries) this.readSection(entry, entries);
    this.findCaseVariants();
  }

  private readSection(entry: Entry, all: readonly Entry[]): void {
    const { keyNode, valueNode } = entry;
    const text = keyText(entry);
    const name: Located = { text, span: contentSpan(keyNode) };
    const [section = '', ...path] = sectionPath(text);
    const spec = this.context.knowledge.actions.get(section);
    const items: number[] = [];
    this.sections.push({ key: name, value: valueNode, spec, items });
    if (spec === undefined) {
      if (section !== 'version' || path.length > 0) this.unknownSection(name, section);
      else this.version(valueNode);
      return;
    }
    const add = (reading: ItemReading): void => {
      items.push(this.items.length);
      this.items.push({ base: 0, reading });
    };
    if (path.length > 0) {
      // Dotted keys of one section are one entry, which stands at the first of them.
      const same = all
        .map((each) => ({ each, path: sectionPath(keyText(each)) }))
        .filter(({ path: [first, second] }) => first === section && second !== undefined);
      if (same[0]?.each !== entry) return;
      const members = same.map(({ each, path: [, field = '', ...inner] }) => ({
        name: field,
        key: { text: keyText(each), span: contentSpan(each.keyNode) },
        node: nested(inner, each.keyNode, each.valueNode),
      }));
      add(this.entry(spec, name, valueNode, members));
    } else if (spec.list) this.readList(spec, name, valueNode, add);
    else this.readDotted(spec, name, valueNode, add);
  }

  private readList(spec: ActionSpec, name: Located, node: YamlNode, add: (reading: ItemReading) => void): void {
    const inner = content(node);
    if (inner.kind === 'mapping') return this.readDotted(spec, name, node, add);
    if (inner.kind === 'scalar') return this.scalarSection(spec, name, node, add);
    for (const item of inner.items) {
      const element = content(item);
      if (element.kind === 'scalar' && goValue(element, dialect).type === 'null') this.nullEntry(spec, name, item, add);
      else if (element.kind === 'mapping') this.readMapping(spec, name, item, add);
      else
        this.broken(
          spec,
          name,
          item,
          `'${name.text}[${inner.items.indexOf(item)}]' expected a map, got '${element.kind === 'sequence' ? 'slice' : goValue(element, dialect).type}'`,
          add,
        );
    }
  }

  /** Listeners, peers, control services and Kubernetes work crash on an empty entry; others read it as one without fields. */
  private nullEntry(spec: ActionSpec, name: Located, node: YamlNode, add: (reading: ItemReading) => void): void {
    const crash = spec.group === 'backends' || spec.name === 'control-service' || spec.name === 'work-kubernetes';
    const span = contentSpan(node);
    const reading = this.entry(spec, name, node, []);
    if (!crash) return add(reading);
    const message = receptorSays(
      'An empty entry makes the daemon crash: fill it in or remove it.',
      'panic: runtime error: invalid memory address or nil pointer dereference',
    );
    add({
      ...reading,
      shape: 'broken',
      findings: [
        {
          span: span.end > span.start ? span : { start: Math.max(0, span.start - 1), end: span.start },
          severity: 'error',
          phase: 'load',
          code: 'null-entry',
          message,
        },
      ],
    });
  }

  private scalarSection(spec: ActionSpec, name: Located, node: YamlNode, add: (reading: ItemReading) => void): void {
    const value = goValue(node, dialect);
    if (value.type === 'null' || isMasked((content(node) as { text: string }).text))
      return add({ ...this.entry(spec, name, node, []), shape: 'null', findings: [] });
    // The hook splits an empty string into no entries at all.
    if (spec.list && value.type === 'string' && value.value === '') return;
    const where = spec.list ? `${name.text}[0]` : name.text;
    this.broken(spec, name, node, `'${where}' expected a map, got '${value.type}'`, add);
  }

  private broken(spec: ActionSpec, name: Located, node: YamlNode, daemon: string, add: (reading: ItemReading) => void): void {
    const fields = [...spec.fields.keys()]
      .slice(0, 3)
      .map((f) => `\`${f}\``)
      .join(', ');
    const what =
      spec.name === 'local-only'
        ? 'Write `local-only: {local: true}`: no other form counts in v2.'
        : `\`${spec.key}\` takes ${spec.list ? 'a list of mappings' : 'a mapping'}${fields === '' ? '' : ` with ${fields}`}, not a value.`;
    const fixes: Fix[] = [];
    const text = content(node);
    if (spec.name === 'local-only')
      fixes.push({ kind: 'replace', span: contentSpan(node), text: '{local: true}', title: 'Change to {local: true}', preferred: true });
    else if (spec.name === 'log-level' && text.kind === 'scalar' && /^\w+$/.test(text.text))
      fixes.push({
        kind: 'replace',
        span: contentSpan(node),
        text: `{level: ${text.text}}`,
        title: `Change to {level: ${text.text}}`,
        preferred: true,
      });
    const finding: Finding = {
      span: contentSpan(node),
      severity: 'error',
      phase: 'load',
      code: 'section-format',
      message: receptorSays(what, `unable to decode into struct: ${daemon}`),
      fixes,
    };
    add({ ...this.entry(spec, name, node, []), shape: 'broken', findings: this.conditional ? [] : [finding] });
  }

  /** A section that is a mapping itself: its keys, and those of mappings in it, may have dots that lead further in. */
  private readDotted(spec: ActionSpec, name: Located, node: YamlNode, add: (reading: ItemReading) => void): void {
    const inner = content(node);
    this.readMapping(spec, name, inner.kind === 'mapping' ? undotted(inner, spec) : node, add);
  }

  private readMapping(spec: ActionSpec, name: Located, node: YamlNode, add: (reading: ItemReading) => void): void {
    const inner = content(node);
    if (inner.kind === 'scalar') return this.scalarSection(spec, name, node, add);
    if (inner.kind === 'sequence') {
      return this.broken(spec, name, node, `'${name.text}' expected a map, got 'slice'`, add);
    }
    const entries = effectiveEntries(inner, dialect).entries.map((entry) => {
      const text = keyText(entry);
      return { name: text.toLowerCase(), key: { text, span: contentSpan(entry.keyNode) }, node: entry.valueNode };
    });
    add(this.entry(spec, name, node, entries));
  }

  private entry(
    spec: ActionSpec,
    name: Located,
    node: YamlNode,
    members: readonly { name: string; key: Located; node: YamlNode }[],
  ): ItemReading {
    const findings: Finding[] = [];
    const read = (member: { name: string; key: Located; node: YamlNode }, held: GoValue): ConfigField => {
      const field = spec.fields.get(member.name);
      const inner = content(member.node);
      const text = inner.kind === 'scalar' ? inner.text : undefined;
      const templated = this.conditional && hasMask(member.node);
      const plain = { name: member.name, key: member.key, spec: field, node: member.node, span: contentSpan(member.node), text, templated };
      if (field === undefined) return { ...plain, value: undefined, parts: [] };
      const { value, parts, refused } = coerceV2(field.kind, held);
      if (refused !== undefined && !templated) {
        const fixes: Fix[] = refused.daemon.includes('time.Time') ? [{ kind: 'quote', span: refused.span }] : [];
        const advice = refused.daemon.includes('time.Time')
          ? 'An unquoted date is no text here: quote it.'
          : refused.code === 'bad-boolean'
            ? `\`${field.name}\` must be true or false: in v2 \`${text ?? ''}\` is neither.`
            : `\`${field.name}\` cannot hold this value${field.examples[0] === undefined ? '' : `: write for example ${field.examples[0]}`}.`;
        findings.push({
          span: refused.span.end > refused.span.start ? refused.span : member.key.span,
          severity: 'error',
          phase: 'load',
          code: refused.code,
          message: receptorSays(advice, `unable to decode into struct: '${name.text}.${field.name}' ${refused.daemon}`),
          fixes,
        });
      }
      return { ...plain, value: templated ? undefined : value, parts };
    };
    const fields: ConfigField[] = [];
    const hidden: ConfigField[] = [];
    for (const member of members) {
      const held = goValue(member.node, dialect);
      const field = read(member, held);
      (held.type === 'null' && field.spec !== undefined ? hidden : fields).push(field);
    }
    const templated = this.conditional;
    const reading: ItemReading = {
      node,
      span: contentSpan(node),
      name,
      spec,
      shape: 'fields',
      fields,
      hidden,
      names: namesOf(fields),
      findings,
      templated,
    };
    findings.push(...caseVariants(reading), ...schemaFindings(reading, this.context.knowledge, this.conditional));
    return reading;
  }

  private unknownSection(name: Located, section: string): void {
    if (isMasked(name.text) || this.conditional) return;
    const { knowledge } = this.context;
    const renamed = knowledge.renamedActions.get(section);
    const near = renamed === undefined ? mostSimilar(section, knowledge.actions.keys()) : renamed.use;
    const advice =
      renamed === undefined
        ? near === undefined
          ? ''
          : ` Did you mean \`${near}\`?`
        : ` ${renamed.hint.charAt(0).toUpperCase()}${renamed.hint.slice(1)}.`;
    const message = `v2 has no section \`${name.text}\`: the daemon ignores it silently.${advice}`;
    this.findings.push(
      unwanted(name.span, renamed === undefined ? 'unknown-section' : 'renamed-section', message, {
        fixes: near === undefined ? [] : this.rename(name, section, near),
      }),
    );
  }

  /** Nothing where the config has that section already: with a key twice the daemon takes the whole config for empty. */
  private rename(name: Located, section: string, to: string): Fix[] {
    if (this.taken.has(to)) return [];
    this.taken.add(to);
    const text = to + name.text.slice(section.length);
    return [{ kind: 'replace', span: name.span, text, title: `Change to ${text}`, preferred: true }];
  }

  private version(node: YamlNode): void {
    const value = goValue(node, dialect);
    if ((value.type === 'int' || value.type === 'string') && Number(value.value) === 2) return;
    this.findings.push({
      span: contentSpan(node),
      severity: 'information',
      phase: 'run',
      code: 'v2-version',
      message:
        'The daemon does not look at this number, except that only `2` switches on the `receptorkube…` fields of `node`; the format is chosen by `--config-v2`.',
    });
  }

  /** Sections that differ only by letter case are one to the daemon. */
  private findCaseVariants(): void {
    const seen = new Map<string, Span>();
    for (const { key } of this.sections) {
      const lower = key.text.toLowerCase();
      const first = seen.get(lower);
      if (first === undefined) seen.set(lower, key.span);
      else
        this.findings.push(
          unwanted(
            key.span,
            'case-variants',
            `\`${key.text}\` is the same section as one before: which one counts is left to chance at every start.`,
            { related: [{ span: first, message: 'The same section' }] },
          ),
        );
    }
  }
}

const keyText = ({ key, keyNode }: Entry): string => (key.type === 'string' ? key.value : keyNode.kind === 'scalar' ? keyNode.text : '');

/** Outside lists a dot leads into the section: `node.id: a`. */
const sectionPath = (key: string): string[] => key.toLowerCase().split('.');

function caseVariants({ fields, hidden }: ItemReading): Finding[] {
  const all = [...hidden, ...fields];
  return all
    .filter((field) => field.spec !== undefined && all.findLast(({ name }) => name === field.name) !== field)
    .map((field) =>
      unwanted(
        field.key?.span ?? field.span,
        'case-variants',
        `\`${field.key?.text}\` stands here twice in different letter case: which value counts is left to chance at every start.`,
        { fixes: [{ kind: 'remove-field' }] },
      ),
    );
}
