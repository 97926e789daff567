import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { closeSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseLogLine, startErrorOf, type LogLine } from './log.ts';

export interface NodeOptions {
  /** Path of the receptor binary. */
  readonly binary: string;
  /** A program with arguments that becomes the binary (`setpriv --pdeathsig KILL`), so that the process is the daemon. */
  readonly through?: readonly string[];
  readonly configPath: string;
  /** A v2 mapping needs `--config-v2`; the daemon does not tell by itself. */
  readonly format: 'v1' | 'v2';
  /** Relative paths in the config count from here; the config's folder by default. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * Write the log to this file, and let the daemon outlive this process: one that writes into a pipe ends with its
   * reader. Then {@link NodeProcess.leave} lets go of it.
   */
  readonly logFile?: string | undefined;
  /** Whether the node's own control service answers. Asked of a node that does not say that it is ready. */
  readonly answers?: () => Promise<boolean>;
  /** A node that neither says nor shows that it is ready counts as running when it has not ended for so long, in ms. */
  readonly grace?: number;
}

/**
 * - `starting`: the process runs, and nothing tells that the daemon is ready
 * - `running`: it said `Initialization complete`; or its control service answers, or it goes on for long, and its log level
 *   hides that line, or remote work that it takes up again keeps it back
 * - `stopping`: we asked it to end
 * - `ended`: the process is gone; see `exit`
 */
export type NodeState = 'starting' | 'running' | 'stopping' | 'ended';

export interface NodeExit {
  /** Undefined when a signal ended it, or when it could not be started. */
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  /** The daemon's own words, when it said why it would not start. */
  readonly reason: string | undefined;
  /** True when {@link NodeProcess.stop} ended it. */
  readonly wanted: boolean;
}

interface NodeEvents {
  state: [NodeState];
  line: [LogLine, string];
}

/** Longest log line kept whole, in characters: a debug log can print payloads. */
const maxLine = 16 * 1024;
/** Lines kept for who looks later. */
const keptLines = 1_000;
/** The line has so long to come by itself before the control service is asked, in ms. */
const patience = 1_000;
/** How often the control service is asked, in ms. */
const askInterval = 250;
/** What keeps a daemon from starting ends it within milliseconds. */
const usualGrace = 10_000;
/** How often a log file is looked at, in ms. */
const followInterval = 150;
/** Receptor installs no signal handler and ends at once; a worker it waits for could hold it. */
const killAfter = 3_000;
/** How long the end of the log is waited for when the process is gone, in ms. */
const lastLines = 1_000;

/**
 * One receptor daemon that this process started, without a shell. Emits `state` and `line`.
 * `exited` resolves when it is gone; it never rejects.
 */
export class NodeProcess extends EventEmitter<NodeEvents> {
  readonly options: NodeOptions;
  readonly exited: Promise<NodeExit>;
  /** When it was started, ms since 1970. */
  readonly startedAt = Date.now();
  readonly lines: string[] = [];
  #state: NodeState = 'starting';
  #child: ChildProcess;
  #reason: string | undefined;
  #exit: NodeExit | undefined;
  /** The process is gone; its last lines may still have to be read. */
  #gone = false;
  /** It is not ours to end any more. */
  #left = false;

  constructor(options: NodeOptions) {
    super();
    this.options = options;
    const config = path.resolve(options.configPath);
    const { logFile } = options;
    const output = logFile === undefined ? 'pipe' : openLog(logFile);
    const args = [...(options.format === 'v2' ? ['--config-v2'] : []), '--config', config];
    const [program, ...before] = [...(options.through ?? []), options.binary];
    this.#child = spawn(program, [...before, ...args], {
      cwd: options.cwd ?? path.dirname(config),
      env: daemonEnvironment(options.env ?? process.env),
      stdio: ['ignore', output, output],
      detached: logFile !== undefined,
      windowsHide: true,
    });
    if (typeof output === 'number') closeSync(output);
    const sources = logFile === undefined ? [this.#child.stdout, this.#child.stderr] : [Readable.from(this.#follow(logFile))];
    const streams = sources.map((source) => this.#read(source));
    void this.#awaitSilent();
    this.exited = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#reason ??= error.message;
        if (this.#child.pid === undefined) this.#end({ code: undefined, signal: undefined }, resolve);
      });
      // The last lines may come after the process: they often say why it ended. Whoever else holds the pipe is not waited for.
      this.#child.once('exit', (code, signal) => {
        this.#gone = true;
        void Promise.race([Promise.all(streams), sleep(lastLines, undefined, { ref: false })]).then(() =>
          this.#end({ code: code ?? undefined, signal: signal ?? undefined }, resolve),
        );
      });
    });
  }

  get state(): NodeState {
    return this.#state;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** How it ended; undefined while it runs. */
  get exit(): NodeExit | undefined {
    return this.#exit;
  }

  /**
   * Ends the daemon by `signal`, and by SIGKILL after 3 s, unless it was left. Resolves when it is gone; may be called
   * again.
   */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<NodeExit> {
    if (this.#exit !== undefined) return this.#exit;
    if (this.#left) return this.exited;
    this.#become('stopping');
    this.#child.kill(signal);
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), killAfter);
    try {
      return await this.exited;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Lets a node that writes to a log file run on when this process ends. It can no longer be stopped from here. */
  leave(): void {
    if (this.options.logFile === undefined) throw new Error('a node that writes into a pipe ends with its reader: give it a logFile');
    this.#gone = true;
    this.#left = true;
    this.#child.unref();
  }

  /** For the daemon that is ready and does not say so. */
  async #awaitSilent(): Promise<void> {
    const { answers, grace = usualGrace } = this.options;
    const end = performance.now() + grace;
    const pause = (ms: number): Promise<void> => sleep(Math.max(0, Math.min(ms, end - performance.now())), undefined, { ref: false });
    await pause(patience);
    while (this.#state === 'starting' && performance.now() < end) {
      if (await answers?.().catch(() => false)) break; // an error is no answer
      await pause(askInterval);
    }
    if (this.#state === 'starting' && !this.#gone) this.#become('running');
  }

  #end(how: Pick<NodeExit, 'code' | 'signal'>, resolve: (exit: NodeExit) => void): void {
    this.#exit = { ...how, reason: this.#reason, wanted: this.#state === 'stopping' };
    this.#become('ended');
    resolve(this.#exit);
  }

  #become(state: NodeState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.emit('state', state);
  }

  /** What the daemon appends to its log file, until it is gone. */
  async *#follow(file: string): AsyncGenerator<Buffer> {
    const handle = await open(file, 'r');
    try {
      for (let last = false; !last;) {
        last = this.#gone;
        for (;;) {
          const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(maxLine));
          if (bytesRead === 0) break;
          yield buffer.subarray(0, bytesRead);
        }
        if (!last) await sleep(followInterval, undefined, { ref: false });
      }
    } finally {
      await handle.close();
    }
  }

  async #read(stream: Readable | null): Promise<void> {
    if (stream === null) return;
    for await (const raw of createInterface({ input: stream, crlfDelay: Infinity })) {
      const line = raw.length > maxLine ? `${raw.slice(0, maxLine)}… (${raw.length} characters)` : raw;
      this.lines.push(line);
      if (this.lines.length > keptLines) this.lines.shift();
      const read = parseLogLine(line);
      if (read.level === undefined) this.#reason ??= startErrorOf(line);
      else if (read.text.startsWith('Nothing to do')) this.#reason ??= read.text;
      if (this.#state === 'starting' && read.text === 'Initialization complete') this.#become('running');
      this.emit('line', read, line);
    }
  }
}

/** Under `--config-v2` a variable named like a section hides it (`NODE`, `VERSION`, …), and editors set such names. */
function daemonEnvironment(env: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const { NODE: _node, VERSION: _version, TRACE: _trace, ...rest } = env;
  return rest;
}

/** The log of this run only, and for its owner only: a debug log can hold what others must not see. */
function openLog(file: string): number {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  try {
    renameSync(file, `${file}.before`); // a daemon that was left may still write to it: in there it goes on
  } catch {
    // there was none
  }
  return openSync(file, 'w', 0o600);
}
