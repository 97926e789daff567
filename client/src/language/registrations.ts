/**
 * Registers the server's features document by document.
 *
 * The language id is `yaml`, which most YAML files have that are none of our business. Were the features registered for
 * the language, VS Code would offer us as formatter of any YAML and every hover there would travel to the server. So
 * each receptor document gets its registrations, as if the server had asked for them with `client/registerCapability`,
 * and loses them when it is closed or found to be something else; the client then closes it at the server.
 */
import type * as vscode from 'vscode';
import type { DynamicFeature, FeatureState, StaticFeature } from 'vscode-languageclient';
import type { LanguageClient, ServerCapabilities } from 'vscode-languageclient/node';

/** Method of each feature and the capability by which the server offers it. */
const providers = [
  ['textDocument/completion', 'completionProvider'],
  ['textDocument/hover', 'hoverProvider'],
  ['textDocument/signatureHelp', 'signatureHelpProvider'],
  ['textDocument/definition', 'definitionProvider'],
  ['textDocument/references', 'referencesProvider'],
  ['textDocument/documentHighlight', 'documentHighlightProvider'],
  ['textDocument/documentSymbol', 'documentSymbolProvider'],
  ['textDocument/codeAction', 'codeActionProvider'],
  ['textDocument/codeLens', 'codeLensProvider'],
  ['textDocument/documentLink', 'documentLinkProvider'],
  ['textDocument/formatting', 'documentFormattingProvider'],
  ['textDocument/rangeFormatting', 'documentRangeFormattingProvider'],
  ['textDocument/onTypeFormatting', 'documentOnTypeFormattingProvider'],
  ['textDocument/rename', 'renameProvider'],
  ['textDocument/foldingRange', 'foldingRangeProvider'],
  ['textDocument/selectionRange', 'selectionRangeProvider'],
  ['textDocument/linkedEditingRange', 'linkedEditingRangeProvider'],
  ['textDocument/semanticTokens', 'semanticTokensProvider'],
  ['textDocument/inlayHint', 'inlayHintProvider'],
  ['textDocument/diagnostic', 'diagnosticProvider'],
] as const satisfies readonly (readonly [string, keyof ServerCapabilities])[];

/** The part of the client that is used here; its own type wants one overload per method name. */
interface Features {
  getFeature(method: string): DynamicFeature<object> | undefined;
}

/** Tells the client's features which documents are the server's. Told of the capabilities at each start of the server. */
export class Registrations implements StaticFeature {
  readonly #client: LanguageClient;
  readonly #documents: () => readonly vscode.TextDocument[];
  readonly #registered = new Set<string>();
  #capabilities: ServerCapabilities | undefined;

  constructor(client: LanguageClient, documents: () => readonly vscode.TextDocument[]) {
    this.#client = client;
    this.#documents = documents;
  }

  fillClientCapabilities(): void {
    // Nothing beyond what the features themselves tell.
  }

  initialize(capabilities: ServerCapabilities): void {
    this.#capabilities = capabilities;
    this.#registered.clear();
    for (const document of this.#documents()) this.add(document);
  }

  getState(): FeatureState {
    return { kind: 'static' };
  }

  clear(): void {
    this.#capabilities = undefined;
    this.#registered.clear();
  }

  /** Opens the document at the server and gives it every feature. Nothing while the server is not up: `initialize` comes. */
  add(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    if (this.#capabilities === undefined || this.#registered.has(key)) return;
    this.#registered.add(key);
    for (const [method, options] of this.#features(this.#capabilities)) {
      this.#feature(method)?.register({
        id: `${method} ${key}`,
        registerOptions: { ...options, documentSelector: selectorOf(document.uri) },
      });
    }
  }

  /** Takes the features away, then closes the document at the server. */
  remove(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    if (this.#capabilities === undefined || !this.#registered.delete(key)) return;
    // The last one, didClose, sends the notification when no registration for the document is left.
    for (const [method] of this.#features(this.#capabilities).reverse()) this.#feature(method)?.unregister(`${method} ${key}`);
    this.#client.diagnostics?.delete(document.uri);
  }

  #feature(method: string): DynamicFeature<object> | undefined {
    return (this.#client as unknown as Features).getFeature(method);
  }

  /** Methods with their options, in the order of registration: closing is told first, opening second, then the rest. */
  #features(capabilities: ServerCapabilities): [method: string, options: object][] {
    const { textDocumentSync } = capabilities;
    const sync = typeof textDocumentSync === 'object' ? textDocumentSync : { openClose: true, change: textDocumentSync ?? 0, save: {} };
    const features: [string, object][] = [['textDocument/didClose', {}]];
    if (sync.openClose === true) features.push(['textDocument/didOpen', {}]);
    if (sync.change !== undefined && sync.change !== 0) features.push(['textDocument/didChange', { syncKind: sync.change }]);
    if (sync.save !== undefined && sync.save !== false) {
      features.push(['textDocument/didSave', { includeText: typeof sync.save === 'object' && sync.save.includeText === true }]);
    }
    for (const [method, capability] of providers) {
      const options: unknown = capabilities[capability];
      if (options === true) features.push([method, {}]);
      else if (typeof options === 'object' && options !== null) features.push([method, options]);
    }
    return features;
  }
}

/**
 * A selector that this document alone answers to. VS Code compares the path as the system writes it: on Windows, and of
 * a file of another host, the path of the URI is another. Which system that is, the window decides, which may be another
 * than where the file is (a Mac, of a Windows over SSH): a slash stands for both in globs, a backslash only for itself.
 * Characters with a meaning in globs stand in brackets.
 */
const selectorOf = (uri: vscode.Uri): { scheme: string; pattern: string }[] => [
  { scheme: uri.scheme, pattern: uri.fsPath.replaceAll('\\', '/').replaceAll(/[[\]{}*?]/g, (c) => `[${c}]`) },
];
