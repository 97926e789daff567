/**
 * Puts the cursor where fields belong. Editors indent the line after `- tcp-listener:` by one step, which makes the
 * field a second action of the item: the daemon's "item has multiple names".
 */
import type { Position, TextEdit } from 'vscode-languageserver';
import type { ConfigDocument } from '../config/document.ts';
import { knowledgeOf } from '../schema/knowledge.ts';
import { indentationOf } from './indentation.ts';
import { lineAt } from './places.ts';

/** @param position behind the line break that was typed */
export function onNewLine(document: ConfigDocument, position: Position): TextEdit[] {
  if (document.model.format !== 'v1' || position.line === 0) return [];
  const present = /^[ \t]*$/.exec(lineAt(document, position.line));
  const above = /^( *)- +([\w-]+):\s*(?:#.*)?$/.exec(lineAt(document, position.line - 1));
  if (present === null || above === null) return [];
  const action = knowledgeOf('v1').actions.get(above[2]!);
  if (action === undefined || action.fields.size === 0) return [];
  const wanted = ' '.repeat(above[1]!.length + indentationOf(document).fields);
  if (present[0] === wanted) return [];
  const start = { line: position.line, character: 0 };
  return [{ range: { start, end: { line: position.line, character: present[0].length } }, newText: wanted }];
}
