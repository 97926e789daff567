/** Reload on save: decides, asks, explains. Only for saves that the user made. */
import path from 'node:path';
import * as vscode from 'vscode';
import { orAborted } from '../../control/limit.ts';
import { decideOnSave, type ReloadSetting, type SaveDecision } from '../../reload/decide.ts';
import type { Language } from '../../language/language.ts';
import { notice, plain } from '../hostile.ts';
import { isAlive, type Nodes } from '../nodes/nodes.ts';
import { describe, type Notices, type Offer } from '../notify.ts';
import { linksOf } from '../../reload/perform.ts';
import type { LinkedFile, LinkedFiles } from './linkedFiles.ts';
import { withControl, type Reloader } from './reloader.ts';

/** What the user said for a folder, by its path: asked once, and changed by the setting or the command. */
const answersKey = 'receptor.reload.answers';

/** Longest that a save waits for the node to be reached and to tell its links, in ms. */
const lookBeforeMs = 1_000;

interface BeforeSave {
  /** The text that the daemon had seen. */
  readonly watched: string;
  /** Ids at the other ends of its links. */
  readonly links: readonly string[];
}

export interface SaveDeps {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly language: Language;
  readonly notices: Notices;
  readonly nodes: Nodes;
  readonly files: LinkedFiles;
  readonly reloader: Reloader;
}

export class ReloadOnSave implements vscode.Disposable {
  readonly #deps: SaveDeps;
  readonly #disposables: vscode.Disposable[];
  /** Why the next save of a document happens; VS Code tells it only before. */
  readonly #reasons = new WeakMap<vscode.TextDocument, vscode.TextDocumentSaveReason>();
  /** v2: what was before the daemon saw the save. */
  readonly #before = new WeakMap<vscode.TextDocument, BeforeSave>();

  constructor(deps: SaveDeps) {
    this.#deps = deps;
    this.#disposables = [
      vscode.workspace.onWillSaveTextDocument((event) => {
        const { document, reason } = event;
        this.#reasons.set(document, reason);
        this.#before.delete(document); // of a save that failed
        const file = deps.files.get(document.uri);
        // The daemon drops its links the moment it sees the file: which there were must be asked before.
        if (file?.watched !== undefined) event.waitUntil(this.#lookBefore(document, file));
      }),
      vscode.workspace.onDidSaveTextDocument((document) => {
        if (deps.language.documents.has(document.uri)) void this.#saved(document);
      }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  /** Forgets the answers that "Always" and "Never" left, so that it is asked again. */
  async forgetAnswers(): Promise<void> {
    await this.#deps.context.workspaceState.update(answersKey, undefined);
  }

  async #saved(document: vscode.TextDocument): Promise<void> {
    const { log, files, notices } = this.#deps;
    const manual = this.#reasons.get(document) === vscode.TextDocumentSaveReason.Manual;
    const before = this.#before.get(document);
    // Not every save is announced, and none has the reason of an earlier one, nor what was before that.
    this.#reasons.delete(document);
    this.#before.delete(document);
    const { version } = document;
    const text = document.getText();
    try {
      const startBefore = files.get(document.uri)?.start?.id;
      // Looked at before the save, the picture may be some seconds old: the node may have been restarted since.
      const file = manual ? await files.refresh(document.uri) : files.get(document.uri);
      if (file === undefined) return;
      // What was looked at only now is what was just saved.
      const seen = startBefore === file.start?.id && file.summary.format === 'v1' ? file.seen : undefined;
      // Who types on at once has saved another text than stands in the editor by now.
      const saved = document.version === version ? undefined : text;
      const prediction = saved === undefined ? file.prediction : await files.predictionOf(file, saved);
      const decision = decideOnSave({
        trusted: vscode.workspace.isTrusted,
        manual,
        setting: this.#setting(document.uri),
        link: file.link,
        format: file.summary.format,
        templated: file.summary.templated,
        errors: file.summary.errors,
        prediction:
          before === undefined ? prediction : await files.predict(document.uri, file.baseline ?? before.watched, before.watched, saved),
        change: prediction === undefined && seen !== undefined ? await files.predict(document.uri, seen, undefined, saved) : undefined,
        linksDown: file.linksDown,
      });
      await this.#carryOut(file, decision, before?.links ?? []);
    } catch (error) {
      log.warn(`After saving ${plain(document.uri.path)}: ${plain(describe(error), 600)}`);
      notices.failure(
        `reload ${document.uri.toString()}`,
        `${path.basename(document.uri.path)} was saved, but its node was not reloaded`,
        error,
      );
    }
  }

  async #lookBefore(document: vscode.TextDocument, file: LinkedFile): Promise<void> {
    if (file.watched === undefined) return;
    let links: string[] = [];
    const late = AbortSignal.timeout(lookBeforeMs);
    try {
      const state = await orAborted(
        late,
        withControl(file, (control) => linksOf(control, late)),
      );
      links = [...state.direct.keys()];
    } catch {
      // It is only for what is told afterwards: a save must not wait for a node that does not answer.
    }
    this.#before.set(document, { watched: file.watched, links });
  }

  async #carryOut(file: LinkedFile, decision: SaveDecision, linksBefore: readonly string[]): Promise<void> {
    const { log, reloader } = this.#deps;
    const name = plain(file.answeredBy ?? file.summary.nodeId ?? 'the node', 60);
    switch (decision.do) {
      case 'nothing':
        return log.debug(`No reload after saving ${plain(file.uri.path)}: ${decision.reason}.`);
      case 'reload':
        return void (await reloader.reload(file));
      case 'ask':
        return this.#ask(file, name);
      case 'watch':
        return reloader.watch(file, decision.prediction, linksBefore);
      case 'explain':
        return this.#explain(file, name, decision);
    }
  }

  async #ask(file: LinkedFile, name: string): Promise<void> {
    const unknown = file.baseline === undefined;
    const reload = 'Reload';
    const chosen = await vscode.window.showInformationMessage(
      `Reload ${notice(name)}? All its links drop, and come back within some seconds.${unknown ? ' What it runs now is not known here.' : ''}`,
      reload,
      'Always Here',
      'Never Here',
      ...(unknown ? [] : ['Show Changes']),
    );
    if (chosen === 'Always Here') await this.#remember(file.uri, 'always');
    if (chosen === 'Never Here') await this.#remember(file.uri, 'never');
    if (chosen === reload || chosen === 'Always Here') await this.#reloadStill(file, name);
    if (chosen === 'Show Changes') {
      await vscode.commands.executeCommand('receptor.showRunningChanges', file.uri);
      await this.#ask(file, name);
    }
  }

  /** The question may have stood there for long: another window may have reloaded, the node may be another. */
  async #reloadStill({ uri }: LinkedFile, name: string): Promise<void> {
    const file = await this.#deps.files.refresh(uri);
    if (file === undefined) return;
    const { prediction } = file;
    if (prediction?.accepted === true && !prediction.changes && !file.linksDown) {
      return this.#deps.notices.information(`${name} runs this file already.`);
    }
    await this.#deps.reloader.reload(file);
  }

  #explain(file: LinkedFile, name: string, { why, message }: Extract<SaveDecision, { do: 'explain' }>): void {
    const { notices, nodes } = this.#deps;
    const offers: Offer[] = [];
    if (why === 'restart' && isAlive(nodes.get(file.uri))) {
      offers.push({ title: 'Restart Node', run: () => vscode.commands.executeCommand('receptor.node.restart', file.uri) });
    }
    if (why === 'errors')
      offers.push({ title: 'Show Problems', run: () => vscode.commands.executeCommand('workbench.actions.view.problems') });
    if (file.baseline !== undefined)
      offers.push({ title: 'Show Changes', run: () => vscode.commands.executeCommand('receptor.showRunningChanges', file.uri) });
    if (file.link !== 'unreachable') offers.push({ title: 'Reload Anyway', run: () => this.#deps.reloader.reload(file) });
    notices.information(`Saved; ${name} was not reloaded. ${message}`, ...offers);
  }

  /** The setting, or what the user answered for the folder while it says "ask". */
  #setting(uri: vscode.Uri): ReloadSetting {
    const setting = vscode.workspace.getConfiguration('receptor', uri).get<ReloadSetting>('reloadOnSave', 'ask');
    if (setting !== 'ask') return setting;
    return this.#answers()[path.dirname(uri.fsPath)] ?? 'ask';
  }

  async #remember(uri: vscode.Uri, answer: 'always' | 'never'): Promise<void> {
    await this.#deps.context.workspaceState.update(answersKey, { ...this.#answers(), [path.dirname(uri.fsPath)]: answer });
  }

  #answers(): Readonly<Record<string, ReloadSetting>> {
    return this.#deps.context.workspaceState.get<Record<string, ReloadSetting>>(answersKey) ?? {};
  }
}
