/** Times of units, kept for all windows of this user, and over their ends. No `vscode` but its types. */
import type { Memento } from 'vscode';
import type { UnitStatus } from '../../control/types.ts';
import { UnitTimes, type StoredTimes } from '../../work/times.ts';

const timesKey = 'receptor.work.times';

export class TimesStore {
  readonly times: UnitTimes;
  readonly #memory: Pick<Memento, 'get' | 'update'>;

  constructor(memory: Pick<Memento, 'get' | 'update'>) {
    this.#memory = memory;
    this.times = new UnitTimes(this.#stored());
  }

  /** A unit was submitted from here: its beginning is known. */
  noteSubmitted(nodeId: string, unitId: string): void {
    const now = Date.now();
    if (this.times.noteOne(nodeId, unitId, { State: 0 }, now)) this.#store(now);
  }

  note(nodeId: string, list: Readonly<Record<string, UnitStatus>>): void {
    const now = Date.now();
    if (this.times.note(nodeId, list, now)) this.#store(now);
  }

  #stored(): StoredTimes {
    return this.#memory.get<StoredTimes>(timesKey, {});
  }

  /** Together with what other windows have stored meanwhile. */
  #store(now: number): void {
    this.times.merge(this.#stored());
    void this.#memory.update(timesKey, this.times.toStored(now));
  }
}
