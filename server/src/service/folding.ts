/** Items, sections, long values and runs of comments fold. Left to a YAML extension where one is active. */
import type { FoldingRange } from 'vscode-languageserver';
import type { ConfigDocument } from '../config/document.ts';
import { lineAt } from './places.ts';

const maxRanges = 5000;

/** By indentation, so that broken text folds as well. */
export function foldingRanges(document: ConfigDocument): FoldingRange[] {
  const ranges: FoldingRange[] = [];
  const open: { indent: number; line: number }[] = [];
  let last = -1;
  let comment = -1;
  const close = (indent: number): void => {
    for (let top = open.at(-1); top !== undefined && top.indent >= indent; top = open.at(-1)) {
      open.pop();
      if (last > top.line) ranges.push({ startLine: top.line, endLine: last });
    }
  };
  const closeComment = (line: number): void => {
    if (comment !== -1 && line - 1 > comment) ranges.push({ startLine: comment, endLine: line - 1, kind: 'comment' });
    comment = -1;
  };
  const lines = document.lineStarts.length;
  for (let line = 0; line < lines && ranges.length < maxRanges; line++) {
    const text = lineAt(document, line);
    const trimmed = text.trimStart();
    if (trimmed.startsWith('#')) {
      if (comment === -1) comment = line;
      continue;
    }
    closeComment(line);
    if (trimmed === '' || trimmed.startsWith('---')) continue;
    // A list may stand in the column of the key that holds it: its dashes count as half a column more.
    const indent = text.length - trimmed.length + (/^-(?:\s|$)/.test(trimmed) ? 0.5 : 0);
    close(indent);
    open.push({ indent, line });
    last = line;
  }
  closeComment(lines);
  close(0);
  return ranges.sort((a, b) => a.startLine - b.startLine);
}
