/** What can be typed at the cursor. Works on text that is broken, as text is while somebody types. */
import type { CompletionItem, CompletionList, Position, TextEdit } from 'vscode-languageserver';
import type { ConfigDocument } from '../config/document.ts';
import type { ConfigModel } from '../config/model.ts';
import { hasSince, knowledgeOf } from '../schema/knowledge.ts';
import type { ServiceContext } from './context.ts';
import { cursorAt, type Cursor } from './cursor.ts';
import { actionMarkdown, fieldDetail, fieldMarkdown, ruleActions, ruleKeys } from './describe.ts';
import { indentationOf } from './indentation.ts';
import { adjustIndentation, completionKind, completionTag, snippetFormat } from './lsp.ts';
import { nodeSnippets, nodeSnippetText, withoutPlaceholders } from './node-snippets.ts';
import { rangeOf } from './places.ts';
import { scalar } from './scalar.ts';
import { actionSnippet, fieldValue, SnippetWriter } from './snippets.ts';
import { targetAt, type Target } from './target.ts';
import { nodeNames, suggestedValues, type Suggestion } from './values.ts';

/** More than anybody reads; folders and meshes can be large. */
const maxItems = 500;

export function complete(document: ConfigDocument, position: Position, context: ServiceContext): CompletionList | undefined {
  const { model, text } = document;
  const cursor = cursorAt(text, document.offsetAt(position), model.format);
  const target = targetAt(cursor, model.format);
  if (target === undefined) return undefined;
  const items = new Proposals(document, cursor, context).of(target);
  return { isIncomplete: items.length > maxItems, items: items.slice(0, maxItems) };
}

/** Builds the items for one cursor. */
class Proposals {
  readonly #document: ConfigDocument;
  readonly #model: ConfigModel;
  readonly #cursor: Cursor;
  readonly #context: ServiceContext;
  readonly #edit: (text: string) => TextEdit;
  /** The name of a key without what follows it: a colon is there, or comes behind the closing quote. */
  readonly #nameOnly: boolean;

  constructor(document: ConfigDocument, cursor: Cursor, context: ServiceContext) {
    this.#document = document;
    this.#model = document.model;
    this.#cursor = cursor;
    this.#context = context;
    this.#nameOnly = cursor.colonFollows || cursor.quote !== '';
    const range = rangeOf(document, cursor.word);
    // Right behind the dash of an entry YAML wants a blank. A dash within a word would be part of it.
    const blank = cursor.quote === '' && document.text[cursor.word.start - 1] === '-' ? ' ' : '';
    this.#edit = (newText) => ({ range, newText: blank + newText });
  }

  of(target: Target): CompletionItem[] {
    switch (target.kind) {
      case 'action':
        return [...this.#actions(target.dash), ...this.#nodes(target.dash)];
      case 'field':
        return this.#fields(target);
      case 'value':
        return this.#values(target);
      case 'map-key':
        return target.field.elementFormat === 'node-id' ? this.#plain(nodeNames(this.#model, this.#context), ': ') : [];
      case 'map-value':
        return [];
      case 'rule-key':
        return Object.entries(ruleKeys)
          .filter(([name]) => !target.present.includes(name))
          .map(([name, doc], i) => this.#ruleKey(name, doc, i));
      case 'rule-value':
        return this.#ruleValues(target.key);
    }
  }

  #actions(dash: boolean): CompletionItem[] {
    const { format, version } = this.#model;
    const present = new Set(this.#model.items.map((item) => item.reading.spec));
    const alone = this.#model.items.length > (this.#cursor.typed === '' ? 0 : 1);
    const indentation = indentationOf(this.#document);
    const lead = dash ? '- ' : '';
    const filled = this.#fieldsBelow(dash ? 2 : 0);
    return [...knowledgeOf(format).actions.values()]
      .filter((action) => !action.hidden && action.broken === undefined && hasSince(action.since, version))
      .filter(
        (action) =>
          !(action.singleton && present.has(action) && action.key !== this.#cursor.typed) &&
          !(format === 'v1' && action.exclusive && alone),
      )
      .filter((action) => format === 'v1' || !this.#cursor.siblings.includes(action.key))
      .map((action, i) => {
        const whole = this.#nameOnly || this.#cursor.flow;
        const text = whole
          ? action.key
          : lead + (filled ? `${action.key}:` : actionSnippet(action, format, indentation, version, this.#context.snippets));
        const item: CompletionItem = {
          label: action.key,
          kind: completionKind.module,
          detail: action.title,
          documentation: { kind: 'markdown', value: actionMarkdown(action, format, version) },
          sortText: `1${order(i)}`,
          filterText: lead + action.key,
        };
        return this.#inserting(item, text, !whole);
      });
  }

  /** The item or section has its fields already: only its name is typed anew. */
  #fieldsBelow(lead: number): boolean {
    const { line, column } = this.#cursor;
    const below = /^\r?\n( +)[^\s#]/.exec(this.#document.text.slice(line.end, line.end + 100))?.[1];
    return below !== undefined && below.length > column + lead;
  }

  /** Whole nodes, where nothing else is in the document. */
  #nodes(dash: boolean): CompletionItem[] {
    const { format, items } = this.#model;
    if (!this.#context.snippets && format === 'v2') return [];
    if (items.length > 1 || items[0]?.reading.spec !== undefined || this.#cursor.flow) return [];
    // Comments, a document mark and the word that is being typed are nothing yet.
    const said = this.#document.text.replaceAll(/^[ \t]*(?:#.*|---.*)$/gm, '').trim();
    if (said.replace(/^-[ \t]*/, '') !== this.#cursor.typed) return [];
    return nodeSnippets.map((snippet, i) => {
      const full = nodeSnippetText(snippet, format);
      const text = format === 'v1' && !dash ? full.slice(2) : full;
      const item: CompletionItem = {
        label: snippet.label,
        kind: completionKind.snippet,
        detail: 'config of a node',
        documentation: { kind: 'markdown', value: `${snippet.doc}\n\n\`\`\`yaml\n${withoutPlaceholders(full)}\n\`\`\`` },
        sortText: `0${order(i)}`,
      };
      return this.#inserting(item, this.#context.snippets ? text : withoutPlaceholders(text), true);
    });
  }

  #fields({ action, dash, shift, present }: Target & { kind: 'field' }): CompletionItem[] {
    const { format, version } = this.#model;
    const rank = (name: string): number => (action.snippet.includes(name) ? action.snippet.indexOf(name) : 100);
    return [...action.fields.values()]
      .filter((field) => !present.includes(field.name) && hasSince(field.since, version))
      .map((field, i) => {
        const writer = new SnippetWriter(this.#context.snippets);
        const value = fieldValue(field, writer, version, dash ? '  ' : '', this.#cursor.flow);
        const text = this.#nameOnly ? field.name : `${dash ? '- ' : ''}${field.name}:${value}`;
        const item: CompletionItem = {
          label: field.name,
          kind: completionKind.property,
          detail: fieldDetail(field, version),
          documentation: { kind: 'markdown', value: fieldMarkdown(field, action, format, version) },
          sortText: order((field.required ? 0 : field.needed ? 100 : 200) + rank(field.name) + i / 100),
        };
        if (field.inert !== undefined) item.tags = [completionTag.deprecated];
        if (shift > 0) item.additionalTextEdits = [this.#shift(shift)];
        return this.#inserting(item, text, true);
      });
  }

  /** Moves the line right: an editor's own indentation is two columns too small below `- action:`. */
  #shift(columns: number): TextEdit {
    const start = this.#document.positionAt(this.#cursor.line.start);
    return { range: { start, end: start }, newText: ' '.repeat(columns) };
  }

  #values(target: Target & { kind: 'value' }): CompletionItem[] {
    return suggestedValues(target, this.#cursor, this.#model, this.#context).map((suggestion, i) => this.#value(suggestion, i));
  }

  #value(suggestion: Suggestion, index: number): CompletionItem {
    const { quote, typed } = this.#cursor;
    const text = quote === '' ? suggestion.text : suggestion.raw;
    // Right behind the colon YAML wants a blank.
    const blank = quote === '' && this.#document.text[this.#cursor.word.start - 1] === ':' && this.#cursor.place === 'value' ? ' ' : '';
    return {
      label: suggestion.raw,
      kind: suggestion.kind,
      ...(suggestion.detail === undefined ? {} : { detail: suggestion.detail }),
      ...(suggestion.doc === undefined ? {} : { documentation: { kind: 'markdown', value: suggestion.doc } }),
      sortText: order(index),
      // An example is a pattern to begin with: it shall not stay while another value is typed, for Enter would take it instead.
      filterText: blank + (suggestion.example ? ' ' : typed.startsWith(text[0] ?? '') ? text : suggestion.raw),
      textEdit: this.#edit(blank + text),
      ...(suggestion.again ? { command: { title: 'Suggest', command: 'editor.action.triggerSuggest' } } : {}),
    };
  }

  #plain(names: readonly Suggestion[], tail: string): CompletionItem[] {
    return names.map((name, i) => {
      const item: CompletionItem = {
        label: name.raw,
        kind: name.kind,
        sortText: order(i),
        textEdit: this.#edit((this.#cursor.quote === '' ? name.text : name.raw) + (this.#nameOnly ? '' : tail)),
      };
      if (name.detail !== undefined) item.detail = name.detail;
      return item;
    });
  }

  #ruleKey(name: string, doc: string, index: number): CompletionItem {
    const writer = new SnippetWriter(this.#context.snippets);
    const value = name === 'action' ? writer.choice(Object.keys(ruleActions)) : writer.placeholder('');
    const item: CompletionItem = {
      label: name,
      kind: completionKind.property,
      documentation: { kind: 'markdown', value: doc },
      sortText: order(index),
    };
    return this.#inserting(item, this.#nameOnly ? name : `${name}: ${value}`, true);
  }

  #ruleValues(key: string): CompletionItem[] {
    if (key === 'action') {
      return Object.entries(ruleActions).map(([label, doc], i) => ({
        label,
        kind: completionKind.enumMember,
        documentation: doc,
        sortText: order(i),
        textEdit: this.#edit(label),
      }));
    }
    if (key.endsWith('node')) return this.#plain(nodeNames(this.#model, this.#context), '');
    const services = new Set(Object.values(this.#context.live?.services ?? {}).flat());
    return this.#plain(
      ['control', ...services]
        .filter((name, i, all) => all.indexOf(name) === i)
        .map((name) => ({ raw: name, text: scalar(name, this.#cursor.flow), kind: completionKind.reference })),
      '',
    );
  }

  #inserting(item: CompletionItem, text: string, snippet: boolean): CompletionItem {
    item.textEdit = this.#edit(text);
    if (snippet && this.#context.snippets) item.insertTextFormat = snippetFormat;
    if (text.includes('\n')) item.insertTextMode = adjustIndentation;
    return item;
  }
}

const order = (n: number): string => n.toFixed(2).padStart(7, '0');
