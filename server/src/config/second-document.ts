import type { Finding } from './findings.ts';
import { unwanted } from './findings.ts';

/**
 * The daemon reads the first document of a file; it does not even look whether the rest is YAML.
 * @param end where the first document ends
 */
export function secondDocument(text: string, end: number): Finding[] {
  const between = /^(?:[ \t]*(?:#[^\n]*)?\r?\n|(?:---|\.\.\.)[ \t]*(?:#[^\n]*)?(?:\r?\n|$))*/.exec(text.slice(end))![0];
  const start = end + between.length;
  const line = text.slice(start).split(/\r?\n/, 1)[0]!;
  if (line.trim() === '') return [];
  return [
    unwanted(
      { start, end: start + line.length },
      'second-document',
      'Only the first document of a file is read: from here on everything is ignored without a word.',
    ),
  ];
}
