import type { CompletionItem } from 'vscode-languageserver';
import { describe, expect, it } from 'vitest';
import { ConfigDocument } from '../../../server/src/config/document.ts';
import { complete } from '../../../server/src/service/completion.ts';
import type { ServiceContext } from '../../../server/src/service/context.ts';
import { serviceContext } from './context.ts';
import { marked } from './marked.ts';

function items(source: string, context: Partial<ServiceContext> = {}, version?: string): CompletionItem[] {
  const { text, offset } = marked(source);
  const document = new ConfigDocument(text, { receptorVersion: version });
  return complete(document, document.positionAt(offset), serviceContext(context))?.items ?? [];
}

const labels = (source: string, context: Partial<ServiceContext> = {}): string[] => items(source, context).map(({ label }) => label);

/** The text after choosing an item, in an editor without snippets. */
function chosen(source: string, label: string, context: Partial<ServiceContext> = {}): string {
  const { text, offset } = marked(source);
  const document = new ConfigDocument(text);
  const item = items(source, { snippets: false, ...context }).find((i) => i.label === label);
  if (item?.textEdit === undefined || !('range' in item.textEdit))
    throw new Error(`${label} is not offered, only ${labels(source, context).join(', ')}`);
  const edits = [item.textEdit, ...(item.additionalTextEdits ?? [])].map(({ range, newText }) => ({
    start: document.offsetAt(range.start),
    end: document.offsetAt(range.end),
    newText,
  }));
  expect(offset).toBeGreaterThanOrEqual(edits[0]!.start);
  // As editors do it, further lines get the indentation of the line of the cursor.
  const indent = /^ */.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1))![0];
  return edits
    .sort((a, b) => b.start - a.start)
    .reduce(
      (result, { start, end, newText }) => result.slice(0, start) + newText.replaceAll('\n', `\n${indent}`) + result.slice(end),
      text,
    );
}

describe('completion of actions', () => {
  it.each(['- |', '- tcp-l|', '|', '- node:\n    id: a\n- |', '- node:\n    id: a\n|'])('offers actions at %j', (source) => {
    expect(labels(source)).toEqual(expect.arrayContaining(['tcp-listener', 'tcp-peer', 'control-service', 'work-command']));
  });

  it('offers no hidden or broken action, and a singleton once', () => {
    const offered = labels('- node:\n    id: a\n- |');
    expect(offered).not.toContain('command-runner');
    expect(offered).not.toContain('work-python');
    expect(offered).not.toContain('node');
    expect(offered).not.toContain('cert-init');
  });

  it('inserts the required fields in order', () => {
    expect(chosen('- tls-s|', 'tls-server')).toBe(
      '- tls-server:\n    name: mesh-server\n    cert: /etc/receptor/tls/node.crt\n    key: /etc/receptor/tls/node.key',
    );
  });

  it('keeps to the indentation of the document', () => {
    expect(chosen('-   node:\n        id: a\n-   tcp-p|', 'tcp-peer')).toContain('\n        address: ');
    expect(chosen('- node:\n      id: a\n- tcp-p|', 'tcp-peer')).toContain('\n      address: ');
    expect(chosen('  - node:\n      id: a\n  - tcp-p|', 'tcp-peer')).toContain('\n      address: ');
  });

  it('brings its dash where none is', () => {
    expect(chosen('- node:\n    id: a\n|', 'tcp-peer')).toBe('- node:\n    id: a\n- tcp-peer:\n    address: hop1.example.org:27199');
  });

  it('replaces the name alone where a colon follows', () => {
    expect(chosen('- tcp-lis|tner:\n    port: 1', 'tcp-listener')).toBe('- tcp-listener:\n    port: 1');
  });

  it.each([
    ['[{"|"}]', 'tcp-peer', '[{"tcp-peer"}]'],
    ['[{"node": {"|"}}]', 'id', '[{"node": {"id"}}]'],
    ['{"node": {"firewallrules": [{"|"}]}}', 'action', '{"node": {"firewallrules": [{"action"}]}}'],
    ['- tcp-listener: {port: 1, nodecost: {"|"}}', 'yes', '- tcp-listener: {port: 1, nodecost: {"yes"}}'],
    ['- tcp-listener: {port: 1, nodecost: {|}}', 'yes', "- tcp-listener: {port: 1, nodecost: {'yes': }}"],
    ['- node: {firewallrules: [{fromnode: "|"}]}', 'yes', '- node: {firewallrules: [{fromnode: "yes"}]}'],
    ['- node: {firewallrules: [{fromservice: |}]}', 'on', "- node: {firewallrules: [{fromservice: 'on'}]}"],
  ])('writes within quotes the name alone, and quotes where there are none: %j', (source, label, result) => {
    const live = { nodes: ['yes'], services: { yes: ['on'] }, workTypes: [] };
    expect(chosen(source, label, { live })).toBe(result);
  });

  it('leaves the fields that the item has', () => {
    expect(chosen('- con|\n    service: control\n- log-level: info\n', 'control-service')).toBe(
      '- control-service:\n    service: control\n- log-level: info\n',
    );
    expect(chosen('node:\n  id: a\ntcp-p|\r\n  - address: h:1\r\n', 'tcp-peers')).toBe(
      'node:\n  id: a\ntcp-peers:\r\n  - address: h:1\r\n',
    );
    expect(chosen('- con|\n    # mine\n', 'control-service')).toContain('control-service:\n    service: control\n');
  });

  it('uses placeholders where the editor knows them', () => {
    const item = items('- tcp-p|', { snippets: true }).find(({ label }) => label === 'tcp-peer')!;
    expect(item.insertTextFormat).toBe(2);
    expect(item.textEdit?.newText).toBe('tcp-peer:\n    address: ${1:hop1.example.org:27199}$0');
  });
});

describe('completion right behind a dash', () => {
  it.each([
    ['-|', 'local-only', '- local-only'],
    ['- node:\n    id: a\n-|', 'tcp-peer', '- tcp-peer:\n    address: '],
    ['tcp-listeners:\n  -|', 'port', '  - port: '],
    ['- local-only\n- tcp-listener:\n    port: 1\n    tls: s\n- tls-server:\n    name: s\n-|', 'node', '\n- node:'],
  ])('puts a blank before what is chosen in %j', (source, label, text) => expect(chosen(source, label)).toContain(text));
});

describe('completion in an empty document', () => {
  it.each(['|', '---\n|', '# my node\n|'])('offers whole nodes at %j', (source) => {
    expect(labels(source)).toEqual(
      expect.arrayContaining(['receptor: controller node', 'receptor: execution node', 'receptor: hop node', 'receptor: local node']),
    );
  });

  it.each(['controller', 'execution', 'hop', 'local'])('the %s node is a config without errors', async (kind) => {
    const { checkConfig } = await import('../../../server/src/rules/check.ts');
    const text = chosen('|', `receptor: ${kind} node`);
    const findings = checkConfig(new ConfigDocument(text), { files: 'off', now: Date.now });
    expect(findings.filter(({ severity }) => severity === 'error' || severity === 'warning')).toEqual([]);
  });

  it('offers none where something else is', () => expect(labels('- node:\n    id: a\n- |')).not.toContain('receptor: hop node'));
});

describe('completion of fields', () => {
  it.each([
    ['- tcp-listener:\n    po|', ['port'], []],
    ['- tcp-listener:\n    port: 1\n    |', ['bindaddr', 'tls', 'cost', 'nodecost', 'allowedpeers'], ['port']],
    ['- tcp-listener: {port: 1, |}', ['tls'], ['port']],
    ['- udp-listener:\n    |', ['port'], ['tls']],
    ['- node:\n    firewallrules:\n      - |', ['action', 'fromnode', 'tonode', 'fromservice', 'toservice'], []],
    ['- node:\n    firewallrules:\n      - action: drop\n        |', ['fromnode'], ['action']],
    ['- tcp-listener:\n  |', ['port'], []],
  ] as const)('at %j', (source, present, absent) => {
    const offered = labels(source);
    expect(offered).toEqual(expect.arrayContaining([...present]));
    for (const label of absent) expect(offered).not.toContain(label);
  });

  it('puts required fields first', () => {
    const offered = items('- tls-client:\n    |').toSorted((a, b) => a.sortText!.localeCompare(b.sortText!));
    expect(offered.slice(0, 3).map(({ label }) => label)).toEqual(['name', 'cert', 'key']);
  });

  it('repairs the indentation that an editor chose', () => {
    expect(chosen('- tcp-listener:\n  |', 'port')).toBe('- tcp-listener:\n    port: 27199');
  });

  it('tells since when a default holds', () => {
    expect(items('- tls-server:\n    mint|').find(({ label }) => label === 'mintls13')?.detail).toContain('since 1.6: true');
  });
});

describe('completion of values', () => {
  it('has examples for where nothing is typed: none stays for Enter to take while another value is', () => {
    const filters = (source: string): (string | undefined)[] => items(source).map(({ filterText }) => filterText);
    expect(filters('- tcp-peer:\n    address: |')).toEqual([' ']);
    expect(new Set(filters('- tcp-listener:\n    port: |'))).toEqual(new Set([' ']));
    expect(filters('- log-level:\n    level: |')).toContain('info');
  });

  const tls = '- tls-server:\n    name: s1\n    cert: c\n    key: k\n- tls-client:\n    name: c1\n    cert: c\n    key: k\n';
  it.each([
    ['- log-level: |', ['error', 'warning', 'info', 'debug']],
    ['- log-level:\n    level: |', ['error', 'warning', 'info', 'debug']],
    ['- tcp-peer:\n    address: a:1\n    redial: |', ['true', 'false']],
    [`${tls}- tcp-listener:\n    port: 1\n    tls: |`, ['s1']],
    [`${tls}- tcp-peer:\n    address: a:1\n    tls: |`, ['c1']],
    [`${tls}- tcp-server:\n    port: 1\n    tlsclient: |`, ['c1']],
    ['- node:\n    firewallrules:\n      - action: |', ['accept', 'reject', 'drop']],
    ['- control-service:\n    permissions: |', ['0600', '0660', '0666']],
  ] as const)('at %j', (source, expected) => expect(labels(source)).toEqual([...expected]));

  it('writes a blank right behind a colon', () => expect(chosen(`${tls}- tcp-listener:\n    tls:|`, 's1')).toContain('tls: s1'));

  it('suggests what the mesh knows', () => {
    const live = { nodes: ['far'], services: { far: ['web'], near: ['dns'] }, workTypes: ['cat'] };
    expect(labels('- tcp-listener:\n    allowedpeers:\n      - |', { live })).toContain('far');
    expect(labels('- tcp-server:\n    remotenode: far\n    remoteservice: |', { live })).toEqual(['web', 'control']);
    expect(labels('- work-command:\n    worktype: |', { live })).toContain('cat');
    expect(labels('- tcp-listener:\n    nodecost:\n      |', { live })).toContain('far');
  });

  it('suggests files beside the config and below a folder', () => {
    const folders: Record<string, { name: string; folder: boolean }[]> = {
      '/etc/receptor/': [
        { name: 'tls', folder: true },
        { name: 'my key.pem', folder: false },
      ],
      '/base/': [{ name: 'ca.crt', folder: false }],
    };
    const context = {
      ...serviceContext({}),
      listDirectory: (path: string) => folders[path] ?? [],
      check: { files: 'off' as const, baseDirectory: '/base', now: Date.now },
    };
    expect(labels('- tls-client:\n    cert: /etc/receptor/|', context)).toEqual(['/etc/receptor/tls/', '/etc/receptor/my key.pem']);
    expect(labels('- tls-client:\n    cert: |', context)).toContain('ca.crt');
    expect(labels('- node:\n    datadir: /etc/receptor/|', context)).toEqual(['/etc/receptor/tls/']);
  });
});

describe('completion in v2', () => {
  it('offers sections, then fields of entries', () => {
    expect(labels('node:\n  id: a\n|')).toEqual(expect.arrayContaining(['tcp-listeners', 'control-services', 'iprouters']));
    expect(labels('node:\n  id: a\n|')).not.toContain('node');
    expect(labels('tcp-listeners:\n  - |')).toContain('port');
    expect(chosen('tcp-listeners:\n  |', 'port')).toBe('tcp-listeners:\n  - port: 27199');
    expect(chosen('node:\n  id: a\ntcp-p|', 'tcp-peers')).toBe('node:\n  id: a\ntcp-peers:\n  - address: hop1.example.org:27199');
  });
});

describe('completion stays silent', () => {
  it.each(['# |', '- node:\n    id: {{ na|me }}', '- foo:\n    |', '- node:\n    id: a # |'])('at %j', (source) =>
    expect(labels(source)).toEqual([]),
  );
});
