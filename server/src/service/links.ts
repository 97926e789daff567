/** Paths of files that exist become links. */
import { pathToFileURL } from 'node:url';
import type { DocumentLink } from 'vscode-languageserver';
import type { ConfigDocument } from '../config/document.ts';
import { pathIn } from '../rules/disk.ts';
import type { ServiceContext } from './context.ts';
import { rangeOf, valueSpan } from './places.ts';

const maxLinks = 1000;

export function documentLinks(document: ConfigDocument, { check }: ServiceContext): DocumentLink[] {
  const { fileSystem, files } = check;
  if (fileSystem === undefined || files === 'off') return [];
  const links: DocumentLink[] = [];
  for (const item of document.model.items) {
    for (const field of item.reading.fields) {
      if (field.spec?.path !== 'read' && field.spec?.path !== 'write') continue;
      const file = pathIn(field, check);
      if (file === undefined || fileSystem.stat(file)?.kind !== 'file') continue;
      links.push({ range: rangeOf(document, valueSpan(item, field)), target: pathToFileURL(file).href });
      if (links.length === maxLinks) return links;
    }
  }
  return links;
}
