/** What a file says against what a running node shows: a node as its file says has no drift, whatever is in the file. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { buildSnapshot } from '../../client/src/mesh/model.ts';
import type { MeshSnapshot, StatusReply } from '../../client/src/mesh/types.ts';
import { findDrift } from '../../client/src/reload/drift.ts';
import { ConfigDocument } from '../../server/src/config/document.ts';
import type { ConfigSummary } from '../../server/src/protocol/requests.ts';
import { summarize } from '../../server/src/service/summary.ts';
import { startMesh, type Mesh, type MeshStatus } from '../harness/mesh.ts';
import { hasReceptor, receptorVersions } from '../harness/receptor.ts';

const configs = {
  'hub.yml': `- node: {id: hub}
- tcp-listener: {port: 2222, cost: 2, nodecost: {far: 3}}
- control-service: {service: control, filename: /tmp/hub.sock}
- command-service: {service: shell, command: cat}
- tcp-client: {service: web, address: "localhost:1"}
- udp-client: {service: dns, address: "localhost:1"}
- unix-socket-client: {service: sock, filename: /tmp/nobody}
- tcp-server: {port: 2223, bindaddr: 127.0.0.1, remotenode: far, remoteservice: control}
- work-command: {worktype: cat, command: cat}
`,
  'near.yml': '- node: {id: near}\n- tcp-peer: {address: "localhost:2222", cost: 2}\n',
  'far.yml': '- node: {id: far}\n- tcp-peer: {address: "localhost:2222", cost: 3}\n',
};

const summaryOf = (text: string): ConfigSummary => ({ ...summarize(new ConfigDocument(text), []), uri: 'file:///x.yml', version: null });

describe.each(receptorVersions)('receptor %s', (version) => {
  describe.skipIf(!hasReceptor(version))('a running node', () => {
    let mesh: Mesh;
    let text: string;
    let snapshot: MeshSnapshot;
    beforeAll(async () => {
      mesh = await startMesh(configs, { version, advertised: true });
      const hub = mesh.node('hub');
      text = readFileSync(hub.configPath, 'utf8');
      // The ends of a link agree on its cost some time after it is up.
      snapshot = await vi.waitFor(
        async () => {
          const now = buildSnapshot((await hub.status()) as MeshStatus & StatusReply, Date.now());
          expect([...now.links.values()].map(({ state }) => state)).toEqual(['up', 'up']);
          return now;
        },
        { timeout: 60_000, interval: 200 },
      );
    }, 180_000);
    afterAll(async () => mesh?.stop());

    const drift = (config: string): string[] =>
      findDrift({
        summary: summaryOf(config),
        snapshot,
        others: ['near', 'far'].map((id) => summaryOf(readFileSync(mesh.node(id).configPath, 'utf8'))),
        expectedVersion: version,
      }).map(({ code, range }) => `${code} ${(range?.start.line ?? -1) + 1}`);

    test('is as its file says: links, costs, services of every kind, work types, version', () => expect(drift(text)).toEqual([]));

    test('offers not what was written since', () => {
      const more = ['command-service: {service: new, command: cat}', 'tcp-client: {service: proxied, address: "localhost:1"}'];
      const lines = text.split('\n').length;
      expect(drift(`${text}${more.map((item) => `- ${item}\n`).join('')}`)).toEqual([
        `missing-service ${lines}`,
        `missing-service ${lines + 1}`,
      ]);
    });

    test('has links of another cost than was written since', () => {
      expect(drift(text.replace('cost: 2,', 'cost: 5,'))).toEqual(['unexpected-cost 2']);
      expect(drift(text.replace('far: 3', 'far: 5'))).toEqual(['unexpected-cost 2']);
    });
  });
});
