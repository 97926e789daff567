/** Names of a config: where each is defined, where it is used, and a new one for all of them. */
import type { DocumentHighlight, Position, Range } from 'vscode-languageserver';
import type { ConfigDocument } from '../config/document.ts';
import { placed, type ConfigField, type ConfigModel } from '../config/model.ts';
import type { NameKind } from '../schema/knowledge.ts';
import type { Span, YamlNode } from '../yaml/nodes.ts';
import { highlightKind } from './lsp.ts';
import { itemAt, rangeOf, touches, trimmed } from './places.ts';
import { inPlaceOf } from './scalar.ts';

export interface Occurrence {
  readonly kind: NameKind | 'anchor';
  readonly name: string;
  readonly role: 'definition' | 'reference';
  /** The name alone: no quotes, no `&` or `*`. */
  readonly span: Span;
  /** The value that holds it; none for anchors. */
  readonly field?: ConfigField;
}

/** A rename that cannot be done; the message is for the user. */
export class RenameError extends Error {}

/** Renaming these changes nothing outside the file that is known to belong together. */
const renameable: ReadonlySet<Occurrence['kind']> = new Set(['tls-server', 'tls-client', 'work-type', 'anchor']);

/** The name at the cursor, and every place of the file that means the same thing. */
export function occurrencesAt(
  document: ConfigDocument,
  position: Position,
): { readonly at: Occurrence; readonly all: readonly Occurrence[] } | undefined {
  const offset = document.offsetAt(position);
  const { model } = document;
  const item = itemAt(model, offset);
  const use = item?.reading.names.find(({ span }) => touches(placed(item, span), offset));
  if (item !== undefined && use !== undefined) {
    if (use.name === '') return undefined;
    const all = namesOf(model).filter((other) => other.kind === use.kind && other.name === use.name);
    return { at: { ...use, span: placed(item, use.span) }, all };
  }
  if (!/[&*][^\s,[\]{}]*$/.test(document.text.slice(Math.max(offset - 100, 0), offset)) && !/[&*]/.test(document.text[offset] ?? ''))
    return undefined;
  return anchorsAt(model, offset);
}

/** Each place once: what is merged or stands behind an alias belongs to several items. */
function namesOf(model: ConfigModel): Occurrence[] {
  const found = new Map<number, Occurrence>();
  for (const item of model.items)
    for (const use of item.reading.names) {
      const span = placed(item, use.span);
      found.set(span.start, { ...use, span });
    }
  return [...found.values()];
}

/** An alias means the nearest anchor of its name before it. */
function anchorsAt(model: ConfigModel, offset: number): { at: Occurrence; all: Occurrence[] } | undefined {
  const found: Occurrence[] = [];
  const roots =
    model.format === 'v1'
      ? model.items.map((item) => [item.reading.node, item.base] as const)
      : model.sections.map((section) => [section.value, 0] as const);
  for (const [node, base] of roots) collectAnchors(node, base, found);
  const at = found.find(({ span }) => touches({ start: span.start - 1, end: span.end }, offset));
  if (at === undefined) return undefined;
  const same = found.filter(({ name }) => name === at.name);
  const first = same.findLast(({ role, span }) => role === 'definition' && span.start <= at.span.start);
  const next = same.find(({ role, span }) => role === 'definition' && first !== undefined && span.start > first.span.start);
  return { at, all: same.filter(({ span }) => span.start >= (first?.span.start ?? 0) && span.start < (next?.span.start ?? Infinity)) };
}

function collectAnchors(node: YamlNode, base: number, into: Occurrence[]): void {
  if (node.anchor !== undefined) {
    // The span covers `&name`, or the name alone: what counts is that it ends with the name.
    const end = base + node.anchor.span.end;
    into.push({ kind: 'anchor', name: node.anchor.name, role: 'definition', span: { start: end - node.anchor.name.length, end } });
  }
  switch (node.kind) {
    case 'alias':
      into.push({
        kind: 'anchor',
        name: node.name,
        role: 'reference',
        span: { start: base + node.end - node.name.length, end: base + node.end },
      });
      return;
    case 'mapping':
      for (const { key, value } of node.pairs) {
        collectAnchors(key, base, into);
        collectAnchors(value, base, into);
      }
      return;
    case 'sequence':
      for (const item of node.items) collectAnchors(item, base, into);
      return;
    case 'scalar':
      return;
  }
}

/**
 * Where the name at the cursor is defined; all places when it is defined more than once.
 * @param anchors false where somebody else leads from YAML's aliases to their anchors
 */
export function definitions(document: ConfigDocument, position: Position, anchors = true): Range[] {
  const found = occurrencesAt(document, position);
  if (found === undefined || (found.at.kind === 'anchor' && !anchors)) return [];
  return found.all.filter(({ role }) => role === 'definition').map(({ span }) => rangeOf(document, span));
}

export function references(document: ConfigDocument, position: Position, includeDeclaration: boolean): Range[] {
  const all = occurrencesAt(document, position)?.all ?? [];
  return all.filter(({ role }) => includeDeclaration || role === 'reference').map(({ span }) => rangeOf(document, span));
}

export function highlights(document: ConfigDocument, position: Position): DocumentHighlight[] {
  const all = occurrencesAt(document, position)?.all ?? [];
  return all.map(({ role, span }) => ({
    range: rangeOf(document, span),
    kind: role === 'definition' ? highlightKind.write : highlightKind.read,
  }));
}

/** @throws RenameError when the thing at the cursor has no name of its own. */
export function prepareRename(document: ConfigDocument, position: Position): { range: Range; placeholder: string } {
  const { at } = renamed(document, position);
  return { range: rangeOf(document, at.span), placeholder: at.name };
}

/** @throws RenameError when there is nothing to rename, or the new name is taken or no name. */
export function rename(document: ConfigDocument, position: Position, newName: string): { span: Span; text: string }[] {
  const { at, all } = renamed(document, position);
  if (newName.trim() === '') throw new RenameError('A name cannot be empty.');
  if (at.kind === 'anchor') {
    if (!/^[A-Za-z0-9_-]+$/.test(newName)) throw new RenameError('An anchor may hold letters, digits, `-` and `_` only.');
    return all.map(({ span }) => ({ span, text: newName }));
  }
  if (
    newName !== at.name &&
    namesOf(document.model).some((other) => other.kind === at.kind && other.name === newName && other.role === 'definition')
  ) {
    throw new RenameError(`This config has a ${at.kind} called ${newName} already.`);
  }
  // What is an alias of a renamed value is renamed with it.
  const nodes = new Set(all.map(({ field }) => field?.node));
  return all
    .filter(({ field }) => field?.node.kind !== 'alias' || !nodes.has(field.node.target))
    .map(({ span }) => renaming(document.text, span, newName));
}

function renamed(document: ConfigDocument, position: Position): NonNullable<ReturnType<typeof occurrencesAt>> {
  const found = occurrencesAt(document, position);
  if (found === undefined) throw new RenameError('Nothing here can be renamed: TLS names, work types and YAML anchors can.');
  if (!renameable.has(found.at.kind))
    throw new RenameError('Other configs and the running mesh know this name as well, so it is not renamed from here.');
  return found;
}

/** Keeps the quotes that stand there; adds them where the new name wants some. */
export function renaming(text: string, { start, end }: Span, name: string): { span: Span; text: string } {
  const before = text[start - 1];
  const isQuoted = (before === '"' || before === "'") && text[end] === before;
  const span = isQuoted ? { start: start - 1, end: end + 1 } : trimmed(text, { start, end });
  return { span, text: inPlaceOf(text.slice(span.start, span.end), name) };
}
