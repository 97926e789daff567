/** Editing must come to the same as reading anew, whatever the edit: `SOAK=1` tries thousands. */
import { describe, expect, it } from 'vitest';
import { ConfigDocument } from '../../../server/src/config/document.ts';
import type { ConfigModel } from '../../../server/src/config/model.ts';
import { checkConfig, digestItem } from '../../../server/src/rules/check.ts';
import { seeded } from '../../harness/random.ts';

const rounds = process.env['SOAK'] === '1' ? 3000 : 60;
const context = { files: 'off', now: () => 0 } as const;

/** What a model says, placed: independent of which items were kept. */
function story(model: ConfigModel): unknown {
  return {
    format: model.format,
    problem: model.problem,
    templated: model.templated,
    findings: model.findings,
    items: model.items.map(({ base, reading }) => ({
      start: base + reading.span.start,
      end: base + reading.span.end,
      action: reading.spec?.name,
      shape: reading.shape,
      fields: reading.fields.map((f) => [f.name, base + f.span.start, base + f.span.end, f.value instanceof Map ? [...f.value] : f.value]),
    })),
  };
}

const seedText = `- node:
    id: a
    firewallrules:
      - action: accept
        fromnode: /b.*/
- tls-server:
    name: s
    cert: a.crt
    key: a.key
- tcp-listener:
    port: 27199
    tls: s
# a comment
- tcp-peer: {address: "h:27199", tls: c}
- tls-client: {name: c, cert: '', key: ''}

- control-service:
    filename: /tmp/r.sock
- work-command: {worktype: x, command: ls}
- local-only
`;

/** What edits put in: everything that moves the boundaries of items, documents and lines. */
const pieces = [
  '\n',
  '- ',
  '-',
  ' ',
  '  ',
  '\n- ',
  '\n- local-only\n',
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ':',
  ': ',
  '#',
  '---\n',
  '\n---\n',
  '...\n',
  '\n...',
  '\t',
  '&a ',
  '*a',
  '|\n',
  '\r\n',
  '\r',
  '\uFEFF',
  '{{ x }}',
  '{{',
  '}}',
  '{% if x %}',
  '%}',
  'x',
  '2',
  'tls: s\n',
  '    tls: s\n',
  '- node: {id: b}\n',
  '\u2028',
  '%YAML 1.1\n',
  '\uE000',
  '<<: *a\n',
  'tcp-',
  '',
];

function edit(random: () => number, text: string): { start: number; end: number; text: string } {
  const lines = [...text.matchAll(/^/gm)].map((m) => m.index);
  // Half of the edits stand where lines begin: there items begin and end.
  const start = random() < 0.5 ? lines[Math.floor(random() * lines.length)]! : Math.floor(random() * (text.length + 1));
  const length = random() < 0.5 ? 0 : random() < 0.8 ? 1 + Math.floor(random() * 4) : Math.floor(random() * 80);
  return { start, end: Math.min(text.length, start + length), text: pieces[Math.floor(random() * pieces.length)]! };
}

describe('a document that is edited', () => {
  it(`reads as if it were new, in ${rounds} rounds of random edits`, { timeout: 600_000 }, () => {
    for (let round = 0; round < rounds; round++) {
      const random = seeded(round);
      const document = new ConfigDocument(seedText, { onItem: digestItem }); // as the server does; what is read anew does without
      checkConfig(document, context);
      for (let step = 0; step < 12; step++) {
        const changes = Array.from({ length: random() < 0.2 ? 2 : 1 }, () => edit(random, document.text));
        // A second change counts on the text after the first.
        const valid = changes.filter((c, i) => i === 0 || c.end <= document.text.length - 100);
        const before = document.text;
        document.update(valid);
        const fresh = new ConfigDocument(document.text);
        const where = `round ${round}, step ${step}: ${JSON.stringify(before)} ${JSON.stringify(valid)}`;
        expect(story(document.model), where).toEqual(story(fresh.model));
        expect(checkConfig(document, context), where).toEqual(checkConfig(fresh, context));
      }
    }
  });

  it('keeps the readings of items that an edit does not touch', () => {
    const document = new ConfigDocument(seedText);
    const before = document.model.items.map((i) => i.reading);
    const at = seedText.indexOf('27199');
    document.update([{ start: at, end: at + 5, text: '27200' }]);
    const changed = document.model.items.map((i) => i.reading).filter((reading, i) => reading !== before[i]);
    expect(changed.map((r) => r.spec?.name)).toEqual(['tcp-listener']);
  });

  it('judges again who refers to a name that changed', () => {
    const document = new ConfigDocument(seedText);
    expect(checkConfig(document, context).filter((f) => f.code === 'tls-unknown')).toEqual([]);
    const at = seedText.indexOf('name: s') + 'name: '.length;
    document.update([{ start: at, end: at + 1, text: 'other' }]);
    const unknown = checkConfig(document, context).filter((f) => f.code === 'tls-unknown');
    expect(unknown.map((f) => document.text.slice(f.span.start, f.span.end))).toEqual(['s']);
    document.update([{ start: at, end: at + 5, text: 's' }]);
    expect(checkConfig(document, context).filter((f) => f.code === 'tls-unknown')).toEqual([]);
  });
});
