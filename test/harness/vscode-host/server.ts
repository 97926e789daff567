// Starts VS Code's server on a free port of loopback, with its own user data and the packed extension.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { dyingWithParent } from '../processes.ts';
import { ensureHost } from './install.ts';
import type { Flavour } from './install.ts';

export interface ServerOptions {
  flavour?: Flavour;
  /** Packages to install before the start. */
  vsix?: readonly string[];
  /** Added to the quiet settings. */
  settings?: Readonly<Record<string, unknown>>;
  /** Settings of the machine that the files are on, for those of scope "machine": the window's own do not reach them. */
  machineSettings?: Readonly<Record<string, unknown>>;
  /** Trust only what the user trusts: the folder opens in Restricted Mode. Otherwise every folder is trusted. */
  trust?: boolean;
  /** Allow tests inside the extension host. The workbench then shows no notifications: not for UI tests. */
  driver?: boolean;
  /** 0, the default, takes a free one. */
  port?: number;
  /** Added to the environment of the server and of the extension host. */
  env?: Readonly<Record<string, string>>;
  /** What to start it by, in front of its own command. */
  through?: readonly string[];
}

export interface PageOptions {
  /** Folders of extensions in development. */
  developmentPaths?: readonly string[];
  /** Module whose `run()` the extension host calls; needs `driver`. */
  testsPath?: string;
  /** Files to open. */
  open?: readonly string[];
}

/** No welcome page, no chat, no gallery, no telemetry, no motion: tests and newcomers see the extension and nothing else. */
const quietSettings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'extensions.webWorker': false,
  'files.autoSave': 'off', // as on a desktop; a browser saves by itself
  'files.simpleDialog.enable': true,
  'git.enabled': false,
  'json.schemaDownload.enable': false,
  'remote.autoForwardPorts': false,
  'security.workspace.trust.startupPrompt': 'never', // Restricted Mode without a question; a dialog ends a test run
  'telemetry.telemetryLevel': 'off',
  'update.showReleaseNotes': false,
  'workbench.enableExperiments': false,
  'workbench.localHistory.enabled': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
};

/** Not what npm, vitest or a surrounding VS Code tell their own children. */
const cleanEnv = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(?:npm_|VITEST|VSCODE_|CODE_SERVER|ELECTRON_|NODE_ENV$|NODE_OPTIONS$|NODE$|TEST$)/.test(name),
    ),
  );

/** A running server; `await using` stops it with its extension hosts and language servers. */
export class VSCodeServer implements AsyncDisposable {
  readonly dir: string;
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #onExit = (): void => this.#endNow();

  constructor(child: ChildProcess, dir: string, port: number) {
    this.#child = child;
    this.dir = dir;
    this.port = port;
    process.once('exit', this.#onExit);
  }

  get authority(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Address of a workbench on `folder`; the payload's keys are those VS Code itself uses between its windows. */
  url(folder: string, options: PageOptions = {}): string {
    const remote = (file: string): string => `vscode-remote://${this.authority}${file}`;
    const payload = [
      ...(options.developmentPaths ?? []).map((folder) => ['extensionDevelopmentPath', remote(folder)]),
      ...(options.testsPath === undefined ? [] : [['extensionTestsPath', remote(options.testsPath)]]),
      ...(options.open ?? []).map((file) => ['openFile', remote(file)]),
    ];
    const query = new URLSearchParams({ folder, ...(payload.length > 0 ? { payload: JSON.stringify(payload) } : {}) });
    return `http://${this.authority}/?${query.toString()}`;
  }

  /** The text of the newest log whose path matches, or an empty string: `exthost`, `remoteagent`, an output channel's name. */
  log(pattern: RegExp): string {
    const logs = path.join(this.dir, 'data/logs');
    const files = readdirSync(logs, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.log') && pattern.test(file));
    return files
      .sort()
      .map((file) => readFileSync(path.join(logs, file), 'utf8'))
      .join('\n');
  }

  #signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.#child.pid!, signal); // its group: extension hosts and language servers too
    } catch {
      // all gone
    }
  }

  #endNow(): void {
    this.#signal('SIGKILL');
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exit = once(this.#child, 'exit');
      this.#signal('SIGTERM');
      const late = setTimeout(() => this.#signal('SIGKILL'), 3000);
      await exit;
      clearTimeout(late);
    }
    process.off('exit', this.#onExit);
    this.#endNow();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Resolves with the port once the server listens. */
async function listening(child: ChildProcess): Promise<number> {
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      clearTimeout(timer);
      reject(new Error([why, ...lines.slice(-20)].join('\n')));
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail('VS Code did not start in 60 s');
    }, 60_000);
    const onLine = (line: string): void => {
      lines.push(line);
      const port = /Extension host agent listening on (\d+)/.exec(line)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    };
    for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on('line', onLine);
    child.once('exit', (code, signal) => fail(`VS Code ended early (${code ?? signal})`));
    child.once('error', (error) => fail(error.message));
  });
}

/**
 * Starts a VS Code on 127.0.0.1 that asks nothing of any other machine.
 * @throws NoHostError where none can be installed; Error with its last lines when it does not start
 */
export async function startServer(options: ServerOptions = {}): Promise<VSCodeServer> {
  const host = ensureHost(options.flavour ?? 'latest');
  const dir = mkdtempSync(path.join(tmpdir(), 'vscode-'));
  const extensions = path.join(dir, 'extensions');
  for (const folder of [path.join(dir, 'data/User'), extensions, path.join(dir, 'run')])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  const settings = { ...quietSettings, 'security.workspace.trust.enabled': options.trust ?? false, ...options.settings };
  writeFileSync(path.join(dir, 'data/User/settings.json'), JSON.stringify(settings, null, 2));
  mkdirSync(path.join(dir, 'data/Machine'), { recursive: true });
  writeFileSync(path.join(dir, 'data/Machine/settings.json'), JSON.stringify(options.machineSettings ?? {}, null, 2));
  const env = { ...cleanEnv(), EXTENSIONS_GALLERY: '{}', XDG_RUNTIME_DIR: path.join(dir, 'run'), ...options.env };
  const common = ['--server-data-dir', dir, '--extensions-dir', extensions, '--accept-server-license-terms', '--disable-telemetry'];
  for (const vsix of options.vsix ?? []) {
    const done = spawnSync(host.node, [host.serverMain, '--install-extension', vsix, '--force', ...common], { env, encoding: 'utf8' });
    if (!done.stdout.includes('successfully installed')) throw new Error(`could not install ${vsix}\n${done.stdout}${done.stderr}`);
  }
  const command = [
    ...(options.through ?? []),
    ...dyingWithParent,
    host.node,
    host.serverMain,
    ...common,
    '--host',
    '127.0.0.1',
    '--port',
    String(options.port ?? 0),
    '--without-connection-token',
    '--builtin-extensions-dir',
    host.builtinExtensions,
    '--telemetry-level',
    'off',
    '--disable-experiments',
    '--disable-getting-started-override',
    '--disable-update-check',
    '--disable-websocket-compression',
    '--reconnection-grace-time',
    '1',
    ...(options.trust === true ? [] : ['--disable-workspace-trust']),
    // A released workbench ignores extensionTestsPath without it; with it, it shows no notifications.
    ...(options.driver === true ? ['--enable-smoke-test-driver'] : []),
  ];
  // A group of its own, so that one signal reaches everything that it starts.
  const child = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env });
  try {
    return new VSCodeServer(child, dir, await listening(child));
  } catch (error) {
    rmSync(dir, { recursive: true, force: true });
    throw error;
  }
}
