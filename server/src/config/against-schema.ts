/**
 * What the JSON schema says of an item: names, required fields, allowed values and ranges. The reader brings the item to
 * the schema's canonical form first; the validator is generated from `schemas/` at build time.
 */
import type { ErrorObject } from 'ajv';
import { isMasked } from '../document/mask.ts';
import type { FieldSpec, Knowledge } from '../schema/knowledge.ts';
import { v1Items, v2Items } from '../schema/schemas.ts';
import { mostSimilar } from '../schema/similar.ts';
import type { Finding, Fix } from './findings.ts';
import { receptorSays } from './findings.ts';
import type { ConfigField, FirewallRule, ItemReading } from './model.ts';
import { fieldOf, noFindings, valueText } from './model.ts';

/** Item in the form that the schema holds: lower-case names, values of the wanted type, no values that templates fill in. */
export function canonicalFields(item: Pick<ItemReading, 'fields'>): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (let i = 0; i < item.fields.length; i++) {
    const field = item.fields[i]!;
    const value = canonicalValue(field);
    if (value !== undefined || field.spec === undefined) fields[field.name] = value ?? null;
  }
  return fields;
}

function canonicalValue({ value, spec }: ConfigField): unknown {
  if (spec === undefined || value === undefined) return undefined;
  switch (spec.kind) {
    case 'string':
      if (isMasked(value as string)) return undefined;
      return spec.values === undefined ? value : (value as string).toLowerCase();
    case 'int':
      return Number(value);
    case 'float':
      return Number.isFinite(value) ? value : undefined;
    case 'bool':
    case 'strings':
      return value;
    case 'float-map':
      return Object.fromEntries([...(value as ReadonlyMap<string, number>)].filter(([, cost]) => Number.isFinite(cost)));
    case 'string-map':
    case 'any-map':
      return Object.fromEntries(value as ReadonlyMap<string, unknown>);
    case 'firewall-rules':
      return (value as readonly FirewallRule[]).map(canonicalRule);
  }
}

function canonicalRule(rule: FirewallRule): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const { name, value, isString } of rule.keys) {
    if (isMasked(value.text)) members[name] = name === 'action' ? 'accept' : '';
    else members[name] = isString ? (name === 'action' ? value.text.toLowerCase() : value.text) : null;
  }
  return members;
}

/** Findings of the schema on an item whose shape is right; each cause once, fields that the reader refused left out. */
export function schemaFindings(item: ItemReading, knowledge: Knowledge, conditional: boolean): readonly Finding[] {
  const { spec } = item;
  if (spec === undefined) return noFindings;
  const validate = (knowledge.format === 'v1' ? v1Items : v2Items)[spec.key];
  if (validate === undefined || validate(canonicalFields(item))) return noFindings;
  return new SchemaReport(item, knowledge, conditional).findings(validate.errors ?? []);
}

class SchemaReport {
  private readonly item: ItemReading;
  private readonly knowledge: Knowledge;
  private readonly conditional: boolean;
  /** Fields that are there, with a value or not, or will be when a misspelt one is renamed: a second one would be a key twice. */
  private readonly taken: Set<string>;

  constructor(item: ItemReading, knowledge: Knowledge, conditional: boolean) {
    this.item = item;
    this.knowledge = knowledge;
    this.conditional = conditional;
    this.taken = new Set([...item.fields, ...item.hidden].map(({ name }) => name));
  }

  findings(errors: readonly ErrorObject[]): Finding[] {
    const findings: Finding[] = [];
    const missing: string[] = [];
    const seen = new Set<string>();
    for (const error of errors) {
      const path = error.instancePath.split('/').slice(1);
      const cause = `${error.keyword} ${error.instancePath} ${JSON.stringify(error.params)}`;
      if (seen.has(cause)) continue;
      seen.add(cause);
      if (path.length === 0 && error.keyword === 'required') {
        const name = String(error.params['missingProperty']);
        if (fieldOf(this.item, name) === undefined) missing.push(name);
      } else if (path.length === 0 && error.keyword === 'additionalProperties')
        findings.push(...this.unknownFields(String(error.params['additionalProperty'])));
      else if (path[0] === 'firewallrules') findings.push(...this.firewall(error, path));
      else if (path[0] !== undefined) findings.push(...this.badValue(error, path[0], path[1]));
    }
    if (missing.length > 0 && !this.conditional) findings.push(...this.missing(missing, findings));
    return findings;
  }

  private get v1(): boolean {
    return this.knowledge.format === 'v1';
  }

  private get action(): string {
    return this.item.name?.text ?? this.item.spec?.key ?? '';
  }

  private unknownFields(name: string): Finding[] {
    const spec = this.item.spec!;
    return this.item.fields
      .filter((f) => f.name === name && f.key !== undefined && !isMasked(f.key.text))
      .map((field) => {
        const key = field.key!;
        const renamed = this.knowledge.renamedField(spec.name, name);
        const near = renamed === undefined ? mostSimilar(name, spec.fields.keys()) : renamed.use;
        const advice =
          renamed === undefined
            ? near === undefined
              ? ` It knows ${list([...spec.fields.keys()])}.`
              : ` Did you mean \`${near}\`?`
            : ` ${sentence(renamed.hint)}.`;
        const what = `\`${this.action}\` has no field \`${key.text}\`.${advice}`;
        const free = near !== undefined && !this.taken.has(near);
        if (free) this.taken.add(near);
        const fixes: Fix[] = free ? [{ kind: 'replace', span: key.span, text: near, title: `Change to ${near}`, preferred: true }] : [];
        const daemon = `field ${key.text} not defined for command ${this.action}: unknown field name ${key.text}`;
        return {
          span: key.span,
          severity: this.v1 ? 'error' : 'warning',
          phase: this.v1 ? 'load' : 'run',
          code: renamed === undefined ? 'unknown-field' : 'renamed-field',
          message: this.v1 ? receptorSays(what, daemon) : `${what} The daemon ignores it silently.`,
          fixes: [...fixes, { kind: 'remove-field' }],
        };
      });
  }

  private missing(names: string[], others: readonly Finding[]): Finding[] {
    const makes = this.item.spec?.group === 'certificates';
    // A misspelt name is one cause, not two; but where v2 ends for want of the field, that it ignores the other is not enough.
    const ends = !this.v1 && (makes || this.item.spec?.name === 'tcp-peer');
    const misspelt = (n: string): boolean => others.some((f) => f.fixes?.some((fix) => fix.kind === 'replace' && fix.text === n));
    const absent = names.filter((n) => !misspelt(n));
    const left = ends ? names : absent;
    // `local-only` has a finding of its own in v2, which knows that only `true` counts.
    if (left.length === 0 || (!this.v1 && this.item.spec?.name === 'local-only')) return [];
    const daemon = `error in ${this.action}: required parameter${left.length > 1 ? 's' : ''} missing: ${left.join(', ')}`;
    const what = `\`${this.action}\` needs ${list(left)}.`;
    return [
      {
        span: this.item.name?.span ?? this.item.span,
        severity: this.v1 ? 'error' : 'warning',
        phase: this.v1 ? 'load' : makes ? 'start' : 'run',
        code: 'missing-field',
        message: this.v1
          ? receptorSays(what, daemon)
          : makes
            ? `${what} Without it no certificate is made. v2 prints that and runs on without the entry.`
            : `${what} v2 starts, ${left.join('') === 'port' ? 'and listens on any free port' : 'but takes what is missing for empty, and cannot use this entry'}.`,
        fixes: absent.length === 0 ? [] : [{ kind: 'add-fields', names: absent }],
      },
    ];
  }

  /** A value of the right type that the daemon refuses at start. */
  private badValue(error: ErrorObject, name: string, member: string | undefined): Finding[] {
    const field = fieldOf(this.item, name);
    const spec = field?.spec;
    if (field === undefined || spec === undefined) return [];
    const severity = this.v1 || this.item.spec?.name === 'node' ? 'error' : 'warning';
    const base = { span: field.span, severity, phase: 'start' } as const;
    // v2 puts the default in place of an empty text.
    if (error.keyword === 'enum' && !this.v1 && field.value === '') return [];
    if (error.keyword === 'enum' && spec.values !== undefined) return [{ ...base, ...unknownValue(field, spec) }];
    if (spec.format === 'port') {
      const said = `address ${valueText(field)}: invalid port`;
      return [{ ...base, code: 'port-range', message: receptorSays(`Ports go from 0 to 65535: ${valueText(field)} is none.`, said) }];
    }
    // v2 takes a cost of 0 for none at all; there is a rule that says so.
    if (error.keyword === 'exclusiveMinimum' && !this.v1 && member === undefined && field.value === 0) return [];
    if (error.keyword === 'exclusiveMinimum') {
      const part = member === undefined ? undefined : field.parts.find((p) => p.key?.text === unescapePointer(member));
      const said = `connection cost must be positive${member === undefined ? '' : ` for ${unescapePointer(member)}`}`;
      const message = receptorSays('A cost must be above 0.', said);
      return [
        {
          ...base,
          span: part?.value?.span ?? field.span,
          code: 'cost-not-positive',
          message: this.v1 ? message : `${message} v2 only prints this; the link then fails.`,
        },
      ];
    }
    if (spec.format === 'permissions')
      return [
        {
          ...base,
          severity: 'warning',
          phase: 'run',
          code: 'permissions-look',
          message: `${valueText(field)} is no mode of a file: write octal digits, such as \`0660\`.`,
        },
      ];
    return [];
  }

  private firewall(error: ErrorObject, path: readonly string[]): Finding[] {
    const field = fieldOf(this.item, 'firewallrules');
    const index = Number(path[1]);
    const rule = (field?.value as readonly FirewallRule[] | undefined)?.[index];
    if (rule === undefined) return [];
    const finding = (span: Finding['span'], code: string, what: string, daemon: string, fixes: Fix[] = []): Finding[] => [
      { span, severity: 'error', phase: 'start', code, message: receptorSays(what, `error in rule ${index}: ${daemon}`), fixes },
    ];
    const key = rule.keys.findLast((k) => k.name === path[2]); // of several the canonical form has the last
    if (error.keyword === 'additionalProperties') {
      const unknown = rule.keys.find((k) => k.name === error.params['additionalProperty']);
      if (unknown === undefined) return [];
      const known = ['action', 'fromnode', 'tonode', 'fromservice', 'toservice'];
      const near = mostSimilar(unknown.key.text, known);
      const fixes: Fix[] =
        near === undefined || rule.keys.some((k) => k.name === near)
          ? []
          : [{ kind: 'replace', span: unknown.key.span, text: near, title: `Change to ${near}` }];
      const what = `Firewall rules know ${list(known)}, not \`${unknown.key.text}\`.`;
      return finding(unknown.key.span, 'firewall-key', what, `invalid firewall rule. unknown key: ${unknown.key.text}`, fixes);
    }
    if (error.keyword === 'required') {
      const known = ['action'];
      if (rule.keys.some((k) => mostSimilar(k.name, known) !== undefined)) return [];
      return finding(rule.span, 'firewall-action', 'A rule needs an `action`: accept, reject or drop.', 'unknown action: ');
    }
    if (key === undefined) return [];
    if (error.keyword === 'type')
      return finding(
        valueSpan(key),
        'firewall-not-text',
        key.value.text === ''
          ? `\`${key.key.text}\` has no value: write one, or remove it.`
          : `\`${key.key.text}\` must be text: quote it.`,
        `invalid firewall rule. ${key.name} must be a string`,
        key.value.text === '' ? [] : [{ kind: 'quote', span: key.value.span }],
      );
    if (error.keyword !== 'enum' || !key.isString) return [];
    const near = mostSimilar(key.value.text, ['accept', 'reject', 'drop']);
    const fixes: Fix[] = near === undefined ? [] : [{ kind: 'replace', span: key.value.span, text: near, title: `Change to ${near}` }];
    return finding(
      valueSpan(key),
      'firewall-action',
      `\`${key.value.text}\` is no action: write accept, reject or drop.`,
      `unknown action: ${key.value.text.toLowerCase()}`,
      fixes,
    );
  }
}

const valueSpan = (key: FirewallRule['keys'][number]): Finding['span'] =>
  key.value.span.end > key.value.span.start ? key.value.span : key.key.span;

const unescapePointer = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `a`, `b` and `c`. */
function list(names: readonly string[]): string {
  const quoted = names.map((n) => `\`${n}\``);
  return quoted.length < 2 ? (quoted[0] ?? 'none') : `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`;
}

function unknownValue(field: ConfigField, spec: FieldSpec): Pick<Finding, 'code' | 'message' | 'fixes'> {
  const written = valueText(field);
  const values = spec.values ?? [];
  const near = mostSimilar(written, values) ?? values.find((v) => v.startsWith(written.toLowerCase()) && written !== '');
  const message = `\`${written}\` is not allowed here: write ${values.map((v) => `\`${v}\``).join(', ')}.`;
  return {
    code: 'unknown-value',
    message: spec.refusal === undefined ? message : receptorSays(message, spec.refusal.replace('{value}', written)),
    fixes: near === undefined ? [] : [{ kind: 'replace', span: field.span, text: near, title: `Change to ${near}`, preferred: true }],
  };
}
