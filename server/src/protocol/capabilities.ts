/** What the server can do, and what it has to know of its client. */
import type { ClientCapabilities, ServerCapabilities } from 'vscode-languageserver';
import type { Settings } from './settings.ts';

export interface ClientFacts {
  readonly snippets: boolean;
  /** Answers `workspace/configuration`. */
  readonly configuration: boolean;
  /** Takes edits that name the version of the document they were made for. */
  readonly versionedEdits: boolean;
  /** Asks again for the edit of a code action. */
  readonly resolvesActions: boolean;
}

export function clientFacts({ workspace, textDocument }: ClientCapabilities): ClientFacts {
  return {
    snippets: textDocument?.completion?.completionItem?.snippetSupport ?? false,
    configuration: workspace?.configuration ?? false,
    versionedEdits: workspace?.workspaceEdit?.documentChanges ?? false,
    resolvesActions: textDocument?.codeAction?.resolveSupport?.properties.includes('edit') ?? false,
  };
}

export function capabilities(settings: Settings): ServerCapabilities {
  return {
    positionEncoding: 'utf-16',
    textDocumentSync: { openClose: true, change: 2, save: { includeText: false } },
    completionProvider: { triggerCharacters: ['-', ' ', '/', '"', "'"] },
    hoverProvider: true,
    signatureHelpProvider: { triggerCharacters: [' ', ':'] },
    definitionProvider: true,
    referencesProvider: true,
    documentHighlightProvider: true,
    documentSymbolProvider: true,
    codeActionProvider: { codeActionKinds: ['quickfix', 'refactor.rewrite', 'source.fixAll.receptor'], resolveProvider: true },
    codeLensProvider: { resolveProvider: false },
    documentLinkProvider: { resolveProvider: false },
    renameProvider: { prepareProvider: true },
    selectionRangeProvider: true,
    // A YAML extension folds and formats; two of each would be one too many.
    ...(settings.yamlExtensionActive
      ? {}
      : { foldingRangeProvider: true, documentOnTypeFormattingProvider: { firstTriggerCharacter: '\n' } }),
  };
}
