/** Watches the links of a node come back after its backends were restarted. */
import { sleep } from '../control/limit.ts';

/** The links of one node at one moment, by the other end's id. */
export interface NodeLinks {
  /** Established connections: id to cost. */
  readonly direct: ReadonlyMap<string, number>;
  /** Ids that the routing table reaches. A link carries traffic only when its node is routed again. */
  readonly routed: ReadonlySet<string>;
}

/** Reads a `status` reply; containers may be null. */
export const nodeLinksOf = (status: {
  readonly Connections?: readonly { NodeID: string; Cost: number }[] | null;
  readonly RoutingTable?: Readonly<Record<string, string>> | null;
}): NodeLinks => ({
  direct: new Map((status.Connections ?? []).map((c) => [c.NodeID, c.Cost])),
  routed: new Set(Object.keys(status.RoutingTable ?? {})),
});

export interface LinkReport {
  /** Links that were there before and are again, with the ms until they carried traffic. */
  readonly back: readonly { readonly node: string; readonly after: number }[];
  /** Links that were there before and are not now. */
  readonly missing: readonly string[];
  /** Links that were not there before. */
  readonly added: readonly string[];
  /** ms from the start of the watch until there were as many links as can be expected; undefined when some did not come in time. */
  readonly outage: number | undefined;
  /** The node itself did not answer any more when the watch ended. */
  readonly silent: boolean;
  /** It was ended by its signal: what is missing was not waited for. */
  readonly cancelled?: true;
}

export interface WatchOptions {
  /** The links before the reload, by the other end's id. */
  readonly before: Iterable<string>;
  /** So many links less are expected than before: peers that the change takes away. A link that moved counts as one. */
  readonly fewer?: number;
  /** One look at the node. A rejection is taken for "not now": daemons may be between two states. */
  readonly ask: (signal: AbortSignal) => Promise<NodeLinks>;
  /** The links are about to drop: one that was never seen down counts as back only after so many ms. */
  readonly dropWithin?: number;
  /** Told whenever a link returns. */
  readonly onReturn?: ((node: string, after: number) => void) | undefined;
  /** Ends the watch early; the report then has what was seen so far. */
  readonly signal?: AbortSignal | undefined;
  /** ms after which a node that answers nothing is not asked any more. */
  readonly patience?: number;
  /** ms after which what is not back counts as missing. Dialling again takes a peer 5 to 20 s. */
  readonly timeout?: number;
  /** ms between two looks. */
  readonly interval?: number;
  readonly now?: () => number;
}

/** Follows the links until as many as before are there, or `timeout` passes. Never rejects. */
export async function watchLinks(options: WatchOptions): Promise<LinkReport> {
  const { ask, onReturn, fewer = 0, dropWithin = 0, patience = 10_000, timeout = 45_000, interval = 500, now = Date.now } = options;
  const before = new Set(options.before);
  const start = now();
  const limit = AbortSignal.timeout(timeout);
  const signal = options.signal === undefined ? limit : AbortSignal.any([options.signal, limit]);
  const back = new Map<string, number>();
  const dropped = new Set<string>();
  const expected = Math.max(0, before.size - fewer);
  let added: string[] = [];
  let last: NodeLinks | undefined;
  let heard = start;
  for (;;) {
    try {
      last = await ask(signal);
      heard = now();
    } catch {
      // A look that we cut short ourselves tells nothing of the node.
      if (!signal.aborted || now() - heard >= patience) last = undefined;
    }
    for (const node of before) {
      const up = last !== undefined && last.direct.has(node) && last.routed.has(node);
      if (last !== undefined && !last.direct.has(node)) dropped.add(node);
      if (up && !back.has(node) && (dropped.has(node) || now() - start >= dropWithin)) {
        back.set(node, now() - start);
        onReturn?.(node, now() - start);
      }
      // A link that fell again was a remnant of the time before.
      if (!up && last !== undefined) back.delete(node);
    }
    added = [...(last?.direct.keys() ?? [])].filter((node) => !before.has(node) && last!.routed.has(node)).sort();
    if (back.size + added.length >= expected || now() - heard >= patience) break;
    await sleep(interval, signal);
    if (signal.aborted) break;
  }
  const reached = back.size + added.length >= expected;
  const cancelled = !reached && options.signal?.aborted === true;
  return {
    back: [...back].map(([node, after]) => ({ node, after })).sort((a, b) => (a.node < b.node ? -1 : 1)),
    missing: [...before].filter((node) => !back.has(node)).sort(),
    added,
    outage: reached ? (added.length > 0 ? now() - start : Math.max(0, ...back.values())) : undefined,
    silent: last === undefined && !cancelled,
    ...(cancelled ? { cancelled } : {}),
  };
}
