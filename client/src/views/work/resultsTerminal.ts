/** Results in a terminal: followed to their end, over whatever breaks in between. */
import * as vscode from 'vscode';
import type { Following, FollowState } from '../../work/follow.ts';
import { RunnerStream } from '../../work/runnerStream.ts';
import { terminal } from '../hostile.ts';
import { describe } from '../notify.ts';
import { Pace } from '../pace.ts';
import { endText } from './endText.ts';
import type { Followings } from './followings.ts';
import type { WorkHost } from './hosts.ts';
import { TerminalFilter } from './terminalFilter.ts';

export interface ResultsTerminalOptions {
  /** Shown first. */
  readonly title: string;
  /** Told of the follower when there is one. */
  readonly onFollow: (following: Following) => void;
}

export class ResultsTerminal implements vscode.Pseudoterminal {
  readonly #followings: Followings;
  readonly #host: WorkHost;
  readonly #unitId: string;
  readonly #options: ResultsTerminalOptions;
  readonly #writes = new vscode.EventEmitter<string>();
  readonly #closes = new vscode.EventEmitter<number | void>();
  readonly #filter = new TerminalFilter();
  readonly #runner = new RunnerStream();
  readonly #pace = new Pace();
  #following: Following | undefined;
  #lost = false;
  #isRunner = false;

  readonly onDidWrite = this.#writes.event;
  readonly onDidClose = this.#closes.event;

  constructor(followings: Followings, host: WorkHost, unitId: string, options: ResultsTerminalOptions) {
    this.#followings = followings;
    this.#host = host;
    this.#unitId = unitId;
    this.#options = options;
  }

  open(): void {
    this.#say(`${this.#options.title}. Space pauses and goes on, Ctrl+C stops following. stderr of a command is in its output.`);
    this.#following = this.#followings.start(
      this.#host,
      this.#unitId,
      { write: (chunk) => this.#show(chunk) },
      { onState: (state) => this.#tell(state) },
    );
    this.#options.onFollow(this.#following);
    void this.#untilEnd(this.#following);
  }

  close(): void {
    this.#following?.stop();
  }

  /** Pauses or goes on. */
  toggle(): void {
    const following = this.#following;
    if (following === undefined) return;
    if (following.paused) following.resume();
    else following.pause();
  }

  handleInput(data: string): void {
    if (this.#following === undefined) {
      if (data === '\u0003' || data === '\u0004') this.#closes.fire();
      return;
    }
    if (data === ' ' || data === 'p') this.toggle();
    else if (data === '\u0003') this.#following.stop();
  }

  #show(chunk: Uint8Array): Promise<void> | undefined {
    const text = this.#runner.push(chunk);
    if (!this.#isRunner && this.#runner.kind === 'runner') {
      this.#isRunner = true;
      this.#say('The output is an event stream of ansible-runner: this is the output of the play in it.');
    }
    if (text !== '') this.#writes.fire(this.#filter.write(text));
    return this.#pace.wrote(chunk.length);
  }

  #tell(state: FollowState): void {
    if (state.kind === 'paused') this.#say('Paused. Space goes on.');
    else if (state.kind === 'waiting' && !this.#lost) {
      this.#lost = true;
      const why = state.error === undefined ? 'The stream ended before the work did' : describe(state.error);
      this.#say(`${why.replace(/\.?$/, '.')} Trying again from byte ${this.#following?.position ?? 0}…`);
    } else if (state.kind === 'streaming' && this.#lost) {
      this.#lost = false;
      this.#say(`Connected again, going on at byte ${this.#following?.position ?? 0}.`);
    }
  }

  async #untilEnd(following: Following): Promise<void> {
    try {
      const end = await following.done;
      this.#writes.fire(this.#filter.write(this.#runner.end()) + this.#filter.end());
      this.#say(endText(end));
    } catch (error) {
      this.#say(describe(error));
    } finally {
      this.#following = undefined;
    }
  }

  /** A line of ours, told apart from the output by its dim type. */
  #say(text: string): void {
    this.#writes.fire(`\r\n\u001b[0;2m${terminal(text)}\u001b[0m\r\n`);
  }
}
