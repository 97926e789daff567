/** Kinds of changes to configs, and what the daemon was seen to make of them. The tests ask both daemons again. */
import { below, pick, type Random } from '../harness/random.ts';

/** Items of the v1 config that is edited. */
export const v1Items: readonly string[] = [
  '- node: {id: a, datadir: DIR/data}',
  '- log-level: info',
  '- tcp-listener: {port: PORT1}',
  '- ws-listener: {port: PORT2, path: /mesh}',
  '- tcp-peer: {address: "127.0.0.1:1", redial: true}',
  '- control-service: {filename: DIR/a.sock}',
  '- work-command: {worktype: x, command: cat}',
  '- work-command: {worktype: y, command: "5", params: "1"}',
];

const config = (items: readonly string[]): string => `${items.join('\n')}\n`;
export const v1Config = config(v1Items);

/** The text with `from` replaced, which must be there. */
function edited(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`no ${from} to replace`);
  return text.replace(from, to);
}

/** The answer: taken, an ERRORCODE, or code 4 after the backends were stopped. */
export type Answer = 'done' | '3' | '4' | '4 down';

export interface V1Case {
  readonly name: string;
  readonly text: string;
  readonly answer: Answer;
  /** Action that a refusal is about. */
  readonly action?: string;
}

const v1 = (name: string, answer: Answer, text: string, action?: string): V1Case => ({
  name,
  answer,
  text,
  ...(action === undefined ? {} : { action }),
});
const replaced = (name: string, answer: Answer, from: string, to: string, action?: string): V1Case =>
  v1(name, answer, edited(v1Config, from, to), action);
const added = (name: string, answer: Answer, item: string, action?: string): V1Case => v1(name, answer, `${v1Config}${item}\n`, action);

export const v1Cases: readonly V1Case[] = [
  v1('nothing', 'done', v1Config),
  v1('comments', 'done', `# one\n${v1Config.replaceAll('\n', '  # more\n')}`),
  v1('another order', 'done', config(v1Items.toReversed())),
  replaced('another order of keys', 'done', 'worktype: x, command: cat', 'command: cat, worktype: x'),
  replaced('block style', 'done', '- work-command: {worktype: x, command: cat}', '- work-command:\n    worktype: x\n    command: cat'),
  replaced('quotes', 'done', 'command: cat', "command: 'cat'"),
  added('a copy of a backend', '4 down', v1Items[2]!),
  added('a copy of a peer', 'done', v1Items[4]!),
  added('a copy of another item', 'done', v1Items[6]!),

  added('a backend more', 'done', '- local-only'),
  replaced('a backend edited', 'done', '/mesh', '/other'),
  replaced('a backend less', 'done', `${v1Items[3]!}\n`, ''),
  v1('no backend left', 'done', config(v1Items.filter((i) => !/listener|peer/.test(i)))),

  added('another item more', '3', '- work-command: {worktype: z, command: cat}', 'work-command'),
  added('a bare item more', '3', '- trace', 'trace'),
  replaced('another item edited', '3', 'log-level: info', 'log-level: debug', 'log-level'),
  replaced('a type', '3', '"5"', '5', 'work-command'),
  replaced('a default spelled out', '3', 'command: cat', 'command: cat, allowruntimeparams: false', 'work-command'),
  replaced('a bare value as a field', '3', 'log-level: info', 'log-level: {level: info}', 'log-level'),
  replaced('a name in another case', '3', 'worktype: x', 'WorkType: x', 'work-command'),
  replaced('another item less', '3', `${v1Items[1]!}\n`, '', 'log-level'),
  added('a TLS item for a backend', '3', '- tls-client: {name: t, cert: "", key: ""}', 'tls-client'),

  added('broken YAML', '4', '- ['),
  added('an unknown action', '4', '- bogus: {}'),
  replaced('an unknown field', '4', '{port: PORT1}', '{port: PORT1, prt: 1}', 'tcp-listener'),
  replaced('a missing field', '4', '{port: PORT1}', '{bindaddr: 127.0.0.1}', 'tcp-listener'),
  replaced('a value of another type', '4', 'port: PORT1', 'port: x', 'tcp-listener'),
  replaced('a word for a boolean', '4', 'redial: true', 'redial: maybe', 'tcp-peer'),
  added('a second node', '4', '- node: {id: b}', 'node'),
  added('an action that stands alone', '4', '- version', 'version'),
  replaced('a level that is none, before anything is compared', '3', 'log-level: info', 'log-level: bogus', 'log-level'),
  replaced('cost 0', '4', '{port: PORT1}', '{port: PORT1, cost: 0}'),
  replaced('a negative nodecost', '4', '{port: PORT1}', '{port: PORT1, nodecost: {b: -1}}'),
  added('a URL that is none', '4', '- ws-peer: {address: "http://[::1"}', 'ws-peer'),
  added('a header without a colon', '4', '- ws-peer: {address: "ws://127.0.0.1:1", extraheader: x}', 'ws-peer'),

  replaced('an unknown TLS config', '4 down', '{port: PORT1}', '{port: PORT1, tls: nope}'),
  replaced('a port beyond 65535', '4 down', 'port: PORT1', 'port: 70000'),
  replaced('a peer without a port', '4 down', '127.0.0.1:1', '127.0.0.1'),
  replaced('an unknown TLS config of a peer', '4 down', 'redial: true', 'redial: true, tls: nope'),
  replaced('the TLS client that every node has', '4 down', 'redial: true', 'redial: true, tls: default'),
  added('wss without a TLS client', '4 down', '- ws-peer: {address: "wss://127.0.0.1:1"}'),
  added('a port that is no name of one', '4 down', '- udp-peer: {address: "127.0.0.1:nosuch"}'),
  added('a host that is no name of one', '4 down', '- udp-peer: {address: "no host:1"}'),
];

/** The v2 config that is edited. */
export const v2Config = `node: {id: a, datadir: DIR/data}
log-level: {level: info}
tcp-listeners:
  - {port: PORT1}
  - {port: PORT2, cost: 2.0, nodecost: {b: 1.5, c: 3.0}}
tcp-peers: [{address: "127.0.0.1:1"}]
control-services: [{filename: DIR/a.sock}]
work-commands: [{worktype: x, command: cat}]
`;

export interface V2Case {
  readonly name: string;
  readonly text: string;
  readonly watch: 'nothing' | 'restarts' | 'ignored' | 'crash';
}

const v2 = (name: string, watch: V2Case['watch'], text: string): V2Case => ({ name, watch, text });
const v2Edit = (name: string, watch: V2Case['watch'], from: string, to: string): V2Case => v2(name, watch, edited(v2Config, from, to));
const listeners = /tcp-listeners:\n.*\n.*\n/;
const peers = /tcp-peers.*\n/;
const first = '{port: PORT1}';

export const v2Cases: readonly V2Case[] = [
  v2('nothing', 'nothing', v2Config),
  v2('comments', 'nothing', `# one\n${v2Config.replaceAll('\n', '  # more\n')}`),
  v2Edit('block style', 'nothing', first, '\n      port: PORT1'),
  v2Edit('quotes', 'nothing', first, '{port: "PORT1"}'),
  v2Edit('another order of sections', 'nothing', 'log-level: {level: info}\n', ''),
  v2Edit('another order of keys', 'nothing', '{b: 1.5, c: 3.0}', '{c: 3.0, b: 1.5}'),
  v2Edit('names in another case', 'nothing', 'tcp-listeners:\n  - {port', 'TCP-Listeners:\n  - {Port'),
  v2Edit('a default spelled out', 'nothing', first, '{port: PORT1, cost: 1.0, bindaddr: 0.0.0.0, tls: ""}'),
  v2Edit('cost 0, which becomes 1', 'nothing', first, '{port: PORT1, cost: 0}'),
  v2Edit('redial, which is always on', 'nothing', '127.0.0.1:1"', '127.0.0.1:1", redial: false'),
  v2Edit('a field that nobody knows', 'nothing', first, '{port: PORT1, zzz: 1}'),
  v2('a section that nobody knows', 'nothing', `${v2Config}bogus: 1\n`),
  v2('a section without a value', 'nothing', `${v2Config}ws-listeners:\n`),
  v2('local-only that is not local', 'nothing', `${v2Config}local-only: {}\n`),
  v2Edit('another item edited', 'nothing', 'command: cat', 'command: tac'),
  v2Edit('another item less', 'nothing', 'log-level: {level: info}\n', ''),

  v2('a backend more', 'restarts', `${v2Config}local-only: {local: true}\n`),
  v2Edit('a backend edited', 'restarts', 'cost: 2.0', 'cost: 2.5'),
  v2('a backend less', 'restarts', v2Config.replace(peers, '')),
  v2('the listeners less', 'restarts', v2Config.replace(listeners, '')),
  v2Edit(
    'another order of backends',
    'restarts',
    `  - ${first}\n  - {port: PORT2, cost: 2.0, nodecost: {b: 1.5, c: 3.0}}`,
    `  - {port: PORT2, cost: 2.0, nodecost: {b: 1.5, c: 3.0}}\n  - ${first}`,
  ),
  v2Edit('a copy of a peer', 'restarts', '[{address: "127.0.0.1:1"}]', '[{address: "127.0.0.1:1"}, {address: "127.0.0.1:1"}]'),
  v2('an empty section', 'restarts', `${v2Config}ws-peers: []\n`),
  v2Edit('an empty list in place of none', 'restarts', first, '{port: PORT1, allowedpeers: []}'),
  v2('no backends but an empty section', 'restarts', v2Config.replace(listeners, '').replace(peers, 'tcp-peers: []\n')),
  v2Edit('a TLS config that is not there', 'restarts', first, '{port: PORT1, tls: nope}'),
  v2Edit('a port beyond 65535', 'restarts', first, '{port: 70000}'),
  v2Edit('a negative cost', 'restarts', first, '{port: PORT1, cost: -1}'),

  v2('no backend left', 'ignored', v2Config.replace(listeners, '').replace(peers, '')),
  v2('only local-only, and not local', 'ignored', `${v2Config.replace(listeners, '').replace(peers, '')}local-only: {local: false}\n`),
  v2('broken YAML', 'ignored', `${v2Config}a: [\n`),
  v2('an empty file', 'ignored', ''),
  v2('a v1 list', 'ignored', '- node: {id: a}\n- local-only: null\n'),

  v2Edit('a backend with a value of another type', 'crash', first, '{port: x}'),
  v2Edit('a word for a boolean', 'crash', '127.0.0.1:1"', '127.0.0.1:1", redial: no'),
  v2Edit('an empty entry', 'crash', '[{address', '[null, {address'),
  v2('local-only with a value', 'crash', `${v2Config}local-only: true\n`),
  v2('a scalar for a section', 'crash', v2Config.replace(listeners, 'tcp-listeners: 5\n')),
  v2Edit('a node cost that is no number', 'crash', '{b: 1.5, c: 3.0}', '{b: x}'),
];

export type Edit = (items: string[], random: Random) => void;

const rewrite =
  (action: string, from: string, to: string): Edit =>
  (items) => {
    const at = items.findIndex((i) => i.includes(action) && i.includes(from));
    if (at !== -1) items[at] = items[at]!.replace(from, to);
  };
const append =
  (item: string): Edit =>
  (items) =>
    void items.push(item);

/** Edits of the items of {@link v1Items}, to be mixed at random. */
export const randomEdits: readonly Edit[] = [
  (items, r) => void items.splice(below(r, items.length), 0, '# a comment'),
  (items, r) => void items.push(...items.splice(below(r, items.length), 1)),
  (items, r) => void items.push(pick(r, items)),
  (items, r) => void items.splice(below(r, items.length), 1),
  rewrite('- log-level: info', 'info', '"info"'),
  rewrite('- log-level: info', 'info', '{level: info}'),
  rewrite('- log-level: info', 'info', 'Info'),
  rewrite('- log-level', 'info', 'bogus'),
  rewrite('work-command', 'command: cat', "command: 'cat'"),
  rewrite('work-command', 'command: cat', 'command: tac'),
  rewrite('work-command', 'command: "5"', 'command: 5'),
  rewrite('work-command', 'worktype: x, command: cat', 'command: cat, worktype: x'),
  rewrite('work-command', 'command: cat}', 'command: cat, allowruntimeparams: false}'),
  rewrite('work-command', 'worktype: x, command: cat', 'WorkType: x, command: cat'),
  rewrite('tcp-listener', '}', ', cost: 2.5}'),
  rewrite('tcp-listener', '}', ', cost: 0}'),
  rewrite('tcp-listener', '}', ', nodecost: {b: -1}}'),
  rewrite('tcp-listener', '}', ', tls: nope}'),
  rewrite('tcp-listener', 'port: PORT1', 'port: 70000'),
  rewrite('tcp-listener', 'port: PORT1', 'port: x'),
  rewrite('tcp-listener', 'port: PORT1', 'prt: 1'),
  rewrite('ws-listener', '/mesh', '/other'),
  rewrite('tcp-peer', '127.0.0.1:1', '127.0.0.1:2'),
  rewrite('tcp-peer', '127.0.0.1:1', 'foo'),
  rewrite('tcp-peer', 'redial: true', 'redial: yes'),
  rewrite('tcp-peer', 'redial: true', 'redial: "true"'),
  append('- local-only'),
  append('- local-only:'),
  append('- trace'),
  append('- ws-peer: {address: "http://[::1"}'),
  append('- ws-peer: {address: "ws://127.0.0.1:1", extraheader: x}'),
  append('- ws-peer: "wss://127.0.0.1:1"'),
  append('- udp-listener: {port: PORT3}'),
  append('- tls-client: {name: nope, cert: "", key: ""}'),
  append('- bogus: {}'),
  append('- ['),
  append('- version'),
  append('- node: {id: b}'),
];
