import type { Dialect, ParsedYaml, YamlNode } from './nodes.ts';
import { Parser } from './parser.ts';
import { Refusal } from './refusal.ts';
import type { Source } from './source.ts';
import { controlRefused, openSource } from './source.ts';

/**
 * Reads the first document of `text` as Go's library does, up to the point where a tree stands and no value has been
 * read yet: see `decodeProblem` for what may still be wrong with the values.
 *
 * Never throws; takes time and memory linear in the text. A problem ends the reading, as it ends the daemon's.
 */
export function parseYaml(text: string, dialect: Dialect): ParsedYaml {
  let source: Source | undefined;
  try {
    source = openSource(text);
    const parser = new Parser(source, dialect);
    const root = parser.parseDocument();
    return { root, problem: undefined, end: parser.end, depth: parser.depth, intricate: parser.intricate };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const refusal = source !== undefined && source.control >= 0 && error.at.pos >= source.length ? controlRefused(source.control) : error;
    return refused(refusal, dialect, text.length);
  }
}

const refused = (refusal: Refusal, dialect: Dialect, length: number): ParsedYaml => ({
  root: undefined as YamlNode | undefined,
  problem: refusal.toProblem(dialect, length),
  end: length,
  depth: 0,
  intricate: false,
});
