/** Whole configs for the usual kinds of nodes, offered where a document is empty. */
import type { ConfigFormat } from '../schema/knowledge.ts';

export interface NodeSnippet {
  readonly label: string;
  readonly doc: string;
  readonly items: readonly NodeSnippetItem[];
}

/** Action of v1, its section in v2, and its fields as snippet text. */
interface NodeSnippetItem {
  readonly action: string;
  readonly section: string;
  readonly list: boolean;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

const item = (action: string, section: string, list: boolean, ...fields: [string, string][]): NodeSnippetItem => ({
  action,
  section,
  list,
  fields,
});

const node = (name: string): NodeSnippetItem => item('node', 'node', false, ['id', `\${1:${name}}`], ['datadir', '${2:/var/lib/receptor}']);
const logLevel = item('log-level', 'log-level', false, ['level', '${3|info,debug,warning,error|}']);
const control = item(
  'control-service',
  'control-services',
  true,
  ['service', 'control'],
  ['filename', '${4:/run/receptor/receptor.sock}'],
  ['permissions', "'0660'"],
);
const listener = item('tcp-listener', 'tcp-listeners', true, ['port', '${5:27199}']);
const peer = item('tcp-peer', 'tcp-peers', true, ['address', '${5:hop1.example.org:27199}']);
const runner = (action: string): NodeSnippetItem =>
  item(
    'work-command',
    'work-commands',
    true,
    ['worktype', `\${6:${action}}`],
    ['command', '${7:ansible-runner}'],
    ['params', '${8:worker}'],
    ['allowruntimeparams', 'true'],
  );

export const nodeSnippets: readonly NodeSnippet[] = [
  {
    label: 'receptor: controller node',
    doc: 'Submits work: listens for the mesh, has a control socket and a local work type.',
    items: [node('controller'), logLevel, control, listener, runner('local')],
  },
  {
    label: 'receptor: execution node',
    doc: 'Does work: dials a hop or controller and offers a work type.',
    items: [node('execution1'), logLevel, control, peer, runner('ansible-runner')],
  },
  {
    label: 'receptor: hop node',
    doc: 'Joins others: listens, and does no work itself.',
    items: [node('hop1'), logLevel, control, listener],
  },
  {
    label: 'receptor: local node',
    doc: 'Stands alone, to try work types without a mesh.',
    items: [node('local'), logLevel, item('local-only', 'local-only', false, ['local', 'true']), control, runner('local')],
  },
];

/** The snippet's text in LSP's snippet syntax. */
export function nodeSnippetText({ items }: NodeSnippet, format: ConfigFormat): string {
  const texts = items.map(({ action, section, list, fields }) => {
    if (format === 'v1' && action === 'local-only') return '- local-only: null';
    const lines = fields.map(([name, value]) => `${name}: ${value}`);
    if (format === 'v1') return [`- ${action}:`, ...lines.map((line) => `    ${line}`)].join('\n');
    return [`${section}:`, ...lines.map((line, i) => (list ? `  ${i === 0 ? '- ' : '  '}${line}` : `  ${line}`))].join('\n');
  });
  return `${texts.join('\n\n')}\n$0`;
}

/** For editors without snippets: every placeholder replaced by its text. */
export const withoutPlaceholders = (text: string): string =>
  text
    .replaceAll(/\$\{\d+:([^}]*)\}/g, '$1')
    .replaceAll(/\$\{\d+\|([^,|]*)[^}]*\}/g, '$1')
    .replaceAll(/\$\d/g, '');
