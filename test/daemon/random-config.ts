/** Random v1 configs, from nearly right to hopeless: what the differential test feeds to the daemon and to us. */
import type { ActionSpec, FieldSpec } from '../../server/src/schema/knowledge.ts';
import { knowledgeOf } from '../../server/src/schema/knowledge.ts';

/** Spellings of scalars that YAML 1.1, Go's numbers and receptor's coercions all treat in their own way. */
const scalars =
  `a foo "b c" 'it''s' 1 0 -1 +1 007 08 0660 0o660 0x1F 0b11 1_000 1__0 _1 1_ 1.5 1. .5 -.5 1e3 1E-3 1e400 1e .inf -.Inf .NaN .nan nan inf Infinity true false True yes no ` +
  `Yes NO on off On y n Y N ~ null Null NULL "" '' "1" "0x1F" "1_000" "yes" "no" "on" "y" "T" "tRue" "1.5" "inf" " 1" 9223372036854775807 9223372036854775808 -9223372036854775808 ` +
  `-9223372036854775809 18446744073709551615 18446744073709551616 99999999999999999999 12:30 1:30:00 2024-01-01 2024-01-01T00:00:00Z 0xFFFFFFFFFFFFFFFF 0b 0x 0o8 190:20:30 ` +
  `!!str 5 | !!int "5" | !!int abc | !!float 1 | !!bool yes | !!bool "yes" | !!null x | !!binary aGk= | !!binary *** | !foo 1 | !!timestamp 2024-01-01 | ! 5 | &a1 x | *a1 | <<`;
const scalarPool = scalars.split(' | ').flatMap((part, i) => (i === 0 ? part.match(/"[^"]*"|'(?:[^']|'')*'|\S+(?=\s|$)/g)! : [part]));
const collections = [
  '[]',
  '{}',
  '[a]',
  '[a, b]',
  '[1]',
  '[true]',
  '[1.5]',
  '[null]',
  '[~]',
  '[a, ]',
  '["65"]',
  '[[a]]',
  '[{a: b}]',
  '{a: 1}',
  '{a: 1.5}',
  '{a: "2"}',
  '{a: x}',
  '{a: }',
  '{a}',
  '{1: 1}',
  '{true: 1}',
  '{1.5: 1}',
  '{~: 1}',
  '{a: yes}',
  '{a: [1]}',
  '{a: 1, a: x}',
  '{a: 18446744073709551615}',
  '{? a : 1}',
  '{[a]: 1}',
  '{<<: {a: 1}}',
  '{<<: [{a: 1}, {b: x}], b: 2}',
  '{a: x, <<: {a: 1}}',
  '{<<: 5}',
  '[18446744073709551615]',
  '[-1]',
  `'{"a": 1}'`,
  `'{"a": "x"}'`,
  `'{"a": null}'`,
  `'{a: 1}'`,
  `'{'`,
  `'{"a": 1e400}'`,
  `'["a"]'`,
  `'[1]'`,
  `'[null]'`,
  `'[]'`,
  `'[a]'`,
  `'[{"action": "accept"}]'`,
  '[{action: accept}]',
  '[{action: accept}, ~]',
  '[{action: accept}, x]',
  '[*a1]',
  '"a\\',
  "'a",
  '"a',
  '[a',
  '{a: b',
  'a: b',
  '- a',
  '|\n      text\n      more',
  '>-\n      folded\n      text',
  '|2\n   x',
  'multi\n      line',
  '"multi\n  line"',
  '# comment',
  'a #b',
  '@a',
  '`a`',
  '%a',
  '\ta',
  'a\t',
  '"\\u00e9"',
  '"\\x"',
  '"\\q"',
  'é',
  '\u0085',
  '\u{1F600}',
  '\u0000',
  '\u0007',
  '\uFEFF',
  '\uE000',
  '? a',
  '? a\n      : b',
];

export class ConfigMaker {
  private readonly random: () => number;
  private readonly actions: readonly ActionSpec[];

  constructor(random: () => number) {
    this.random = random;
    this.actions = [...knowledgeOf('v1').actions.values()].filter((a) => !a.upstreamOnly);
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)]!;
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  config(): string {
    const items = Array.from({ length: 1 + this.below(this.chance(0.1) ? 12 : 3) }, () => this.item());
    let text = items.join('');
    if (this.chance(0.08))
      text =
        this.pick([
          '---\n',
          '%YAML 1.1\n---\n',
          '%YAML 1.2\n---\n',
          '\uFEFF',
          '# comment\n',
          '\n\n',
          '--- ',
          '...\n',
          '%TAG ! tag:x,2000:\n---\n',
          '  \n',
          '\t\n',
        ]) + text;
    if (this.chance(0.05))
      text += this.pick(['---\n- bogus: {}\n', '...\n', '...\n- x\n', '--- |\n', 'x\n', '- \n', '\n# end', '  - a\n', '@', '---\n\t@']);
    if (this.chance(0.04)) text = text.replaceAll('\n', '\r\n');
    if (this.chance(0.02)) text = text.replaceAll(/^/gm, this.pick([' ', '  ', '\t']));
    for (let times = this.chance(0.35) ? 1 + this.below(3) : 0; times > 0; times--) text = this.mutate(text);
    return text;
  }

  private item(): string {
    if (this.chance(0.04)) return `- ${this.value()}\n`;
    const action = this.pick(this.actions);
    const name = this.chance(0.03)
      ? this.pick([
          action.name.toUpperCase(),
          `${action.name}x`,
          `"${action.name}"`,
          `'${action.name}'`,
          'yes',
          '5',
          '~',
          '""',
          '? x',
          `!!str ${action.name}`,
          `&a1 ${action.name}`,
        ])
      : action.name;
    if (this.chance(0.05)) return `- ${name}\n`;
    if (this.chance(0.08)) return `- ${name}: ${this.value()}\n`;
    const fields = this.fields(action);
    if (fields.length === 0) return `- ${name}:${this.pick(['', ' {}', ' ~', ' null'])}\n`;
    if (this.chance(0.3)) return `- ${name}: {${fields.map(([k, v]) => `${k}: ${v.includes('\n') ? 'x' : v}`).join(', ')}}\n`;
    const indent = this.chance(0.03) ? '  ' : '    ';
    return `- ${name}:\n${fields.map(([k, v]) => `${indent}${k}: ${v}\n`).join('')}`;
  }

  private fields(action: ActionSpec): [string, string][] {
    const fields: [string, string][] = [];
    for (const field of action.fields.values()) {
      if (field.required ? this.chance(0.96) : this.chance(0.25))
        fields.push([
          this.chance(0.04)
            ? this.pick([field.name.toUpperCase(), `"${field.name}"`, field.name.replace(/^./, (c) => c.toUpperCase())])
            : field.name,
          this.fieldValue(field),
        ]);
    }
    if (this.chance(0.05)) fields.push([this.pick(['bogus', 'tls', 'yes', '5', '~', '<<', 'ID', 'Port', '[a]', '""']), this.value()]);
    if (this.chance(0.04) && fields.length > 0) fields.push([this.pick(fields)[0], this.value()]);
    return fields;
  }

  private fieldValue(field: FieldSpec): string {
    if (this.chance(0.3)) return this.value();
    switch (field.kind) {
      case 'string':
        return this.pick(['a', 'foo', '"x"', "'y'", '/tmp/x', ...(field.values ?? [])]);
      case 'int':
        return this.pick(['0', '2222', '"2222"', '0600', '22.7', '-5']);
      case 'float':
        return this.pick(['1', '1.0', '2.5', '"3"', '0']);
      case 'bool':
        return this.pick(['true', 'false', 'yes', 'no', '"yes"', '"False"']);
      case 'strings':
        return this.pick(['[a]', 'a', '[a, b]', '\n      - a\n      - b', '[]', `'["a"]'`]);
      case 'float-map':
        return this.pick(['{a: 1}', '{a: 1.5, b: 2}', `'{"a": 1}'`, '{}', '\n      a: 1']);
      case 'string-map':
        return this.pick(['{a: b}', '{}']);
      case 'any-map':
        return this.pick(['{a: b}', '{a: [1, {b: ~}]}', '{}']);
      case 'firewall-rules':
        return this.pick([
          '[{action: accept}]',
          '[]',
          '[{action: drop, fromnode: a}]',
          '\n      - action: reject\n        tonode: b',
          '[{1: 2}]',
          '[{}]',
          '[{action: ~}]',
        ]);
    }
  }

  private value(): string {
    return this.chance(0.6) ? this.pick(scalarPool) : this.pick(collections);
  }

  /** One careless edit. */
  private mutate(text: string): string {
    const at = this.below(text.length + 1);
    const lines = text.split('\n');
    const line = this.below(lines.length);
    switch (this.below(9)) {
      case 0:
        return (
          text.slice(0, at) +
          this.pick([
            ':',
            '-',
            ' ',
            '\n',
            '"',
            "'",
            '{',
            '}',
            '[',
            ']',
            ',',
            '#',
            '&',
            '*',
            '!',
            '|',
            '>',
            '%',
            '@',
            '\t',
            '?',
            'a',
            '0',
            '~',
            '- ',
            ': ',
            '\n- ',
            '\r',
            '\\',
          ]) +
          text.slice(at)
        );
      case 1:
        return text.slice(0, at) + text.slice(at + 1);
      case 2:
        return text.slice(0, at) + text.slice(at + this.below(12));
      case 3:
        lines.splice(line, 0, lines[line]!);
        return lines.join('\n');
      case 4:
        lines.splice(line, 1);
        return lines.join('\n');
      case 5:
        lines[line] = this.pick([' ', '  ', '\t']) + lines[line]!;
        return lines.join('\n');
      case 6:
        lines[line] = lines[line]!.slice(1);
        return lines.join('\n');
      case 7:
        return text.slice(0, at) + this.value() + text.slice(at);
      default:
        return text.slice(0, at) + text.slice(at).replace(/\S+/, this.value());
    }
  }
}
