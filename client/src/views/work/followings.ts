/** Every follower of this window, so that a disconnect ends those of its connection. No `vscode`. */
import { followResults, type FollowOptions, type Following, type ResultsSink } from '../../work/follow.ts';
import type { WorkHost } from './hosts.ts';

export class Followings {
  readonly #running = new Map<Following, WorkHost>();

  /** Follows a unit; the same as {@link followResults}, but the user's disconnect stops it. */
  start(host: WorkHost, unitId: string, sink: ResultsSink, options: FollowOptions = {}): Following {
    const following = followResults(host.results(unitId), sink, options);
    this.#running.set(following, host);
    void this.#untilDone(following);
    return following;
  }

  /** Stops the followers whose connection was closed. */
  stopClosed(): void {
    for (const [following, host] of this.#running) if (host.closed) following.stop();
  }

  dispose(): void {
    for (const following of this.#running.keys()) following.stop();
  }

  async #untilDone(following: Following): Promise<void> {
    try {
      await following.done;
    } catch {
      // whoever started it is told
    } finally {
      this.#running.delete(following);
    }
  }
}
