import { describe, expect, it } from 'vitest';
import {
  formatFixed,
  parseDuration,
  parseFloat64,
  parseInt64,
  parseLooseBool,
  truncateToInt64,
} from '../../../server/src/config/go-numbers.ts';
import { formatShortest } from '../../../server/src/yaml/number.ts';

describe('numbers as Go reads them', () => {
  it.each([
    ['0', 0n],
    ['-0x1F', -31n],
    ['0b11', 3n],
    ['0o17', 15n],
    ['017', 15n],
    ['0_17', 15n],
    ['1_000', 1000n],
    ['0x_1', 1n],
    ['9223372036854775807', 9223372036854775807n],
    ['-9223372036854775808', -9223372036854775808n],
  ])('ParseInt(%j)', (text, value) => {
    expect(parseInt64(text)).toEqual({ value });
  });

  it.each(['', ' 1', '1 ', '08', '1__0', '_1', '1_', '0x', '0b2', '1.5', 'abc', '+', '--1'])('ParseInt(%j) is a syntax error', (text) => {
    expect(parseInt64(text)).toEqual({ error: 'invalid syntax' });
  });

  it('tells range from syntax', () => {
    expect(parseInt64('9223372036854775808')).toEqual({ error: 'value out of range' });
    expect(parseFloat64('1e400')).toEqual({ error: 'value out of range' });
  });

  it.each([
    ['1.5', 1.5],
    ['.5', 0.5],
    ['5.', 5],
    ['1_000', 1000],
    ['0x1p4', 16],
    ['0x1.8p1', 3],
    ['-inf', -Infinity],
    ['Infinity', Infinity],
    ['1E3', 1000],
  ])('ParseFloat(%j)', (text, value) => {
    expect(parseFloat64(text)).toEqual({ value });
  });

  it.each(['', '0x10', '1e', '.', '1__0', ' 1'])('ParseFloat(%j) is a syntax error', (text) => {
    expect(parseFloat64(text)).toEqual({ error: 'invalid syntax' });
  });

  it.each([
    ['21s', 21e9],
    ['1h30m', 5.4e12],
    ['.5s', 5e8],
    ['-5m', -3e11],
    ['0', 0],
    ['1.5h', 5.4e12],
    ['100µs', 1e5],
    ['60', undefined],
    ['1d', undefined],
    ['1h 30m', undefined],
    ['', undefined],
    ['s', undefined],
    ['9999999h', undefined],
  ])('ParseDuration(%j)', (text, value) => {
    expect(parseDuration(text)).toBe(value);
  });

  it('writes them as Go does', () => {
    expect([formatFixed(1.5), formatFixed(1e21), formatFixed(Number.NaN), formatFixed(Infinity)]).toEqual([
      '1.500000',
      '1000000000000000000000.000000',
      'NaN',
      '+Inf',
    ]);
    expect([formatShortest(1e21), formatShortest(0.00001), formatShortest(100)]).toEqual(['1e+21', '1e-05', '100']);
    expect([truncateToInt64(22.7), truncateToInt64(Number.NaN), truncateToInt64(1e30)]).toEqual([22n, -(2n ** 63n), -(2n ** 63n)]);
  });

  it('takes only some words for true and false', () => {
    expect(['1', 'yes', 'Y', 'True'].map(parseLooseBool)).toEqual([true, true, true, true]);
    expect(['0', 'no', 'N', 'False'].map(parseLooseBool)).toEqual([false, false, false, false]);
    expect(['y', 'n', 'on', 'off', 'tRue', ''].map(parseLooseBool)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
