import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigDocument } from '../../../server/src/config/document.ts';
import type { Finding, Fix } from '../../../server/src/config/findings.ts';
import { goValue, type GoValue } from '../../../server/src/config/go-values.ts';
import { checkConfig } from '../../../server/src/rules/check.ts';
import { codeActions, fixAll } from '../../../server/src/service/actions.ts';
import { alternative, repair } from '../../../server/src/service/fixes.ts';
import { scalar } from '../../../server/src/service/scalar.ts';
import { parseYaml } from '../../../server/src/yaml/parse.ts';
import { root } from '../../harness/paths.ts';
import { startCases } from '../../daemon/start-cases.ts';
import { v2Cases } from '../../daemon/v2-cases.ts';
import { applied } from './documents.ts';

const check = { files: 'off', now: Date.now } as const;
const everywhere = { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } };

/** The text after the code action whose title matches. */
function after(text: string, title: RegExp): string {
  const document = new ConfigDocument(text);
  const actions = codeActions(document, everywhere, checkConfig(document, check), ['quickfix']);
  const action = actions.find((a) => title.test(a.title));
  if (action?.edits === undefined) throw new Error(`${String(title)} is not offered, only: ${actions.map((a) => a.title).join(', ')}`);
  return applied(text, action.edits);
}

/** The text after a fix of a finding on the given part of the text. */
function fixed(text: string, part: string, fix: Fix): string {
  const start = text.indexOf(part);
  const finding: Finding = {
    span: { start, end: start + part.length },
    severity: 'error',
    code: 'test',
    message: '',
    phase: 'load',
    fixes: [fix],
  };
  const document = new ConfigDocument(text);
  const made = repair(document, finding, fix);
  return made === undefined ? 'no fix' : applied(text, made.edits);
}

const backend = '- local-only: null\n';

describe('code actions of findings', () => {
  it.each<[name: string, before: string, title: RegExp, after: string]>([
    ['did you mean an action', `- nod:\n    id: a\n${backend}`, /Change to node/, `- node:\n    id: a\n${backend}`],
    ['did you mean a field', `- tcp-listener:\n    prot: 1\n`, /Change to port/, `- tcp-listener:\n    port: 1\n`],
    [
      'did you mean a value',
      `- log-level:\n    level: warn\n${backend}`,
      /Change to warning/,
      `- log-level:\n    level: warning\n${backend}`,
    ],
    ['lower case', `- Node:\n    id: a\n${backend}`, /Change to node/, `- node:\n    id: a\n${backend}`],
    [
      'missing fields',
      `- tls-client:\n    name: a\n${backend}`,
      /^Add cert, key$/,
      `- tls-client:\n    name: a\n    cert: /etc/receptor/tls/node.crt\n    key: /etc/receptor/tls/node.key\n${backend}`,
    ],
    [
      'missing fields in flow style',
      `- tls-client: {name: a, cert: ""}\n${backend}`,
      /^Add key$/,
      `- tls-client: {name: a, cert: "", key: /etc/receptor/tls/node.key}\n${backend}`,
    ],
    ['missing fields of an action alone', '- tcp-listener:\n', /^Add port$/, '- tcp-listener:\n    port: 27199\n'],
    ['missing fields of an action without colon', '- tcp-listener\n', /^Add port$/, '- tcp-listener:\n    port: 27199\n'],
    ...[' {}', '', ' ~', ' {local: false}', ' {local: }'].map((value): [string, string, RegExp, string] => [
      `a local-only that v2 skips:${value}`,
      `node: {id: a}\nlocal-only:${value} # alone\n`,
      /local/,
      'node: {id: a}\nlocal-only: {local: true} # alone\n',
    ]),
    [
      'a local-only that v2 skips, below its key',
      'node: {id: a}\nlocal-only:\n  local:\n',
      /local/,
      'node: {id: a}\nlocal-only:\n  local: true\n',
    ],
    [
      'a name of a node that is no text',
      `- tcp-listener:\n    port: 1\n    nodecost:\n      y: 2\n`,
      /in quotes$/,
      `- tcp-listener:\n    port: 1\n    nodecost:\n      'y': 2\n`,
    ],
    [
      'a field of v2 without a value',
      'node: {id: a}\nunix-socket-clients:\n  - service: # which\n',
      /^Add service, filename$/,
      'node: {id: a}\nunix-socket-clients:\n  - service: echo # which\n    filename: /run/docker.sock\n',
    ],
    [
      'a field of v2 without a value, in flow style',
      'node: {id: a}\ntcp-peers: [{address: , cost: 2}]\n',
      /^Add address$/,
      'node: {id: a}\ntcp-peers: [{address: hop1.example.org:27199, cost: 2}]\n',
    ],
    [
      'the two-space mistake',
      `- node:\n  id: a\n  datadir: /d\n${backend}`,
      /^Indent the fields/,
      `- node:\n    id: a\n    datadir: /d\n${backend}`,
    ],
    [
      'the two-space mistake beside a value',
      `- tcp-peer: host:1 # mine\n  redial: false\n  # dear\n  cost: 2\n`,
      /^Indent the fields/,
      `- tcp-peer:\n    address: host:1 # mine\n    redial: false\n    # dear\n    cost: 2\n`,
    ],
    ['the two-space mistake beside null', `- node: ~\n  id: a\n${backend}`, /^Indent the fields/, `- node: \n    id: a\n${backend}`],
    [
      'the two-space mistake beside fields',
      `- node:\n   id: a\n  datadir: /d\n${backend}`,
      /^Indent the fields/,
      `- node:\n   id: a\n   datadir: /d\n${backend}`,
    ],
    ['the two-space mistake behind a far dash', `-   node:\n    id: a\n${backend}`, /^Indent/, `-   node:\n      id: a\n${backend}`],
    [
      'a forgotten dash behind fields that lack blanks',
      `- node:\n  id: a\n  tcp-listener:\n    port: 1\n`,
      /^Make each action/,
      `- node:\n  id: a\n- tcp-listener:\n    port: 1\n`,
    ],
    [
      'a forgotten dash',
      `- node:\n    id: a\n  tcp-listener:\n    port: 1\n`,
      /^Make each action/,
      `- node:\n    id: a\n- tcp-listener:\n    port: 1\n`,
    ],
    [
      'blanks between routes, in flow style',
      `- ip-router: {networkname: v, localnet: 10.1.0.0/30, routes: "10.2.0.0/16, 10.3.0.0/16"}\n${backend}`,
      /^Remove the blanks/,
      `- ip-router: {networkname: v, localnet: 10.1.0.0/30, routes: "10.2.0.0/16,10.3.0.0/16"}\n${backend}`,
    ],
    [
      'a path that wants quotes',
      '- ws-listener: {port: 1, path: "a,b"}\n- ws-listener: {port: 2}\n',
      /^Change to .a,b/,
      '- ws-listener: {port: 1, path: "/a,b"}\n- ws-listener: {port: 2}\n',
    ],
    ['a section below others that are indented', ' node: {id: a}\n', /^Add local-only/, ' node: {id: a}\n local-only:\n   local: true\n'],
    [
      'a misspelt name of a tls-server, in its quotes',
      `- tls-server: {name: mesh-server, cert: a, key: b}\n- tcp-listener: {port: 1, tls: "mesh-sever"}\n`,
      /^Change to mesh-server$/,
      `- tls-server: {name: mesh-server, cert: a, key: b}\n- tcp-listener: {port: 1, tls: "mesh-server"}\n`,
    ],
    [
      'a misspelt name of a tls-client of v2',
      `node: {id: a}\ntls-clients: [{name: 'my mesh', cert: a, key: b}]\ntcp-peers:\n  - address: h:1\n    tls: my mesg # c\n`,
      /^Change to my mesh$/,
      `node: {id: a}\ntls-clients: [{name: 'my mesh', cert: a, key: b}]\ntcp-peers:\n  - address: h:1\n    tls: my mesh # c\n`,
    ],
    ['an item behind a byte order mark', `\uFEFF- node:\n    id: a\n`, /^Add local-only/, `\uFEFF- node:\n    id: a\n- local-only: null\n`],
    [
      'a section behind a byte order mark',
      `\uFEFFnode:\n  id: a\n`,
      /^Add local-only/,
      `\uFEFFnode:\n  id: a\nlocal-only:\n  local: true\n`,
    ],
    [
      'fields behind a byte order mark',
      `\uFEFF- tcp-listener:\n${backend}`,
      /^Add port/,
      `\uFEFF- tcp-listener:\n    port: 27199\n${backend}`,
    ],
    [
      'the name of the only tls-client',
      `- tls-client: {name: "a, b", cert: '', key: ''}\n- ws-peer: {address: "wss://h:1"}\n`,
      /^Add tls$/,
      `- tls-client: {name: "a, b", cert: '', key: ''}\n- ws-peer: {address: "wss://h:1", tls: 'a, b'}\n`,
    ],
    ['quotes behind an anchor', `- node: {id: &x 017}\n${backend}`, /^Put 017 in quotes/, `- node: {id: &x '017'}\n${backend}`],
    ['an unknown field removed', `- node:\n    id: a\n    foo: b\n${backend}`, /^Remove this field/, `- node:\n    id: a\n${backend}`],
  ])('%s', (_name, before, title, expected) => expect(after(before, title)).toBe(expected));

  it.each([
    ['- node: {id: a}\n  datadir: /d\n', 'its braces'],
    ['- node: a\n  id: b\n', 'a field `id` there'],
    ['- node:\n    id: a\n  id: b\n', 'below `id`'],
    ['- tcp-server: x\n  port: 1\n', 'in place of its value'],
    ['- tcp-peer: |\n    host:1\n  redial: true\n', 'a field `address` there'],
    ['- tcp-peer: &a host:1\n- ws-peer: *a\n  redial: true\n', 'in place of its value'],
  ])('none that moves fields in %j', (text, advice) => {
    const document = new ConfigDocument(text);
    const found = checkConfig(document, check).find(({ code }) => code === 'item-names')!;
    expect(found.message).toContain(advice);
    expect(found.fixes).toEqual([]);
  });

  it.each([
    '# mine\n{"node": {"id": "a"}, "tcp-listeners": [{"port": 1, "tls": "s"}]}\n',
    '[node: {id: a}, work-signing]\n',
    'work-signing: {privatekey: k, tokenexpiration: ""}\nlocal-only: {local: true}\n',
  ])('add nothing where there is no place for it: %j', (text) => {
    const document = new ConfigDocument(text);
    expect(
      codeActions(document, everywhere, checkConfig(document, check), ['quickfix']).filter(({ title }) => title.startsWith('Add')),
    ).toEqual([]);
  });

  it('are preferred where they are the only way', () => {
    const document = new ConfigDocument(`- nod:\n    id: a\n${backend}`);
    expect(codeActions(document, everywhere, checkConfig(document, check), ['quickfix'])[0]).toMatchObject({ preferred: true });
  });

  it('are those of the selected range', () => {
    const document = new ConfigDocument(`- nod:\n    id: a\n${backend}`);
    const range = { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } };
    expect(codeActions(document, range, checkConfig(document, check), ['quickfix'])).toEqual([]);
  });
});

describe('rewriting in the other format', () => {
  it.each([
    ['- node: {id: a}\n', ['Convert to v2 (for --config-v2)']],
    ['node: {id: a}\n', ['Convert to v1']],
    ['- node: {id: a}\n- tcp-peer: {\n', []],
    ['- node: {id: "{{ a }}"}\n', []],
  ])('of %j', (text, titles) => {
    const document = new ConfigDocument(text);
    expect(codeActions(document, everywhere, [], ['refactor.rewrite']).map(({ title }) => title)).toEqual(titles);
  });
});

describe('fixes', () => {
  it.each<[name: string, before: string, part: string, fix: Fix, after: string]>([
    ['quote', '- node:\n    id: yes\n', 'yes', { kind: 'quote', span: { start: 16, end: 19 } }, "- node:\n    id: 'yes'\n"],
    ['unquote', "- local-only: 'x'\n", "'x'", { kind: 'unquote', span: { start: 14, end: 17 } }, '- local-only: x\n'],
    [
      'add a TLS item',
      '- tcp-peer:\n    address: a:1\n    tls: c\n',
      'c\n',
      { kind: 'add-tls', action: 'tls-client', name: 'c' },
      '- tcp-peer:\n    address: a:1\n    tls: c\n- tls-client:\n    name: c\n    cert: /etc/receptor/tls/node.crt\n    key: /etc/receptor/tls/node.key\n    rootcas: /etc/receptor/tls/ca.crt\n',
    ],
    [
      'add a backend, blank lines kept',
      '- node:\n    id: a\n\n- log-level: info\n# end\n',
      'node',
      { kind: 'add-backend' },
      '- node:\n    id: a\n\n- log-level: info\n\n- local-only: null\n# end\n',
    ],
    ['add a backend to an empty config', '# nothing\n', '#', { kind: 'add-backend' }, '# nothing\n- local-only: null\n'],
    [
      'add a verification',
      '- node:\n    id: a',
      'node',
      { kind: 'add-verification' },
      '- node:\n    id: a\n- work-verification:\n    publickey: /etc/receptor/signing/public.pem',
    ],
    [
      'remove an item',
      '- node:\n    id: a\n- trace: null\n- log-level: info\n',
      'trace',
      { kind: 'remove-item' },
      '- node:\n    id: a\n- log-level: info\n',
    ],
    [
      'remove a field in flow style',
      '- node: {id: a, foo: 1, datadir: b}\n',
      'foo',
      { kind: 'remove-field' },
      '- node: {id: a, datadir: b}\n',
    ],
    ['remove the last field in flow style', '- node: {id: a, foo: 1}\n', 'foo', { kind: 'remove-field' }, '- node: {id: a}\n'],
    [
      'remove a field in flow style of several lines',
      '- node: {\n    id: a,\n    foo: 1, datadir: b}\n',
      'foo',
      { kind: 'remove-field' },
      '- node: {\n    id: a,\n    datadir: b}\n',
    ],
    [
      'remove the only field in flow style of several lines',
      '- node: {\n    foo: 1}\n',
      'foo',
      { kind: 'remove-field' },
      '- node: {\n    }\n',
    ],
    [
      'remove the only field of an entry of a v2 list',
      'tcp-peers:\n  - address: h:1\n  -\n    redial: false\n',
      'redial',
      { kind: 'remove-field' },
      'tcp-peers:\n  - address: h:1\n  -\n    {}\n',
    ],
    [
      'remove the only field of a v2 section',
      'local-only:\n  foo: 1\nversion: 2\n',
      'foo',
      { kind: 'remove-field' },
      'local-only:\nversion: 2\n',
    ],
    ['remove the only field', '- local-only:\n    foo: 1\n- trace\n', 'foo', { kind: 'remove-field' }, '- local-only:\n- trace\n'],
    [
      'remove a field of several lines',
      '- node:\n    foo:\n      - a\n      - b\n    id: a\n',
      'foo',
      { kind: 'remove-field' },
      '- node:\n    id: a\n',
    ],
  ])('%s', (_name, before, part, fix, expected) => expect(fixed(before, part, fix)).toBe(expected));

  it('add no field to a section whose fields stand at the top', () => {
    const text = 'work-signing.privatekey: /k\n';
    expect(fixed(text, 'work-signing', { kind: 'add-fields', names: ['tokenexpiration'] })).toBe('no fix');
  });

  it('keep CRLF', () => {
    expect(fixed('- node:\r\n    id: a\r\n', 'node', { kind: 'add-backend' })).toBe('- node:\r\n    id: a\r\n- local-only: null\r\n');
  });
});

describe('fix all', () => {
  const allFixed = (text: string): string => {
    const document = new ConfigDocument(text);
    return applied(text, fixAll(document, checkConfig(document, check)));
  };

  it('does what cannot be meant otherwise, once', () => {
    const text = '- nod:\n    id: a\n- tcp-listener:\n  port: 1\n- tcp-peer:\n    adress: a:1\n';
    const result = allFixed(text);
    expect(result).toBe('- node:\n    id: a\n- tcp-listener:\n    port: 1\n- tcp-peer:\n    address: a:1\n');
  });

  it.each([
    ['a section that stands there', 'node: {id: a}\ntcp-listeners: [{port: 1}]\ntcp-liseners: [{port: 2}]\n'],
    ['one in other letter case', 'node: {id: a}\nTCP-Listeners: [{port: 1}]\ntcp-liseners: [{port: 2}]\n'],
    ['one that was renamed', 'node: {id: a}\ntcp-listener: {port: 1}\ntcp-listeners: [{port: 2}]\n'],
    ['one of which a field stands there', 'node.id: a\nnod: {id: b}\ntcp-listeners: [{port: 2}]\n'],
  ])('names no v2 section like %s: with a key twice the daemon reads nothing', (_name, text) => expect(allFixed(text)).toBe(text));

  it('gives one name once only', () => {
    expect(allFixed('tcp-liseners: [{port: 1}]\ntcp-listners: [{prot: 2, porrt: 3}]\n')).toBe(
      'tcp-listeners: [{port: 1}]\ntcp-listners: [{prot: 2, porrt: 3}]\n',
    );
    expect(allFixed('tcp-listeners: [{prot: 2, porrt: 3}]\n')).toBe('tcp-listeners: [{port: 2, porrt: 3}]\n');
  });

  it('names no field like one that stands empty', () => {
    const text = 'tls-servers:\n  - name:\n    nmae: s\n    cert: /c\n    key: /k\n';
    expect(allFixed(text)).toBe(text);
  });

  it.each([
    ['- tcp-listener: {port: 1, host: 127.0.0.1}\n', '- tcp-listener: {port: 1, bindaddr: 127.0.0.1}\n'],
    ['- ws-peer: {address: "ws://h", host: h}\n', undefined],
    ['- udp-peer: {address: "h:1", port: 1}\n', undefined],
    ['- tcp-peer: {host: h, port: 1}\n', '- tcp-peer: {address: h, port: 1}\n'],
    ['- tcp-peer: {port: 1, cert: a.crt, tls: x}\n', undefined],
    ['- tls-client: {cert: a, key: b, cacert: c}\n', '- tls-client: {cert: a, key: b, rootcas: c}\n'],
    ['- control-service: {service: c, filename: s, permissions: 0668}\n', undefined],
    ['- control-service: {service: c, filename: s, permissions: 2770}\n', undefined],
    [
      '- control-service: {service: c, filename: s, permissions: 660}\n',
      '- control-service: {service: c, filename: s, permissions: 0660}\n',
    ],
    ['- node:\n  id: a\n  id: b\n', undefined],
    ['- log-level:\n    level: |-\n      warn\n- local-only:\n', '- log-level:\n    level: warning\n- local-only:\n'],
    ['- ws-client: {address: "ws://h"}\n', '- ws-peer: {address: "ws://h"}\n'],
  ])('writes no other name where that would mean something else: %j', (text, result) => expect(allFixed(text)).toBe(result ?? text));

  it('keeps what a dot leads to', () => expect(allFixed('nodes.id: a\n')).toBe('node.id: a\n'));
});

describe('in every style', () => {
  const examples = readFileSync(path.join(root, 'docs/rules.md'), 'utf8')
    .split(/^```yaml fails.*\n/m)
    .slice(1)
    .map((part) => part.slice(0, part.indexOf('```')));
  const starts = [...startCases, ...v2Cases].filter((_, i) => process.env['SOAK'] === '1' || i % 6 === 0);
  const sources = [...new Set([...examples, ...starts])];

  /** As JSON, or as YAML in one line. */
  function flow(value: GoValue, json: boolean): string {
    if (value.type === 'list') return `[${value.items.map((item) => flow(item, json)).join(', ')}]`;
    if (value.type === 'map')
      return `{${value.entries.map((entry) => `${flow(entry.key, json)}:${json ? '' : ' '}${flow(entry.value, json)}`).join(', ')}}`;
    if (value.type === 'null') return json ? 'null' : '';
    if (value.type !== 'string' && value.type !== 'time') return String(value.value);
    return json ? JSON.stringify(value.value) : scalar(value.value, true);
  }

  it.each(['as it is', 'in flow style', 'as JSON'])('%s: what a fix leaves is YAML, and has all the rest', (style) => {
    const bad: string[] = [];
    for (const source of sources) {
      const { format, problem } = new ConfigDocument(source).model;
      const { root: tree } = parseYaml(source, format === 'v1' ? 'yaml.v2' : 'yaml.v3');
      if (problem !== undefined || tree === undefined) continue;
      const text = style === 'as it is' ? source : `${flow(goValue(tree, format === 'v1' ? 'yaml.v2' : 'yaml.v3'), style === 'as JSON')}\n`;
      const document = new ConfigDocument(text, { format });
      if (document.model.problem !== undefined) continue;
      const findings = checkConfig(document, check);
      for (const finding of findings) {
        const same = (other: Finding): boolean => other.message === finding.message;
        for (const fix of finding.fixes ?? []) {
          for (const made of [repair(document, finding, fix), alternative(document, finding, fix)]) {
            if (made === undefined) continue;
            const result = applied(text, made.edits);
            const { model } = new ConfigDocument(result, { format });
            const count = model.items.length - document.model.items.length;
            const left = checkConfig(new ConfigDocument(result, { format }), check).filter(same).length;
            if (model.problem !== undefined || count < (fix.kind === 'remove-item' ? -1 : 0) || left >= findings.filter(same).length)
              bad.push(`${fix.kind} of ${finding.code}: ${text}=> ${result}`);
          }
        }
      }
    }
    expect(bad).toEqual([]);
  });
});
