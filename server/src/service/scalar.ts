/** Writes a text as a YAML scalar that both of the daemon's YAML libraries read as that text. */

/** What yaml.v2 or yaml.v3 would take for something else than text, or not at all as it stands. */
const needsQuotes =
  /^$|^[\s\-?:,[\]{}#&*!|>'"%@`=]|: |:$| #|\s$|[\n\r\t\0-\x1f\x7f-\x9f\u2028\u2029\uFEFF]|^(?:y|n|yes|no|on|off|true|false|null|~|<<|\.inf|\.nan|[-+]\.inf)$|^[-+]?[.\d][\d_.]*(?:[eE][-+]?\d+)?$|^[-+]?0[xob][\da-fA-F_]+$|^\d{4}-\d\d?-\d\d?/i;
const harmlessDash = /^-[^\s-]/;

/** Plain where that is safe, else in quotes. In flow style brackets and commas want quotes as well. */
export function scalar(text: string, flow = false): string {
  const plain =
    (!needsQuotes.test(text) || (harmlessDash.test(text) && !needsQuotes.test(text.slice(1)))) && !(flow && /[,[\]{}]/.test(text));
  return plain ? text : quoted(text);
}

/** Single quotes where they do, double quotes where something has to be escaped. */
export function quoted(text: string): string {
  return /[\0-\x1f\x7f-\x9f\u2028\u2029\uFEFF]/.test(text)
    ? JSON.stringify(text).replaceAll(/[\x7f-\x9f\u2028\u2029\uFEFF]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : `'${text.replaceAll("'", "''")}'`;
}

/** A text in place of a scalar as it is written, in the same quotes if it has some and they do. */
export function inPlaceOf(old: string, text: string): string {
  const quote = /^(["']).*\1$/s.exec(old)?.[1];
  if (quote === '"' && !/["\\\0-\x1f\x7f-\x9f\u2028\u2029\uFEFF]/.test(text)) return `"${text}"`;
  return quote === undefined ? scalar(text, true) : quoted(text);
}
