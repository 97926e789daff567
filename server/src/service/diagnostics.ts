/** Findings as LSP shows them. */
import type { Diagnostic, DiagnosticTag } from 'vscode-languageserver';
import type { ConfigDocument } from '../config/document.ts';
import type { Finding } from '../config/findings.ts';
import { severityRank } from '../config/findings.ts';
import { diagnosticTag, severityNumber } from './lsp.ts';
import { rangeOf } from './places.ts';

/** Where each code has its section. */
const rulesPage = 'https://github.com/receptor-mesh/receptor-mesh/blob/main/docs/rules.md';

/** The page section that explains a code. */
export const rulePage = (code: string): string => `${rulesPage}#${code}`;

/** More than this helps nobody, and a hostile file must not flood the editor. */
const maxDiagnostics = 500;

/**
 * @param yamlElsewhere a YAML extension reports what is no YAML; those findings are left out
 */
export function toDiagnostics(document: ConfigDocument, uri: string, findings: readonly Finding[], yamlElsewhere: boolean): Diagnostic[] {
  const own = yamlElsewhere ? findings.filter((finding) => !isPlainYaml(finding)) : findings;
  if (own.length <= maxDiagnostics) return own.map((finding) => toDiagnostic(document, uri, finding));
  const first = own.toSorted((a, b) => severityRank[a.severity] - severityRank[b.severity]).slice(0, maxDiagnostics);
  const more: Finding = {
    span: { start: 0, end: 0 },
    severity: 'information',
    code: 'more-findings',
    phase: 'load',
    message: `${own.length - maxDiagnostics} more findings are not shown.`,
  };
  return [...first, more].map((finding) => toDiagnostic(document, uri, finding));
}

function toDiagnostic(document: ConfigDocument, uri: string, finding: Finding): Diagnostic {
  const tags = tagsOf(finding.code);
  return {
    range: rangeOf(document, finding.span),
    severity: severityNumber[finding.severity],
    code: finding.code,
    codeDescription: { href: rulePage(finding.code) },
    source: 'receptor',
    message: finding.message,
    ...(tags === undefined ? {} : { tags }),
    ...(finding.related === undefined
      ? {}
      : {
          relatedInformation: finding.related.map(({ span, message }) => ({ location: { uri, range: rangeOf(document, span) }, message })),
        }),
    data: { phase: finding.phase, fixes: (finding.fixes ?? []).map(({ kind }) => kind) },
  };
}

/** What any YAML parser would refuse as well. Directives, tags and values of merge keys are receptor's own, older YAML. */
function isPlainYaml({ code, message }: Finding): boolean {
  if (code === 'repeated-key') return true;
  return (
    code === 'yaml' &&
    /did not find expected|cannot start any token|could not find expected|found unexpected|mapping values are not allowed|block (?:sequence|mapping) entries are not allowed|unexpected end of stream|unknown anchor|unknown escape|already defined/.test(
      message,
    )
  );
}

function tagsOf(code: string): DiagnosticTag[] | undefined {
  if (code.startsWith('renamed-')) return [diagnosticTag.deprecated];
  return code === 'no-effect' || code === 'repeated-key' ? [diagnosticTag.unnecessary] : undefined;
}
