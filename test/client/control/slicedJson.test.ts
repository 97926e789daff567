import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../client/src/control/slicedJson.ts';
import { atOnce, inSlices } from '../../../client/src/control/slices.ts';
import { fc } from '../../harness/fastCheck.ts';

const runs = process.env['SOAK'] === '1' ? 3000 : 60;
const long = (length: number): string => 'x'.repeat(length);

/** What `JSON.parse` makes of a text, with the order of keys, or that it throws. */
const outcome = (parse: () => unknown): string => {
  try {
    return JSON.stringify(parse());
  } catch (error) {
    return error instanceof SyntaxError ? 'SyntaxError' : String(error);
  }
};
const equal = (text: string): boolean => outcome(() => atOnce(parseJson(text))) === outcome(() => JSON.parse(text));

/** Values whose parts are longer than a piece here and there, so that every way through is taken. */
const big = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.jsonValue({ maxDepth: 1 }),
    fc.integer({ min: 10_000, max: 90_000 }).map(long),
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '1', '"\\', 'ü')), tie('value'), { maxKeys: 6 }),
    fc.integer({ min: 1, max: 9000 }).map((count) => Array.from({ length: count }, (_, i) => `entry ${i}`)),
  ),
})).value;

describe('JSON in pieces', () => {
  it('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(big, fc.boolean(), (value, wide) => equal(JSON.stringify(value, undefined, wide ? 2 : undefined))),
      { numRuns: runs },
    );
  });

  it('is refused where JSON.parse refuses it', () => {
    fc.assert(
      fc.property(big, fc.nat(), fc.constantFrom('', ',', ']', '}', '{', '[', '"', ':', '\\', ' ', ', ', '1'), (value, where, what) => {
        const text = JSON.stringify(value);
        const at = where % (text.length + 1);
        return equal(text.slice(0, at) + what + text.slice(what === '' ? at + 1 : at));
      }),
      { numRuns: runs },
    );
  });

  it.each([
    ['a comma after the last piece', `["${long(70_000)}", ]`],
    ['a comma and nothing', `[${Array.from({ length: 9000 }, () => '"entry"').join(',')},]`],
    ['two commas', `["${long(70_000)}",,"${long(70_000)}"]`],
    ['the wrong end', `["${long(70_000)}"}`],
    ['a member without a key', `{"${long(70_000)}"}`],
    ['more after the end', `["${long(70_000)}"] 1`],
    ['no end', `["${long(70_000)}"`],
    ['a long string', JSON.stringify(long(200_000))],
    ['the same key twice', `{"a":1,"b":"${long(70_000)}","a":2}`],
    ['a key named __proto__ with a long value', `{"__proto__":["${long(70_000)}"],"x":1}`],
    ['depth', '['.repeat(5000) + `"${long(70_000)}"` + ']'.repeat(5000)],
  ])('takes %s as JSON.parse does', (_what, text) => expect(equal(text)).toBe(true));

  it('lets others run in between, and stops when it is told to', async () => {
    const text = JSON.stringify(Array.from({ length: 200_000 }, (_, i) => ({ i })));
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    expect(await inSlices(parseJson(text))).toHaveLength(200_000);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
    const abort = new AbortController();
    const parsing = inSlices(parseJson(text), abort.signal);
    abort.abort(new Error('enough'));
    await expect(parsing).rejects.toThrow('enough');
  });
});
