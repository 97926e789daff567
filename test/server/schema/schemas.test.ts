/** The schemas alone, as other tools use them: plain ajv and a plain yaml-language-server. */
import Ajv from 'ajv';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { getLanguageService } from 'yaml-language-server';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { knowledgeOf } from '../../../server/src/schema/knowledge.ts';

const load = (format: 'v1' | 'v2'): Record<string, unknown> =>
  JSON.parse(readFileSync(`schemas/receptor-${format}.schema.json`, 'utf8')) as Record<string, unknown>;
const validator = (format: 'v1' | 'v2') => {
  // The logger only hears of union types, which a flat schema of short forms needs.
  const ajv = new Ajv({ logger: false });
  return ajv.compile(load(format));
};

/** Each action's own example, and all of them together where they may stand together. */
const examples = (format: 'v1' | 'v2'): [string, string][] =>
  [...knowledgeOf(format).actions.values()].map((action) => [action.key, `${action.example}\n`]);
const together = (format: 'v1' | 'v2'): string =>
  [...knowledgeOf(format).actions.values()]
    .filter((a) => !a.exclusive)
    .map((a) => `${a.example}\n`)
    .join('');
const shortForms =
  '- local-only\n- log-level: debug\n- node: foo\n- tcp-listener: "27199"\n- tcp-peer: host:27199\n- trace\n- control-service\n- work-signing: /k\n';

describe.each(['v1', 'v2'] as const)('the %s schema', (format) => {
  it('is one flat object per item, without choices', () => {
    const text = JSON.stringify(load(format));
    expect(text).not.toMatch(/"(?:oneOf|anyOf|allOf|if|\$ref|markdownDescription)":/);
    expect(load(format)['$schema']).toContain('draft-07');
  });

  it.each(examples(format))('is content with the example of %s', (_, text) => {
    const validate = validator(format);
    validate(parse(text));
    expect(validate.errors ?? []).toEqual([]);
  });

  it('describes every action and field', () => {
    for (const action of knowledgeOf(format).actions.values()) {
      expect(action.doc, action.key).toMatch(/\.$/);
      for (const field of action.fields.values()) {
        expect(field.doc, `${action.key}.${field.name}`).toMatch(/\.$/);
        expect(field.title, `${action.key}.${field.name}`).not.toBe('');
      }
      for (const name of action.snippet) expect([...action.fields.keys()], action.key).toContain(name);
    }
  });

  it('gives no finding in a plain yaml-language-server', async () => {
    const service = getLanguageService({
      schemaRequestService: () => Promise.reject(new Error('no network')),
      workspaceContext: { resolveRelativePath: (file: string) => file },
    });
    service.configure({
      validate: true,
      yamlVersion: '1.2',
      customTags: [],
      schemas: [{ uri: `file:///receptor-${format}.json`, fileMatch: ['*'], schema: load(format) }],
    });
    const text = format === 'v1' ? together('v1') + shortForms : `version: 2\n${together('v2')}`;
    const findings = await service.doValidation(TextDocument.create(`file:///${format}.yml`, 'yaml', 1, text), false);
    expect(findings.map((f) => `${f.range.start.line}: ${JSON.stringify(f.message)} ${text.split('\n')[f.range.start.line]}`)).toEqual([]);
  });
});

describe('the v1 schema', () => {
  it('takes the short forms', () => {
    const validate = validator('v1');
    validate(parse(shortForms));
    expect(validate.errors ?? []).toEqual([]);
    expect(validate([])).toBe(true);
  });

  it('gives one error per mistake', () => {
    const validate = validator('v1');
    for (const [bad, keyword] of [
      [{ nodes: {} }, 'additionalProperties'],
      [{ node: { idd: 'a' } }, 'additionalProperties'],
      [{ 'tcp-listener': {} }, 'required'],
      [{ 'tcp-listener': { port: 70_000 } }, 'maximum'],
      [{ 'log-level': { level: 'warn' } }, 'enum'],
      ['tcp-listener', 'pattern'],
    ] as const) {
      validate([bad]);
      expect(
        (validate.errors ?? []).map((e) => e.keyword),
        JSON.stringify(bad),
      ).toEqual([keyword]);
    }
  });
});
