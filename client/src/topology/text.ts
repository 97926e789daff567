/** How names that came from the mesh are shown: nothing in them may act, hide or reorder what stands beside them. */

/** Controls, format characters (bidirectional overrides, zero width), line separators, lone surrogates, unassigned and private ones. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu;

/** By number, since few fonts have Unicode's pictures of controls. */
const numbered = (char: string): string => `<U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}>`;

/** The text with every character that could not be seen replaced by its number. */
export const visible = (text: string): string => text.replace(unseen, numbered);

/** A node's, service's or work type's name for showing; an empty name is said to be one. */
export const visibleName = (name: string): string => (name === '' ? '(no name)' : visible(name));

/** At most `length` characters, the last one an ellipsis when something is left out. Never cuts through a surrogate pair. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const chars = Array.from(text);
  return chars.length <= length ? text : `${chars.slice(0, length - 1).join('')}…`;
}
