/** Kinds of tokens. Numbers, not strings: the parser compares them for every token of a document. */
export const Kind = {
  streamEnd: 0,
  versionDirective: 1,
  tagDirective: 2,
  documentStart: 3,
  documentEnd: 4,
  blockSequenceStart: 5,
  blockMappingStart: 6,
  blockEnd: 7,
  flowSequenceStart: 8,
  flowSequenceEnd: 9,
  flowMappingStart: 10,
  flowMappingEnd: 11,
  blockEntry: 12,
  flowEntry: 13,
  key: 14,
  value: 15,
  alias: 16,
  anchor: 17,
  tag: 18,
  scalar: 19,
} as const;

export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded';

/** Tokens are used again: one that was skipped is gone with the next `peek`. */
export interface Token {
  kind: number;
  start: number;
  end: number;
  /** Zero-based line of `start`. */
  line: number;
  /** Text of a scalar, name of an anchor or alias, handle of a tag, `major.minor` of a version. */
  text: string;
  /** Suffix of a tag, prefix of a `%TAG`. */
  suffix: string;
  style: ScalarStyle;
}
