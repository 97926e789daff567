import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DocumentSymbol, Range } from 'vscode-languageserver';
import { describe, expect, it } from 'vitest';
import { ConfigDocument } from '../../../server/src/config/document.ts';
import { Disk } from '../../../server/src/protocol/disk.ts';
import { foldingRanges } from '../../../server/src/service/folding.ts';
import { useLenses } from '../../../server/src/service/lens.ts';
import { documentLinks } from '../../../server/src/service/links.ts';
import { definitions, highlights, prepareRename, references, rename } from '../../../server/src/service/names.ts';
import { onNewLine } from '../../../server/src/service/on-type.ts';
import { selectionRanges } from '../../../server/src/service/selection.ts';
import { signatureHelp } from '../../../server/src/service/signature.ts';
import { documentSymbols } from '../../../server/src/service/symbols.ts';
import { serviceContext } from './context.ts';
import { applied, at } from './documents.ts';

const textAt = (document: ConfigDocument, range: Range): string =>
  document.text.slice(document.offsetAt(range.start), document.offsetAt(range.end));

const tls = `- tls-client:
    name: mesh
    cert: ""
    key: ""
- tls-server:
    name: mesh
    cert: c
    key: k
- tcp-peer:
    address: a:1
    tls: "mesh"
- ws-peer:
    address: wss://a:1
    tls: me|sh
- tcp-listener:
    port: 1
    tls: mesh
`;

describe('names', () => {
  it('lead to the definition of their own kind', () => {
    const { document, position } = at(tls);
    const [range, ...rest] = definitions(document, position);
    expect(rest).toEqual([]);
    expect(range!.start).toEqual({ line: 1, character: 10 });
  });

  it('are found in all their uses', () => {
    const { document, position } = at(tls);
    expect(references(document, position, false).map(({ start }) => start.line)).toEqual([10, 13]);
    expect(references(document, position, true)).toHaveLength(3);
    expect(highlights(document, position).map(({ kind }) => kind)).toEqual([3, 2, 2]);
  });

  it('are renamed together, quotes kept or added as needed', () => {
    const { document, position } = at(tls);
    expect(textAt(document, prepareRename(document, position).range)).toBe('mesh');
    const renamed = applied(document.text, rename(document, position, 'west'));
    expect(renamed).toContain('name: west\n    cert: ""');
    expect(renamed).toContain('tls: "west"\n');
    expect(renamed).toContain('name: mesh\n    cert: c');
    expect(applied(document.text, rename(document, position, 'a: b'))).toContain("tls: 'a: b'\n- tcp-listener");
  });

  it('are not renamed to one that is taken, nor where others know them', () => {
    const two = at('- tls-client: {name: a|, cert: "", key: ""}\n- tls-client: {name: b, cert: "", key: ""}\n');
    expect(() => rename(two.document, two.position, 'b')).toThrow('has a tls-client called b already');
    const node = at('- node: {id: a|}\n');
    expect(() => prepareRename(node.document, node.position)).toThrow('running mesh');
    const nothing = at('- tcp-listener: {port: 1|}\n');
    expect(() => prepareRename(nothing.document, nothing.position)).toThrow('Nothing here');
  });

  it.each([
    [
      "- tls-client: {name: &mesh1 me|sh, cert: '', key: ''}\n- tcp-peer: {address: 'h:1', tls: *mesh1}\n",
      "- tls-client: {name: &mesh1 wan, cert: '', key: ''}\n- tcp-peer: {address: 'h:1', tls: *mesh1}\n",
    ],
    [
      "- tls-client: {name: &m !!str \"mesh\", cert: '', key: ''}\n- tcp-peer: {address: 'h:1', tls: *m|}\n",
      "- tls-client: {name: &m !!str \"wan\", cert: '', key: ''}\n- tcp-peer: {address: 'h:1', tls: *m}\n",
    ],
    [
      "- node: {id: &x mesh}\n- tls-client: {name: mesh|, cert: '', key: ''}\n- tcp-peer: {address: 'h:1', tls: *x}\n",
      "- node: {id: &x mesh}\n- tls-client: {name: wan, cert: '', key: ''}\n- tcp-peer: {address: 'h:1', tls: wan}\n",
    ],
    [
      "- tls-client: {name: mesh, cert: '', key: ''}\n- tcp-peer: &p {address: 'h:1', tls: me|sh}\n- tcp-peer: {<<: *p, address: 'i:1'}\n",
      "- tls-client: {name: wan, cert: '', key: ''}\n- tcp-peer: &p {address: 'h:1', tls: wan}\n- tcp-peer: {<<: *p, address: 'i:1'}\n",
    ],
  ])('beside anchors and aliases are renamed once: %j', (source, after) => {
    const { document, position } = at(source);
    expect(applied(document.text, rename(document, position, 'wan'))).toBe(after);
  });

  it('that are written as numbers are renamed whole', () => {
    const { document, position } = at('- work-command:\n    worktype: 0|10\n    command: cat\n');
    expect(applied(document.text, rename(document, position, 'dog'))).toContain('worktype: dog\n');
  });

  it('that are blocks of text leave the next line alone', () => {
    const { document, position } = at('- work-command:\n    worktype: >-\n      c|at\n    command: cat\n');
    expect(applied(document.text, rename(document, position, 'dog'))).toContain('worktype: dog\n    command: cat');
  });

  it('of work types are renamed', () => {
    const { document, position } = at('- work-command:\n    worktype: c|at\n    command: cat\n');
    expect(applied(document.text, rename(document, position, 'dog'))).toContain('worktype: dog\n    command: cat');
  });

  it('of anchors mean the nearest before', () => {
    const { document, position } = at(
      '- tcp-peer:\n    address: &x a:1\n- tcp-peer:\n    address: &x b:1\n- tcp-peer:\n    address: *x|\n',
    );
    expect(definitions(document, position).map(({ start }) => start.line)).toEqual([3]);
    expect(applied(document.text, rename(document, position, 'hop'))).toContain('&hop b:1\n- tcp-peer:\n    address: *hop\n');
  });
});

describe('symbols', () => {
  const names = (symbols: readonly DocumentSymbol[]): string[] => symbols.map(({ name }) => name);

  it('read like a v1 config', () => {
    const document = new ConfigDocument(
      '- node: foo\n- tcp-listener:\n    port: 2222\n- work-command: {worktype: cat, command: /bin/cat}\n- local-only\n',
    );
    const symbols = documentSymbols(document);
    expect(names(symbols)).toEqual(['node foo', 'tcp-listener 2222', 'work-command cat', 'local-only']);
    expect(names(symbols[2]!.children!)).toEqual(['worktype', 'command']);
    expect(symbols[2]!.children![1]!.detail).toBe('/bin/cat');
  });

  it('show what a template says', () => {
    const document = new ConfigDocument(
      '- node:\n    id: {{ name }}\n- tcp-peer:\n    address: "{{ host }}:{{ port }}"\n- {{ proto }}-listener:\n    port: 1\n',
    );
    const symbols = documentSymbols(document);
    expect(names(symbols)).toEqual(['node {{ name }}', 'tcp-peer {{ host }}:{{ port }}', '{{ proto }}-listener 1']);
    expect(symbols[1]!.children![0]!.detail).toBe('{{ host }}:{{ port }}');
  });

  it('read like a v2 config', () => {
    const document = new ConfigDocument('node:\n  id: foo\ntcp-listeners:\n  - port: 2222\n  - port: 3333\n');
    const symbols = documentSymbols(document);
    expect(names(symbols)).toEqual(['node foo', 'tcp-listeners']);
    expect(names(symbols[1]!.children!)).toEqual(['tcp-listener 2222', 'tcp-listener 3333']);
  });

  it('keep selection ranges inside ranges, also in broken text', () => {
    for (const text of [
      '- node: [\n- tcp-listener:\n    port: 1\n',
      '- foo\n- 5\n-\n- {}\n',
      '- node:\n    id: a\n  x: b\n',
      'node: 1\ntcp-peers:\n',
    ]) {
      const document = new ConfigDocument(text);
      const check = (symbols: readonly DocumentSymbol[]): void => {
        for (const { name, range, selectionRange, children } of symbols) {
          expect(name).not.toBe('');
          expect(document.offsetAt(range.start)).toBeLessThanOrEqual(document.offsetAt(selectionRange.start));
          expect(document.offsetAt(range.end)).toBeGreaterThanOrEqual(document.offsetAt(selectionRange.end));
          check(children ?? []);
        }
      };
      check(documentSymbols(document));
    }
  });
});

describe('folding', () => {
  it('takes items, lists below them and runs of comments', () => {
    const document = new ConfigDocument(
      '# one\n# two\n- node:\n    id: a\n\n- tcp-listener:\n    port: 1\n    allowedpeers:\n      - a\n      - b\n',
    );
    expect(foldingRanges(document)).toEqual([
      { startLine: 0, endLine: 1, kind: 'comment' },
      { startLine: 2, endLine: 3 },
      { startLine: 5, endLine: 9 },
      { startLine: 7, endLine: 9 },
    ]);
  });

  it('takes v2 lists whose dashes stand below their key', () => {
    expect(foldingRanges(new ConfigDocument('tcp-peers:\n- address: a:1\n  cost: 2\n- address: b:1\n'))).toEqual([
      { startLine: 0, endLine: 3 },
      { startLine: 1, endLine: 2 },
    ]);
  });
});

it('selections grow from value to field, item and file', () => {
  const { document, position } = at('- node:\n    id: a\n- tcp-listener:\n    po|rt: 1\n    cost: 2\n');
  const grown: string[] = [];
  for (let range = selectionRanges(document, [position])[0]; range !== undefined; range = range.parent)
    grown.push(textAt(document, range.range).trim());
  expect(grown).toEqual(['port', 'port: 1', 'port: 1\n    cost: 2', 'tcp-listener:\n    port: 1\n    cost: 2', document.text.trim()]);
});

describe('lenses', () => {
  it('count who uses a TLS item', () => {
    const { document } = at(tls);
    expect(useLenses(document).map(({ title, uses }) => [title, uses.length])).toEqual([
      ['2 peers use this', 2],
      ['1 listener uses this', 1],
    ]);
  });

  it('say when nobody does', () => {
    expect(useLenses(new ConfigDocument('- tls-client: {name: a, cert: "", key: ""}\n'))[0]!.title).toBe('not used in this file');
  });
});

it('paths of files that exist are links', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'receptor-test-'));
  try {
    writeFileSync(path.join(folder, 'a.crt'), '');
    const document = new ConfigDocument(`- tls-client:\n    name: a\n    cert: a.crt\n    key: ${folder}/none.key\n`);
    const links = (files: 'on' | 'off') =>
      documentLinks(document, serviceContext({ check: { files, fileSystem: new Disk(), baseDirectory: folder, now: Date.now } }));
    expect(links('on').map(({ range, target }) => [textAt(document, range), target])).toEqual([
      ['a.crt', pathToFileURL(path.join(folder, 'a.crt')).href],
    ]);
    expect(links('off')).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('typing a new line', () => {
  const after = (source: string): string => {
    const { document, position } = at(source);
    return applied(
      document.text,
      onNewLine(document, position).map(({ range, newText }) => ({
        span: { start: document.offsetAt(range.start), end: document.offsetAt(range.end) },
        text: newText,
      })),
    );
  };
  it.each([
    ['- tcp-listener:\n  |', '- tcp-listener:\n    '],
    ['- node:\n      id: a\n- tcp-listener:\n  |', '- node:\n      id: a\n- tcp-listener:\n      '],
    ['- tcp-listener:\n    |', '- tcp-listener:\n    '],
    ['- tcp-listener:\n    port: 1\n    |', '- tcp-listener:\n    port: 1\n    '],
    ['- unknown:\n  |', '- unknown:\n  '],
    ['tcp-listeners:\n  |', 'tcp-listeners:\n  '],
  ])('%j', (source, expected) => expect(after(source)).toBe(expected));
});

describe('signature help', () => {
  const active = (source: string): string | undefined => {
    const { document, position } = at(source);
    const help = signatureHelp(document, position);
    const signature = help?.signatures[0];
    return signature?.parameters?.[help!.activeParameter ?? 0]?.label as string | undefined;
  };
  it.each([
    ['- node:\n    firewallrules:\n      - |', 'action: accept | reject | drop'],
    ['- node:\n    firewallrules:\n      - action: drop\n        |', 'fromnode: name | /regex/'],
    ['- node:\n    firewallrules:\n      - action: drop\n        toservice: |', 'toservice: name | /regex/'],
    ['- work-signing:\n    tokenexpiration: 5|', '<number><unit>…'],
    ['- tcp-listener:\n    port: |', undefined],
  ])('%j', (source, expected) => expect(active(source.replaceAll(' | ', ' ¦ ').replace(/\|(?=.*\|)/g, '¦'))).toBe(expected));

  it('says what a duration means while it is typed', () => {
    const { document, position } = at('- work-signing:\n    tokenexpiration: 90|');
    const documentation = (text: ReturnType<typeof signatureHelp>): string =>
      (text!.signatures[0]!.documentation as { value: string }).value;
    expect(documentation(signatureHelp(document, position))).toContain('`90` has no unit yet');
    const full = at('- work-signing:\n    tokenexpiration: 90m|');
    expect(documentation(signatureHelp(full.document, full.position))).toContain('1 hour 30 minutes');
  });
});
