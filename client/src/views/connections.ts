/** All connections of this window: saved profiles, what is open, which one commands mean. */
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { parseAddress, ReceptorControl, type ConnectOptions } from '../control/index.ts';
import type { Language } from '../language/language.ts';
import { Connection } from './connection.ts';
import { expandHome } from './discovery.ts';
import { plain } from './hostile.ts';
import { describe, type Notices } from './notify.ts';
import { tlsOptions, type Profile } from './profile.ts';
import { settings } from './settings.ts';

/** Reads the TLS settings of a `tls-client` out of a config, by the language server's reading of it. */
type ConfigReader = Pick<Language, 'summary'>;

export class Connections implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #log: vscode.LogOutputChannel;
  readonly #notices: Notices;
  readonly #configs: ConfigReader;
  readonly #changed = new vscode.EventEmitter<Connection | undefined>();
  readonly #disposables: vscode.Disposable[];
  readonly #open: Connection[] = [];
  #active: Connection | undefined;

  /** Fired when a connection came, went or changed its state (then with it), or another one became the active one. */
  readonly onDidChange = this.#changed.event;

  constructor(context: vscode.ExtensionContext, log: vscode.LogOutputChannel, notices: Notices, configs: ConfigReader) {
    this.#context = context;
    this.#log = log;
    this.#notices = notices;
    this.#configs = configs;
    this.#disposables = [
      this.#changed,
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.connectSaved()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('receptor.connections')) this.connectSaved();
        if (change.affectsConfiguration('receptor.refreshInterval')) for (const { feed } of this.#open) feed.resume();
      }),
    ];
    this.connectSaved();
  }

  get all(): readonly Connection[] {
    return this.#open;
  }

  /** The one that commands mean when nothing else is said. */
  get active(): Connection | undefined {
    return this.#active;
  }

  get profiles(): readonly Profile[] {
    return settings.profiles().profiles;
  }

  find(name: string): Connection | undefined {
    return this.#open.find((connection) => connection.name === name);
  }

  /** The open connection to this address, if any, by whatever name. */
  at(address: string): Connection | undefined {
    const wanted = canonical(address);
    return this.#open.find(({ profile, via }) => via === undefined && canonical(profile.address) === wanted);
  }

  makeActive(connection: Connection): void {
    if (this.#active === connection) return;
    this.#active = connection;
    this.#changed.fire(connection);
  }

  /**
   * Opens a profile and makes it the active connection. What is not saved and leads where an open connection leads is that
   * connection, whatever its name.
   * @throws ControlError with the cause; nothing is kept then, unless `keep` wants it to go on trying
   */
  async connect(wanted: Profile, keep: 'keep' | 'once' = 'once', signal?: AbortSignal): Promise<Connection> {
    requireTrust();
    const profile = this.named(wanted);
    const known = this.find(profile.name) ?? (this.isSaved(profile) ? undefined : this.#open.find((open) => leadsTo(open, profile)));
    if (known !== undefined && leadsTo(known, profile)) {
      this.makeActive(known);
      if (known.state.kind !== 'up') await known.retryNow(signal);
      return known;
    }
    const wasActive = known !== undefined && known === this.#active;
    if (known !== undefined) this.close(known);
    const connection = new Connection(profile, (abort) => this.#dial(profile, abort), settings.refreshIntervalMs);
    connection.saved = this.isSaved(profile);
    if (wasActive) this.#active = connection;
    return this.#begin(connection, keep, signal);
  }

  /**
   * The profile by a name that means it alone. A saved name leads where it was saved to lead, and nodes may share an id,
   * and so the name that it gives a connection.
   */
  named(profile: Profile): Profile {
    const known = this.find(profile.name);
    const named = this.profiles.find(({ name }) => name === profile.name);
    const taken = named === undefined ? known !== undefined && !leadsTo(known, profile) : !sameTarget(named, profile);
    return taken ? { ...profile, name: `${profile.name} at ${profile.address}` } : profile;
  }

  /** Some saved profile has this name and leads there. */
  isSaved(profile: Profile): boolean {
    return this.profiles.some((saved) => saved.name === profile.name && sameTarget(saved, profile));
  }

  /** The control service of another node, through the mesh; views then show the mesh from there. */
  async connectThrough(parent: Connection, node: string, tlsClient?: string, signal?: AbortSignal): Promise<Connection> {
    requireTrust();
    const name = `${node} via ${parent.name}`;
    const known = this.find(name);
    if (known !== undefined) {
      this.makeActive(known);
      return known;
    }
    const profile: Profile = { name, address: parent.profile.address, color: parent.profile.color };
    const opener = (abort: AbortSignal): Promise<ReceptorControl> =>
      parent.use((control) => control.connectToNode(node, { signal: abort, tlsClient: tlsClient === '' ? undefined : tlsClient }));
    return this.#begin(new Connection(profile, opener, settings.refreshIntervalMs, parent), 'once', signal);
  }

  /** Opens the profile, reads the banner and the status, and closes it again. Resolves to what answered. */
  async test(profile: Profile, signal: AbortSignal): Promise<{ nodeId: string; version: string }> {
    requireTrust();
    const control = await this.#dial(this.named(profile), signal);
    try {
      const { Version } = await control.status(['Version'], { signal });
      return { nodeId: control.nodeId, version: Version ?? '' };
    } finally {
      await control.close();
    }
  }

  /** Closes a connection, and those that go through it. */
  close(connection: Connection): void {
    for (const other of this.#open.filter(({ via }) => via === connection)) this.close(other);
    const index = this.#open.indexOf(connection);
    if (index < 0) return;
    this.#open.splice(index, 1);
    if (this.#active === connection) this.#active = this.#open[0];
    connection.close();
    this.#log.info(`Disconnected from ${plain(connection.name)}.`);
    this.#changed.fire(undefined);
  }

  /** Starts the saved profiles that want it, and those anew that lead elsewhere now. Never in an untrusted workspace. */
  connectSaved(): void {
    if (!vscode.workspace.isTrusted) return;
    const { profiles, problems } = settings.profiles();
    for (const problem of problems) {
      this.#notices.warning(`profile ${problem}`, `${problem}, so that connection is left out.`, {
        title: 'Open Settings',
        run: () => vscode.commands.executeCommand('workbench.action.openSettings', 'receptor.connections'),
      });
    }
    // Who left out a comma for a moment has deleted nothing.
    for (const open of problems.length === 0 ? this.#open : []) {
      if (!open.saved || profiles.some(({ name }) => name === open.name)) continue;
      open.saved = false; // its profile was deleted by hand
      this.#changed.fire(open);
    }
    for (const profile of profiles) {
      const known = this.find(profile.name);
      if (known !== undefined && leadsTo(known, profile)) {
        known.profile = profile;
        known.saved = true;
        this.#changed.fire(known);
        continue;
      }
      // One that the user opened by other means stays, though its name is that of a profile by now.
      if (known === undefined ? profile.autoConnect !== true : !known.saved) continue;
      this.connect(profile, 'keep').catch((error: unknown) => this.#log.warn(`${plain(profile.name)}: ${plain(describe(error), 600)}`));
    }
  }

  /** Of a profile as `named` gives it. */
  passphraseKey(profile: Profile): string {
    return `receptor.passphrase.${profile.name}`;
  }

  dispose(): void {
    for (const connection of this.#open) connection.close();
    this.#open.length = 0;
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  async #begin(connection: Connection, keep: 'keep' | 'once', signal: AbortSignal | undefined): Promise<Connection> {
    this.#open.push(connection);
    this.#active ??= connection;
    let before = connection.state.kind;
    connection.onDidChange.on((state) => {
      if (state.kind !== before) this.#tell(connection, before);
      before = state.kind;
      this.#changed.fire(connection);
    });
    this.#changed.fire(connection);
    try {
      await connection.open(keep, signal);
    } catch (error) {
      if (keep === 'once') this.close(connection);
      throw error;
    }
    this.#log.info(`Connected to node ${plain(connection.nodeId ?? '')} at ${plain(connection.profile.address)}.`);
    if (keep === 'once') this.makeActive(connection);
    return connection;
  }

  /** One message for each time that a connection is lost; that it is back is seen in the views and read in the log. */
  #tell(connection: Connection, before: Connection['state']['kind']): void {
    const { state, name } = connection;
    const cause = `lost ${name}`;
    if (state.kind === 'up' && before === 'down') {
      this.#log.info(`Connected to ${plain(name)} again: node ${plain(state.nodeId)}.`);
      this.#notices.settled(cause);
    }
    if (state.kind !== 'down' || before !== 'up') return;
    this.#notices.failure(cause, `The connection to ${connection.title} was lost, and is tried again`, state.error, {
      title: 'Reconnect Now',
      run: () => vscode.commands.executeCommand('receptor.reconnect', name),
    });
  }

  async #dial(profile: Profile, signal: AbortSignal): Promise<ReceptorControl> {
    const options: ConnectOptions = {
      signal,
      onWarning: (warning) => this.#notices.warning(`${profile.name} ${warning}`, `${profile.name}: ${warning}`),
      trace: (event) => {
        if (settings.traceControl())
          this.#log.debug(`${plain(profile.name)} #${event.connection} ${event.direction} ${plain(event.text, 2000)}`);
      },
    };
    return ReceptorControl.connect(resolveVariables(profile.address), { ...options, tls: await this.#tls(profile) });
  }

  async #tls(profile: Profile): Promise<ConnectOptions['tls']> {
    const { tls } = profile;
    if (!/^tls:/i.test(profile.address.trim())) return undefined;
    const passphrase = await this.#context.secrets.get(this.passphraseKey(profile));
    if (tls?.config === undefined) return tlsOptions(tls ?? {}, resolvePath, passphrase);
    const uri = vscode.Uri.file(resolvePath(tls.config));
    const summary = await this.#configs.summary(uri);
    if (summary === null)
      throw new Error(
        `${tls.config} cannot be read, or is no receptor config. Correct tls.config of this connection in receptor.connections.`,
      );
    const client = summary.tlsClients.find(({ name }) => name === tls.tlsclient);
    if (client === undefined)
      throw new Error(`${tls.config} has no tls-client named "${tls.tlsclient ?? ''}". Correct it in receptor.connections.`);
    const beside = (file: string | undefined): string | undefined =>
      file === undefined || /^([/\\~]|[A-Za-z]:)/.test(file) ? file : vscode.Uri.joinPath(uri, '..', file).fsPath;
    return {
      rootCas: beside(client.rootCas),
      cert: beside(client.cert),
      key: beside(client.key),
      insecureSkipVerify: client.insecureSkipVerify,
      pinnedServerCert: client.pinnedServerCert,
      minVersion: client.minTls13 === true ? 'TLSv1.3' : undefined,
      serverName: tls.servername,
      passphrase,
    };
  }
}

/** Nothing connects in a workspace that is not trusted: its settings and configs name the addresses. */
export function requireTrust(): void {
  if (!vscode.workspace.isTrusted)
    throw new Error(
      'This workspace is not trusted, and Receptor Mesh connects to nothing there. Trust it first (command "Manage Workspace Trust").',
    );
}

const folder = (): string => vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
/** An address or a path as a profile has it, with its variables filled in. */
export const resolveVariables = (text: string): string => text.replaceAll('${workspaceFolder}', folder);

/** Relative paths count from the workspace folder, and `~/` is the home of the user. */
function resolvePath(path: string): string {
  const resolved = expandHome(resolveVariables(path));
  return /^([/\\]|[A-Za-z]:)/.test(resolved) || folder() === ''
    ? resolved
    : vscode.Uri.joinPath(vscode.Uri.file(folder()), resolved).fsPath;
}

const sameTarget = (one: Profile, other: Profile): boolean =>
  canonical(one.address) === canonical(other.address) && isDeepStrictEqual(setOf(one.tls), setOf(other.tls));

/** What is set, however it came about: from settings, a form or a config. */
const setOf = (tls: Profile['tls']): object => Object.fromEntries(Object.entries(tls ?? {}).filter(([, value]) => Boolean(value)));

const leadsTo = ({ via, profile }: Connection, wanted: Profile): boolean => via === undefined && sameTarget(profile, wanted);

function canonical(address: string): string {
  try {
    return JSON.stringify(parseAddress(resolveVariables(address)));
  } catch {
    return address; // broken ones are equal to themselves
  }
}
