/** Help while a firewall rule or a duration is typed: all parts, the present one marked. */
import type { Position, SignatureHelp } from 'vscode-languageserver';
import type { ConfigDocument } from '../config/document.ts';
import { cursorAt } from './cursor.ts';
import { ruleKeys } from './describe.ts';
import { durationSeconds, secondsInWords } from './explain.ts';
import { code } from './markdown.ts';
import { targetAt, type Target } from './target.ts';

export function signatureHelp(document: ConfigDocument, position: Position): SignatureHelp | undefined {
  const { format } = document.model;
  const cursor = cursorAt(document.text, document.offsetAt(position), format);
  const target = targetAt(cursor, format);
  if (target === undefined) return undefined;
  if (target.kind === 'rule-key' || target.kind === 'rule-value') return ruleHelp(target);
  if (target.kind === 'value' && target.field.format === 'duration') return durationHelp(target, cursor.typed);
  return undefined;
}

function ruleHelp(target: Target & { kind: 'rule-key' | 'rule-value' }): SignatureHelp {
  const names = Object.keys(ruleKeys);
  const label = `{ action: accept | reject | drop, ${names
    .slice(1)
    .map((name) => `${name}: name | /regex/`)
    .join(', ')} }`;
  const active =
    target.kind === 'rule-value'
      ? names.indexOf(target.key)
      : Math.max(
          names.findIndex((name) => !target.present.includes(name)),
          0,
        );
  const parts = label.slice(2, -2).split(', ');
  return {
    signatures: [
      {
        label,
        documentation: {
          kind: 'markdown',
          value: 'All conditions of a rule must hold. The first rule that matches decides; what matches none is accepted.',
        },
        parameters: names.map((name, i) => ({ label: parts[i]!, documentation: { kind: 'markdown', value: ruleKeys[name]! } })),
      },
    ],
    activeSignature: 0,
    ...(active < 0 ? {} : { activeParameter: active }),
  };
}

function durationHelp(target: Target & { kind: 'value' }, typed: string): SignatureHelp {
  const label = `${target.field.name}: <number><unit>…`;
  const seconds = durationSeconds(typed);
  const now =
    typed === ''
      ? ''
      : seconds === undefined
        ? `\n\n${code(typed)} has no unit yet: the daemon would refuse it.`
        : `\n\n${code(typed)}: ${secondsInWords(seconds)}.`;
  return {
    signatures: [
      {
        label,
        documentation: {
          kind: 'markdown',
          value: `Numbers with units, joined: \`h\`, \`m\`, \`s\`, \`ms\`, \`us\`, \`ns\`. For example \`1h30m\` or \`45s\`.${now}`,
        },
        parameters: [{ label: '<number><unit>…' }],
      },
    ],
    activeSignature: 0,
    activeParameter: 0,
  };
}
