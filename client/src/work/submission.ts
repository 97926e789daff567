/** What is to be submitted, before anybody is asked. The words are the daemon's. */

/** Where the payload comes from; it becomes the stdin of the work. */
export type PayloadSource =
  | { readonly kind: 'none' }
  /** `label` says where the text is from, e.g. `selection of play.yml`. */
  | { readonly kind: 'text'; readonly text: string; readonly label: string }
  /** Absolute path. */
  | { readonly kind: 'file'; readonly path: string };

export interface Submission {
  /** Name of a saved connection; the active one when undefined. */
  readonly connection?: string | undefined;
  /** Node that shall run it; `localhost` is the node asked. */
  readonly node: string;
  readonly workType: string;
  /** Runtime parameters by the daemon's own keys; `params` is the command line of a command or python worker. */
  readonly params: Readonly<Record<string, string>>;
  /** Names of parameters whose values came out of the environment or a file: as good as secret, they are not stored. */
  readonly borrowed?: readonly string[] | undefined;
  /** Name of a tls-client in the config of the node asked. */
  readonly tlsClient?: string | undefined;
  /** Go duration; remote work only. */
  readonly ttl?: string | undefined;
  /** The node asked signs its request to the remote node. */
  readonly signWork?: boolean | undefined;
  readonly payload: PayloadSource;
}

/** The daemon keeps such parameters out of every reply, and refuses to send them to a remote node without TLS. */
export const isSecretParam = (name: string): boolean => /^secret_/i.test(name);

/** True for the node that is asked itself; `self` is its id, when it is known. */
export const isLocalNode = (node: string, self: string | undefined): boolean => node.toLowerCase() === 'localhost' || node === self;

/** In a few words, e.g. `ansible-runner on bar`. */
export const describeSubmission = ({ workType, node }: Pick<Submission, 'workType' | 'node'>): string =>
  `${workType} on ${node.toLowerCase() === 'localhost' ? 'this node' : node}`;

/** The same without the values of secrets: fit for a log or for storage. */
export const withoutSecrets = (submission: Submission): Submission => ({
  ...submission,
  params: Object.fromEntries(
    Object.entries(submission.params).filter(([name]) => !isSecretParam(name) && submission.borrowed?.includes(name) !== true),
  ),
});
