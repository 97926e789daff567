import type { ConfigField, NameUse } from './model.ts';

/** Names that an item's fields define and refer to. Empty names define nothing: they mean "none" or "any". */
export function namesOf(fields: readonly ConfigField[]): readonly NameUse[] {
  let names: NameUse[] | undefined;
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i]!;
    const { value } = field;
    if (field.spec === undefined) continue;
    if (typeof value !== 'string' || value === '') {
      if (field.spec.elementFormat === 'node-id') {
        for (const part of field.parts) {
          const at = part.key ?? part.value;
          if (at !== undefined && at.text !== '')
            names = withOne(names, { kind: 'node-id', name: at.text, role: 'reference', span: inside(at.span, at.text), field });
        }
      }
      continue;
    }
    if (field.spec.defines === undefined && field.spec.refers === undefined) continue;
    const whole = field.text !== value || (field.plain !== true && field.node.kind === 'alias');
    const span = whole ? field.span : inside(field.span, value);
    if (field.spec.defines !== undefined)
      names = withOne(names, { kind: field.spec.defines, name: value, role: 'definition', span, field });
    const { refers } = field.spec;
    if (refers !== undefined && refers !== 'work-verification')
      names = withOne(names, { kind: refers, name: value, role: 'reference', span, field });
  }
  return names ?? noNames;
}

const noNames: readonly NameUse[] = [];

/** Nearly all lists have one element or none: an array that is pushed to keeps room for many. */
function withOne(names: NameUse[] | undefined, name: NameUse): NameUse[] {
  if (names === undefined) return [name];
  names.push(name);
  return names;
}

/** The span without its quotes. */
function inside(span: { start: number; end: number }, name: string): { start: number; end: number } {
  const extra = span.end - span.start - name.length;
  return extra === 2 ? { start: span.start + 1, end: span.end - 1 } : span;
}
