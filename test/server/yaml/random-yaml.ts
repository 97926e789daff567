/** Random texts between YAML and nearly YAML, for the differential tests. */

import { below, pick, type Random } from '../../harness/random.ts';

/** Fragments stand between bars, as they are written in JSON strings. */
const list = (bars: string): string[] => bars.split('¦').map((fragment) => JSON.parse(`"${fragment}"`) as string);

const indicators = list('- ¦-¦? ¦: ¦:¦[¦]¦{¦}¦, ¦,¦|¦>¦|-¦|2\\n¦&a ¦*a¦&b¦*b ¦!¦#¦ # c¦@¦`¦%¦=');
const blanks = list(' ¦  ¦\\t¦\\n¦\\n¦\\n¦\\n ¦\\n  ¦\\n    ¦\\r\\n¦\\r¦\\u0085¦\\u2028¦\\u2029¦\\uFEFF');
const quotes = list(`'¦\\"¦''¦\\\\¦\\\\n¦\\\\x41¦\\\\u00e9¦\\\\\\n¦'a\\n\\n b'¦\\"a\\n b\\\\\\n  c\\"`);
const documents = list('---¦--- ¦...¦\\n---\\n¦\\n...\\n¦%YAML 1.1\\n---\\n¦%YAML 1.2\\n---\\n¦%TAG !e! tag:e,1:\\n---\\n');
const tags = list('!!str ¦!!int ¦!!float ¦!!bool ¦!!null ¦!x ¦!!binary aGk=¦!<tag:x> ¦!e!x ');
const odd = list('\\u0001¦\\u007F¦é¦😀¦<<: ¦<<: *a¦a#b¦a #b¦a:b¦::');
const words = list('a¦b¦node¦id: x¦a: b¦key: value¦~¦null¦true¦yes¦on¦n¦Off¦<<¦2001-01-01¦2001-1-1 1:2:3¦2001-01-01T00:00:00Z');
const integers = list('0¦12¦0660¦0o17¦0x1F¦0b11¦0b-1¦1_000¦-5¦+3¦08¦0668¦18446744073709551615¦99999999999999999999¦-9223372036854775808');
const floats = list('1e3¦1.5¦.5¦5.¦.inf¦-.INF¦.nan¦1e400');
const structures = list(
  '[a, b]¦{a: b}¦{a, b: }¦[a: b]¦[? a : b]¦- - a¦? a\\n: b\\n¦a\\n  b\\n¦x: |\\n  t\\n¦>-\\n  a\\n\\n  b\\n¦|+\\n  a\\n\\n',
);
const plains = [...words, ...integers, ...floats];
const fragments = [...indicators, ...blanks, ...quotes, ...documents, ...tags, ...odd, ...plains, ...structures];

/** Fragments of YAML in any order. */
export function soup(random: Random, most = 12): string {
  let text = '';
  for (let count = 1 + below(random, most); count > 0; count--) text += pick(random, fragments);
  return text;
}

const lines = `- node:
    id: foo
- tcp-listener:
    port: 2222
    tls: srv
- log-level:
    level: debug
- control-service:
    service: control
    filename: /tmp/x.sock
    permissions: 0660
- work-command:
    worktype: cat
    command: "cat"
    params: 'a b'
    allowruntimeparams: true
- tcp-peer: {address: "h:1", redial: yes}
- local-only
# comment

- tls-server:
    name: &n srv
    cert: *n
    list: [a, b, "c"]
    nested:
      - a
      - b: c
    text: |
      foo
       bar
    folded: >-
      x`.split('\n');

/** Lines of receptor configs, mostly in an order that makes sense. */
export function config(random: Random): string {
  let text = '';
  let at = below(random, lines.length);
  for (let count = 1 + below(random, 8); count > 0; count--) {
    text += `${lines[at % lines.length]}\n`;
    at += random() < 0.8 ? 1 : below(random, lines.length);
  }
  return text;
}

const edits = [
  ...Array.from('-?:,[]{}#&*!|>\'"%@` \t\n\r~<=.0_yé'),
  ...list('\\uFEFF¦\\u0085¦\\u2028¦😀¦---¦...¦\\r\\n¦  ¦\\n  ¦\\\\¦\\u0000¦&a ¦*a¦<<: ¦!!str '),
];

/** The text with one to three edits: something inserted, deleted, replaced or doubled. */
export function mutate(random: Random, text: string): string {
  let mutated = text;
  for (let count = 1 + below(random, 3); count > 0; count--) {
    const at = below(random, mutated.length + 1);
    const before = mutated.slice(0, at);
    const kind = random();
    if (kind < 0.4) mutated = before + pick(random, edits) + mutated.slice(at);
    else if (kind < 0.6) mutated = before + mutated.slice(at + 1 + below(random, 3));
    else if (kind < 0.8) mutated = before + pick(random, edits) + mutated.slice(at + 1);
    else {
      const end = at + below(random, 20);
      mutated = mutated.slice(0, end) + mutated.slice(at, end) + mutated.slice(end);
    }
  }
  // An edit may have cut a surrogate pair; a file would hold a replacement character then.
  return mutated.replaceAll(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');
}

/** A whole file for a v1 daemon: half of them lists whose first item betrays the values that the daemon has read. */
export function v1Text(random: Random): string {
  const kind = random();
  if (kind < 0.3) return probe(soup(random, 5));
  if (kind < 0.4) return `- ${soup(random, 4)}`;
  if (kind < 0.5) return `- &a {x: 1}\n- ${soup(random)}\n- b: ${soup(random)}`;
  return kind < 0.7 ? soup(random) : mutate(random, config(random));
}

/** An item whose error message shows the value that stands in it. */
export const probe = (value: string): string => `- tcp-listener:\n    allowedpeers:\n    - - ${value}\n`;

/** A file for a v2 daemon that always fails in the same place, unless it is no YAML: then all of it is ignored. */
export function v2Text(random: Random): string {
  const more = random() < 0.5 ? soup(random) : mutate(random, config(random));
  return `tcp-listeners:\n- port: abc\n${random() < 0.5 ? 'extra: ' : 'extra:\n'}${more}`;
}
