import { describe, expect, it } from 'vitest';
import type { ConfigFormat } from '../../../server/src/schema/knowledge.ts';
import { cursorAt } from '../../../server/src/service/cursor.ts';
import { marked } from './marked.ts';

/** `tcp-peer > [] > key tls "me"`: path, place, typed word. */
function told(source: string, format: ConfigFormat = 'v1'): string {
  const { text, offset } = marked(source);
  const cursor = cursorAt(text, offset, format);
  const path = cursor.path.map((step) => (step.kind === 'entry' ? '-' : step.name)).join('/');
  const siblings = cursor.siblings.length === 0 ? '' : ` beside ${cursor.siblings.join(',')}`;
  return `${path} ${cursor.place} "${cursor.typed}"${siblings}`;
}

describe('the place of the cursor in block style', () => {
  it.each([
    ['|', ' key ""'],
    ['- |', '- key ""'],
    ['- tcp-l|', '- key "tcp-l"'],
    ['- tcp-l|isten: {}', '- key "tcp-l"'],
    ['- log-level: d|', '-/log-level value "d"'],
    ['- tcp-listener:\n    po|', '-/tcp-listener key "po"'],
    ['- tcp-listener:\n    |', '-/tcp-listener key ""'],
    ['- tcp-listener:\n    port: 1\n    |', '-/tcp-listener key "" beside port'],
    ['- tcp-listener:\n    |\n    port: 1\n- node:\n    id: a', '-/tcp-listener key "" beside port'],
    ['- tcp-listener:\n    port: 1\n    t|ls: x\n    cost: 1', '-/tcp-listener key "t" beside port,cost'],
    ['- tcp-listener:\n    tls: |', '-/tcp-listener/tls value ""'],
    ['- tcp-listener:\n    tls: me|sh # why', '-/tcp-listener/tls value "me"'],
    ['- tcp-listener:\n    tls: "me|', '-/tcp-listener/tls value "me"'],
    ["- tcp-listener:\n    tls: 'me|sh'", '-/tcp-listener/tls value "me"'],
    ['- tcp-listener:\n    tls:|', '-/tcp-listener/tls value ""'],
    ['- tcp-listener:\n    port: 1\n- |', '- key ""'],
    ['- tcp-listener:\n    port: 1\n|', ' key ""'],
    ['- tcp-listener:\n    port: 1\ntcp-p|', ' key "tcp-p"'],
    ['- tcp-listener:\n  |', '- key "" beside tcp-listener'],
    ['- tcp-listener:\n    allowedpeers:\n      - |', '-/tcp-listener/allowedpeers/- key ""'],
    ['- tcp-listener:\n    allowedpeers:\n    - a\n    - |', '-/tcp-listener/allowedpeers/- key ""'],
    ['- tcp-listener:\n    nodecost:\n      a: 1\n      b|: 2', '-/tcp-listener/nodecost key "b" beside a'],
    ['- node:\n    firewallrules:\n      - action: acc|', '-/node/firewallrules/-/action value "acc"'],
    ['- node:\n    firewallrules:\n      - action: accept\n        from|', '-/node/firewallrules/- key "from" beside action'],
    ['---\n# a comment\n- node:\n    id: a\n\n- tcp-peer:\n    |\n', '-/tcp-peer key ""'],
    ['  - node:\n      id: a\n  - tcp-|', '- key "tcp-"'],
    ['- "tcp-|listener": {port: 1}', '- key "tcp-"'],
    ['- {{ proto }}-listener:\n    po|', '-/{{ proto }}-listener key "po"'],
    ['- node:\r\n    id: a\r\n    da|\r\n', '-/node key "da" beside id'],
  ])('%j', (source, expected) => expect(told(source)).toBe(expected));
});

describe('the place of the cursor in flow style', () => {
  it.each([
    ['- tcp-listener: {|}', '-/tcp-listener key ""'],
    ['- tcp-listener: {port: 1, |', '-/tcp-listener key "" beside port'],
    ['- tcp-listener: {|, port: 1}', '-/tcp-listener key "" beside port'],
    ['- tcp-listener: {port: 1, tls: me|, cost: 1}', '-/tcp-listener/tls value "me"'],
    ['- tcp-listener: {tls: "me|", cost: 1}', '-/tcp-listener/tls value "me"'],
    ['- tcp-listener: {port: 1,\n    al|', '-/tcp-listener key "al" beside port'],
    ['- tcp-listener: {allowedpeers: [a, b|', '-/tcp-listener/allowedpeers/- key "b"'],
    ['- {tcp-l|', '- key "tcp-l"'],
    ['- {tcp-listener: {po|', '-/tcp-listener key "po"'],
    ['- node: {firewallrules: [{action: |}]}', '-/node/firewallrules/-/action value ""'],
  ])('%j', (source, expected) => expect(told(source)).toBe(expected));
});

describe('the place of the cursor in a v2 mapping', () => {
  it.each([
    ['tcp-l|', ' key "tcp-l"'],
    ['node:\n  id: a\n|', ' key "" beside node'],
    ['node:\n  i|', 'node key "i"'],
    ['tcp-listeners:\n  - |', 'tcp-listeners/- key ""'],
    ['tcp-listeners:\n  |', 'tcp-listeners key ""'],
    ['tcp-listeners:\n- port: 1\n  tl|', 'tcp-listeners/- key "tl" beside port'],
    ['tcp-listeners:\n  - port: 1\n    tls: |', 'tcp-listeners/-/tls value ""'],
    ['tcp-listeners:\n  - port: 1\n    tls: a\n  - port: 2\n    |', 'tcp-listeners/- key "" beside port'],
    ['log-level: {|}', 'log-level key ""'],
  ])('%j', (source, expected) => expect(told(source, 'v2')).toBe(expected));
});

describe('where nothing is to be typed', () => {
  it.each([
    '# a|',
    '- node: # a|',
    '- work-command:\n    params: ¦\n      a: b|',
    '- node: {id: "{{ a|',
    '- node:\n    id: {{ inventory|_hostname }}',
    '{% if |a %}',
    '- node: {id: a} |',
    '- node: "a" |',
  ])('%j', (source) => expect(told(source)).toContain(' none '));
});

it('answers for every offset of a long text without running away', () => {
  const text = '- node: {id: "a}\n- tcp-listener: [\n{ - x: |\n   y\n'.repeat(20);
  for (let offset = 0; offset <= text.length; offset++) expect(cursorAt(text, offset, 'v1').word.start).toBeLessThanOrEqual(offset);
});
