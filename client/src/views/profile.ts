/** Saved connections, as `receptor.connections` holds them. */
import { isControlError, type TlsOptions } from '../control/index.ts';

export const colours = ['red', 'orange', 'yellow', 'green', 'blue', 'purple'] as const;
export type Colour = (typeof colours)[number];

/** TLS settings of a profile, by receptor's own names. */
export interface ProfileTls {
  /** Files; relative paths count from the workspace folder. */
  readonly rootcas?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Name that the certificate must have, when it is not the host. */
  readonly servername?: string;
  readonly insecureskipverify?: boolean;
  /** A receptor config and the name of a `tls-client` in it, instead of the files above. */
  readonly config?: string;
  readonly tlsclient?: string;
}

export interface Profile {
  readonly name: string;
  /** `unix:/path`, `tcp://host:port` or `tls://host:port`. */
  readonly address: string;
  readonly tls?: ProfileTls | undefined;
  /** Connect as soon as the extension is active. */
  readonly autoConnect?: boolean | undefined;
  readonly color?: Colour | undefined;
}

/**
 * Reads the value of the setting. An entry that cannot be used is left out, with a sentence in `problems`; the others are
 * taken: one bad entry must not cost the user the rest.
 */
export function readProfiles(value: unknown): { profiles: Profile[]; problems: string[] } {
  const profiles: Profile[] = [];
  const problems: string[] = [];
  const list: unknown[] = Array.isArray(value) ? value : [];
  if (value !== undefined && value !== null && !Array.isArray(value)) problems.push('receptor.connections is no list');
  for (const [index, entry] of list.entries()) {
    const problem = (message: string): void => void problems.push(`receptor.connections[${index}] ${message}`);
    if (typeof entry !== 'object' || entry === null) problem('is no object');
    else {
      const { name, address, tls, autoConnect, color } = entry as Record<string, unknown>;
      if (typeof name !== 'string' || name.trim() === '') problem('has no name');
      else if (typeof address !== 'string' || address.trim() === '') problem('has no address');
      else if (profiles.some((profile) => profile.name === name)) problem(`has the name "${name}" of an earlier one`);
      else {
        profiles.push({
          name,
          address,
          tls: readTls(tls),
          autoConnect: autoConnect === true,
          color: colours.find((known) => known === color),
        });
      }
    }
  }
  return { profiles, problems };
}

function readTls(value: unknown): ProfileTls | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const given = value as Record<string, unknown>;
  const texts = ['rootcas', 'cert', 'key', 'servername', 'config', 'tlsclient'] as const;
  const tls = Object.fromEntries(texts.flatMap((key) => (typeof given[key] === 'string' && given[key] !== '' ? [[key, given[key]]] : [])));
  return { ...tls, ...(given['insecureskipverify'] === true ? { insecureskipverify: true } : {}) };
}

/** The profile's own TLS settings as the client takes them; `resolve` makes paths absolute. */
export const tlsOptions = (tls: ProfileTls, resolve: (path: string) => string, passphrase?: string): TlsOptions => ({
  rootCas: tls.rootcas === undefined ? undefined : resolve(tls.rootcas),
  cert: tls.cert === undefined ? undefined : resolve(tls.cert),
  key: tls.key === undefined ? undefined : resolve(tls.key),
  serverName: tls.servername,
  insecureSkipVerify: tls.insecureskipverify,
  passphrase,
});

/** The key is encrypted, and was not opened: another passphrase may help, and nothing else. */
export const wantsPassphrase = (error: unknown): boolean =>
  isControlError(error) && error.code === 'tls-files' && /no passphrase was given|passphrase does not open/.test(error.message);

/** Why a connection can't be saved under this name; undefined when it can. */
export function nameProblem(name: string, taken: readonly string[]): string | undefined {
  if (name.trim() === '') return 'A connection needs a name.';
  return taken.includes(name.trim()) ? 'Another connection has this name. Choose a different one.' : undefined;
}

/** The name, with a number behind it where another connection has it. */
export function freeName(name: string, taken: readonly string[]): string {
  let free = name;
  for (let count = 2; taken.includes(free); count++) free = `${name} ${count}`;
  return free;
}
