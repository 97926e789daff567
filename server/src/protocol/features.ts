/** One handler per method: finds the document, asks the service, answers in LSP's terms. */
import type {
  CodeAction,
  CodeActionParams,
  CodeLensParams,
  CompletionParams,
  DefinitionParams,
  DocumentHighlightParams,
  DocumentLinkParams,
  DocumentOnTypeFormattingParams,
  DocumentSymbolParams,
  FoldingRangeParams,
  HoverParams,
  PrepareRenameParams,
  Range,
  ReferenceParams,
  RenameParams,
  SelectionRangeParams,
  SignatureHelpParams,
  WorkspaceEdit,
} from 'vscode-languageserver';
import type { ConfigDocument } from '../config/document.ts';
import type { Finding } from '../config/findings.ts';
import { codeActions, fixAll, type Action, type Rewrite } from '../service/actions.ts';
import { complete } from '../service/completion.ts';
import type { ServiceContext } from '../service/context.ts';
import { foldingRanges } from '../service/folding.ts';
import { hover } from '../service/hover.ts';
import { useLenses } from '../service/lens.ts';
import { convert } from '../service/convert.ts';
import { toDiagnostics } from '../service/diagnostics.ts';
import { documentLinks } from '../service/links.ts';
import { definitions, highlights, prepareRename, references, rename, RenameError } from '../service/names.ts';
import { onNewLine } from '../service/on-type.ts';
import { rangeOf } from '../service/places.ts';
import { selectionRanges } from '../service/selection.ts';
import { signatureHelp } from '../service/signature.ts';
import { documentSymbols } from '../service/symbols.ts';
import type { Edit } from '../service/write.ts';
import type { ClientFacts } from './capabilities.ts';
import type { Handlers } from './handlers.ts';
import { UserError } from './user-error.ts';
import type { UseLensData } from './requests.ts';

/** A document as a feature sees it, at the moment it is asked. */
export interface Asked {
  readonly uri: string;
  readonly version: number;
  readonly document: ConfigDocument;
  readonly context: ServiceContext;
  readonly client: ClientFacts;
  readonly yamlExtensionActive: boolean;
  findings(): readonly Finding[];
}

interface AboutDocument {
  readonly textDocument: { readonly uri: string };
}

/** @param find undefined for documents that are not ours: the answer is then null */
export function registerFeatures(handlers: Handlers, find: (uri: string) => Asked | undefined): void {
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names what LSP says of the method
  const on = <P extends AboutDocument>(method: string, answer: (asked: Asked, params: P) => unknown): void => {
    handlers.request<P>(`textDocument/${method}`, (params) => {
      const asked = find(params.textDocument.uri);
      return asked === undefined ? null : answer(asked, params);
    });
  };
  const locations = (uri: string, ranges: readonly Range[]): { uri: string; range: Range }[] => ranges.map((range) => ({ uri, range }));

  on<CompletionParams>('completion', ({ document, context }, { position }) => complete(document, position, context));
  on<HoverParams>('hover', ({ document }, { position }) => hover(document, position));
  on<SignatureHelpParams>('signatureHelp', ({ document }, { position }) => signatureHelp(document, position));
  on<DocumentSymbolParams>('documentSymbol', ({ document }) => documentSymbols(document));
  on<FoldingRangeParams>('foldingRange', ({ document, yamlExtensionActive }) => (yamlExtensionActive ? [] : foldingRanges(document)));
  on<SelectionRangeParams>('selectionRange', ({ document }, { positions }) => selectionRanges(document, positions));
  on<DefinitionParams>('definition', ({ document, uri, yamlExtensionActive }, { position }) =>
    locations(uri, definitions(document, position, !yamlExtensionActive)),
  );
  on<ReferenceParams>('references', ({ document, uri }, { position, context }) =>
    locations(uri, references(document, position, context.includeDeclaration)),
  );
  on<DocumentHighlightParams>('documentHighlight', ({ document }, { position }) => highlights(document, position));
  on<PrepareRenameParams>('prepareRename', ({ document }, { position }) => told(() => prepareRename(document, position)));
  on<RenameParams>('rename', (asked, { position, newName }) =>
    workspaceEdit(
      asked,
      told(() => rename(asked.document, position, newName)),
    ),
  );
  on<DocumentLinkParams>('documentLink', ({ document, context }) => documentLinks(document, context));
  on<CodeLensParams>('codeLens', ({ document }) =>
    useLenses(document).map(({ range, title, uses }) => ({
      range,
      command: { title, command: '' },
      data: { uses: [...uses] } satisfies UseLensData,
    })),
  );
  on<CodeActionParams>('codeAction', (asked, { range, context }) =>
    codeActions(asked.document, range, asked.findings(), context.only).map((action) => codeAction(asked, action)),
  );
  handlers.request<CodeAction>('codeAction/resolve', (action) => {
    const data = action.data as RewriteData | undefined;
    if (data === undefined) return action; // complete as it is; some editors ask of every action
    const asked = find(data.uri);
    if (asked?.version !== data.version) throw new UserError('The config has changed since; ask for its code actions again.');
    return { ...action, edit: rewritten(asked, data.rewrite) };
  });
  on<DocumentOnTypeFormattingParams>('onTypeFormatting', ({ document, yamlExtensionActive }, { position }) =>
    yamlExtensionActive ? [] : onNewLine(document, position),
  );
}

/** What a code action keeps until it is chosen: rewriting a whole config is not done for each move of the cursor. */
interface RewriteData {
  readonly uri: string;
  readonly version: number;
  readonly rewrite: Rewrite;
}

function codeAction(asked: Asked, { title, kind, finding, preferred, edits, rewrite }: Action): CodeAction {
  const { uri, version, document, client } = asked;
  return {
    title,
    kind,
    ...(finding === undefined ? {} : { diagnostics: toDiagnostics(document, uri, [finding], false) }),
    ...(preferred === true ? { isPreferred: true } : {}),
    ...(edits === undefined ? {} : { edit: workspaceEdit(asked, edits) }),
    ...(rewrite === undefined
      ? {}
      : client.resolvesActions
        ? { data: { uri, version, rewrite } satisfies RewriteData }
        : { edit: rewritten(asked, rewrite) }),
  };
}

function rewritten(asked: Asked, rewrite: Rewrite): WorkspaceEdit {
  const { document, context } = asked;
  if (rewrite === 'fix-all') return workspaceEdit(asked, fixAll(document, asked.findings()));
  return workspaceEdit(asked, [{ span: { start: 0, end: document.text.length }, text: convert(document, rewrite, context.check).text }]);
}

/** Says why a rename cannot be done, instead of failing. */
function told<T>(rename: () => T): T {
  try {
    return rename();
  } catch (error) {
    throw error instanceof RenameError ? new UserError(error.message) : error;
  }
}

/** Edits of one document; the client refuses them when the document has moved on. */
export function workspaceEdit({ document, uri, version, client }: Asked, edits: readonly Edit[]): WorkspaceEdit {
  const textEdits = edits.map(({ span, text }) => ({ range: rangeOf(document, span), newText: text }));
  return client.versionedEdits
    ? { documentChanges: [{ textDocument: { uri, version }, edits: textEdits }] }
    : { changes: { [uri]: textEdits } };
}
