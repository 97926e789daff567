/**
 * Output of work on its way into a terminal. Colours, carriage returns, tabs and moves within the screen pass, so that
 * progress bars look as they should; what could write to the clipboard, set titles, make links or ask the terminal for an
 * answer is made visible.
 */
import { visibleControl } from '../hostile.ts';

const allowed = /\u001b\[[\d;:]*[mKGCDAB]/;
const split = new RegExp(`(${allowed.source})`);
const unfinished = /\u001b(?:\[[\d;:]{0,40})?$/;
const controls = /[\u0000-\u0007\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

export class TerminalFilter {
  #carry = '';

  /** What may be written now; a sequence that is cut by the end of `text` waits for its rest. */
  write(text: string): string {
    const all = this.#carry + text;
    const cut = unfinished.exec(all)?.index ?? all.length;
    this.#carry = all.slice(cut);
    return all
      .slice(0, cut)
      .split(split)
      .map((part, index) => (index % 2 === 1 ? part : part.replaceAll(/\r?\n/g, '\r\n').replaceAll(controls, visibleControl)))
      .join('');
  }

  /** The stream has ended: what was waiting stands for itself. */
  end(): string {
    const rest = this.#carry.replaceAll(controls, visibleControl);
    this.#carry = '';
    return rest;
  }
}
