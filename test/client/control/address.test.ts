import { homedir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../../../client/src/control/address.ts';
import { ControlError } from '../../../client/src/control/errors.ts';
import { fc } from '../../harness/fastCheck.ts';

describe('parseAddress', () => {
  it.each([
    ['unix:/run/receptor.sock', { kind: 'unix', path: '/run/receptor.sock' }],
    ['unix:///run/receptor.sock', { kind: 'unix', path: '/run/receptor.sock' }],
    ['unix://tmp/x', { kind: 'unix', path: 'tmp/x' }],
    ['UNIX:/a:b', { kind: 'unix', path: '/a:b' }],
    ['/run/receptor.sock', { kind: 'unix', path: '/run/receptor.sock' }],
    ['./foo.sock', { kind: 'unix', path: './foo.sock' }],
    ['foo.sock', { kind: 'unix', path: 'foo.sock' }],
    [' /tmp/with space.sock ', { kind: 'unix', path: '/tmp/with space.sock' }],
    ['~/foo.sock', { kind: 'unix', path: `${homedir()}/foo.sock` }],
    ['unix:~/foo.sock', { kind: 'unix', path: `${homedir()}/foo.sock` }],
    ['tcp://localhost:8888', { kind: 'tcp', host: 'localhost', port: 8888 }],
    ['tcp:localhost:8888', { kind: 'tcp', host: 'localhost', port: 8888 }],
    ['TLS://Host.example:1', { kind: 'tls', host: 'Host.example', port: 1 }],
    ['tls://[::1]:8888', { kind: 'tls', host: '::1', port: 8888 }],
    ['tls://::1:8888', { kind: 'tls', host: '::1', port: 8888 }],
    ['tcp://[fe80::1%eth0]:65535', { kind: 'tcp', host: 'fe80::1%eth0', port: 65535 }],
    ['tcp://under_score:7', { kind: 'tcp', host: 'under_score', port: 7 }],
  ])('reads %s', (text, address) => {
    expect(parseAddress(text)).toEqual(address);
  });

  it.each([
    ['', 'it is empty'],
    ['unix:', 'the path is missing'],
    ['tcp://host', 'the port is missing'],
    ['tcp://:80', 'the host is missing'],
    ['tcp://host:0', 'not a number from 1 to 65535'],
    ['tcp://host:65536', 'not a number from 1 to 65535'],
    ['tcp://host:80/', 'not a number from 1 to 65535'],
    ['tcp://host:8a', 'not a number from 1 to 65535'],
    ['tcp://[::1:80', 'the brackets do not match'],
    ['tcp://[host]:80', 'only IPv6 addresses'],
    ['tcp://ho st:80', 'characters that no host has'],
    ['http://host:80', 'the scheme http is unknown'],
    ['localhost:8888', 'did you mean tcp://localhost:8888'],
    ['~other/x', 'not the home of another user'],
    ['unix:/a\0b', 'NUL'],
  ])('refuses %j', (text, why) => {
    const error = (() => {
      try {
        return parseAddress(text);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(ControlError);
    expect(error).toMatchObject({
      code: 'invalid-address',
      message: expect.stringContaining(why) as string,
      nextStep: expect.stringContaining('unix:/') as string,
    });
  });

  it('reads back what formatAddress writes', () => {
    const address = fc.oneof(
      fc.record({ kind: fc.constant('unix' as const), path: fc.stringMatching(/^\/[a-z:/. ]*[a-z]$/) }),
      fc.record({
        kind: fc.constantFrom('tcp' as const, 'tls' as const),
        host: fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6()),
        port: fc.integer({ min: 1, max: 65_535 }),
      }),
    );
    fc.assert(
      fc.property(address, (a) => {
        expect(parseAddress(formatAddress(a))).toEqual(a);
      }),
    );
  });
});
