/** Keys with dots: viper takes `a.b: c` for `a: {b: c}`, outside of lists. */
import type { ActionSpec } from '../schema/knowledge.ts';
import { content } from '../yaml/compose.ts';
import type { YamlMapping, YamlNode, YamlPair, YamlScalar } from '../yaml/nodes.ts';

/** `value` behind the names of `path`: each a mapping of one key. */
export function nested(path: readonly string[], key: YamlNode, value: YamlNode): YamlNode {
  return path.reduceRight((inner: YamlNode, text): YamlNode => mappingOf([{ key: keyOf(text, key), value: inner }]), value);
}

/**
 * The mapping with its dotted keys unfolded, in the mappings in it too. The same one when it has none, as most.
 * @param spec of the section: dots lead only into fields that it knows, others stay as they are written
 */
export function undotted(mapping: YamlMapping, spec?: ActionSpec): YamlMapping {
  const plain: YamlPair[] = [];
  const unfolded = new Map<string, { key: YamlNode; pairs: YamlPair[] }>();
  let same = true;
  for (const pair of mapping.pairs) {
    const { key, value } = pair;
    const text = key.kind === 'scalar' ? key.text : '';
    const dot = text.indexOf('.');
    const name = text.slice(0, dot);
    if (dot !== -1 && (spec === undefined || spec.fields.has(name.toLowerCase()))) {
      const group = unfolded.get(name) ?? { key, pairs: [] };
      unfolded.set(name, group);
      group.pairs.push({ key: keyOf(text.slice(dot + 1), key), value });
      same = false;
      continue;
    }
    const inner = content(value);
    const deeper = inner.kind === 'mapping' ? undotted(inner) : inner;
    same &&= deeper === inner;
    plain.push(deeper === inner ? pair : { key, value: deeper });
  }
  if (same) return mapping;
  // Beside `a` itself chance decides at every start which of them counts: what is refused is shown.
  const others = plain.filter(({ key }) => key.kind !== 'scalar' || !unfolded.has(key.text));
  for (const [name, { key, pairs }] of unfolded) others.push({ key: keyOf(name, key), value: undotted(mappingOf(pairs)) });
  return { ...mapping, pairs: others };
}

const keyOf = (text: string, { start, end }: YamlNode): YamlScalar => ({ kind: 'scalar', start, end, text, style: 'plain' });

function mappingOf(pairs: readonly YamlPair[]): YamlMapping {
  return { kind: 'mapping', start: pairs[0]!.key.start, end: pairs.at(-1)!.value.end, flow: true, pairs };
}
