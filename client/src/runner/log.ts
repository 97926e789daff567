/** Reads lines of a receptor daemon's log, as 1.5.5 and 1.6.9 write them. */

export type LogLevel = 'error' | 'warning' | 'info' | 'debug';

export interface LogLine {
  /** Undefined for lines that are not log entries: `Error: …` of a refused start, Go panics, continuation lines. */
  readonly level: LogLevel | undefined;
  /** The text without level, time and fields. */
  readonly text: string;
  /** The JSON blob that 1.6 appends: `node_id`, `remote_id`. */
  readonly fields: Readonly<Record<string, unknown>>;
}

const entry = /^(ERROR|WARNING|INFO|DEBUG) \d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d (.*)$/s;
const blob = / (\{"[^\n]*\})$/;

/** Splits a line into its parts. Any text is accepted: what is no log entry comes back whole as `text`. */
export function parseLogLine(line: string): LogLine {
  const found = entry.exec(line);
  const body = found?.[2] ?? line;
  const fields = fieldsOf(blob.exec(body)?.[1]);
  return {
    level: found === null ? undefined : (found[1]!.toLowerCase() as LogLevel),
    text: fields === undefined ? body : body.replace(blob, ''),
    fields: fields ?? {},
  };
}

function fieldsOf(json: string | undefined): Record<string, unknown> | undefined {
  if (json === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // a message that merely ends in braces
  }
}

/** Which part of the config a log line is about: an item of one of `actions`. */
export interface LogCause {
  /** Stable, kebab-case. */
  readonly code: string;
  /** What happened and what to do, in one or two sentences. */
  readonly advice: string;
  readonly actions: readonly string[];
  /** Field within that item, when one is to blame. */
  readonly field?: string;
  /** Only an item in which `field` is written can be meant. */
  readonly needsField?: boolean;
  /** What the line calls the item by: its address, a TLS config, a work type. An item that has it not is not meant. */
  readonly name?: string;
}

/** What the first group of `pattern` captures is the cause's `name`. */
interface CauseRule extends Omit<LogCause, 'name'> {
  readonly pattern: RegExp;
}

const peers = ['tcp-peer', 'ws-peer', 'udp-peer'];
const listeners = ['tcp-listener', 'ws-listener', 'udp-listener'];
const portTaken = 'Another process, perhaps another receptor, has that port: stop it or choose another port.';

/** Log texts and their causes, each seen on 1.5.5 and 1.6.9. Order matters: the first match wins. */
const causes: readonly CauseRule[] = [
  {
    code: 'cost-mismatch',
    pattern: /rejected connection with node .+ because we disagree about the connection cost/,
    advice: 'Both ends of a link must state the same cost: compare cost and nodecost here with the other node’s.',
    actions: [...peers, ...listeners],
    field: 'cost',
  },
  {
    code: 'not-allowed-peer',
    pattern: /rejected connection with node .+ because it is not in the allowed peers list/,
    advice: 'Add the other node’s id to allowedpeers, or remove allowedpeers.',
    actions: [...listeners, ...peers],
    field: 'allowedpeers',
    needsField: true,
  },
  {
    code: 'own-node-id',
    pattern: /rejected connection with node .+ because it tried to connect using our own node ID/,
    advice: 'Two nodes use the same id: give one of them another.',
    actions: ['node'],
    field: 'id',
  },
  {
    code: 'duplicate-link',
    pattern: /rejected connection with node .+ because it connected using a node ID we are already connected to/,
    advice: 'There is a link to that node already, and only one is kept for each pair: remove one of the two, or give one node another id.',
    actions: [...peers, ...listeners],
  },
  {
    code: 'duplicate-node-id',
    pattern: /(?:We are a duplicate node with ID|Duplicate node ID) \S/,
    advice: 'Another node of the mesh has this id: give one of them another.',
    actions: ['node'],
    field: 'id',
  },
  {
    code: 'rejected-by-remote',
    pattern: /remote node rejected the connection/,
    advice: 'The other end refused this node: see its log. Usual causes are allowedpeers, cost, or the same node id.',
    actions: peers,
  },
  {
    code: 'link-ended',
    pattern: /Backend connection exited \(will retry\)/,
    advice: 'The other end closed the link: it went away, or it refuses this node for its id, cost or allowedpeers. Its log says why.',
    actions: peers,
  },
  {
    code: 'tls-on-one-side',
    pattern: /first record does not look like a TLS handshake/,
    advice: 'One end speaks TLS and the other does not: set tls on both or on neither.',
    actions: [...peers, ...listeners],
    field: 'tls',
  },
  {
    code: 'unknown-authority',
    pattern: /certificate signed by unknown authority/,
    advice: 'The other end’s certificate was not signed by a CA in rootcas (or clientcas).',
    actions: ['tls-client', 'tls-server'],
    field: 'rootcas',
  },
  {
    code: 'certificate-refused',
    pattern: /remote error: tls: (?:bad certificate|unknown certificate(?: authority)?|expired certificate|unsupported certificate)/,
    advice:
      'The other end does not accept this node’s certificate: its log says why. Its rootcas (or clientcas) must hold the CA that signed it.',
    actions: ['tls-server', 'tls-client'],
    field: 'cert',
  },
  {
    code: 'client-certificate-required',
    pattern: /client didn't provide a certificate|certificate required|peer certificate missing/,
    advice: 'The listener wants a client certificate signed by its clientcas: set cert and key in the tls-client.',
    actions: ['tls-client', 'tls-server'],
    field: 'cert',
  },
  {
    code: 'no-ip-san',
    pattern: /cannot validate certificate for (\S+) because it doesn't contain any IP SANs/,
    advice: 'The peer’s address is an IP and its certificate names no IP: use its DNS name, or a certificate with that IP.',
    actions: peers,
    field: 'address',
  },
  {
    code: 'certificate-node-id',
    pattern: /nodeID=\S+ not found in certificate name/,
    advice: 'The certificate was made for another node id: use one with this id, or set skipreceptornamescheck.',
    actions: ['tls-server', 'tls-client'],
    field: 'cert',
  },
  {
    code: 'unknown-tls-config',
    pattern: /unknown TLS config (\S+)/,
    advice: 'No tls-server (for listeners) or tls-client (for peers) has that name.',
    actions: [
      ...listeners,
      ...peers,
      'control-service',
      'command-service',
      'tcp-server',
      'tcp-client',
      'unix-socket-server',
      'unix-socket-client',
    ],
    field: 'tls',
  },
  {
    code: 'malformed-url',
    pattern: /malformed ws or wss URL/,
    advice: 'A ws-peer’s address must be a URL that starts with ws:// or wss://.',
    actions: ['ws-peer'],
    field: 'address',
  },
  {
    code: 'connection-refused',
    pattern: /dial tcp (\S+?):? connect: connection refused/,
    advice: 'Nothing listens at that address: is the other node running, and its listener’s port the same?',
    actions: ['tcp-peer', 'ws-peer'],
    field: 'address',
  },
  {
    code: 'address-in-use',
    pattern: /listen tcp (\S+): bind: address already in use/,
    advice: portTaken,
    actions: ['tcp-listener', 'ws-listener', 'control-service', 'tcp-server'],
    field: 'port',
  },
  {
    code: 'address-in-use',
    pattern: /listen udp (\S+): bind: address already in use/,
    advice: portTaken,
    actions: ['udp-listener', 'udp-server'],
    field: 'port',
  },
  {
    code: 'socket-locked',
    pattern: /could not acquire lock on socket file: fslock is already locked/,
    advice: 'Another receptor uses this socket file: this node is running already, or two configs name the same file.',
    actions: ['control-service'],
    field: 'filename',
    needsField: true,
  },
  {
    code: 'socket-folder-missing',
    pattern: /could not acquire lock on socket file: no such file or directory/,
    advice: 'The folder of the socket file does not exist: create it, or choose another filename.',
    actions: ['control-service'],
    field: 'filename',
    needsField: true,
  },
  {
    code: 'verification-missing',
    pattern: /VerifySignature for work command '(.+?)' is true, but the work verification public key is not specified/,
    advice: 'Add a work-verification item with the public key.',
    actions: ['work-command'],
    field: 'verifysignature',
    needsField: true,
  },
  {
    code: 'no-backend',
    pattern: /Nothing to do - no backends are running/,
    advice: 'The config has no listener, no peer and no local-only: add one, or the daemon ends at once.',
    actions: ['node'],
  },
  {
    code: 'v2-empty',
    pattern: /empty receptor config, skipping/,
    advice: 'Receptor read nothing from the file: under --config-v2 a list, broken YAML or an unknown extension counts as empty.',
    actions: [],
  },
  {
    code: 'v1-flag-missing',
    pattern: /cannot unmarshal !!map into \[\]interface/,
    advice: 'The file is a v2 mapping: receptor needs --config-v2 for it.',
    actions: [],
  },
];

/** The known cause of a log line, or undefined. */
export function causeOf(text: string): LogCause | undefined {
  for (const { pattern, ...cause } of causes) {
    const found = pattern.exec(text);
    if (found !== null) return found[1] === undefined ? cause : { ...cause, name: found[1] };
  }
  return undefined;
}

/** The error that ended a start: `Error: …` on stdout (v1), `ERROR: … on Run phase` (v2), or a Go panic's first line. */
export function startErrorOf(text: string): string | undefined {
  return /^(?:Error|ERROR|panic): (.+)$/s.exec(text)?.[1] ?? /^(unable to decode into struct.*)$/s.exec(text)?.[1];
}
