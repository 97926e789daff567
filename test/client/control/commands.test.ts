import { describe, expect, it } from 'vitest';
import { simpleCommandOf, submitCommand } from '../../../client/src/control/commands.ts';
import type { SubmitRequest } from '../../../client/src/control/index.ts';

const refused = (command: string | object): string => {
  try {
    return `sent: ${simpleCommandOf(command).line}`;
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid-argument' });
    return (error as Error & { nextStep: string }).message + (error as Error & { nextStep: string }).nextStep;
  }
};

describe('simpleCommand', () => {
  it.each([
    ['status', 'status'],
    ['STATUS', 'STATUS'],
    ['ping a b', 'ping a b'],
    [' connect x y', ' connect x y'],
    ['work list', 'work list'],
    ['work  submit', 'work  submit'],
    ['{bad', '{bad'],
    [{ command: 'status', requested_fields: ['NodeID'] }, '{"command":"status","requested_fields":["NodeID"]}'],
    [{ command: 'ping', target: 'a\nstatus' }, String.raw`{"command":"ping","target":"a\nstatus"}`],
  ])('sends %j', (command, line) => {
    expect(simpleCommandOf(command).line).toBe(line);
  });

  it.each(['connect', 'connect foo control', 'CONNECT foo control', { command: 'connect', node: 'a', service: 'b' }])(
    'names connectToService for %j',
    (command) => {
      expect(refused(command)).toContain('connectToService()');
    },
  );

  it.each([
    'work submit',
    'WORK SUBMIT localhost cat',
    'work Submit a',
    { command: 'work', subcommand: 'SUBMIT' },
    '{"command":"work","subcommand":"Submit"}',
    'wor\u212A subm\u0130t a b',
  ])('names submitWork for %j', (command) => {
    expect(refused(command)).toContain('submitWork()');
  });

  it.each(['work results x', { command: 'work', subcommand: 'results', unitid: 'x' }])('names getWorkResults for %j', (command) => {
    expect(refused(command)).toContain('getWorkResults()');
  });

  it.each(['status\n', 'status\r', 'ping a\nwork release b', 'sta\rtus'])('refuses the line break in %j', (command) => {
    expect(refused(command)).toContain('line break');
  });

  it.each([
    { command: 'status', requested_fields: 'NodeID' },
    { command: 'status', requested_fields: null },
    { command: 'status', requested_fields: {} },
    { command: 'status', toJSON: () => ({ command: 'status', requested_fields: 1 }) },
    '{"command":"status","requested_fields":"x"}',
    '{"command":"status","requested_fields":[],"requested_fields":"x"}',
    String.raw`{"command":"status","requested\u005ffields":"x"}`,
  ])('keeps from the daemon what would kill it: %j', (command) => {
    expect(refused(command)).toContain('kills the daemon');
  });

  it.each(['', [], 5, null, undefined, () => {}])('refuses %j, which is no command', (command) => {
    expect(refused(command as string)).not.toContain('sent');
  });
});

describe('submitWork', () => {
  const line = (request: SubmitRequest): unknown => JSON.parse(submitCommand(request).line);

  it('sends strings only, under the names of the daemon', () => {
    expect(
      line({
        node: 'bar',
        workType: 'echo',
        params: { params: '-x', count: 3, flag: true },
        tlsClient: 'tc',
        ttl: '10s',
        signWork: true,
        signature: 'jwt',
      }),
    ).toEqual({
      command: 'work',
      subcommand: 'submit',
      node: 'bar',
      worktype: 'echo',
      tlsclient: 'tc',
      ttl: '10s',
      signwork: 'true',
      signature: 'jwt',
      params: '-x',
      count: '3',
      flag: 'true',
    });
  });

  it('leaves out what was not given', () => {
    expect(line({ workType: 'cat', tlsClient: '', ttl: '', signWork: false, params: '' })).toEqual({
      command: 'work',
      subcommand: 'submit',
      node: 'localhost',
      worktype: 'cat',
    });
    expect(line({ workType: 'echo', params: 'a b' })).toMatchObject({ params: 'a b' });
  });

  it('shows no parameter and no signature in the trace', () => {
    const { shown } = submitCommand({ workType: 'k', params: { secret_kube_config: 'TOKEN' }, signature: 'JWT' });
    expect(shown).toContain('secret_kube_config');
    expect(shown).not.toMatch(/TOKEN|JWT/);
  });

  it.each([
    [{ workType: '' }, 'workType'],
    [{ workType: 'x', node: '' }, 'node'],
    [{ workType: 'x', params: { node: 'y' } }, '"node"'],
    [{ workType: 'x', params: { subcommand: 'y' } }, '"subcommand"'],
    [{ workType: 'x', params: ['a'] }, 'params'],
    [{ workType: 'x', params: { a: {} } }, '"a"'],
    [{ workType: 'x', ttl: 5 }, 'ttl'],
    [{ workType: 'x', signWork: 'true' }, 'signWork'],
    [{ workType: 'x', unitId: '../x' }, '../x'],
  ])('refuses %j', (request, names) => {
    expect(() => submitCommand(request as unknown as SubmitRequest)).toThrow(names);
  });
});
