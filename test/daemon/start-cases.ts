/** v1 configs whose fate is decided at start. `P` stands for a node that runs alone; `N` for the node without a backend. */
const N = '- node: {id: a}\n';
const P = `${N}- local-only\n`;

/** Items that are put behind {@link P}, one per line. Each line is a case of its own. */
const behindLocalOnly = String.raw`
- node-less-nothing
- log-level: warn
- log-level: WARNING
- log-level: Error
- log-level: {level: ''}
- log-level: trace
- log-level
- log-level: {level: "debug"}
- trace
- control-service: {filename: s.sock, permissions: 0660}
- control-service: {filename: s.sock, permissions: 660}
- control-service: {filename: s.sock, permissions: '0660'}
- control-service: {filename: s.sock, permissions: 0o660}
- control-service: {filename: s.sock, permissions: 0668}
- control-service: {filename: s.sock, permissions: 0}
- control-service: {filename: s.sock, permissions: -1}
- control-service: {filename: s.sock, permissions: 99999999999}
- control-service: {filename: missing/s.sock}
- control-service: {filename: sub-nothing/s.sock}
- control-service: {filename: text/s.sock}
- control-service: {service: toolongname}
- control-service: {service: eightbyt}
- control-service: {service: éééé}
- control-service: {service: ééééé}
- control-service: {service: ''}
- control-service: {service: '', filename: s.sock}
- control-service: {service: '', tcplisten: '0'}
- control-service: {service: ping}
- control-service: {service: Ping}
- control-service: {service: unreach}
- control-service: {tcplisten: 8888}
- control-service: {tcplisten: 8888.0}
- control-service: {tcplisten: abc}
- control-service: {tcplisten: http}
- control-service: {tcplisten: 70000}
- control-service: {tcplisten: -1}
- control-service: {tcplisten: '127.0.0.1:8888'}
- control-service: {tcplisten: '[::1]:8888'}
- control-service: {tcplisten: '::1:8888'}
- control-service: {tcplisten: ':8888'}
- control-service: {tcplisten: ' 8888'}
- control-service: {tls: nothing}
- control-service: {tcptls: nothing}
- control-service: {tcptls: nothing, tcplisten: 8888}
- control-service: {tls: default}
- tcp-listener: {port: 2222, cost: 0}
- tcp-listener: {port: 2222, cost: -1}
- tcp-listener: {port: 2222, cost: .nan}
- tcp-listener: {port: 2222, cost: .inf}
- tcp-listener: {port: 2222, cost: -.inf}
- tcp-listener: {port: 2222, cost: "1e-3"}
- tcp-listener: {port: 2222, nodecost: {b: 0}}
- tcp-listener: {port: 2222, nodecost: {b: -.5}}
- tcp-listener: {port: 2222, nodecost: {b: .nan}}
- tcp-listener: {port: 2222, nodecost: {5: 2}}
- tcp-listener: {port: 2222, nodecost: {y: 2}}
- tcp-listener: {port: 2222, nodecost: '{"b": 2}'}
- tcp-listener: {port: 2222, nodecost: '{"b": 0}'}
- tcp-listener: {port: 2222, nodecost: {}}
- tcp-listener: {port: 70000}
- tcp-listener: {port: -1}
- tcp-listener: {port: 65536}
- tcp-listener: {port: 65535}
- tcp-listener: {port: 0}
- tcp-listener: {port: .nan}
- tcp-listener: {port: 22.7}
- tcp-listener: {port: 02222}
- tcp-listener: {port: 08080}
- tcp-listener: "2222"
- tcp-listener: {port: 2222, bindaddr: '::1'}
- tcp-listener: {port: 2222, bindaddr: '[::1]'}
- tcp-listener: {port: 2222, bindaddr: 'fe80::1'}
- tcp-listener: {port: 2222, bindaddr: '[fe80::1]'}
- udp-listener: {port: 2222, bindaddr: '[fe80::1]'}
- ws-listener: {port: 2222, bindaddr: '[fe80::1]'}
- tcp-peer: {address: '[fe80::1]:22'}
- control-service: {tcplisten: '[fe80::1]:8888'}
- tcp-server: {port: 3333, remotenode: b, remoteservice: x, bindaddr: '[fe80::1]'}
- tcp-server: {port: 3333, remotenode: b, remoteservice: x, bindaddr: 'fe80::1'}
- udp-server: {port: 3333, remotenode: b, remoteservice: x, bindaddr: '[fe80::1]'}
- tcp-listener: {port: 2222, bindaddr: '[FE80::1]'}
- tcp-listener: {port: 2222, bindaddr: '[febf::1]'}
- tcp-listener: {port: 2222, bindaddr: '[::]'}
- tcp-listener: {port: 2222, bindaddr: '127.0.0.1'}
- tcp-listener: {port: 2222, bindaddr: '127.0.0.1:80'}
- tcp-listener: {port: 2222, bindaddr: ''}
- tcp-listener: {port: 2222, bindaddr: localhost}
- tcp-listener: {port: 2222, tls: x}
- tcp-listener: {port: 2222, tls: default}
- tcp-listener: {port: 2222, tls: ''}
- tcp-listener: {port: 2222, allowedpeers: []}
- tcp-listener: {port: 2222, allowedpeers: [1]}
- tcp-listener: {port: 2222, allowedpeers: ''}
- udp-listener: {port: 70000}
- udp-listener: {port: 2222, bindaddr: '::1'}
- udp-listener: {port: 2222, bindaddr: '[::1]'}
- udp-listener: {port: 2222, cost: 0}
- udp-listener: {port: 2222}
- ws-listener: {port: 2222}
- ws-listener: {port: 2222, path: ''}
- ws-listener: {port: 2222, path: 'mesh'}
- ws-listener: {port: 2222, path: '/mesh'}
- ws-listener: {port: 2222, path: '/mesh/{x}'}
- ws-listener: {port: 70000}
- ws-listener: {port: 2222, bindaddr: '::1'}
- ws-listener: {port: 2222, tls: x}
- ws-listener: {port: 2222, cost: 0}
- tcp-peer: {address: foo}
- tcp-peer: {address: ''}
- tcp-peer: {address: 'foo:1'}
- tcp-peer: {address: '::1:22'}
- tcp-peer: {address: '[::1]:22'}
- tcp-peer: {address: '[::1:22'}
- tcp-peer: {address: '[::1]'}
- tcp-peer: {address: '::1]:22'}
- tcp-peer: {address: 'host:abc'}
- tcp-peer: {address: ':1'}
- tcp-peer: {address: '127.0.0.1:99999'}
- tcp-peer: {address: '127.0.0.1:'}
- tcp-peer: {address: 'tcp://h:1'}
- tcp-peer: {address: 'http://h'}
- tcp-peer: {address: 'a:1', cost: 0}
- tcp-peer: {address: 'a:1', tls: x}
- tcp-peer: {address: 'a:1', tls: default}
- tcp-peer: {address: 'a:1', redial: no}
- udp-peer: {address: foo}
- udp-peer: {address: '127.0.0.1:1'}
- udp-peer: {address: '127.0.0.1:99999'}
- udp-peer: {address: '127.0.0.1:abc'}
- udp-peer: {address: ''}
- udp-peer: {address: ':1'}
- udp-peer: {address: '127.0.0.1:1', cost: -1}
- ws-peer: {address: 'ws://h:1'}
- ws-peer: {address: 'wss://h:1'}
- ws-peer: {address: 'WSS://h:1'}
- ws-peer: {address: 'wss://h:1', tls: default}
- ws-peer: {address: 'ws://h:1', tls: default}
- ws-peer: {address: 'ws://h:1', tls: x}
- ws-peer: {address: foo}
- ws-peer: {address: ''}
- ws-peer: {address: 'http://h'}
- ws-peer: {address: 'https://h'}
- ws-peer: {address: 'h:80'}
- ws-peer: {address: '10.0.0.1:80'}
- ws-peer: {address: ':80'}
- ws-peer: {address: 'ws://h:abc'}
- ws-peer: {address: 'ws://h:80:90'}
- ws-peer: {address: 'ws://[::1]:80'}
- ws-peer: {address: 'ws://[::1:80'}
- ws-peer: {address: 'ws://h/%zz'}
- ws-peer: {address: 'ws://h%zz/'}
- ws-peer: {address: 'ws://h x/'}
- ws-peer: {address: "ws://h\x01"}
- ws-peer: {address: 'ws://u:p@h/'}
- ws-peer: {address: 'ws://h/#%zz'}
- ws-peer: {address: 'ws://h/?%zz'}
- ws-peer: {address: 'ws://h:1', extraheader: foo}
- ws-peer: {address: 'ws://h:1', extraheader: 'foo: bar'}
- ws-peer: {address: 'ws://h:1', extraheader: ''}
- ws-peer: {address: 'ws://h:1', cost: 0}
- tls-server: {name: s, cert: a.crt, key: a.key}
- tls-server: {name: '', cert: a.crt, key: a.key}
- tls-server: {name: s, cert: b.crt, key: b.key}
- tls-server: {name: s, cert: b.crt, key: b.key, skipreceptornamescheck: true}
- tls-server: {name: s, cert: a.crt, key: b.key}
- tls-server: {name: s, cert: old.crt, key: a.key}
- tls-server: {name: s, cert: plain.crt, key: a.key}
- tls-server: {name: s, cert: missing.crt, key: a.key}
- tls-server: {name: s, cert: a.crt, key: missing.key}
- tls-server: {name: s, cert: text, key: a.key}
- tls-server: {name: s, cert: a.crt, key: text}
- tls-server: {name: s, cert: a.key, key: a.key}
- tls-server: {name: s, cert: a.crt, key: a.crt}
- tls-server: {name: s, cert: '', key: ''}
- tls-server: {name: s, cert: ., key: a.key}
- tls-server: {name: s, cert: a.crt, key: a.key, clientcas: missing}
- tls-server: {name: s, cert: a.crt, key: a.key, clientcas: ca.crt, requireclientcert: true}
- tls-server: {name: s, cert: a.crt, key: a.key, clientcas: text}
- tls-server: {name: s, cert: a.crt, key: a.key, clientcas: ''}
- tls-server: {name: s, cert: a.crt, key: a.key, requireclientcert: true}
- tls-server: {name: s, cert: a.crt, key: a.key, pinnedclientcert: [abc]}
- tls-server: {name: s, cert: a.crt, key: a.key, pinnedclientcert: [ab]}
- tls-server: {name: s, cert: a.crt, key: a.key, pinnedclientcert: ['']}
- tls-server: {name: s, cert: a.crt, key: a.key, pinnedclientcert: []}
- tls-server: {name: s, cert: a.crt, key: a.key, pinnedclientcert: ['00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff']}
- tls-server: {name: s, cert: a.crt, key: a.key, pinnedclientcert: ['00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff']}
- tls-client: {name: c, cert: '', key: ''}
- tls-client: {name: '', cert: '', key: ''}
- tls-client: {name: c, cert: a.crt, key: ''}
- tls-client: {name: c, cert: '', key: a.key}
- tls-client: {name: c, cert: a.crt, key: a.key}
- tls-client: {name: c, cert: b.crt, key: b.key}
- tls-client: {name: c, cert: missing.crt, key: a.key}
- tls-client: {name: c, cert: a.crt, key: a.key, rootcas: missing}
- tls-client: {name: c, cert: '', key: '', rootcas: ca.crt}
- tls-client: {name: c, cert: '', key: '', pinnedservercert: xyz}
- tls-client: {name: c, cert: '', key: '', insecureskipverify: true, pinnedservercert: abcd}
- command-service: {service: toolongname, command: ls}
- command-service: {service: ping, command: ls}
- command-service: {service: c, command: ''}
- command-service: {service: '', command: ls}
- command-service: {service: c, command: ls, tls: nothing}
- command-service: {service: c, command: '"unclosed'}
- tcp-server: {port: 70000, remotenode: b, remoteservice: x}
- tcp-server: {port: 3333, remotenode: b, remoteservice: toolongname}
- tcp-server: {port: 3333, remotenode: '', remoteservice: ''}
- tcp-server: {port: 3333, remotenode: b, remoteservice: x, bindaddr: '::1'}
- tcp-server: {port: 3333, remotenode: b, remoteservice: x, bindaddr: '[::1]'}
- tcp-server: {port: 3333, remotenode: b, remoteservice: x, bindaddr: ''}
- tcp-server: {port: 3333, remotenode: b, remoteservice: x, bindaddr: '127.0.0.1:1'}
- tcp-server: {port: 3333, remotenode: b, remoteservice: x, tlsserver: nothing}
- tcp-server: {port: 3333, remotenode: b, remoteservice: x, tlsclient: nothing}
- tcp-server: {port: 3333, remotenode: b, remoteservice: x, tlsclient: default}
- tcp-client: {service: toolongname, address: 'a:1'}
- tcp-client: {service: ping, address: 'a:1'}
- tcp-client: {service: '', address: 'a:1'}
- tcp-client: {service: x, address: foo}
- tcp-client: {service: x, address: ''}
- tcp-client: {service: x, address: 'a:99999'}
- tcp-client: {service: x, address: 'a:1', tlsserver: nothing}
- tcp-client: {service: x, address: 'a:1', tlsclient: nothing}
- tcp-client: {service: x, address: 'a:1', tlsclient: default}
- udp-server: {port: 70000, remotenode: b, remoteservice: x}
- udp-server: {port: 3333, remotenode: b, remoteservice: x, bindaddr: '::1'}
- udp-server: {port: 3333, remotenode: b, remoteservice: x, bindaddr: '[::1]'}
- udp-server: {port: 3333, remotenode: b, remoteservice: x}
- udp-server: {port: -1, remotenode: b, remoteservice: x}
- udp-client: {service: toolongname, address: '127.0.0.1:1'}
- udp-client: {service: unreach, address: '127.0.0.1:1'}
- udp-client: {service: '', address: '127.0.0.1:1'}
- udp-client: {service: x, address: foo}
- udp-client: {service: x, address: '127.0.0.1:99999'}
- udp-client: {service: x, address: '127.0.0.1:1'}
- unix-socket-server: {filename: u.sock, remotenode: b, remoteservice: x}
- unix-socket-server: {filename: missing/u.sock, remotenode: b, remoteservice: x}
- unix-socket-server: {filename: '', remotenode: b, remoteservice: x}
- unix-socket-server: {filename: u.sock, remotenode: b, remoteservice: x, tls: nothing}
- unix-socket-server: {filename: u.sock, remotenode: b, remoteservice: x, permissions: 660}
- unix-socket-client: {filename: missing/u.sock, service: x}
- unix-socket-client: {filename: u.sock, service: toolongname}
- unix-socket-client: {filename: u.sock, service: ping}
- unix-socket-client: {filename: u.sock, service: x, tls: nothing}
- ip-router: {networkname: vpn, localnet: 10.1.0.0}
- ip-router: {networkname: vpn, localnet: 10.1.0.0/24}
- ip-router: {networkname: vpn, localnet: 'fd00::/30'}
- ip-router: {networkname: vpn, localnet: 10.1.0.0/30, routes: '10.2.0.0/16, 10.3.0.0/16'}
- ip-router: {networkname: vpn, localnet: 10.1.0.0/30, routes: 'x'}
- ip-router: {networkname: toolongname, localnet: 10.1.0.0/30}
- work-signing: {privatekey: private.pem}
- work-signing: {privatekey: private.pem, tokenexpiration: 30m}
- work-signing: {privatekey: private.pem, tokenexpiration: '30'}
- work-signing: {privatekey: private.pem, tokenexpiration: '0'}
- work-signing: {privatekey: private.pem, tokenexpiration: -5m}
- work-signing: {privatekey: private.pem, tokenexpiration: 1d}
- work-signing: {privatekey: private.pem, tokenexpiration: 1h 30m}
- work-signing: {privatekey: private.pem, tokenexpiration: .5h}
- work-signing: {privatekey: private.pem, tokenexpiration: ''}
- work-signing: {privatekey: private.pem, tokenexpiration: 9999999h}
- work-signing: {privatekey: missing, tokenexpiration: 30m}
- work-signing: {privatekey: text, tokenexpiration: 30m}
- work-signing: {tokenexpiration: 30m}
- work-signing: private.pem
- work-signing
- work-verification: public.pem
- work-verification: missing
- work-verification: text
- work-verification
- work-verification: {publickey: ''}
- work-command: {worktype: remote, command: y}
- work-command: {worktype: '', command: y}
- work-command: {worktype: x, command: ''}
- work-command: {worktype: x, command: y, verifysignature: true}
- work-command: {worktype: x, command: y, verifysignature: no}
- work-kubernetes: {worktype: x}
- work-kubernetes: {worktype: x, namespace: n}
- work-kubernetes: {worktype: x, namespace: n, image: i}
- work-kubernetes: {worktype: x, image: i}
- work-kubernetes: {worktype: x, image: i, allowruntimeauth: true}
- work-kubernetes: {worktype: x, authmethod: kubeconfig, image: i}
- work-kubernetes: {worktype: x, authmethod: KubeConfig, image: i}
- work-kubernetes: {worktype: x, authmethod: runtime, image: i}
- work-kubernetes: {worktype: x, authmethod: runtime, namespace: n, image: i}
- work-kubernetes: {worktype: x, authmethod: '', namespace: n, image: i}
- work-kubernetes: {worktype: x, authmethod: bogus, namespace: n, image: i}
- work-kubernetes: {worktype: x, authmethod: kubeconfig, kubeconfig: missing, image: i}
- work-kubernetes: {worktype: x, authmethod: kubeconfig, kubeconfig: text, image: i}
- work-kubernetes: {worktype: x, kubeconfig: text, namespace: n, image: i}
- work-kubernetes: {worktype: x, namespace: n, pod: text}
- work-kubernetes: {worktype: x, namespace: n, pod: missing}
- work-kubernetes: {worktype: x, namespace: n, pod: text, image: i}
- work-kubernetes: {worktype: x, namespace: n, pod: text, params: i}
- work-kubernetes: {worktype: x, namespace: n, allowruntimecommand: true}
- work-kubernetes: {worktype: x, namespace: n, allowruntimepod: true}
- work-kubernetes: {worktype: x, namespace: n, image: i, streammethod: tcp}
- work-kubernetes: {worktype: x, namespace: n, image: i, streammethod: TCP}
- work-kubernetes: {worktype: x, namespace: n, image: i, streammethod: bogus}
- work-kubernetes: {worktype: x, namespace: n, image: i, streammethod: ''}
- work-kubernetes: {worktype: x, namespace: n, image: i, verifysignature: true}
- work-kubernetes: {worktype: remote, namespace: n, image: i}
- work-python: {worktype: x, plugin: p, function: f}
- work-python: {worktype: x, plugin: p, function: f, config: {a: 1}}
- version
- cert-init: {commonname: x, bits: 2048, outcert: x.crt, outkey: x.key}
- ws-peer: {address: 'wss://h:1', tls: ''}
- udp-listener: {port: 2222, nodecost: {b: 0}}
- ws-listener: {port: 2222, nodecost: {b: -1}}
- udp-peer: {address: '127.0.0.1:1', cost: .nan}
- tcp-peer: '127.0.0.1:1'
- tcp-peer: {address: 'a:1', allowedpeers: []}
- tls-server: {name: s, cert: a.crt, key: a.key, clientcas: .}
- tls-server: {name: s, cert: a.crt, key: a.key, pinnedclientcert: '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'}
- tls-server: {name: s, cert: a.crt, key: a.key, pinnedclientcert: ['0011:2233445566778899aabbccddeeff00112233445566778899aabbccddeeff']}
- tls-server: {name: s, cert: a.crt, key: a.key, pinnedclientcert: ['001122334455667788 99aabbccddeeff00112233445566778899aabbccddeeff']}
- tls-client: {name: c, cert: plain.crt, key: a.key}
- tls-client: {name: c, cert: plain.crt, key: a.key, skipreceptornamescheck: true}
- tls-client: {name: c, cert: old.crt, key: a.key}
- tls-client: {name: c, cert: a.crt, key: b.key}
- tls-client: {name: c, cert: text, key: a.key}
- tls-client: {name: c, cert: '', key: '', rootcas: .}
- tls-client: {name: c, cert: '', key: '', rootcas: text}
- tls-client: {name: c, cert: '', key: '', pinnedservercert: abcd}
- tls-client: {name: c, cert: ca.crt, key: ca.key}
- work-signing: {privatekey: '', tokenexpiration: 30m}
- work-signing: {privatekey: ., tokenexpiration: 30m}
- work-signing: {privatekey: private.pem, tokenexpiration: 1e3s}
- work-signing: {privatekey: private.pem, tokenexpiration: 1µs}
- work-signing: {privatekey: private.pem, tokenexpiration: 5 m}
- work-verification: .
- work-verification: {publickey: private.pem}
- work-kubernetes: {worktype: x, authmethod: kubeconfig, kubeconfig: ., image: i}
- work-kubernetes: {worktype: x, namespace: '', image: i}
- work-kubernetes: {worktype: x, namespace: n, pod: text, command: i}
- work-kubernetes: {worktype: x, namespace: n, pod: ''}
- work-kubernetes: {worktype: x, namespace: n, image: i, kubeconfig: ''}
- work-kubernetes: {worktype: x, authmethod: runtime, namespace: n, image: i, kubeconfig: text}
- work-kubernetes: {worktype: '', namespace: n, image: i}
- work-kubernetes: {worktype: x, namespace: n, command: c}
- ip-router: {networkname: ping, localnet: 10.1.0.0/30, routes: x}
- ip-router: {networkname: vpn, localnet: 10.1.0.1/30, routes: ','}
- ip-router: {networkname: vpn, localnet: 10.1.0.0/030}
- ip-router: {networkname: vpn, localnet: 010.1.0.0/30, routes: 10.1.0.0/16}
- ip-router: {networkname: '', localnet: 10.1.0.0/31}
- unix-socket-client: {filename: u.sock, service: ''}
- unix-socket-client: {filename: '', service: x}
- unix-socket-server: {filename: u.sock, remotenode: '', remoteservice: ''}
- control-service: {filename: sub}
- control-service: {filename: .}
- control-service: {filename: a.crt}
- control-service: {filename: a.crt/s}
- control-service: {filename: ssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss}
- control-service: {filename: ssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss}
- control-service: {filename: sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss}
- unix-socket-server: {filename: sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss, remotenode: b, remoteservice: x}
- unix-socket-client: {filename: sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss, service: x}
- control-service: {filename: /tmp/../tmp/nothing-here/s.sock}
- command-service: {service: control, command: ls}
- tcp-server: {port: -1, remotenode: b, remoteservice: x}
- tcp-server: {port: 0, remotenode: b, remoteservice: x}
- tcp-client: {service: x, address: '[::1]:1'}
- tcp-client: {service: x, address: 'http://a:1'}
- tcp-client: {service: control, address: 'a:1'}
- udp-server: {port: 3333, remotenode: b, remoteservice: toolongname}
- log-level: ~
- log-level: {level: ~}
- control-service: {filename: ./.}
- unix-socket-server: {filename: ., remotenode: b, remoteservice: x}
- control-service: {filename: missing/..}
- control-service: {filename: missing/}
- control-service: {tcplisten: "*:3333"}
- control-service: {tcplisten: "3333:"}
- udp-server: {port: 3333, remotenode: b, remoteservice: x, bindaddr: "*"}
- tcp-server: {port: 3333, remotenode: b, remoteservice: x, bindaddr: "*"}
- tcp-server: {port: 3333, remotenode: b, remoteservice: x, bindaddr: 127.0.0.1/8}
- udp-client: {service: x, address: '256.1.1.1:53'}
- tcp-listener: {port: 2222, bindaddr: "*"}
- tcp-listener: {port: 2222, bindaddr: 127.0.0.1/8}
- tcp-listener: {port: 2222, bindaddr: " 127.0.0.1"}
- tcp-listener: {port: 2222, bindaddr: 127.1}
- tcp-listener: {port: 2222, bindaddr: "0"}
- ws-listener: {port: 2222, bindaddr: "a,b"}
- udp-listener: {port: 2222, bindaddr: 256.0.0.1}
- udp-peer: {address: "10.0.0.256:27199"}
- udp-peer: {address: "10.0.0.1/24:27199"}
- tcp-peer: {address: "hop1,hop2:27199"}
- ws-peer: {address: "ws://user:pw@127.0.0.1:80/"}
- ws-peer: {address: "ws://h:99999/x"}
- ws-peer: {address: "ws://127.0.0.1/x", extraheader: "Connection: x"}
- tcp-listener: {port: 2222, allowedpeers: ["*"]}
- work-command: {worktype: x, command: ls -l, params: "-l 'x"}
- control-service: {filename: '@s.sock'}
- control-service: {filename: ./@s.sock}
- unix-socket-server: {filename: '@s.sock', remotenode: b, remoteservice: x}
- tls-server: {name: s, cert: spaced.crt, key: a.key}
- tls-server: {name: s, cert: marked.crt, key: a.key}
- tls-server: {name: s, cert: a.crt, key: named.key}
- tls-server: {name: s, cert: a.crt, key: locked.key}
- tls-server: {name: s, cert: both.pem, key: both.pem}
- tls-server: {name: s, cert: both.pem, key: both.pem, skipreceptornamescheck: true}
- tls-client: {name: c, cert: k1.crt, key: k1.key}
`;

/** Values of `node`, each with a `local-only` beside it. */
const nodes = String.raw`
{id: localhost}
{id: LOCALHOST}
{id: localhost.x}
{id: a b}
{id: ä}
{id: 'a:b@c_d-e.f'}
{id: 'a/b'}
{id: ''}
{id: yes}
{id: 1.5}
{id: 017}
{id: a, datadir: ''}
{id: a, datadir: missing/deep}
{id: a, datadir: text}
{id: a, maxidleconnectiontimeout: 60}
{id: a, maxidleconnectiontimeout: 60s}
{id: a, maxidleconnectiontimeout: 20s}
{id: a, maxidleconnectiontimeout: 21s}
{id: a, maxidleconnectiontimeout: 0}
{id: a, maxidleconnectiontimeout: ''}
{id: a, maxidleconnectiontimeout: 1h30m}
{id: a, maxidleconnectiontimeout: -1h}
{id: a, receptorkubesupportreconnect: bogus, receptorkubeclientsetqps: x}
{id: a, firewallrules: [{action: drop, fromnode: "/(/"}]}
{id: a, firewallrules: [{action: drop, fromnode: "/"}]}
{id: a, firewallrules: [{action: drop, fromnode: "//"}]}
{id: a, firewallrules: [{action: drop, fromnode: "/x"}]}
{id: a, firewallrules: [{action: drop, fromnode: ""}]}
{id: a, firewallrules: [{action: foo}]}
{id: a, firewallrules: [{action: ACCEPT}]}
{id: a, firewallrules: [{Action: accept, FROMNODE: x}]}
{id: a, firewallrules: [{fromnode: x}]}
{id: a, firewallrules: [{}]}
{id: a, firewallrules: [{action: accept, bogus: x}]}
{id: a, firewallrules: [{action: accept, fromnode: 1}]}
{id: a, firewallrules: [{action: accept, fromnode: ~}]}
{id: a, firewallrules: [{action: accept, fromnode: yes}]}
{id: a, firewallrules: [{action: ~}]}
{id: a, firewallrules: [{1: accept}]}
{id: a, firewallrules: [{action: accept, fromnode: [a]}]}
{id: a, firewallrules: []}
{id: a, firewallrules: ~}
{id: a, maxidleconnectiontimeout: 21}
{id: a, maxidleconnectiontimeout: 20.999s}
{id: a, maxidleconnectiontimeout: +1h}
{id: a, firewallrules: [{action: accept, fromnode: "/(?P<x>a)/"}]}
{id: a, firewallrules: '[]'}
{id: a, firewallrules: ''}
`;

/** Whole configs; `;` separates items. */
const whole = String.raw`
- node: {id: a}; - control-service: {}
- node: {id: a}
- node: {id: a}; - tcp-listener: {port: 2222}
- node: {id: a}; - tcp-peer: {address: 'a:1'}
- node: {id: a}; - log-level: error
- log-level: error; - node: {id: a}; - local-only
- node: {id: a}; - local-only:
- node: {id: a}; - local-only: {}
- node: {id: a}; - local-only: {local: false}
- node: foo; - local-only
- node: {id: 123}; - local-only
- local-only; - node: {id: a}; - tcp-listener: {port: 2222, tls: s}; - tls-server: {name: s, cert: a.crt, key: a.key}
- node: {id: a}; - tls-client: {name: c, cert: '', key: ''}; - tcp-listener: {port: 2222, tls: c}
- node: {id: a}; - tls-client: {name: c, cert: '', key: ''}; - tcp-peer: {address: 'h:1', tls: c}
- node: {id: a}; - tls-client: {name: default, cert: '', key: ''}; - ws-peer: wss://h:1
- node: {id: a}; - tls-client: {name: default, cert: '', key: ''}; - tcp-peer: {address: 'h:1', tls: default}
- node: {id: a}; - local-only; - tls-client: {name: yes, cert: '', key: ''}; - tcp-peer: {address: 'h:1', tls: true}
- node: {id: a}; - local-only; - tls-server: {name: s, cert: a.crt, key: a.key}; - tls-server: {name: s, cert: a.crt, key: a.key}
- node: {id: a}; - local-only; - control-service: {}; - control-service: {}
- node: {id: a}; - local-only; - control-service: {}; - control-service: {service: other}
- node: {id: a}; - local-only; - control-service: {}; - control-service: {service: Control}
- node: {id: a}; - local-only; - control-service: {filename: s.sock}; - control-service: {service: o, filename: s.sock}
- node: {id: a}; - local-only; - control-service: {filename: s.sock}; - control-service: {service: o, filename: ./s.sock}
- node: {id: a}; - local-only; - control-service: {tls: s}; - tls-server: {name: s, cert: a.crt, key: a.key}
- node: {id: a}; - local-only; - control-service: {tls: s, tcplisten: 8888}; - tls-server: {name: s, cert: a.crt, key: a.key}
- node: {id: a}; - local-only; - tcp-client: {service: x, address: 'a:1'}; - udp-client: {service: x, address: '127.0.0.1:1'}
- node: {id: a}; - local-only; - tcp-client: {service: x, address: 'a:1'}; - unix-socket-client: {service: x, filename: f}
- node: {id: a}; - local-only; - command-service: {service: x, command: ls}; - tcp-client: {service: y, address: 'a:1'}
- node: {id: a}; - local-only; - work-command: {worktype: x, command: y}; - work-command: {worktype: x, command: z}
- node: {id: a}; - local-only; - work-command: {worktype: x, command: y}; - work-kubernetes: {worktype: x, namespace: n, image: i}
- node: {id: a}; - local-only; - work-command: {worktype: x, command: y}; - work-command: {worktype: X, command: z}
- node: {id: a}; - local-only; - work-command: {worktype: x, command: y, verifysignature: true}; - work-verification: public.pem
- node: {id: a}; - local-only; - work-verification: public.pem; - work-kubernetes: {worktype: k, namespace: n, image: i, verifysignature: true}
- node: {id: a}; - tcp-listener: {port: 2222}; - tcp-listener: {port: 2222}
- node: {id: a}; - tcp-listener: {port: 2222}; - ws-listener: {port: 2222}
- node: {id: a}; - tcp-listener: {port: 2222}; - udp-listener: {port: 2222}
- node: {id: a}; - tcp-listener: {port: 2222, bindaddr: 127.0.0.1}; - tcp-listener: {port: 2222, bindaddr: 127.0.0.2}
- node: {id: a}; - tcp-listener: {port: 2222, bindaddr: 127.0.0.1}; - tcp-listener: {port: 2222}
- node: {id: a}; - tcp-listener: {port: 2222, bindaddr: '[::1]'}; - tcp-listener: {port: 2222}
- node: {id: a}; - tcp-listener: {port: 2222, bindaddr: '[::]'}; - tcp-listener: {port: 2222}
- node: {id: a}; - tcp-listener: {port: 2222, bindaddr: '[::]'}; - tcp-listener: {port: 2222, bindaddr: 127.0.0.1}
- node: {id: a}; - tcp-listener: {port: 2222, bindaddr: ''}; - tcp-listener: {port: 2222, bindaddr: 127.0.0.1}
- node: {id: a}; - tcp-listener: {port: 0}; - tcp-listener: {port: 0}
- node: {id: a}; - udp-listener: {port: 2222}; - udp-server: {port: 2222, remotenode: b, remoteservice: x}
- node: {id: a}; - tcp-listener: {port: 2222}; - tcp-server: {port: 2222, remotenode: b, remoteservice: x}
- node: {id: a}; - tcp-listener: {port: 2222}; - control-service: {tcplisten: 2222}
- node: {id: a}; - tcp-listener: {port: 2222, bindaddr: localhost}; - tcp-listener: {port: 2222, bindaddr: 127.0.0.1}
- node: {id: a}; - tcp-peer: 'a:1'; - tcp-peer: 'a:1'
- node: {id: a}; - local-only; - unix-socket-server: {filename: u.sock, remotenode: b, remoteservice: x}; - unix-socket-server: {filename: u.sock, remotenode: b, remoteservice: x}
- node: {id: a}; - local-only; - unix-socket-server: {filename: u.sock, remotenode: b, remoteservice: x}; - control-service: {filename: u.sock}
- node: {id: a, id: b}; - local-only
- node: {id: a}; - node: {id: b}; - local-only
- node: {id: a}; - local-only; - local-only
- node: {id: a}; - local-only; - log-level: info; - log-level: debug
- node: {id: a}; - local-only; - trace; - trace
- version
- version; - version
- version; - local-only
- cert-init: {commonname: x, bits: 2048, outcert: x.crt, outkey: x.key}
- cert-init: {commonname: x, bits: 0, outcert: x.crt, outkey: x.key}
- cert-init: {commonname: '', bits: 2048, outcert: x.crt, outkey: x.key}
- cert-init: {commonname: x, bits: 2048, notbefore: '2024-01-01', outcert: x.crt, outkey: x.key}
- cert-init: {commonname: x, bits: 2048, notbefore: 2024-01-01T00:00:00Z, outcert: x.crt, outkey: x.key}
- cert-init: {commonname: x, bits: 2048, notafter: '2024-13-01T00:00:00Z', outcert: x.crt, outkey: x.key}
- cert-init: {commonname: x, bits: 2048, notafter: '2030-02-30T00:00:00Z', outcert: x.crt, outkey: x.key}
- cert-init: {commonname: x, bits: 2048, notafter: '2030-02-28T00:00:00+01:00', outcert: x.crt, outkey: x.key}
- cert-init: {commonname: x, bits: 2048, outcert: missing/x.crt, outkey: x.key}
- cert-makereq: {commonname: x, bits: 2048, nodeid: [x], outreq: x.csr, outkey: x.key}
- cert-makereq: {commonname: x, nodeid: [x], outreq: x.csr, outkey: x.key}
- cert-makereq: {commonname: x, bits: 0, nodeid: [x], outreq: x.csr, outkey: x.key}
- cert-makereq: {commonname: x, nodeid: [x], outreq: x.csr}
- cert-makereq: {commonname: x, bits: 2048, nodeid: [x], outreq: x.csr, inkey: a.key}
- cert-makereq: {commonname: x, nodeid: [x], outreq: x.csr, inkey: a.key}
- cert-makereq: {commonname: x, nodeid: [x], outreq: x.csr, inkey: a.key, outkey: x.key}
- cert-makereq: {commonname: x, nodeid: [x], outreq: x.csr, inkey: missing}
- cert-makereq: {commonname: x, nodeid: [x], outreq: x.csr, inkey: text}
- cert-makereq: {commonname: '', nodeid: [x], outreq: x.csr, inkey: a.key}
- cert-makereq: {commonname: x, ipaddress: [foo], outreq: x.csr, inkey: a.key}
- cert-makereq: {commonname: x, ipaddress: ['::1', 127.0.0.1], outreq: x.csr, inkey: a.key}
- cert-signreq: {req: a.csr, cacert: ca.crt, cakey: ca.key, outcert: x.crt, verify: true}
- cert-signreq: {req: missing, cacert: ca.crt, cakey: ca.key, outcert: x.crt, verify: true}
- cert-signreq: {req: nameless.csr, cacert: ca.crt, cakey: ca.key, outcert: x.crt, verify: true}
- cert-signreq: {req: plain.csr, cacert: ca.crt, cakey: ca.key, outcert: x.crt, verify: true}
- cert-signreq: {req: address.csr, cacert: ca.crt, cakey: ca.key, outcert: x.crt, verify: true}
- cert-signreq: {req: a.csr, cacert: missing, cakey: ca.key, outcert: x.crt, verify: true}
- cert-signreq: {req: a.csr, cacert: ca.crt, cakey: missing, outcert: x.crt, verify: true}
- cert-signreq: {req: a.csr, cacert: ca.crt, cakey: ca.key, outcert: missing/x.crt, verify: true}
- cert-signreq: {req: a.csr, cacert: ca.crt, cakey: ca.key, outcert: x.crt, verify: true, notafter: x}
- node: {id: a}; - tls-client: {name: c, cert: '', key: ''}; - ws-peer: {address: 'wss://h:1', tls: c}
- node: {id: a}; - local-only; - ip-router: {networkname: vpn, localnet: x}; - tcp-client: {service: vpn, address: 'a:1'}
- node: {id: a}; - local-only; - work-python: {worktype: x, plugin: p, function: f}; - work-command: {worktype: x, command: y}
- node: {id: b}; - local-only; - tls-server: {name: s, cert: a.crt, key: a.key}
- node: {id: also-a}; - local-only; - tls-server: {name: s, cert: a.crt, key: a.key}
- node: {id: A}; - local-only; - tls-server: {name: s, cert: a.crt, key: a.key}
- cert-init: {commonname: x, bits: 2048, outcert: x.crt, outkey: x.key}; - cert-init: {commonname: y, bits: 2048, outcert: y.crt, outkey: y.key}
- cert-init: {commonname: x, bits: 2048, outcert: x.crt, outkey: x.key}; - log-level: info
- cert-init: {commonname: x, bits: 100, outcert: x.crt, outkey: x.key}
- cert-init: {commonname: x, bits: 512, outcert: x.crt, outkey: x.key}
- cert-init: {commonname: x, bits: 1023, outcert: x.crt, outkey: x.key}
- cert-init: {commonname: x, bits: 1024, outcert: x.crt, outkey: x.key}
- cert-init: {commonname: x, bits: -1, outcert: x.crt, outkey: x.key}
- cert-makereq: {commonname: x, bits: 512, nodeid: [x], outreq: x.csr, outkey: x.key}
- cert-makereq: {commonname: x, bits: -1, nodeid: [x], outreq: x.csr, outkey: x.key}
- cert-makereq: {commonname: x, bits: 2048, outreq: x.csr, outkey: x.key}
- cert-makereq: {commonname: x, bits: 2048, nodeid: [x], outreq: missing/x.csr, outkey: x.key}
- cert-makereq: {commonname: x, bits: 2048, nodeid: [x], outreq: x.csr, outkey: missing/x.key}
- cert-makereq: {commonname: x, nodeid: [x], outreq: x.csr, inkey: a.crt}
- cert-makereq: {commonname: x, nodeid: [x], outreq: x.csr, inkey: private.pem}
- cert-makereq: {commonname: x, nodeid: [x], outreq: x.csr, inkey: .}
- cert-makereq: {commonname: x, nodeid: [x], outreq: '', inkey: a.key}
- cert-signreq: {req: text, cacert: ca.crt, cakey: ca.key, outcert: x.crt, verify: true}
- cert-signreq: {req: a.crt, cacert: ca.crt, cakey: ca.key, outcert: x.crt, verify: true}
- cert-signreq: {req: a.csr, cacert: text, cakey: ca.key, outcert: x.crt, verify: true}
- cert-signreq: {req: a.csr, cacert: ca.key, cakey: ca.key, outcert: x.crt, verify: true}
- cert-signreq: {req: a.csr, cacert: ca.crt, cakey: text, outcert: x.crt, verify: true}
- cert-signreq: {req: a.csr, cacert: ca.crt, cakey: ca.crt, outcert: x.crt, verify: true}
- cert-signreq: {req: a.csr, cacert: ca.crt, cakey: a.key, outcert: x.crt, verify: true}
- cert-signreq: {req: a.csr, cacert: a.crt, cakey: a.key, outcert: x.crt, verify: true}
- cert-signreq: {req: a.csr, cacert: ca.crt, cakey: ca.key, outcert: x.crt, verify: true, notbefore: '2024-01-01'}
- cert-init: {commonname: x, bits: 488, outcert: x.crt, outkey: x.key}
- cert-init: {commonname: x, bits: 489, outcert: x.crt, outkey: x.key}
- cert-init: {commonname: x, bits: 495, outcert: x.crt, outkey: x.key}
- cert-init: {commonname: x, bits: 496, outcert: x.crt, outkey: x.key}
- cert-init: {commonname: x, bits: 1, outcert: x.crt, outkey: x.key}
- cert-makereq: {commonname: x, bits: 488, nodeid: [x], outreq: x.csr, outkey: x.key}
- cert-makereq: {commonname: x, bits: 489, nodeid: [x], outreq: x.csr, outkey: x.key}
- cert-makereq: {commonname: x, bits: 1, nodeid: [x], outreq: x.csr, outkey: x.key}
- cert-init: {commonname: x, bits: 2048, outcert: '', outkey: x.key}
- cert-init: {commonname: x, bits: 2048, outcert: x.crt, outkey: ''}
- cert-signreq: {req: '', cacert: ca.crt, cakey: ca.key, outcert: x.crt, verify: true}
- cert-signreq: {req: a.csr, cacert: '', cakey: ca.key, outcert: x.crt, verify: true}
- cert-signreq: {req: a.csr, cacert: ca.crt, cakey: '', outcert: x.crt, verify: true}
- cert-signreq: {req: a.csr, cacert: ca.crt, cakey: ca.key, outcert: '', verify: true}
- cert-signreq: {req: a.csr, cacert: described.crt, cakey: ca.key, outcert: x.crt, verify: true}
- cert-signreq: {req: a.csr, cacert: ca.crt, cakey: behind.key, outcert: x.crt, verify: true}
- cert-signreq: {req: a.csr, cacert: short.crt, cakey: ca.key, outcert: x.crt, verify: true}
- cert-makereq: {commonname: x, nodeid: [x], outreq: x.csr, inkey: named.key}
- cert-makereq: {commonname: x, nodeid: [x], outreq: x.csr, inkey: locked.key}
- cert-makereq: {commonname: x, dnsname: [''], outreq: x.csr, inkey: a.key}
- cert-makereq: {commonname: x, dnsname: ['a b'], outreq: x.csr, inkey: a.key}
- cert-makereq: {commonname: x, dnsname: ['é'], outreq: x.csr, inkey: a.key}
- cert-makereq: {commonname: x, dnsname: ['.'], outreq: x.csr, inkey: a.key}
- cert-makereq: {commonname: x, dnsname: ['*.a'], outreq: x.csr, inkey: a.key}
`;

const lines = (table: string): string[] => table.split('\n').filter((line) => line !== '');

/** Every config of the tables. */
export const startCases: readonly string[] = [
  ...lines(behindLocalOnly).map((item) => `${P}${item}\n`),
  ...lines(nodes).map((node) => `- node: ${node}\n- local-only\n`),
  ...lines(whole).map((config) => `${config.replaceAll(/; (?=- )/g, '\n')}\n`),
  '- node: {id: a}\n- tcp-peer:\n    address: h:1\n---\n- bogus: {}\n',
  '\uFEFF- node: {id: a}\r\n- local-only\r\n',
  N,
];
