/**
 * Text that came from a mesh or a file is hostile: node ids, tags, details and output may hold anything. Each place where
 * such text is shown has its own way to be misled, and one function here.
 */

/** C0 and C1 controls, and the characters that turn, hide or split what follows. */
const treacherous = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** One line of plain text, for labels, descriptions and tooltips that are no Markdown: nothing invisible, at most `max` characters. */
export function plain(text: string, max = 200): string {
  const visible = text.replaceAll(treacherous, '\ufffd');
  return visible.length > max ? `${visible.slice(0, max - 1)}…` : visible;
}

/** For quick picks, code lenses and the status bar, where `$(name)` would become an icon. */
export const label = (text: string, max = 200): string => plain(text, max).replaceAll('$(', '\\$(');

/** For notifications, where `[text](command:...)` would become a link that runs a command. */
export const notice = (text: string, max = 600): string => plain(text, max).replaceAll('](', '] (');

/** For Markdown: every character that could mean something is escaped, so that it stands for itself. */
export const markdown = (text: string, max = 600): string =>
  plain(text, max)
    .replaceAll(/[\\`*_{}[\]()#+\-.!|~$:@/]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');

/** For a terminal: line feeds and tabs stay, everything that could steer it is made visible. */
export const terminal = (text: string): string =>
  text.replaceAll('\r\n', '\n').replaceAll(controls, visibleControl).replaceAll('\n', '\r\n');

/** A stream of output for a terminal: colours pass, whatever else could steer the terminal is made visible. */
export class ColouredOutput {
  #carry = '';

  /** What may be written now; a sequence that is cut by the end of `text` waits for its rest. */
  write(text: string): string {
    const all = this.#carry + text;
    const cut = /\u001b(?:\[[\d;:]{0,40})?$/.exec(all)?.index ?? all.length;
    this.#carry = all.slice(cut);
    return all
      .slice(0, cut)
      .split(/(\u001b\[[\d;:]*m)/)
      .map((part, index) => (index % 2 === 1 ? part : terminal(part)))
      .join('');
  }
}

/** A picture of the control where Unicode has one. */
export function visibleControl(control: string): string {
  const code = control.codePointAt(0)!;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\ufffd';
}
