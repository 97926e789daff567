import { describe, expect, test } from 'vitest';
import { causeOf, parseLogLine, startErrorOf } from '../../../client/src/runner/log.ts';

describe('log lines', () => {
  test('of 1.5.5', () => {
    expect(parseLogLine('INFO 2026/11/28 02:59:22 Connection established with b')).toEqual({
      level: 'info',
      text: 'Connection established with b',
      fields: {},
    });
  });

  test('of 1.6.9, with fields', () => {
    expect(parseLogLine('DEBUG 2026/11/28 02:59:25 Stopping initial updates {"node_id":"a","remote_id":"b"}')).toEqual({
      level: 'debug',
      text: 'Stopping initial updates',
      fields: { node_id: 'a', remote_id: 'b' },
    });
  });

  test('whose text ends in braces that are no JSON', () => {
    const { text, fields } = parseLogLine('INFO 2026/11/28 02:59:25 odd {"x"}');
    expect([text, fields]).toEqual(['odd {"x"}', {}]);
  });

  test('that are no entries', () => {
    expect(parseLogLine('Error: unknown TLS config x')).toEqual({ level: undefined, text: 'Error: unknown TLS config x', fields: {} });
  });
});

test.each([
  ['Backend error: b: rejected connection with node a because we disagree about the connection cost', 'cost-mismatch', undefined],
  ['rejected connection with node b because it is not in the allowed peers list', 'not-allowed-peer', undefined],
  ['rejected connection with node a because it tried to connect using our own node ID', 'own-node-id', undefined],
  ['We are a duplicate node with ID x and epoch 5.  Shutting down.', 'duplicate-node-id', undefined],
  ['tls: first record does not look like a TLS handshake', 'tls-on-one-side', undefined],
  ['Error: error opening Unix socket: could not acquire lock on socket file: fslock is already locked', 'socket-locked', undefined],
  ['Error: listen tcp 0.0.0.0:2222: bind: address already in use', 'address-in-use', '0.0.0.0:2222'],
  ['Error: listen udp 0.0.0.0:2222: bind: address already in use', 'address-in-use', '0.0.0.0:2222'],
  ['Error: unknown TLS config nope', 'unknown-tls-config', 'nope'],
  ['Backend connection failed (will retry): dial tcp 127.0.0.1:1: connect: connection refused', 'connection-refused', '127.0.0.1:1'],
  ['Nothing to do - no backends are running.', 'no-backend', undefined],
])('%s', (text, code, name) => {
  const cause = causeOf(text);
  expect([cause?.code, cause?.name]).toEqual([code, name]);
});

test('an ordinary line has no cause', () => {
  expect(causeOf('Running control service control')).toBeUndefined();
});

test('what ended a start', () => {
  expect(startErrorOf('Error: unknown TLS config x')).toBe('unknown TLS config x');
  expect(startErrorOf('panic: runtime error: slice bounds out of range [1:0]')).toBe('runtime error: slice bounds out of range [1:0]');
  expect(startErrorOf('ERROR: bogus is not a valid log level name for  on Init phase')).toBe(
    'bogus is not a valid log level name for  on Init phase',
  );
  expect(startErrorOf('Known Connections:')).toBeUndefined();
});
