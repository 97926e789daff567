import { LineText } from '../document/text.ts';
import type { Position, TextChange } from '../document/text.ts';
import { closesTemplate, isMasked, looksTemplated, maskTemplates } from '../document/mask.ts';
import { resplit, splitItems } from '../document/split.ts';
import type { ConfigFormat } from '../schema/knowledge.ts';
import { knowledgeOf } from '../schema/knowledge.ts';
import type { ConfigItem, ConfigModel, OnItem, ReadingContext } from './model.ts';
import { shapeOf } from './shape.ts';
import type { ItemRead } from './v1-read.ts';
import { readItemText, readV1, splitModel } from './v1-read.ts';
import { readV2 } from './v2-read.ts';

export interface ConfigOptions {
  /** Receptor version whose rules apply; the newest known when undefined. Others read as the nearest older known one. */
  readonly receptorVersion?: string | undefined;
  /** Path or URI: v2 trusts the file's extension, and `.j2`, `.tpl`, `.template` are templates. */
  readonly path?: string | undefined;
  /** Forces a format; told by the shape of the text when undefined. */
  readonly format?: ConfigFormat | undefined;
  readonly onItem?: OnItem | undefined;
}

/** Items that stand alone: the layout in which an edit re-reads only what it touched. */
interface SplitState {
  starts: number[];
  items: ItemRead[];
}

/**
 * A config text and its reading, kept in step with edits.
 *
 * A v1 list in block style is split at its items; an edit re-reads the items it touches, everything else stays. Texts
 * of another layout, v2 configs and templates are read anew as a whole.
 */
export class ConfigDocument {
  readonly #lines: LineText;
  readonly #options: ConfigOptions;
  #model: ConfigModel;
  /** Undefined while the text is read as a whole. */
  #split: SplitState | undefined;

  constructor(text: string, options: ConfigOptions = {}) {
    this.#lines = new LineText(text);
    this.#options = options;
    this.#model = this.#readAll();
  }

  get text(): string {
    return this.#lines.text;
  }

  /** Length of the text, which is not put together for it. */
  get length(): number {
    return this.#lines.length;
  }

  get options(): ConfigOptions {
    return this.#options;
  }

  /** A new object after every edit; readings of items that did not change are the same objects as before. */
  get model(): ConfigModel {
    return this.#model;
  }

  /** Offset of each line's first character. */
  get lineStarts(): readonly number[] {
    return this.#lines.lineStarts;
  }

  positionAt(offset: number): Position {
    return this.#lines.positionAt(offset);
  }

  offsetAt(position: Position): number {
    return this.#lines.offsetAt(position);
  }

  /** Applies changes in order, each to the result of the one before (as LSP's `contentChanges`). */
  update(changes: readonly TextChange[]): void {
    for (const [index, wanted] of changes.entries()) {
      const change = within(wanted, this.length);
      this.#lines.apply(change);
      if (!this.#updateSplit(change)) {
        // The rest of the changes comes in the same breath: read once, after all of them.
        for (const later of changes.slice(index + 1)) this.#lines.apply(within(later, this.length));
        this.#model = this.#readAll();
        return;
      }
    }
    const split = this.#split;
    if (split === undefined) return;
    const items = placedItems(split, this.#model.items);
    this.#model = splitModel(split.items, split.starts, items, this.#lines, this.#context('v1')) ?? this.#readAll();
  }

  #context(format: ConfigFormat): ReadingContext {
    const knowledge = knowledgeOf(format);
    return { knowledge, version: this.#options.receptorVersion ?? knowledge.newest, onItem: this.#options.onItem };
  }

  #readAll(): ConfigModel {
    const { text } = this;
    this.#split = undefined;
    const masked = maskTemplates(text);
    const templated = masked.templated || isTemplatePath(this.#options.path);
    const format = this.#options.format ?? shapeOf(masked.text);
    const context = this.#context(format);
    if (format === 'v2') return readV2(masked.text, context, this.#options.path ?? '', templated);
    const starts = splitItems(masked.text)?.starts;
    const read = readV1({ text: masked.text, original: text, templated, starts }, context);
    if (read.split !== undefined && starts !== undefined && masked.text === text && !templated) this.#split = { starts, items: read.split };
    return read.model;
  }

  /** False when the text must be read as a whole. */
  #updateSplit({ start, end, text: inserted }: TextChange): boolean {
    const split = this.#split;
    if (split === undefined) return false;
    const lines = this.#lines;
    // A construct of templates may have come into being, also with a brace that was there before.
    const around = lines.slice(Math.max(0, start - 1), Math.min(start + inserted.length + 1, lines.length));
    if (looksTemplated(around) || (closesTemplate(around) && looksTemplated(lines.text)) || isMasked(inserted)) return false;
    const touched = resplit(split.starts, lines, start, end, inserted.length);
    if (touched === undefined) return false;
    const { first, removed, added } = touched;
    const delta = inserted.length - (end - start);
    const next = split.starts[first + removed];
    const to = next === undefined ? lines.length : next + delta;
    const context = this.#context('v1');
    const items = added.map((at, i) => readItemText(detached(lines.slice(at, added[i + 1] ?? to)), context, false));
    if (delta !== 0) for (let i = first + removed; i < split.starts.length; i++) split.starts[i]! += delta;
    replace(split.starts, first, removed, added);
    replace(split.items, first, removed, items);
    return true;
  }
}

/** A change whose offsets lie in the text, whatever a client sends. */
function within({ start, end, text }: TextChange, length: number): TextChange {
  const from = Math.min(Math.max(start, 0), length);
  return { start: from, end: Math.min(Math.max(end, from), length), text };
}

/** `splice` for any number of elements: its arguments travel on the stack. */
function replace<T>(array: T[], at: number, removed: number, added: readonly T[]): void {
  if (added.length < 5000) array.splice(at, removed, ...added);
  else {
    const tail = array.slice(at + removed);
    array.length = at;
    for (const element of added) array.push(element);
    for (const element of tail) array.push(element);
  }
}

/** A copy: a slice would keep the whole text of its time alive for as long as the item lives. */
const detached = (slice: string): string => ` ${slice}`.slice(1);

/** Items of the model; objects of the model before are kept where neither item nor place changed. */
function placedItems({ starts, items }: SplitState, before: readonly ConfigItem[]): ConfigItem[] {
  const placed: ConfigItem[] = [];
  for (let i = 0; i < items.length; i++) {
    const { reading } = items[i]!;
    if (reading === undefined) continue;
    const old = before[placed.length];
    const base = starts[i]!;
    placed.push(old !== undefined && old.base === base && old.reading === reading ? old : { base, reading });
  }
  return placed;
}

const isTemplatePath = (path = ''): boolean => /\.(?:j2|jinja2?|tpl|template)$/i.test(path);
