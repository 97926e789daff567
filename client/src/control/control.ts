import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { formatAddress, parseAddress } from './address.ts';
import type { Address } from './address.ts';
import { checkName, checkUnitId, invalidArgument, jsonCommand, simpleCommandOf, submitCommand } from './commands.ts';
import { ControlError, isControlError } from './errors.ts';
import { defaultTimeouts, limited } from './limit.ts';
import { parseLongReply, replyShape } from './replies.ts';
import { ResultsStream } from './results.ts';
import { Session } from './session.ts';
import type { Command, SessionSettings } from './session.ts';
import { socketFactory } from './sockets.ts';
import { submit } from './submit.ts';
import { tlsWarning } from './tls.ts';
import { Turns } from './turns.ts';
import type {
  CallOptions,
  CancelResult,
  ConnectOptions,
  Hop,
  NodeOptions,
  PingResult,
  ReleaseOptions,
  ReleaseResult,
  ReloadResult,
  ResultsOptions,
  ServiceOptions,
  SignedCallOptions,
  Status,
  StreamFactory,
  SubmitRequest,
  SubmitResult,
  UnitStatus,
  WorkResults,
} from './types.ts';

const defaultMaxLineLength = 64 * 1024 * 1024;

/** A control service speaks at once; after this many milliseconds without a banner it is looked into what the peer is. */
const longestSilence = 2_000;

/** Milliseconds that the steps of a connection may take. */
interface Patience {
  connect: number;
  banner: number;
}

/** What a ReceptorControl tells on its own. */
interface ControlEvents {
  /** The connection for commands was lost while nothing was asked. The next call connects anew. */
  disconnect: [error: ControlError];
}

/**
 * A node's control service. Commands share one connection and are served in the order in which they were called, except for
 * those with {@link CallOptions.ownConnection}; a submission, each stream of results and each bridge has a connection of its
 * own, so all of them may run at once. A connection that was lost, or dropped after a refusal, is replaced for the next call;
 * no command is ever sent twice.
 */
export class ReceptorControl extends EventEmitter<ControlEvents> {
  /** Id of the node, from its banner. */
  readonly nodeId: string;
  /** Where it listens; for a node reached through another, how. */
  readonly address: string;
  /** The risks that options asked for, in sentences. */
  readonly warnings: readonly string[];

  readonly #factory: StreamFactory;
  readonly #settings: SessionSettings;
  readonly #turns = new Turns();
  /** Calls under way. */
  readonly #calls = new Set<AbortController>();
  #closedBy: ControlError | undefined;
  #closing: Promise<void> | undefined;
  /** Told once when this has closed. */
  #whenClosed = (): void => {};
  /** What `close` ends first: submissions, streams of results, the nodes reached through this one. */
  readonly #open = new Set<(why: Error) => unknown>();
  /** What it ends last: a submission that goes through one is released while its upload is still open. */
  readonly #bridges = new Set<Duplex>();
  #session: Session | undefined;

  private constructor(factory: StreamFactory, settings: SessionSettings, first: Session, warnings: readonly string[]) {
    super();
    this.#factory = factory;
    this.#settings = settings;
    this.nodeId = first.nodeId;
    this.address = factory.description;
    this.warnings = warnings;
    this.#keep(first);
  }

  /**
   * Connects to a control service; resolves when its banner came.
   * @param address `unix:/path`, `tcp://host:port`, `tls://host:port` (see parseAddress), or a factory of streams
   * @throws ControlError of any class that keeps one from being connected
   */
  static async connect(address: string | Address | StreamFactory, options: ConnectOptions = {}): Promise<ReceptorControl> {
    const { timeout, trace, maxLineLength = defaultMaxLineLength } = options;
    if (!(Number.isInteger(maxLineLength) && maxLineLength > 0))
      throw invalidArgument('maxLineLength must be a number of bytes.', 'Give a whole number above 0.');
    let connections = 0;
    const settings = (patience: Patience, known: boolean): SessionSettings => ({
      known,
      maxLineLength,
      trace,
      next: () => ++connections,
      bannerTimeout: patience.banner,
      probeAfter: Math.min(longestSilence, (timeout || longestSilence) / 2),
    });
    // The caller's own limit replaces those of the steps; connections made later have nobody who gives one.
    const now: Patience = timeout === undefined ? defaultTimeouts : { connect: 0, banner: 0 };
    const later: Patience = {
      connect: Math.max(timeout ?? 0, defaultTimeouts.connect),
      banner: Math.max(timeout ?? 0, defaultTimeouts.banner),
    };
    const factory = factoryOf(address, options, later);
    const warning = isTls(address) ? tlsWarning(options.tls ?? {}, factory.description) : undefined;
    if (warning !== undefined) options.onWarning?.(warning);
    const first = await limited(`Connecting to ${factory.description}`, options, 0, ({ signal }) =>
      Session.open(factoryOf(address, options, now), settings(now, false), signal),
    );
    return new ReceptorControl(factory, settings(later, true), first, warning === undefined ? [] : [warning]);
  }

  /** True until `close()`; a lost connection does not count, since the next call replaces it. */
  get closed(): boolean {
    return this.#closedBy !== undefined;
  }

  /** Whether the connection for commands stands now. */
  get connected(): boolean {
    return this.#session?.usable === true;
  }

  /**
   * Sends a command as typed, or an object as JSON, and gives the parsed reply.
   * @throws CommandRefusedError; ControlError `invalid-argument` for `connect`, `work submit` and `work results`, which have
   * methods of their own, for a line break, and for a `requested_fields` that would kill the daemon
   */
  async simpleCommand(command: string | object, options: CallOptions = {}): Promise<unknown> {
    return await this.#ask(simpleCommandOf(command), options, defaultTimeouts.simple);
  }

  /**
   * The node's view of the mesh, with the daemon's own keys.
   * @param fields only these keys; names that the daemon does not know are skipped by it
   */
  async status(options?: CallOptions): Promise<Status>;
  async status(fields: readonly (keyof Status)[] | undefined, options?: CallOptions): Promise<Status>;
  async status(fields: readonly string[] | undefined, options?: CallOptions): Promise<Status>;
  async status(fieldsOrOptions?: readonly string[] | CallOptions, more?: CallOptions): Promise<Status> {
    const isOptions = isCallOptions(fieldsOrOptions);
    const fields = isOptions ? undefined : fieldsOrOptions;
    if (fields !== undefined && !(Array.isArray(fields) && fields.every((field) => typeof field === 'string'))) {
      throw invalidArgument(
        'The fields of status() must be a list of strings: anything else kills the daemon.',
        'Give e.g. ["NodeID", "Version"].',
      );
    }
    const reply = await this.#ask(
      jsonCommand('status', { requested_fields: fields }),
      (isOptions ? fieldsOrOptions : more) ?? {},
      defaultTimeouts.status,
    );
    return replyShape.object('status', reply) as unknown as Status;
  }

  /** Pings a node through the mesh. A ping that failed is a result, `{ Success: false, Error }`. */
  async ping(target: string, options: CallOptions = {}): Promise<PingResult> {
    checkName('target', target);
    return replyShape.success('ping', await this.#ask(jsonCommand('ping', { target }), options, defaultTimeouts.ping)) as PingResult;
  }

  /** The way to a node, hop by hop; the first is this node itself, and a last one with `Error` is where it ends. */
  async traceroute(target: string, options: CallOptions = {}): Promise<Hop[]> {
    checkName('target', target);
    return replyShape.hops(await this.#ask(jsonCommand('traceroute', { target }), options, defaultTimeouts.traceroute));
  }

  /** Makes the daemon read its config again; a refusal is a result, `{ Success: false, Error }`. */
  async reload(options: CallOptions = {}): Promise<ReloadResult> {
    return replyShape.success(
      'reload',
      await this.#ask(jsonCommand('reload', {}), options, defaultTimeouts.reload),
    ) as unknown as ReloadResult;
  }

  /** Units of this node by id: all of them, or one. */
  async workList(unitId?: string, options?: CallOptions): Promise<Record<string, UnitStatus>>;
  async workList(options?: CallOptions): Promise<Record<string, UnitStatus>>;
  async workList(unitIdOrOptions?: string | CallOptions, more?: CallOptions): Promise<Record<string, UnitStatus>> {
    const isOptions = isCallOptions(unitIdOrOptions);
    const unitid = isOptions ? undefined : unitIdOrOptions;
    if (unitid !== undefined) checkUnitId(unitid);
    const reply = await this.#ask(jsonCommand('work list', { unitid }), (isOptions ? unitIdOrOptions : more) ?? {}, defaultTimeouts.work);
    return replyShape.units(reply);
  }

  /** Status of one unit of this node. */
  async workStatus(unitId: string, options: CallOptions = {}): Promise<UnitStatus> {
    checkUnitId(unitId);
    return replyShape.unit(await this.#ask(jsonCommand('work status', { unitid: unitId }), options, defaultTimeouts.work));
  }

  /** Cancels a unit; resolves when its worker is gone, or when the daemon could not reach the remote node and tries on. */
  async cancelWork(unitId: string, options: SignedCallOptions = {}): Promise<CancelResult> {
    checkUnitId(unitId);
    const reply = await this.#ask(
      jsonCommand('work cancel', { unitid: unitId, signature: options.signature }),
      options,
      defaultTimeouts.cancel,
    );
    return replyShape.object('work cancel', reply);
  }

  /** Deletes a unit and its output, cancelling it first where it still runs. `force` forgets it whatever the remote node says. */
  async releaseWork(unitId: string, options: ReleaseOptions = {}): Promise<ReleaseResult> {
    checkUnitId(unitId);
    const name = options.force === true ? 'work force-release' : 'work release';
    const reply = await this.#ask(jsonCommand(name, { unitid: unitId, signature: options.signature }), options, defaultTimeouts.cancel);
    return replyShape.object(name, reply);
  }

  /**
   * Submits work and uploads its payload, with backpressure. When the payload breaks off, or `signal` aborts, the unit is
   * released again by the id that the daemon gave, so that it does not run on half of its input; errors have that `unitId`.
   * @throws CommandRefusedError (with `unitId` when a failed unit was left), ControlError `payload-failed`,
   * `submit-reply-lost`, `daemon-gone`, `aborted`, `timeout`
   */
  async submitWork(request: SubmitRequest & CallOptions, options: CallOptions = {}): Promise<SubmitResult> {
    const command = submitCommand(request);
    const { signal = request.signal, timeout = request.timeout } = options;
    return await limited('work submit', { signal, timeout }, 0, (limit) =>
      this.#untilClosed(limit.signal, async (bounded) => {
        const submitted = submit({
          command,
          payload: request.payload,
          signature: request.signature,
          ownTimeout: timeout !== undefined,
          signal: bounded,
          open: () => this.#dial(bounded),
          // Also while this closes.
          ask: (more, ms) => limited(more.name, { timeout: ms }, 0, (cleaning) => this.#askAside(more, cleaning.signal, cleaning.begin)),
        });
        // close() waits until what it broke off is released.
        const release = this.#hold(() => submitted.catch(() => {}));
        return await submitted.finally(release);
      }),
    );
  }

  /**
   * Output of a unit from `startPos` on, following it while it runs. The stream ends when the unit ended and all of its
   * output came; anything less is an error that says at which position to go on. Awaiting it waits until the daemon has
   * accepted the request, and then gives the same stream.
   * @throws (or emits) CommandRefusedError, ResultsError, ControlError `aborted`, `daemon-gone`
   */
  getWorkResults(unitId: string, options: ResultsOptions = {}): WorkResults & PromiseLike<WorkResults> {
    const results = new ResultsStream(unitId, options, { open: (signal) => this.#openSession(signal) });
    // An error that nobody listens for would end the process; a reader sees a premature close all the same.
    const release = this.#hold((why) => results.destroy(results.listenerCount('error') > 0 ? why : undefined));
    results.once('close', release);
    return results as WorkResults as WorkResults & PromiseLike<WorkResults>;
  }

  /**
   * A stream to a service of any node, `localhost` too. Ending its writable side still lets it read.
   * @param service at most 8 bytes
   */
  async connectToService(node: string, service: string, options: ServiceOptions = {}): Promise<Duplex> {
    return await limited(`connect ${node} ${service}`, options, defaultTimeouts.connectToService, (limit) =>
      this.#untilClosed(limit.signal, (signal) => this.#bridge(node, service, options.tlsClient, signal, limit.begin)),
    );
  }

  /** The control service of another node, reached through this one; closed with this one. */
  async connectToNode(node: string, options: NodeOptions = {}): Promise<ReceptorControl> {
    const { service = 'control', tlsClient } = options;
    checkName('node', node);
    checkName('service', service);
    const bridge: StreamFactory = {
      description: `${node} through ${this.address}`,
      open: (signal) =>
        limited(`connect ${node} ${service}`, { signal }, defaultTimeouts.connectToService, (limit) =>
          this.#bridge(node, service, tlsClient, limit.signal, limit.begin),
        ),
    };
    const settings = { ...this.#settings };
    const first = await limited(`connect ${node} ${service}`, options, 0, (limit) =>
      this.#untilClosed(limit.signal, async (signal) => {
        const stream = await bridge.open(signal);
        return await Session.greeted(stream, bridge, settings, signal).catch((error: unknown) => Promise.reject(beyond(error)));
      }),
    );
    const control = new ReceptorControl(bridge, settings, first, this.warnings);
    const release = this.#hold(() => control.close());
    control.#whenClosed = release;
    return control;
  }

  /** Ends every connection made through this object. Calls in flight fail with code `closed`. */
  async close(): Promise<void> {
    await (this.#closing ??= this.#close(closedError()));
  }

  async #close(why: ControlError): Promise<void> {
    this.#closedBy = why;
    for (const call of this.#calls) call.abort(why);
    await Promise.allSettled([...this.#open].map((end) => end(why)));
    this.#open.clear();
    for (const bridge of this.#bridges) bridge.destroy();
    const session = this.#session;
    this.#session = undefined;
    if (session !== undefined && !session.stream.closed) {
      await new Promise<void>((resolve) => {
        session.stream.once('close', resolve);
        session.destroy(why);
      });
    }
    this.#whenClosed();
  }

  /** One command on the shared connection, when its turn comes. */
  async #ask(command: Command, options: CallOptions, defaultMs: number): Promise<unknown> {
    return await limited(command.name, options, defaultMs, (limit) =>
      this.#untilClosed(limit.signal, async (signal) => {
        if (options.ownConnection === true) return await this.#askAside(command, signal, limit.begin);
        const release = await this.#turns.take(signal);
        try {
          const session = this.#session?.usable === true ? this.#session : this.#keep(await this.#openSession(signal));
          limit.begin();
          const line = await session.request(command, signal);
          const reply = await parseLongReply(command.name, line, signal, (error) => session.destroy(error));
          if (session.usable) this.#keep(session);
          return reply;
        } finally {
          release();
        }
      }),
    );
  }

  /** One command on a connection of its own. */
  async #askAside(command: Command, signal: AbortSignal, begin: () => void): Promise<unknown> {
    const session = await this.#dial(signal);
    try {
      begin();
      return await parseLongReply(command.name, await session.request(command, signal), signal, () => {});
    } finally {
      session.destroy(closedError());
    }
  }

  async #openSession(signal: AbortSignal): Promise<Session> {
    return await this.#untilClosed(signal, (bounded) => this.#dial(bounded));
  }

  /**
   * One more connection, also while closing: for cleaning up, and for the nodes reached through this one.
   * @throws ControlError `node-changed` when another node answers than at first: what follows is not meant for it
   */
  async #dial(signal: AbortSignal): Promise<Session> {
    const session = await Session.open(this.#factory, this.#settings, signal);
    if (session.nodeId === this.nodeId) return session;
    const error = new ControlError('node-changed', `Node ${session.nodeId} answers at ${this.address} now, not ${this.nodeId}.`, {
      nextStep: 'Connect anew if that is the node you want.',
    });
    session.destroy(error);
    throw error;
  }

  async #bridge(node: string, service: string, tlsClient: string | undefined, signal: AbortSignal, begin: () => void): Promise<Duplex> {
    checkName('node', node);
    checkName('service', service);
    const session = await this.#dial(signal);
    begin();
    const answer = await session.request(jsonCommand('connect', { node, service, tls: tlsClient === '' ? undefined : tlsClient }), signal);
    if (answer !== 'Connecting') {
      const error = new ControlError('protocol', `receptor answered "connect" with ${JSON.stringify(answer.slice(0, 200))}.`, {
        nextStep: 'Check that this is a control service.',
      });
      session.destroy(error);
      throw error;
    }
    const { stream, rest } = session.detach();
    if (rest.length > 0) stream.unshift(rest);
    this.#bridges.add(stream);
    stream.once('close', () => this.#bridges.delete(stream));
    return stream;
  }

  #keep(session: Session): Session {
    this.#session = session;
    session.rest((error) => {
      if (this.#session === session) this.#session = undefined;
      if (!this.closed) this.emit('disconnect', error);
    });
    return session;
  }

  #hold(end: (why: Error) => unknown): () => void {
    this.#open.add(end);
    return () => this.#open.delete(end);
  }

  /** Runs what `close` must end. */
  async #untilClosed<T>(signal: AbortSignal, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#closedBy !== undefined) throw this.#closedBy;
    signal.throwIfAborted();
    const call = new AbortController();
    const relay = (): void => call.abort(signal.reason);
    signal.addEventListener('abort', relay, { once: true });
    this.#calls.add(call);
    try {
      return await run(call.signal);
    } finally {
      this.#calls.delete(call);
      signal.removeEventListener('abort', relay);
    }
  }
}

const closedError = (): ControlError => new ControlError('closed', 'This connection was closed.', { nextStep: 'Connect again.' });

/** What fails once the way to another node is open tells of that node, not of the one it leads through. */
const beyond = (error: unknown): Error =>
  isControlError(error)
    ? new ControlError(error.code, error.message, { nextStep: error.nextStep, cause: error.cause, beyond: true })
    : (error as Error);

const isCallOptions = (value: unknown): value is CallOptions => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Programs without types may have no address at all. */
const isObject = (address: string | Address | StreamFactory): address is Address | StreamFactory =>
  typeof address === 'object' && address !== null;

const isTls = (address: string | Address | StreamFactory): boolean =>
  isObject(address) ? 'kind' in address && address.kind === 'tls' : /^\s*tls:/i.test(address);

function factoryOf(address: string | Address | StreamFactory, options: ConnectOptions, patience: Patience): StreamFactory {
  if (isObject(address) && 'open' in address) return address;
  const parsed = parseAddress(isObject(address) ? formatAddress(address) : address);
  return socketFactory(parsed, options.tls ?? {}, patience.connect, patience.banner);
}
