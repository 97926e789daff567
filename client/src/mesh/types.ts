/** Shapes of the mesh model. Everything in a snapshot is read-only and may be shared with other snapshots. */

/** What the model reads of a `status` reply; the daemon's own keys. Tolerant: containers may be null or missing. */
export interface StatusReply {
  NodeID?: string | null;
  Version?: string | null;
  SystemCPUCount?: number | null;
  SystemMemoryMiB?: number | null;
  Connections?: readonly { NodeID: string; Cost: number }[] | null;
  RoutingTable?: Readonly<Record<string, string>> | null;
  KnownConnectionCosts?: Readonly<Record<string, Readonly<Record<string, number>> | null>> | null;
  Advertisements?:
    | readonly {
        NodeID: string;
        Service: string;
        Time: string;
        ConnType: number;
        Tags?: Readonly<Record<string, string>> | null;
        WorkCommands?: readonly { WorkType: string; Secure: boolean }[] | null;
      }[]
    | null;
}

/**
 * - `self`: the node that answered
 * - `direct`: it holds a connection to that node
 * - `reachable`: it has a route there, through `nextHop`
 * - `unreachable`: heard of once, no route now
 */
export type NodeState = 'self' | 'direct' | 'reachable' | 'unreachable';

export interface MeshNode {
  /** The node id: stable, unique in the mesh. */
  readonly id: string;
  readonly state: NodeState;
  /** Unreachable, and no node claims a link with it: only a name that the daemon keeps until it restarts. */
  readonly ghost: boolean;
  /** Where the answering node sends what is for this node. */
  readonly nextHop: string | undefined;
  /** Ordered by the peer's id. */
  readonly links: readonly MeshLink[];
  /** Ordered by name. */
  readonly services: readonly MeshService[];
  /** Ordered by name; each once, however many services advertise it. */
  readonly workTypes: readonly MeshWorkType[];
  /** Its newest advertisement is older than a living node's could be. False for a node that advertises nothing. */
  readonly stale: boolean;
}

/**
 * - `up`: both ends are reachable and tell the same cost
 * - `one-sided`: only one end tells of it (the mesh is converging)
 * - `disagreed`: the ends tell different costs
 * - `stale`: an end is unreachable; the daemon merely remembers it
 */
export type LinkState = 'up' | 'one-sided' | 'disagreed' | 'stale';

/** An undirected link; `a` sorts before `b`. */
export interface MeshLink {
  /** {@link pairId} of its ends. */
  readonly id: string;
  readonly a: string;
  readonly b: string;
  /** Cost as `a` tells it; undefined when it does not. */
  readonly costAB: number | undefined;
  readonly costBA: number | undefined;
  /** The larger of the two. */
  readonly cost: number;
  readonly state: LinkState;
}

export interface MeshService {
  /** {@link pairId} of node and service. */
  readonly id: string;
  readonly node: string;
  readonly name: string;
  /** 0 datagram, 1 stream, 2 stream that needs a tls-client. */
  readonly connType: number;
  readonly tls: boolean;
  readonly tags: Readonly<Record<string, string>>;
  /** Advertised too long ago for a service that still runs. */
  readonly stale: boolean;
}

export interface MeshWorkType {
  readonly name: string;
  /** Submissions need a signature. */
  readonly signed: boolean;
}

export interface MeshSnapshot {
  /** Id of the node that answered; empty when the reply had none. */
  readonly self: string;
  /** When the reply came, ms since 1970. */
  readonly takenAt: number;
  /** Of the answering node; empty in development builds. */
  readonly version: string;
  readonly cpuCount: number | undefined;
  readonly memoryMiB: number | undefined;
  readonly nodes: ReadonlyMap<string, MeshNode>;
  readonly links: ReadonlyMap<string, MeshLink>;
  /**
   * Time of the newest advertisement by node id, and of each by service id: ms since 1970 by the advertiser's clock.
   * Apart from the nodes, since times change all the while and nothing is redrawn for them.
   */
  readonly nodeSeenAt: ReadonlyMap<string, number>;
  readonly serviceSeenAt: ReadonlyMap<string, number>;
  readonly counts: {
    readonly nodes: number;
    readonly reachable: number;
    readonly unreachable: number;
    readonly ghosts: number;
  };
  /** The reply as it came, in the daemon's order. */
  readonly reply: StatusReply;
}

/** Id of an ordered pair of names. No name that a daemon accepts holds a line feed. */
export const pairId = (a: string, b: string): string => `${a}\n${b}`;
