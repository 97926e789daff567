/**
 * The meaning of a work file: each YAML document one submission, with the places of its parts. It parses with the `yaml`
 * library, so it is loaded only when there is a work file. (Configs are read by the server alone; this is our own format.)
 */
import { isAlias, isMap, isScalar, LineCounter, parseAllDocuments, type Document, type Node, type Pair, type YAMLMap } from 'yaml';
import { isSecretParam } from './submission.ts';
import { isVariable, variablesIn } from './variables.ts';

/** Offsets in the text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Place<T> extends Span {
  readonly value: T;
}

/** A text with variables in it, or a file whose text is meant. */
export type Source = { readonly text: string } | { readonly file: string };

/** One document of a work file, as far as it could be read. Strings have their variables still in them. */
export interface WorkEntry {
  /** Index among the documents of the file. */
  readonly index: number;
  /** Its name, else its type and node; no other of the file has it. For code lenses, tasks and the history. */
  readonly title: string;
  /** From its first key to its end. */
  readonly span: Span;
  readonly name: Place<string> | undefined;
  readonly connection: Place<string> | undefined;
  readonly node: Place<string> | undefined;
  readonly workType: Place<string> | undefined;
  /** By name; the key's own place and the value's. */
  readonly params: readonly { readonly name: Place<string>; readonly value: Place<Source> }[];
  readonly tlsClient: Place<string> | undefined;
  readonly ttl: Place<string> | undefined;
  readonly signWork: Place<boolean> | undefined;
  readonly payload: Place<Source> | undefined;
  /** False when an error keeps it from being submitted. */
  readonly complete: boolean;
}

export interface WorkFileProblem extends Span {
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

export interface WorkFile {
  readonly entries: readonly WorkEntry[];
  readonly problems: readonly WorkFileProblem[];
}

export const workFileKeys = ['name', 'connection', 'node', 'worktype', 'params', 'tlsclient', 'ttl', 'signwork', 'payload'] as const;
type Key = (typeof workFileKeys)[number];

/** Reads a work file; never throws. Documents without content are left out. */
export function readWorkFile(text: string): WorkFile {
  const problems: WorkFileProblem[] = [];
  const documents = parseAllDocuments(text, { lineCounter: new LineCounter(), merge: true, uniqueKeys: true });
  const list: Document[] = 'empty' in documents ? [] : documents;
  const entries: UntitledEntry[] = [];
  for (const document of list) {
    for (const { pos, message } of [...document.errors, ...document.warnings]) {
      problems.push({
        start: pos[0],
        end: Math.max(pos[1], pos[0] + 1),
        severity: 'error',
        message: message.split('\n')[0]!.replace(/ at line \d+.*$/, ''),
      });
    }
    const { contents } = document;
    if (contents === null || (isScalar(contents) && contents.value === null)) continue;
    const reader = new EntryReader(document, problems);
    const entry = reader.read(contents, entries.length, document.errors.length === 0);
    if (entry !== undefined) entries.push(entry);
  }
  return { entries: titled(entries), problems };
}

/** Reads the submission in the definition of a task, by the same rules; its other keys are the task's own. */
export function readTask(definition: object): WorkFile {
  const own = Object.entries(definition).filter(([key]) => workFileKeys.some((known) => known === key));
  return readWorkFile(JSON.stringify(Object.fromEntries(own))); // JSON is YAML
}

type UntitledEntry = Omit<WorkEntry, 'title'>;

/** What is alike gets a number: the second `cat on bar` is `cat on bar (2)`. */
function titled(entries: readonly UntitledEntry[]): WorkEntry[] {
  const plain = entries.map(({ name, workType, node }) => name?.value ?? `${workType?.value ?? 'work'} on ${node?.value ?? 'localhost'}`);
  const taken = new Set(plain);
  const seen = new Map<string, number>();
  return entries.map((entry, index) => {
    const base = plain[index] ?? '';
    let count = (seen.get(base) ?? 0) + 1;
    const title = (): string => (count === 1 ? base : `${base} (${count})`);
    while (count > 1 && taken.has(title())) count++;
    taken.add(title());
    seen.set(base, count);
    return { ...entry, title: title() };
  });
}

class EntryReader {
  readonly #document: Document;
  readonly #problems: WorkFileProblem[];
  #failed = false;

  constructor(document: Document, problems: WorkFileProblem[]) {
    this.#document = document;
    this.#problems = problems;
  }

  read(contents: Node, index: number, sound: boolean): UntitledEntry | undefined {
    if (!isMap(contents)) {
      this.#error(spanOf(contents), `A submission is a map with the keys ${workFileKeys.join(', ')}.`);
      return undefined;
    }
    const found = this.#fields(contents);
    const span = spanOf(contents);
    const workType = this.#text(found.get('worktype'));
    if (found.get('worktype') === undefined)
      this.#error({ start: span.start, end: firstKeyEnd(contents) }, 'worktype is missing: the type of work to run.');
    const entry = {
      index,
      span,
      name: this.#text(found.get('name'), 'plain'), // it tells this submission from others, and stays as it is
      connection: this.#text(found.get('connection')),
      node: this.#text(found.get('node')),
      workType,
      params: this.#params(found.get('params')),
      tlsClient: this.#text(found.get('tlsclient')),
      ttl: this.#text(found.get('ttl')),
      signWork: this.#flag(found.get('signwork')),
      payload: this.#payload(found.get('payload')),
    };
    return { ...entry, complete: sound && !this.#failed };
  }

  #fields(map: YAMLMap): Map<Key, Node> {
    const found = new Map<Key, Node>();
    for (const pair of map.items) {
      const { key, value } = this.#pair(pair);
      if (key === undefined) continue;
      if (!workFileKeys.includes(key.value as Key)) {
        const near = workFileKeys.find((known) => known.startsWith(key.value.slice(0, 3).toLowerCase()));
        this.#error(
          key,
          `${key.value} is not a key of a work file${near === undefined ? `: there are ${workFileKeys.join(', ')}` : `. Did you mean ${near}?`}`,
        );
      } else if (value !== undefined) found.set(key.value as Key, value);
    }
    return found;
  }

  #pair(pair: Pair): { key: Place<string> | undefined; value: Node | undefined } {
    const key = pair.key as Node;
    if (!isScalar(key) || typeof key.value !== 'string') {
      this.#error(spanOf(key), 'A key must be a word.');
      return { key: undefined, value: undefined };
    }
    const value = this.#resolved(pair.value as Node | null);
    return { key: { value: key.value, ...spanOf(key) }, value };
  }

  #resolved(node: Node | null): Node | undefined {
    if (node === null) return undefined;
    if (isAlias(node)) return node.resolve(this.#document);
    return isScalar(node) && node.value === null ? undefined : node;
  }

  /** Numbers and booleans are taken as they are written: `0x10` stays that. */
  #scalar(node: Node | undefined): string | undefined {
    if (!isScalar(node)) return undefined;
    if (typeof node.value === 'string') return node.value;
    return typeof node.value === 'number' || typeof node.value === 'boolean' ? (node.source ?? String(node.value)) : undefined;
  }

  #text(node: Node | undefined, variables: 'variables' | 'plain' = 'variables'): Place<string> | undefined {
    if (node === undefined) return undefined;
    const value = this.#scalar(node);
    if (value === undefined || value === '') {
      this.#error(spanOf(node), value === '' ? 'It is empty.' : 'It must be a text.');
      return undefined;
    }
    if (variables === 'variables') this.#checkVariables(node, value);
    return { value, ...spanOf(node) };
  }

  #flag(node: Node | undefined): Place<boolean> | undefined {
    if (node === undefined) return undefined;
    if (isScalar(node) && typeof node.value === 'boolean') return { value: node.value, ...spanOf(node) };
    this.#error(spanOf(node), 'It must be true or false.');
    return undefined;
  }

  #params(node: Node | undefined): WorkEntry['params'] {
    if (node === undefined) return [];
    const line = this.#scalar(node);
    if (line !== undefined) {
      this.#checkVariables(node, line);
      return line === '' ? [] : [{ name: { value: 'params', ...spanOf(node) }, value: { value: { text: line }, ...spanOf(node) } }];
    }
    if (!isMap(node)) {
      this.#error(spanOf(node), 'params is a command line, or a map of parameters by their names.');
      return [];
    }
    return node.items.flatMap((pair) => {
      const { key, value } = this.#pair(pair);
      if (key === undefined || value === undefined) return [];
      const source = this.#source(value, `the parameter ${key.value}`);
      if (source === undefined) return [];
      if (isSecretParam(key.value) && 'text' in source && variablesIn(source.text).length === 0) {
        this.#warn(spanOf(value), 'A secret stands in this file. Take it from a file or the environment: { file: PATH } or ${env:NAME}.');
      }
      return [{ name: key, value: { value: source, ...spanOf(value) } }];
    });
  }

  #source(node: Node, what: string): Source | undefined {
    const text = this.#scalar(node);
    if (text !== undefined) {
      this.#checkVariables(node, text);
      return { text };
    }
    const file = isMap(node) && node.items.length === 1 ? this.#only(node, 'file') : undefined;
    if (file === undefined) this.#error(spanOf(node), `${what} must be a text or { file: PATH }.`);
    return file === undefined ? undefined : { file };
  }

  #payload(node: Node | undefined): Place<Source> | undefined {
    if (node === undefined) return undefined;
    const text = this.#scalar(node) ?? (isMap(node) && node.items.length === 1 ? this.#only(node, 'text', 'plain') : undefined);
    // Scripts and templates have ${…} of their own: the payload is sent as it stands.
    if (text !== undefined) return { value: { text }, ...spanOf(node) };
    const file = isMap(node) && node.items.length === 1 ? this.#only(node, 'file') : undefined;
    if (file !== undefined) return { value: { file }, ...spanOf(node) };
    this.#error(spanOf(node), 'The payload is a text, or { file: PATH }.');
    return undefined;
  }

  /** The text under `key`, when that is the one key of the map. */
  #only(map: YAMLMap, key: string, variables: 'variables' | 'plain' = 'variables'): string | undefined {
    const value = this.#resolved((map.get(key, true) as Node | undefined) ?? null);
    const text = this.#scalar(value);
    if (value === undefined || text === undefined || (text === '' && key === 'file')) return undefined;
    if (variables === 'variables') this.#checkVariables(value, text);
    return text;
  }

  #checkVariables(node: Node, text: string): void {
    for (const { name } of variablesIn(text)) {
      if (isVariable(name)) continue;
      this.#warn(spanOf(node), `\${${name}} is not a variable: this can't be submitted as it stands.`);
    }
  }

  #error(span: Span, message: string): void {
    this.#failed = true;
    this.#problems.push({ ...pick(span), severity: 'error', message });
  }

  #warn(span: Span, message: string): void {
    this.#problems.push({ ...pick(span), severity: 'warning', message });
  }
}

const pick = ({ start, end }: Span): Span => ({ start, end: Math.max(end, start + 1) });
const spanOf = (node: Node): Span => ({ start: node.range?.[0] ?? 0, end: node.range?.[1] ?? 0 });
const firstKeyEnd = (map: YAMLMap): number => {
  const key = map.items[0]?.key as Node | undefined;
  return key === undefined ? spanOf(map).end : spanOf(key).end;
};
