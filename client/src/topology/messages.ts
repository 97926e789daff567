/**
 * Everything that the panel and its webview say to each other, and the checks of both ends.
 *
 * The two share no memory and no trust: what arrives is `unknown` until one of the readers at the end of this file has
 * looked at it. Both ends come from the same build, so an unknown message is a fault, not a newer version.
 */
import type { NodeState, LinkState } from '../mesh/types.ts';
import type { NodeAction, SourceState } from './source.ts';

export interface GraphNode {
  readonly id: string;
  readonly state: NodeState;
  readonly ghost: boolean;
  readonly stale: boolean;
  /** Where the answering node sends what is for this node. */
  readonly nextHop?: string | undefined;
  /** Names only, for the search. */
  readonly services: readonly string[];
  readonly workTypes: readonly string[];
}

/** Undirected; `a` sorts before `b`. */
export interface GraphLink {
  readonly a: string;
  readonly b: string;
  readonly costAB?: number | undefined;
  readonly costBA?: number | undefined;
  readonly state: LinkState;
}

/** What the side panel tells of the selected node. */
export interface NodeDetails {
  readonly id: string;
  /** Way of a message from the answering node to this one. */
  readonly route?: { readonly nodes: readonly string[]; readonly cost: number } | undefined;
  /** Known of the answering node only. */
  readonly version?: string | undefined;
  readonly cpuCount?: number | undefined;
  readonly memoryMiB?: number | undefined;
  /** Newest advertisement, ms since 1970 by the advertiser's clock. */
  readonly seenAt?: number | undefined;
  readonly services: readonly ServiceDetails[];
  readonly workTypes: readonly { readonly name: string; readonly signed: boolean }[];
}

export interface ServiceDetails {
  readonly name: string;
  /** 0 datagram, 1 stream, 2 stream that needs a tls-client. */
  readonly connType: number;
  readonly tags: readonly (readonly [string, string])[];
  readonly stale: boolean;
  readonly seenAt?: number | undefined;
}

export interface Trace {
  readonly target: string;
  readonly hops: readonly { readonly node: string; readonly ms: number; readonly error?: string | undefined }[];
}

export type HostMessage =
  /** The whole picture; whatever was shown before is forgotten. */
  | {
      readonly type: 'graph';
      readonly source: { readonly id: string; readonly label: string; readonly actions: readonly NodeAction[] };
      readonly nodes: readonly GraphNode[];
      readonly links: readonly GraphLink[];
    }
  /** What differs from the picture before: added or changed, and gone. */
  | {
      readonly type: 'changes';
      readonly nodes: readonly GraphNode[];
      readonly goneNodes: readonly string[];
      readonly links: readonly GraphLink[];
      readonly goneLinks: readonly (readonly [string, string])[];
    }
  /** `takenAt`: when the picture was, ms since 1970. */
  | { readonly type: 'status'; readonly state: SourceState; readonly text: string; readonly takenAt?: number | undefined }
  | { readonly type: 'details'; readonly details: NodeDetails }
  | { readonly type: 'trace'; readonly trace?: Trace | undefined }
  /** Select a node and bring it into view. */
  | { readonly type: 'reveal'; readonly node: string }
  /** What became of an export, in words. */
  | { readonly type: 'exported'; readonly text: string };

export type WebviewMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'select'; readonly node?: string | undefined }
  | { readonly type: 'export'; readonly format: 'svg'; readonly text: string }
  | { readonly type: 'export'; readonly format: 'png'; readonly bytes: Uint8Array }
  | { readonly type: 'action'; readonly action: NodeAction; readonly node: string }
  | { readonly type: 'clearTrace' }
  /** A fault of the webview's own, for the log. */
  | { readonly type: 'problem'; readonly text: string };

export const nodeActions: readonly NodeAction[] = ['ping', 'traceroute', 'session', 'connectAs', 'openConfig'];

// --- readers -------------------------------------------------------------------------------------------------------

type Check<T> = (value: unknown) => value is T;
type Shape<T> = { readonly [K in keyof T]-?: Check<T[K]> };

const isString = (value: unknown): value is string => typeof value === 'string';
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const optional =
  <T>(check: Check<T>): Check<T | undefined> =>
  (value): value is T | undefined =>
    value === undefined || check(value);
const oneOf =
  <T>(...values: readonly T[]): Check<T> =>
  (value): value is T =>
    (values as readonly unknown[]).includes(value);
const listOf =
  <T>(check: Check<T>): Check<readonly T[]> =>
  (value): value is readonly T[] =>
    Array.isArray(value) && value.every(check);
const pairOfStrings: Check<readonly [string, string]> = (value): value is readonly [string, string] =>
  Array.isArray(value) && value.length === 2 && value.every(isString);
function shape<T>(fields: Shape<T>): Check<T> {
  const entries = Object.entries(fields) as [string, Check<unknown>][];
  return (value): value is T =>
    typeof value === 'object' && value !== null && entries.every(([key, check]) => check((value as Record<string, unknown>)[key]));
}

const isGraphNode = shape<GraphNode>({
  id: isString,
  state: oneOf('self', 'direct', 'reachable', 'unreachable'),
  ghost: isBoolean,
  stale: isBoolean,
  nextHop: optional(isString),
  services: listOf(isString),
  workTypes: listOf(isString),
});
const isGraphLink = shape<GraphLink>({
  a: isString,
  b: isString,
  costAB: optional(isNumber),
  costBA: optional(isNumber),
  state: oneOf('up', 'one-sided', 'disagreed', 'stale'),
});
const isDetails = shape<NodeDetails>({
  id: isString,
  route: optional(shape({ nodes: listOf(isString), cost: isNumber })),
  version: optional(isString),
  cpuCount: optional(isNumber),
  memoryMiB: optional(isNumber),
  seenAt: optional(isNumber),
  services: listOf(
    shape<ServiceDetails>({
      name: isString,
      connType: isNumber,
      tags: listOf(pairOfStrings),
      stale: isBoolean,
      seenAt: optional(isNumber),
    }),
  ),
  workTypes: listOf(shape({ name: isString, signed: isBoolean })),
});
const isTrace = shape<Trace>({
  target: isString,
  hops: listOf(shape<Trace['hops'][number]>({ node: isString, ms: isNumber, error: optional(isString) })),
});
const isAction = oneOf(...nodeActions);

type Reader<M extends { type: string }> = { readonly [T in M['type']]: Check<Extract<M, { type: T }>> };

const hostMessages: Reader<HostMessage> = {
  graph: shape<Extract<HostMessage, { type: 'graph' }>>({
    type: oneOf('graph'),
    source: shape({ id: isString, label: isString, actions: listOf(isAction) }),
    nodes: listOf(isGraphNode),
    links: listOf(isGraphLink),
  }),
  changes: shape<Extract<HostMessage, { type: 'changes' }>>({
    type: oneOf('changes'),
    nodes: listOf(isGraphNode),
    goneNodes: listOf(isString),
    links: listOf(isGraphLink),
    goneLinks: listOf(pairOfStrings),
  }),
  status: shape<Extract<HostMessage, { type: 'status' }>>({
    type: oneOf('status'),
    state: oneOf('live', 'waiting', 'down'),
    text: isString,
    takenAt: optional(isNumber),
  }),
  details: shape<Extract<HostMessage, { type: 'details' }>>({ type: oneOf('details'), details: isDetails }),
  trace: shape<Extract<HostMessage, { type: 'trace' }>>({ type: oneOf('trace'), trace: optional(isTrace) }),
  reveal: shape<Extract<HostMessage, { type: 'reveal' }>>({ type: oneOf('reveal'), node: isString }),
  exported: shape<Extract<HostMessage, { type: 'exported' }>>({ type: oneOf('exported'), text: isString }),
};

const isSvg = shape<{ type: 'export'; format: 'svg'; text: string }>({ type: oneOf('export'), format: oneOf('svg'), text: isString });
const isPng = shape<{ type: 'export'; format: 'png'; bytes: Uint8Array }>({
  type: oneOf('export'),
  format: oneOf('png'),
  bytes: (value): value is Uint8Array => value instanceof Uint8Array,
});
const webviewMessages: Reader<WebviewMessage> = {
  ready: shape<{ type: 'ready' }>({ type: oneOf('ready') }),
  select: shape<Extract<WebviewMessage, { type: 'select' }>>({ type: oneOf('select'), node: optional(isString) }),
  export: (value): value is Extract<WebviewMessage, { type: 'export' }> => isSvg(value) || isPng(value),
  action: shape<Extract<WebviewMessage, { type: 'action' }>>({ type: oneOf('action'), action: isAction, node: isString }),
  clearTrace: shape<{ type: 'clearTrace' }>({ type: oneOf('clearTrace') }),
  problem: shape<Extract<WebviewMessage, { type: 'problem' }>>({ type: oneOf('problem'), text: isString }),
};

function read<M extends { type: string }>(readers: Reader<M>, value: unknown): M | undefined {
  const type: unknown = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)['type'] : undefined;
  if (typeof type !== 'string' || !Object.hasOwn(readers, type)) return undefined;
  return readers[type as M['type']](value) ? value : undefined;
}

/** What the extension host sent, or undefined when it is no message of ours. */
export const readHostMessage = (value: unknown): HostMessage | undefined => read(hostMessages, value);

/** What the webview sent, or undefined when it is no message of ours. */
export const readWebviewMessage = (value: unknown): WebviewMessage | undefined => read(webviewMessages, value);
