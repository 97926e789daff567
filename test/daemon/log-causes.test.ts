/** The causes of log lines, in what real daemons log. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { causeOf, type LogCause } from '../../client/src/runner/log.ts';
import { NodeProcess } from '../../client/src/runner/node.ts';
import { freePort } from '../harness/meshConfig.ts';
import { findReceptor, hasReceptor, receptorVersions } from '../harness/receptor.ts';
import { makePki } from './pki.ts';

const listener = 'tcp-listener: {port: PORT, bindaddr: 127.0.0.1';
const peer = 'tcp-peer: {address: "localhost:PORT"';
const server = 'tls-server: {name: s, cert: PKI/a.crt, key: PKI/a.key';
const client = 'tls-client: {name: c, rootcas: PKI/ca.crt, cert: PKI/b.crt, key: PKI/b.key';

interface Case {
  readonly name: string;
  /** The code, and whose log tells it. */
  readonly expected: Readonly<Record<string, string>>;
  /** Items of each node by its file; the node item is added. A text that begins with a letter is the whole config. */
  readonly nodes: Readonly<Record<string, readonly string[]>>;
  /** Ids that are not the file's name. */
  readonly ids?: Readonly<Record<string, string>>;
  readonly names?: Readonly<Record<string, string>>;
  readonly format?: 'v2';
}

const cases: readonly Case[] = [
  {
    name: 'costs that differ',
    expected: { a: 'cost-mismatch' },
    nodes: { a: [`${listener}}`], b: [`${peer}, cost: 2}`] },
  },
  {
    name: 'a peer that is not allowed',
    expected: { a: 'not-allowed-peer', b: 'link-ended' },
    nodes: { a: [`${listener}, allowedpeers: [c]}`], b: [`${peer}}`] },
  },
  {
    name: 'the same id on both ends',
    expected: { a: 'own-node-id' },
    ids: { b: 'a' },
    nodes: { a: [`${listener}}`], b: [`${peer}}`] },
  },
  {
    name: 'two links with the same node',
    expected: { a: 'duplicate-link' },
    nodes: { a: [`${listener}}`], b: [`${peer}}`, `${peer}}`] },
  },
  {
    name: 'TLS on the listener only',
    expected: { a: 'tls-on-one-side' },
    nodes: { a: [`${server}}`, `${listener}, tls: s}`], b: [`${peer}}`] },
  },
  {
    name: 'TLS on the peer only',
    expected: { b: 'tls-on-one-side' },
    nodes: { a: [`${listener}}`], b: [`${client}}`, `${peer}, tls: c}`] },
  },
  {
    name: 'a CA that the peer does not know',
    expected: { b: 'unknown-authority', a: 'certificate-refused' },
    nodes: {
      a: [`${server}}`, `${listener}, tls: s}`],
      b: ['tls-client: {name: c, rootcas: OTHER/ca.crt, cert: PKI/b.crt, key: PKI/b.key}', `${peer}, tls: c}`],
    },
  },
  {
    name: 'a client certificate that is wanted',
    expected: { a: 'client-certificate-required', b: 'client-certificate-required' },
    nodes: {
      a: [`${server}, requireclientcert: true, clientcas: PKI/ca.crt}`, `${listener}, tls: s}`],
      b: ['tls-client: {name: c, rootcas: PKI/ca.crt, cert: "", key: ""}', `${peer}, tls: c}`],
    },
  },
  {
    name: 'a client certificate that is wanted for the sake of clientcas, whatever requireclientcert says',
    expected: { a: 'client-certificate-required', b: 'certificate-refused' },
    nodes: {
      a: [`${server}, requireclientcert: false, clientcas: PKI/ca.crt}`, `${listener}, tls: s}`],
      b: ['tls-client: {name: c, rootcas: PKI/ca.crt, cert: "", key: ""}', `${peer}, tls: c}`],
    },
  },
  {
    name: 'a peer by its IP, and a certificate by name',
    expected: { b: 'no-ip-san' },
    names: { b: '127.0.0.1' },
    nodes: { a: [`${server}}`, `${listener}, tls: s}`], b: [`${client}}`, 'tcp-peer: {address: "127.0.0.1:PORT", tls: c}'] },
  },
  {
    name: 'a certificate of another node',
    expected: { x: 'certificate-node-id' },
    nodes: { x: [`${server}}`, `${listener}, tls: s}`] },
  },
  { name: 'nobody who listens', expected: { b: 'connection-refused' }, nodes: { b: [`${peer}}`] } },
  {
    name: 'a URL that is none',
    expected: { b: 'malformed-url' },
    nodes: { b: ['ws-peer: {address: "localhost:PORT"}'] },
  },
  {
    name: 'a TLS config that is not there',
    expected: { a: 'unknown-tls-config' },
    names: { a: 'nope' },
    nodes: { a: [`${listener}, tls: nope}`] },
  },
  {
    name: 'a socket in no folder',
    expected: { a: 'socket-folder-missing' },
    nodes: { a: ['local-only', 'control-service: {filename: DIR/none/a.sock}'] },
  },
  {
    name: 'a socket of another node',
    expected: { b: 'socket-locked' },
    nodes: {
      a: ['local-only', 'control-service: {filename: DIR/a.sock}'],
      b: ['local-only', 'control-service: {filename: DIR/a.sock}'],
    },
  },
  {
    name: 'signatures, and no key to verify them',
    expected: { a: 'verification-missing' },
    names: { a: 'w' },
    nodes: { a: ['local-only', 'work-command: {worktype: w, command: cat, verifysignature: true}'] },
  },
  { name: 'no backend', expected: { a: 'no-backend' }, nodes: { a: [] } },
  { name: 'a list for v2', expected: { a: 'v2-empty' }, nodes: { a: ['local-only'] }, format: 'v2' },
];

describe.each(receptorVersions)('receptor %s', (version) => {
  describe.skipIf(!hasReceptor(version))('tells in its log', () => {
    let pki: string;
    let other: string;
    let dir: string;
    beforeAll(() => {
      [pki, other] = [makePki(findReceptor(version)), makePki(findReceptor(version))];
      dir = mkdtempSync(path.join(tmpdir(), 'causes-'));
    }, 60_000);
    afterAll(() => {
      for (const folder of [pki, other, dir]) rmSync(folder, { recursive: true, force: true });
    });

    test.concurrent.each(cases)('$name', { timeout: 120_000 }, async ({ expected, nodes, ids = {}, names = {}, format }) => {
      const folder = mkdtempSync(path.join(dir, 'c-'));
      const port = await freePort();
      const processes = new Map<string, NodeProcess>();
      try {
        for (const [file, items] of Object.entries(nodes)) {
          const text = [`node: {id: ${ids[file] ?? file}, datadir: DIR/${file}}`, 'log-level: debug', ...items];
          const configPath = path.join(folder, `${file}.yml`);
          const filled = text
            .map((item) => `- ${item}\n`)
            .join('')
            .replaceAll('DIR', folder)
            .replaceAll('PKI', pki)
            .replaceAll('OTHER', other);
          writeFileSync(configPath, filled.replaceAll('PORT', String(port)));
          const node = new NodeProcess({ binary: findReceptor(version), configPath, format: format ?? 'v1' });
          processes.set(file, node);
          if (Object.keys(nodes).length > 1 && processes.size === 1) await running(node);
        }
        for (const [file, code] of Object.entries(expected)) {
          const cause = await caused(processes.get(file)!, code);
          if (names[file] !== undefined) expect(cause.name).toBe(names[file]);
          // The first of these that the file has is what the line leads to.
          const actions = new Set([...(nodes[file] ?? []), 'node'].map((item) => item.split(':')[0]));
          if (cause.actions.length > 0) expect(cause.actions.some((action) => actions.has(action))).toBe(true);
        }
      } finally {
        await Promise.all([...processes.values()].map((node) => node.stop()));
      }
    });
  });
});

const running = (node: NodeProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    node.on('state', (state) => {
      if (state === 'running') resolve();
      if (state === 'ended') reject(new Error(node.lines.join('\n')));
    });
  });

/** The cause of that code in the log; throws with the whole log when the node ends, or time does, without it. */
async function caused(node: NodeProcess, code: string): Promise<LogCause> {
  const find = (): LogCause | undefined => node.lines.map((line) => causeOf(line)).find((cause) => cause?.code === code);
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const cause = find();
      if (cause !== undefined) done(() => resolve(cause));
      else if (node.exit !== undefined) done(() => reject(new Error(`ended without ${code}:\n${node.lines.join('\n')}`)));
    };
    const done = (end: () => void): void => {
      clearTimeout(timer);
      node.off('line', look);
      end();
    };
    const timer = setTimeout(() => done(() => reject(new Error(`no ${code}:\n${node.lines.join('\n')}`))), 60_000);
    node.on('line', look);
    void node.exited.then(look);
    look();
  });
}
