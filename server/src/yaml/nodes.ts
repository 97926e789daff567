/** A half-open range of UTF-16 offsets. Offsets count from the start of the text that was parsed. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Which of Go's YAML libraries reads the text: v1 configs go through yaml.v2, v2 configs through yaml.v3 (by viper). */
export type Dialect = 'yaml.v2' | 'yaml.v3';

interface NodeBase extends Span {
  /** The tag as written, resolved against `%TAG` and shorthand (`tag:yaml.org,2002:str`, `!local`); undefined when absent. */
  readonly tag?: string | undefined;
  /** Name defined by `&name`, with where it stands. */
  readonly anchor?: { readonly name: string; readonly span: Span } | undefined;
}

/** Its span is that of its text, quotes included: an anchor and a tag stand before it. */
export interface YamlScalar extends NodeBase {
  readonly kind: 'scalar';
  /** The text after unescaping and folding: what Go's parser hands on before tags and types are resolved. */
  readonly text: string;
  readonly style: 'plain' | 'single' | 'double' | 'literal' | 'folded';
}

export interface YamlPair {
  readonly key: YamlNode;
  /** An absent value is a plain, empty scalar at the place where it would stand. */
  readonly value: YamlNode;
}

export interface YamlMapping extends NodeBase {
  readonly kind: 'mapping';
  readonly flow: boolean;
  readonly pairs: readonly YamlPair[];
}

export interface YamlSequence extends NodeBase {
  readonly kind: 'sequence';
  readonly flow: boolean;
  readonly items: readonly YamlNode[];
  /** Offset of each item's `-` indicator (block style only, else empty). */
  readonly dashes: readonly number[];
}

export interface YamlAlias extends NodeBase {
  readonly kind: 'alias';
  readonly name: string;
  /** The node that the name stood for at this point of the document. */
  readonly target: YamlNode;
}

export type YamlNode = YamlScalar | YamlMapping | YamlSequence | YamlAlias;

/** Why Go's library refuses the text: its message without the `yaml: ` prefix, as the daemon would print it, and where. */
export interface YamlProblem extends Span {
  /** For example `line 2: found character that cannot start any token`. */
  readonly message: string;
}

export interface ParsedYaml {
  /** Root of the first document; undefined when it is empty or when there is a problem. */
  readonly root: YamlNode | undefined;
  readonly problem: YamlProblem | undefined;
  /** Where the first document ends: what follows a second `---` is never read by the daemon. */
  readonly end: number;
  /** How deep collections nest in it, 0 for a scalar: walk deeper trees without recursion (Go allows 10,000 levels each of block and flow). */
  readonly depth: number;
  /** True when reading values can still fail: the document holds tags, aliases, merges, or collections as keys. */
  readonly intricate: boolean;
}
