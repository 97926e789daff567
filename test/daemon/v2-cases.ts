/** v2 configs; every line is one document in flow style, `;` separates top-level keys. */
const table = String.raw`
node: {id: a}; local-only: {local: true}
node: {id: a}; local-only: {}
node: {id: a}; local-only:
node: {id: a}; local-only: true
node: {id: a}; local-only: {local: false}
node: {id: a}; local-only: {local: yes}
node: {id: a}; local-only: {local: "true"}
node: {id: a}; local-only: {local: 1}
node: {id: a}
node: {}; local-only: {}
node:
version: 2
version: 2; node: {id: a}; tcp-listeners: [{port: 2222}]
version: 3; node: {id: a}; tcp-listeners: [{port: 2222}]
Node: {ID: a}; TCP-Listeners: [{Port: 2222}]
node.id: a; tcp-listeners: [{port: 2222}]
node: {id: a, id: b}; tcp-listeners: [{port: 2222}]
node: {id: a}; tcp-listeners: {port: 2222}
node: {id: a}; tcp-listeners: 2222
node: {id: a}; tcp-listeners: "2222"
node: {id: a}; tcp-listeners: ""
node: {id: a}; tcp-listeners: []
node: {id: a}; tcp-listeners:
tcp-peers: ~
node: {id: a}; tcp-listeners: [null]
node: {id: a}; tcp-listeners: [{}]
node: {id: a}; tcp-listeners: [{port: 22x}]
node: {id: a}; tcp-listeners: [{port: "2222"}]
node: {id: a}; tcp-listeners: [{port: ""}]
node: {id: a}; tcp-listeners: [{port: 22.7}]
node: {id: a}; tcp-listeners: [{port: true}]
node: {id: a}; tcp-listeners: [{port: [1]}]
node: {id: a}; tcp-listeners: [{port: 70000}]
node: {id: a}; tcp-listeners: [{port: 70000}, {port: 2222}]
node: {id: a}; tcp-listeners: [{port: 2222, cost: 0}]
node: {id: a}; tcp-listeners: [{port: 2222, cost: -1}]
node: {id: a}; tcp-listeners: [{port: 2222, cost: abc}]
node: {id: a}; tcp-listeners: [{port: 2222, nodecost: {b: 2}}]
node: {id: a}; tcp-listeners: [{port: 2222, nodecost: {b: "2"}}]
node: {id: a}; tcp-listeners: [{port: 2222, nodecost: {b: x}}]
node: {id: a}; tcp-listeners: [{port: 2222, nodecost: {b: }}]
node: {id: a}; tcp-listeners: [{port: 2222, nodecost: 5}]
node: {id: a}; tcp-listeners: [{port: 2222, nodecost: []}]
node: {id: a}; tcp-listeners: [{port: 2222, nodecost: {b: -1}}]
node: {id: a}; tcp-listeners: [{port: 2222, allowedpeers: "b,c"}]
node: {id: a}; tcp-listeners: [{port: 2222, allowedpeers: []}]
node: {id: a}; tcp-listeners: [{port: 2222, allowedpeers: 5}]
node: {id: a}; tcp-listeners: [{port: 2222, allowedpeers: [1, true, 1.5]}]
node: {id: a}; tcp-listeners: [{port: 2222, allowedpeers: [[b]]}]
node: {id: a}; tcp-listeners: [{port: 2222, allowedpeers: {}}]
node: {id: a}; tcp-listeners: [{port: 2222, allowedpeers: {b: c}}]
node: {id: a}; tcp-listeners: [{port: 2222, tls: x}]
node: {id: a}; tcp-listeners: [{port: 2222, bogus: x}]
node: {id: a}; tcp-listeners: [{port: 2222, bindaddr: '::1'}]
node: {id: a}; tcp-listeners: [{port: 2222}, {port: 2222}]
node: {id: a}; tcp-listener: {port: 2222}
node: {id: a}; bogus: 1; tcp-listeners: [{port: 2222}]
node: {id: a}; tcp-peers: [{address: "h:1", redial: no}]
node: {id: a}; tcp-peers: [{address: "h:1", redial: false}]
node: {id: a}; tcp-peers: [{address: "h:1", redial: ""}]
node: {id: a}; tcp-peers: [{address: "h:1", redial: 0}]
node: {id: a}; tcp-peers: [{address: "h"}]
node: {id: a}; tcp-peers: [{}]
node: {id: a}; tcp-peers: [{address: 5}]
node: {id: a}; tcp-peers: [{address: "h:1", tls: x}]
node: {id: a}; udp-peers: [{address: "127.0.0.1:1"}]
node: {id: a}; udp-peers: [{address: "127.0.0.1:99999"}]
node: {id: a}; udp-peers: [{}]
node: {id: a}; ws-peers: [{address: "ws://h:1"}]
node: {id: a}; ws-peers: [{address: "wss://h:1"}]
node: {id: a}; ws-peers: [{address: "foo"}]
node: {id: a}; ws-peers: [{address: ":80"}]
node: {id: a}; ws-peers: [{}]
node: {id: a}; ws-peers: [{address: "ws://h:1", extraheader: foo}]
node: {id: a}; ws-listeners: [{port: 2222}]
node: {id: a}; ws-listeners: [{port: 2222, path: /}]
node: {id: a}; ws-listeners: [{port: 2222, path: mesh}]
node: {id: a}; udp-listeners: [{port: 2222}]
node: {id: [1]}; tcp-listeners: [{port: 2222}]
node: {id: 1.5}; tcp-listeners: [{port: 2222}]
node: {id: true}; tcp-listeners: [{port: 2222}]
node: {id: localhost}; tcp-listeners: [{port: 2222}]
node: {id: "a b"}; tcp-listeners: [{port: 2222}]
node: a; tcp-listeners: [{port: 2222}]
node: [{id: a}]; tcp-listeners: [{port: 2222}]
node: {id: a, datadir: ""}; tcp-listeners: [{port: 2222}]
node: {id: a, maxidleconnectiontimeout: 60}; tcp-listeners: [{port: 2222}]
node: {id: a, maxidleconnectiontimeout: 5s}; tcp-listeners: [{port: 2222}]
node: {id: a, firewallrules: [{action: foo}]}; tcp-listeners: [{port: 2222}]
node: {id: a, firewallrules: [{Action: accept, FromNode: B}]}; tcp-listeners: [{port: 2222}]
node: {id: a, firewallrules: [{action: accept, fromnode: 1}]}; tcp-listeners: [{port: 2222}]
node: {id: a, firewallrules: [x]}; tcp-listeners: [{port: 2222}]
node: {id: a, firewallrules: {action: accept}}; tcp-listeners: [{port: 2222}]
node: {id: a, firewallrules: [{action: drop, fromnode: /}]}; tcp-listeners: [{port: 2222}]
log-level: debug; node: {id: a}; tcp-listeners: [{port: 2222}]
log-level: {level: bogus}; node: {id: a}; tcp-listeners: [{port: 2222}]
log-level: {level: info}; node: {id: a}; tcp-listeners: [{port: 2222}]
log-level: {level: ""}; node: {id: a}; tcp-listeners: [{port: 2222}]
log-level: {}; node: {id: a}; tcp-listeners: [{port: 2222}]
log-level: {level: [a]}; node: {id: a}; tcp-listeners: [{port: 2222}]
node: {id: a}; tcp-listeners: [{port: 2222}]; control-services: [{filename: s.sock, permissions: 0660}]
node: {id: a}; tcp-listeners: [{port: 2222}]; control-services: [{filename: s.sock, permissions: 660}]
node: {id: a}; tcp-listeners: [{port: 2222}]; control-services: [{filename: s.sock, permissions: 0}]
node: {id: a}; tcp-listeners: [{port: 2222}]; control-services: [{}]
node: {id: a}; tcp-listeners: [{port: 2222}]; control-services: [{}, {}]
node: {id: a}; tcp-listeners: [{port: 2222}]; control-services: [null]
node: {id: a}; tcp-listeners: [{port: 2222}]; control-services: [{service: toolongname}]
node: {id: a}; tcp-listeners: [{port: 2222}]; control-services: [{tcplisten: 8888}]
node: {id: a}; tcp-listeners: [{port: 2222}]; control-services: s.sock
node: {id: a}; tcp-listeners: [{port: 2222}]; tls-servers: [{name: s, cert: a.crt, key: a.key}]
node: {id: a}; tcp-listeners: [{port: 2222}]; tls-servers: [{name: s, cert: missing, key: a.key}]
node: {id: a}; tcp-listeners: [{port: 2222}]; tls-servers: [null]
node: {id: a}; tcp-listeners: [{port: 2222}]; tls-clients: [{name: c}]
node: {id: a}; tcp-listeners: [{port: 2222, tls: s}]; tls-servers: [{name: s, cert: a.crt, key: a.key}]
node: {id: a}; tcp-listeners: [{port: 2222}]; work-signing: {privatekey: private.pem}
node: {id: a}; tcp-listeners: [{port: 2222}]; work-signing: {privatekey: private.pem, tokenexpiration: 5m}
node: {id: a}; tcp-listeners: [{port: 2222}]; work-signing: {privatekey: private.pem, tokenexpiration: 5}
node: {id: a}; tcp-listeners: [{port: 2222}]; work-signing: private.pem
node: {id: a}; tcp-listeners: [{port: 2222}]; work-verification: {publickey: missing}
node: {id: a}; tcp-listeners: [{port: 2222}]; work-commands: [{worktype: x, command: y, verifysignature: true}]
node: {id: a}; tcp-listeners: [{port: 2222}]; work-commands: [{worktype: x, command: y}, {worktype: x, command: z}]
node: {id: a}; tcp-listeners: [{port: 2222}]; work-commands: [null]
node: {id: a}; tcp-listeners: [{port: 2222}]; work-kubernetes: [{worktype: x}]
node: {id: a}; tcp-listeners: [{port: 2222}]; work-kubernetes: [null]
node: {id: a}; tcp-listeners: [{port: 2222}]; ip-routers: [{networkname: n, localnet: x}]
node: {id: a}; tcp-listeners: [{port: 2222}]; iprouters: [{networkname: n, localnet: x}]
node: {id: a}; tcp-listeners: [{port: 2222}]; udp-servers: [{port: 3333, remotenode: b, remoteservice: x}]
node: {id: a}; tcp-listeners: [{port: 2222}]; udp-clients: [{service: x, address: 'a:1'}]
node: {id: a}; udp-listeners: [{port: 2222}]; udp-servers: [{port: 2222, remotenode: b, remoteservice: x}]
node: {id: a}; tcp-listeners: [{port: 2222}]; udp-servers: [{port: 2222, remotenode: b, remoteservice: x}]
node: {id: a}; tcp-listeners: [{port: 2222}]; unix-socket-servers: [{filename: u.sock, remotenode: b, remoteservice: x}]
node: {id: a}; tcp-listeners: [{port: 2222}]; trace: {}
node: {id: a}; tcp-listeners: [{port: 2222}]; trace: true
cert-init: {commonname: x, bits: 2048, outcert: x.crt, outkey: x.key}
cert-init: {commonname: x, bits: 2048, notafter: 2030-01-01T00:00:00Z, outcert: x.crt, outkey: x.key}
cert-init: {commonname: x, bits: 2048, notafter: '2030-01-01T00:00:00Z', outcert: x.crt, outkey: x.key}
tcp-listeners: [{port: 2222}]
tcp-peers: [{address: 'h:1'}]
log-level: {level: info}
trace: {}
node: {id: a}; udp-listeners: [null]
node: {id: a}; ws-listeners: [null]
node: {id: a}; tcp-peers: [null]
node: {id: a}; udp-peers: [null]
node: {id: a}; ws-peers: [null]
node: {id: a}; tcp-listeners: [{port: 2222}]; tls-clients: [null]
node: {id: a}; tcp-listeners: [{port: 2222}]; iprouters: [null]
node: {id: a}; tcp-listeners: [{port: 2222}]; tcp-clients: [null]
node: {id: a}; tcp-listeners: [{port: 2222}]; tcp-servers: [null]
node: {id: a}; tcp-listeners: [{port: 2222}]; unix-socket-servers: [null]
cert-makereqs: [null]
cert-signreqs: [null]
node: {id: 2030-01-01}; tcp-listeners: [{port: 2222}]
node: {id: ~}; tcp-listeners: [{port: 2222}]
node: {id: 0o17}; tcp-listeners: [{port: 2222}]
node: {id: a, datadir: 5}; tcp-listeners: [{port: 2222}]
1: 2; node: {id: a}; tcp-listeners: [{port: 2222}]
node: {1: a, id: a}; tcp-listeners: [{port: 2222}]
node: {id: a}; tcp-listeners: [{port: 0o2222}]
node: {id: a}; tcp-listeners: [{port: 1e3}]
node: {id: a}; tcp-listeners: [{port: .nan}]
node: {id: a}; tcp-listeners: [{port: -1}]
node: {id: a}; tcp-listeners: [{port: ~}]
node: {id: a}; tcp-peers: [{address: }]
node: {id: a}; tcp-peers: [{address: }, {address: "h:1"}]
node: {id: a}; ws-listeners: [{port: 2222, path: }]
node: {id: a}; tcp-listeners: [{port: 2222, allowedpeers: , tls: , cost: }]
node: {id: a}; tcp-listeners: [{port: 2222}]; work-signing: {privatekey: private.pem, tokenexpiration: }
node: {id: a}; tcp-listeners: [{port: 2222}]; work-kubernetes: [{worktype: x, namespace: , image: }]
node: {id: a}; udp-listeners: [{port: 70000}]
node: {id: a}; ws-listeners: [{port: 70000, path: /}]
node: {id: a}; tcp-peers: [{address: "h:1", redial: on}]
node: {id: a}; tcp-peers: [{address: "h:1", redial: "T"}]
node: {id: a}; tcp-peers: [{address: "h:1", cost: -1}]
node: {id: a}; tcp-peers: [{address: "h"}, {address: "h:1"}]
node: {id: a}; tcp-peers: "h:1"
node: {id: a}; local-only: [{local: true}]
node: {id: a}; local-only: "true"
Node.id: a; local-only.local: true
node: {id: a}; local-only.local: true; work-signing.privatekey: private.pem; Work-Signing.tokenexpiration: 1h
node: {id: a}; tcp-peers: [{adress: "h:1"}]
node: {id: a}; tcp-listeners: [{port: 2223, tls: s}, {port: 2223}]
cert-init: {commonname: x, bits: 2048, outcer: x.crt, outkey: x.key}
node: {id: a}; tcp-peers.address: "h:1"; tcp-peers.redial: yes
node: {id: a}; tcp-listeners: [{port: 2222}]; control-services: [{filename: missing/s.sock}]
node: {id: a}; tcp-listeners: [{port: 2222}]; control-services: [{tls: x}]
node: {id: a}; tcp-listeners: [{port: 2222}]; control-services: [{permissions: "0660", filename: s.sock}]
node: {id: a}; tcp-listeners: [{port: 2222}]; control-services: [{permissions: abc, filename: s.sock}]
node: {id: a}; tcp-listeners: [{port: 2222}]; tls-clients: [{name: c, cert: missing, key: a.key}]
node: {id: a}; tcp-listeners: [{port: 2222}]; tls-servers: [{name: s, cert: a.crt, key: a.key, requireclientcert: yes}]
node: {id: a}; tcp-peers: [{address: "h:1", tls: c}]; tls-clients: [{name: c}]
node: {id: a}; tcp-peers: [{address: "h:1", tls: c}]; tls-clients: [{name: c, cert: missing, key: a.key}]
node: {id: a}; tcp-peers: [{address: "h:1", tls: c}]; tls-clients: [{name: c, rootcas: ca.crt}]
node: {id: a}; tcp-peers: [{address: "h:1", tls: c}]; tls-clients: [{name: c, cert: a.crt}]
node: {id: a}; tcp-peers: [{address: "h:1", tls: c}]; tls-clients: [{cert: a.crt, key: a.key}]
node: {id: a}; tcp-listeners: [{port: 2222, tls: s}]; tls-servers: [{name: s, cert: a.crt}]
node: {id: a}; tcp-listeners: [{port: 2222, tls: s}]; tls-servers: [{name: s, cert: a.crt, key: a.key}, {name: t}]
node: {id: a}; ws-peers: [{address: "wss://h:1", tls: default}]
node: {id: a}; tcp-listeners: [{port: 2222}]; work-signing: {privatekey: missing, tokenexpiration: 5m}
node: {id: a}; tcp-listeners: [{port: 2222}]; work-signing: {}
node: {id: a}; tcp-listeners: [{port: 2222}]; work-signing: {tokenexpiration: ''}
node: {id: a}; tcp-listeners: [{port: 2222}]; work-verification: {}
node: {id: a}; tcp-listeners: [{port: 2222}]; work-kubernetes: [{worktype: x, authmethod: bogus}]
node: {id: a}; tcp-listeners: [{port: 2222}]; tcp-servers: [{port: 2222, remotenode: b, remoteservice: x}]
node: {id: a}; tcp-listeners: [{port: 2222}]; tcp-clients: [{service: toolongname, address: 'a:1'}]
node: {id: a}; tcp-listeners: [{port: 2222}]; version: [1]
node: {id: a}; tcp-listeners: [{port: 2222}]; log-level: {level: warn}
node: {id: a}; tcp-listeners: [{port: 2222}]; log-level:
node: {id: a}; tcp-listeners: [{port: 2222}]; command-services: [{service: x, command: ls}]
node: {id: a}; tcp-listeners: [{port: 2222}]; work-python: [{worktype: x}]
cert-init: {commonname: '', bits: 2048, outcert: x.crt, outkey: x.key}
cert-init: {commonname: x, outcert: x.crt, outkey: x.key}
cert-init: {commonname: x, bits: 2048}
cert-makereqs: [{commonname: x, bits: 2048, nodeid: [x], outreq: x.csr, outkey: x.key}]
cert-makereqs: [{commonname: x, nodeid: [x], outreq: x.csr}]
cert-makereqs: {commonname: x, bits: 2048, nodeid: x, outreq: x.csr, outkey: x.key}
cert-signreqs: [{req: a.csr, cacert: ca.crt, cakey: ca.key, outcert: x.crt, verify: true}]
cert-signreqs: [{req: missing, cacert: ca.crt, cakey: ca.key, outcert: x.crt, verify: true}]
cert-signreqs: [{req: nameless.csr, cacert: ca.crt, cakey: ca.key, outcert: x.crt, verify: true}]
node: {id: a}; tcp-listeners: [{port: 2222}]; cert-init: {commonname: x}
node: {id: a}; tcp-listeners: [{port: 2222}]; cert-init: {commonname: "", bits: 2048, outcert: x.crt, outkey: x.key}
node: {id: a}; tcp-listeners: [{port: 2222}]; cert-makereqs: [{commonname: x}]
node: {id: a}; tcp-listeners: [{port: 2222}]; cert-makereqs: [{commonname: x, bits: 2048, outreq: x.csr, outkey: x.key, ipaddress: [foo]}]
node: {id: a}; tcp-listeners: [{port: 2222}]; cert-signreqs: [{req: nofile}]
node: {id: a}; tcp-listeners: [{port: 2222, bindaddr: "*"}]
node: {id: a}; tcp-listeners: [{port: 2222, bindaddr: "*"}, {port: 2223}]
node: {id: a}; udp-peers: [{address: "10.0.0.256:27199"}]
cert-init: {commonname: x, bits: 2048, outcert: x.crt, outkey: x.key}; node: {id: a}; tcp-listeners: [{port: 2222}]
node: {id: a}; tcp-listeners: [{port: 2222}]; work-signing: {privatekey: missing}
node: {id: a}; tcp-listeners: [{port: 2222}]; work-signing: {privatekey: missing, tokenexpiration: ''}
node: {id: a}; tcp-listeners: [{port: 2222}]; work-signing: {privatekey: .}
node: {id: a}; tcp-listeners: [{port: 2222}]; work-verification: {publickey: missing}
node: {id: a, firewallrules.x: 1}; tcp-listeners: [{port: 2222}]
node: {id.x: a}; tcp-listeners: [{port: 2222}]
tcp-listeners: {port: 2222, nodecost.b: 2, nodecost.c: 3}; node.id: b
node: {id: a, data.dir: x}; tcp-listeners: [{port: 2222}]
node: {id: a, .x: x}; tcp-listeners: [{port: 2222}]
node: {id: a, x.: x}; tcp-listeners: [{port: 2222}]
node: {id: a}; tcp-listeners: {port.x: 2222}
node: {id: a}; tcp-listeners: {port: 2222, a.b: c}
node: {id: a}; tcp-listeners: [{port: 2222, a.b: c}]
node: {id: a}; tcp-listeners: [{port: 2222, port.b: c}]
node: {id: a}; tcp-listeners: {port: 2222, nodecost: {b.c: 2}}
node: {id: a}; tcp-listeners: [{port: 2222, nodecost: {b.c: 2}}]
node: {id: a}; tcp-listeners: [{port: 2222}]; log-level: {level.x: info}
node: {id: a}; tcp-listeners: [{port: 2222}]; bogus: {a.b: c}
node: {id: a}; tcp-listeners: [{port: 2222}]; local-only: {local.x: true}
node: {id: a}; tcp-listeners: [{port: 2222}]; trace: {a.b: true}
node: {id: a}; tcp-listeners: [{port: 2222}]; work-commands: {worktype: x, command: cat, a.b: c}
node: {id: a}; tcp-listeners: [{port: 2222, bindaddr: 'fe80::1'}]
`;

export const v2Cases: readonly string[] = [
  ...table
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `${line.replaceAll(/; (?=[\w.-]+:)/g, '\n')}\n`),
  '- node: {id: a}\n- local-only\n',
  'node:\n\tid: a\n',
  'node: {id: a\n',
  'hello\n',
  'node: {id: a}\ntcp-listeners: [{port: 2222}]\n---\nnode: [\n',
  'node: {id: a}\n---\ntcp-listeners: [{port: 2222}]\n',
  'x: &a {id: a}\nnode: *a\ntcp-listeners: [{port: 2222}]\n',
  'x: &a {id: a}\nnode: {<<: *a}\ntcp-listeners: [{port: 2222}]\n',
];

/** Names of files, each with the same good config. */
export const v2Names: readonly string[] = ['x.yml', 'x.yaml', 'x.conf', 'receptor', 'x.YML', 'x.json', 'x.toml', 'x.conf.yml'];
