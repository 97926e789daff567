import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigDocument } from '../../../server/src/config/document.ts';
import { fieldOf, type ConfigField, type FirewallRule } from '../../../server/src/config/model.ts';
import { checkConfig } from '../../../server/src/rules/check.ts';
import { knowledgeOf, type ConfigFormat } from '../../../server/src/schema/knowledge.ts';
import { convert } from '../../../server/src/service/convert.ts';
import { root } from '../../harness/paths.ts';
import { below, pick, seeded, testSeed } from '../../harness/random.ts';

const check = { files: 'off', now: Date.now } as const;

function converted(text: string, to: ConfigFormat, receptorVersion?: string): { text: string; notes: readonly string[] } {
  return convert(new ConfigDocument(text, { receptorVersion }), to, check);
}

const errors = (text: string, receptorVersion?: string): string[] =>
  checkConfig(new ConfigDocument(text, { receptorVersion }), check)
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message }) => `${code}: ${message}`);

describe('v1 to v2', () => {
  it('groups items in sections and keeps comments', () => {
    const { text, notes } = converted(
      `---
# The hop of the west.

# who we are
- node:
    id: hop1  # unique
- tcp-listener:
    # for the east
    port: 2222
    allowedpeers:
      - east
- log-level: debug
- tcp-listener: {port: "3333", cost: 2.0}
- local-only
`,
      'v2',
      '1.5.5',
    );
    expect(text).toBe(`---
# The hop of the west.

# who we are
node:
  id: hop1  # unique

tcp-listeners:
  # for the east
  - port: 2222
    allowedpeers:
      - east
  - port: 3333
    cost: 2

log-level:
  level: debug

local-only:
  local: true
`);
    expect(notes).toEqual([]);
  });

  it('writes values so that the other YAML library reads the same', () => {
    const { text } = converted(
      '- node: {id: yes}\n- tcp-peer: {address: "a:1", redial: yes}\n- control-service: {service: c, permissions: 0660}\n- cert-x: 1\n- tcp-listener: {port: 02222}\n',
      'v2',
    );
    expect(text).toContain("id: 'true'");
    expect(text).toContain('redial: true');
    expect(text).toContain('permissions: 0660');
    expect(text).toContain('port: 1170');
  });

  it('spells out defaults that v2 does not share', () => {
    const source =
      '- tls-server: {name: s, cert: c, key: k}\n- unix-socket-server: {filename: /s, remotenode: a, remoteservice: b}\n- local-only:\n';
    expect(converted(source, 'v2', '1.6.9').text).toContain('mintls13: true');
    expect(converted(source, 'v2', '1.5.5').text).not.toContain('mintls13');
    expect(converted(source, 'v2').text).toContain('permissions: 0600');
  });

  it('keeps what has no counterpart as a comment, and says so', () => {
    const { text, notes } = converted(
      '- node: {id: a}\n- command-service:\n    service: top\n    command: top\n- udp-client: {service: u, address: "a:1"}\n- local-only: null\n',
      'v2',
    );
    expect(text).toContain('# `command-service` has no counterpart in v2:\n# - command-service:\n#     service: top\n#     command: top\n');
    expect(text).toContain('# - udp-client: {service: u');
    expect(text).not.toMatch(/^udp-clients/m);
    expect(notes).toHaveLength(2);
  });

  it('tells of what v2 does otherwise', () => {
    const { text, notes } = converted('- tcp-peer: {address: "a:1", redial: false}\n- tcp-listener: {port: 1, nodecost: {Bob: 2}}\n', 'v2');
    expect(notes.join('\n')).toMatch(/redial: false.*\n.*nodecost/);
    expect(text).toMatch(/^# Note: /);
  });

  it('tells of zeros and empty texts that v2 replaces by its defaults', () => {
    const { notes } = converted("- control-service: {service: '', filename: /tmp/s, permissions: 0}\n- tcp-listener: {port: 0}\n", 'v2');
    expect(notes).toEqual([
      '`service: ""` is as good as not written in v2: the default is `control`.',
      '`permissions: 0` is as good as not written in v2: the default is `0600`.',
    ]);
  });
});

describe('v2 to v1', () => {
  it('leaves out the zeros and empty texts that v2 replaces by its defaults', () => {
    const { text, notes } = converted(
      `node: {id: a, datadir: ""}
log-level: {level: ""}
control-services: [{service: "", filename: /tmp/s, permissions: 0}]
work-kubernetes: [{worktype: w, image: i, namespace: n, authmethod: "", streammethod: ""}]
unix-socket-servers: [{filename: /tmp/u, permissions: 0, remotenode: b, remoteservice: c}]
tcp-listeners: [{port: 0, cost: 0, bindaddr: ""}]
ws-listeners: [{port: 1, path: ""}]
tcp-peers: [{address: "h:1", cost: 0, redial: false}]
`,
      'v1',
      '1.6.9',
    );
    expect(errors(text, '1.6.9')).toEqual([]);
    expect(text.replaceAll(/^# Note: .*\n/gm, '')).toBe(`- node:
    id: a

- log-level: null

- control-service:
    filename: /tmp/s

- work-kubernetes:
    worktype: w
    image: i
    namespace: 'n'
    deletepodonrestart: false

- unix-socket-server:
    filename: /tmp/u
    permissions: 0
    remotenode: b
    remoteservice: c

- tcp-listener:
    port: 0

- ws-listener:
    port: 1

- tcp-peer:
    address: "h:1"
`);
    expect(notes).toContain('`redial: false` is as good as not written in v2 and was left out: the default is `true`.');
  });

  it('leaves out what has no value in v2, which v1 would refuse', () => {
    const { text } = converted(
      'node:\n  id: a\n  datadir:\ntls-clients:\n  - name: c\n    cert:\n    key: ~\nlocal-only: {local: true}\n',
      'v1',
    );
    expect(text).not.toContain('datadir');
    expect(text).toContain("cert: ''");
    expect(errors(text)).toEqual([]);
  });

  it('writes an item for each entry, comments kept', () => {
    const { text } = converted(
      '# mine\n\nnode:\n  id: a\n# links\ntcp-peers:\n  # the hop\n  - address: hop:1\n    cost: 1.5\n  - address: hop:2\nlocal-only:\n  local: true\nversion: 2\n',
      'v1',
    );
    expect(text).toContain('# mine\n');
    expect(text).toContain('- node:\n    id: a\n');
    expect(text).toContain('# the hop\n- tcp-peer:\n    address: hop:1\n    cost: 1.5\n');
    expect(text).toContain('- local-only: null\n');
    expect(text).not.toContain('version');
  });

  it('leaves nothing that v1 would refuse', () => {
    const { text, notes } = converted(
      'node:\n  id: a\n  colour: red\nbogus: 1\ntcp-listeners:\n  - port: 1\ntls-clients:\n  - name: t\n',
      'v1',
    );
    expect(errors(text)).toEqual([]);
    expect(text).toContain('# colour: red');
    expect(text).toContain('# bogus: 1');
    expect(text).toContain("cert: ''");
    expect(notes.length).toBeGreaterThan(0);
  });

  it('quotes what only yaml.v3 takes for text', () => {
    expect(converted('node:\n  id: yes\ntcp-listeners:\n  - port: 1\n', 'v1').text).toContain("id: 'yes'");
  });
});

describe('there and back', () => {
  const examples = ['foo.yml', 'bar.yml'].map((name) => readFileSync(path.join(root, 'test/fixtures/examples', name), 'utf8'));
  const own = [...knowledgeOf('v1').actions.values()]
    .filter(
      ({ hidden, broken, exclusive, otherKey, upstreamOnly }) =>
        !hidden && broken === undefined && !exclusive && otherKey !== undefined && !upstreamOnly,
    )
    .filter(({ name }) => !name.startsWith('udp-c') && !name.startsWith('udp-s'))
    .map(({ example, name }) => [around(name), example].join('\n'));

  /** What an example refers to. */
  function around(name: string): string {
    const items = {
      node: '- node: {id: controller}',
      'tls-server': '- tls-server: {name: mesh-server, cert: a, key: b}',
      'tls-client': '- tls-client: {name: mesh-client, cert: a, key: b}',
      'work-verification': '- work-verification: {publickey: k}',
      'local-only': '- local-only: null',
    };
    return Object.entries(items)
      .filter(([item]) => item !== name)
      .map(([, item]) => item)
      .join('\n');
  }

  const values = (text: string): unknown[] =>
    new ConfigDocument(text).model.items.map(({ reading }) => ({
      name: reading.spec?.name,
      fields: reading.fields.filter((field) => field.spec !== undefined).map(({ name, value }) => [name, value]),
    }));

  it.each([...examples, ...own])('%#: v2 has no new error, and v1 of it holds the same values', (source) => {
    const there = converted(source, 'v2');
    expect(new ConfigDocument(there.text).model.format).toBe('v2');
    const known = new Set(errors(source).map((e) => e.split(':')[0]));
    expect(errors(there.text).filter((e) => !known.has(e.split(':')[0]))).toEqual([]);
    const back = converted(there.text, 'v1');
    expect(errors(back.text).filter((e) => !known.has(e.split(':')[0]))).toEqual([]);
    const [old, now] = [values(source), values(back.text)];
    for (const item of old as { name: string; fields: [string, unknown][] }[]) {
      const match = (now as { name: string; fields: [string, unknown][] }[]).filter(({ name }) => name === item.name);
      const found = match.some(({ fields }) =>
        item.fields.every(([name, value]) => fields.some(([n, v]) => n === name && String(v) === String(value))),
      );
      expect(found, `${item.name} of\n${back.text}`).toBe(true);
    }
  });
});

it('nothing of a config is lost', () => {
  const text = '- node: {id: a}\n- foo:\n    bar: baz\n- command-service: {service: s, command: c}\n- 5\n';
  const result = converted(text, 'v2').text;
  for (const part of ['foo', 'bar: baz', 'command-service', '5']) expect(result).toContain(part);
  expect(fieldOf(new ConfigDocument(result).model.items[0]!.reading, 'id')?.value).toBe('a');
});

describe('comments', () => {
  it('stay where they were, or stand over the item that they were in', () => {
    const { text } = converted(
      `- node:
    id: a
    firewallrules:
      # keep the office out
      - action: drop
        fromnode: office   # until May
    # may be empty
    datadir: /d

# --- links ---

- tcp-listener: {port: 1}   # main
- tcp-listener:
    port: 2
    allowedpeers:  # of the west
      - b  # first
      # and
      - c
    nodecost:
      b: 2  # far
- local-only: null
# - tcp-peer:
#     address: hop2:27199
`,
      'v2',
    );
    expect(text).toBe(`node:
  id: a
  firewallrules:
    # keep the office out
    - action: drop
      fromnode: office  # until May
  # may be empty
  datadir: /d

tcp-listeners:
  # --- links ---
  # main
  - port: 1
  - port: 2
    allowedpeers:
      # of the west
      - b  # first
      # and
      - c
    nodecost:
      b: 2  # far

local-only:
  local: true

# - tcp-peer:
#     address: hop2:27199
`);
  });

  it('of v2 sections, ignored ones and what follows the document stay', () => {
    const { text } = converted(
      '# links\ntcp-peers: # all\n  # far\n  -\n    # slow\n    address: h:1\n  - {address: i:1} # near\n# odd\nbogus: 1 # indeed\nlocal-only: # none\n  local: false # yet\n---\nrest # end\n',
      'v1',
    );
    for (const comment of ['# links', '# all', '# far', '# slow', '# near', '# odd', '# indeed', '# none', '# yet', '# end'])
      expect(text).toContain(comment);
    expect(text).toContain('# # odd\n# bogus: 1 # indeed\n');
    expect(text).toContain('\n---\nrest # end\n');
  });

  const sources = [
    ...['foo.yml', 'bar.yml'].map((name) => readFileSync(path.join(root, 'test/fixtures/examples', name), 'utf8')),
    ...readFileSync(path.join(root, 'docs/rules.md'), 'utf8')
      .split(/^```yaml (?:fails|passes).*\n/m)
      .slice(1)
      .map((part) => part.slice(0, part.indexOf('```'))),
    ...[...knowledgeOf('v1').actions.values()].map(({ example }) => `${example}\n- local-only\n`),
    ...[...knowledgeOf('v2').actions.values()].map(({ example }) => example),
    '- node:\n    id: a\n    firewallrules:\n    - action: drop\n      fromnode: b\n    - {action: accept,\n       tonode: c}\n- foo:\n    bar: baz\n- tcp-listener:\n    port: 1\n    allowedpeers:\n    - b\n    - c\n    nodecost:\n      b: 1\n',
    'node:\n  id: a\n  colour:\n    - red\n    - blue: dark\ntcp-peers:\n- address: >-\n    h:1\n  tls: x\n-\n  address: i:1\n  redial: false\nbogus:\n  - a\n  - b\n',
  ].filter((text) => new ConfigDocument(text).model.problem === undefined);

  const seed = testSeed();
  const rounds = process.env['SOAK'] === '1' ? 30 : 1;

  const said = ({ name, text, value }: ConfigField): unknown[] => [
    name,
    text,
    value instanceof Map
      ? [...value]
      : Array.isArray(value)
        ? value.map((part: string | FirewallRule) => (typeof part === 'string' ? part : part.keys.map((key) => [key.name, key.value.text])))
        : value,
  ];
  const meaning = (document: ConfigDocument): unknown =>
    document.model.items.map(({ reading }) => [reading.name?.text, reading.fields.map(said)]);

  /** The text with comments at random places, where they change nothing of what it says. */
  function commented(text: string, random: () => number): { text: string; comments: string[] } {
    let result = text;
    const comments: string[] = [];
    for (let n = 0; n < 6; n++) {
      const lines = result.split('\n');
      const at = below(random, lines.length);
      const comment = `# comment ${n}`;
      if (random() < 0.5) lines.splice(at, 0, ' '.repeat(pick(random, [0, 2, 4, 6])) + comment, ...(random() < 0.3 ? [''] : []));
      else lines[at] += ` ${comment}`;
      const [before, after] = [result, lines.join('\n')].map((t) => new ConfigDocument(t));
      const same = JSON.stringify(meaning(before!)) === JSON.stringify(meaning(after!)) && before!.model.format === after!.model.format;
      if (!same || after!.model.problem !== undefined) continue;
      result = lines.join('\n');
      comments.push(comment);
    }
    return { text: result, comments };
  }

  it.each(sources)('%#: none is lost, wherever they stand, and nothing else changes', (source) => {
    const random = seeded(seed);
    for (let round = 0; round < rounds; round++) {
      const { text, comments } = commented(source, random);
      const document = new ConfigDocument(text);
      const to = document.model.format === 'v1' ? 'v2' : 'v1';
      const result = convert(document, to, check);
      for (const comment of comments) expect(result.text.split(comment).length - 1, `${text}\n${result.text}`).toBe(1);
      const plain = convert(new ConfigDocument(source), to, check);
      expect(result.notes).toEqual(plain.notes);
      const [before, after] = [plain.text, result.text].map((t) => new ConfigDocument(t, { format: to }));
      expect(after!.model.problem, `${text}\n${result.text}`).toBeUndefined();
      expect(meaning(after!), `${text}\n${result.text}`).toEqual(meaning(before!));
    }
  });
});
