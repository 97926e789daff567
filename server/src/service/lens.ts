/** Says above a TLS item who uses it. */
import type { Range } from 'vscode-languageserver';
import type { ConfigDocument } from '../config/document.ts';
import { placed, type NameUse } from '../config/model.ts';
import type { Span } from '../yaml/nodes.ts';
import { rangeOf } from './places.ts';

export interface UseLens {
  readonly range: Range;
  readonly title: string;
  /** Where the name is used. */
  readonly uses: readonly Range[];
}

/** A lens for each TLS item. */
export function useLenses(document: ConfigDocument): UseLens[] {
  const uses = new Map<string, { span: Span; word: string }[]>();
  const defined: { use: NameUse; span: Span }[] = [];
  for (const item of document.model.items) {
    for (const use of item.reading.names) {
      if (use.kind !== 'tls-client' && use.kind !== 'tls-server') continue;
      const span = placed(item, use.span);
      if (use.role === 'definition') {
        defined.push({ use, span: placed(item, item.reading.name?.span ?? use.span) });
        continue;
      }
      const key = `${use.kind} ${use.name}`;
      const list = uses.get(key);
      const entry = { span, word: wordOf(item.reading.spec?.name ?? '') };
      if (list === undefined) uses.set(key, [entry]);
      else list.push(entry);
    }
  }
  return defined.map(({ use, span }) => {
    const users = uses.get(`${use.kind} ${use.name}`) ?? [];
    return {
      range: rangeOf(document, span),
      title: titleOf(users.map(({ word }) => word)),
      uses: users.map((user) => rangeOf(document, user.span)),
    };
  });
}

const wordOf = (action: string): string => (action.endsWith('-peer') ? 'peer' : action.endsWith('-listener') ? 'listener' : 'service');

function titleOf(words: readonly string[]): string {
  if (words.length === 0) return 'not used in this file';
  const word = words.every((w) => w === words[0]) ? words[0]! : 'item';
  return words.length === 1 ? `1 ${word} uses this` : `${words.length} ${word}s use this`;
}
