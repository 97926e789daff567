/** An outline that reads like the config: `tcp-listener 2222`, `tls-client mesh-client`. */
import type { DocumentSymbol, SymbolKind } from 'vscode-languageserver';
import type { ConfigDocument } from '../config/document.ts';
import { fieldOf, placed, type ConfigField, type ConfigItem, type Located } from '../config/model.ts';
import { isMasked } from '../document/mask.ts';
import type { ActionGroup } from '../schema/knowledge.ts';
import { symbolKind } from './lsp.ts';
import { fieldSpan, rangeOf } from './places.ts';

const kinds: Readonly<Record<ActionGroup, SymbolKind>> = {
  node: symbolKind.module,
  control: symbolKind.interface,
  backends: symbolKind.event,
  tls: symbolKind.key,
  services: symbolKind.interface,
  work: symbolKind.function,
  certificates: symbolKind.key,
  other: symbolKind.property,
};

/** What tells one item from others of its action, in order of preference. */
const tells = [
  'id',
  'name',
  'worktype',
  'address',
  'port',
  'service',
  'level',
  'filename',
  'networkname',
  'privatekey',
  'publickey',
  'commonname',
  'req',
];

export function documentSymbols(document: ConfigDocument): DocumentSymbol[] {
  const { model } = document;
  if (model.format === 'v1')
    return model.items.map((item) => itemSymbol(document, item, written(document, item, item.reading.name) ?? '?'));
  return model.sections.map((section) => {
    const range = rangeOf(document, { start: section.key.span.start, end: Math.max(section.value.end, section.key.span.end) });
    const items = section.items.map((i) => model.items[i]!);
    const single = section.spec?.list === true || items.length !== 1 ? undefined : items[0];
    return {
      name: label(document, section.key.text, single),
      kind: section.spec === undefined ? symbolKind.property : kinds[section.spec.group],
      range,
      selectionRange: rangeOf(document, section.key.span),
      children:
        single === undefined
          ? items.map((item) => itemSymbol(document, item, section.spec?.name ?? section.key.text))
          : fieldSymbols(document, single),
    };
  });
}

function itemSymbol(document: ConfigDocument, item: ConfigItem, action: string): DocumentSymbol {
  const { reading } = item;
  const range = rangeOf(document, placed(item, reading.span));
  const chosen =
    document.model.format === 'v1' && reading.name !== undefined
      ? rangeOf(document, placed(item, reading.name.span))
      : { start: range.start, end: range.start };
  return {
    name: label(document, action, item),
    kind: reading.spec === undefined ? symbolKind.property : kinds[reading.spec.group],
    range,
    selectionRange: chosen,
    children: fieldSymbols(document, item),
  };
}

function fieldSymbols(document: ConfigDocument, item: ConfigItem): DocumentSymbol[] {
  return [...item.reading.fields, ...item.reading.hidden]
    .filter((field): field is ConfigField & { key: NonNullable<ConfigField['key']> } => field.key !== undefined)
    .map((field) => {
      const symbol: DocumentSymbol = {
        name: written(document, item, field.key) || '?',
        kind: symbolKind.property,
        range: rangeOf(document, fieldSpan(item, field)),
        selectionRange: rangeOf(document, placed(item, field.key.span)),
      };
      const value = valueOf(document, item, field);
      if (value !== undefined) symbol.detail = short(value);
      return symbol;
    });
}

/** The action and its most telling value. */
function label(document: ConfigDocument, action: string, item: ConfigItem | undefined): string {
  if (item === undefined) return action || '?';
  const bare = item.reading.fields.find((field) => field.key === undefined && field.text !== undefined);
  const telling = bare ?? tells.map((name) => fieldOf(item.reading, name)).find((field) => field?.text !== undefined && field.text !== '');
  const told = telling === undefined ? undefined : valueOf(document, item, telling);
  return told === undefined || told === '' ? action || '?' : `${action} ${short(told)}`;
}

const valueOf = (document: ConfigDocument, item: ConfigItem, { text, span }: ConfigField): string | undefined =>
  text === undefined ? undefined : written(document, item, { text, span });

/** The text, and what stands in the template where a template fills it in. */
function written(document: ConfigDocument, item: ConfigItem, found: Located | undefined): string | undefined {
  if (found === undefined || !isMasked(found.text)) return found?.text;
  const { start, end } = placed(item, found.span);
  return document.text.slice(start, end).replace(/^(["'])(.*)\1$/s, '$2');
}

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text).replaceAll(/\s+/g, ' ');
