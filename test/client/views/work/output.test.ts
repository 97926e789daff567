import { describe, expect, it } from 'vitest';
import { endText, exitCode } from '../../../../client/src/views/work/endText.ts';
import { guessLanguage } from '../../../../client/src/views/work/guessLanguage.ts';
import { sizeText } from '../../../../client/src/views/work/sizes.ts';
import { TerminalFilter } from '../../../../client/src/views/work/terminalFilter.ts';
import { unitStatus } from '../../work/simulated.ts';

describe('TerminalFilter', () => {
  const filtered = (text: string): string => {
    const filter = new TerminalFilter();
    return filter.write(text) + filter.end();
  };

  it('passes colours, progress bars and tabs', () => {
    expect(filtered('\u001b[1;31mred\u001b[0m\t10%\r20%\r\u001b[2K\u001b[3Ddone\n')).toBe(
      '\u001b[1;31mred\u001b[0m\t10%\r20%\r\u001b[2K\u001b[3Ddone\r\n',
    );
    expect(filtered('a\r\nb\n')).toBe('a\r\nb\r\n');
  });

  it.each([
    ['a title', '\u001b]0;pwned\u0007'],
    ['the clipboard', '\u001b]52;c;cHduZWQ=\u0007'],
    ['a link', '\u001b]8;;command:x\u001b\\'],
    ['a question that the terminal would answer', '\u001b[6n\u001b[c'],
    ['a switch of modes', '\u001b[?1049h'],
    ['C1 controls', '\u009b31m\u009d0;x\u009c'],
    ['text that runs backwards', '\u202egnp.exe'],
  ])('makes %s visible', (_, text) => {
    const out = filtered(text);
    expect(out).not.toMatch(/[\u0000-\u0008\u001b\u0080-\u009f\u202a-\u202e]/);
    expect(out.length).toBe(text.length);
  });

  it('is the same however the text is cut', () => {
    const text = 'a\u001b[31mb\u001b[0m\u001b]0;x\u0007\u001b[38;2;1;2;3mc\r\n\u001b[6n\u001b';
    const whole = filtered(text);
    for (let at = 0; at <= text.length; at++) {
      if (text[at - 1] === '\r') continue; // the line end itself may be cut: then a second CR comes, which shows nothing
      const filter = new TerminalFilter();
      expect(filter.write(text.slice(0, at)) + filter.write(text.slice(at)) + filter.end()).toBe(whole);
    }
  });
});

describe('guessLanguage', () => {
  it.each([
    ['#!/usr/bin/env python3\nprint(1)\n', 'python'],
    ['#!/bin/sh\n', 'shellscript'],
    ['{"a": 1}\n', 'json'],
    ['[1, 2]', 'json'],
    ['{"a": 1}\n{"a": 2}\n', 'jsonl'],
    ['---\n- hosts: all\n', 'yaml'],
    ['<?xml version="1.0"?>', 'xml'],
    ['diff --git a/x b/x\n', 'diff'],
    ['PLAY [all] *****\n', 'log'],
    ['{ not json', 'plaintext'],
    ['hello\n', 'plaintext'],
    ['', 'plaintext'],
  ])('%j is %s', (text, language) => expect(guessLanguage(text)).toBe(language));
});

describe('the end of a unit', () => {
  it.each([
    [{ reason: 'ended' as const, position: 5, status: unitStatus(2, 5) }, 0, /^Succeeded: exit status 0\. 5 B of output\.$/],
    [{ reason: 'ended' as const, position: 5, status: unitStatus(3, 5, { Detail: 'exit status 7' }) }, 7, /^Failed: exit status 7/],
    [{ reason: 'ended' as const, position: 0, status: unitStatus(3, 0, { Detail: 'Pending at restart' }) }, 1, /will not run/],
    [{ reason: 'ended' as const, position: 0, status: unitStatus(4, 0, { Detail: 'Canceled' }) }, 130, /^Canceled/],
    [{ reason: 'incomplete' as const, position: 3, status: unitStatus(2, 5) }, 2, /3 of 5 bytes/],
    [{ reason: 'gone' as const, position: 3, status: undefined }, 2, /was released/],
    [{ reason: 'stopped' as const, position: 3, status: unitStatus(1, 5) }, 130, /work itself goes on/],
  ])('%j exits with %i', (end, code, text) => {
    expect(exitCode(end)).toBe(code);
    expect(endText(end)).toMatch(text);
  });
});

describe('sizeText', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [64 * 1024 * 1024, '64 MiB'],
    [5 * 1024 ** 4, '5 TiB'],
  ])('%i is %s', (bytes, text) => expect(sizeText(bytes)).toBe(text));
});
