/** Building elements. Text is only ever set as text. */

/** The page's element of that id; the page is ours, so it is there. */
export function byId<T extends HTMLElement>(id: string, type: abstract new (...args: never) => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`The page has no ${id}.`);
  return element;
}

/** An element with a class, and text or other elements in it. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...content: readonly (string | Node)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  element.append(...content);
  return element;
}
