import { describe, expect, it } from 'vitest';
import { ConfigDocument } from '../../../server/src/config/document.ts';
import { checkConfig } from '../../../server/src/rules/check.ts';

const check = (item: string, format: 'v1' | 'v2' = 'v1') =>
  checkConfig(new ConfigDocument(format === 'v1' ? `- node: {id: a}\n- local-only:\n- ${item}\n` : item, { format }), {
    files: 'off',
    now: () => 0,
  }).map(({ severity, code }) => `${severity} ${code}`);

describe('a rule about one item', () => {
  it.each([
    ['tcp-peer: {address: "<host>:27199"}', ['warning placeholder']],
    ['udp-peer: {address: "<host>:27199"}', ['error address']],
    ['tcp-peer: {address: "a,b:27199"}', ['warning address-host']],
  ])('tells a place to fill in once: %s', (item, codes) => {
    expect(check(item)).toEqual(codes);
  });

  it.each([
    ['work-command: {worktype: x, command: "ls -l"}', ['warning command-arguments']],
    ['work-command: {worktype: x, command: "/opt/my tools/run"}', []],
    ['work-command: {worktype: x, command: ls, params: "a \'b c\' \\"d\\\\\\"\\" # it\'s a comment"}', []],
    ['work-command: {worktype: x, command: ls, params: "a \\\\"}', ['warning params-quotes']],
    ['work-command: {worktype: x, command: ls, params: "it\'s"}', ['warning params-quotes']],
  ])('looks at command lines as the daemon does: %s', (item, codes) => {
    expect(check(item)).toEqual(codes);
  });

  it('names each key of a firewall rule that stands twice', () => {
    const rules = (text: string) => check(`node: {id: b, firewallrules: [${text}]}`).filter((code) => !code.includes('only-once'));
    expect(rules('{action: drop, Action: accept, fromnode: b}')).toContain('warning case-variants');
    expect(rules('{action: drop, fromnode: b, fromnode: c}')).toContain('warning repeated-key');
    expect(rules('{action: drop, fromnode: "b*"}')).toContain('warning peer-name');
    expect(rules('{action: drop, fromnode: "/b.*/"}')).not.toContain('warning peer-name');
  });

  it('lets v2 run on without a certificate, unless nothing else is there', () => {
    const node = 'node: {id: a}\ntcp-listeners: [{port: 2222}]\n';
    expect(check(`${node}cert-init: {commonname: x}\n`, 'v2')).toEqual(['warning missing-field']);
    expect(check('cert-init: {commonname: x}\n', 'v2')).toEqual(['error missing-field']);
  });
});
