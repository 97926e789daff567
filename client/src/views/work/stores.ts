/** What work remembers between sessions: the history of a workspace, choices per file. */
import * as vscode from 'vscode';
import { addRecord, noteEnds, noteReleased, type HistoryRecord, type NewRecord } from '../../work/history.ts';
import { withoutSecrets, type Submission } from '../../work/submission.ts';
import type { UnitList } from './unitFeed.ts';

const historyKey = 'receptor.work.history';
const choicesKey = 'receptor.work.choices';
const mostChoices = 200;

/** Submissions of this workspace, newest first. */
export class HistoryStore implements vscode.Disposable {
  readonly #memory: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  get records(): readonly HistoryRecord[] {
    return this.#memory.get<readonly HistoryRecord[]>(historyKey, []);
  }

  /** The submission that made a unit. */
  of(nodeId: string, unitId: string): HistoryRecord | undefined {
    return this.records.find((record) => record.nodeId === nodeId && record.unitId === unitId);
  }

  async add(record: NewRecord): Promise<void> {
    await this.#memory.update(historyKey, addRecord(this.records, record));
    this.#changed.fire();
  }

  /** Takes the ends of units in; `askedAt` when `list` is the whole list of the node, see noteEnds. */
  note(nodeId: string, list: UnitList, askedAt?: number): void {
    const before = this.records;
    const after = noteEnds(before, nodeId, list, Date.now(), askedAt);
    if (after === before) return;
    void this.#memory.update(historyKey, after);
    this.#changed.fire();
  }

  noteReleased(nodeId: string, unitId: string): void {
    void this.#memory.update(historyKey, noteReleased(this.records, nodeId, unitId, Date.now()));
    this.#changed.fire();
  }

  async clear(): Promise<void> {
    await this.#memory.update(historyKey, []);
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

/** The last submission of each file, and of the workspace (under the empty name). Without payloads and secrets. */
export class Choices {
  readonly #memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  of(file: vscode.Uri | undefined): Submission | undefined {
    const all = this.#memory.get<Record<string, Submission>>(choicesKey, {});
    return all[file?.toString() ?? ''] ?? all[''];
  }

  async remember(file: vscode.Uri | undefined, submission: Submission): Promise<void> {
    const kept: Submission = { ...withoutSecrets(submission), payload: { kind: 'none' } };
    const { [file?.toString() ?? '']: _, ...others } = this.#memory.get<Record<string, Submission>>(choicesKey, {});
    const entries = [...Object.entries(others), [file?.toString() ?? '', kept] as const, ['', kept] as const];
    await this.#memory.update(choicesKey, Object.fromEntries(entries.slice(-mostChoices)));
  }
}
