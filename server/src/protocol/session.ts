/** Open documents, what is said of them, and what is asked about them. */
import { readFileSync, statSync } from 'node:fs';
import type {
  DidChangeTextDocumentParams,
  DidCloseTextDocumentParams,
  DidOpenTextDocumentParams,
  DidSaveTextDocumentParams,
} from 'vscode-languageserver';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import { ConfigDocument } from '../config/document.ts';
import { isReceptorConfig } from '../document/detect.ts';
import { predictReload, type Prediction } from '../reload/predict.ts';
import { checkConfig } from '../rules/check.ts';
import type { CheckContext } from '../rules/context.ts';
import type { LiveMesh, ServiceContext } from '../service/context.ts';
import { toDiagnostics } from '../service/diagnostics.ts';
import { summarize } from '../service/summary.ts';
import type { ClientFacts } from './capabilities.ts';
import { decodeText } from './decode.ts';
import { Disk } from './disk.ts';
import { registerFeatures, type Asked } from './features.ts';
import type { Handlers } from './handlers.ts';
import { freeSoon } from './memory.ts';
import { folderOf, isOurs, OpenDocument, pathOf } from './open-documents.ts';
import {
  liveMeshNotification,
  predictReloadRequest,
  summaryRequest,
  type ConfigSummary,
  type LiveMeshParams,
  type PredictReloadParams,
  type ReloadPrediction,
  type SummaryParams,
} from './requests.ts';
import type { Settings } from './settings.ts';

/** An edit is checked at once, unless the last check took longer than this: then the next one waits as long as that took. */
const promptMs = 20;
const maxWaitMs = 500;
/** A summary of a file that is not open reads no more than this. */
const maxSummaryBytes = 8 * 1024 * 1024;

interface Entry {
  readonly document: OpenDocument;
  /** Replaced when something outside the text changed that findings depend on. */
  check: CheckContext;
  timer: NodeJS.Timeout | undefined;
  lastCheckMs: number;
}

/** Everything that has a state is here; what it means is in the rooms below. */
export class Session {
  readonly #connection: MessageConnection;
  readonly #handlers: Handlers;
  readonly #client: ClientFacts;
  readonly #disk = new Disk(() => this.#recheckAll());
  readonly #open = new Map<string, Entry>();
  /** Open documents that are not ours, or not yet: their text is not kept, only what it takes to see that they became ours. */
  readonly #strangers = new Map<string, OpenDocument>();
  #settings: Settings;
  #live: LiveMesh | undefined;

  constructor(connection: MessageConnection, handlers: Handlers, client: ClientFacts, settings: Settings) {
    this.#connection = connection;
    this.#handlers = handlers;
    this.#client = client;
    this.#settings = settings;
    this.#registerDocuments();
    this.#registerOwn();
    registerFeatures(handlers, (uri) => this.#asked(uri));
  }

  /** Goes by other settings from now on. */
  set(settings: Settings): void {
    const before = this.#settings;
    this.#settings = settings;
    for (const entry of this.#open.values()) {
      if (before.version !== settings.version) entry.document.reread(settings.version);
      this.#recheck(entry);
    }
  }

  /** Nothing is checked any more. */
  end(): void {
    this.#disk.rest();
    for (const entry of this.#open.values()) clearTimeout(entry.timer);
  }

  #registerDocuments(): void {
    this.#handlers.notification<DidOpenTextDocumentParams>('textDocument/didOpen', ({ textDocument }) => {
      this.#close(textDocument.uri);
      const document = new OpenDocument(textDocument, this.#settings.version);
      if (this.#settings.onlyConfigs || isOurs(textDocument)) this.#adopt(document);
      else this.#strangers.set(document.uri, document);
    });
    this.#handlers.notification<DidChangeTextDocumentParams>('textDocument/didChange', ({ textDocument, contentChanges }) => {
      const entry = this.#open.get(textDocument.uri);
      if (entry !== undefined) {
        entry.document.change(textDocument.version, contentChanges);
        this.#checkSoon(entry);
        return;
      }
      const stranger = this.#strangers.get(textDocument.uri);
      if (stranger === undefined) return;
      stranger.change(textDocument.version, contentChanges);
      if (isOurs({ uri: stranger.uri, languageId: stranger.languageId, text: stranger.config.text })) {
        this.#strangers.delete(stranger.uri);
        this.#adopt(stranger);
      }
    });
    this.#handlers.notification<DidSaveTextDocumentParams>('textDocument/didSave', () => {
      // Certificates and keys are saved as well: what is on the disk is looked at again.
      this.#disk.refresh();
      this.#recheckAll();
    });
    this.#handlers.notification<DidCloseTextDocumentParams>('textDocument/didClose', ({ textDocument }) => this.#close(textDocument.uri));
  }

  #registerOwn(): void {
    this.#handlers.notification<LiveMeshParams | null>(liveMeshNotification, (mesh) => {
      this.#live = mesh ?? undefined;
    });
    this.#handlers.request<SummaryParams>(summaryRequest, (params) => this.#summary(params));
    this.#handlers.request<PredictReloadParams>(predictReloadRequest, (params) => this.#predict(params));
  }

  #adopt(document: OpenDocument): void {
    const entry: Entry = { document, check: this.#checkContext(document.uri), timer: undefined, lastCheckMs: 0 };
    this.#open.set(document.uri, entry);
    this.#publish(entry);
    freeSoon(document.config.length);
  }

  /** Frees everything about a document and clears its findings in the editor. */
  #close(uri: string): void {
    this.#strangers.delete(uri);
    const entry = this.#open.get(uri);
    if (entry === undefined) return;
    clearTimeout(entry.timer);
    this.#open.delete(uri);
    if (this.#open.size === 0) this.#disk.rest();
    this.#send(uri, undefined, []);
    freeSoon(entry.document.config.length);
  }

  #checkSoon(entry: Entry): void {
    clearTimeout(entry.timer);
    entry.timer = undefined;
    if (entry.lastCheckMs <= promptMs) this.#publish(entry);
    else entry.timer = setTimeout(() => this.#publish(entry), Math.min(entry.lastCheckMs, maxWaitMs));
  }

  /** Something outside the text changed. */
  #recheck(entry: Entry): void {
    entry.check = this.#checkContext(entry.document.uri);
    this.#publish(entry);
  }

  #recheckAll(): void {
    for (const entry of this.#open.values()) this.#recheck(entry);
  }

  #publish(entry: Entry): void {
    clearTimeout(entry.timer);
    entry.timer = undefined;
    const { document } = entry;
    const start = performance.now();
    const findings = document.findings(entry.check);
    const diagnostics = toDiagnostics(document.config, document.uri, findings, this.#settings.yamlExtensionActive);
    entry.lastCheckMs = performance.now() - start;
    this.#send(document.uri, document.version, diagnostics);
  }

  #send(uri: string, version: number | undefined, diagnostics: object[]): void {
    void this.#connection
      .sendNotification('textDocument/publishDiagnostics', { uri, ...(version === undefined ? {} : { version }), diagnostics })
      .catch(() => undefined);
  }

  #checkContext(uri: string): CheckContext {
    const { files, trusted } = this.#settings;
    return {
      files: trusted ? files : 'off',
      fileSystem: this.#disk,
      diskVersion: this.#disk.version,
      baseDirectory: folderOf(uri),
      now: Date.now,
    };
  }

  /** What a feature works on; undefined for documents that are not ours. */
  #asked(uri: string): Asked | undefined {
    const entry = this.#open.get(uri);
    if (entry === undefined) return undefined;
    const { document, check } = entry;
    const context: ServiceContext = {
      check,
      listDirectory: (folder) => (this.#settings.trusted ? this.#disk.listDirectory(folder) : []),
      live: this.#live,
      snippets: this.#client.snippets,
    };
    return {
      uri,
      version: document.version,
      document: document.config,
      context,
      client: this.#client,
      yamlExtensionActive: this.#settings.yamlExtensionActive,
      findings: () => document.findings(check),
    };
  }

  #summary({ uri, isConfig = false }: SummaryParams): ConfigSummary | null {
    const entry = this.#open.get(uri);
    if (entry !== undefined) {
      const { document } = entry;
      return { uri, version: document.version, ...summarize(document.config, document.findings(entry.check)) };
    }
    const file = pathOf(uri);
    if (file === undefined) return null;
    const text = readText(file);
    if (text === undefined || !(isConfig || isReceptorConfig(text, uri))) return null;
    const config = new ConfigDocument(text, { path: uri, receptorVersion: this.#settings.version });
    const check = { ...this.#checkContext(uri), fileSystem: new Disk() }; // nobody is told when its files change
    return { uri, version: null, ...summarize(config, checkConfig(config, check)) };
  }

  /** Null when there is no text to compare with: neither given, nor open, nor on disk. */
  #predict({ uri, baseline, watched, text }: PredictReloadParams): ReloadPrediction | null {
    const options = { path: uri, receptorVersion: this.#settings.version, ...(watched === undefined ? {} : { watched }) };
    const file = pathOf(uri);
    const given = text ?? (this.#open.has(uri) || file === undefined ? undefined : readText(file));
    const config = given === undefined ? this.#open.get(uri)?.document.config : new ConfigDocument(given, options);
    return config === undefined ? null : toWire(config, predictReload(baseline, config, options));
  }
}

const toWire = (config: ConfigDocument, { items, ...rest }: Prediction): ReloadPrediction => ({
  ...rest,
  items: items.map(({ span, ...item }) => ({
    ...item,
    ...(span === undefined ? {} : { range: { start: config.positionAt(span.start), end: config.positionAt(span.end) } }),
  })),
});

function readText(file: string): string | undefined {
  try {
    const found = statSync(file);
    return found.isFile() && found.size <= maxSummaryBytes ? decodeText(readFileSync(file)) : undefined;
  } catch {
    return undefined;
  }
}
