// Items that are read straight from their text are what the YAML tree would have made of them, in every property.
import { describe, expect, it } from 'vitest';
import type { ItemReading, ReadingContext } from '../../../server/src/config/model.ts';
import { readPlainItem } from '../../../server/src/config/plain-item.ts';
import { readItemTree } from '../../../server/src/config/v1-read.ts';
import { knowledgeOf } from '../../../server/src/schema/knowledge.ts';
import { ConfigMaker } from '../../daemon/random-config.ts';
import { below, pick, seeded, testSeed, type Random } from '../../harness/random.ts';

const knowledge = knowledgeOf('v1');
const contextOf = (version: string): ReadingContext => ({ knowledge, version });

/** Every property of a reading, getters too, with fields that are referred to as their numbers. */
function plainly(reading: ItemReading): unknown {
  const { node, span, name, spec, shape, fields, hidden, findings, templated } = reading;
  return {
    node,
    span,
    name,
    action: spec?.name,
    shape,
    hidden,
    findings,
    templated,
    fields: fields.map((f) => ({
      name: f.name,
      key: f.key,
      field: f.spec?.name,
      node: f.node,
      span: f.span,
      text: f.text,
      value: f.value,
      parts: f.parts,
      templated: f.templated,
    })),
    names: reading.names.map(({ field, ...rest }) => ({ ...rest, field: fields.indexOf(field) })),
  };
}

/** True when the item was read straight from its text; then it is compared with the tree's reading. */
function readsAlike(text: string, version = '1.6.9'): boolean {
  const plain = readPlainItem(text, contextOf(version));
  if (plain === undefined) return false;
  const tree = readItemTree(text, contextOf(version), false);
  expect(tree.problem, text).toBeUndefined();
  expect(tree.reading, text).toBeDefined();
  expect(plainly(plain), text).toEqual(plainly(tree.reading!));
  // Once it was told of, its fields are read again.
  const told: unknown[] = [];
  const read = readPlainItem(text, { ...contextOf(version), onItem: (item) => void told.push(plainly(item)) });
  expect(told, text).toEqual([plainly(tree.reading!)]);
  expect(plainly(read!), text).toEqual(told[0]);
  return true;
}

describe('a plain item', () => {
  it.each([
    '- node:\n    id: foo\n',
    '- tcp-peer:\n    address: host-1.example.org:27199\n    redial: true\n    cost: 1.5',
    '- tcp-listener: # for all\n\n    # the usual port\n    port: 27199   # this one\n    allowedpeers: [ alpha, beta-2 ]\n\n# next\n',
    '- tcp-listener:\r\n   port: 27199\r\n   bindaddr: "0.0.0.0"\r\n',
    "- work-command:\n        worktype: cat\n        command: cat\n        params: '-u -n'\n        allowruntimeparams: false\n",
    '- node:\n    id: a#b\n    datadir: /tmp/a b/c # d\n',
    '- tcp-listener:\n    port: 70000\n    cost: 0\n    allowedpeers: []\n',
    '- tls-server:\n    name: s\n',
  ])('is read from its text: %j', (text) => {
    expect(readsAlike(text)).toBe(true);
  });

  it.each([
    ['an unknown action', '- nodes:\n    id: foo\n'],
    ['an unknown field', '- node:\n    name: foo\n'],
    ['a field in other letters', '- node:\n    ID: foo\n'],
    ['a field that stands twice', '- node:\n    id: a\n    id: b\n'],
    ['fields at two depths', '- node:\n    id: a\n      datadir: b\n'],
    ['fields that are not under the action', '- node:\n  id: a\n'],
    ['a value that goes on', '- node:\n    id: a\n     b\n'],
    ['a word that is no text', '- node:\n    id: yes\n'],
    ['a number that is no text', '- node:\n    id: 12\n'],
    ['a mapping in a line', '- node:\n    id: a: b\n'],
    ['a key without a value', '- node:\n    id: a:\n'],
    ['no value', '- node:\n    id:\n'],
    ['a zero in front', '- tcp-listener:\n    port: 0660\n'],
    ['a number in quotes', '- tcp-listener:\n    port: "2222"\n'],
    ['an escape', '- node:\n    id: "a\\n"\n'],
    ['an anchor', '- node:\n    id: &a foo\n'],
    ['letters beyond ASCII', '- node:\n    id: fooé\n'],
    ['a tab', '- node:\n    id:\tfoo\n'],
    ['a number in a list', '- tcp-listener:\n    port: 1\n    allowedpeers: [1]\n'],
    ['no fields', '- node:\n'],
    ['a bare value', '- node: foo\n'],
    ['a mapping in braces', '- node: {id: foo}\n'],
    ['two actions', '- node:\n    id: a\n  local-only:\n    local: true\n'],
    ['a second document', '- node:\n    id: a\n---\n'],
    ['an action of a later release', '- pyroscope-client:\n    applicationname: a\n', '1.5.5'],
  ])('is none with %s', (_, text, version?: string) => {
    expect(readsAlike(text, version)).toBe(false);
  });

  const rounds = process.env['SOAK'] === '1' ? 300_000 : 8000;
  it(`means what its tree means: ${rounds} random ones`, { timeout: 300_000 }, () => {
    const random = seeded(testSeed());
    let plain = 0;
    for (let round = 0; round < rounds; round++) if (readsAlike(randomItem(random), pick(random, ['1.5.5', '1.6.9']))) plain++;
    expect(plain).toBeGreaterThan(rounds / 5);
  });

  it('comes up in random configs', { timeout: 300_000 }, () => {
    const random = seeded(testSeed());
    const maker = new ConfigMaker(random);
    for (let round = 0; round < rounds / 4; round++)
      for (const item of maker.config().split(/^(?=- )/m)) if (item.startsWith('- ')) readsAlike(item);
  });
});

const good = ['a', 'foo-1', 'host.example.org:27199', '/tmp/x.sock', '2222', '0', '1.5', 'true', 'false', '"a b"', "'c'", '[a, b]', '[a]'];
const odd = [
  '',
  '~',
  'yes',
  '007',
  '1_0',
  '1e3',
  '-1',
  '.5',
  'a: b',
  'a #b',
  'a#b',
  'a:',
  '"',
  "it's",
  '"x" y',
  '[a,]',
  '[a b]',
  '[1]',
  'é',
  '2024-01-01',
  '{a: b}',
  '*x',
  '|',
  'a  b',
  'null',
  '.inf',
  '[y]',
];

/** Mostly plain, with something odd in it now and then. */
function randomItem(random: Random): string {
  const action = pick(random, [...knowledge.actions.values()]);
  const end = below(random, 12) === 0 ? '\r\n' : '\n';
  const depth = ' '.repeat(below(random, 8) === 0 ? 2 + below(random, 6) : 4);
  const rare = (text: string): string => (below(random, 12) === 0 ? text : '');
  let text = `- ${action.key}:${rare(' ')}${rare(' # why')}${end}`;
  for (const field of action.fields.values()) {
    if (below(random, 2) === 0) continue;
    const fitting = {
      string: good.slice(0, 4),
      int: ['2222', '0'],
      float: ['1.5', '3'],
      bool: ['true', 'false'],
      strings: ['[a, b]', '[a]'],
    };
    const usual = fitting[field.kind as keyof typeof fitting] ?? good;
    const value = pick(random, below(random, 6) === 0 ? [...good, ...odd] : usual);
    text += `${rare(end)}${rare(`  # note${end}`)}${rare(' ')}${depth}${field.name}:${rare('  ')} ${value}${rare('  ')}${rare(' # note')}${end}`;
  }
  return text + rare(`${end}# after${end}`);
}
