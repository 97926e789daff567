/** One connection to a control service that lasts: opens, notices that it is gone, comes back by itself. No `vscode`. */
import { ControlError, isControlError, type ControlErrorCode, type ReceptorControl } from '../control/index.ts';
import { asError } from '../control/errors.ts';
import { limited, orAborted } from '../control/limit.ts';
import { MeshFeed } from './feed.ts';
import type { Profile } from './profile.ts';
import { Signal } from './signal.ts';

/** Times are ms since 1970. */
export type ConnectionState =
  | { readonly kind: 'connecting'; readonly since: number }
  | { readonly kind: 'up'; readonly since: number; readonly nodeId: string }
  | { readonly kind: 'down'; readonly since: number; readonly error: Error; readonly nextTryAt: number }
  | { readonly kind: 'closed'; readonly since: number };

/** Opens the control service; rejects with a ControlError. */
export type Opener = (signal: AbortSignal) => Promise<ReceptorControl>;

/** The first try comes soon, since most outages are restarts; the last ones rarely, since nobody waits by then. */
const firstDelayMs = 1000;
const lastDelayMs = 60_000;

/** Wait before the next try: doubled each time, and shortened at random so that many windows do not knock together. */
export const retryDelay = (attempt: number, random: () => number = Math.random): number =>
  Math.min(firstDelayMs * 2 ** attempt, lastDelayMs) * (0.5 + random() / 2);

/** Failures that tell of the way to the daemon, not of what was asked. */
const lostCodes: ReadonlySet<ControlErrorCode> = new Set<ControlErrorCode>([
  'absent-socket',
  'stale-socket',
  'not-a-socket',
  'permission-denied',
  'refused',
  'unreachable',
  'dns',
  'not-control-service',
  'banner-timeout',
  'daemon-gone',
  'node-changed',
  'closed',
]);

const isLost = (error: unknown): error is Error =>
  isControlError(error) && !error.beyond && (lostCodes.has(error.code) || error.code.startsWith('tls-'));

export class Connection {
  /** May be replaced by one that leads to the same place. */
  profile: Profile;
  /** Came from a saved profile, and goes where that profile leads. */
  saved = false;
  /** Set when it goes through another connection's node. */
  readonly via: Connection | undefined;
  readonly feed: MeshFeed;
  readonly onDidChange = new Signal<ConnectionState>();
  readonly #open: Opener;
  #state: ConnectionState = { kind: 'closed', since: Date.now() };
  #control: ReceptorControl | undefined;
  #opening: Promise<ReceptorControl> | undefined;
  #abort = new AbortController();
  #retry: NodeJS.Timeout | undefined;
  #attempt = 0;
  /** Goes on trying though it was never up. */
  #keeps = false;
  #lastNodeId: string | undefined;
  #version: string | undefined;

  constructor(profile: Profile, open: Opener, refreshIntervalMs: () => number, via?: Connection) {
    this.profile = profile;
    this.via = via;
    this.#open = open;
    this.feed = new MeshFeed(
      // While it is down the way back has its own pace; a poll must not knock in between.
      (signal) =>
        this.#state.kind === 'down' ? Promise.reject(this.#state.error) : this.use((control) => control.status(undefined, { signal })),
      refreshIntervalMs,
    );
  }

  get name(): string {
    return this.profile.name;
  }

  /** What to call it where there is little room: its name; for one that has only its address, the node. */
  get title(): string {
    return this.profile.name === this.profile.address ? (this.nodeId ?? this.name) : this.name;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Of the node that answers, or answered last. */
  get nodeId(): string | undefined {
    return this.#state.kind === 'up' ? this.#state.nodeId : this.#lastNodeId;
  }

  /** Receptor's version there; undefined until it was asked, and for builds that have none. */
  get version(): string | undefined {
    return this.#version;
  }

  /** The client while the connection is up; for whoever needs a stream of it. */
  get control(): ReceptorControl | undefined {
    return this.#state.kind === 'up' ? this.#control : undefined;
  }

  /**
   * Opens it once. Rejects with the cause; then it stays closed, unless `keep` wants it to go on trying. Whoever aborts
   * waits no longer; the attempt ends with that unless it goes on trying.
   */
  async open(keep: 'keep' | 'once' = 'once', signal?: AbortSignal): Promise<void> {
    if (this.#state.kind === 'up') return;
    if (keep === 'keep') this.#keeps = true;
    try {
      await this.#connect(signal);
    } catch (error) {
      if (signal?.aborted === true && !this.#keeps) this.#abort.abort();
      throw error;
    }
  }

  /**
   * Runs `work` on the client, opening it first when it is down. A failure that means that the daemon is gone starts the
   * way back; it is passed on in any case.
   * @param signal ends the wait for the connection; what `work` waits for is its own
   * @throws ControlError `closed` once the user disconnected: nothing but `open` brings it back then
   */
  async use<T>(work: (control: ReceptorControl) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#state.kind === 'closed') throw new ControlError('closed', `${this.title} was disconnected.`, { nextStep: 'Connect again.' });
    const control = this.control ?? (await this.#connect(signal));
    try {
      return await work(control);
    } catch (error) {
      if (isLost(error) && control === this.#control) this.#lost(error);
      throw error;
    }
  }

  /** Tries at once instead of at the end of the wait. */
  async retryNow(signal?: AbortSignal): Promise<void> {
    this.#attempt = 0;
    await this.open('keep', signal);
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#abort.abort();
    this.feed.dispose();
    void closeQuietly(this.#control);
    this.#control = undefined;
    this.#keeps = false;
    this.#set({ kind: 'closed', since: Date.now() });
  }

  /** Several callers share one attempt; one that aborts leaves it to the others. */
  #connect(signal?: AbortSignal): Promise<ReceptorControl> {
    return limited(`connect ${this.profile.address}`, { signal }, 0, (limit) => {
      this.#opening ??= this.#tryOnce().finally(() => {
        this.#opening = undefined;
      });
      return orAborted(limit.signal, this.#opening);
    });
  }

  async #tryOnce(): Promise<ReceptorControl> {
    clearTimeout(this.#retry);
    if (this.#abort.signal.aborted) this.#abort = new AbortController();
    if (this.#state.kind === 'closed') this.#set({ kind: 'connecting', since: Date.now() });
    const abort = this.#abort.signal;
    try {
      const control = await this.#open(abort);
      if (abort.aborted) {
        void closeQuietly(control);
        throw abort.reason;
      }
      this.#isUp(control);
      return control;
    } catch (error) {
      if (this.#state.kind === 'connecting' && (abort.aborted || !this.#keeps)) this.#set({ kind: 'closed', since: Date.now() });
      else if (this.#state.kind !== 'closed') this.#lost(asError(error));
      throw error;
    }
  }

  #isUp(control: ReceptorControl): void {
    this.#control = control;
    // The socket closed while nothing was asked: known at once, without a poll.
    control.on('disconnect', (error) => {
      if (control === this.#control) this.#lost(error);
    });
    this.#attempt = 0;
    this.#lastNodeId = control.nodeId;
    this.#set({ kind: 'up', since: Date.now(), nodeId: control.nodeId });
    this.feed.resume();
    void this.#learnVersion(control);
  }

  #lost(error: Error): void {
    if (this.#state.kind === 'closed' && this.#abort.signal.aborted) return;
    void closeQuietly(this.#control);
    this.#control = undefined;
    const since = this.#state.kind === 'down' ? this.#state.since : Date.now();
    const delay = retryDelay(this.#attempt++);
    this.#set({ kind: 'down', since, error, nextTryAt: Date.now() + delay });
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#tryAgain(), delay);
  }

  async #learnVersion(control: ReceptorControl): Promise<void> {
    try {
      const { Version } = await control.status(['Version']);
      if (control !== this.#control || Version === this.#version) return;
      this.#version = Version === '' ? undefined : Version;
      this.onDidChange.emit(this.#state);
    } catch (error) {
      // A node that does not tell is a node all the same. One that went away meanwhile tells it here and nowhere else.
      if (isLost(error) && control === this.#control) this.#lost(error);
    }
  }

  async #tryAgain(): Promise<void> {
    try {
      await this.#connect();
    } catch {
      // The next try is set already, and the state has the reason.
    }
  }

  #set(state: ConnectionState): void {
    this.#state = state;
    this.onDidChange.emit(state);
  }
}

/** It may be broken, which is why it goes. */
async function closeQuietly(control: ReceptorControl | undefined): Promise<void> {
  try {
    await control?.close();
  } catch {
    // nothing left to close
  }
}
