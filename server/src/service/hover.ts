/** What the thing under the pointer means, and what its value does. */
import type { Hover, Position } from 'vscode-languageserver';
import type { ConfigDocument } from '../config/document.ts';
import type { ConfigField, ConfigItem, FirewallRule } from '../config/model.ts';
import { placed } from '../config/model.ts';
import { modeText } from '../rules/values.ts';
import { knowledgeOf } from '../schema/knowledge.ts';
import type { Span } from '../yaml/nodes.ts';
import { cursorAt } from './cursor.ts';
import { actionMarkdown, fieldMarkdown, ruleActions, ruleKeys } from './describe.ts';
import { durationSeconds, modeInWords, octal, ruleInWords, secondsInWords } from './explain.ts';
import { code, escapeMarkdown } from './markdown.ts';
import { itemAt, rangeOf, touches, valueSpan } from './places.ts';
import { targetAt } from './target.ts';

export function hover(document: ConfigDocument, position: Position): Hover | undefined {
  const offset = document.offsetAt(position);
  const item = itemAt(document.model, offset);
  const found =
    (item === undefined ? undefined : inItem(document, item, offset)) ?? sectionHover(document, offset) ?? fromText(document, offset);
  if (found === undefined) return undefined;
  return { contents: { kind: 'markdown', value: found.text }, range: rangeOf(document, found.span) };
}

interface Found {
  readonly text: string;
  readonly span: Span;
}

function inItem(document: ConfigDocument, item: ConfigItem, offset: number): Found | undefined {
  const { format, version } = document.model;
  const { reading } = item;
  const { name, spec } = reading;
  if (spec === undefined) return undefined;
  if (name !== undefined && touches(placed(item, name.span), offset))
    return { text: actionMarkdown(spec, format, version), span: placed(item, name.span) };
  for (const field of [...reading.fields, ...reading.hidden]) {
    if (field.spec === undefined) continue;
    const key = field.key === undefined ? undefined : placed(item, field.key.span);
    const value = valueSpan(item, field);
    if (key !== undefined && touches(key, offset))
      return { text: [fieldMarkdown(field.spec, spec, format, version), effect(field)].filter(Boolean).join('\n\n'), span: key };
    if (!touches(value, offset)) continue;
    if (field.spec.kind === 'firewall-rules' && Array.isArray(field.value))
      return inRules(item, field.value as readonly FirewallRule[], offset);
    const said = effect(field) ?? field.spec.valueDocs?.[field.text?.toLowerCase() ?? ''];
    return { text: [said, fieldMarkdown(field.spec, spec, format, version)].filter(Boolean).join('\n\n'), span: value };
  }
  return undefined;
}

function inRules(item: ConfigItem, rules: readonly FirewallRule[], offset: number): Found | undefined {
  const index = rules.findIndex((rule) => touches(placed(item, rule.span), offset));
  const rule = rules[index];
  if (rule === undefined) return undefined;
  const key = rule.keys.find(({ key, value }) => touches(placed(item, { start: key.span.start, end: value.span.end }), offset));
  const about =
    key === undefined
      ? ''
      : touches(placed(item, key.value.span), offset) && key.name === 'action'
        ? (ruleActions[key.value.text.toLowerCase()] ?? '')
        : (ruleKeys[key.name] ?? '');
  const order = `Rule ${index + 1} of ${rules.length}; the first rule that matches decides, and what matches none is accepted.`;
  return {
    text: [ruleInWords(rule), about, order].filter(Boolean).join('\n\n'),
    span: placed(item, key === undefined ? rule.span : { start: key.key.span.start, end: key.value.span.end }),
  };
}

/** What the daemon makes of this value, where that is not obvious from how it is written. */
function effect(field: ConfigField): string | undefined {
  const { spec, value, text } = field;
  if (spec === undefined || field.templated || value === undefined) return undefined;
  if (spec.format === 'permissions' && typeof value === 'number') {
    return `Mode ${code(octal(value))} ${code(modeText(value))}: ${modeInWords(value)}.`;
  }
  if (spec.format === 'duration' && typeof value === 'string') {
    const seconds = durationSeconds(value);
    return seconds === undefined ? undefined : `${code(value)}: ${secondsInWords(seconds)}.`;
  }
  if (text === undefined || typeof value === 'object') return undefined;
  const read = String(value);
  // Typing `02222` and getting port 1170 surprises; `2222` does not.
  return read.toLowerCase() === text.toLowerCase() || (spec.kind === 'float' && Number(text) === value)
    ? undefined
    : `The daemon reads ${code(read)}.`;
}

function sectionHover(document: ConfigDocument, offset: number): Found | undefined {
  const section = document.model.sections.find(({ key }) => touches(key.span, offset));
  if (section?.spec === undefined) return undefined;
  return { text: actionMarkdown(section.spec, document.model.format, document.model.version), span: section.key.span };
}

/** The reading gave nothing, perhaps because the text is broken: the names alone still mean something. */
function fromText(document: ConfigDocument, offset: number): Found | undefined {
  const { format, version } = document.model;
  const cursor = cursorAt(document.text, offset, format);
  const target = targetAt(cursor, format);
  const word = document.text.slice(cursor.word.start, cursor.word.end).toLowerCase();
  if (target === undefined || word === '') return undefined;
  switch (target.kind) {
    case 'action': {
      const action = knowledgeOf(format).actions.get(word);
      return action === undefined ? undefined : { text: actionMarkdown(action, format, version), span: cursor.word };
    }
    case 'field': {
      const field = target.action.fields.get(word);
      return field === undefined ? undefined : { text: fieldMarkdown(field, target.action, format, version), span: cursor.word };
    }
    case 'value':
      return { text: fieldMarkdown(target.field, target.action, format, version), span: cursor.word };
    case 'rule-key':
      return ruleKeys[word] === undefined ? undefined : { text: ruleKeys[word], span: cursor.word };
    case 'rule-value':
      return ruleKeys[target.key] === undefined
        ? undefined
        : { text: `${escapeMarkdown(target.key)}: ${ruleKeys[target.key]!}`, span: cursor.word };
    case 'map-key':
    case 'map-value':
      return { text: fieldMarkdown(target.field, target.action, format, version), span: cursor.word };
  }
}
