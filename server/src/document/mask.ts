/**
 * Templates: Jinja's `{{ }}`, `{% %}` and `{# #}` (Ansible, AWX) make way for something that YAML can be read around,
 * of the same length, so that every offset stays true.
 */

/** Stands for each character of an expression. A private-use character; where a text has it of its own, its neighbour stands in. */
export const maskCharacter = '\uE000';

/** True when a template fills in this text, or a part of it. */
export const isMasked = (text: string): boolean => text.includes(maskCharacter);

const construct = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}|\{#[\s\S]*?#\}/g;

export interface Masked {
  /** As long as the original. */
  readonly text: string;
  readonly templated: boolean;
}

/** Cheap test before any masking. */
export const looksTemplated = (text: string): boolean => text.includes('{{') || text.includes('{%') || text.includes('{#');

/** True when something here may end a construct that began anywhere before. */
export const closesTemplate = (text: string): boolean => text.includes('}}') || text.includes('%}') || text.includes('#}');

/**
 * The text with its template constructs masked: expressions by {@link maskCharacter}; statements and comments by blanks
 * where they have their lines to themselves, otherwise by {@link maskCharacter} too, because what they leave is unknown.
 * Line breaks stay. `{{` in a flow mapping (`{{a: b}: c}`) is no template: it needs a `}}` on its way.
 */
export function maskTemplates(text: string): Masked {
  const own = text.includes(maskCharacter) ? text.replaceAll(maskCharacter, '\uE001') : text;
  if (!looksTemplated(own)) return { text: own, templated: false };
  let templated = false;
  const masked = own.replaceAll(construct, (found, at: number) => {
    templated = true;
    const alone = !found.startsWith('{{') && standsAlone(text, at, at + found.length);
    return found.replaceAll(/[^\r\n]/g, alone ? ' ' : maskCharacter);
  });
  return { text: masked, templated };
}

/** True when only blanks and further statements share the lines of `[start, end)`. */
function standsAlone(text: string, start: number, end: number): boolean {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = text.indexOf('\n', end);
  const beside = text.slice(lineStart, start) + text.slice(end, lineEnd === -1 ? text.length : lineEnd);
  return beside.replaceAll(/\{%.*?%\}|\{#.*?#\}/g, '').trim() === '';
}
