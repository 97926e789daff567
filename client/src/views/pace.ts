/** Keeps what a terminal was given and has not shown yet small: there is no telling when it has shown it. No `vscode`. */

/** After so many bytes the terminal is left to breathe, and the rest waits at its source: some 25 MiB/s at most. */
const burstBytes = 512 * 1024;
const breathMs = 20;

export class Pace {
  #burst = 0;

  /** To be awaited by whoever reads, once this many bytes were written; undefined while there is no need to wait. */
  wrote(bytes: number): Promise<void> | undefined {
    this.#burst += bytes;
    if (this.#burst < burstBytes) return undefined;
    this.#burst = 0;
    return new Promise((resolve) => setTimeout(resolve, breathMs));
  }
}
