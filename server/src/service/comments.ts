/** The comments of a config. */
import type { ConfigDocument } from '../config/document.ts';
import type { YamlNode, YamlScalar } from '../yaml/nodes.ts';
import { parseYaml } from '../yaml/parse.ts';

interface Comment {
  readonly start: number;
  readonly text: string;
  taken: boolean;
}

/** Hands out each comment once, so that what has no place of its own can be asked for at the end. */
export class Comments {
  readonly #all: readonly Comment[];

  constructor(document: ConfigDocument) {
    this.#all = commentsOf(document);
  }

  /** The comments that begin between two offsets and that nobody had before, from their `#` on. */
  take(start: number, end: number): string[] {
    const texts: string[] = [];
    for (let i = this.#firstFrom(start); i < this.#all.length; i++) {
      const comment = this.#all[i]!;
      if (comment.start >= end) break;
      if (!comment.taken) texts.push(comment.text);
      comment.taken = true;
    }
    return texts;
  }

  #firstFrom(offset: number): number {
    let low = 0;
    let high = this.#all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#all[middle]!.start < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** What begins with `#` between the scalars: nothing else there holds one. */
function commentsOf({ text, model }: ConfigDocument): Comment[] {
  const comments: Comment[] = [];
  let at = 0;
  const gap = (end: number): void => {
    for (const { 0: comment, index } of text.slice(at, end).matchAll(/#[^\r\n\x85\u2028\u2029]*/g))
      comments.push({ start: at + index, text: comment.trimEnd(), taken: false });
  };
  for (const { start, end, style } of scalarsOf(parseYaml(text, model.format === 'v1' ? 'yaml.v2' : 'yaml.v3').root)) {
    // Behind the mark of a block scalar there may be a comment.
    const header = style === 'literal' || style === 'folded' ? text.indexOf('\n', start) : -1;
    gap(header === -1 ? start : Math.min(header, end));
    at = end;
  }
  gap(model.end);
  return comments;
}

function scalarsOf(root: YamlNode | undefined): YamlScalar[] {
  const scalars: YamlScalar[] = [];
  const open = root === undefined ? [] : [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.kind === 'scalar') scalars.push(node);
    else if (node.kind === 'sequence') for (const item of node.items) open.push(item);
    else if (node.kind === 'mapping') for (const { key, value } of node.pairs) open.push(key, value);
  }
  return scalars.sort((a, b) => a.start - b.start);
}
