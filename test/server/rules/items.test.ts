import { describe, expect, it } from 'vitest';
import { ConfigDocument } from '../../../server/src/config/document.ts';
import { checkConfig } from '../../../server/src/rules/check.ts';

const check = (item: string, format: 'v1' | 'v2' = 'v1', receptorVersion?: string) =>
  checkConfig(new ConfigDocument(format === 'v1' ? `- node: {id: a}\n- local-only:\n- ${item}\n` : item, { format, receptorVersion }), {
    files: 'off',
    now: () => 0,
  }).map(({ severity, code }) => `${severity} ${code}`);

describe('a rule about one item', () => {
  it.each([
    ['tcp-peer: {address: "<host>:27199"}', ['warning placeholder']],
    ['udp-peer: {address: "<host>:27199"}', ['error address']],
    ['tcp-peer: {address: "a,b:27199"}', ['warning address-host']],
    ['tcp-peer: {address: "your-host:27199"}', ['warning placeholder']],
    ['tcp-peer: {address: "my-server.example.org:27199"}', []], // a name that hosts and TLS items do have
  ])('tells a place to fill in once: %s', (item, codes) => {
    expect(check(item)).toEqual(codes);
  });

  it.each([
    ['tcp-peer: {address: "http://h"}', ['warning address-scheme']],
    ['tcp-client: {service: x, address: "http://h"}', ['warning address-scheme']],
    ['tcp-client: {service: x, address: "h:99999"}', ['warning address-port']],
    ['ws-peer: {address: "ws://:2222/"}', []], // this machine
    ['ws-peer: {address: "ws:///mesh"}', ['warning address-host']],
  ])('looks where an address leads: %s', (item, codes) => {
    expect(check(item)).toEqual(codes);
  });

  it('says that nobody is let in only where no name is good', () => {
    const said = (peers: string) =>
      checkConfig(new ConfigDocument(`node: {id: a}\ntcp-listeners: [{port: 1, allowedpeers: ${peers}}]\n`, { format: 'v2' }), {
        files: 'off',
        now: () => 0,
      }).map(({ message }) => message);
    expect(said('"b, c"')).toEqual(['No node can be called ` c`.']);
    expect(said('["b c"]')[0]).toContain('nobody in');
  });

  it('does not say of a tcp-client, which dials for each connection, that it dials for ever', () => {
    const text =
      '- node: {id: a}\n- local-only:\n- tcp-client: {service: x, address: "h,i:1"}\n- tcp-client: {service: z, address: "h:99999"}\n';
    for (const { message } of checkConfig(new ConfigDocument(text, { format: 'v1' }), { files: 'off', now: () => 0 }))
      expect(message).toContain('every connection fails');
  });

  it.each([
    ['work-command: {worktype: x, command: "ls -l"}', ['warning command-arguments']],
    ['work-command: {worktype: x, command: "/opt/my tools/run"}', []],
    ['work-command: {worktype: x, command: ~/bin/run}', ['warning command-tilde']],
    ['work-command: {worktype: x, command: ls, params: "a \'b c\' \\"d\\\\\\"\\" # it\'s a comment"}', []],
    ['work-command: {worktype: x, command: ls, params: "a \\\\"}', ['warning params-quotes']],
    ['work-command: {worktype: x, command: ls, params: "it\'s"}', ['warning params-quotes']],
  ])('looks at command lines as the daemon does: %s', (item, codes) => {
    expect(check(item)).toEqual(codes);
  });

  it.each([
    ['clientcas: ca.crt', []],
    ['clientcas: ca.crt, requireclientcert: true', []],
    ['clientcas: ca.crt, requireclientcert: false', ['warning client-cert-optional']],
    ['clientcas: "", requireclientcert: false', []],
  ])('knows that clientcas asks every client for a certificate: %s', (fields, codes) => {
    expect(check(`tls-server: {name: s, cert: a.crt, key: a.key, ${fields}}`)).toEqual(codes);
  });

  it.each([
    ['/node1|node2/', ['warning firewall-pattern']], // also node10 and mynode2
    ['/a|b.*/', ['warning firewall-pattern']],
    ['/(?i)a|b/', ['warning firewall-pattern']],
    ['/(node1|node2)/', []],
    ['/^a$|^b$/', []],
    ['/a.*|.*b/', []],
    ['/.*|x/', ['warning firewall-pattern']],
    ['/[[:alpha:]|]|x/', ['warning firewall-pattern']],
    ['/[[:alpha:]|]\\\\|x/', []],
  ])('knows that the anchors stand around all alternatives: %s', (pattern, codes) => {
    const text = `- node: {id: a, firewallrules: [{action: drop, fromnode: "${pattern}"}]}\n- local-only:\n`;
    const found = checkConfig(new ConfigDocument(text, { format: 'v1' }), { files: 'off', now: () => 0 });
    expect(found.map(({ severity, code }) => `${severity} ${code}`)).toEqual(codes);
  });

  it('names each key of a firewall rule that stands twice', () => {
    const rules = (text: string) => check(`node: {id: b, firewallrules: [${text}]}`).filter((code) => !code.includes('only-once'));
    expect(rules('{action: drop, Action: accept, fromnode: b}')).toContain('warning case-variants');
    expect(rules('{action: drop, fromnode: b, fromnode: c}')).toContain('warning repeated-key');
    expect(rules('{action: drop, fromnode: "b*"}')).toContain('warning peer-name');
    expect(rules('{action: drop, fromnode: "/b.*/"}')).not.toContain('warning peer-name');
    // Before 1.5 nodes could be called anything.
    expect(check('node: {id: b, firewallrules: [{action: drop, fromnode: b c}]}', 'v1', '1.4.9')).not.toContain('warning peer-name');
  });

  it.each([
    ['filename: r.sock', []],
    ['filename: r.sock, service: ', []],
    ['filename: r.sock, service: ""', ['warning no-effect']],
  ])('knows that v2 has no control service off the mesh: %s', (fields, codes) => {
    expect(check(`node: {id: a}\nlocal-only: {local: true}\ncontrol-services: [{${fields}}]\n`, 'v2')).toEqual(codes);
  });

  it('lets v2 run on without a certificate, unless nothing else is there', () => {
    const node = 'node: {id: a}\ntcp-listeners: [{port: 2222}]\n';
    expect(check(`${node}cert-init: {commonname: x}\n`, 'v2')).toEqual(['warning missing-field']);
    expect(check('cert-init: {commonname: x}\n', 'v2')).toEqual(['error missing-field']);
  });

  it('takes the port of a v2 backend that does not start for free', () => {
    const text = 'node: {id: a}\ntcp-listeners: [{port: 2223, tls: s}, {port: 2223}]\n';
    expect(check(text, 'v2').toSorted()).toEqual(['warning port-taken', 'warning tls-unknown']);
    const taken = `tcp-servers: [{port: 2223, remotenode: b, remoteservice: x}]\n${text}`;
    expect(check(taken, 'v2').filter((finding) => finding === 'error port-taken')).toHaveLength(2);
  });

  it('says of v2 that it ends when the field it needs is misspelt, not only that it ignores the other', () => {
    expect(check('node: {id: a}\ntcp-peers: [{adress: "h:1"}]\n', 'v2').toSorted()).toEqual([
      'error missing-field',
      'warning unknown-field',
    ]);
    expect(check('node: {id: a}\nudp-peers: [{adress: "h:1"}]\n', 'v2')).toEqual(['warning unknown-field']);
  });

  it.each([
    ['tls-clients: [{name: c, rootcas: ca.crt}]', []],
    ['tls-clients: [{name: c, cert: a.crt}]', ['warning tls-half-pair']],
    ['tls-clients: [{name: c, key: a.key, cert: }]', ['warning tls-half-pair']],
    ['tls-servers: [{name: c, cert: a.crt}]', ['warning tls-half-pair']],
    ['tls-servers: [{name: c}]', ['warning tls-half-pair']],
    ['tls-servers: [{name: c, cert: "", key: ""}]', ['warning tls-half-pair']],
  ])('v2 takes the certificate that a TLS entry does not name for an empty one: %s', (section, codes) => {
    expect(check(`node: {id: a}\ntcp-listeners: [{port: 2222}]\n${section}\n`, 'v2')).toEqual(codes);
  });

  it('knows that nobody can use a TLS entry that v2 leaves out, and which one that is', () => {
    const listener = 'node: {id: a}\ntcp-listeners: [{port: 1, tls: s}]\n';
    expect(check(`${listener}tls-servers: [{name: s, cert: a.crt}]\n`, 'v2')).toEqual(['error tls-half-pair']);
    expect(check(`${listener}tls-servers: [{name: s, cert: a.crt, key: a.key}, {name: t}]\n`, 'v2')).toEqual(['warning tls-half-pair']);
  });

  it('says what v2 does without a field', () => {
    const said = (text: string) => checkConfig(new ConfigDocument(text), { files: 'off', now: () => 0 }).map(({ message }) => message);
    expect(said('node: {id: a}\ntcp-listeners: [{}]\n')).toEqual([
      '`tcp-listeners` needs `port`. v2 starts, and listens on any free port.',
    ]);
    expect(said('node: {id: a}\ntcp-listeners: [{port: 1}]\ntcp-clients: [{service: x}]\n')).toEqual([
      '`tcp-clients` needs `address`. v2 starts, but takes what is missing for empty, and cannot use this entry.',
    ]);
  });

  it.each([
    ['udp-listeners: [{port: 53}]\nudp-servers: [{port: 53, remotenode: b, remoteservice: x}]', ['warning v2-broken-section']],
    [
      'tcp-listeners: [{port: 53}]\nudp-servers: [{port: 53, remotenode: b, remoteservice: x}]',
      ['error port-taken', 'warning v2-broken-section'],
    ],
    [
      "tcp-listeners: [{port: 1}]\nudp-servers: [{port: 53, bindaddr: '::1', remotenode: b, remoteservice: x}]",
      ['warning v2-broken-section'],
    ],
    ['tcp-listeners: [{port: 1}]\ncontrol-services: [{}]\nudp-clients: [{service: control}]', ['warning v2-broken-section']],
    ['tcp-listeners: [{port: 1}]\nudp-clients: [{service: toolongname, address: h}, {service: x}]', ['warning v2-broken-section']],
  ])('judges what v2 takes for TCP proxies as TCP proxies: %j', (sections, codes) => {
    expect(check(`node: {id: a}\n${sections}\n`, 'v2')).toEqual(codes);
  });

  it.each([
    ['log-level: {level: ""}', []],
    ['work-kubernetes: [{worktype: x, namespace: n, image: i, authmethod: "", streammethod: ""}]', []],
    ['work-kubernetes: [{worktype: x, namespace: n, image: i, authmethod: x}]', ['warning unknown-value']],
    ['control-services: [{filename: s.sock, permissions: 0}]', []],
    ['control-services: [{filename: s.sock, permissions: 0o1000}]', []],
    ['control-services: [{filename: s.sock, permissions: 512}]', ['warning permissions-look']],
    ['unix-socket-servers: [{filename: u.sock, remotenode: b, remoteservice: x, permissions: 0}]', ['warning v2-socket-mode']],
  ])('knows what v2 puts in place of an empty value: %s', (section, codes) => {
    expect(check(`node: {id: a}\ntcp-listeners: [{port: 2222}]\n${section}\n`, 'v2')).toEqual(codes);
  });

  it.each(['1.5.5', '1.6.9', '1.10.0'])('tells an empty path once, where it crashes the daemon: %s', (version) => {
    const codes = version === '1.5.5' ? ['error ws-path-empty'] : [];
    expect(check('node: {id: a}\nws-listeners: [{port: 1, path: ""}]\n', 'v2', version)).toEqual(codes);
    expect(check('node: {id: a}\nws-listeners: [{port: 1}]\n', 'v2', version)).toEqual(codes);
    expect(check('ws-listener: {port: 1, path: ""}', 'v1', version)).toEqual(['error ws-path-empty']);
  });

  it.each([
    ['{5: 2}', ['warning number-in-list']],
    ['{0x41: 2, "7": 2}', ['warning number-in-list']],
    ['{"5": 2}', []],
    ['{y: 2}', ['error wrong-element']],
  ])('knows that names of nodes are text: nodecost %s', (costs, codes) => {
    expect(check(`tcp-listener: {port: 1, nodecost: ${costs}}`)).toEqual(codes);
  });

  it('is quiet about numbers as names where v2 takes them as text, and about names of anchors', () => {
    expect(check('node: {id: a}\ntcp-listeners: [{port: 1, nodecost: {5: 2}}]\n', 'v2')).toEqual([]);
    expect(check('tcp-listener: {bindaddr: &x "127.0.0.1", port: 1, nodecost: {*x : 2}}')).toEqual([]);
  });

  it.each([
    ['local-only: {local: false}', ['warning no-effect']],
    ['local-only: {local: true}', []],
    ['local-only', ['information bare-item']],
  ])('knows what v1 makes of %s', (item, codes) => {
    const text = `- node: {id: a}\n- tcp-listener: {port: 1}\n- ${item}\n`;
    expect(checkConfig(new ConfigDocument(text), { files: 'off', now: () => 0 }).map((f) => `${f.severity} ${f.code}`)).toEqual(codes);
  });

  it.each(['', '/.*/', '/^.*$/'])('knows that no rule is reached behind one for every node: %j', (pattern) => {
    const rules = (condition: string) =>
      checkConfig(
        new ConfigDocument(
          `- local-only:\n- node: {id: a, firewallrules: [{action: drop, fromnode: '${condition}'}, {action: accept, fromnode: b}]}\n`,
        ),
        { files: 'off', now: () => 0 },
      ).map(({ code }) => code);
    expect(rules(pattern)).toEqual(['firewall-unreachable']);
    expect(rules('/b.*/')).toEqual([]);
  });
});
