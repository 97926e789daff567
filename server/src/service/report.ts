/** Findings of files in the forms that people and CI systems read. */
import type { ConfigDocument } from '../config/document.ts';
import type { Finding, Severity } from '../config/findings.ts';
import { rulePage } from './diagnostics.ts';

export const formats = ['text', 'json', 'sarif', 'github'] as const;
export type Format = (typeof formats)[number];

export interface FileReport {
  readonly name: string;
  readonly document: ConfigDocument;
  readonly findings: readonly Finding[];
}

/** @param version of this program, for SARIF */
export function format(reports: readonly FileReport[], kind: Format, version: string): string {
  switch (kind) {
    case 'text':
      return textReport(reports);
    case 'json':
      return `${JSON.stringify(reports.map(jsonReport), null, 2)}\n`;
    case 'sarif':
      return `${JSON.stringify(sarif(reports, version), null, 2)}\n`;
    case 'github':
      return reports
        .flatMap(({ name, document, findings }) => findings.map((finding) => `${annotation(name, document, finding)}\n`))
        .join('');
  }
}

interface Place {
  /** One-based, as editors and compilers count. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

function placeOf(document: ConfigDocument, { span }: Finding): Place {
  const start = document.positionAt(span.start);
  const end = document.positionAt(span.end);
  return { line: start.line + 1, column: start.character + 1, endLine: end.line + 1, endColumn: end.character + 1 };
}

/** Control characters of a file must not reach a terminal. */
const printable = (text: string): string =>
  text.replaceAll(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);

function textReport(reports: readonly FileReport[]): string {
  const lines = reports.flatMap(({ name, document, findings }) =>
    findings.map((finding) => {
      const { line, column } = placeOf(document, finding);
      return `${printable(name)}:${line}:${column}: ${finding.severity}: ${printable(finding.message).replaceAll('\n', ' ')} [${finding.code}]`;
    }),
  );
  const all = reports.flatMap(({ findings }) => findings);
  const count = (severity: Severity, one: string, many: string): string[] => {
    const n = all.filter((finding) => finding.severity === severity).length;
    return n === 0 ? [] : [`${n} ${n === 1 ? one : many}`];
  };
  const summary = [
    ...count('error', 'error', 'errors'),
    ...count('warning', 'warning', 'warnings'),
    ...count('information', 'note', 'notes'),
    ...count('hint', 'hint', 'hints'),
  ];
  const files = `${reports.length} ${reports.length === 1 ? 'file' : 'files'}`;
  return `${[...lines, summary.length === 0 ? `${files}: nothing to say` : `${files}: ${summary.join(', ')}`].join('\n')}\n`;
}

function jsonReport({ name, document, findings }: FileReport): object {
  return {
    file: name,
    format: document.model.format,
    receptorVersion: document.model.version,
    findings: findings.map((finding) => ({
      severity: finding.severity,
      code: finding.code,
      phase: finding.phase,
      message: finding.message,
      ...placeOf(document, finding),
      help: rulePage(finding.code),
    })),
  };
}

const sarifLevels = { error: 'error', warning: 'warning', information: 'note', hint: 'note' } as const;

function sarif(reports: readonly FileReport[], version: string): object {
  const codes = [...new Set(reports.flatMap(({ findings }) => findings.map(({ code }) => code)))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'receptor-lint',
            version,
            rules: codes.map((code) => ({ id: code, helpUri: rulePage(code) })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: reports.flatMap(({ name, document, findings }) =>
          findings.map((finding) => {
            const { line, column, endLine, endColumn } = placeOf(document, finding);
            return {
              ruleId: finding.code,
              ruleIndex: codes.indexOf(finding.code),
              level: sarifLevels[finding.severity],
              message: { text: finding.message },
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: uriOf(name) },
                    region: { startLine: line, startColumn: column, endLine, endColumn },
                  },
                },
              ],
              properties: { phase: finding.phase },
            };
          }),
        ),
      },
    ],
  };
}

/** A path as the reference that SARIF wants. The letter of a drive would be read as a scheme. */
const uriOf = (name: string): string =>
  encodeURI(name.replaceAll('\\', '/'))
    .replaceAll(/[?#]/g, encodeURIComponent)
    .replace(/^(?=[A-Za-z]:\/)/, 'file:///');

const commands = { error: 'error', warning: 'warning', information: 'notice', hint: 'notice' } as const;

/** A workflow command of GitHub Actions: what its runner takes as syntax is escaped. */
function annotation(name: string, document: ConfigDocument, finding: Finding): string {
  const { line, column, endLine, endColumn } = placeOf(document, finding);
  const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  // The runner wants columns of one line only.
  const columns = line === endLine ? `,col=${column},endColumn=${endColumn}` : '';
  return `::${commands[finding.severity]} file=${property(name)},line=${line},endLine=${endLine}${columns},title=${property(`receptor: ${finding.code}`)}::${data(finding.message)}`;
}
