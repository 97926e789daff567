import { describe, expect, it } from 'vitest';
import { checkSubmission, type MeshFacts, type Problem } from '../../../client/src/work/checks.ts';
import type { Submission } from '../../../client/src/work/submission.ts';

const mesh: MeshFacts = {
  self: 'foo',
  unixSocket: true,
  reachOf: (node) => (node === 'foo' ? 'self' : node === 'bar' ? 'reachable' : node === 'gone' ? 'unreachable' : 'unknown'),
  workTypesOf: (node) =>
    node === 'foo' || node === 'bar'
      ? [
          { name: 'cat', signed: false },
          { name: 'ansible-runner', signed: true },
          { name: 'both', signed: true },
          { name: 'both', signed: false },
        ]
      : undefined,
};

const submission = (more: Partial<Submission> = {}): Submission => ({
  node: 'bar',
  workType: 'cat',
  params: {},
  payload: { kind: 'text', text: 'x', label: 'selection' },
  ...more,
});

const codes = (problems: readonly Problem[]): string[] => problems.map(({ code }) => code);
const check = (more: Partial<Submission> = {}, facts: MeshFacts | undefined = mesh): Problem[] =>
  checkSubmission(submission(more), facts, { size: 1 });

/** The submission after the first fix that needs no question. */
function fixed(problem: Problem, before: Submission): Submission {
  const fix = problem.fixes.find((one) => 'change' in one);
  if (fix === undefined || !('change' in fix)) throw new Error(`no fix for ${problem.code}`);
  return { ...before, ...fix.change };
}

describe('checkSubmission', () => {
  it('has nothing to say about what works', () => {
    expect(check()).toEqual([]);
    expect(check({ node: 'localhost' })).toEqual([]);
    expect(check({ node: 'LOCALHOST' })).toEqual([]);
    expect(check({ node: 'foo' })).toEqual([]);
    expect(check({ ttl: '1h30m', params: { params: '-x' } })).toEqual([]);
    expect(check({ workType: 'ansible-runner', signWork: true })).toEqual([]);
    expect(check({ workType: 'both' })).toEqual([]);
    expect(check({ workType: 'both', signWork: true })).toEqual([]);
  });

  it('says less when it is not connected', () => {
    expect(checkSubmission(submission({ node: 'nosuch', workType: 'nosuch' }), undefined)).toEqual([]);
    expect(codes(checkSubmission(submission({ node: 'x', ttl: '5' }), undefined))).toEqual(['ttl-invalid']);
    expect(codes(checkSubmission(submission({ node: 'localhost', ttl: '5m' }), undefined))).toEqual(['ttl-local']);
  });

  it.each<[string, Partial<Submission>, string[]]>([
    ['a node never heard of', { node: 'nosuch' }, ['node-unknown', 'ttl-missing']],
    ['a node that is away', { node: 'gone' }, ['node-unreachable', 'ttl-missing']],
    ['a node that is away, with ttl', { node: 'gone', ttl: '10m' }, ['node-unreachable']],
    ['ttl for the node itself', { node: 'foo', ttl: '10m' }, ['ttl-local']],
    ['ttl without unit', { ttl: '10' }, ['ttl-invalid']],
    ['ttl of nothing', { ttl: '0' }, ['ttl-expired']],
    ['ttl in the past', { ttl: '-5m' }, ['ttl-expired']],
    ['a type that nobody offers', { workType: 'nosuch' }, ['work-type-unknown']],
    ['signed work unsigned', { workType: 'ansible-runner' }, ['signature-missing']],
    ['unsigned work signed', { signWork: true }, ['signature-unexpected']],
    ['local work signed', { node: 'foo', signWork: true }, ['sign-local']],
    ['local TLS', { node: 'foo', tlsClient: 'tc' }, ['tls-local']],
    ['a secret in the clear', { params: { secret_kube_pod: 'x' } }, ['secret-without-tls']],
    ['a secret in capitals', { params: { Secret_X: 'x' } }, ['secret-without-tls']],
    ['a secret over TLS', { params: { secret_kube_pod: 'x' }, tlsClient: 'tc' }, []],
    ['a secret at home', { node: 'foo', params: { secret_kube_pod: 'x' } }, []],
    ['a reserved name', { params: { ttl: '5m' } }, ['parameter-reserved']],
    ['a pod and an image', { tlsClient: 't', params: { secret_kube_pod: 'x', kube_image: 'i' } }, ['kubernetes-parameters']],
    ['a pod and an empty image', { tlsClient: 't', params: { secret_kube_pod: 'x', kube_image: '' } }, []],
    ['a pending timeout without unit', { params: { pod_pending_timeout: '5' } }, ['kubernetes-parameters']],
    ['no node', { node: '' }, ['node-missing']],
    ['no work type', { workType: '' }, ['work-type-missing']],
  ])('finds %s', (_, more, expected) => {
    const problems = check(more);
    expect(codes(problems)).toEqual(expected);
    for (const { message } of problems) expect(message).toMatch(/^[^\n]+[.)]$/);
    for (const { fixes } of problems) expect(fixes).not.toEqual([]);
  });

  it('needs a signature for local work unless it comes by the Unix socket', () => {
    const local = submission({ node: 'foo', workType: 'ansible-runner' });
    expect(checkSubmission(local, mesh)).toEqual([]);
    expect(checkSubmission(local, { ...mesh, unixSocket: undefined })).toEqual([]);
    const [problem] = checkSubmission(local, { ...mesh, unixSocket: false });
    expect(problem).toMatchObject({ code: 'signature-local', fixes: [{ ask: 'node' }, { ask: 'workType' }] });
  });

  it('offers the name that was meant', () => {
    const [problem] = check({ workType: 'Cta' });
    expect(problem!.fixes.map(({ title }) => title)).toEqual(['Use cat', 'Choose a Work Type', 'Choose Another Node']);
    expect(check({ workType: 'something-else' })[0]!.fixes.map(({ title }) => title)).toEqual([
      'Choose a Work Type',
      'Choose Another Node',
    ]);
  });

  it.each<Partial<Submission>>([
    { node: 'gone', ttl: '5' },
    { node: 'foo', ttl: '10m' },
    { ttl: '10' },
    { ttl: '-1h' },
    { workType: 'ansible-runner' },
    { signWork: true },
    { node: 'foo', signWork: true },
    { node: 'foo', tlsClient: 'tc' },
    { workType: 'cta' },
    { params: { node: 'x', params: 'y' } },
    { tlsClient: 't', params: { secret_kube_pod: 'x', kube_image: 'i', kube_params: 'p' } },
    { params: { pod_pending_timeout: '5' } },
  ])('mends %j by its own fix', (more) => {
    let current = submission(more);
    for (const problem of check(more)) if (problem.fixes.some((fix) => 'change' in fix)) current = fixed(problem, current);
    const left = codes(checkSubmission(current, mesh, { size: 1 }));
    expect(left.filter((code) => code !== 'node-unreachable')).toEqual([]);
    if (more.params?.['params'] !== undefined) expect(current.params).toEqual({ params: 'y' });
  });

  it('tells no value of a parameter', () => {
    const params = { pod_pending_timeout: 'geheim', secret_x: 'geheim', node: 'geheim', secret_kube_pod: 'geheim', kube_image: 'geheim' };
    const problems = check({ params });
    expect(problems).toHaveLength(4);
    expect(problems.map(({ message, fixes }) => message + fixes.map(({ title }) => title).join()).join()).not.toContain('geheim');
  });

  it('says what is wrong with the payload', () => {
    const file = submission({ payload: { kind: 'file', path: '/p/play.yml' } });
    const [unreadable] = checkSubmission(file, mesh, { error: '/p/play.yml does not exist.' });
    expect(unreadable).toMatchObject({ code: 'payload-unreadable', severity: 'error', message: '/p/play.yml does not exist.' });
    const [empty] = checkSubmission(file, mesh, { size: 0 });
    expect(empty).toMatchObject({ code: 'payload-empty', severity: 'warning', message: '/p/play.yml is empty: the work gets no input.' });
    expect(checkSubmission(submission({ payload: { kind: 'none' } }), mesh, { size: 0 })).toEqual([]);
  });
});
