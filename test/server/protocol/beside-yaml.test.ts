// What a YAML server with our schema says of canonical configs, and what is left for us to say beside it.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LspPeer } from '../../bench/lsp-peer.ts';
import { root } from '../../harness/paths.ts';
import { TestClient } from './client.ts';

const schemas = Object.fromEntries(
  ['v1', 'v2'].map((format) => [pathToFileURL(path.join(root, `schemas/receptor-${format}.schema.json`)).href, [`*.${format}.yml`]]),
);
const examples = ['foo', 'bar'].map((name) => [name, readFileSync(path.join(root, `test/fixtures/examples/${name}.yml`), 'utf8')] as const);

describe('yaml-language-server with our schemas', () => {
  let peer: LspPeer;
  beforeAll(async () => {
    peer = await LspPeer.start({
      name: 'yaml-language-server',
      node: process.execPath,
      script: path.join(root, 'node_modules/yaml-language-server/bin/yaml-language-server'),
      args: ['--stdio'],
      settings: { yaml: { validate: true, schemaStore: { enable: false }, schemas }, http: {} },
    });
  }, 60_000);
  afterAll(() => peer.stop());

  it.each(examples)(
    'finds nothing in %s, once its values are in canonical spelling',
    async (name, text) => {
      expect((await peer.open(`file:///${name}.v1.yml`, text.replace('Debug', 'debug'))).count).toBe(0);
    },
    30_000,
  );

  it('finds nothing in a canonical v2 config, and uses the schema', async () => {
    const text = 'node:\n  id: a\ntcp-listeners:\n  - port: 2222\ncontrol-services:\n  - service: control\n    filename: /tmp/a.sock\n';
    expect((await peer.open('file:///a.v2.yml', text)).count).toBe(0);
    expect((await peer.open('file:///b.v2.yml', 'tcp-listeners:\n  - port: []\n')).count).toBeGreaterThan(0);
    expect((await peer.open('file:///b.v1.yml', '- tcp-listener:\n    port: []\n')).count).toBeGreaterThan(0);
  }, 30_000);

  it('and our server together say each YAML error once', async () => {
    const broken = [
      '- node:\n    id: [a\n',
      '- node:\n\tid: a\n',
      '- node: "a\n- local-only: null\n',
      '- node: a: b\n',
      '- node:\n    id: a\n   datadir: b\n',
      '- node: {id: a}}\n',
      '- node: {id: a, , b: c}\n',
      '- node: |x\n    a\n',
      '- node: "\\z"\n',
      '- node: *x\n- local-only: null\n',
      '- node: &a &b c\n- local-only: null\n',
      '- node:\n    id: a\n    id: b\n- local-only: null\n',
      'node:\n  id: a\nnode:\n  id: b\n',
      'node: a\n- b\n',
    ];
    const ours = await TestClient.start({ initializationOptions: { onlyConfigs: true, yamlExtensionActive: true } });
    try {
      for (const [i, text] of broken.entries()) {
        expect((await peer.open(`file:///broken-${i}.v1.yml`, text)).count, text).toBeGreaterThan(0);
        const own = await ours.open(`file:///broken-${i}.yml`, text);
        expect(
          own.filter(({ code }) => code === 'yaml' || code === 'repeated-key'),
          text,
        ).toEqual([]);
      }
      // What is YAML to others and none to the daemon is ours to say.
      for (const [i, text] of ['%YAML 1.2\n---\n- local-only: null\n', '- local-only: {<<: 5}\n'].entries()) {
        expect((await peer.open(`file:///strict-${i}.v1.yml`, text)).count, text).toBe(0);
        expect((await ours.open(`file:///strict-${i}.yml`, text)).map(({ code }) => code)).toContain('yaml');
      }
    } finally {
      ours.stop();
    }
  }, 60_000);
});
