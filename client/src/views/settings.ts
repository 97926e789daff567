/** The settings of the control client and its views, typed; read anew at each use, so that a change applies at once. */
import * as vscode from 'vscode';
import { readProfiles, type Profile } from './profile.ts';

const section = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('receptor');

/** As in the manifest, which only marks what it forbids: in seconds. */
const interval = { usual: 5, shortest: 1, longest: 3600 };

export const settings = {
  /** Pause between two `status` of a visible view; a mesh changes no faster than once a second. */
  refreshIntervalMs: (): number => {
    const given = section().get<unknown>('refreshInterval');
    // No number, or more than a timer can wait for: the node would be asked without a pause.
    const seconds = typeof given === 'number' ? given : interval.usual;
    return Math.min(Math.max(interval.shortest, seconds), interval.longest) * 1000;
  },
  offerToConnect: (): boolean => section().get('offerToConnect', true),
  traceControl: (): boolean => section().get('trace.control', false),

  /** Profiles of the workspace, then those of the user; of two with one name the workspace's counts. */
  profiles(): { profiles: Profile[]; problems: string[] } {
    const given = section().inspect<unknown>('connections');
    const workspace = readProfiles(vscode.workspace.isTrusted ? (given?.workspaceFolderValue ?? given?.workspaceValue) : undefined);
    const user = readProfiles(given?.globalValue);
    return {
      profiles: [
        ...workspace.profiles,
        ...user.profiles.filter(({ name }) => !workspace.profiles.some((profile) => profile.name === name)),
      ],
      problems: [...workspace.problems, ...user.problems],
    };
  },

  /** Adds a profile, or replaces the one of that name, where it was before; a new one goes to the user's settings unless told otherwise. */
  async saveProfile(profile: Profile, target: vscode.ConfigurationTarget = vscode.ConfigurationTarget.Global): Promise<void> {
    const [list, where] = listHolding(profile.name, target);
    const kept = list.filter((entry) => nameOf(entry) !== profile.name);
    await section().update('connections', [...kept, stripped(profile)], where);
  },

  async removeProfile(name: string): Promise<void> {
    const [list, where] = listHolding(name, vscode.ConfigurationTarget.Global);
    await section().update(
      'connections',
      list.filter((entry) => nameOf(entry) !== name),
      where,
    );
  },
};

const nameOf = (entry: unknown): unknown =>
  typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>)['name'] : undefined;

/** The list as it stands in the file, broken entries included: what we do not understand we keep. */
function listHolding(name: string, otherwise: vscode.ConfigurationTarget): [unknown[], vscode.ConfigurationTarget] {
  const given = section().inspect<unknown>('connections');
  const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  const inWorkspace = asList(given?.workspaceValue);
  const inUser = asList(given?.globalValue);
  if (inWorkspace.some((entry) => nameOf(entry) === name)) return [inWorkspace, vscode.ConfigurationTarget.Workspace];
  if (inUser.some((entry) => nameOf(entry) === name)) return [inUser, vscode.ConfigurationTarget.Global];
  return otherwise === vscode.ConfigurationTarget.Workspace ? [inWorkspace, otherwise] : [inUser, otherwise];
}

const stripped = (profile: Profile): object =>
  Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== undefined && value !== false));
