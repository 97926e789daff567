/** Code actions: repairs of findings, "fix all", and rewriting the config in the other format. */
import type { CodeActionKind, Range } from 'vscode-languageserver';
import type { ConfigDocument } from '../config/document.ts';
import type { Finding } from '../config/findings.ts';
import type { Span } from '../yaml/nodes.ts';
import { alternative, repair } from './fixes.ts';
import type { Edit } from './write.ts';

export interface Action {
  readonly title: string;
  readonly kind: CodeActionKind;
  /** What it repairs. */
  readonly finding?: Finding;
  readonly preferred?: boolean;
  readonly edits?: readonly Edit[];
  /** Instead of edits: what makes them when the action is chosen. */
  readonly rewrite?: Rewrite;
}

export type Rewrite = 'v1' | 'v2' | 'fix-all';

const maxActions = 50;

/** @param only kinds that the client wants; all when undefined */
export function codeActions(
  document: ConfigDocument,
  range: Range,
  findings: readonly Finding[],
  only?: readonly CodeActionKind[],
): Action[] {
  const wants = (kind: CodeActionKind): boolean =>
    only === undefined || only.some((asked) => kind === asked || kind.startsWith(`${asked}.`));
  const actions: Action[] = [];
  if (wants('quickfix')) actions.push(...quickFixes(document, spanOf(document, range), findings));
  if (wants('source.fixAll.receptor') && findings.some((finding) => safeFix(finding) !== undefined)) {
    actions.push({ title: 'Fix all that is safe to fix', kind: 'source.fixAll.receptor', rewrite: 'fix-all' });
  }
  const { model } = document;
  // Of a text that is no YAML only some items may be known: the others would be lost.
  if (wants('refactor.rewrite') && model.items.length > 0 && !model.templated && model.problem === undefined) {
    const other = model.format === 'v1' ? 'v2' : 'v1';
    actions.push({ title: other === 'v2' ? 'Convert to v2 (for --config-v2)' : 'Convert to v1', kind: 'refactor.rewrite', rewrite: other });
  }
  return actions.slice(0, maxActions);
}

const spanOf = (document: ConfigDocument, range: Range): Span => ({
  start: document.offsetAt(range.start),
  end: document.offsetAt(range.end),
});

function quickFixes(document: ConfigDocument, span: Span, findings: readonly Finding[]): Action[] {
  const actions: Action[] = [];
  for (const finding of findings) {
    if (finding.fixes === undefined || finding.span.start > span.end || finding.span.end < span.start) continue;
    for (const fix of finding.fixes) {
      for (const made of [repair(document, finding, fix), alternative(document, finding, fix)]) {
        if (made === undefined) continue;
        const preferred =
          fix.kind === 'replace'
            ? fix.preferred === true
            : finding.fixes.length === 1 && fix.kind !== 'remove-field' && fix.kind !== 'remove-item';
        actions.push({ title: made.title, kind: 'quickfix', finding, preferred, edits: made.edits });
      }
    }
    if (actions.length >= maxActions) break;
  }
  return actions;
}

/** A fix that cannot be meant otherwise. */
const safeFix = (finding: Finding): NonNullable<Finding['fixes']>[number] | undefined =>
  finding.fixes?.find((fix) => (fix.kind === 'replace' && fix.preferred === true) || fix.kind === 'reindent' || fix.kind === 'split-item');

/** Edits of "fix all": what overlaps with an earlier repair is left for another round. */
export function fixAll(document: ConfigDocument, findings: readonly Finding[]): Edit[] {
  const taken: Edit[] = [];
  for (const finding of findings) {
    const fix = safeFix(finding);
    const made = fix === undefined ? undefined : repair(document, finding, fix);
    if (made === undefined || made.edits.some((edit) => taken.some((other) => overlap(edit.span, other.span)))) continue;
    taken.push(...made.edits);
  }
  return taken.sort((a, b) => a.span.start - b.span.start);
}

const overlap = (a: Span, b: Span): boolean => (a.start < b.end && b.start < a.end) || (a.start === b.start && a.end === b.end);
