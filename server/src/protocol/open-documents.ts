/** The documents that the editor has open, each with its reading. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TextDocumentContentChangeEvent } from 'vscode-languageserver';
import { ConfigDocument } from '../config/document.ts';
import type { Finding } from '../config/findings.ts';
import { isReceptorConfig } from '../document/detect.ts';
import { LineText, type TextChange } from '../document/text.ts';
import { checkConfig, digestItem } from '../rules/check.ts';
import type { CheckContext } from '../rules/context.ts';

/**
 * An open document. Edits are kept until somebody wants the reading: a burst of them is then read once.
 */
export class OpenDocument {
  readonly uri: string;
  readonly languageId: string;
  #version: number;
  #config: ConfigDocument;
  #pending: TextDocumentContentChangeEvent[] = [];
  #findings: { readonly context: CheckContext; readonly list: readonly Finding[] } | undefined;

  constructor(item: { uri: string; languageId: string; version: number; text: string }, receptorVersion: string | undefined) {
    this.uri = item.uri;
    this.languageId = item.languageId;
    this.#version = item.version;
    this.#config = new ConfigDocument(item.text, { path: item.uri, receptorVersion, onItem: digestItem });
  }

  get version(): number {
    return this.#version;
  }

  /** The text and its reading, with every edit in. */
  get config(): ConfigDocument {
    this.#apply();
    return this.#config;
  }

  change(version: number, changes: readonly TextDocumentContentChangeEvent[]): void {
    this.#version = version;
    for (const change of changes) {
      if ('range' in change) this.#pending.push(change);
      else this.#pending = [change]; // a whole new text: what was before is of no interest
    }
  }

  /** Reads the text by the rules of another receptor version. */
  reread(receptorVersion: string | undefined): void {
    this.#config = new ConfigDocument(this.config.text, { path: this.uri, receptorVersion, onItem: digestItem });
    this.#findings = undefined;
  }

  /** What is wrong with the present text. Found once per text and context. */
  findings(context: CheckContext): readonly Finding[] {
    const { config } = this;
    if (this.#findings?.context !== context) this.#findings = { context, list: checkConfig(config, context) };
    return this.#findings.list;
  }

  #apply(): void {
    if (this.#pending.length === 0) return;
    let changes = this.#pending;
    this.#pending = [];
    this.#findings = undefined;
    const [first] = changes;
    if (first !== undefined && !('range' in first)) {
      this.#config = new ConfigDocument(first.text, this.#config.options);
      changes = changes.slice(1);
      if (changes.length === 0) return;
    }
    this.#config.update(offsetsOf(this.#config, changes));
  }
}

/** Each change counts lines in the text that the one before it left. */
function offsetsOf(config: ConfigDocument, changes: readonly TextDocumentContentChangeEvent[]): TextChange[] {
  const lines = changes.length === 1 ? config : new LineText(config.text);
  return changes.map((change) => {
    const { range, text } = change as TextDocumentContentChangeEvent & { range: { start: Place; end: Place } };
    const start = lines.offsetAt(range.start);
    const found = { start, end: Math.max(lines.offsetAt(range.end), start), text };
    if (lines instanceof LineText) lines.apply(found);
    return found;
  });
}

interface Place {
  readonly line: number;
  readonly character: number;
}

/**
 * True for a document that receptor's rules apply to, where the client does not know. Some editors give every YAML file
 * to every YAML server.
 */
export function isOurs({ uri, languageId, text }: { uri: string; languageId: string; text: string }): boolean {
  return (
    languageId === 'receptor' ||
    /(?:^|\/)(?:receptor[^/]*|[^/]*-receptor)\.conf(?:\.\w+)?$|\.receptor\.ya?ml(?:\.\w+)?$/i.test(uri) ||
    isReceptorConfig(text, uri)
  );
}

/** Path of a file URI; undefined for documents that are no files of this machine. */
export function pathOf(uri: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}

/** Folder that relative paths of a config count from, as far as anybody can tell: the config's own. */
export const folderOf = (uri: string): string | undefined => {
  const file = pathOf(uri);
  return file === undefined ? undefined : path.dirname(file);
};
