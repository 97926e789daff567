import type { ConfigFormat } from '../schema/knowledge.ts';

/** Blank lines, comments, directives and document markers: they say nothing about the root. */
const silent = /^\uFEFF?[ \t]*(?:#.*|%.*|---[ \t]*(?:#.*)?|\.\.\.[ \t]*)?$/;

/**
 * The format that a text is meant to be, from its first telling line: a mapping is v2, everything else v1, because that
 * is what the daemon reads unless it is told otherwise. Works on text that does not parse.
 */
export function shapeOf(text: string): ConfigFormat {
  let from = 0;
  while (from < text.length) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, end === -1 ? text.length : end).replace(/\r$/, '');
    if (!silent.test(line)) {
      const bare = line.replace(/^\uFEFF?[ \t]*(?:---[ \t]+)?/, '').replace(/^(?:[!&][^\s]*[ \t]+)*/, '');
      if (/^(?:-(?:[ \t]|$)|\[)/.test(bare)) return 'v1';
      return /^(?:\{|\?[ \t]|(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#"'][^#]*?)[ \t]*:(?:[ \t]|$))/.test(bare) ? 'v2' : 'v1';
    }
    if (end === -1) break;
    from = end + 1;
  }
  return 'v1';
}
