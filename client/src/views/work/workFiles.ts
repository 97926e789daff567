/** Work files in the editor: what is wrong with them, what may stand in them, and the way to submit them. */
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { checkSubmission, type Fix, type Problem } from '../../work/checks.ts';
import { PayloadError } from '../../work/payload.ts';
import { submissionOf } from '../../work/fromWorkFile.ts';
import type { Submission } from '../../work/submission.ts';
import { VariableError, type VariableContext } from '../../work/variables.ts';
import type { Span, WorkEntry, WorkFile } from '../../work/workFile.ts';
import { isWorkFile } from '../../work/workFileName.ts';
import { schemes } from '../../language/documents.ts';
import type { Connection } from '../connection.ts';
import type { Connections } from '../connections.ts';
import { PerConnection } from '../perConnection.ts';
import { meshFacts } from './meshFacts.ts';
import { payloadFacts, usesUnixSocket } from './sending.ts';

/** Typing rests this long before a file is read again. */
const settleMs = 250;

export const workFileSelector: vscode.DocumentSelector = [...schemes].map((scheme) => ({
  scheme,
  pattern: '**/*.receptor-work.{yml,yaml}',
}));

/** A diagnostic of ours that can be mended. */
export interface MendableDiagnostic extends vscode.Diagnostic {
  readonly problem?: Problem;
  readonly entry?: WorkEntry;
}

export class WorkFiles implements vscode.Disposable {
  readonly #connections: Connections;
  readonly #diagnostics = vscode.languages.createDiagnosticCollection('receptor-work');
  readonly #read = new WeakMap<vscode.TextDocument, { version: number; file: Promise<WorkFile> }>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #watched = new PerConnection(({ feed }) => feed.onDidChange.on(() => this.#all()));
  readonly #disposables: vscode.Disposable[];

  constructor(connections: Connections) {
    this.#connections = connections;
    this.#disposables = [
      this.#diagnostics,
      vscode.workspace.onDidOpenTextDocument((document) => this.#soon(document, 0)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#soon(document, settleMs)),
      vscode.workspace.onDidSaveTextDocument((document) => this.#soon(document, 0)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#forget(document)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#all()),
      connections.onDidChange(() => this.#follow()),
    ];
    this.#follow();
    for (const document of vscode.workspace.textDocuments) this.#soon(document, 0);
  }

  /** The reading of a document, made once per version. The YAML library is loaded for the first work file. */
  async read(document: vscode.TextDocument): Promise<WorkFile> {
    const known = this.#read.get(document);
    if (known?.version === document.version) return known.file;
    const { version } = document;
    const text = document.getText();
    const file = import('../../work/workFile.ts').then(({ readWorkFile }) => readWorkFile(text));
    this.#read.set(document, { version, file });
    return file;
  }

  /** The connection that an entry means, if it is open. */
  connectionOf(entry: WorkEntry | undefined): Connection | undefined {
    return entry?.connection === undefined ? this.#connections.active : this.#connections.find(entry.connection.value);
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    vscode.Disposable.from(this.#watched, ...this.#disposables).dispose();
  }

  /** What the mesh has to say changes with the mesh. */
  #follow(): void {
    this.#watched.follow(this.#connections.all);
    this.#all();
  }

  #all(): void {
    for (const document of vscode.workspace.textDocuments) this.#soon(document, settleMs);
  }

  #soon(document: vscode.TextDocument, delay: number): void {
    if (!schemes.has(document.uri.scheme) || !isWorkFile(document.uri.path)) return;
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => {
        this.#timers.delete(key);
        if (!document.isClosed) void this.#check(document);
      }, delay),
    );
  }

  #forget(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.#diagnostics.delete(document.uri);
  }

  async #check(document: vscode.TextDocument): Promise<void> {
    const { version } = document;
    const { entries, problems } = await this.read(document);
    const found: vscode.Diagnostic[] = problems.map(({ start, end, severity, message }) =>
      diagnostic(
        document,
        { start, end },
        message,
        severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning,
      ),
    );
    for (const entry of entries) if (entry.complete) found.push(...(await this.#checkEntry(document, entry)));
    if (document.version === version && !document.isClosed) this.#diagnostics.set(document.uri, found);
  }

  async #checkEntry(document: vscode.TextDocument, entry: WorkEntry): Promise<vscode.Diagnostic[]> {
    const first = entry.workType ?? entry.span;
    let submission: Submission;
    try {
      // A work file may name any file of this machine: nobody's is opened before the workspace is trusted.
      submission = await submissionOf(entry, variableContext(document.uri), vscode.workspace.isTrusted ? 'read' : 'untouched');
    } catch (error) {
      const told = error instanceof VariableError || error instanceof PayloadError;
      return told ? [diagnostic(document, first, error.message, vscode.DiagnosticSeverity.Warning)] : [];
    }
    const connection = this.connectionOf(entry);
    // No view may be asking: the first picture comes for us, and with it another check.
    if (connection?.state.kind === 'up' && connection.feed.snapshot === undefined) connection.feed.refresh().catch(() => undefined);
    const snapshot = connection?.feed.error === undefined ? connection?.feed.snapshot : undefined;
    const facts = snapshot === undefined || connection === undefined ? undefined : meshFacts(snapshot, usesUnixSocket(connection));
    const sure = new Set(checkSubmission(submission, undefined).map(({ code }) => code));
    const isFile = submission.payload.kind === 'file' && vscode.workspace.isTrusted;
    const payload = isFile ? await payloadFacts(submission).catch(() => undefined) : undefined;
    return checkSubmission(submission, facts, payload).map((problem) => {
      // What the mesh says now may be otherwise when the file is submitted.
      const severity =
        problem.severity === 'information'
          ? vscode.DiagnosticSeverity.Information
          : problem.severity === 'error' && sure.has(problem.code)
            ? vscode.DiagnosticSeverity.Error
            : vscode.DiagnosticSeverity.Warning;
      return Object.assign(diagnostic(document, placeOf(entry, problem.at) ?? first, problem.message, severity, problem.code), {
        problem,
        entry,
      });
    });
  }
}

function diagnostic(
  document: vscode.TextDocument,
  span: Span,
  message: string,
  severity: vscode.DiagnosticSeverity,
  code?: string,
): vscode.Diagnostic {
  const found = new vscode.Diagnostic(rangeOf(document, span), message, severity);
  found.source = 'receptor';
  if (code !== undefined) found.code = code;
  return found;
}

/** Where in an entry a problem is. */
function placeOf(entry: WorkEntry, at: string): Span | undefined {
  if (at.startsWith('params.')) return entry.params.find(({ name }) => name.value === at.slice('params.'.length))?.value;
  const places: Record<string, Span | undefined> = {
    node: entry.node,
    worktype: entry.workType,
    ttl: entry.ttl ?? entry.node,
    signwork: entry.signWork ?? entry.workType,
    tlsclient: entry.tlsClient,
    payload: entry.payload,
  };
  return places[at];
}

export const variableContext = (file: vscode.Uri): VariableContext => ({
  file: file.fsPath,
  workspaceFolder: vscode.workspace.getWorkspaceFolder(file)?.uri.fsPath ?? vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
  home: homedir(),
  env: (name) => process.env[name],
});

/** Edits of the file that stand for a fix; undefined for what only a question can mend. */
export function editsFor(document: vscode.TextDocument, entry: WorkEntry, fix: Fix): vscode.TextEdit[] | undefined {
  if (!('change' in fix)) return undefined;
  const edits: vscode.TextEdit[] = [];
  const fields: Record<string, [string, Span | undefined]> = {
    ttl: ['ttl', entry.ttl],
    signWork: ['signwork', entry.signWork],
    tlsClient: ['tlsclient', entry.tlsClient],
    workType: ['worktype', entry.workType],
  };
  for (const [name, value] of Object.entries(fix.change) as [string, string | boolean | undefined][]) {
    const field = fields[name];
    if (field === undefined) return undefined;
    const [key, place] = field;
    const text = typeof value === 'string' ? quoted(value) : String(value);
    if (value !== undefined && place !== undefined) {
      if (!standsAfter(document, entry, key, place)) return undefined;
      edits.push(vscode.TextEdit.replace(rangeOf(document, place), text));
      continue;
    }
    const line = value === undefined ? lineOf(document, entry, key, place) : lineOf(document, entry, 'worktype', entry.workType);
    if (line === undefined) return undefined;
    const indent = ' '.repeat(line.firstNonWhitespaceCharacterIndex);
    edits.push(
      value === undefined
        ? vscode.TextEdit.delete(line.rangeIncludingLineBreak)
        : vscode.TextEdit.insert(line.range.end, `\n${indent}${key}: ${text}`),
    );
  }
  return edits.length === 0 ? undefined : edits;
}

/** A word as it can stand in a work file: names come from the mesh, and may be anything. */
export const quoted = (text: string): string =>
  (/^[A-Za-z_][\w.-]*$/.test(text) && !/^null$/i.test(text)) || /^\d+[smh]$/.test(text) ? text : JSON.stringify(text);

/** Whether the value itself stands after its key: not somewhere else, named by an alias, nor in lines of its own. */
function standsAfter(document: vscode.TextDocument, entry: WorkEntry, key: string, place: Span): boolean {
  const before = document.getText(rangeOf(document, { start: entry.span.start, end: place.start }));
  return (
    new RegExp(`(["']?)${key}\\1\\s*:\\s*(?:[&!]\\S*\\s+)*$`).test(before) && !/^[|>]/.test(document.getText(rangeOf(document, place)))
  );
}

/** The line of a field, if nothing else stands on it: only then a line may go there, or be put after it. */
function lineOf(document: vscode.TextDocument, entry: WorkEntry, key: string, place: Span | undefined): vscode.TextLine | undefined {
  if (place === undefined || document.getText(rangeOf(document, entry.span)).startsWith('{')) return undefined; // in flow style, as JSON is
  const { start, end } = rangeOf(document, place);
  const line = document.lineAt(start);
  const alone = new RegExp(`^\\s*(["']?)${key}\\1\\s*:`).test(line.text) && /^\s*(#.*)?$/.test(line.text.slice(end.character));
  return alone && start.line === end.line ? line : undefined;
}

const rangeOf = (document: vscode.TextDocument, { start, end }: Span): vscode.Range =>
  new vscode.Range(document.positionAt(start), document.positionAt(end));
