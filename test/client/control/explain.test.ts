import { describe, expect, it } from 'vitest';
import { explain } from '../../../client/src/control/explain.ts';

describe('explain', () => {
  it.each([
    ['unknown work unit fooX', /was released, or lives on another node/],
    ['error cancelling remote unit:  unknown work unit barY', /still listed here: Force Release/],
    ['error releasing remote unit:  unknown work unit barY', /still listed here: Force Release/],
    ['could not parse response: ERROR: unknown work type x', /remote node has no such work type/],
    ['service name too long', /at most 8 bytes/],
    ['workunit ID myUnit1 is already in use, cannot use the same workunit ID more than once', /another unitId/],
    ['something new', /See the log of the node/],
  ])('%j', (text, meaning) => expect(explain(text)).toMatch(meaning));
});
