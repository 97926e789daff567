/** Values worth suggesting for a field: what is allowed, what the file defines, what the mesh knows, what the disk holds. */
import type { CompletionItemKind } from 'vscode-languageserver';
import type { ConfigModel, NameUse } from '../config/model.ts';
import { modeText } from '../rules/values.ts';
import { defaultOf, type FieldSpec, type NameKind } from '../schema/knowledge.ts';
import type { ServiceContext } from './context.ts';
import type { Cursor } from './cursor.ts';
import { durationSeconds, modeInWords, secondsInWords } from './explain.ts';
import { completionKind } from './lsp.ts';
import { scalar } from './scalar.ts';
import type { Target } from './target.ts';

export interface Suggestion {
  /** The value itself. */
  readonly raw: string;
  /** As YAML, quoted where needed. */
  readonly text: string;
  readonly kind: CompletionItemKind;
  readonly detail?: string | undefined;
  /** Markdown. */
  readonly doc?: string | undefined;
  /** More is to be typed: ask again. */
  readonly again?: boolean;
  /** One value of very many, for where none is typed yet. */
  readonly example?: boolean;
}

const permissionModes = ['0600', '0660', '0666'];

export function suggestedValues(
  target: Target & { kind: 'value' },
  cursor: Cursor,
  model: ConfigModel,
  context: ServiceContext,
): Suggestion[] {
  const { field, part } = target;
  const make = (raw: string, kind: CompletionItemKind, detail?: string, doc?: string): Suggestion => ({
    raw,
    text: scalar(raw, cursor.flow),
    kind,
    detail,
    doc,
  });
  const plain = (raw: string, detail?: string, kind: CompletionItemKind = completionKind.value): Suggestion => ({
    raw,
    text: raw,
    kind,
    detail,
  });
  const format = part ? field.elementFormat : field.format;

  if (field.refers === 'tls-server' || field.refers === 'tls-client') return definedNames(model, field.refers, make);
  if (field.kind === 'bool') {
    const usual = defaultOf(field, model.version);
    return ['true', 'false'].map((raw) => plain(raw, usual === (raw === 'true') ? 'default' : undefined, completionKind.enumMember));
  }
  if (field.values !== undefined) {
    const usual = defaultOf(field, model.version);
    return field.values.map((raw) => make(raw, completionKind.enumMember, raw === usual ? 'default' : undefined, field.valueDocs?.[raw]));
  }
  if (format === 'node-id' && field.defines === undefined) return nodeNames(model, context, cursor.flow);
  if (field.name === 'remoteservice') return serviceNames(target, cursor, model, context, make);
  if (field.path !== undefined) return paths(field, cursor, context);
  if (format === 'permissions')
    return permissionModes.map((raw) => plain(raw, `${modeText(Number.parseInt(raw, 8))}: ${modeInWords(Number.parseInt(raw, 8))}`));
  if (field.defines === 'work-type') {
    const live = (context.live?.workTypes ?? []).map((raw) => make(raw, completionKind.reference, 'on the mesh'));
    return distinct([...field.examples.map((raw) => exemplary(make(raw, completionKind.value, 'example'))), ...live]);
  }
  const usual = field.defaultText ?? defaultOf(field, model.version);
  const examples = part ? exampleParts(field) : field.examples;
  const toText = (raw: string, detail: string): Suggestion =>
    exemplary(field.kind === 'string' || field.kind === 'strings' ? make(raw, completionKind.value, detail) : plain(raw, detail));
  return distinct([
    ...(usual === undefined || usual === '' || part ? [] : [toText(String(usual), inWords(field, String(usual), 'default'))]),
    ...examples.map((raw) => toText(raw, inWords(field, raw, 'example'))),
  ]);
}

const exemplary = (value: Suggestion): Suggestion => ({ ...value, example: true });

const inWords = (field: FieldSpec, raw: string, role: string): string => {
  const seconds = field.format === 'duration' ? durationSeconds(raw) : undefined;
  return seconds === undefined ? role : `${role}: ${secondsInWords(seconds)}`;
};

function exampleParts(field: FieldSpec): string[] {
  return field.examples.flatMap((example) => {
    try {
      const list: unknown = JSON.parse(example);
      return Array.isArray(list) ? list.map(String) : [];
    } catch {
      return [];
    }
  });
}

function definedNames(
  model: ConfigModel,
  kind: NameKind,
  make: (raw: string, kind: CompletionItemKind, detail?: string, doc?: string) => Suggestion,
): Suggestion[] {
  const found = new Map<string, NameUse>();
  for (const item of model.items)
    for (const use of item.reading.names) if (use.kind === kind && use.role === 'definition' && use.name !== '') found.set(use.name, use);
  return [...found.keys()].map((name) => make(name, completionKind.reference, kind));
}

/** Ids of nodes: the file's own, those that its fields mention, those of the mesh. */
export function nodeNames(model: ConfigModel, context: ServiceContext, flow = false): Suggestion[] {
  const names = new Map<string, string>();
  for (const name of context.live?.nodes ?? []) names.set(name, 'on the mesh');
  for (const item of model.items) {
    for (const use of item.reading.names)
      if (use.kind === 'node-id' && use.name !== '' && !names.has(use.name))
        names.set(use.name, use.role === 'definition' ? 'this node' : 'named in this file');
    for (const field of item.reading.fields) {
      if (field.spec?.elementFormat !== 'node-id') continue;
      for (const { key, value } of field.parts) {
        const name = field.spec.kind === 'strings' ? value?.text : key?.text;
        if (name !== undefined && name !== '' && !names.has(name)) names.set(name, 'named in this file');
      }
    }
  }
  return [...names].map(([raw, detail]) => ({ raw, text: scalar(raw, flow), kind: completionKind.reference, detail }));
}

/** Services of the node that the item dials, else those of all nodes. */
function serviceNames(
  target: Target & { kind: 'value' },
  cursor: Cursor,
  model: ConfigModel,
  context: ServiceContext,
  make: (raw: string, kind: CompletionItemKind, detail?: string) => Suggestion,
): Suggestion[] {
  const item = model.items.find(
    ({ base, reading }) =>
      base + reading.span.start <= cursor.word.start && cursor.word.start <= base + reading.span.end + 1 && reading.spec === target.action,
  );
  const node = item?.reading.fields.find((field) => field.name === 'remotenode')?.text;
  const live = context.live?.services ?? {};
  const services =
    node !== undefined && Object.hasOwn(live, node)
      ? live[node]!.map((name) => make(name, completionKind.reference, `on ${node}`))
      : Object.entries(live).flatMap(([id, names]) => names.map((name) => make(name, completionKind.reference, `on ${id}`)));
  return distinct([...services, make('control', completionKind.value, 'control service')]);
}

/** Files and folders that continue the path typed so far. */
function paths(field: FieldSpec, cursor: Cursor, context: ServiceContext): Suggestion[] {
  const { typed } = cursor;
  const slash = typed.lastIndexOf('/');
  const head = typed.slice(0, slash + 1);
  const base = context.check.baseDirectory;
  const folder = typed.startsWith('/') ? head : base === undefined ? undefined : `${base.replace(/\/$/, '')}/${head}`;
  const wantsFolder = field.path === 'folder';
  const entries = folder === undefined ? [] : context.listDirectory(folder).filter((entry) => entry.folder || !wantsFolder);
  const found = entries.map(({ name, folder }) => {
    const raw = head + name + (folder ? '/' : '');
    return { raw, text: scalar(raw, cursor.flow), kind: folder ? completionKind.folder : completionKind.file, again: folder };
  });
  if (typed !== '') return found;
  const examples = field.examples.map((raw) =>
    exemplary({ raw, text: scalar(raw, cursor.flow), kind: completionKind.value, detail: 'example' }),
  );
  return distinct([...examples, ...found]);
}

function distinct(suggestions: readonly Suggestion[]): Suggestion[] {
  const seen = new Set<string>();
  return suggestions.filter(({ raw }) => !seen.has(raw) && seen.add(raw));
}
