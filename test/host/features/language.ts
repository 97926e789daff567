// Each feature of the language server, asked for through VS Code's own commands. Code actions are in codeActions.ts.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { complete, hoverText, labels, open, places, symbols } from '../configs.ts';
import { closeAll, fileUri, findings, until } from '../support.ts';

const tls = `- tls-client:
    name: mesh
    cert: ""
    key: ""
- tcp-peer:
    address: hop:1
    tls: mesh
- ws-peer:
    address: wss://hop:2
    tls: mesh
`;

describe('language features', () => {
  afterEach(closeAll);

  it('findings come with code, link and severity, and go when the text is right', async () => {
    const { document, uri } = await open('- node:\n    id: a\n- tcp-listner:\n    port: 1\n- local-only: null\n');
    await until(() => findings(uri).length === 1, 'one finding');
    const [finding] = findings(uri);
    assert.equal(finding!.severity, vscode.DiagnosticSeverity.Error);
    const code = finding!.code as { value: string; target: vscode.Uri };
    assert.equal(code.value, 'unknown-action');
    assert.match(code.target.toString(true), /docs\/rules\.md#unknown-action$/);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, finding!.range, 'tcp-listener');
    await vscode.workspace.applyEdit(edit);
    await until(() => findings(uri).length === 0, 'no finding');
  });

  it('completes actions, right behind a dash too', async () => {
    assert.ok((await labels('- node:\n    id: a\n- tcp-l|')).includes('tcp-listener'));
    const { items } = await complete('- node:\n    id: a\n- |', ' '); // as asked when the blank is typed
    assert.ok(items.some(({ label }) => label === 'tcp-peer'));
    assert.ok(!items.some(({ label }) => label === 'node')); // there is one
  });

  it('completes fields, those that must be there first', async () => {
    const offered = (await complete('- tls-server:\n    |\n')).items.toSorted((a, b) => ((a.sortText ?? '') < (b.sortText ?? '') ? -1 : 1));
    assert.deepEqual(
      offered.slice(0, 3).map(({ label }) => label),
      ['name', 'cert', 'key'],
    );
    assert.match(offered.find(({ label }) => label === 'mintls13')?.detail ?? '', /since 1\.6: true/);
  });

  it('completes enums, truth values, work types and permissions', async () => {
    assert.deepEqual((await labels('- log-level:\n    level: |\n')).toSorted(), ['debug', 'error', 'info', 'warning']);
    assert.deepEqual(await labels('- tcp-peer:\n    address: a:1\n    redial: |\n'), ['true', 'false']);
    assert.ok((await labels('- work-command:\n    worktype: |\n')).includes('ansible-runner'));
    assert.ok((await labels('- control-service:\n    permissions: |\n')).includes('0660'));
  });

  it('completes TLS names, of the right kind only', async () => {
    const server = '- tls-server:\n    name: west\n    cert: c\n    key: k\n';
    assert.deepEqual(await labels(`${server}${tls}- tcp-peer:\n    address: a:1\n    tls: |\n`), ['mesh']);
    assert.deepEqual(await labels(`${server}${tls}- tcp-listener:\n    port: 1\n    tls: |\n`), ['west']);
  });

  it('completes files of the disk', async () => {
    await vscode.workspace.fs.writeFile(fileUri('pki/node.crt'), Buffer.from(''));
    assert.ok((await labels('- tls-client:\n    name: a\n    cert: pki/|\n')).includes('pki/node.crt'));
  });

  it('inserts the required fields in order, indented as the config is', async () => {
    const { editor, items } = await complete('- node:\n      id: a\n- tls-s|');
    const item = items.find(({ label }) => label === 'tls-server');
    assert.ok(item?.insertText instanceof vscode.SnippetString && item.range instanceof vscode.Range);
    await editor.insertSnippet(item.insertText, item.range);
    assert.match(editor.document.getText(), /^- node:\n {6}id: a\n- tls-server:\n {6}name: \S+\n {6}cert: \S+\n {6}key: \S+$/);
  });

  it('offers whole nodes where nothing is yet', async () => {
    assert.deepEqual(
      (await labels('|')).filter((label) => label.startsWith('receptor: ')).toSorted(),
      ['controller', 'execution', 'hop', 'local'].map((kind) => `receptor: ${kind} node`),
    );
  });

  it('hovers say meaning, type, default, since, example, and whether a reload is enough', async () => {
    const port = await hoverText('- tcp-listener:\n    po|rt: 2222\n');
    for (const part of [/\*\*port\*\*/, /whole number/, /required/, /applied by a reload/]) assert.match(port, part);
    const tls13 = await hoverText('- tls-server:\n    mintls|13: true\n');
    for (const part of [/since 1\.6: `true`/, /needs a restart/]) assert.match(tls13, part);
    assert.match(await hoverText('- tcp-lis|tener:\n    port: 1\n'), /```yaml\n- tcp-listener:/);
  });

  it('hovers say what the daemon makes of a value', async () => {
    assert.match(await hoverText('- control-service:\n    service: c\n    permissions: 06|60\n'), /rw-rw----/);
    assert.match(
      await hoverText('- node:\n    firewallrules:\n      - action: dr|op\n        fromnode: b\n'),
      /Silently drops packets from node `b`/,
    );
  });

  it('firewall rules and durations have signature help', async () => {
    const help = async (source: string): Promise<vscode.SignatureInformation> => {
      const { uri, position } = await open(source);
      const found = await vscode.commands.executeCommand<vscode.SignatureHelp>('vscode.executeSignatureHelpProvider', uri, position, ' ');
      return found.signatures[0]!;
    };
    assert.match((await help('- node:\n    id: a\n    firewallrules:\n      - action: |\n')).label, /action: accept \| reject \| drop/);
    assert.match((await help('- work-signing:\n    privatekey: k\n    tokenexpiration: |\n')).label, /<number><unit>/);
  });

  it('symbols read like the config, in both formats', async () => {
    const { uri } = await open('- node: foo\n- tcp-listener:\n    port: 2222\n');
    const found = await symbols(uri);
    assert.deepEqual(
      found.map(({ name }) => name),
      ['node foo', 'tcp-listener 2222'],
    );
    // What the breadcrumbs go down to.
    assert.deepEqual(
      found[1]!.children.map(({ name }) => name),
      ['port'],
    );
    const { uri: v2 } = await open('node:\n  id: a\ntcp-listeners:\n  - port: 2222\n');
    assert.deepEqual(
      (await symbols(v2)).map(({ name, children }) => [name, children.map((child) => child.name)]),
      [
        ['node a', ['id']],
        ['tcp-listeners', ['tcp-listener 2222']],
      ],
    );
  });

  it('items fold and selections grow', async () => {
    const { uri, position } = await open('- node:\n    id: a\n- tcp-listener:\n    po|rt: 2222\n    cost: 2\n');
    const folds = await vscode.commands.executeCommand<vscode.FoldingRange[]>('vscode.executeFoldingRangeProvider', uri);
    assert.ok(folds.some(({ start, end }) => start === 2 && end === 4));
    const [selection] = await vscode.commands.executeCommand<vscode.SelectionRange[]>('vscode.executeSelectionRangeProvider', uri, [
      position,
    ]);
    assert.ok(selection?.parent);
  });

  it('TLS names lead to their definition and are renamed everywhere', async () => {
    const { document, uri } = await open(tls);
    const position = new vscode.Position(6, 10);
    assert.deepEqual(await places('vscode.executeDefinitionProvider', uri, position), [1]);
    assert.deepEqual(await places('vscode.executeReferenceProvider', uri, position), [1, 6, 9]);
    assert.deepEqual(await places('vscode.executeDocumentHighlights', uri, position), [1, 6, 9]);
    const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>('vscode.executeDocumentRenameProvider', uri, position, 'west');
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.equal(document.getText().match(/: west$/gm)?.length, 3);
  });

  it('so do anchors', async () => {
    const { document, uri } = await open('- node: &me\n    id: a\n- local-only: null\n- trace: *me\n');
    const alias = new vscode.Position(3, 10);
    assert.deepEqual(await places('vscode.executeDefinitionProvider', uri, alias), [0]);
    assert.deepEqual(await places('vscode.executeReferenceProvider', uri, alias), [0, 3]);
    assert.deepEqual(await places('vscode.executeDocumentHighlights', uri, alias), [0, 3]);
    const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>('vscode.executeDocumentRenameProvider', uri, alias, 'self');
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.match(document.getText(), /&self\n[^]*\*self\n/);
  });

  it('work types are found where they stand twice, and renamed', async () => {
    const { document, uri } = await open(
      '- work-command:\n    worktype: cat\n    command: cat\n- work-command:\n    worktype: cat\n    command: tac\n',
    );
    const position = new vscode.Position(1, 15);
    assert.deepEqual(await places('vscode.executeReferenceProvider', uri, position), [1, 4]);
    assert.deepEqual(await places('vscode.executeDocumentHighlights', uri, position), [1, 4]);
    const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>('vscode.executeDocumentRenameProvider', uri, position, 'dog');
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.equal(document.getText().match(/worktype: dog$/gm)?.length, 2);
  });

  it('what cannot be renamed says so', async () => {
    const { uri } = await open('- node:\n    id: a\n');
    await assert.rejects(async () =>
      vscode.commands.executeCommand('vscode.executeDocumentRenameProvider', uri, new vscode.Position(1, 8), 'b'),
    );
  });

  it('paths of files that exist are links', async () => {
    await vscode.workspace.fs.writeFile(fileUri('pki/node.crt'), Buffer.from(''));
    const { uri } = await open('- tls-client:\n    name: a\n    cert: pki/node.crt\n    key: pki/none.key\n');
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>('vscode.executeLinkProvider', uri);
    assert.deepEqual(
      links.map(({ target }) => target?.toString()),
      [fileUri('pki/node.crt').toString()],
    );
  });

  it('lenses count who uses a TLS item, and open the uses', async () => {
    const { uri } = await open(`${tls}- tls-client:\n    name: spare\n    cert: ""\n    key: ""\n`);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 10);
    const uses = lenses.find(({ command }) => command?.title === '2 peers use this');
    assert.equal(uses?.command?.command, 'editor.action.showReferences');
    const [of, from, locations] = uses.command.arguments as [vscode.Uri, vscode.Position, vscode.Location[]];
    assert.equal(of.toString(), uri.toString());
    assert.equal(from.line, 0);
    assert.deepEqual(
      locations.map(({ range }) => range.start.line),
      [6, 9],
    );
    await vscode.commands.executeCommand('editor.action.showReferences', of, from, locations); // VS Code takes them
    await vscode.commands.executeCommand('closeReferenceSearch');
    assert.equal(lenses.find(({ command }) => command?.title === 'not used in this file')?.command?.command, '');
  });

  it('a new line below an action stands where its fields do', async () => {
    const { uri } = await open('- tcp-listener:\n  \n- local-only: null\n');
    const edits = await vscode.commands.executeCommand<vscode.TextEdit[]>(
      'vscode.executeFormatOnTypeProvider',
      uri,
      new vscode.Position(1, 2),
      '\n',
      { tabSize: 2, insertSpaces: true },
    );
    // The editor makes edits as small as it can: what counts is the text after them.
    const edit = new vscode.WorkspaceEdit();
    edit.set(uri, edits);
    await vscode.workspace.applyEdit(edit);
    assert.equal((await vscode.workspace.openTextDocument(uri)).lineAt(1).text, '    ');
  });

  it('settings apply at once', async () => {
    const settings = vscode.workspace.getConfiguration('receptor');
    const { uri } = await open('- node:\n    id: a\n    datadir: ""\n- local-only: null\n');
    await until(() => findings(uri).some(({ severity }) => severity === vscode.DiagnosticSeverity.Error), 'the newest rules');
    try {
      await settings.update('version', '1.5.5', vscode.ConfigurationTarget.Workspace);
      await until(() => findings(uri).every(({ severity }) => severity !== vscode.DiagnosticSeverity.Error), 'the rules of 1.5.5');
    } finally {
      await settings.update('version', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  it('templates get no false finding, and still completion', async () => {
    const { uri } = await open('{% for p in peers %}\n- tcp-peer:\n    address: {{ p }}:27199\n{% endfor %}\n- local-only: null\n');
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepEqual(
      findings(uri).filter(({ severity }) => severity <= vscode.DiagnosticSeverity.Warning),
      [],
    );
    assert.ok((await labels('- node:\n    id: a\n- tcp-peer:\n    address: {{ p }}:27199\n    co|\n')).includes('cost'));
  });
});
