/** What the schemas know, as Markdown: completion and hover say the same. */
import { defaultOf, hasSince, type ActionSpec, type ConfigFormat, type FieldKind, type FieldSpec } from '../schema/knowledge.ts';
import { code, yamlBlock } from './markdown.ts';

const kinds: Readonly<Record<FieldKind, string>> = {
  string: 'text',
  int: 'whole number',
  float: 'number',
  bool: 'true or false',
  strings: 'list of texts',
  'float-map': 'number by name',
  'string-map': 'text by name',
  'any-map': 'mapping',
  'firewall-rules': 'list of rules',
};

export function actionMarkdown(action: ActionSpec, format: ConfigFormat, version: string): string {
  const facts: string[] = [whenChanged(action, format)];
  if (action.singleton) facts.push('At most once in a config.');
  if (action.exclusive) facts.push('Does its work and ends: nothing else may stand in the file.');
  if (action.bare !== undefined) facts.push(`A bare value is its ${code(action.bare.name)}.`);
  if (action.platforms !== undefined) facts.push(`Only on ${action.platforms.join(', ')}.`);
  if (action.since !== undefined) facts.push(`Since receptor ${action.since}.`);
  if (action.upstreamOnly) facts.push('Some distributions build receptor without it.');
  const other =
    action.otherKey === undefined
      ? `No counterpart in ${format === 'v1' ? 'v2' : 'v1'}.`
      : `${format === 'v1' ? 'v2' : 'v1'}: ${code(action.otherKey)}`;
  return [
    `**${action.key}** · ${action.title}`,
    action.doc,
    ...trouble(action.broken, action.inert),
    facts.join(' '),
    fieldTable(action, version),
    other,
    yamlBlock(action.example),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** What a running node makes of a change. */
function whenChanged({ reloadable }: ActionSpec, format: ConfigFormat): string {
  if (!reloadable) return 'A change needs a restart of the node.';
  return format === 'v1' ? 'A change is applied by a reload.' : 'A change is applied when the file is saved: the node watches it.';
}

/** The fields that must be there, then the others, on one line each. */
function fieldTable(action: ActionSpec, version: string): string {
  const fields = [...action.fields.values()].filter((field) => hasSince(field.since, version));
  const wanted = fields.filter((field) => field.required || field.needed).map((field) => code(field.name));
  const free = fields.filter((field) => !field.required && !field.needed).map((field) => code(field.name));
  return [wanted.length > 0 ? `Required: ${wanted.join(', ')}` : '', free.length > 0 ? `Optional: ${free.join(', ')}` : '']
    .filter(Boolean)
    .join('  \n');
}

const trouble = (broken: string | undefined, inert: string | undefined): string[] => [
  ...(broken === undefined ? [] : [`**Does not work:** ${broken}`]),
  ...(inert === undefined ? [] : [`**Without effect:** ${inert}`]),
];

export function fieldMarkdown(field: FieldSpec, action: ActionSpec, format: ConfigFormat, version: string): string {
  const facts = [kinds[field.kind]];
  if (field.required) facts.push('required');
  else if (field.needed) facts.push('needed to start');
  const fallback = defaultText(field, version);
  if (fallback !== undefined) facts.push(`default ${fallback}`);
  return [
    `**${field.name}** · ${facts.join(' · ')}`,
    field.doc,
    ...(field.defaultNote === undefined ? [] : [field.defaultNote]),
    ...trouble(undefined, field.inert),
    valueList(field),
    [whenChanged(action, format), field.since === undefined ? '' : `Since receptor ${field.since}.`].filter(Boolean).join(' '),
    field.examples.length === 0
      ? ''
      : yamlBlock(
          field.examples
            .slice(0, 2)
            .map((example) => `${field.name}: ${example}`)
            .join('\n'),
        ),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function valueList(field: FieldSpec): string {
  if (field.values === undefined) return '';
  return field.values.map((value) => `- ${code(value)}${field.valueDocs?.[value] ? `: ${field.valueDocs[value]}` : ''}`).join('\n');
}

/** `` `false`, since 1.6: `true` ``; undefined when there is none. */
export function defaultText(field: FieldSpec, version: string): string | undefined {
  if (field.defaults.length > 1) {
    return field.defaults
      .map(({ since, value }) => (since === undefined ? code(String(value)) : `since ${since}: ${code(String(value))}`))
      .join(', ');
  }
  const value = field.defaultText ?? defaultOf(field, version);
  return value === undefined ? undefined : code(String(value));
}

/** One line for completion lists: `required · port` or `default false, since 1.6: true`. */
export function fieldDetail(field: FieldSpec, version: string): string {
  const fallback = defaultText(field, version)?.replaceAll('`', '');
  return [
    field.required ? 'required' : field.needed ? 'needed' : '',
    kinds[field.kind],
    fallback === undefined ? '' : `default ${fallback}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

const orPattern = ', or a `/regular expression/`, read as `^…$`.';

/** Meaning of a key in a firewall rule. */
export const ruleKeys: Readonly<Record<string, string>> = {
  action: 'What happens to a packet when all conditions match: `accept`, `reject` (the sender is told) or `drop`.',
  fromnode: `Id of the sending node${orPattern}`,
  tonode: `Id of the receiving node${orPattern}`,
  fromservice: `Name of the sending service${orPattern}`,
  toservice: `Name of the receiving service${orPattern}`,
};

export const ruleActions: Readonly<Record<string, string>> = {
  accept: 'Let the packet pass.',
  reject: 'Drop it and tell the sender that it cannot be delivered.',
  drop: 'Drop it and say nothing.',
};
