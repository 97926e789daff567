/** What the search finds. */
import type { Graph, PictureNode } from './graph.ts';

/** Nodes whose name, or the name of one of whose services or work types, contains the text, in the graph's order. */
export function search(graph: Graph, text: string): PictureNode[] | undefined {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return undefined;
  const has = (name: string): boolean => name.toLowerCase().includes(wanted);
  return graph.order.filter(({ id, label, data }) => has(id) || has(label) || data.services.some(has) || data.workTypes.some(has));
}
