import type { Duplex, Readable } from 'node:stream';

/** What every call takes. */
export interface CallOptions {
  /** Ends the call with an error of code `aborted`. */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds for the whole call, waiting for its turn included; 0 or Infinity for no limit. Without it, the call's
   * own default counts from the moment when the daemon was asked.
   */
  timeout?: number | undefined;
  /**
   * Asks on a connection of its own, so that no other call waits behind this one. For commands whose answer waits for other
   * nodes or for a worker's end: ping, traceroute, reload, cancel and release.
   */
  ownConnection?: boolean | undefined;
}

/** Settings of a TLS connection; the names are those of Node where receptor's differ. */
export interface TlsOptions {
  /** CAs to trust instead of Node's own list: path of a PEM file, or PEM text. A config's `rootcas`. */
  rootCas?: string | Buffer | undefined;
  /** Client certificate: path of a PEM file, or PEM text. */
  cert?: string | Buffer | undefined;
  /** Its private key: path of a PEM file, or PEM text. */
  key?: string | Buffer | undefined;
  /** Of the private key, when it is encrypted. */
  passphrase?: string | undefined;
  /** Name that the server's certificate must have, when it is not the host of the address. */
  serverName?: string | undefined;
  /** As the daemon means it: accepts any certificate with any name. Shown in `ReceptorControl.warnings`. */
  insecureSkipVerify?: boolean | undefined;
  /** Accept only a server whose certificate has one of these SHA-256 or SHA-512 fingerprints (hex, colons allowed). */
  pinnedServerCert?: readonly string[] | undefined;
  /** 1.2 unless told otherwise; never lower. */
  minVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined;
}

/** One line that went over the wire, for a log. Payloads, results, signatures and `secret_` values are never in it. */
export interface TraceEvent {
  /** Number of the connection, counted from 1 by each ReceptorControl. */
  connection: number;
  direction: 'open' | 'sent' | 'received' | 'close';
  /** The line, cut after 2,000 characters. */
  text: string;
}

export interface ConnectOptions extends CallOptions {
  /** For `tls:` addresses. */
  tls?: TlsOptions | undefined;
  /** The longest reply line that is accepted, in bytes; 64 MiB by default. */
  maxLineLength?: number | undefined;
  /** Told of every line, see TraceEvent. */
  trace?: ((event: TraceEvent) => void) | undefined;
  /** Told of every risk that was taken because an option asked for it, e.g. `insecureSkipVerify`. */
  onWarning?: ((warning: string) => void) | undefined;
}

/** Opens one more connection to the same control service: a socket, a TLS socket, a bridge through a node, a fake. */
export interface StreamFactory {
  /** For messages: where it leads, e.g. `unix:/run/receptor.sock`. */
  readonly description: string;
  /**
   * A stream whose first bytes are the banner. Rejects with a ControlError; when `signal` aborts, with its reason.
   * It must not end its writable side by itself when the readable side goes on.
   */
  open(signal: AbortSignal): Promise<Duplex>;
  /**
   * The first bytes that come when the same place is spoken to in TLS over a connection of its own; for finding out
   * what a silent peer is.
   */
  greet?(signal: AbortSignal): Promise<Buffer | undefined>;
}

/** Reply of `status`, with the daemon's own keys. With `fields` only those are there. Containers may be null. */
export interface Status {
  Version: string;
  NodeID: string;
  SystemCPUCount: number;
  SystemMemoryMiB: number;
  /** Direct links, in random order. */
  Connections: Connection[] | null;
  /** Destination to next hop; neither this node nor what cannot be reached is in it. */
  RoutingTable: Record<string, string> | null;
  /** Services, in random order. */
  Advertisements: Advertisement[] | null;
  /** Every node ever heard of, to its links and their costs. */
  KnownConnectionCosts: Record<string, Record<string, number> | null> | null;
}

export interface Connection {
  NodeID: string;
  Cost: number;
}

export interface Advertisement {
  NodeID: string;
  Service: string;
  /** RFC 3339 by the advertiser's clock and offset. */
  Time: string;
  /** 0 datagram, 1 stream, 2 stream with TLS. */
  ConnType: number;
  Tags: Record<string, string> | null;
  WorkCommands: WorkCommand[] | null;
}

export interface WorkCommand {
  WorkType: string;
  /** Submissions need a signature. */
  Secure: boolean;
}

/** Reply of `ping`; a ping that failed is `{ Success: false, Error }`. `Time` is in nanoseconds. */
export type PingResult = { Success: true; From: string; Time: number; TimeStr: string } | { Success: false; Error: string };

/** One hop of `traceroute`; the first is the node itself. `Time` is in nanoseconds. */
export interface Hop {
  From: string;
  Time: number;
  TimeStr: string;
  Error?: string;
}

/** Reply of `reload`; `Error` ends in `ERRORCODE 3` (not reloadable) or `4` (config refused). */
export interface ReloadResult {
  Success: boolean;
  Error?: string;
}

/** 0 Pending, 1 Running, 2 Succeeded, 3 Failed, 4 Canceled. */
export type UnitState = 0 | 1 | 2 | 3 | 4;

/** Status of a unit, with the daemon's own keys. */
export interface UnitStatus {
  State: UnitState;
  /** `Pending`, `Running`, `Succeeded`, `Failed`, `Canceled`. */
  StateName: string;
  Detail: string;
  /** Bytes of output as far as the daemon knows; of a remote unit, those at the remote node. */
  StdoutSize: number;
  /** `remote` for a unit that runs elsewhere, see `ExtraData.RemoteWorkType`. */
  WorkType: string;
  /** By kind of worker; a string for a type that is not configured any more. */
  ExtraData: Record<string, unknown> | string | null;
}

/** What a payload may be. A stream is read with backpressure and destroyed when the submission fails. */
export type Payload = string | Uint8Array | Readable | AsyncIterable<string | Uint8Array>;

export interface SubmitRequest {
  /** Node that shall run it; `localhost` by default. */
  node?: string | undefined;
  workType: string;
  /** Nothing by default. */
  payload?: Payload | undefined;
  /** A string is the runtime parameter `params`; an object gives each of its keys as a parameter of that name. */
  params?: string | Readonly<Record<string, string | number | boolean>> | undefined;
  /** Name of a tls-client of the daemon asked, for its way to a remote node. */
  tlsClient?: string | undefined;
  /** Go duration, e.g. `30m`; remote work only. */
  ttl?: string | undefined;
  /** The daemon signs its request to the remote node. */
  signWork?: boolean | undefined;
  /** A signature of the caller, for work types that demand one. */
  signature?: string | undefined;
  /** The id that the unit shall have, `[A-Za-z0-9]+`. Daemons before 1.5 take it for a parameter. */
  unitId?: string | undefined;
}

export interface SubmitResult {
  unitId: string;
  /** `Job Started`, or `Job Submitted` when the remote node could not be reached yet. */
  result: string;
}

export interface SignedCallOptions extends CallOptions {
  /** A signature of the caller, for units that demand one. */
  signature?: string | undefined;
}

export interface ReleaseOptions extends SignedCallOptions {
  /** Forget the unit here even when the remote node does not answer. */
  force?: boolean | undefined;
}

export interface ResultsOptions extends SignedCallOptions {
  /** Offset of the first byte wanted; 0 by default. */
  startPos?: number | undefined;
  /** Milliseconds without a byte, after the unit ended with more output announced, until that is an error; 30 s by default. */
  stallTimeout?: number | undefined;
}

export interface ServiceOptions extends CallOptions {
  /** Name of a tls-client of the daemon asked, needed when the service speaks TLS. */
  tlsClient?: string | undefined;
}

export interface NodeOptions extends ServiceOptions {
  /** Name of the control service there; `control` by default. */
  service?: string | undefined;
}

/** `{ cancelled: id }`, or `{ 'cancel pending': id }` when the remote node could not be reached: the daemon tries on. */
export interface CancelResult {
  cancelled?: string;
  'cancel pending'?: string;
}

/** `{ released: id }`, or `{ 'release pending': id }` when the remote node could not be reached: the daemon tries on. */
export interface ReleaseResult {
  released?: string;
  'release pending'?: string;
}

/** A unit's output, as a stream of Buffers. */
export interface WorkResults extends Readable {
  readonly unitId: string;
  readonly startPos: number;
  /** Bytes given to the reader; those that it has not taken yet do not count. Without `setEncoding`. */
  readonly received: number;
  /** `startPos + received`. */
  readonly position: number;
  /** The unit's status as last seen; after `end` the one that it ended with. */
  readonly endStatus: UnitStatus | undefined;
}
