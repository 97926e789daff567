import type { Finding, Fix } from '../config/findings.ts';
import type { ConfigField, FieldPart, ItemReading, Located } from '../config/model.ts';
import { noFindings, valueText } from '../config/model.ts';
import { contentSpan } from '../config/go-values.ts';
import { content, effectiveEntries } from '../yaml/compose.ts';
import type { YamlNode } from '../yaml/nodes.ts';
import type { ItemRule, Scope } from './rule.ts';
import { advice, atLeast, joined, spanOf, unwanted } from './rule.ts';
import { isNodeId } from './node.ts';

/** Values that the daemon accepts and understands otherwise than they look. */
export const valueRules: ItemRule = (item, scope) => {
  let findings = noFindings;
  const { fields } = item;
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i]!;
    if (field.templated) continue;
    findings = joined(findings, surprises(item, field, scope));
    // Where only texts stand there are no mappings, and no tree is needed.
    if (field.text === undefined && !(field.spec?.kind === 'strings' && field.value !== undefined))
      findings = joined(findings, repeatedKeys(field.node));
  }
  return findings;
};

/** Mappings in a value: of a key that stands twice only the last counts in v1; v2 refuses the file. */
function repeatedKeys(node: YamlNode): readonly Finding[] {
  const inner = content(node);
  if (inner.kind === 'scalar') return noFindings;
  if (inner.kind === 'sequence') return inner.items.flatMap((item) => (item.kind === 'mapping' ? repeatedKeys(item) : []));
  return effectiveEntries(inner, 'yaml.v2')
    .overridden.filter(({ merged }) => !merged)
    .map(({ keyNode }) =>
      unwanted(
        contentSpan(keyNode),
        'repeated-key',
        `\`${keyNode.kind === 'scalar' ? keyNode.text : ''}\` stands here twice: only the last one counts.`,
      ),
    );
}

function surprises(item: ItemReading, field: ConfigField, scope: Scope): readonly Finding[] {
  const { spec, value } = field;
  if (spec === undefined || value === undefined) return noFindings;
  switch (spec.kind) {
    case 'string':
      return joined(changedText(item, field), refusedAsId(field, scope) ? noFindings : placeholder(item, field));
    case 'int':
      return spec.format === 'permissions' ? permissions(item, field, scope) : changedNumber(item, field);
    case 'strings':
      return field.parts.flatMap(character);
    case 'float-map':
    case 'string-map':
      return field.parts.flatMap(({ key }) => numberAsName(key, value as ReadonlyMap<string, unknown>));
    case 'any-map':
    case 'firewall-rules':
    case 'float':
    case 'bool':
      return noFindings;
  }
}

/** Text as it stands in a plain scalar; undefined when quoted or no scalar. */
function plainText(field: ConfigField): string | undefined {
  const node = content(field.node);
  return node.kind === 'scalar' && node.style === 'plain' && node.tag === undefined ? node.text : undefined;
}

const quoted = (field: ConfigField): readonly Fix[] => [{ kind: 'quote', span: field.span }];

/** A node id that is refused for its characters has that finding. */
const refusedAsId = (field: ConfigField, scope: Scope): boolean =>
  field.spec?.defines === 'node-id' && atLeast(scope, '1.5') && !isNodeId(valueText(field));

function changedText(item: ItemReading, field: ConfigField): readonly Finding[] {
  if (field.text === field.value) return noFindings;
  const text = plainText(field);
  const value = valueText(field);
  if (text === undefined || text === value || text === '') return noFindings;
  return [
    unwanted(
      spanOf(field, item),
      'text-changed',
      `Unquoted, \`${text}\` is no text but ${/^[-+.\d]/.test(text) ? 'a number' : 'a truth value'}: the daemon reads \`${valueText(field)}\`. Quote it.`,
      { fixes: quoted(field) },
    ),
  ];
}

/** What people leave in examples for the reader to fill in. */
const openPlace =
  /<[A-Za-z][^<>]*>|\$\([^)]*\)|\$\{[^}]*\}|\b(?:CHANGE_?ME|REPLACE_?ME|TODO|FIXME)\b|^your[-_](?:node|host|name|id|server)|^x{3,}$/i;
const freeText: ReadonlySet<string> = new Set(['command', 'params', 'uploadrate', 'basicauthpassword']);

function placeholder(item: ItemReading, field: ConfigField): readonly Finding[] {
  const found = freeText.has(field.name) ? null : openPlace.exec(valueText(field));
  return found === null
    ? noFindings
    : [unwanted(spanOf(field, item), 'placeholder', `\`${found[0]}\` looks like a place to fill in: the daemon takes it literally.`)];
}

function changedNumber(item: ItemReading, field: ConfigField): readonly Finding[] {
  const { spec, value } = field;
  const text = field.text;
  if (text === undefined || text === valueText(field)) return noFindings;
  const what = spec?.format === 'port' ? 'port' : `\`${field.name}\``;
  const bare = text.replaceAll('_', '');
  if (/^[-+]?0[0-9]+$/.test(bare) && spec?.format === 'port') {
    const why =
      bare.replace(/^[-+]/, '').replace(/^0+/, '') === valueText(field)
        ? 'A leading zero usually means octal'
        : 'A leading zero means octal';
    const decimal = bare.replace(/^[-+]?0+(?=\d)/, '');
    return [
      unwanted(
        spanOf(field, item),
        'port-octal',
        `${why}: the daemon takes ${what} ${valueText(field)}. Write ${decimal} without the zero.`,
        {
          fixes: [{ kind: 'replace', span: field.span, text: decimal, title: `Change to ${decimal}` }],
        },
      ),
    ];
  }
  const number = Number(bare);
  if (/[.eE]/.test(text) && !/^[-+]?0x/i.test(text) && Number.isFinite(number) && number !== Number(value)) {
    return [
      unwanted(spanOf(field, item), 'fraction-dropped', `Fractions are dropped: the daemon takes ${what} ${valueText(field)}.`, {
        fixes: [{ kind: 'replace', span: field.span, text: valueText(field), title: `Change to ${valueText(field)}` }],
      }),
    ];
  }
  return noFindings;
}

/** `0o660` → `rw-rw----`: the low nine bits, as `ls` shows them. */
export function modeText(mode: number): string {
  return [6, 3, 0].map((shift) => ['r', 'w', 'x'].map((letter, i) => ((mode >> shift) & (4 >> i) ? letter : '-')).join('')).join('');
}

function permissions(item: ItemReading, field: ConfigField, scope: Scope): readonly Finding[] {
  const { text, value } = field;
  if (value === 0 && scope.format === 'v2') return noFindings; // like an absent one: the default, or `v2-socket-mode`
  if (text === undefined || typeof value !== 'number' || value < 0) return noFindings; // below 0 the schema says
  const bare = text.replaceAll('_', '');
  if (/^(?:0o?[0-7]+|0b[01]+|0x[\da-f]+)$/i.test(bare)) return noFindings;
  const mode = value & 0o777;
  const span = spanOf(field, item);
  const result = `mode ${mode.toString(8).padStart(4, '0')} (${modeText(mode)})`;
  if (mode === 0)
    return [
      unwanted(span, 'permissions-look', `${text} gives the socket mode 0000: nobody may use it. Write octal digits, such as \`0660\`.`),
    ];
  const meant = /^0?[0-7]{3}$/.test(bare);
  const octal = meant ? `0${bare.replace(/^0/, '')}` : `0${mode.toString(8)}`;
  const fixes: Fix[] = [{ kind: 'replace', span: field.span, text: octal, title: `Change to ${octal}`, preferred: true }];
  // 432 is 0660 in decimal: odd to read, right in effect.
  if (!/^[0-7]{3}$/.test(bare) && value >= 0 && value <= 0o777 && !bare.startsWith('0') && (mode & 0o600) === 0o600) {
    return [
      advice(span, 'permissions-look', `${text} is ${result}: written in octal, \`${octal}\`, it is easier to read.`, 'hint', { fixes }),
    ];
  }
  return [
    unwanted(
      span,
      'permissions-look',
      `${text} is a decimal number and gives the socket ${result}. ${meant ? `Write the mode in octal, with a leading zero: \`${octal}\`.` : 'Write octal digits, such as `0660`.'}`,
      meant ? { fixes } : {},
    ),
  ];
}

/** Go turns an integer in a list of texts into the character of that number. */
function character(part: FieldPart): readonly Finding[] {
  if (part.value === undefined || typeof part.read !== 'string' || part.read === part.value.text) return noFindings;
  if (!/^[-+]?(?:\d|\.\d)/.test(part.value.text)) return noFindings;
  const { text, span } = part.value;
  return [
    unwanted(
      span,
      'number-in-list',
      `An unquoted number in a list of texts becomes the character of that code, here U+${(part.read.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}: quote \`${text}\`.`,
      { fixes: [{ kind: 'quote', span }] },
    ),
  ];
}

/** A key of a mapping likewise: then no name in it is what stands there. */
function numberAsName(key: Located | undefined, names: ReadonlyMap<string, unknown>): readonly Finding[] {
  if (key === undefined || !/^[-+]?\d/.test(key.text) || names.has(key.text)) return noFindings;
  const { text, span } = key;
  return [
    unwanted(span, 'number-in-list', `An unquoted number as a name becomes the character of that code: quote \`${text}\`.`, {
      fixes: [{ kind: 'quote', span }],
    }),
  ];
}
