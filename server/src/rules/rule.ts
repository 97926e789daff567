import type { Finding, Fix, Severity } from '../config/findings.ts';
import { receptorSays } from '../config/findings.ts';
import type { ConfigField, ItemReading } from '../config/model.ts';
import { fieldOf } from '../config/model.ts';
import type { ConfigFormat } from '../schema/knowledge.ts';
import { compareVersions } from '../schema/knowledge.ts';
import type { Span } from '../yaml/nodes.ts';

export { unwanted } from '../config/findings.ts';

/** What a rule about one item may know besides the item. */
export interface Scope {
  readonly format: ConfigFormat;
  readonly version: string;
}

/** Looks at one item alone; what it finds stays true while the item's text does. */
export type ItemRule = (item: ItemReading, scope: Scope) => readonly Finding[];

interface More {
  readonly fixes?: readonly Fix[];
  readonly related?: NonNullable<Finding['related']>;
}

/**
 * Refused at start. v2 prints most of these and runs on without the entry; what belongs to `node` ends it. Where nothing
 * is left to run on with, `wholeV2` makes an error of it.
 */
export function refusedAtStart(
  item: ItemReading,
  scope: Scope,
  span: Span,
  code: string,
  message: string,
  daemon: string,
  more: More = {},
): Finding {
  const fatal = scope.format === 'v1' || item.spec?.name === 'node';
  return {
    span,
    severity: fatal ? 'error' : 'warning',
    phase: 'start',
    code,
    message: receptorSays(message, daemon) + (fatal ? '' : notFatal),
    ...more,
  };
}

const notFatal = ' v2 prints this and runs on without the entry.';

/** The daemon does not complain but dies, in both formats. */
export const crashes = (span: Span, code: string, message: string, daemon: string, more: More = {}): Finding => ({
  span,
  severity: 'error',
  phase: 'start',
  code,
  message: receptorSays(message, `panic: ${daemon}`),
  ...more,
});

export const advice = (span: Span, code: string, message: string, severity: Severity = 'information', more: More = {}): Finding => ({
  span,
  severity,
  phase: 'run',
  code,
  message,
  ...more,
});

/** A config of `length` characters that holds no item. */
export const nothingYet = (length: number, first: string): Finding => ({
  span: { start: 0, end: Math.min(length, 1) },
  severity: 'hint',
  phase: 'start',
  code: 'empty-config',
  message: `Nothing here yet: begin with \`${first}\`.`,
});

/** Where to point for a field: its value, or its key when the value is empty. */
export function spanOf(field: ConfigField, item: ItemReading): Span {
  const { span } = field;
  return span.end > span.start ? span : (field.key?.span ?? item.name?.span ?? item.span);
}

/** Both lists. Nearly always one of them is empty. */
export const joined = (a: readonly Finding[], b: readonly Finding[]): readonly Finding[] =>
  b.length === 0 ? a : a.length === 0 ? b : [...a, ...b];

/** Where to point for what an item lacks: the name of its action. */
export const nameSpan = (item: ItemReading): Span => item.name?.span ?? item.span;

/** A string field's value; undefined when it is absent, refused, or filled in by a template. */
export function textOf(item: ItemReading, name: string): string | undefined {
  const value = fieldOf(item, name)?.value;
  return typeof value === 'string' ? value : undefined;
}

export const isTrue = (item: ItemReading, name: string): boolean => fieldOf(item, name)?.value === true;

/** True when the field is in the text, whatever its value. */
export const has = (item: ItemReading, name: string): boolean => fieldOf(item, name) !== undefined;

/** True when the field is absent or its value is certainly empty; false as long as a template may fill it in. */
export function isEmpty(item: ItemReading, name: string): boolean {
  const field = fieldOf(item, name);
  return field === undefined ? !item.templated : field.value === '';
}

export const atLeast = (scope: Scope, version: string): boolean => compareVersions(scope.version, version) >= 0;
