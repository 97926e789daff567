/** Grows a selection by structure: word, value, field, item, file. */
import type { Position, SelectionRange } from 'vscode-languageserver';
import type { ConfigDocument } from '../config/document.ts';
import { placed } from '../config/model.ts';
import type { Span, YamlNode } from '../yaml/nodes.ts';
import { itemAt, rangeOf, touches } from './places.ts';

export function selectionRanges(document: ConfigDocument, positions: readonly Position[]): SelectionRange[] {
  return positions.map((position) => selectionRange(document, position));
}

function selectionRange(document: ConfigDocument, position: Position): SelectionRange {
  const offset = document.offsetAt(position);
  const spans: Span[] = [{ start: 0, end: document.text.length }];
  const section = document.model.sections.find(({ key, value }) => touches({ start: key.span.start, end: value.end }, offset));
  if (section !== undefined) {
    spans.push({ start: section.key.span.start, end: section.value.end });
    if (touches(section.key.span, offset)) spans.push(section.key.span);
  }
  const item = itemAt(document.model, offset);
  if (item !== undefined) {
    const inside: Span[] = [];
    collect(item.reading.node, offset - item.base, inside);
    spans.push(...inside.map((span) => placed(item, span)));
  }
  return spans
    .filter((span, i) => i === 0 || strictlyInside(span, spans[i - 1]!))
    .reduce<SelectionRange | undefined>(
      (parent, span) => ({ range: rangeOf(document, span), ...(parent === undefined ? {} : { parent }) }),
      undefined,
    )!;
}

const strictlyInside = (inner: Span, outer: Span): boolean =>
  inner.start >= outer.start && inner.end <= outer.end && inner.end - inner.start < outer.end - outer.start;

/** Spans of the node and of its parts around `offset`, outermost first. */
function collect(node: YamlNode, offset: number, into: Span[]): void {
  if (!touches(node, offset)) return;
  into.push({ start: node.start, end: node.end });
  if (node.kind === 'mapping') {
    for (const { key, value } of node.pairs) {
      const pair = { start: key.start, end: Math.max(key.end, value.end) };
      if (!touches(pair, offset)) continue;
      into.push(pair);
      collect(touches(key, offset) ? key : value, offset, into);
      return;
    }
  } else if (node.kind === 'sequence') {
    const child = node.items.find((item) => touches(item, offset));
    if (child !== undefined) collect(child, offset, into);
  }
}
