/** What to do about what people meet most, by a part of the library's words. */
const yamlAdvice: readonly (readonly [part: string, advice: string])[] = [
  ['cannot start any token', 'A tab or this character cannot begin anything here: indent with blanks, and put text in quotes'],
  ['tab character', 'A tab cannot stand here: indent with blanks'],
  ["could not find expected ':'", 'A colon is missing behind this name, or a text that goes on here must be indented further'],
  ['did not find expected key', 'This line is indented unlike those beside it, or stands behind a value that is complete'],
  ["did not find expected '-' indicator", 'Every line at this depth starts with a dash: what belongs to an entry is indented further'],
  ["did not find expected ',' or", 'A comma or a closing bracket is missing'],
  ['unexpected end of stream', 'A quote that opens here is not closed'],
  ['mapping values are not allowed', 'A colon is one too many here, or the line is indented wrongly'],
  ['already defined', 'This key stands here twice: keep one of the two'],
  ['unknown anchor', 'No anchor of this name stands before'],
];

/** One sentence, without its dot. */
export const adviceOn = (message: string): string =>
  yamlAdvice.find(([part]) => message.includes(part))?.[1] ?? 'This is no YAML that receptor reads';
