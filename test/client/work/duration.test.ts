import { describe, expect, it } from 'vitest';
import { parseGoDuration } from '../../../client/src/work/duration.ts';

describe('parseGoDuration', () => {
  it.each([
    ['30m', 1800e9],
    ['1h30m', 5400e9],
    ['1.5h', 5400e9],
    ['.5s', 5e8],
    ['1.s', 1e9],
    ['300ms', 3e8],
    ['5us', 5e3],
    ['5µs', 5e3],
    ['5μs', 5e3],
    ['7ns', 7],
    ['-10s', -10e9],
    ['+10s', 10e9],
    ['0', 0],
    ['-0', -0],
    ['1h1m1s1ms1us1ns', 3661.001001001e9],
  ])('reads %s', (text, nanoseconds) => expect(parseGoDuration(text)).toBeCloseTo(nanoseconds, -1));

  it.each(['', '-', '5', '5 m', ' 5m', '5m ', 'm', '5d', '1h30', '1e3s', '..5s', '.s', 'abc', '5M', '300000000h'])('refuses %j', (text) =>
    expect(parseGoDuration(text)).toBeUndefined(),
  );
});
