/** Takes the `|` out of a text and tells where it was. A text that needs a bar of its own writes it as `¦`. */
export function marked(source: string): { text: string; offset: number } {
  const offset = source.indexOf('|');
  if (offset === -1 || source.includes('|', offset + 1)) throw new Error(`one | wanted in ${JSON.stringify(source)}`);
  return { text: source.replace('|', '').replaceAll('¦', '|'), offset };
}
