/** One item of a v1 list as receptor's command line library reads it: shape, action, value, fields. */
import type { ActionSpec, FieldSpec } from '../schema/knowledge.ts';
import { hasSince } from '../schema/knowledge.ts';
import { mostSimilar } from '../schema/similar.ts';
import { isMasked } from '../document/mask.ts';
import { content, effectiveEntries } from '../yaml/compose.ts';
import type { Entry } from '../yaml/compose.ts';
import type { Span, YamlMapping, YamlNode } from '../yaml/nodes.ts';
import { resolveScalar } from '../yaml/scalar.ts';
import { schemaFindings } from './against-schema.ts';
import { coerce } from './coerce.ts';
import type { Refused } from './coerce.ts';
import type { Finding, Fix } from './findings.ts';
import { receptorSays, unwanted } from './findings.ts';
import { contentSpan, goValue } from './go-values.ts';
import { hasMask } from './masked.ts';
import type { ConfigField, ItemReading, ItemShape, Located, NameUse, ReadingContext } from './model.ts';
import { noFields, noFindings, noParts } from './model.ts';
import { namesOf } from './names.ts';

const dialect = 'yaml.v2';

interface Draft {
  readonly node: YamlNode;
  readonly findings: Finding[];
  /** Template statements stand in the item's text: absences and repetitions prove nothing. */
  readonly conditional: boolean;
}

/**
 * Reads an item. Everything that is wrong with it alone becomes a finding: the daemon stops at the first, an editor
 * shows all that do not follow from each other.
 * @param conditional the item's text holds template statements
 */
export function readItem(node: YamlNode, context: ReadingContext, conditional = false): ItemReading {
  const draft: Draft = { node, findings: [], conditional };
  const inner = content(node);
  if (inner.kind === 'scalar') return readScalarItem(draft, inner.text, context);
  if (inner.kind === 'sequence')
    return broken(
      draft,
      'item-format',
      'An item is an action, not a list: write `- node:`, `- tcp-listener:` …',
      'unknown config file format',
    );
  const { entries, overridden } = effectiveEntries(inner, dialect);
  if (entries.length !== 1) return readManyNames(draft, inner, entries, context);
  const entry = entries[0]!;
  if (entry.key.type !== 'string') {
    return broken(
      draft,
      'action-not-text',
      'The name of an action must be text.',
      'section key is not a string',
      contentSpan(entry.keyNode),
    );
  }
  return readParams(draft, located(entry.key.value, entry.keyNode), entry.valueNode, context, overridden.length > 0);
}

const located = (text: string, node: YamlNode): Located => ({ text, span: contentSpan(node) });

function readScalarItem(draft: Draft, text: string, context: ReadingContext): ItemReading {
  const { node } = draft;
  const value = resolveScalar(content(node) as Parameters<typeof resolveScalar>[0], dialect);
  if (value.type !== 'string') {
    const what =
      value.type === 'null' ? 'This item is empty: write an action, such as `- node:`, or remove it.' : `\`${text}\` is no action.`;
    return broken(draft, 'item-format', what, 'unknown config file format');
  }
  const name = located(value.value, node);
  const spec = lookUp(draft, name, context);
  return finish(draft, name, spec, spec === undefined ? 'broken' : 'bare', [], [], context);
}

/** An item that is no action at all. */
function broken(draft: Draft, code: string, message: string, daemon: string, span: Span = contentSpan(draft.node)): ItemReading {
  if (!draft.conditional || !hasMask(draft.node)) {
    draft.findings.push({ span: shown(span), severity: 'error', phase: 'load', code, message: receptorSays(message, daemon) });
  }
  return {
    node: draft.node,
    span: contentSpan(draft.node),
    name: undefined,
    spec: undefined,
    shape: 'broken',
    fields: [],
    hidden: [],
    names: [],
    findings: draft.findings,
    templated: draft.conditional,
  };
}

/** An empty node still needs a place to underline: the caller's dash. */
const shown = (span: Span): Span => (span.end > span.start ? span : { start: Math.max(0, span.start - 1), end: span.end });

/** `{}`, or several names: usually fields that lack two blanks, or a dash that was forgotten. */
function readManyNames(draft: Draft, mapping: YamlMapping, entries: readonly Entry[], context: ReadingContext): ItemReading {
  const daemon = 'config format invalid: item has multiple names';
  const [first, ...rest] = entries;
  if (first === undefined)
    return broken(draft, 'item-names', 'This item names no action: write one, such as `- local-only:`, or remove it.', daemon);
  if (draft.conditional || entries.some((e) => hasMask(e.keyNode)))
    return { ...broken({ ...draft, findings: [] }, '', '', ''), findings: [] };
  const action = first.key.type === 'string' ? context.knowledge.actions.get(first.key.value) : undefined;
  const name = first.key.type === 'string' ? located(first.key.value, first.keyNode) : undefined;
  const nested = content(first.valueNode);
  const empty = nested.kind === 'scalar' && nested.text === '' && nested.style === 'plain';
  const others = rest.map((e) => (e.key.type === 'string' ? e.key.value.toLowerCase() : ''));
  const spans = rest.map((e) => contentSpan(e.keyNode));
  const range = { start: spans[0]!.start, end: spans.at(-1)!.end };
  const fixes: Fix[] = [];
  let message = 'An item holds one action only.';
  const isDashless = (other: string): boolean => context.knowledge.actions.has(other) && action?.fields.has(other) !== true;
  const dashless = others.find(isDashless);
  if (dashless !== undefined) {
    message = `An item holds one action only: put a dash before \`${dashless}\`.`;
    if (!mapping.flow) fixes.push({ kind: 'split-item', spans: spans.filter((_, i) => isDashless(others[i]!)) });
  } else if (action !== undefined && others.some((o) => action.fields.has(o)) && !mapping.flow) {
    const { advice, safe } = deeper(action, first, rest);
    message = `These fields must stand deeper than \`${name!.text}\`: ${advice}, or they count as names of actions.`;
    if (safe) fixes.push({ kind: 'reindent', spans });
  }
  draft.findings.push({
    span: entries.length === 2 || mapping.flow ? spans[0]! : range,
    severity: 'error',
    phase: 'load',
    code: 'item-names',
    message: receptorSays(message, daemon),
    fixes,
  });
  // Read on as if the fields stood where they belong: what they define and use is still known to the editor.
  const { fields, hidden } =
    action !== undefined && empty ? readFields({ ...draft, findings: [] }, rest, action, name!) : { fields: [], hidden: [] };
  const reading = finish({ ...draft, findings: [] }, name, action, 'broken', fields, hidden, context);
  return { ...reading, findings: draft.findings };
}

/** How to bring fields that stand beside their action below it, and whether that can be done without a second thought. */
function deeper(action: ActionSpec, { valueNode }: Entry, rest: readonly Entry[]): { advice: string; safe: boolean } {
  const beside = new Set(rest.map((e) => (e.key.type === 'string' ? e.key.value : '')));
  const safe = !rest.some((e) => e.merged);
  if (valueNode.kind === 'scalar') {
    if (resolveScalar(valueNode, dialect).type === 'null')
      return { advice: valueNode.text === '' ? 'indent them by two more blanks' : 'write them in place of its value', safe };
    const { bare } = action;
    if (bare === undefined) return { advice: 'write them in place of its value', safe: false };
    const oneLine = valueNode.style !== 'literal' && valueNode.style !== 'folded';
    return { advice: `make its value a field \`${bare.name}\` there, beside them`, safe: safe && oneLine && !beside.has(bare.name) };
  }
  if (valueNode.kind !== 'mapping') return { advice: 'write them in place of its value', safe: false };
  if (valueNode.flow) return { advice: 'write them into its braces', safe: false };
  const keys = valueNode.pairs.map(({ key }) => (key.kind === 'scalar' ? key.text : ''));
  return { advice: `write them below \`${keys[0]!}\`, as deep as it`, safe: safe && !keys.some((key) => beside.has(key)) };
}

/** The action by its name as written; unknown ones leave a finding. */
function lookUp(draft: Draft, name: Located, { knowledge, version }: ReadingContext): ActionSpec | undefined {
  const spec = knowledge.actions.get(name.text);
  if (spec !== undefined) {
    if (!hasSince(spec.since, version)) tooNew(draft, name, spec, version);
    else if (spec.upstreamOnly) upstreamOnly(draft, name, spec);
    return spec;
  }
  if (isMasked(name.text)) return undefined;
  const daemon = `could not get config type for command ${name.text}: unknown config type ${name.text}`;
  const lower = name.text.toLowerCase();
  const finding = { span: name.span, severity: 'error', phase: 'load' } as const;
  const replace = (text: string): Fix[] => [{ kind: 'replace', span: name.span, text, title: `Change to ${text}`, preferred: true }];
  if (knowledge.actions.has(lower)) {
    const message = receptorSays(`Actions are written in lower case: \`${lower}\`.`, daemon);
    draft.findings.push({ ...finding, code: 'action-case', message, fixes: replace(lower) });
    return undefined;
  }
  const renamed = knowledge.renamedActions.get(lower);
  if (renamed !== undefined) {
    const message = receptorSays(`There is no action \`${name.text}\`: ${renamed.hint}.`, daemon);
    draft.findings.push({
      ...finding,
      code: 'renamed-action',
      message,
      ...(renamed.use === undefined ? {} : { fixes: replace(renamed.use) }),
    });
    return undefined;
  }
  const near = mostSimilar(
    name.text,
    [...knowledge.actions.values()].filter((a) => !a.hidden).map((a) => a.key),
  );
  const advice = near === undefined ? '' : ` Did you mean \`${near}\`?`;
  const message = receptorSays(`There is no action \`${name.text}\`.${advice}`, daemon);
  draft.findings.push({ ...finding, code: 'unknown-action', message, ...(near === undefined ? {} : { fixes: replace(near) }) });
  return undefined;
}

function upstreamOnly(draft: Draft, name: Located, spec: ActionSpec): void {
  draft.findings.push({
    span: name.span,
    severity: 'information',
    phase: 'load',
    code: 'upstream-only',
    message: `Only upstream builds since ${spec.since ?? 'some release'} know \`${spec.key}\`; builds of distributions such as Debian refuse it: unknown config type ${spec.key}.`,
  });
}

function tooNew(draft: Draft, name: Located, spec: ActionSpec, version: string): void {
  draft.findings.push({
    span: name.span,
    severity: 'error',
    phase: 'load',
    code: 'too-new',
    message: receptorSays(
      `\`${spec.key}\` exists since receptor ${spec.since}; this config is for ${version}.`,
      `unknown config type ${spec.key}`,
    ),
  });
}

function readParams(draft: Draft, name: Located, params: YamlNode, context: ReadingContext, repeated: boolean): ItemReading {
  const spec = lookUp(draft, name, context);
  const inner = content(params);
  const value = inner.kind === 'scalar' ? resolveScalar(inner, dialect) : undefined;
  if (repeated && !draft.conditional) repeatedKey(draft, name);
  if (spec === undefined) {
    // The fields of an unknown action are read without a schema, for symbols and for folding.
    const fields = inner.kind === 'mapping' ? readFields(draft, effectiveEntries(inner, dialect).entries, undefined, name).fields : [];
    return finish(draft, name, undefined, inner.kind === 'mapping' ? 'fields' : 'broken', fields, [], context);
  }
  if (value?.type === 'null') return finish(draft, name, spec, 'null', [], [], context);
  if (value?.type === 'string') return readBareValue(draft, name, spec, params, value.value, context);
  const daemon = `invalid config format for ${name.text}`;
  const fail = (code: string, message: string, span: Span, fixes: Fix[] = []): ItemReading => {
    if (!hasMask(params))
      draft.findings.push({ span, severity: 'error', phase: 'load', code, message: receptorSays(message, daemon), fixes });
    return finish(draft, name, spec, 'broken', [], [], context);
  };
  if (value !== undefined) {
    const bare = spec.bare;
    const written = (inner as { text: string }).text;
    const hint =
      bare === undefined
        ? `\`${name.text}\` takes fields, not a value.`
        : `\`${written}\` is read as ${wordFor(value.type)}; the short form needs text: quote it, or write \`${bare.name}: ${written}\` as a field.`;
    return fail(
      'bare-value-type',
      hint,
      contentSpan(params),
      bare === undefined
        ? [{ kind: 'replace', span: contentSpan(params), text: '', title: 'Remove the value' }]
        : [{ kind: 'quote', span: contentSpan(params) }],
    );
  }
  if (inner.kind === 'sequence') {
    return fail('params-format', `\`${name.text}\` takes fields, not a list.`, contentSpan(params));
  }
  const { entries, overridden } = effectiveEntries(inner as YamlMapping, dialect);
  const odd = entries.find((e) => e.key.type !== 'string');
  if (odd !== undefined)
    return fail(
      'field-not-text',
      `\`${odd.keyNode.kind === 'scalar' ? odd.keyNode.text : 'This'}\` is no field: names of fields are text.`,
      contentSpan(odd.keyNode),
    );
  const { fields, hidden } = readFields(draft, entries, spec, name, overridden);
  return finish(draft, name, spec, 'fields', fields, hidden, context);
}

const wordFor = (type: string): string => ({ int: 'a number', uint: 'a number', float: 'a number', bool: 'true or false' })[type] ?? type;

function repeatedKey(draft: Draft, name: Located): void {
  draft.findings.push(unwanted(name.span, 'repeated-key', `\`${name.text}\` stands here twice: only the last one counts.`));
}

function readBareValue(
  draft: Draft,
  name: Located,
  spec: ActionSpec,
  params: YamlNode,
  text: string,
  context: ReadingContext,
): ItemReading {
  if (spec.bare === undefined) {
    if (!isMasked(text)) {
      draft.findings.push({
        span: contentSpan(params),
        severity: 'error',
        phase: 'load',
        code: 'no-bare-value',
        message: receptorSays(
          `\`${name.text}\` takes fields, not a value.`,
          `could not get barevalue for command ${name.text}: command does not allow bare values`,
        ),
      });
    }
    return finish(draft, name, spec, 'broken', [], [], context);
  }
  const field = readField(draft, undefined, params, spec.bare, spec.bare.name, name);
  return finish(draft, name, spec, 'value', [field], [], context);
}

function readFields(
  draft: Draft,
  entries: readonly Entry[],
  spec: ActionSpec | undefined,
  action: Located,
  overridden: readonly Entry[] = [],
): { fields: readonly ConfigField[]; hidden: readonly ConfigField[] } {
  const read = ({ key, keyNode, valueNode }: Entry): ConfigField | undefined => {
    if (key.type !== 'string') return undefined;
    const name = key.value.toLowerCase();
    return readField(draft, located(key.value, keyNode), valueNode, spec?.fields.get(name), name, action);
  };
  const fields: ConfigField[] = [];
  for (const entry of entries) {
    const field = read(entry);
    if (field !== undefined) fields.push(field);
  }
  if (spec !== undefined && !draft.conditional) caseVariants(draft, fields, action);
  if (overridden.length === 0) return { fields, hidden: noFields };
  const before = draft.findings.length;
  const hidden = overridden.filter((e) => !e.merged).flatMap((entry) => read(entry) ?? []);
  // What a later key hides is never looked at by the daemon.
  draft.findings.length = before;
  if (!draft.conditional) for (const field of hidden) hiddenField(draft, field, fields);
  return { fields, hidden };
}

function hiddenField(draft: Draft, field: ConfigField, fields: readonly ConfigField[]): void {
  const winner = fields.find((f) => f.key?.text === field.key?.text)?.key;
  draft.findings.push(
    unwanted(
      field.key!.span,
      'repeated-key',
      `\`${field.key!.text}\` stands here twice: only the last one counts.`,
      winner === undefined ? {} : { related: [{ span: winner.span, message: 'This one counts' }] },
    ),
  );
}

/** Keys that differ only by letter case set the same field, in random order. */
function caseVariants(draft: Draft, fields: readonly ConfigField[], action: Located): void {
  for (let i = 1; i < fields.length; i++) {
    const field = fields[i]!;
    const first = fields.find((other) => other === field || (other.name === field.name && other.spec !== undefined));
    if (first === field || first === undefined) continue;
    const message = `\`${first.key?.text}\` and \`${field.key?.text}\` are the same field: which value counts is left to chance at every start.`;
    draft.findings.push(
      unwanted(field.key?.span ?? action.span, 'case-variants', message, {
        fixes: [{ kind: 'remove-field' }],
        related: first.key === undefined ? [] : [{ span: first.key.span, message: 'The same field' }],
      }),
    );
  }
}

function readField(
  draft: Draft,
  key: Located | undefined,
  node: YamlNode,
  spec: FieldSpec | undefined,
  name: string,
  action: Located,
): ConfigField {
  const inner = content(node);
  const text = inner.kind === 'scalar' ? inner.text : undefined;
  const masked = hasMask(node);
  const templated = draft.conditional || masked;
  const span = contentSpan(node);
  if (spec === undefined) return { name, key, spec, node, span, text, value: undefined, parts: noParts, templated };
  const { value, parts, refused } = coerce(spec.kind, goValue(node, dialect));
  if (refused !== undefined && !templated) draft.findings.push(refusedValue(refused, spec, key, text, action, node));
  return { name, key, spec, node, span, text, value: masked ? undefined : value, parts, templated };
}

const wanted: Readonly<Record<FieldSpec['kind'], string>> = {
  string: 'text',
  int: 'a whole number',
  float: 'a number',
  bool: 'true or false',
  strings: 'a list of texts',
  'float-map': 'a mapping of names to numbers',
  'string-map': 'a mapping of names to texts',
  'any-map': 'a mapping',
  'firewall-rules': 'a list of rules, each a mapping',
};

/** A value that the daemon refuses, in words that say what to write. */
function refusedValue(
  refused: Refused,
  spec: FieldSpec,
  key: Located | undefined,
  text: string | undefined,
  action: Located,
  node: YamlNode,
): Finding {
  const { code, daemon, crash } = refused;
  const said = crash ? daemon : `error setting field ${key?.text ?? goName(spec)} in command ${action.text}: ${daemon}`;
  const example = spec.examples[0] === undefined ? '' : `, such as ${spec.examples[0]}`;
  const span = refused.span.end > refused.span.start ? refused.span : (key?.span ?? action.span);
  const what = spec.values === undefined || spec.openValues ? wanted[spec.kind] : spec.values.map((v) => `\`${v}\``).join(', ');
  let message = `\`${spec.name}\` must be ${what}${example}.`;
  const fixes: Fix[] = [];
  if (code === 'null-value')
    message = `\`${spec.name}\` has no value: write ${what}${example}${spec.required || spec.needed ? '' : ', or remove the field'}.`;
  else if (crash) message = `An empty element in \`${spec.name}\` makes the daemon crash: write a value or remove it.`;
  else if (code === 'bad-boolean') {
    const quoted = node.kind === 'scalar' && node.style !== 'plain';
    message = `\`${spec.name}\` must be true or false, not \`${text ?? ''}\`${quoted ? ' in quotes' : ''}.`;
    fixes.push(...booleanFix(text ?? '', span));
  } else if (refused.key !== undefined) {
    message = `Names in \`${spec.name}\` must be text: quote \`${refused.key}\`.`;
    fixes.push({ kind: 'quote', span });
  } else if (code === 'wrong-element') {
    message = `Elements of \`${spec.name}\` must be ${spec.kind === 'float-map' ? 'numbers' : spec.kind === 'firewall-rules' ? 'mappings' : 'text'}.`;
    if (spec.kind === 'strings' && node.kind !== 'scalar') fixes.push({ kind: 'quote', span });
    if (spec.kind === 'float-map') fixes.push({ kind: 'unquote', span });
  } else if (code === 'bad-json') message = `\`${spec.name}\` looks like JSON but is none.`;
  else if (code === 'wrong-type' && spec.kind === 'bool' && /^[01]$/.test(text ?? '')) fixes.push(...booleanFix(text!, span));
  return { span, severity: 'error', phase: 'load', code, message: receptorSays(message, said), fixes };
}

/** The daemon names a bare value's field as its code does. */
const goName = (spec: FieldSpec): string => (spec.name === 'id' ? 'ID' : `${spec.name.charAt(0).toUpperCase()}${spec.name.slice(1)}`);

function booleanFix(text: string, span: Span): Fix[] {
  const lower = text.toLowerCase();
  const value = /^(?:1|t|y|yes|on|true|enabled?)$/.test(lower)
    ? 'true'
    : /^(?:0|f|n|no|off|false|disabled?)$/.test(lower)
      ? 'false'
      : undefined;
  return value === undefined ? [] : [{ kind: 'replace', span, text: value, title: `Change to ${value}`, preferred: true }];
}

function finish(
  draft: Draft,
  name: Located | undefined,
  spec: ActionSpec | undefined,
  shape: ItemShape,
  fields: readonly ConfigField[],
  hidden: readonly ConfigField[],
  context: ReadingContext,
): ItemReading {
  const names: readonly NameUse[] = spec === undefined ? [] : namesOf(fields);
  const templated = draft.conditional || fields.some((f) => f.templated) || (name !== undefined && isMasked(name.text));
  const { node } = draft;
  const span = contentSpan(node);
  const reading = { node, span, name, spec, shape, fields, hidden, names, findings: draft.findings, templated };
  if (spec !== undefined && shape !== 'broken') draft.findings.push(...schemaFindings(reading, context.knowledge, draft.conditional));
  return draft.findings.length > 0 ? reading : { node, span, name, spec, shape, fields, hidden, names, findings: noFindings, templated };
}
