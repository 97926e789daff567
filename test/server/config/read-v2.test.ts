import { describe, expect, it } from 'vitest';
import { ConfigDocument } from '../../../server/src/config/document.ts';
import { fieldOf } from '../../../server/src/config/model.ts';
import { shapeOf } from '../../../server/src/config/shape.ts';
import { checkConfig } from '../../../server/src/rules/check.ts';

const check = (text: string, path = '', receptorVersion = '1.6.9') =>
  checkConfig(new ConfigDocument(text, { path, receptorVersion }), { files: 'off', now: () => 0 }).map((f) => `${f.severity} ${f.code}`);

const good = 'node: {id: a}\ntcp-listeners: [{port: 27199}]\n';

describe('the shape of a text', () => {
  it.each([
    ['- node: {}', 'v1'],
    ['node: {}', 'v2'],
    ['# x\n---\n"node": {}', 'v2'],
    ['{node: {}}', 'v2'],
    ['[{node: {}}]', 'v1'],
    ['', 'v1'],
    ['hello', 'v1'],
    ['&a node: x', 'v2'],
    ['node:\n\tid: a', 'v2'],
  ])('%j is %s', (text, format) => {
    expect(shapeOf(text)).toBe(format);
  });
});

describe('v2', () => {
  it('reads keys in any case, single entries without a list, dots outside lists', () => {
    const { items } = new ConfigDocument('NODE.Id: a\nTCP-Listeners: {Port: "27199"}\n').model;
    expect(items.map(({ reading }) => reading.spec?.key)).toEqual(['node', 'tcp-listeners']);
    expect(fieldOf(items[0]!.reading, 'id')?.value).toBe('a');
    expect(fieldOf(items[1]!.reading, 'port')?.value).toBe(27_199);
  });

  it('follows dots in the keys of a section, and not in those of a list', () => {
    const { items } = new ConfigDocument('tcp-listeners: {port: 1, nodecost.b: 2, nodecost.c: 3}\nnode.id: a\n').model;
    expect(fieldOf(items[0]!.reading, 'nodecost')?.value).toEqual(
      new Map([
        ['b', 2],
        ['c', 3],
      ]),
    );
    const dotted = 'node: {id: a}\nlocal-only.local: true\nwork-signing.privatekey: k\nWork-Signing.tokenexpiration: 1h\n';
    expect(check(dotted)).toEqual([]); // several keys, one section
    expect(check('node: {id.x: a}\ntcp-listeners: [{port: 1}]\n')).toEqual(['error wrong-type']);
    expect(check('node: {id: a}\nnode.id.x: b\ntcp-listeners: [{port: 1}]\n')).toEqual(['error wrong-type']);
    expect(check('node: {id: a}\ntcp-listeners: {port: 1, nodecost: {b.c: 2}}\n')).toEqual(['error wrong-type']);
    expect(check('node: {id: a}\ntcp-listeners: [{port: 1, nodecost: {b.c: 2}}]\n')).toEqual([]);
    expect(check('node: {id: a}\ntcp-listeners: [{port: 1, port.x: 2}]\n')).toEqual(['warning unknown-field']);
  });

  it.each([
    ['log-level:\n  level: debug\n\n- work-command:\n    worktype: x\n', 'write `work-commands:` with a list below it'],
    ['tcp-listeners:\n  - port: 1\n- node: {id: a}\n', 'write `node:` with the fields below it'],
    ['node: {id: a}\r\n- local-only\r\n', 'write `local-only: {local: true}` instead'],
    ['node: {id: a}\n- command-service: {}\n', 'v2 has no `command-service`'],
    ['node:\n  id: a\n datadir: /d\n', 'This line is indented unlike those beside it'],
    ['tcp-peers:\n  - address: h:1\n  tls: x\n', 'Every line at this depth starts with a dash: what'],
    ['node: {id: a}\n- foo: b\n', 'This line is indented unlike those beside it'],
    ['node: {id: a}\n- note that\n', 'This line is indented unlike those beside it'],
    ['node:\n\tid: a\n', 'indent with blanks'],
    ['node: {id: a, id: b}\n', 'This key stands here twice'],
    ['node: {id: "\\q"}\n', 'This is no YAML that receptor reads: yaml: found unknown escape character'],
  ])('says of %j what to write', (text, advice) => {
    const [finding, ...rest] = new ConfigDocument(text, { format: 'v2' }).model.findings;
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({ severity: 'error', code: 'yaml' });
    expect(finding!.message).toContain(advice);
    expect(finding!.message).toContain('empty receptor config, skipping...');
  });

  it('warns of what is ignored silently', () => {
    expect(check(good)).toEqual([]);
    expect(check(`${good}tcp-peer: {address: x}\nbogus: 1\n`)).toEqual(['warning renamed-section', 'warning unknown-section']);
    expect(check('node: {id: a, foo: 1}\ntcp-listeners: [{port: 1, tlss: x}]\n')).toEqual([
      'warning unknown-field',
      'warning unknown-field',
    ]);
    expect(check(`${good}local-only: {}\n`)).toEqual(['warning v2-local-only']);
    expect(check('node: {id: a}\ntcp-peers:\n')).toEqual(['error no-backend']);
    expect(check('tcp-peers: ~\n')).toEqual(['error v2-empty']);
  });

  it('takes a field with nothing behind its colon for absent', () => {
    const [peer] = new ConfigDocument('tcp-peers:\n  - address:\n    cost: ~\n').model.items;
    expect(peer!.reading.fields).toEqual([]);
    expect(peer!.reading.hidden.map(({ name }) => name)).toEqual(['address', 'cost']);
    expect(check('node: {id: a}\ntcp-peers: [{address: }]\n')).toEqual(['error missing-field']);
    expect(check(`${good}work-signing: {privatekey: k, tokenexpiration: }\n`)).toEqual(['error token-expiration-missing']);
    expect(check('node: {id: a}\nws-listeners: [{port: 1, path: }]\n', '', '1.5.5')).toEqual(['error ws-path-empty']);
    expect(check(`${good}unix-socket-servers: [{filename: s, remotenode: b, remoteservice: x, permissions: }]\n`)).toEqual([
      'warning v2-socket-mode',
    ]);
    expect(check(`${good}work-kubernetes: [{worktype: x, namespace: , image: ~}]\n`)).toEqual([
      'warning kubernetes-namespace',
      'warning kubernetes-image',
    ]);
    expect(check('node: {id: a}\ntcp-listeners: [{port: 1, allowedpeers: , tls: }]\n')).toEqual([]);
    expect(check('node: {id: a}\ntcp-listeners: [{Port: , port: 1}]\n')).toEqual(['warning case-variants']);
  });

  it('refuses what cannot be decoded', () => {
    expect(check('node: {id: a}\ntcp-peers: [{address: "h:1", redial: no}]\n')).toEqual(['error bad-boolean']);
    expect(check('log-level: debug\n' + good)).toEqual(['error section-format']);
    expect(check('cert-init: {commonname: x, bits: 2048, notafter: 2030-01-01T00:00:00Z, outcert: c, outkey: k}\n')).toEqual([
      'error wrong-type',
    ]);
  });

  it('is taken for empty when YAML breaks, a key comes twice, or the name is wrong', () => {
    expect(check('node: {id: a, id: b}\ntcp-listeners: [{port: 1}]\n')).toEqual(['error yaml']);
    expect(check(good, 'file:///etc/receptor/receptor.conf')).toEqual(['error v2-extension']);
    expect(check(good, '/etc/receptor/receptor.yml')).toEqual([]);
    expect(check('node: {}\n')).toEqual(['error v2-empty']);
  });

  it('reads the first document only', () => {
    expect(check(`${good}---\nnode: [\n`)).toEqual(['warning second-document']);
    expect(check(`${good}...\nfoo\n`)).toEqual(['warning second-document']);
    expect(check(`---\n${good}---\n# nothing\n`)).toEqual([]);
    expect(check('node: {id: a}\n---\ntcp-listeners: [{port: 1}]\n')).toEqual(['error no-backend', 'warning second-document']);
  });

  it('runs on without an entry, as long as a backend is left', () => {
    expect(check('node: {id: a}\ntcp-listeners: [{port: 70000}, {port: 1}]\n')).toEqual(['warning port-range']);
    expect(check('node: {id: a}\ntcp-listeners: [{port: 70000}]\n')).toEqual(['error port-range']);
    expect(check('node: {id: a}\n')).toEqual(['error no-backend']);
    expect(check('node: {id: a}\nlocal-only: {}\n')).toEqual(['error v2-local-only']);
    expect(check('local-only: {local: false}\n')).toEqual(['error v2-local-only']);
    expect(check('node: {id: a}\nlocal-only: {local: yes}\n')).toEqual(['error bad-boolean']);
    expect(check(`${good}tls-clients: [{name: c, cert: x, key: ""}]\n`)).toEqual(['warning tls-half-pair']);
  });

  it('depends on the version', () => {
    expect(check('node: {id: a}\nws-listeners: [{port: 1}]\n', '', '1.5.5')).toEqual(['error ws-path-empty']);
    expect(check('node: {id: a}\nws-listeners: [{port: 1}]\n', '', '1.6.9')).toEqual([]);
  });
});
