/** Decides which open documents are receptor configs: by the user's choice, by name, or by content. */
import * as vscode from 'vscode';
import { isReceptorConfig } from '../../../server/src/document/detect.ts';
import { isReceptorName } from './names.ts';

/** `choice` is what the user said about this file; it stands above name and content. */
export type Reason = 'choice' | 'name' | 'content';

export interface Verdict {
  readonly ours: boolean;
  readonly reason: Reason;
}

/** What the user may say of a file; `auto` forgets it. */
export type Choice = 'receptor' | 'other' | 'auto';

const choicesKey = 'receptor.language.choices';
/** Typing rests this long before an undecided document is read again. */
const settleMs = 300;
/** Where a file may come from that somebody edits; diffs, notebooks' cells and output are other schemes. */
export const schemes: ReadonlySet<string> = new Set(['file', 'untitled', 'vscode-vfs', 'vscode-remote', 'vscode-test-web']);

/**
 * The receptor configs among the open documents.
 *
 * A document taken by its content stays ours while it is edited, or a typo in its only action would take the squiggles
 * away; it is judged anew when it is saved or changed on disk, and lost only when nothing in it speaks for receptor.
 */
export class ReceptorDocuments implements vscode.Disposable {
  readonly #ours = new Map<string, vscode.TextDocument>();
  readonly #verdicts = new WeakMap<vscode.TextDocument, Verdict>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #added = new vscode.EventEmitter<vscode.TextDocument>();
  readonly #removed = new vscode.EventEmitter<vscode.TextDocument>();
  readonly #judged = new vscode.EventEmitter<vscode.TextDocument>();
  readonly #disposables: vscode.Disposable[];
  readonly #memory: vscode.Memento;

  readonly onDidAdd = this.#added.event;
  /** Fired before anybody who subscribed to VS Code's own event later hears of a closed document. */
  readonly onDidRemove = this.#removed.event;
  readonly onDidJudge = this.#judged.event;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
    this.#disposables = [
      this.#added,
      this.#removed,
      this.#judged,
      vscode.workspace.onDidOpenTextDocument((document) => this.#judge(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#forget(document)),
      vscode.workspace.onDidSaveTextDocument((document) => this.#judge(document)),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && mayBeOurs(document)) this.#judgeSoon(document);
      }),
    ];
  }

  /** Judges what is open already; apart from the constructor, so that listeners are in place. */
  begin(): void {
    for (const document of vscode.workspace.textDocuments) this.#judge(document);
  }

  get all(): readonly vscode.TextDocument[] {
    return [...this.#ours.values()];
  }

  has(uri: vscode.Uri): boolean {
    return this.#ours.has(uri.toString());
  }

  /** Whether a file is ours, open or not; undefined when only its content can tell. */
  knows(uri: vscode.Uri): boolean | undefined {
    if (this.has(uri)) return true;
    const choice = this.#choiceOf(uri);
    return choice === undefined ? isReceptorName(uri.path) || undefined : choice === 'receptor';
  }

  /** Undefined for a document that nobody asked about, since it is no YAML. */
  verdict(document: vscode.TextDocument): Verdict | undefined {
    return this.#verdicts.get(document);
  }

  /** Remembers the user's word for this file, in this workspace. */
  async choose(document: vscode.TextDocument, choice: Choice): Promise<void> {
    const choices = { ...this.#memory.get<Record<string, Choice>>(choicesKey) };
    if (choice === 'auto') delete choices[document.uri.toString()];
    else choices[document.uri.toString()] = choice;
    await this.#memory.update(choicesKey, choices);
    this.#judge(document, 'anew');
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  #judgeSoon(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => {
        this.#timers.delete(key);
        // Ours and being edited: it is judged when it is saved. Not dirty: its file was changed by something else.
        if (!document.isClosed && !(this.has(document.uri) && document.isDirty)) this.#judge(document);
      }, settleMs),
    );
  }

  #judge(document: vscode.TextDocument, how: 'anew' | 'usual' = 'usual'): void {
    const verdict = this.#decide(document, how);
    if (verdict === undefined) return this.#forget(document);
    const before = this.#verdicts.get(document);
    this.#verdicts.set(document, verdict);
    const key = document.uri.toString();
    if (verdict.ours && !this.#ours.has(key)) {
      this.#ours.set(key, document);
      this.#added.fire(document);
    } else if (!verdict.ours && this.#ours.delete(key)) this.#removed.fire(document);
    if (before?.ours !== verdict.ours || before.reason !== verdict.reason) this.#judged.fire(document);
  }

  #decide(document: vscode.TextDocument, how: 'anew' | 'usual'): Verdict | undefined {
    const choice = this.#choiceOf(document.uri);
    if (choice !== undefined) return { ours: choice === 'receptor', reason: 'choice' };
    if (!mayBeOurs(document)) return undefined;
    if (isReceptorName(document.uri.path)) return { ours: true, reason: 'name' };
    const text = document.getText();
    if (isReceptorConfig(text, document.uri.path)) return { ours: true, reason: 'content' };
    const sticks = how === 'usual' && this.has(document.uri) && text.trim() !== '' && hasActionLine(text);
    return { ours: sticks, reason: 'content' };
  }

  #choiceOf(uri: vscode.Uri): Exclude<Choice, 'auto'> | undefined {
    const choice = this.#memory.get<Record<string, Choice>>(choicesKey)?.[uri.toString()];
    return choice === 'receptor' || choice === 'other' ? choice : undefined;
  }

  #forget(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.#verdicts.delete(document);
    if (this.#ours.delete(key)) this.#removed.fire(document);
  }
}

const mayBeOurs = (document: vscode.TextDocument): boolean => document.languageId === 'yaml' && schemes.has(document.uri.scheme);

/** A line that begins as an item of a config does, or a v2 section: enough to keep what was ours once, not to take it. */
const hasActionLine = (text: string): boolean =>
  /^\s*-?\s*(node|log-level|control-services?|tcp-|ws-|udp-|tls-|work-|local-only|version)[\w-]*\s*:?/m.test(text);
