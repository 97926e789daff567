/** Which item a log line leads to, from the text of a config to its line. */
import { describe, expect, test } from 'vitest';
import { causeOf } from '../../../../client/src/runner/log.ts';
import { itemToBlame } from '../../../../client/src/views/nodes/blame.ts';
import { ConfigDocument } from '../../../../server/src/config/document.ts';
import { summarize } from '../../../../server/src/service/summary.ts';

/** The line of the config, one item on each, that `log` is about. */
function blamed(config: string, log: string): string | undefined {
  const cause = causeOf(log);
  if (cause === undefined) throw new Error(`no cause: ${log}`);
  const item = itemToBlame(summarize(new ConfigDocument(config), []).items, cause);
  return item === undefined ? undefined : config.split('\n')[item.range.start.line];
}

const config = `- node: {id: a}
- tls-server: {name: s, cert: /c, key: /k}
- tls-client: {name: c, rootcas: /ca, cert: "", key: ""}
- tcp-listener: {port: 2222, tls: s}
- udp-listener: {port: 2222}
- ws-listener: {port: 8080, bindaddr: 10.0.0.1, allowedpeers: [b]}
- tcp-peer: {address: "localhost:3001"}
- tcp-peer: {address: "localhost:3002"}
- tcp-peer: {address: "hub.example:3003"}
- tcp-peer: {address: "10.0.0.4:3003"}
- tcp-peer: {address: "10.0.0.9:3004", tls: nope}
- ws-peer: {address: "wss://hub.example/mesh", tls: c}
- control-service: {service: control, filename: /tmp/a.sock, tcplisten: 4000}
- control-service: {service: ctl2, tcplisten: "localhost:4001"}
- tcp-server: {port: 5000, remotenode: b, remoteservice: web}
- udp-server: {port: 5000, remotenode: b, remoteservice: dns}
- work-command: {worktype: one, command: cat}
- work-command: {worktype: two, command: cat, verifysignature: true}
- work-command: {worktype: three, command: cat, verifysignature: true}
`;
const busy = (transport: string, address: string): string => `Error: listen ${transport} ${address}: bind: address already in use`;
const refused = (address: string): string => `Backend connection failed (will retry): dial tcp ${address}: connect: connection refused`;

describe('the item to blame', () => {
  test.each([
    ['a listener’s port', busy('tcp', '0.0.0.0:2222'), '- tcp-listener: {port: 2222'],
    ['the same port of UDP', busy('udp', '0.0.0.0:2222'), '- udp-listener: {port: 2222'],
    ['a listener on one address', busy('tcp', '10.0.0.1:8080'), '- ws-listener: '],
    ['a control service’s port', busy('tcp', '0.0.0.0:4000'), '- control-service: {service: control'],
    ['a control service on loopback', busy('tcp', '127.0.0.1:4001'), '- control-service: {service: ctl2'],
    ['a proxy’s port', busy('tcp', '0.0.0.0:5000'), '- tcp-server: '],
    ['a proxy’s port of UDP', busy('udp', '0.0.0.0:5000'), '- udp-server: '],
    ['the first of two peers', refused('127.0.0.1:3001'), '- tcp-peer: {address: "localhost:3001"'],
    ['the second of two peers', refused('[::1]:3002'), '- tcp-peer: {address: "localhost:3002"'],
    ['a peer by its IP address', refused('10.0.0.4:3003'), '- tcp-peer: {address: "10.0.0.4:3003"'],
    ['a peer by its name', refused('10.0.0.3:3003'), '- tcp-peer: {address: "hub.example:3003"'],
    ['a peer by the port of its URL', refused('10.0.0.3:443'), '- ws-peer: '],
    ['the peer that names a TLS config', 'Error: unknown TLS config nope', '- tcp-peer: {address: "10.0.0.9:3004"'],
    [
      'the peer of a host',
      "x509: cannot validate certificate for 10.0.0.9 because it doesn't contain any IP SANs",
      '- tcp-peer: {address: "10.0.0.9:3004"',
    ],
    ['the one listener that allows few', 'rejected connection with node x because it is not in the allowed peers list', '- ws-listener: '],
    ['the one socket', 'could not acquire lock on socket file: fslock is already locked', '- control-service: {service: control'],
    [
      'a work type by its name',
      "VerifySignature for work command 'three' is true, but the work verification public key is not specified",
      '- work-command: {worktype: three',
    ],
    ['the node', 'We are a duplicate node with ID a and epoch 5.  Shutting down.', '- node: '],
  ])('%s', (_, log, line) => expect(blamed(config, log)).toContain(line));

  test.each([
    ['a port that no item has', busy('tcp', '0.0.0.0:9999')],
    ['another address with that port', busy('tcp', '10.0.0.2:8080')],
    ['a peer that no item dials', refused('127.0.0.1:9999')],
    ['another IP address with that port', refused('10.0.0.8:3004')],
    ['a TLS config that no item names', 'Error: unknown TLS config other'],
    ['a cost, and several links', 'rejected connection with node b because we disagree about the connection cost'],
    ['the authority of one end, and a file with both', 'certificate signed by unknown authority'],
  ])('is none for %s', (_, log) => expect(blamed(config, log)).toBeUndefined());

  test('is the only one that can be meant, where nothing names it', () => {
    const cost = 'rejected connection with node b because we disagree about the connection cost';
    expect(blamed('- node: {id: a}\n- tcp-listener: {port: 2222}\n', cost)).toContain('tcp-listener');
    expect(blamed('node: {id: a}\ntcp-peers:\n- {address: "b:1"}\n', cost)).toContain('address');
    const authority = 'certificate signed by unknown authority';
    expect(blamed('- tls-server: {name: s, cert: /c, key: /k}\n', authority)).toContain('tls-server');
  });
});
