/** Messages to the user: one per cause, each with the next step and the way to the log. */
import * as vscode from 'vscode';
import { isControlError } from '../control/index.ts';
import { notice } from './hostile.ts';

export interface Offer {
  readonly title: string;
  run(): unknown;
}

/** A cause that was shown is not shown again for this long, however often it happens. */
const quietMs = 60_000;

export class Notices {
  readonly #log: vscode.LogOutputChannel;
  readonly #shown = new Map<string, number>();
  readonly #open = new Set<string>();

  constructor(log: vscode.LogOutputChannel) {
    this.#log = log;
  }

  /**
   * Shows a failure, with its next step when it has one, and logs it.
   * @param cause names what failed and why, e.g. `connect /tmp/foo.sock absent-socket`; the same cause is shown once
   */
  failure(cause: string, what: string, error: unknown, ...offers: Offer[]): void {
    if (isControlError(error) && error.code === 'aborted') return; // the user wanted it
    const text = describe(error);
    this.#log.error(`${what}: ${notice(text)}`);
    this.#show('error', cause, `${what}: ${text}`, offers);
  }

  warning(cause: string, text: string, ...offers: Offer[]): void {
    this.#log.warn(notice(text));
    this.#show('warning', cause, text, offers);
  }

  /** An answer to what the user just asked: always shown. */
  information(text: string, ...offers: Offer[]): void {
    this.#log.info(notice(text));
    void this.#ask('information', text, offers);
  }

  /** The cause is gone: when it comes again it is news. */
  settled(cause: string): void {
    this.#shown.delete(cause);
    this.#open.delete(cause); // an old message may be out of sight
  }

  #show(kind: Kind, cause: string, text: string, offers: readonly Offer[]): void {
    const last = this.#shown.get(cause);
    if (this.#open.has(cause) || (last !== undefined && Date.now() - last < quietMs)) return;
    this.#shown.set(cause, Date.now());
    this.#open.add(cause);
    void this.#ask(kind, text, [...offers, { title: 'Open Log', run: () => this.#log.show(true) }]).finally(() => this.#open.delete(cause));
  }

  async #ask(kind: Kind, text: string, offers: readonly Offer[]): Promise<void> {
    const show = {
      error: vscode.window.showErrorMessage,
      warning: vscode.window.showWarningMessage,
      information: vscode.window.showInformationMessage,
    }[kind];
    const chosen = await show(notice(text), ...offers.map(({ title }) => title));
    const offer = offers.find(({ title }) => title === chosen);
    if (offer !== undefined) await this.#run(offer);
  }

  async #run(offer: Offer): Promise<void> {
    try {
      await offer.run();
    } catch (error) {
      const what = offer.title.replace(/…$/, '');
      this.settled(what); // asked just now: it gets an answer
      this.failure(what, what, error);
    }
  }
}

type Kind = 'error' | 'warning' | 'information';

/** What happened and what to do about it. */
export const describe = (error: unknown): string =>
  isControlError(error) ? `${error.message} ${error.nextStep}`.trim() : error instanceof Error ? error.message : String(error);
