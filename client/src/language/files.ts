/** Receptor configs among the files of the workspace, open or not. */
import * as vscode from 'vscode';
import { isReceptorConfig } from '../../../server/src/document/detect.ts';
import { isReceptorName, isTemplateName, namePatterns } from './names.ts';

/** Most files that are looked at, and the largest that is read: a workspace may hold anything. */
const maxFiles = 500;
const maxBytes = 256 * 1024;

/** Apart from the others, of which a large workspace has more than are looked at, in any order. */
const named = `**/{${namePatterns.filter((pattern) => !isTemplateName(pattern)).join(',')}}`;

export async function findReceptorFiles(token?: vscode.CancellationToken): Promise<vscode.Uri[]> {
  const found = await Promise.all(
    [named, '**/*.{yml,yaml,conf}'].map((glob) => vscode.workspace.findFiles(glob, '**/{node_modules,.git}/**', maxFiles, token)),
  );
  const files = [...new Map(found.flat().map((uri) => [uri.toString(), uri])).values()];
  const ours = await Promise.all(files.map(isReceptorFile));
  return files.filter((_, index) => ours[index]).sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function isReceptorFile(uri: vscode.Uri): Promise<boolean> {
  if (isReceptorName(uri.path)) return true;
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    return size <= maxBytes && isReceptorConfig(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)), uri.path);
  } catch {
    return false; // gone meanwhile, or not readable
  }
}
