// What the light bulb offers, applied through VS Code.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { applyAction, open, textAfter } from '../configs.ts';
import { closeAll, findings, until } from '../support.ts';

const backend = '- local-only: null\n';

/** Name, config, the line that the cursor is on, title of the action, config after it. */
const repairs: readonly (readonly [name: string, before: string, line: string, title: RegExp, after: string])[] = [
  ['did you mean: an action', `- nod:\n    id: a\n${backend}`, '- nod', /^Change to node$/, `- node:\n    id: a\n${backend}`],
  ['did you mean: a field', '- tcp-listener:\n    prot: 1\n', 'prot', /^Change to port$/, '- tcp-listener:\n    port: 1\n'],
  [
    'did you mean: a value',
    `- log-level:\n    level: warn\n${backend}`,
    'level: warn',
    /^Change to warning$/,
    `- log-level:\n    level: warning\n${backend}`,
  ],
  ['a missing field', '- tcp-listener:\n    cost: 2\n', '- tcp', /^Add port$/, '- tcp-listener:\n    cost: 2\n    port: 27199\n'],
  [
    'the two-space mistake',
    `- node:\n  id: a\n  datadir: /d\n${backend}`,
    'id: a',
    /^Indent the fields/,
    `- node:\n    id: a\n    datadir: /d\n${backend}`,
  ],
  ['quotes', `- node:\n    id: yes\n${backend}`, 'id: yes', /in quotes$/, `- node:\n    id: 'yes'\n${backend}`],
  [
    'no quotes',
    "- tcp-listener:\n    port: 1\n    nodecost: {b: '2'}\n",
    'nodecost',
    /without quotes$/,
    '- tcp-listener:\n    port: 1\n    nodecost: {b: 2}\n',
  ],
  [
    'octal permissions',
    `- control-service:\n    filename: /tmp/s\n    permissions: 660\n${backend}`,
    'permissions',
    /^Change to 0660$/,
    `- control-service:\n    filename: /tmp/s\n    permissions: 0660\n${backend}`,
  ],
  ['a backend', '- node:\n    id: a\n', '- node', /^Add local-only/, `- node:\n    id: a\n${backend}`],
  ['a listener', '- node:\n    id: a\n', '- node', /^Add a tcp-listener/, '- node:\n    id: a\n- tcp-listener:\n    port: 27199\n'],
  [
    'the missing TLS item',
    '- tcp-peer:\n    address: a:1\n    tls: mesh\n',
    'tls: mesh',
    /^Add a tls-client called mesh$/,
    '- tcp-peer:\n    address: a:1\n    tls: mesh\n- tls-client:\n    name: mesh\n    cert: /etc/receptor/tls/node.crt\n    key: /etc/receptor/tls/node.key\n    rootcas: /etc/receptor/tls/ca.crt\n',
  ],
];

describe('code actions', () => {
  afterEach(closeAll);

  for (const [name, before, line, title, after] of repairs) {
    it(name, async () => assert.equal(await textAfter(before, line, title), after));
  }

  it('everything safe at once', async () => {
    assert.equal(
      await textAfter(
        `- nod:\n    id: a\n${backend}- log-level:\n  level: info\n`,
        '- nod',
        /^Fix all/,
        vscode.CodeActionKind.SourceFixAll,
      ),
      `- node:\n    id: a\n${backend}- log-level:\n    level: info\n`,
    );
  });

  it('a config is converted to v2 and back', async () => {
    const { document, uri } = await open('# mine\n- node:\n    id: a\n- local-only: null\n');
    const rewrite = vscode.CodeActionKind.RefactorRewrite;
    assert.match(await applyAction(document, uri, 'id: a', /^Convert to v2/, rewrite), /^node:\n {2}id: a$/m);
    await until(() => findings(uri).every(({ severity }) => severity !== vscode.DiagnosticSeverity.Error), 'no error in v2');
    const back = await applyAction(document, uri, 'id: a', /^Convert to v1/, rewrite);
    assert.match(back, /^- node:\n {4}id: a$/m);
    assert.match(back, /^# mine$/m);
  });
});
