/** What VS Code asks about a work file: code lenses, completion, hover, quick fixes. */
import * as vscode from 'vscode';
import { ageText } from '../../mesh/age.ts';
import { variableNames } from '../../work/variables.ts';
import type { WorkEntry } from '../../work/workFile.ts';
import type { App } from '../app.ts';
import { label, markdown, plain } from '../hostile.ts';
import { runIcon } from './endText.ts';
import type { HistoryStore } from './stores.ts';
import { editsFor, quoted, workFileSelector, type MendableDiagnostic, type WorkFiles } from './workFiles.ts';

export function registerWorkFileProviders(app: Pick<App, 'context' | 'workFiles' | 'connections' | 'work'>): vscode.Disposable {
  const schema = shippedSchema(app.context.extensionUri);
  return vscode.Disposable.from(
    vscode.languages.registerCodeLensProvider(workFileSelector, new Lenses(app.workFiles, app.work.history, app)),
    vscode.languages.registerCompletionItemProvider(workFileSelector, new Completion(app, schema), ' ', ':', '{'),
    vscode.languages.registerHoverProvider(workFileSelector, { provideHover: (document, position) => hover(schema, document, position) }),
    vscode.languages.registerCodeActionsProvider(
      workFileSelector,
      { provideCodeActions: codeActions },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    ),
  );
}

class Lenses implements vscode.CodeLensProvider {
  readonly #files: WorkFiles;
  readonly #history: HistoryStore;
  readonly #app: Pick<App, 'connections' | 'work'>;
  readonly onDidChangeCodeLenses: vscode.Event<void>;

  constructor(files: WorkFiles, history: HistoryStore, app: Pick<App, 'connections' | 'work'>) {
    this.#files = files;
    this.#history = history;
    this.#app = app;
    this.onDidChangeCodeLenses = history.onDidChange;
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const { entries } = await this.#files.read(document);
    return entries.flatMap((entry) => this.#lenses(document, entry));
  }

  #lenses(document: vscode.TextDocument, entry: WorkEntry): vscode.CodeLens[] {
    const range = new vscode.Range(document.positionAt(entry.span.start), document.positionAt(entry.span.start));
    const lens = (title: string, command: string, ...args: unknown[]): vscode.CodeLens =>
      new vscode.CodeLens(range, { title, command, arguments: args });
    const submit = entry.complete
      ? [
          lens('$(play) Submit', 'receptor.work.submitEntry', document.uri, entry.index),
          lens('Submit and Follow', 'receptor.work.submitEntryAndFollow', document.uri, entry.index),
        ]
      : [lens('$(error) Has errors', 'workbench.actions.view.problems')];
    const last = this.#history.records.find((record) => record.file === document.uri.toString() && record.title === entry.title);
    if (last === undefined) return submit;
    const connection = this.#app.connections.find(last.connection);
    const target = connection === undefined ? last.unitId : { host: this.#app.work.hostOf(connection), unitId: last.unitId };
    const age = ageText(Date.now() - last.at);
    if (last.end === undefined) {
      return [
        ...submit,
        lens(`$(${runIcon(last)}) ${label(last.unitId)}, ${age}`, 'receptor.work.results', target),
        lens('Cancel', 'receptor.work.cancel', target),
      ];
    }
    const result = `$(${runIcon(last)}) ${label(`${last.end.stateName} ${last.end.detail}`.trim(), 80)}, ${age}`;
    return [...submit, lens(result, last.end.stateName === 'Released' ? 'receptor.work.history' : 'receptor.work.openResults', target)];
  }
}

interface SchemaNode {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
}
type Schema = () => Promise<SchemaNode>;

/** The schema as it is shipped for other editors, read when it is first needed. */
function shippedSchema(extension: vscode.Uri): Schema {
  let read: Promise<SchemaNode> | undefined;
  return async () => {
    read ??= Promise.resolve(vscode.workspace.fs.readFile(vscode.Uri.joinPath(extension, 'schemas/receptor-work.schema.json'))).then(
      (bytes) => JSON.parse(new TextDecoder().decode(bytes)) as SchemaNode,
    );
    return read;
  };
}

/** Where the cursor is: the keys above it, outermost first, and the key of its own line when it stands after the colon. */
function placeAt(document: vscode.TextDocument, position: vscode.Position): { parents: string[]; key: string | undefined; typed: string } {
  const before = document.lineAt(position.line).text.slice(0, position.character);
  const own = /^(\s*)(?:([\w.-]+)\s*:\s+)?(?:(\{)\s*)?(.*)$/.exec(before);
  const key = own?.[2];
  const parents: string[] = [];
  let indent = own?.[1]?.length ?? 0;
  for (let line = position.line - 1; line >= 0 && indent > 0; line--) {
    const text = document.lineAt(line).text;
    if (text.startsWith('---')) break;
    const found = /^(\s*)([\w.-]+)\s*:/.exec(text);
    if (found === null || found[1]!.length >= indent) continue;
    indent = found[1]!.length;
    parents.unshift(found[2]!);
  }
  const inBraces = own?.[3] !== undefined && key !== undefined;
  return { parents: inBraces ? [...parents, key] : parents, key: inBraces ? undefined : key, typed: own?.[4] ?? '' };
}

class Completion implements vscode.CompletionItemProvider {
  readonly #app: Pick<App, 'workFiles' | 'connections'>;
  readonly #schema: Schema;

  constructor(app: Pick<App, 'workFiles' | 'connections'>, schema: Schema) {
    this.#app = app;
    this.#schema = schema;
  }

  async provideCompletionItems(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.CompletionItem[]> {
    const line = document.lineAt(position.line).text.slice(0, position.character);
    if (/\$\{[^}]*$/.test(line)) return variableItems(document, position);
    const { parents, key } = placeAt(document, position);
    const { entries } = await this.#app.workFiles.read(document);
    const offset = document.offsetAt(position);
    const entry = entries.findLast(({ span }) => span.start <= offset) ?? entries[0];
    return key === undefined ? keyItems(await this.#schema(), parents, document, entry) : this.#values(parents, key, entry);
  }

  /** From the mesh as it was last seen; offline there are only those that need none. */
  #values(parents: readonly string[], key: string, entry: WorkEntry | undefined): vscode.CompletionItem[] {
    if (parents.length > 0) return [];
    const { connections } = this.#app;
    const snapshot = this.#app.workFiles.connectionOf(entry)?.feed.snapshot;
    const value = (text: string, detail: string, kind = vscode.CompletionItemKind.Value): vscode.CompletionItem => {
      const item = new vscode.CompletionItem({ label: plain(text), description: plain(detail) }, kind);
      item.insertText = quoted(text);
      return item;
    };
    switch (key) {
      case 'node': {
        const nodes = [...(snapshot?.nodes.values() ?? [])].filter(({ ghost }) => !ghost);
        return [value('localhost', 'the connected node'), ...nodes.map(({ id, state }) => value(id, state))];
      }
      case 'worktype': {
        const node = entry?.node?.value ?? 'localhost';
        const id = node.toLowerCase() === 'localhost' ? snapshot?.self : node;
        const here = id === undefined ? undefined : snapshot?.nodes.get(id)?.workTypes;
        const offered =
          here !== undefined && here.length > 0 ? here : [...(snapshot?.nodes.values() ?? [])].flatMap(({ workTypes }) => workTypes);
        const names = new Map(offered.map(({ name, signed }) => [name, signed]));
        return [...names].map(([name, signed]) => value(name, signed ? 'signed' : ''));
      }
      case 'connection': {
        const names = new Set([...connections.all.map(({ name }) => name), ...connections.profiles.map(({ name }) => name)]);
        return [...names].map((name) => value(name, ''));
      }
      case 'signwork':
        return [value('true', ''), value('false', '')];
      case 'ttl':
        return ['10m', '1h', '24h'].map((text) => value(text, ''));
      default:
        return [];
    }
  }
}

function keyItems(
  root: SchemaNode,
  parents: readonly string[],
  document: vscode.TextDocument,
  entry: WorkEntry | undefined,
): vscode.CompletionItem[] {
  const node = parents.reduce<SchemaNode | undefined>((at, name) => at?.properties?.[name], root);
  const used = new Set(parents.length > 0 || entry === undefined ? [] : topKeys(document, entry));
  return Object.entries(node?.properties ?? {})
    .filter(([name]) => !used.has(name))
    .map(([name, { description }], order) => {
      const item = new vscode.CompletionItem(name, vscode.CompletionItemKind.Property);
      item.insertText = `${name}: `;
      item.sortText = String(order).padStart(2, '0');
      if (description !== undefined) item.documentation = description;
      item.command = { command: 'editor.action.triggerSuggest', title: 'Suggest' };
      return item;
    });
}

const topKeys = (document: vscode.TextDocument, { span }: WorkEntry): string[] => {
  const text = document.getText(new vscode.Range(document.positionAt(span.start), document.positionAt(span.end)));
  return [...text.matchAll(/^([\w-]+)\s*:/gm)].map((found) => found[1]!);
};

function variableItems(document: vscode.TextDocument, position: vscode.Position): vscode.CompletionItem[] {
  const start = document.lineAt(position.line).text.lastIndexOf('${', position.character);
  const range = new vscode.Range(position.line, start + 2, position.line, position.character);
  const closed = document.lineAt(position.line).text.startsWith('}', position.character);
  return Object.entries(variableNames).map(([name, detail]) => {
    const item = new vscode.CompletionItem(name, vscode.CompletionItemKind.Variable);
    item.detail = detail;
    item.range = range;
    item.insertText =
      name === 'env:NAME' ? new vscode.SnippetString(`env:\${1:NAME}${closed ? '' : '\\}'}`) : `${name}${closed ? '' : '}'}`;
    return item;
  });
}

async function hover(schema: Schema, document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Hover | undefined> {
  const text = document.lineAt(position.line).text;
  const found = /^(\s*)([\w.-]+)\s*:/.exec(text);
  if (found === null) return undefined;
  const [, indent, name] = found;
  if (position.character < indent!.length || position.character > indent!.length + name!.length) return undefined;
  const { parents } = placeAt(document, new vscode.Position(position.line, indent!.length));
  const keys = [...parents, name!];
  const description = keys.reduce<SchemaNode | undefined>((at, key) => at?.properties?.[key], await schema())?.description;
  return description === undefined
    ? undefined
    : new vscode.Hover(new vscode.MarkdownString(`**${markdown(name!)}**\n\n${markdown(description)}`));
}

function codeActions(document: vscode.TextDocument, _range: vscode.Range, context: vscode.CodeActionContext): vscode.CodeAction[] {
  return context.diagnostics.flatMap((found) => {
    // VS Code gives copies of what was published: the originals have the fixes.
    const own: MendableDiagnostic | undefined = vscode.languages
      .getDiagnostics(document.uri)
      .find((one) => one.source === 'receptor' && one.message === found.message && one.range.isEqual(found.range));
    const { problem, entry } = own ?? {};
    if (problem === undefined || entry === undefined) return [];
    return problem.fixes.flatMap((fix) => {
      const edits = editsFor(document, entry, fix);
      if (edits === undefined) return [];
      const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
      action.edit = new vscode.WorkspaceEdit();
      action.edit.set(document.uri, edits);
      action.diagnostics = [found];
      return [action];
    });
  });
}
