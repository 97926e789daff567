/** Connecting, as the user does it: choose, test, save, and the offer when an open config's node runs. */
import * as vscode from 'vscode';
import { isControlError, parseAddress } from '../control/index.ts';
import type { App } from './app.ts';
import type { Connection } from './connection.ts';
import { addConnection, saveOpen } from './connectionForm.ts';
import { candidatesOf, discover, type Candidate } from './discovery.ts';
import { label, notice, plain } from './hostile.ts';
import { describe, type Offer } from './notify.ts';
import { withProgress } from './progress.ts';
import { wantsPassphrase, type Profile, type ProfileTls } from './profile.ts';
import { settings } from './settings.ts';

type Choice = vscode.QuickPickItem & { choose?: () => Promise<Profile | undefined> | Profile };

/** Asks where to connect and connects; with an address or a profile's name given, asks nothing. */
export async function connect(app: App, target?: unknown): Promise<Connection | undefined> {
  const profile = typeof target === 'string' ? profileNamed(app, target) : await chooseProfile(app);
  return profile === undefined ? undefined : connectTo(app, profile);
}

/** A saved profile by name, or an address as a profile of its own. */
function profileNamed(app: App, target: string): Profile {
  return app.connections.profiles.find(({ name }) => name === target) ?? { name: target, address: target };
}

/** Connects with progress; a failure is told with its cause, its next step, and what can be done at once. */
export async function connectTo(app: App, wanted: Profile): Promise<Connection | undefined> {
  const profile = app.connections.named(wanted);
  const cause = `connect ${profile.address}`;
  try {
    const connection = await withProgress(`Connecting to ${profile.name}…`, (signal) => app.connections.connect(profile, 'once', signal));
    app.notices.settled(cause);
    void app.meshView.reveal();
    return connection;
  } catch (error) {
    if (wantsPassphrase(error) && (await askPassphrase(app, profile))) return connectTo(app, profile);
    app.notices.settled(cause); // the user asked just now and shall get an answer
    app.notices.failure(
      cause,
      // A profile that was only typed is called by its address, which the cause names.
      profile.name === profile.address ? 'Not connected' : `Not connected to ${profile.name}`,
      error,
      { title: 'Try Again', run: () => connectTo(app, profile) },
      { title: 'Choose Another', run: () => connect(app) },
      ...waysOut(app, profile, error), // never the first, which a hasty Enter takes
    );
    return undefined;
  }
}

/** Settings that few servers need are asked for where one turns out to need them. */
function waysOut(app: App, profile: Profile, error: unknown): Offer[] {
  const { code } = isControlError(error) ? error : { code: '' };
  // Those of a config are the config's.
  if (profile.tls?.config !== undefined) return [];
  if (code === 'tls-name-mismatch') return [{ title: 'Give Its Name…', run: () => giveServerName(app, profile) }];
  return code === 'tls-untrusted' ? [{ title: 'Connect Unverified…', run: () => connectUnverified(app, profile) }] : [];
}

async function giveServerName(app: App, profile: Profile): Promise<void> {
  const servername = await vscode.window.showInputBox({
    title: `Name in the certificate of ${plain(profile.name)}`,
    prompt: 'Checked instead of the host of the address (servername)',
    value: profile.tls?.servername ?? '',
    ignoreFocusOut: true,
  });
  if (servername !== undefined && servername.trim() !== '') await connectWith(app, profile, { servername: servername.trim() });
}

async function connectUnverified(app: App, profile: Profile): Promise<void> {
  const yes = 'Connect Unverified';
  const detail = 'Anybody between here and there can then read and change everything, and run work (insecureskipverify).';
  const message = `Accept any certificate from ${plain(profile.address)}?`;
  const chosen = await vscode.window.showWarningMessage(message, { modal: true, detail }, yes);
  if (chosen === yes) await connectWith(app, profile, { insecureskipverify: true });
}

/** Connects with these TLS settings too, and keeps them when the profile is a saved one. */
async function connectWith(app: App, profile: Profile, tls: ProfileTls): Promise<void> {
  const changed = { ...profile, tls: { ...profile.tls, ...tls } };
  if (app.connections.isSaved(profile)) await settings.saveProfile(changed);
  await connectTo(app, changed);
}

async function chooseProfile(app: App): Promise<Profile | undefined> {
  const pick = vscode.window.createQuickPick<Choice>();
  pick.title = 'Connect to a control service';
  pick.placeholder = 'Choose a connection, or type an address: unix:/path, tcp://host:port, tls://host:port';
  pick.matchOnDescription = true;
  const saved: Choice[] = app.connections.profiles.map((profile) => ({
    label: `$(plug) ${label(profile.name)}`,
    description: label(profile.address),
    detail: stateOf(app, profile.name),
    choose: () => profile,
  }));
  const more: Choice[] = [{ label: '$(add) Add a connection…', alwaysShow: true, choose: () => addConnection(app.connections) }];
  let found: Choice[] = [];
  const show = (): void => {
    const typed = pick.value.trim();
    const asTyped: Choice[] = isAddress(typed)
      ? [{ label: label(typed), description: 'connect to this address', choose: () => ({ name: typed, address: typed }) }]
      : [];
    pick.items = [...asTyped, ...saved, ...found, ...more];
  };
  show();
  pick.busy = true;
  const search = async (): Promise<void> => {
    try {
      found = asChoices(app, await discoverCandidates(app));
      const focused = pick.activeItems[0]?.label;
      show();
      // New items put the focus on the first one: who went down the list already stays where they are.
      pick.activeItems = pick.items.filter((item) => item.label === focused);
    } catch (error) {
      app.log.warn(`Looking for control services: ${plain(describe(error))}`);
    } finally {
      pick.busy = false;
    }
  };
  void search();
  pick.onDidChangeValue(show);
  const chosen = await new Promise<Choice | undefined>((resolve) => {
    pick.onDidAccept(() => resolve(pick.selectedItems[0]));
    pick.onDidHide(() => resolve(undefined));
    pick.show();
  });
  pick.dispose();
  return chosen?.choose?.();
}

/** What was found and is not among the saved connections. */
function asChoices(app: App, candidates: readonly Candidate[]): Choice[] {
  const known = new Set(app.connections.profiles.map(({ address }) => address));
  return candidates
    .filter(({ address }) => !known.has(address))
    .map((candidate) => ({
      label: `$(search) ${label(candidate.nodeId ?? candidate.address)}`,
      description: candidate.nodeId === undefined ? '' : label(candidate.address),
      detail: `${label(candidate.source)}${candidate.exists ? '' : ' (its socket is not there: the node does not run)'}`,
      choose: () => profileOf(candidate),
    }));
}

const profileOf = (candidate: Candidate): Profile => ({
  name: candidate.nodeId ?? candidate.address,
  address: candidate.address,
  tls: candidate.tls,
});

function stateOf(app: App, name: string): string {
  const open = app.connections.find(name);
  const state = open?.saved === true ? open.state.kind : 'closed';
  return { up: 'connected', down: 'not connected at the moment', connecting: 'connecting', closed: '' }[state];
}

/** Configs are read by the language server only when there is one, or when the user looks for a connection. */
const discoverCandidates = (app: App): Promise<Candidate[]> =>
  discover(
    (uri) => app.language.summary(uri).catch(() => null),
    app.language.documents.all.map(({ uri }) => uri),
  );

function isAddress(text: string): boolean {
  try {
    parseAddress(text);
    return /[/:]/.test(text);
  } catch {
    return false;
  }
}

async function askPassphrase(app: App, profile: Profile): Promise<boolean> {
  const passphrase = await vscode.window.showInputBox({
    title: `Passphrase of the private key for ${plain(profile.name)}`,
    password: true,
    prompt: 'Kept in the secret storage of this editor, never in settings.',
    ignoreFocusOut: true,
  });
  if (passphrase === undefined || passphrase === '') return false;
  await app.context.secrets.store(app.connections.passphraseKey(profile), passphrase);
  return true;
}

/** Tries a profile, asked for where none is given, and says what answered, or the exact cause. */
export async function testConnection(app: App, wanted?: Profile): Promise<void> {
  const profile = wanted ?? (await chooseProfile(app));
  if (profile === undefined) return;
  try {
    const { nodeId, version } = await withProgress(`Testing ${profile.name}…`, (signal) => app.connections.test(profile, signal));
    app.notices.information(`${profile.name} answers: node ${nodeId}${version === '' ? '' : `, receptor ${version}`}.`);
  } catch (error) {
    const cause = `test ${profile.address}`;
    app.notices.settled(cause);
    app.notices.failure(cause, `${profile.name} cannot be connected to`, error);
  }
}

/** Closes a saved connection, asked for where none is given, and forgets its profile and its passphrase. */
export async function removeConnection(app: App, wanted?: Profile): Promise<void> {
  const profile = wanted ?? (await chooseSaved(app));
  if (profile === undefined) return;
  const open = app.connections.find(profile.name);
  const closes = open?.saved === true;
  await settings.removeProfile(profile.name); // first: settings that are broken are not written, and then nothing is lost
  if (closes) app.connections.close(open);
  await app.context.secrets.delete(app.connections.passphraseKey(profile));
}

async function chooseSaved(app: App): Promise<Profile | undefined> {
  if (app.connections.profiles.length === 0) {
    app.notices.information('There is no saved connection.');
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    app.connections.profiles.map((profile) => ({ label: label(profile.name), description: label(profile.address), profile })),
    { title: 'Remove a saved connection' },
  );
  return picked?.profile;
}

/** Saves where an open connection leads, as a profile. */
export async function saveConnection(app: App, connection: Connection): Promise<void> {
  const { name } = connection;
  if (connection.via !== undefined) {
    app.notices.information(`${name} goes through another connection, so it has no address of its own to save.`);
  } else if (connection.saved) app.notices.information(`${name} is saved already: see the setting receptor.connections.`);
  else {
    const saved = await saveOpen(app.connections, connection);
    if (saved === undefined || saved.name === name) return;
    app.connections.close(connection);
    await connectTo(app, saved);
  }
}

/** Connects to the node that an open config describes, by its own control service. */
export async function connectFromConfig(app: App, uri: vscode.Uri): Promise<Connection | undefined> {
  const summary = await app.language.summary(uri);
  const candidates = summary === null ? [] : await candidatesOf(uri, summary);
  const name = vscode.workspace.asRelativePath(uri);
  if (candidates.length === 0) {
    const why = summary === null ? 'is no receptor config' : 'has no control-service with a filename or tcplisten';
    app.notices.warning(`connect ${uri.toString()}`, `${name} ${why}, so there is no address to connect to.`);
    return undefined;
  }
  const chosen =
    candidates.length === 1
      ? candidates[0]
      : (
          await vscode.window.showQuickPick(
            candidates.map((candidate) => ({ label: label(candidate.address), candidate })),
            { title: `Control services of ${plain(name)}` },
          )
        )?.candidate;
  return chosen === undefined ? undefined : connectTo(app, profileOf(chosen));
}

/** Offers to connect when a receptor config is opened whose node runs on this machine. Asks once per socket and window. */
export class ConnectOffer implements vscode.Disposable {
  readonly #app: App;
  readonly #offered = new Set<string>();
  readonly #disposables: vscode.Disposable[];

  constructor(app: App) {
    this.#app = app;
    this.#disposables = [
      app.language.documents.onDidAdd((document) => this.#consider(document)),
      vscode.workspace.onDidSaveTextDocument((document) => {
        if (app.language.documents.has(document.uri)) this.#consider(document);
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#considerAll()),
    ];
    this.#considerAll();
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  #considerAll(): void {
    for (const document of this.#app.language.documents.all) this.#consider(document);
  }

  #consider(document: vscode.TextDocument): void {
    if (!vscode.workspace.isTrusted || document.uri.scheme !== 'file' || !settings.offerToConnect()) return;
    this.#offer(document.uri).catch((error: unknown) => this.#app.log.debug(`No offer to connect: ${plain(describe(error))}`));
  }

  async #offer(uri: vscode.Uri): Promise<void> {
    const summary = await this.#app.language.summary(uri);
    if (summary === null) return;
    for (const candidate of await candidatesOf(uri, summary)) {
      const { address, exists } = candidate;
      if (!address.startsWith('unix:') || !exists || this.#offered.has(address) || this.#app.connections.at(address) !== undefined)
        continue;
      this.#offered.add(address);
      const node = candidate.nodeId === undefined ? 'The node' : `Node ${notice(candidate.nodeId)}`;
      const answer = await vscode.window.showInformationMessage(
        `${node} of ${notice(candidate.source)} seems to run here. Connect to it?`,
        'Connect',
        'Never Offer',
      );
      if (answer === 'Connect') await connectTo(this.#app, profileOf(candidate));
      if (answer === 'Never Offer')
        await vscode.workspace.getConfiguration('receptor').update('offerToConnect', false, vscode.ConfigurationTarget.Global);
      return;
    }
  }
}
