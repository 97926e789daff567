import type { Dialect, Span, YamlAlias, YamlMapping, YamlNode, YamlPair, YamlScalar, YamlSequence } from './nodes.ts';
import type { Mark } from './refusal.ts';
import { Refusal } from './refusal.ts';
import { Scanner } from './scanner.ts';
import type { Source } from './source.ts';
import type { Token } from './tokens.ts';
import { Kind } from './tokens.ts';

type Draft<T> = { -readonly [K in keyof T]: T[K] };
type DraftCollection = (Draft<YamlMapping> & { pairs: YamlPair[] }) | (Draft<YamlSequence> & { items: YamlNode[]; dashes: number[] });

/** What the parser expects next inside a collection. */
const State = {
  blockItem: 0,
  indentlessItem: 1,
  blockKey: 2,
  blockValue: 3,
  flowFirstItem: 4,
  flowItem: 5,
  flowFirstKey: 6,
  flowKey: 7,
  flowValue: 8,
  flowNoValue: 9,
  pairKey: 10,
  pairValue: 11,
  pairEnd: 12,
} as const;

/** A collection that is open. */
interface Frame {
  readonly node: DraftCollection;
  /** Where it began. */
  readonly pos: number;
  readonly line: number;
  state: number;
  key: YamlNode | undefined;
}

interface Properties {
  readonly start: number;
  readonly end: number;
  readonly tag: string | undefined;
  readonly anchor: { name: string; span: Span } | undefined;
}

/** Handles of tags that need no `%TAG`. */
const standardHandles: ReadonlyMap<string, string> = new Map([
  ['!', '!'],
  ['!!', 'tag:yaml.org,2002:'],
]);

/** Tokens to nodes. Open collections stand on a stack of our own: input may nest deeper than a call stack does. */
export class Parser {
  /** Where the document ends. */
  end = 0;
  /** How deep collections nest. */
  depth = 0;
  intricate = false;

  private readonly scanner: Scanner;
  private readonly stack: Frame[] = [];
  // Made when first needed: a config is read item by item, and most items have neither.
  private anchors: Map<string, YamlNode> | undefined;
  private handles: Map<string, string> | undefined;
  private root: YamlNode | undefined;

  constructor(source: Source, dialect: Dialect) {
    this.scanner = new Scanner(source, dialect);
  }

  /** @throws Refusal when the text is not YAML as the dialect has it */
  parseDocument(): YamlNode | undefined {
    let token = this.scanner.peek();
    const explicit = token.kind === Kind.versionDirective || token.kind === Kind.tagDirective || token.kind === Kind.documentStart;
    if (token.kind === Kind.streamEnd) {
      this.end = token.start;
      return undefined;
    }
    this.readDirectives();
    if (explicit) {
      token = this.scanner.peek();
      if (token.kind !== Kind.documentStart) this.fail('did not find expected <document start>', token);
      this.scanner.skip();
      token = this.scanner.peek();
    }
    if (explicit && endsDocument(token.kind)) this.attachEmpty(token.start);
    else this.parseNode(true, false);
    while (this.stack.length > 0) this.step(this.stack[this.stack.length - 1]!);

    token = this.scanner.peek();
    this.end = token.kind === Kind.documentEnd ? token.end : token.start;
    return this.root;
  }

  private fail(problem: string, at: Token, context?: Mark): never {
    throw new Refusal('parser', problem, { pos: at.start, line: at.line }, context, at.start, Math.max(at.end, at.start + 1));
  }

  private readDirectives(): void {
    let version = false;
    for (let token = this.scanner.peek(); ; token = this.scanner.peek()) {
      if (token.kind === Kind.versionDirective) {
        if (version) this.fail('found duplicate %YAML directive', token);
        if (token.text !== '1.1') this.fail('found incompatible YAML document', token);
        version = true;
      } else if (token.kind === Kind.tagDirective) {
        if (this.handles?.has(token.text)) this.fail('found duplicate %TAG directive', token);
        (this.handles ??= new Map()).set(token.text, token.suffix);
      } else break;
      this.scanner.skip();
    }
  }

  private step(frame: Frame): void {
    switch (frame.state) {
      case State.blockItem:
        return this.stepBlockItem(frame);
      case State.indentlessItem:
        return this.stepIndentlessItem(frame);
      case State.blockKey:
        return this.stepBlockKey(frame);
      case State.blockValue:
        return this.stepBlockValue(frame);
      case State.flowFirstItem:
      case State.flowItem:
        return this.stepFlowItem(frame);
      case State.flowFirstKey:
      case State.flowKey:
        return this.stepFlowKey(frame);
      case State.flowValue:
        return this.stepFlowValue(frame, State.flowKey, Kind.flowMappingEnd);
      case State.flowNoValue:
        frame.state = State.flowKey;
        return this.attachEmpty(this.scanner.peek().start);
      case State.pairKey:
        return this.stepPairKey(frame);
      case State.pairValue:
        return this.stepFlowValue(frame, State.pairEnd, Kind.flowSequenceEnd);
      default:
        this.scanner.peek();
        return this.close();
    }
  }

  private stepBlockItem(frame: Frame): void {
    const token = this.scanner.peek();
    if (token.kind === Kind.blockEnd) {
      this.scanner.skip();
      return this.close();
    }
    if (token.kind !== Kind.blockEntry) this.fail("did not find expected '-' indicator", token, frame);
    const { end } = token;
    this.takeDash(frame, token);
    const { kind } = this.scanner.peek();
    if (kind === Kind.blockEntry || kind === Kind.blockEnd) return this.attachEmpty(end);
    return this.parseNode(true, false);
  }

  private stepIndentlessItem(frame: Frame): void {
    const token = this.scanner.peek();
    if (token.kind !== Kind.blockEntry) return this.close();
    const { end } = token;
    this.takeDash(frame, token);
    const { kind } = this.scanner.peek();
    if (kind === Kind.blockEntry || endsBlockNode(kind)) return this.attachEmpty(end);
    return this.parseNode(true, false);
  }

  private takeDash(frame: Frame, token: Token): void {
    if (frame.node.kind === 'sequence') frame.node.dashes.push(token.start);
    this.scanner.skip();
  }

  private stepBlockKey(frame: Frame): void {
    const token = this.scanner.peek();
    if (token.kind === Kind.blockEnd) {
      this.scanner.skip();
      return this.close();
    }
    if (token.kind !== Kind.key) this.fail('did not find expected key', token, frame);
    const { end } = token;
    this.scanner.skip();
    frame.state = State.blockValue;
    if (endsBlockNode(this.scanner.peek().kind)) return this.attachEmpty(end);
    return this.parseNode(true, true);
  }

  private stepBlockValue(frame: Frame): void {
    const token = this.scanner.peek();
    frame.state = State.blockKey;
    if (token.kind !== Kind.value) return this.attachEmpty(token.start);
    const { end } = token;
    this.scanner.skip();
    if (endsBlockNode(this.scanner.peek().kind)) return this.attachEmpty(end);
    return this.parseNode(true, true);
  }

  private stepFlowItem(frame: Frame): void {
    let token = this.scanner.peek();
    if (token.kind !== Kind.flowSequenceEnd) {
      if (frame.state === State.flowItem) token = this.takeComma(token, frame, "did not find expected ',' or ']'");
      frame.state = State.flowItem;
      if (token.kind === Kind.key) {
        this.scanner.skip();
        const node: DraftCollection = {
          kind: 'mapping',
          start: token.start,
          end: token.start,
          tag: undefined,
          anchor: undefined,
          flow: true,
          pairs: [],
        };
        return this.open(node, State.pairKey, token);
      }
      if (token.kind !== Kind.flowSequenceEnd) return this.parseNode(false, false);
    }
    return this.closeFlow(token);
  }

  private stepFlowKey(frame: Frame): void {
    let token = this.scanner.peek();
    if (token.kind !== Kind.flowMappingEnd) {
      if (frame.state === State.flowKey) token = this.takeComma(token, frame, "did not find expected ',' or '}'");
      if (token.kind === Kind.key) {
        this.scanner.skip();
        token = this.scanner.peek();
        frame.state = State.flowValue;
        if (token.kind === Kind.value || token.kind === Kind.flowEntry || token.kind === Kind.flowMappingEnd)
          return this.attachEmpty(token.start);
        return this.parseNode(false, false);
      }
      if (token.kind !== Kind.flowMappingEnd) {
        frame.state = State.flowNoValue;
        return this.parseNode(false, false);
      }
    }
    return this.closeFlow(token);
  }

  private takeComma(token: Token, frame: Frame, problem: string): Token {
    if (token.kind !== Kind.flowEntry) this.fail(problem, token, frame);
    this.scanner.skip();
    return this.scanner.peek();
  }

  private closeFlow(token: Token): void {
    this.scanner.skip();
    this.stack.at(-1)!.node.end = token.end;
    this.close();
  }

  private stepPairKey(frame: Frame): void {
    const token = this.scanner.peek();
    frame.state = State.pairValue;
    if (token.kind !== Kind.value && token.kind !== Kind.flowEntry && token.kind !== Kind.flowSequenceEnd)
      return this.parseNode(false, false);
    // libyaml swallows the token that stands where the key should: `[? : b]` is refused.
    this.scanner.skip();
    return this.attachEmpty(token.end);
  }

  private stepFlowValue(frame: Frame, next: number, closing: number): void {
    let token = this.scanner.peek();
    frame.state = next;
    if (token.kind === Kind.value) {
      this.scanner.skip();
      token = this.scanner.peek();
      if (token.kind !== Kind.flowEntry && token.kind !== closing) return this.parseNode(false, false);
    }
    return this.attachEmpty(token.start);
  }

  private parseNode(block: boolean, indentless: boolean): void {
    const { scanner } = this;
    let token = scanner.peek();
    if (token.kind === Kind.alias) return this.parseAlias(token);
    let properties: Properties | undefined;
    if (token.kind === Kind.anchor || token.kind === Kind.tag) {
      properties = this.readProperties(token);
      token = scanner.peek();
    }
    const start = properties?.start ?? token.start;
    const tag = properties?.tag;
    const anchor = properties?.anchor;
    switch (token.kind) {
      case Kind.scalar: {
        scanner.skip();
        if (token.text === '<<') this.intricate = true;
        return this.attach({
          kind: 'scalar',
          start: token.start,
          end: token.end,
          tag,
          anchor,
          text: token.text,
          style: token.style,
        } satisfies YamlScalar);
      }
      case Kind.flowSequenceStart:
        scanner.skip();
        return this.open(
          { kind: 'sequence', start, end: token.end, tag, anchor, flow: true, items: [], dashes: [] },
          State.flowFirstItem,
          token,
        );
      case Kind.flowMappingStart:
        scanner.skip();
        return this.open({ kind: 'mapping', start, end: token.end, tag, anchor, flow: true, pairs: [] }, State.flowFirstKey, token);
      case Kind.blockEntry:
        if (!indentless) break;
        return this.open(
          { kind: 'sequence', start, end: start, tag, anchor, flow: false, items: [], dashes: [] },
          State.indentlessItem,
          token,
        );
      case Kind.blockSequenceStart:
        if (!block) break;
        scanner.skip();
        return this.open({ kind: 'sequence', start, end: start, tag, anchor, flow: false, items: [], dashes: [] }, State.blockItem, token);
      case Kind.blockMappingStart:
        if (!block) break;
        scanner.skip();
        return this.open({ kind: 'mapping', start, end: start, tag, anchor, flow: false, pairs: [] }, State.blockKey, token);
      default:
    }
    if (properties !== undefined) {
      const { end } = properties;
      return this.attach({ kind: 'scalar', start: end, end, tag, anchor, text: '', style: 'plain' });
    }
    return this.fail('did not find expected node content', token, { pos: token.start, line: token.line });
  }

  private parseAlias(token: Token): void {
    this.scanner.skip();
    this.intricate = true;
    const target = this.anchors?.get(token.text);
    if (target === undefined) {
      const problem = `unknown anchor '${token.text}' referenced`;
      throw new Refusal('composer', problem, { pos: token.start, line: token.line }, undefined, token.start, token.end);
    }
    this.attach({ kind: 'alias', start: token.start, end: token.end, name: token.text, target } satisfies YamlAlias);
  }

  /** An anchor, a tag or both, in any order. `first` is the next token. */
  private readProperties(first: Token): Properties {
    const { start, line } = first;
    let { end } = first;
    let anchor: Properties['anchor'];
    let written: Token | undefined;
    for (let token = first; ; token = this.scanner.peek()) {
      if (token.kind === Kind.anchor && anchor === undefined) anchor = { name: token.text, span: { start: token.start, end: token.end } };
      else if (token.kind === Kind.tag && written === undefined) written = { ...token };
      else break;
      end = token.end;
      this.scanner.skip();
    }
    if (written === undefined) return { start, end, tag: undefined, anchor };
    this.intricate = true;
    // A verbatim tag, and `!`, have no handle. An unknown one is refused only when all properties are read.
    const prefix = written.text === '' ? '' : (this.handles?.get(written.text) ?? standardHandles.get(written.text));
    const tag = prefix === undefined ? '' : prefix + written.suffix;
    if (tag === '') this.fail('found undefined tag handle', written, { pos: start, line });
    return { start, end, tag, anchor };
  }

  private attachEmpty(at: number): void {
    this.attach({ kind: 'scalar', start: at, end: at, tag: undefined, anchor: undefined, text: '', style: 'plain' });
  }

  private attach(node: YamlNode): void {
    if (node.anchor !== undefined) (this.anchors ??= new Map()).set(node.anchor.name, node);
    const parent = this.stack[this.stack.length - 1];
    if (parent === undefined) this.root = node;
    else if (parent.node.kind === 'sequence') parent.node.items.push(node);
    else if (parent.key === undefined) {
      parent.key = node;
      if (node.kind === 'mapping' || node.kind === 'sequence') this.intricate = true;
    } else {
      parent.node.pairs.push({ key: parent.key, value: node });
      parent.key = undefined;
    }
  }

  private open(node: DraftCollection, state: number, token: Token): void {
    this.attach(node);
    this.stack.push({ node, pos: token.start, line: token.line, state, key: undefined });
    if (this.stack.length > this.depth) this.depth = this.stack.length;
  }

  private close(): void {
    const { node } = this.stack.pop()!;
    // Arrays that grew by pushing keep room for many more: a config has thousands of small ones.
    if (node.kind === 'mapping') node.pairs = node.pairs.slice();
    else {
      node.items = node.items.slice();
      node.dashes = node.dashes.slice();
    }
    const last = node.kind === 'sequence' ? node.items.at(-1) : node.pairs.at(-1)?.value;
    if (last !== undefined && last.end > node.end) node.end = last.end;
    else if (node.kind === 'sequence' && node.dashes.length > 0) node.end = Math.max(node.end, node.dashes.at(-1)! + 1);
  }
}

const endsDocument = (kind: number): boolean => kind <= Kind.documentEnd;
const endsBlockNode = (kind: number): boolean => kind === Kind.key || kind === Kind.value || kind === Kind.blockEnd;
