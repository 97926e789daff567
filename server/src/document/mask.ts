/**
 * Templates: Jinja's `{{ }}`, `{% %}` and `{# #}` (Ansible, AWX) make way for something that YAML can be read around,
 * of the same length, so that every offset stays true.
 */

/** Stands for each character of an expression. A private-use character; where a text has it of its own, its neighbour stands in. */
export const maskCharacter = '\uE000';

/** True when a template fills in this text, or a part of it. */
export const isMasked = (text: string): boolean => text.includes(maskCharacter);

interface Construct {
  readonly start: number;
  readonly end: number;
  /** What it leaves is text; a statement or a comment may leave nothing. */
  readonly expression: boolean;
}

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
  const constructs = constructsIn(own);
  let masked = '';
  let end = 0;
  for (let first = 0; first < constructs.length;) {
    const behind = runEnd(own, constructs, first);
    const alone = standsAlone(own, constructs[first]!, constructs[behind - 1]!);
    for (; first < behind; first++) {
      const construct = constructs[first]!;
      masked += own.slice(end, construct.start);
      masked += own.slice(construct.start, construct.end).replaceAll(/[^\r\n]/g, alone ? ' ' : maskCharacter);
      ({ end } = construct);
    }
  }
  return { text: masked + own.slice(end), templated: constructs.length > 0 };
}

/** In one pass, whatever stays open: a construct that is not closed ends the search for more of its kind. */
function constructsIn(text: string): Construct[] {
  const constructs: Construct[] = [];
  const closers: Record<string, string | undefined> = { '{': '}}', '%': '%}', '#': '#}' };
  for (let start = text.indexOf('{'); start !== -1;) {
    const kind = text[start + 1] ?? '';
    const closer = closers[kind];
    const close = closer === undefined ? -1 : text.indexOf(closer, start + 2);
    if (close === -1) closers[kind] = undefined;
    else constructs.push({ start, end: close + 2, expression: kind === '{' });
    start = text.indexOf('{', close === -1 ? start + 1 : close + 2);
  }
  return constructs;
}

/** Index behind the last of the statements that stand with nothing but blanks between them, from the `first` on. */
function runEnd(text: string, constructs: readonly Construct[], first: number): number {
  let last = first;
  for (; !constructs[last]!.expression; last++) {
    const next = constructs[last + 1];
    if (next === undefined || next.expression || blanksEnd(text, constructs[last]!.end, 1) !== next.start) break;
  }
  return last + 1;
}

/** True when only blanks share the lines of a run from `first` to `last`; an expression is one alone. */
function standsAlone(text: string, first: Construct, last: Construct): boolean {
  const endsLine = (at: number): boolean => (text[at] ?? '\n') === '\n';
  return !first.expression && endsLine(blanksEnd(text, first.start - 1, -1)) && endsLine(blanksEnd(text, last.end, 1));
}

/** The first place from `at` on, in the direction of `step`, that holds no blank. */
function blanksEnd(text: string, at: number, step: 1 | -1): number {
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\r') at += step;
  return at;
}
