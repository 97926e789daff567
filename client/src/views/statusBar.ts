/** The status bar entry: which node we are connected to, and how its mesh is. Hidden while there is nothing to tell. */
import * as vscode from 'vscode';
import { countsText } from '../mesh/wording.ts';
import type { Connections } from './connections.ts';
import { label, plain } from './hostile.ts';
import { describe } from './notify.ts';
import { PerConnection } from './perConnection.ts';

export class StatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;
  readonly #connections: Connections;
  readonly #disposables: vscode.Disposable[];
  readonly #subscribed = new PerConnection(({ feed }) => feed.onDidAsk.on(() => this.#show()));
  /** Ends when the counts shown are too old. */
  #aging: NodeJS.Timeout | undefined;

  constructor(connections: Connections) {
    this.#connections = connections;
    this.#item = vscode.window.createStatusBarItem('receptor.connection', vscode.StatusBarAlignment.Left, 20);
    this.#item.name = 'Receptor Connection';
    this.#item.command = 'receptor.mesh.focus';
    this.#disposables = [this.#item, connections.onDidChange(() => this.#show())];
    this.#show();
  }

  dispose(): void {
    clearTimeout(this.#aging);
    vscode.Disposable.from(this.#subscribed, ...this.#disposables).dispose();
  }

  #show(): void {
    this.#subscribed.follow(this.#connections.all);
    clearTimeout(this.#aging);
    const { active, all } = this.#connections;
    if (active === undefined) return this.#item.hide();
    const { state, feed, profile } = active;
    const down = state.kind === 'down';
    const connecting = state.kind === 'connecting';
    const { snapshot } = feed;
    const freshMs = feed.staleAt - Date.now();
    // While no view polls nothing else would draw this again.
    if (freshMs > 0) this.#aging = setTimeout(() => this.#show(), freshMs);
    const counts = down || snapshot === undefined || freshMs <= 0 ? [] : [countsText(snapshot)];
    const old =
      snapshot === undefined || freshMs > 0 ? '' : `, ${countsText(snapshot)} as of ${new Date(snapshot.takenAt).toLocaleTimeString()}`;
    const others = all.length > 1 ? [`${all.length} connections`] : [];
    const name = down ? active.title : (active.nodeId ?? active.title);
    const icon = down ? 'debug-disconnect' : connecting ? 'loading~spin' : 'plug';
    this.#item.text = [`$(${icon}) ${label(name, 30)}`, ...counts, ...others].join(' · ');
    this.#item.tooltip = down
      ? `${plain(profile.address)}: not connected since ${new Date(state.since).toLocaleTimeString()}. ${plain(describe(state.error), 400)}`
      : `Receptor: ${connecting ? 'connecting to ' : ''}${plain(active.name)} at ${plain(profile.address)}${old}`;
    this.#item.backgroundColor = down ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#item.color = down || profile.color === undefined ? undefined : new vscode.ThemeColor(`charts.${profile.color}`);
    this.#item.show();
  }
}
