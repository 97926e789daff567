/** Where the cursor goes when Enter is pressed behind an action. */
import * as vscode from 'vscode';
import { actionNames } from '../../../server/src/document/detect.ts';

/** From a dash to the fields below its action. */
const fieldIndent = '    ';

/**
 * VS Code indents the line after `- tcp-listener:` by one step or not at all, and what is typed there is a second action of the
 * item: the daemon's "item has multiple names". The rule is for all YAML, but only for lines that hold an action of
 * receptor. Where a YAML extension is, its rules for Enter stay as they are.
 */
export function registerEnterRules(): vscode.Disposable {
  if (vscode.extensions.getExtension('redhat.vscode-yaml') !== undefined) return new vscode.Disposable(() => undefined);
  return vscode.languages.setLanguageConfiguration('yaml', {
    onEnterRules: [
      {
        beforeText: new RegExp(`^\\s*-\\s+(?:${[...actionNames].join('|')}):\\s*(?:#.*)?$`),
        action: { indentAction: vscode.IndentAction.None, appendText: fieldIndent },
      },
    ],
  });
}
