import { describe, expect, test } from 'vitest';
import { buildSnapshot } from '../../../client/src/mesh/model.ts';
import { completeCommand, holdsSecret, readCommand } from '../../../client/src/views/sessionCommands.ts';

describe('a typed line', () => {
  test.each([
    ['', { kind: 'nothing' }],
    ['   ', { kind: 'nothing' }],
    ['status', { kind: 'simple', command: 'status' }],
    ['  ping   bar ', { kind: 'simple', command: 'ping bar' }],
    ['WORK List', { kind: 'simple', command: 'WORK List' }],
    ['{"command":"ping","target":"bar"}', { kind: 'simple', command: { command: 'ping', target: 'bar' } }],
    ['connect bar control', { kind: 'connect', node: 'bar', service: 'control', tlsClient: '' }],
    ['{"command":"connect","node":"b","service":"s","tls":"t"}', { kind: 'connect', node: 'b', service: 's', tlsClient: 't' }],
    ['ping a  node', { kind: 'simple', command: 'ping a  node' }],
    ['work   status  abc', { kind: 'simple', command: 'work status abc' }],
    ['work', { kind: 'simple', command: 'work' }],
    ['work  submit bar  cat  -a  b', { kind: 'submit', request: { node: 'bar', workType: 'cat', params: '-a  b' } }],
    ['work submit bar cat ', { kind: 'submit', request: { node: 'bar', workType: 'cat' } }],
    [
      '{"command":"work","subcommand":"submit","node":"b","worktype":"w","signwork":"true","ttl":"5m","kube_image":"i"}',
      { kind: 'submit', request: { node: 'b', workType: 'w', params: { kube_image: 'i' }, ttl: '5m', signWork: true } },
    ],
    ['work results abc', { kind: 'results', unitId: 'abc', startPos: 0 }],
    ['work results abc 12', { kind: 'results', unitId: 'abc', startPos: 12 }],
    ['{"command":"work","subcommand":"results","unitid":"abc","startpos":"7"}', { kind: 'results', unitId: 'abc', startPos: 7 }],
    [
      '{"command":"work","subcommand":"results","unitid":"abc","signature":"eyJ"}',
      { kind: 'results', unitId: 'abc', startPos: 0, signature: 'eyJ' },
    ],
    // The daemon refuses it in its own words.
    ['{"command":"status","requested_fields":[1]}', { kind: 'simple', command: { command: 'status', requested_fields: [1] } }],
    ['exit', { kind: 'exit' }],
    ['?', { kind: 'help' }],
  ])('%j', (line, expected) => {
    expect(readCommand(line)).toEqual(expected);
  });

  test.each([
    ['{"command":"status","requested_fields":"NodeID"}', 'ends the whole daemon'],
    ['{"command":"status","requested_fields":null}', 'ends the whole daemon'],
    ['{"command":"status","requested_fields":{"0":"NodeID"}}', 'ends the whole daemon'],
    ['{"requested_fields":5,"command":"ping"}', 'ends the whole daemon'],
    ['{bad', 'no JSON'],
    ['{"x":1}', '"command"'],
    ['connect bar', 'Usage'],
    ['connect', 'Usage'],
    ['connect bar control client more', 'Usage'],
    ['work submit bar', 'Usage'],
    ['work results', 'Usage'],
    ['work results abc x', 'Usage'],
    ['{"command":"work","subcommand":"submit","node":"b","worktype":"w","n":1}', '"n" is not'],
    ['{"command":"work","subcommand":"results","unitid":"a","startpos":-1}', 'startpos'],
    ['{"command":"work","subcommand":"results","unitid":"a","signature":1}', 'signature'],
  ])('%s is not sent', (line, why) => {
    const read = readCommand(line);
    expect(read.kind).toBe('refused');
    expect(read.kind === 'refused' && read.why).toContain(why);
  });
});

describe('completion', () => {
  const mesh = buildSnapshot(
    {
      NodeID: 'foo',
      RoutingTable: { bar: 'bar' },
      Advertisements: [
        { NodeID: 'bar', Service: 'control', ConnType: 1, Time: '', WorkCommands: [{ WorkType: 'cat', Secure: false }] },
        { NodeID: 'bar', Service: 'udp', ConnType: 0, Time: '' },
        { NodeID: 'bar\u001b]52;c;eA==\u0007', Service: 'control', ConnType: 1, Time: '' },
        { NodeID: 'foo', Service: 'ssh', ConnType: 2, Time: '', WorkCommands: [{ WorkType: 'own', Secure: false }] },
      ],
    },
    0,
  );
  const at = async (line: string): Promise<[number, readonly string[]]> => {
    const { from, candidates } = await completeCommand(line, line.length, mesh, async () => ['unit1', 'unit2']);
    return [from, candidates];
  };

  test('of commands, nodes, services, work types and units', async () => {
    expect((await at('st'))[1]).toContain('status');
    expect(await at('ping b')).toEqual([5, ['bar', 'foo', 'localhost']]); // and not the node that would steer the terminal
    expect(await at('connect bar ')).toEqual([12, ['control']]);
    expect(await at('connect localhost ')).toEqual([18, ['ssh']]);
    expect((await at('work '))[1]).toContain('force-release');
    expect(await at('work submit bar ')).toEqual([16, ['cat']]);
    expect(await at('work submit localhost ')).toEqual([22, ['own']]);
    expect(await at('WORK Status ')).toEqual([12, ['unit1', 'unit2']]);
  });

  test('of nothing where nothing fits', async () => {
    for (const line of ['ping bar ', 'work submit nobody ', 'connect bar control ', 'x y ']) expect((await at(line))[1]).toEqual([]);
    expect((await completeCommand('ping ', 5, undefined, async () => [])).candidates).toEqual(['localhost']);
  });
});

test.each([
  ['{"command":"work","subcommand":"cancel","unitid":"a","signature":"eyJ"}', true],
  ['{"command":"work","subcommand":"cancel","unitid":"a","\\u0073ign\\u0061ture" : "eyJ"}', true],
  ['{"command":"work","subcommand":"cancel",signature:"eyJ"}', true], // no JSON, and there all the same
  ['{"command":"work","subcommand":"submit","node":"a","worktype":"kube","secret_kube_config":"x"}', true],
  ['work submit a kube secret_kube_config=x', true],
  ['{"command":"work","subcommand":"submit","node":"a","worktype":"cat","signwork":"true"}', false],
  ['work submit a cat', false],
])('%s holds a secret: %s', (line, secret) => expect(holdsSecret(line)).toBe(secret));
