/**
 * What the daemon's refusals mean and what to do, by a part of their text that both versions share. From the daemon's
 * own behaviour; the first that matches counts.
 */
const meanings: readonly (readonly [RegExp, string])[] = [
  [
    /error \w+ing remote unit:.*unknown work unit/i,
    'The remote node does not know its part of the unit any more, but the unit is still listed here: Force Release, which is releaseWork(id, { force: true }), deletes it.',
  ],
  [/unknown work unit/i, 'The unit was released, or lives on another node: see workList().'],
  [
    /could not parse response: ERROR: unknown work type/i,
    'The remote node has no such work type: see WorkCommands in its status. Release the failed unit.',
  ],
  [/unknown work type/i, 'This node has no such work type: see WorkCommands in status().'],
  [/did not expect a signature/i, 'Submit without signWork and signature: this work type takes unsigned work only.'],
  [/signature is empty/i, 'The work type takes signed work only: use signWork for a remote node, or give a signature.'],
  [
    /could not verify signature|token/i,
    'Sign with the private key whose public key the node has in work-verification, for the id of that node.',
  ],
  [/cannot sign work/i, 'Give the submitting node a work-signing section with a private key.'],
  [/secrets over a non-TLS/i, 'Give tlsClient, the name of a tls-client of the node asked: secret_ parameters travel over TLS only.'],
  [/ttl option is intended for remote/i, 'Leave ttl out for work on the node itself.'],
  [/invalid duration|unit.* in duration/i, 'Write durations as Go does, e.g. 30m or 1h30m. Release the unit that was left pending.'],
  [/parameters must all be strings/i, 'Give parameters as strings.'],
  [/extra params provided but not allowed/i, 'Set allowruntimeparams for this work type, or submit without params.'],
  [
    /must be provided if AuthMethod/i,
    'The work type takes its kubeconfig with each submission: give its text as secret_kube_config, over TLS.',
  ],
  [/not compatible with secret_kube_pod/i, 'Give either the whole pod or the single parameters.'],
  [/provided but not allowed/i, 'The work type does not allow this parameter at run time: see its allowruntime… settings.'],
  [/unknown TLS config/i, 'Use the name of a tls-client in the config of the node asked.'],
  [/insecure connection to secure service/i, 'The service speaks TLS: give tlsClient, the name of a tls-client of the node asked.'],
  [/x509|CRYPTO_ERROR|tls:/i, 'Check the certificates of both nodes and the tls-client used: rootcas, node names, dates.'],
  [/no route to node/i, 'See RoutingTable in status(): that node is not reachable from here now.'],
  [/service unknown|context canceled/i, 'No such service listens at that node: see Advertisements in status().'],
  [/service name too long/i, 'The name of a service has at most 8 bytes: see Advertisements in status().'],
  [/same workunit ID more than once/i, 'Give another unitId or none, or release that unit first.'],
  [/no recent network activity|handshake did not complete/i, 'That node does not answer: see whether it still runs.'],
  [/Unknown command/i, 'The commands are status, ping, traceroute, reload, connect and work.'],
  [/bad command/i, 'The work commands are submit, list, status, results, cancel, release and force-release.'],
  [/could not parse response|error from remote/i, 'The remote node refused: see its log. Release the failed unit.'],
];

/** A sentence on what to do about the daemon's refusal. */
export const explain = (daemonText: string): string =>
  meanings.find(([pattern]) => pattern.test(daemonText))?.[1] ?? 'See the log of the node for more.';
