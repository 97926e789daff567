/** The settings that the language server works by. */
import * as vscode from 'vscode';
import type { ServerSettings } from '../../../server/src/protocol/requests.ts';

/**
 * What the server is told at its start (initialization options) and at every change.
 * @param nodeVersion version of the node that is connected: what `auto` means while there is one
 */
export function serverSettings(scope?: string, nodeVersion?: string): Required<ServerSettings> {
  const config = vscode.workspace.getConfiguration('receptor', scope === undefined ? null : vscode.Uri.parse(scope));
  const trusted = vscode.workspace.isTrusted;
  const version = config.get('version', 'auto');
  return {
    version: version === 'auto' ? (nodeVersion ?? 'auto') : version,
    // What a hostile folder could learn from the disk by a config of its own, it does not learn before it is trusted.
    validate: { files: trusted ? config.get('validate.files', 'auto') : 'off' },
    // Enabled is as good as active: it activates on the same language. Only its presence can be heard of by an event.
    yamlExtensionActive: vscode.extensions.getExtension('redhat.vscode-yaml') !== undefined,
    trusted,
    // It gets only documents that are ours, also by the user's word against name and content.
    onlyConfigs: true,
  };
}
