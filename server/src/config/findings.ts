import type { Span } from '../yaml/nodes.ts';

/** `error`: the daemon refuses. `warning`: it starts and surely does something unwanted. The others are advice. */
export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** For sorting: errors come first. */
export const severityRank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, information: 2, hint: 3 };

/** When the daemon would notice: reading the file, starting up, or never (it runs, and misbehaves). */
export type Phase = 'load' | 'start' | 'run';

/**
 * What a code action needs to repair the cause, without reading the message. Spans count like the finding's own.
 * - `replace`: put `text` in place of `span` (did-you-mean, renamed names, canonical numbers); `title` says so. With `any`
 *   it is a value of any text, which is written as YAML wants it.
 * - `remove-field`, `remove-item`: delete the field or item that holds the finding.
 * - `add-fields`: insert the required fields `names` into the item.
 * - `reindent`: the fields at `spans` belong under the item's action.
 * - `split-item`: the keys at `spans` are actions that lack their dash.
 * - `quote` / `unquote`: the value at `span`.
 * - `add-tls`: add a `kind` item called `name`.
 * - `add-backend`, `add-verification`: append such an item.
 */
export type Fix =
  | {
      readonly kind: 'replace';
      readonly span: Span;
      readonly text: string;
      readonly title: string;
      readonly preferred?: boolean;
      readonly any?: boolean;
    }
  | { readonly kind: 'remove-field' }
  | { readonly kind: 'remove-item' }
  | { readonly kind: 'add-fields'; readonly names: readonly string[] }
  | { readonly kind: 'reindent' | 'split-item'; readonly spans: readonly Span[] }
  | { readonly kind: 'quote' | 'unquote'; readonly span: Span }
  | { readonly kind: 'add-tls'; readonly action: 'tls-server' | 'tls-client'; readonly name: string }
  | { readonly kind: 'add-backend' | 'add-verification' };

/** One cause, on the smallest range that is wrong. */
export interface Finding {
  /** Inside an item: relative to the item's `base`. In the list that `findings()` returns: absolute. */
  readonly span: Span;
  readonly severity: Severity;
  /** Stable and kebab-case; also the anchor of its section in `docs/rules.md`. */
  readonly code: string;
  /** What is wrong and what to write instead, holding the daemon's own words where it has some. */
  readonly message: string;
  readonly phase: Phase;
  readonly fixes?: readonly Fix[];
  /** Other places that belong to the cause: the first of two definitions, for example. Spans as in `span`, after placing. */
  readonly related?: readonly { readonly span: Span; readonly message: string }[];
}

/** The same finding with every span moved by `base`. */
export function placeFinding(finding: Finding, base: number): Finding {
  if (base === 0) return finding;
  const move = ({ start, end }: Span): Span => ({ start: start + base, end: end + base });
  return {
    ...finding,
    span: move(finding.span),
    ...(finding.fixes === undefined ? {} : { fixes: finding.fixes.map((fix) => placeFix(fix, move)) }),
    ...(finding.related === undefined ? {} : { related: finding.related.map((r) => ({ ...r, span: move(r.span) })) }),
  };
}

function placeFix(fix: Fix, move: (span: Span) => Span): Fix {
  switch (fix.kind) {
    case 'replace':
    case 'quote':
    case 'unquote':
      return { ...fix, span: move(fix.span) };
    case 'reindent':
    case 'split-item':
      return { ...fix, spans: fix.spans.map(move) };
    case 'remove-field':
    case 'remove-item':
    case 'add-fields':
    case 'add-tls':
    case 'add-backend':
    case 'add-verification':
      return fix;
  }
}

/** Accepted by the daemon, which does what the author surely does not want. */
export const unwanted = (span: Span, code: string, message: string, more: Pick<Finding, 'fixes' | 'related'> = {}): Finding => ({
  span,
  severity: 'warning',
  phase: 'run',
  code,
  message,
  ...more,
});

/** A message with the daemon's own words at its end, where a search for them finds it. */
export const receptorSays = (message: string, daemon: string): string => `${message} (receptor: ${daemon})`;
