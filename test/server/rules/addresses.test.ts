import { describe, expect, it } from 'vitest';
import { hostProblem, isIpv6, parseCidr, portProblem, splitHostPort, urlProblem } from '../../../server/src/rules/addresses.ts';
import { isRfc3339 } from '../../../server/src/rules/certificates.ts';
import { addressesCollide } from '../../../server/src/rules/facts.ts';
import { isRe2 } from '../../../server/src/rules/re2.ts';
import { modeText } from '../../../server/src/rules/values.ts';

describe('addresses as Go reads them', () => {
  it.each([
    ['h:1', { host: 'h', port: '1' }],
    [':1', { host: '', port: '1' }],
    ['[::1]:22', { host: '::1', port: '22' }],
    ['foo', { error: 'address foo: missing port in address' }],
    ['', { error: 'missing port in address' }],
    ['::1:22', { error: 'address ::1:22: too many colons in address' }],
    ['[::1:22', { error: "address [::1:22: missing ']' in address" }],
    ['[::1]', { error: 'address [::1]: missing port in address' }],
    ['a[b:1', { error: "address a[b:1: unexpected '[' in address" }],
  ])('%j', (address, parts) => {
    expect(splitHostPort(address)).toEqual(parts);
  });

  it('knows ports', () => {
    expect([portProblem('22', 'tcp'), portProblem('', 'tcp'), portProblem('http', 'tcp')]).toEqual([undefined, undefined, undefined]);
    expect(portProblem('70000', 'tcp')).toBe('address 70000: invalid port');
    // Syslog is what a udp-client forwards to: /etc/services has it.
    expect([portProblem('syslog', 'udp'), portProblem('ldap', 'tcp')]).toEqual([undefined, undefined]);
    expect(portProblem('http', 'udp')).toBe('lookup udp/http: unknown port');
  });

  it('knows URLs', () => {
    for (const good of ['ws://h', 'wss://h:1/x', 'ws://[::1]:80', 'foo', '', 'h:80', 'http://u:p@h/'])
      expect(urlProblem(good), good).toBeUndefined();
    for (const bad of [':80', '10.0.0.1:80', 'ws://h:abc', 'ws://[::1', 'ws://h/%zz', 'ws://h x', 'ws://h\u0001'])
      expect(urlProblem(bad), bad).toBeDefined();
  });

  it('knows networks', () => {
    expect(parseCidr('10.1.0.0/30')).toEqual({ prefix: 30, v4: true });
    expect(parseCidr('fd00::/64')).toEqual({ prefix: 64, v4: false });
    for (const bad of ['10.1.0.0', '10.1.0/30', '010.1.0.0/30', '10.1.0.0/33', ' 10.2.0.0/16']) expect(parseCidr(bad), bad).toBeUndefined();
    expect(['::', '::1', '1::2:3', '1:2:3:4:5:6:7:8', '::ffff:1.2.3.4'].every(isIpv6)).toBe(true);
    expect(['1::2::3', '1:2:3', ':::', '12345::', 'g::'].some(isIpv6)).toBe(false);
  });

  it('knows which hosts no lookup can find', () => {
    for (const good of ['', 'localhost', 'a.example.org', 'a_b', 'x.', '10.0.0.1', '::1', 'fe80::1%eth0', '3com', '1-2'])
      expect(hostProblem(good), good).toBeUndefined();
    for (const bad of [
      '*',
      '10.0.0.256',
      '127.1',
      '0',
      ' a',
      'a,b',
      '10.0.0.1/24',
      'a..b',
      '-a',
      'a-',
      'ü.de',
      `${'x'.repeat(64)}.org`,
      ':',
    ])
      expect(hostProblem(bad), bad).toBe(`lookup ${bad}: no such host`);
  });

  it('knows which listeners exclude each other', () => {
    expect(addressesCollide('0.0.0.0', '::1')).toBe(true);
    expect(addressesCollide('127.0.0.1', 'localhost')).toBe(true);
    expect(addressesCollide('127.0.0.1', '127.0.0.2')).toBe(false);
  });
});

describe('small readers', () => {
  it('knows RE2', () => {
    for (const good of ['^a.*$', '(?i)x', '[[:alpha:]]+', String.raw`\pL\z`, '(?P<n>a)', 'a{2,3}?', String.raw`\Qa(b\E`])
      expect(isRe2(good), good).toBe(true);
    for (const bad of ['(', ')', 'a**', '(?=a)', String.raw`(a)\1`, '[z-a]', 'a{1001}', '[a', '*', String.raw`\Z`])
      expect(isRe2(bad), bad).toBe(false);
  });

  it('knows RFC 3339', () => {
    for (const good of ['2030-01-01T00:00:00Z', '2024-02-29T23:59:59.5+01:00']) expect(isRfc3339(good), good).toBe(true);
    for (const bad of ['2030-01-01', '2030-13-01T00:00:00Z', '2030-02-30T00:00:00Z', '2030-01-01 00:00:00Z', '2030-01-01T00:00:00'])
      expect(isRfc3339(bad), bad).toBe(false);
  });

  it('spells modes', () => {
    expect([modeText(0o660), modeText(0o224), modeText(0)]).toEqual(['rw-rw----', '-w--w-r--', '---------']);
  });
});
