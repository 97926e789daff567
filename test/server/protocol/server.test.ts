import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CodeAction, CompletionList, Hover, Location, WorkspaceEdit } from 'vscode-languageserver';
import { afterEach, describe, expect, it } from 'vitest';
import { liveMeshNotification, summaryRequest, type ConfigSummary } from '../../../server/src/protocol/requests.ts';
import { TestClient, type ClientOptions } from './client.ts';

const uri = 'file:///etc/receptor/receptor.conf';
const clients: TestClient[] = [];

async function start(options?: ClientOptions): Promise<TestClient> {
  const client = await TestClient.start(options);
  clients.push(client);
  return client;
}

afterEach(() => {
  for (const client of clients.splice(0)) client.stop();
});

const codes = (diagnostics: readonly { code?: unknown }[]): unknown[] => diagnostics.map(({ code }) => code);
const sound = '- node:\n    id: a\n- tcp-listener:\n    port: 2222\n';

describe('findings', () => {
  it('come with everything an editor shows', async () => {
    const client = await start();
    const [diagnostic, ...rest] = await client.open(uri, '- node:\n    id: a\n- tcp-listner:\n    port: 1\n- local-only: null\n');
    expect(rest).toEqual([]);
    expect(diagnostic).toMatchObject({
      source: 'receptor',
      severity: 1,
      code: 'unknown-action',
      range: { start: { line: 2, character: 2 }, end: { line: 2, character: 13 } },
      data: { phase: 'load', fixes: ['replace'] },
    });
    expect(diagnostic!.codeDescription!.href).toMatch(/\/docs\/rules\.md#unknown-action$/);
    expect(client.published[0]!.version).toBe(1);
  });

  it('follow edits, several in one message too', async () => {
    const client = await start();
    expect(await client.open(uri, sound)).toEqual([]);
    const broken = await client.change(uri, 2, [
      { range: { start: { line: 3, character: 8 }, end: { line: 3, character: 8 } }, text: 'x' },
      { range: { start: { line: 0, character: 2 }, end: { line: 0, character: 6 } }, text: 'knot' },
      { range: { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } }, text: '    datadir: /d\n' },
    ]);
    expect(codes(broken)).toEqual(expect.arrayContaining(['unknown-action', 'unknown-field']));
    expect(await client.change(uri, 3, [{ text: sound }])).toEqual([]);
  });

  it('of an edit that was overtaken are never published for the newer text', async () => {
    const client = await start();
    await client.open(uri, sound);
    const last = client.diagnosed(uri, 40);
    for (let version = 2; version <= 40; version++) {
      const at = { line: 3, character: 10 };
      void client.notify('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [{ range: { start: at, end: at }, text: version % 2 === 0 ? 'x' : '' }],
      });
    }
    await last;
    const versions = client.published.map(({ version }) => version ?? 0);
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  });

  it('are cleared when a document is closed', async () => {
    const client = await start();
    await client.open(uri, '- foo: {}\n');
    const cleared = client.diagnosed(uri);
    await client.notify('textDocument/didClose', { textDocument: { uri } });
    expect(await cleared).toEqual([]);
  });

  it('are at most some hundreds, however hostile the file', async () => {
    const client = await start();
    const diagnostics = await client.open(uri, '- foo: {}\n'.repeat(3000));
    expect(diagnostics.length).toBeGreaterThan(100);
    expect(diagnostics.length).toBeLessThanOrEqual(1001);
  });
});

describe('files that a config names', () => {
  it('are looked for again when something is saved, and when they come or go by themselves', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'named-'));
    const client = await start({ initializationOptions: { onlyConfigs: true, validate: { files: 'on' } } });
    try {
      const [cert, key] = ['a.crt', 'a.key'].map((name) => path.join(dir, name)) as [string, string];
      const tls = `- tls-server: {name: s, cert: '${cert}', key: '${key}'}\n`;
      const missing = ['file-missing', 'file-missing'];
      expect(codes(await client.open(uri, `${sound}${tls}`))).toEqual(missing);
      writeFileSync(cert, 'x');
      writeFileSync(key, 'x');
      const saved = client.diagnosed(uri);
      await client.notify('textDocument/didSave', { textDocument: { uri } });
      const unreadable = codes(await saved);
      expect(unreadable).not.toContain('file-missing');
      for (const file of [cert, key]) rmSync(file);
      expect(codes(await client.diagnosed(uri))).toEqual(missing);
      writeFileSync(cert, 'x');
      writeFileSync(key, 'x');
      expect(codes(await client.diagnosed(uri))).toEqual(unreadable);
    } finally {
      await client.request('shutdown', null);
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

describe('documents of others', () => {
  const anybodys = { initializationOptions: {} };

  it('get nothing where the client does not choose', async () => {
    const client = await start(anybodys);
    await client.notify('textDocument/didOpen', {
      textDocument: { uri: 'file:///k8s.yml', languageId: 'yaml', version: 1, text: 'apiVersion: v1\nkind: Pod\n' },
    });
    expect(
      await client.request('textDocument/hover', { textDocument: { uri: 'file:///k8s.yml' }, position: { line: 0, character: 2 } }),
    ).toBeNull();
    expect(client.published).toEqual([]);
  });

  it('are ours once they look like a receptor config', async () => {
    const client = await start(anybodys);
    await client.notify('textDocument/didOpen', { textDocument: { uri: 'file:///foo.yml', languageId: 'yaml', version: 1, text: '' } });
    expect(
      codes(await client.change('file:///foo.yml', 2, [{ text: '- tcp-listener:\n    port: 1\n- tcp-peer:\n    adress: a:1\n' }])),
    ).toContain('unknown-field');
  });
});

describe('settings', () => {
  const rules =
    '- tls-server: {name: a, cert: /nonexistent-folder-of-tests/a, key: /nonexistent-folder-of-tests/b, mintls13: false}\n- local-only: null\n';

  it('from the start, by notification, and by request apply at once', async () => {
    let files = 'off';
    const client = await start({
      capabilities: { workspace: { configuration: true } },
      configuration: () => ({ validate: { files } }),
      initializationOptions: { onlyConfigs: true, validate: { files: 'off' } },
    });
    expect(codes(await client.open(uri, rules))).not.toContain('missing-file');
    const errors = (): number => client.published.at(-1)!.diagnostics.filter(({ severity }) => severity === 1).length;
    await client.notify('workspace/didChangeConfiguration', { settings: { receptor: { validate: { files: 'on' } } } });
    await expect.poll(errors).toBeGreaterThan(0);
    files = 'off';
    await client.notify('workspace/didChangeConfiguration', { settings: null });
    await expect.poll(errors).toBe(0);
  });

  it('never look at the disk in a folder that nobody trusts', async () => {
    const client = await start({ initializationOptions: { onlyConfigs: true, trusted: false, validate: { files: 'on' } } });
    expect((await client.open(uri, rules)).filter(({ severity }) => severity === 1)).toEqual([]);
  });

  it('choose the rules of a receptor version', async () => {
    const client = await start({ initializationOptions: { onlyConfigs: true, version: '1.5.5', validate: { files: 'off' } } });
    await client.open(uri, '- node: {id: a, datadir: ""}\n- local-only: null\n');
    expect((await client.request<ConfigSummary>(summaryRequest, { uri })).errors).toBe(0);
    const next = client.diagnosed(uri);
    await client.notify('workspace/didChangeConfiguration', { settings: { receptor: { version: '1.6.9' } } });
    expect((await next).filter(({ severity }) => severity === 1)).toHaveLength(1);
  });

  it('leave YAML to an extension that owns it', async () => {
    const text = '- node:\n    id: [a\n';
    const alone = await start({ initializationOptions: { onlyConfigs: true } });
    expect(codes(await alone.open(uri, text))).toContain('yaml');
    expect(alone.result.capabilities.foldingRangeProvider).toBe(true);
    const beside = await start({ initializationOptions: { onlyConfigs: true, yamlExtensionActive: true } });
    expect(codes(await beside.open(uri, text))).not.toContain('yaml');
    expect(beside.result.capabilities.foldingRangeProvider).toBeUndefined();
  });
});

describe('requests', () => {
  it('answer from the newest text, also right after an edit', async () => {
    const client = await start({ capabilities: { textDocument: { completion: { completionItem: { snippetSupport: true } } } } });
    await client.open(uri, sound);
    const end = { line: 4, character: 0 };
    void client.notify('textDocument/didChange', {
      textDocument: { uri, version: 2 },
      contentChanges: [{ range: { start: end, end }, text: '- tcp-p' }],
    });
    const list = await client.request<CompletionList>('textDocument/completion', {
      textDocument: { uri },
      position: { line: 4, character: 7 },
    });
    expect(list.items.map(({ label }) => label)).toContain('tcp-peer');
    const hover = await client.request<Hover>('textDocument/hover', { textDocument: { uri }, position: { line: 3, character: 6 } });
    expect(JSON.stringify(hover.contents)).toContain('**port**');
  });

  it('go to definitions and rename', async () => {
    const client = await start();
    const text = '- tls-client: {name: c, cert: "", key: ""}\n- tcp-peer:\n    address: a:1\n    tls: c\n';
    await client.open(uri, text);
    const at = { textDocument: { uri }, position: { line: 3, character: 9 } };
    expect(await client.request<Location[]>('textDocument/definition', at)).toEqual([
      { uri, range: { start: { line: 0, character: 21 }, end: { line: 0, character: 22 } } },
    ]);
    const edit = await client.request<WorkspaceEdit>('textDocument/rename', { ...at, newName: 'mesh' });
    expect(edit.changes![uri]).toHaveLength(2);
    await expect(client.request('textDocument/rename', { ...at, newName: '' })).rejects.toThrow('A name cannot be empty.');
  });

  it('repair, and rewrite when chosen', async () => {
    const client = await start({
      capabilities: {
        workspace: { workspaceEdit: { documentChanges: true } },
        textDocument: { codeAction: { resolveSupport: { properties: ['edit'] } } },
      },
    });
    await client.open(uri, '- node:\n    id: a\n- tcp-listner:\n    port: 1\n');
    const range = { start: { line: 2, character: 4 }, end: { line: 2, character: 4 } };
    const actions = await client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range,
      context: { diagnostics: [] },
    });
    const fix = actions.find(({ kind }) => kind === 'quickfix')!;
    expect(fix).toMatchObject({
      title: 'Change to tcp-listener',
      isPreferred: true,
      edit: { documentChanges: [{ textDocument: { uri, version: 1 }, edits: [{ newText: 'tcp-listener' }] }] },
    });
    const rewrite = actions.find(({ kind }) => kind === 'refactor.rewrite')!;
    expect(rewrite.edit).toBeUndefined();
    const resolved = await client.request<CodeAction>('codeAction/resolve', rewrite);
    expect(JSON.stringify(resolved.edit)).toContain('node:');
    expect(await client.request('codeAction/resolve', fix)).toEqual(fix); // Neovim asks of every action
    await client.change(uri, 2, [{ text: sound }]);
    await expect(client.request('codeAction/resolve', rewrite)).rejects.toThrow('has changed since');
  });

  it('summarize open documents and files', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'receptor-test-'));
    try {
      const client = await start();
      await client.open(
        uri,
        `${sound}- control-service: {service: c, filename: /tmp/c.sock}\n- work-command: {worktype: cat, command: cat}\n- tls-client: {name: t, cert: "", key: "", rootcas: /ca}\n`,
      );
      expect(await client.request(summaryRequest, { uri })).toMatchObject({
        version: 1,
        format: 'v1',
        nodeId: 'a',
        controlServices: [{ service: 'c', filename: '/tmp/c.sock' }],
        listeners: [{ action: 'tcp-listener', address: '0.0.0.0:2222', cost: 1 }],
        tlsClients: [{ name: 't', rootCas: '/ca' }],
        workTypes: [{ name: 'cat', signed: false }],
        services: ['c'],
        errors: 0,
      });
      const file = path.join(folder, 'bar.yml');
      writeFileSync(file, sound);
      expect(await client.request(summaryRequest, { uri: pathToFileURL(file).href })).toMatchObject({ version: null, nodeId: 'a' });
      expect(await client.request(summaryRequest, { uri: pathToFileURL(path.join(folder, 'none.yml')).href })).toBeNull();
      writeFileSync(file, Buffer.from(`${sound}# caf\u00e9 au lait\n`, 'latin1'));
      expect(await client.request(summaryRequest, { uri: pathToFileURL(file).href })).toMatchObject({ errors: 1 });
      const other = path.join(folder, 'docker-compose.yml');
      writeFileSync(other, 'services:\n  web: {image: nginx}\n');
      expect(await client.request(summaryRequest, { uri: pathToFileURL(other).href })).toBeNull();
      expect(await client.request(summaryRequest, { uri: pathToFileURL(other).href, isConfig: true })).toMatchObject({ format: 'v2' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('suggest what the client knows of the mesh', async () => {
    const client = await start();
    await client.open(uri, `${sound}- tcp-server:\n    remotenode: `);
    await client.notify(liveMeshNotification, { nodes: ['far'], services: {}, workTypes: [] });
    const list = await client.request<CompletionList>('textDocument/completion', {
      textDocument: { uri },
      position: { line: 5, character: 16 },
    });
    expect(list.items.map(({ label }) => label)).toContain('far');
  });

  it('that fail name the place and nothing of the file', async () => {
    const client = await start();
    await client.open(uri, '- node: {id: secret-node}\n');
    await expect(client.request('textDocument/hover', { textDocument: { uri } })).rejects.toThrow('textDocument/hover failed');
    expect(client.logged.join('\n')).toMatch(/textDocument\/hover failed: TypeError\n\s+at /);
    expect(client.logged.join('\n')).not.toContain('secret-node');
  });
});

it('ends when it is told, with the status that the order of messages deserves', async () => {
  const polite = await start();
  await polite.request('shutdown', null);
  await polite.notify('exit', {});
  await expect.poll(() => polite.exits[0]).toBe(0);
  const terse = await start(); // LSP's own form: neither has params
  expect(await terse.connection.sendRequest('shutdown')).toBeNull();
  await terse.connection.sendNotification('exit');
  await expect.poll(() => terse.exits[0]).toBe(0);
  const rude = await start();
  await rude.notify('exit', {});
  await expect.poll(() => rude.exits[0]).toBe(1);
});
