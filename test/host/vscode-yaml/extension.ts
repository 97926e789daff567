// Stands in for redhat.vscode-yaml: runs the same language server, npm's yaml-language-server, for every YAML document.
import path from 'node:path';
import type * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const root = process.env['RECEPTOR_MESH_ROOT'];
  if (root === undefined) throw new Error('RECEPTOR_MESH_ROOT is not set');
  const module = path.join(root, 'node_modules/yaml-language-server/out/src/server.js');
  const client = new LanguageClient(
    'yaml',
    'YAML Support',
    { run: { module, transport: TransportKind.ipc }, debug: { module, transport: TransportKind.ipc } },
    {
      documentSelector: [{ language: 'yaml' }],
      synchronize: { configurationSection: ['yaml', 'http.proxy', '[yaml]', 'editor', 'files'] },
    },
  );
  context.subscriptions.push(client);
  await client.start();
}
