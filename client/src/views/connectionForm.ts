/** The form that saves a connection. */
import * as vscode from 'vscode';
import { parseAddress } from '../control/index.ts';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';
import { describe } from './notify.ts';
import { colours, freeName, nameProblem, type Profile, type ProfileTls } from './profile.ts';
import { settings } from './settings.ts';

const title = 'Add a connection';

/** The form: address, TLS where the address wants it, then what saving asks. Undefined when the user leaves. */
export async function addConnection(connections: Connections): Promise<Profile | undefined> {
  const address = await askAddress(`${title} (1/4)`);
  if (address === undefined) return undefined;
  const tls = /^tls:/i.test(address) ? await askTls() : undefined;
  if (tls === 'left') return undefined;
  const taken = connections.all.map(({ name }) => name);
  return saveAs(connections, { name: defaultName(address), address, tls }, taken, (step) => `${title} (${step + 1}/4)`);
}

/** Saves where an open connection leads: asks for name, colour and place. Undefined when the user leaves. */
export function saveOpen(connections: Connections, connection: Connection): Promise<Profile | undefined> {
  const others = connections.all.filter((other) => other !== connection).map(({ name }) => name);
  return saveAs(connections, { ...connection.profile, name: connection.title }, others, (step) => `Save the connection (${step}/3)`);
}

async function saveAs(
  connections: Connections,
  wanted: Profile,
  open: readonly string[],
  titleOf: (step: number) => string,
): Promise<Profile | undefined> {
  // Saving would replace the profile of that name, and connecting would close the connection of that name.
  const taken = [...connections.profiles.map(({ name }) => name), ...open];
  const name = await vscode.window.showInputBox({
    title: titleOf(1),
    prompt: 'Name under which it is saved',
    value: freeName(wanted.name, taken),
    ignoreFocusOut: true,
    validateInput: (text) => nameProblem(text, taken),
  });
  if (name === undefined) return undefined;
  const colour = await vscode.window.showQuickPick(['no colour', ...colours], {
    title: titleOf(2),
    placeHolder: 'Colour in the Mesh view',
    ignoreFocusOut: true,
  });
  if (colour === undefined) return undefined;
  const place = await askPlace(titleOf(3));
  if (place === undefined) return undefined;
  const color = colours.find((known) => known === colour);
  const profile: Profile = { ...wanted, name: name.trim(), color, autoConnect: place.autoConnect };
  await settings.saveProfile(profile, place.target);
  return profile;
}

async function askAddress(titleOfStep: string): Promise<string | undefined> {
  const address = await vscode.window.showInputBox({
    title: titleOfStep,
    prompt: 'Address of the control service',
    placeHolder: 'unix:/run/receptor/receptor.sock, tcp://host:port or tls://host:port',
    ignoreFocusOut: true,
    validateInput: (text) => {
      try {
        parseAddress(text);
        return undefined;
      } catch (error) {
        return describe(error);
      }
    },
  });
  return address?.trim();
}

type Place = Required<Pick<Profile, 'autoConnect'>> & { readonly target: vscode.ConfigurationTarget };

/** One step for both: which settings, and whether it connects by itself. */
async function askPlace(titleOfStep: string): Promise<Place | undefined> {
  const { Global, Workspace } = vscode.ConfigurationTarget;
  const places = [
    { name: 'user settings', target: Global },
    ...(vscode.workspace.workspaceFolders === undefined ? [] : [{ name: 'workspace settings', target: Workspace }]),
  ];
  const items = [false, true].flatMap((autoConnect) =>
    places.map(({ name, target }) => ({
      label: `Save in the ${name}${autoConnect ? ', and connect by itself from now on' : ''}`,
      target,
      autoConnect,
    })),
  );
  return vscode.window.showQuickPick(items, {
    title: titleOfStep,
    placeHolder: 'Where it is saved',
    ignoreFocusOut: true,
  });
}

function defaultName(address: string): string {
  try {
    const parsed = parseAddress(address);
    return parsed.kind === 'unix' ? (parsed.path.split('/').at(-1) ?? address).replace(/\.sock$/, '') : parsed.host;
  } catch {
    return address;
  }
}

async function askTls(): Promise<ProfileTls | undefined | 'left'> {
  const way = await vscode.window.showQuickPick(
    [
      { label: 'Certificates in files', id: 'files' },
      { label: 'A tls-client of a receptor config', id: 'config' },
      { label: "Only the server's certificate, by Node's list of CAs", id: 'none' },
    ],
    { title, placeHolder: 'TLS settings', ignoreFocusOut: true },
  );
  if (way === undefined) return 'left';
  if (way.id === 'none') return undefined;
  const ask = (prompt: string): Thenable<string | undefined> =>
    vscode.window.showInputBox({ title, prompt, placeHolder: 'leave empty for none', ignoreFocusOut: true });
  if (way.id === 'config') {
    const config = await ask('Path of the config');
    if (config === undefined) return 'left';
    const tlsclient = await ask('Name of the tls-client in it');
    return tlsclient === undefined ? 'left' : { config, tlsclient };
  }
  const rootcas = await ask('File of root CAs (PEM)');
  if (rootcas === undefined) return 'left';
  const cert = await ask('Client certificate (PEM)');
  if (cert === undefined) return 'left';
  const key = cert === '' ? '' : await ask('Its private key (PEM)');
  if (key === undefined) return 'left';
  return { ...(rootcas === '' ? {} : { rootcas }), ...(cert === '' ? {} : { cert }), ...(key === '' ? {} : { key }) };
}
