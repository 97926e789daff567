/**
 * What the daemon would say to a submission, before it is sent: a pure function of the submission, of what is known of the
 * mesh, and of the payload's size. The daemon itself accepts much that never runs; each check names the fix.
 */
import { reservedKeys } from '../control/commands.ts';
import { parseGoDuration } from './duration.ts';
import { isLocalNode, isSecretParam, type Submission } from './submission.ts';

/** What is known of the mesh at this moment; undefined values mean "not known" and raise no problem. */
export interface MeshFacts {
  /** Id of the node that is asked. */
  readonly self: string;
  /** The node asked is reached by its Unix socket, whose clients need no signature for local work. */
  readonly unixSocket: boolean | undefined;
  /** `reachable`: it is in the routing table. `unreachable`: heard of once. `unknown`: never heard of. */
  reachOf(node: string): 'self' | 'reachable' | 'unreachable' | 'unknown';
  /** Work types that the node advertises, undefined as long as it advertised nothing. The same name may be there twice. */
  workTypesOf(node: string): readonly { readonly name: string; readonly signed: boolean }[] | undefined;
}

/** What opening the payload gave: its size in bytes, or why it can't be read. */
export type PayloadFacts = { readonly size: number } | { readonly error: string };

/** `error`: the daemon surely refuses. `warning`: it accepts and surely does not what is wanted. */
export type ProblemSeverity = 'error' | 'warning' | 'information';

export type ProblemCode =
  | 'node-missing'
  | 'work-type-missing'
  | 'node-unknown'
  | 'node-unreachable'
  | 'ttl-missing'
  | 'ttl-local'
  | 'ttl-invalid'
  | 'ttl-expired'
  | 'work-type-unknown'
  | 'signature-missing'
  | 'signature-unexpected'
  | 'signature-local'
  | 'sign-local'
  | 'secret-without-tls'
  | 'tls-local'
  | 'parameter-reserved'
  | 'kubernetes-parameters'
  | 'payload-unreadable'
  | 'payload-empty';

/** A change that removes the problem; with `ask` the user must choose the value first. */
export type Fix =
  | { readonly title: string; readonly change: Partial<Submission> }
  | { readonly title: string; readonly ask: 'node' | 'workType' | 'tlsClient' | 'payload' };

export interface Problem {
  readonly code: ProblemCode;
  readonly severity: ProblemSeverity;
  /** One or two sentences that name the cause and what would happen. */
  readonly message: string;
  readonly fixes: readonly Fix[];
  /** What of the submission it is about: a field, or `params.NAME`. */
  readonly at: string;
}

/** How long a job may wait for a node that is away, when the user has no opinion. */
const suggestedTtl = '10m';

/**
 * @param mesh undefined when not connected: then only what holds for every mesh is said
 * @param payload undefined when it was not opened
 */
export function checkSubmission(submission: Submission, mesh: MeshFacts | undefined, payload?: PayloadFacts): Problem[] {
  if (submission.node === '') {
    return [problem('node-missing', 'error', 'node', 'No node is named.', { title: 'Choose a Node', ask: 'node' })];
  }
  if (submission.workType === '') {
    return [problem('work-type-missing', 'error', 'worktype', 'No work type is named.', { title: 'Choose a Work Type', ask: 'workType' })];
  }
  const local = isLocalNode(submission.node, mesh?.self);
  return [
    ...(mesh === undefined || local ? [] : checkNode(submission, mesh)),
    ...checkTtl(submission, mesh, local),
    ...(mesh === undefined ? [] : checkWorkType(submission, mesh, local)),
    ...checkSecrets(submission, local),
    ...checkParameters(submission),
    ...checkPayload(submission, payload),
  ];
}

const problem = (code: ProblemCode, severity: ProblemSeverity, at: string, message: string, ...fixes: Fix[]): Problem => ({
  code,
  severity,
  message,
  fixes,
  at,
});

function checkNode({ node }: Submission, mesh: MeshFacts): Problem[] {
  const reach = mesh.reachOf(node);
  const fix: Fix = { title: 'Choose Another Node', ask: 'node' };
  const consequence = 'receptor accepts the work all the same and keeps it pending until the node can be reached.';
  if (reach === 'unknown')
    return [problem('node-unknown', 'warning', 'node', `${mesh.self} has never heard of a node ${node}. ${consequence}`, fix)];
  if (reach === 'unreachable')
    return [problem('node-unreachable', 'warning', 'node', `${mesh.self} has no route to ${node} now. ${consequence}`, fix)];
  return [];
}

function checkTtl({ node, ttl }: Submission, mesh: MeshFacts | undefined, local: boolean): Problem[] {
  const set: Fix = { title: `Set ttl to ${suggestedTtl}`, change: { ttl: suggestedTtl } };
  const remove: Fix = { title: 'Remove ttl', change: { ttl: undefined } };
  if (ttl === undefined || ttl === '') {
    const reach = mesh?.reachOf(node);
    if (local || (reach !== 'unreachable' && reach !== 'unknown')) return [];
    return [problem('ttl-missing', 'warning', 'ttl', `Without ttl the work waits for ${node} for ever.`, set)];
  }
  if (local) {
    const text = 'receptor refuses a ttl for work on the node itself ("ttl option is intended for remote work only").';
    return [problem('ttl-local', 'error', 'ttl', text, remove)];
  }
  const duration = parseGoDuration(ttl);
  if (duration === undefined) {
    const text = `${JSON.stringify(ttl)} is not a duration as Go reads it: write a number with a unit, e.g. 30m or 1h30m.`;
    const minutes = /^\d+$/.test(ttl) ? [{ title: `Set ttl to ${ttl}s`, change: { ttl: `${ttl}s` } }] : [];
    return [problem('ttl-invalid', 'error', 'ttl', text, ...minutes, set)];
  }
  if (duration <= 0) return [problem('ttl-expired', 'warning', 'ttl', `With a ttl of ${ttl} the work expires before it starts.`, set)];
  return [];
}

function checkWorkType({ node, workType, signWork }: Submission, mesh: MeshFacts, local: boolean): Problem[] {
  const where = local ? mesh.self : node;
  const types = mesh.workTypesOf(where);
  const problems: Problem[] = [];
  if (local && signWork === true) {
    const text = 'signwork has no effect on the node itself: only requests to remote nodes are signed.';
    problems.push(problem('sign-local', 'information', 'signwork', text, { title: 'Remove signwork', change: { signWork: undefined } }));
  }
  if (types === undefined) return problems;
  const offered = types.filter(({ name }) => name === workType);
  if (offered.length === 0) {
    const names = [...new Set(types.map(({ name }) => name))];
    const list = names.length === 0 ? 'no work types' : `only ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}`;
    const near = nearest(workType, names);
    const fixes: Fix[] = [
      ...(near === undefined ? [] : [{ title: `Use ${near}`, change: { workType: near } }]),
      ...(names.length === 0 ? [] : [{ title: 'Choose a Work Type', ask: 'workType' as const }]),
      { title: 'Choose Another Node', ask: 'node' },
    ];
    const text = `${where} does not advertise the work type ${workType}, ${list}. It would refuse the work ("unknown work type ${workType}")`;
    const stale = local ? '.' : ', unless its configuration changed within the last minute.';
    return [...problems, problem('work-type-unknown', 'warning', 'worktype', text + stale, ...fixes)];
  }
  const signed = offered.every((type) => type.signed);
  const unsigned = offered.every((type) => !type.signed);
  if (!local && signed && signWork !== true) {
    const text = `${where} runs ${workType} only when the request is signed. It would refuse ("could not verify signature: signature is empty").`;
    problems.push(problem('signature-missing', 'error', 'signwork', text, { title: 'Sign the Work', change: { signWork: true } }));
  }
  if (!local && unsigned && signWork === true) {
    const text = `${where} expects no signature for ${workType} and refuses one ("work type did not expect a signature").`;
    problems.push(problem('signature-unexpected', 'error', 'signwork', text, { title: 'Do Not Sign', change: { signWork: undefined } }));
  }
  if (local && signed && mesh.unixSocket === false) {
    const text = `${where} runs ${workType} only with a signature, unless it is asked by its Unix socket.`;
    const fixes: Fix[] = [
      { title: 'Choose Another Node', ask: 'node' },
      { title: 'Choose a Work Type', ask: 'workType' },
    ];
    const way = 'Connect by the socket, or submit from another node with signwork.';
    problems.push(problem('signature-local', 'warning', 'worktype', `${text} ${way}`, ...fixes));
  }
  return problems;
}

function checkSecrets({ params, tlsClient }: Submission, local: boolean): Problem[] {
  const hasTls = tlsClient !== undefined && tlsClient !== '';
  if (local) {
    if (!hasTls) return [];
    const text = 'tlsclient has no effect on the node itself.';
    return [problem('tls-local', 'information', 'tlsclient', text, { title: 'Remove tlsclient', change: { tlsClient: undefined } })];
  }
  const secrets = Object.keys(params).filter(isSecretParam);
  if (hasTls || secrets.length === 0) return [];
  const text = `${secrets.join(', ')} may travel over TLS only: receptor refuses ("cannot send secrets over a non-TLS connection").`;
  return [problem('secret-without-tls', 'error', `params.${secrets[0]!}`, text, { title: 'Choose a TLS Client', ask: 'tlsClient' })];
}

function checkParameters({ params }: Submission): Problem[] {
  const problems: Problem[] = [];
  const without = (...names: string[]): Record<string, string> =>
    Object.fromEntries(Object.entries(params).filter(([name]) => !names.includes(name)));
  for (const name of Object.keys(params)) {
    if (!reservedKeys.has(name) && name !== '') continue;
    const text =
      name === '' ? 'A parameter has no name.' : `A parameter can't be named ${name}: that is a word of the submit command itself.`;
    problems.push(
      problem('parameter-reserved', 'error', `params.${name}`, text, { title: 'Remove the Parameter', change: { params: without(name) } }),
    );
  }
  // The rules of work-kubernetes; an empty value counts as absent there.
  const given = (name: string): boolean => (params[name] ?? '') !== '';
  const alone = ['kube_image', 'kube_command', 'kube_params'].filter(given);
  if (given('secret_kube_pod') && alone.length > 0) {
    const text = `${alone.join(', ')} can't be combined with secret_kube_pod, which describes the whole pod.`;
    const fix: Fix = { title: `Remove ${alone.join(', ')}`, change: { params: without(...alone) } };
    problems.push(problem('kubernetes-parameters', 'error', `params.${alone[0]!}`, text, fix));
  }
  const timeout = params['pod_pending_timeout'] ?? '';
  if (timeout !== '' && parseGoDuration(timeout) === undefined) {
    // Like any parameter it may come from the environment or a file: its value is not told.
    const text = 'pod_pending_timeout is not a duration as Go reads it: write a number with a unit, e.g. 5m.';
    const fix: Fix = { title: 'Remove pod_pending_timeout', change: { params: without('pod_pending_timeout') } };
    problems.push(problem('kubernetes-parameters', 'error', 'params.pod_pending_timeout', text, fix));
  }
  return problems;
}

function checkPayload({ payload: source }: Submission, payload: PayloadFacts | undefined): Problem[] {
  if (payload === undefined) return [];
  const choose: Fix = { title: 'Choose Another Payload', ask: 'payload' };
  const none: Fix = { title: 'Submit Without Payload', change: { payload: { kind: 'none' } } };
  if ('error' in payload) return [problem('payload-unreadable', 'error', 'payload', payload.error, choose, none)];
  if (payload.size > 0 || source.kind === 'none') return [];
  const what = source.kind === 'file' ? `${source.path} is empty` : `The payload (${source.label}) is empty`;
  return [problem('payload-empty', 'warning', 'payload', `${what}: the work gets no input.`, choose, none)];
}

/** Closest of `names` by edit distance, when it is close enough to be a slip. */
function nearest(word: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.min(3, Math.ceil(word.length / 2));
  for (const name of names) {
    if (Math.abs(name.length - word.length) > least) continue;
    const distance = editDistance(word.toLowerCase(), name.toLowerCase());
    if (distance >= least && !(distance === least && best === undefined)) continue;
    best = name;
    least = distance;
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
