// Beside an extension with the id of redhat.vscode-yaml and its language server: nothing is said or offered twice.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { complete, hoverText, open, places, symbols } from '../configs.ts';
import { closeAll, extensionId, findings, openFile, setText, until } from '../support.ts';

const yamlExtension = 'redhat.vscode-yaml';

/** What the YAML extension says of a document. */
const theirs = (uri: vscode.Uri): vscode.Diagnostic[] => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'YAML');

describe('beside a YAML extension', () => {
  before(async () => {
    const extension = vscode.extensions.getExtension(yamlExtension);
    assert.ok(extension);
    await extension.activate();
    assert.ok(vscode.extensions.getExtension(extensionId));
  });
  afterEach(closeAll);

  const broken: readonly (readonly [name: string, text: string])[] = [
    ['an open bracket', '- node:\n    id: [a\n'],
    ['a tab', '- node:\n\tid: a\n'],
    ['a colon too many', '- node: a: b\n'],
    ['an unknown alias', '- node: *x\n- local-only: null\n'],
    ['a repeated key', '- node:\n    id: a\n    id: b\n- local-only: null\n'],
  ];
  for (const [name, text] of broken) {
    it(`${name} is said once, by the YAML extension`, async () => {
      const { document } = await open('- node:\n    id: a\n- tcp-listner:\n    port: 1\n');
      const { uri } = document;
      await until(() => findings(uri).some(({ code }) => (code as { value: string }).value === 'unknown-action'), 'we check this document');
      await setText(document, text);
      await until(() => theirs(uri).length > 0, 'the YAML extension says it');
      // Ours are those of the broken text by now: what was wrong before is gone.
      await until(() => findings(uri).every(({ code }) => (code as { value: string }).value !== 'unknown-action'), 'ours are new too');
      assert.deepEqual(
        findings(uri).filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error),
        [],
      );
    });
  }

  it("what only receptor knows is still ours, and the YAML extension's server says nothing of it", async () => {
    const { uri } = await open('- node:\n    id: a\n- tcp-listner:\n    port: 1\n- local-only: null\n');
    await until(() => findings(uri).length > 0, 'a finding');
    assert.deepEqual(
      vscode.languages.getDiagnostics(uri).map(({ source }) => source),
      ['receptor'],
    );
  });

  it('each completion is offered once', async () => {
    for (const source of ['- node:\n    id: a\n- |', '- node:\n    id: a\n- tcp-listener:\n    |', '- log-level:\n    level: |\n']) {
      const { items } = await complete(source);
      const names = items.map(({ label }) => (typeof label === 'string' ? label : label.label));
      assert.deepEqual([...new Set(names)], names, source);
    }
  });

  it('there is one hover', async () => {
    const { uri, position } = await open('- node:\n    id: a\n- tcp-lis|tener:\n    port: 1\n');
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri, position);
    assert.equal(hovers.length, 1);
    assert.match(await hoverText('- node:\n    id: a\n- tcp-lis|tener:\n    port: 1\n'), /\*\*tcp-listener\*\*/);
  });

  it('folding and formatting are theirs', async () => {
    const { document, uri } = await open('- node:\n    id:    a\n- tcp-listener:\n    port:   2222\n    cost: 2\n');
    const folds = await until(async () => {
      const found = await vscode.commands.executeCommand<vscode.FoldingRange[] | undefined>('vscode.executeFoldingRangeProvider', uri);
      return found !== undefined && found.length > 0 && found;
    }, 'it folds');
    assert.ok(folds.some(({ start, end }) => start === 2 && end === 4));
    const lines = folds.map(({ start, end }) => `${start}-${end}`);
    assert.deepEqual([...new Set(lines)], lines);
    const edits = await until(async () => {
      const found = await vscode.commands.executeCommand<vscode.TextEdit[] | undefined>('vscode.executeFormatDocumentProvider', uri, {
        tabSize: 2,
        insertSpaces: true,
      });
      return found !== undefined && found.length > 0 && found;
    }, 'it formats');
    const edit = new vscode.WorkspaceEdit();
    edit.set(uri, edits);
    await vscode.workspace.applyEdit(edit);
    assert.match(document.getText(), /id: a\n[^]*port: 2222\n/);
  });

  it('an alias leads to one place', async () => {
    const { uri } = await open('- node: &me\n    id: a\n- local-only: null\n- trace: *me\n');
    // Theirs: the anchored node. Ours would be the anchor's name, a line above.
    assert.equal((await places('vscode.executeDefinitionProvider', uri, new vscode.Position(3, 10))).length, 1);
  });

  it('names and outline of receptor are still ours', async () => {
    const { uri } = await open(
      '- tls-client:\n    name: mesh\n    cert: ""\n    key: ""\n- tcp-peer:\n    address: hop:1\n    tls: mesh\n',
    );
    assert.deepEqual(await places('vscode.executeDefinitionProvider', uri, new vscode.Position(6, 10)), [1]);
    // Theirs numbers the items of a list, ours names them.
    assert.equal((await symbols(uri)).filter(({ name }) => name === 'tcp-peer hop:1').length, 1);
  });

  it('YAML that is not ours is theirs alone', async () => {
    const { document } = await openFile('service.yml', 'kind: [Service\n');
    await until(() => theirs(document.uri).length > 0, 'the YAML extension says it');
    assert.deepEqual(findings(document.uri), []);
  });
});
