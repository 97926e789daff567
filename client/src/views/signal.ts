/** An event of parts that know no `vscode`, so that they can be tested without an editor. */
export class Signal<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** Returns what ends the subscription. */
  on(listener: (value: T) => void): { dispose(): void } {
    const own = (value: T): void => listener(value);
    this.#listeners.add(own);
    return { dispose: () => void this.#listeners.delete(own) };
  }

  emit(value: T): void {
    // Taken first: a listener may subscribe or leave while it is told.
    for (const listener of Array.from(this.#listeners)) listener(value);
  }
}
