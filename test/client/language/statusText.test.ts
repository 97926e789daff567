import { describe, expect, it } from 'vitest';
import { statusText } from '../../../client/src/language/statusText.ts';

const ours = { ours: true, reason: 'content' } as const;

describe('the status item', () => {
  it.each([
    ['- node:\n    id: a\n', 'v1', '--config'],
    ['# a comment\n---\nnode:\n  id: a\n', 'v2', '--config-v2 --config'],
    ['{% set x = 1 %}\n{# why #}\nnode:\n  id: {{ x }}\n', 'v2', '--config-v2 --config'],
    ['{% for p in peers %}\n- tcp-peer: {{ p }}\n{% endfor %}\n', 'v1', '--config'],
    ['', 'v1', '--config'], // what the daemon does unless it is told otherwise
  ])('says format and flag of %j', (head, format, flag) => {
    expect(statusText(ours, head)).toEqual({ text: `$(check) Receptor config ${format}`, detail: `started with ${flag} (by its content)` });
  });

  it('says why, also of a file that is none', () => {
    expect(statusText({ ours: false, reason: 'choice' }, '- node:\n    id: a\n')).toEqual({
      text: 'Not a receptor config',
      detail: 'you said so for this file',
    });
    expect(statusText({ ours: true, reason: 'name' }, '').detail).toMatch(/\(by its name\)$/);
    expect(statusText(undefined, 'x').detail).toBe('');
  });
});
