/**
 * The classes of failure. A `code` never changes its meaning; messages may be worded anew.
 *
 * - wrong use, found before anything is sent: `invalid-address`, `invalid-argument`, `unsupported`, `closed`, `queue-full`
 * - a socket file: `absent-socket`, `stale-socket`, `not-a-socket`, `permission-denied`, `path-too-long`
 * - a network address: `refused`, `unreachable`, `dns`
 * - something else answers: `not-control-service`, `banner-timeout`, `tls-required` (it speaks TLS, we did not),
 *   `tls-not-spoken` (we speak TLS, it does not)
 * - TLS: `tls-untrusted`, `tls-name-mismatch`, `tls-expired`, `tls-pin-mismatch`, `tls-client-certificate-required`,
 *   `tls-client-certificate-rejected`, `tls-version`, `tls-files` (our own CA, certificate or key), `tls-failed`
 * - in a session: `command-refused` (the daemon said `ERROR:`), `daemon-gone`, `protocol`, `line-too-long`, `timeout`,
 *   `aborted`, `node-changed` (another node answers at that address now)
 * - work: `payload-failed`, `submit-reply-lost`, `results-cut`, `unit-gone`
 */
export type ControlErrorCode =
  | 'invalid-address'
  | 'invalid-argument'
  | 'unsupported'
  | 'closed'
  | 'queue-full'
  | 'absent-socket'
  | 'stale-socket'
  | 'not-a-socket'
  | 'permission-denied'
  | 'path-too-long'
  | 'refused'
  | 'unreachable'
  | 'dns'
  | 'not-control-service'
  | 'banner-timeout'
  | 'tls-required'
  | 'tls-not-spoken'
  | 'tls-untrusted'
  | 'tls-name-mismatch'
  | 'tls-expired'
  | 'tls-pin-mismatch'
  | 'tls-client-certificate-required'
  | 'tls-client-certificate-rejected'
  | 'tls-version'
  | 'tls-files'
  | 'tls-failed'
  | 'command-refused'
  | 'daemon-gone'
  | 'protocol'
  | 'line-too-long'
  | 'timeout'
  | 'aborted'
  | 'node-changed'
  | 'payload-failed'
  | 'submit-reply-lost'
  | 'results-cut'
  | 'unit-gone';

/** What every failure of the client carries. */
export interface ControlErrorFields {
  /** A sentence for the user: what to do about it. */
  nextStep: string;
  /** The error below: of Node, of the caller's payload stream, of the caller's signal. */
  cause?: unknown;
  /** The unit that this is about, when its id is known. */
  unitId?: string | undefined;
  /** The unit was released again: nothing is left of it. */
  released?: boolean;
  /** It tells of a node reached through the one that was asked, the way to which stands. */
  beyond?: boolean;
}

/** Any failure of the control client. Its `message` says what happened, its `nextStep` what to do, its `code` which class it is. */
export class ControlError extends Error {
  readonly code: ControlErrorCode;
  readonly nextStep: string;
  readonly unitId: string | undefined;
  /** The unit was released again: nothing is left of it. */
  readonly released: boolean;
  /** It tells of a node reached through the one that was asked, the way to which stands. */
  readonly beyond: boolean;

  constructor(code: ControlErrorCode, message: string, fields: ControlErrorFields) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    // Callers that know only the names of the web platform find them. Not new.target.name: the build shortens those of classes.
    this.name = code === 'aborted' ? 'AbortError' : code === 'timeout' ? 'TimeoutError' : 'ControlError';
    this.code = code;
    this.nextStep = fields.nextStep;
    this.unitId = fields.unitId;
    this.released = fields.released ?? false;
    this.beyond = fields.beyond ?? false;
  }
}

/** The daemon answered `ERROR: ...`; `daemonText` has its own words, which `message` repeats. */
export class CommandRefusedError extends ControlError {
  /** What was asked, e.g. `work status`. */
  readonly command: string;
  /** The daemon's words without the `ERROR: ` before them. */
  readonly daemonText: string;

  constructor(command: string, daemonText: string, fields: ControlErrorFields) {
    super('command-refused', `receptor refused "${command}": ${daemonText}`, fields);
    this.name = 'CommandRefusedError';
    this.command = command;
    this.daemonText = daemonText;
  }
}

/** How far a stream of results came before it broke off. */
export interface ResultsPosition {
  unitId: string;
  /** Offset at which the stream began. */
  startPos: number;
  /** Bytes delivered by this stream. */
  received: number;
  /** `startPos + received`: give it as `startPos` to go on without losing or doubling a byte. */
  position: number;
  /** `StdoutSize` as the daemon last told it, undefined when it could not be asked. */
  expected: number | undefined;
}

/** Results ended before the unit's output did; `position` says where to go on. */
export class ResultsError extends ControlError implements ResultsPosition {
  declare readonly unitId: string;
  readonly startPos: number;
  readonly received: number;
  readonly position: number;
  readonly expected: number | undefined;

  constructor(code: 'results-cut' | 'unit-gone', message: string, at: ResultsPosition, fields: Omit<ControlErrorFields, 'unitId'>) {
    super(code, message, { ...fields, unitId: at.unitId });
    this.name = 'ResultsError';
    this.startPos = at.startPos;
    this.received = at.received;
    this.position = at.position;
    this.expected = at.expected;
  }
}

/** What was thrown, as an error: anything may be. */
export const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/** True for the client's own failures; `code` narrows further. Works across two copies of the library, unlike `instanceof`. */
export const isControlError = (error: unknown): error is ControlError =>
  error instanceof Error && 'code' in error && 'nextStep' in error && typeof error.nextStep === 'string';
