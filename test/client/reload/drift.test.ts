import { describe, expect, test } from 'vitest';
import { buildSnapshot } from '../../../client/src/mesh/model.ts';
import { findDrift } from '../../../client/src/reload/drift.ts';
import type { BackendSummary, ConfigSummary } from '../../../server/src/protocol/requests.ts';

const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
const backend = (action: string, address: string, cost = 1): BackendSummary => ({ action, address, cost, range });
const summary = (more: Partial<ConfigSummary>): ConfigSummary => ({
  uri: 'file:///x.yml',
  version: 1,
  format: 'v1',
  nodeId: 'bar',
  controlServices: [],
  tlsClients: [],
  peers: [],
  listeners: [],
  workTypes: [],
  items: [],
  services: [],
  errors: 0,
  templated: false,
  ...more,
});
const foo = summary({ nodeId: 'foo', listeners: [backend('tcp-listener', '0.0.0.0:2222')] });
const status = (links: Record<string, number>, more: object = {}) =>
  buildSnapshot(
    {
      NodeID: 'bar',
      Version: '1.6.9-1',
      Connections: Object.entries(links).map(([NodeID, Cost]) => ({ NodeID, Cost })),
      RoutingTable: Object.fromEntries(Object.keys(links).map((n) => [n, n])),
      KnownConnectionCosts: { bar: links, ...Object.fromEntries(Object.entries(links).map(([n, c]) => [n, { bar: c }])) },
      Advertisements: [
        {
          NodeID: 'bar',
          Service: 'control',
          Time: '2026-01-01T00:00:00Z',
          ConnType: 1,
          Tags: null,
          WorkCommands: [{ WorkType: 'cat', Secure: false }],
        },
      ],
      ...more,
    },
    Date.parse('2026-01-01T00:00:10Z'),
  );
const dialsFoo = { peers: [backend('tcp-peer', 'localhost:2222')] };
const codes = (config: Partial<ConfigSummary>, links: Record<string, number>, expectedVersion = 'auto', more: object = {}) =>
  findDrift({
    summary: summary({ ...dialsFoo, workTypes: [{ name: 'cat', signed: false, range }], ...config }),
    snapshot: status(links, more),
    others: [foo],
    expectedVersion,
  }).map((d) => d.code);

test('a node as its file says', () => expect(codes(dialsFoo, { foo: 1 })).toEqual([]));
test('a link that is not there', () => expect(codes(dialsFoo, {})).toEqual(['no-link']));
test('a link that the file does not make', () => {
  expect(codes(dialsFoo, { foo: 1, other: 1 })).toEqual(['unconfigured-link']);
  const listener = backend('tcp-listener', '0.0.0.0:1');
  expect(codes({ ...dialsFoo, listeners: [listener] }, { foo: 1, other: 1 })).toEqual([]);
  expect(codes({ ...dialsFoo, listeners: [{ ...listener, allowedPeers: ['x'] }] }, { foo: 1, other: 1 })).toEqual(['unconfigured-link']);
  // Whom a peer on another machine is cannot be told from here.
  expect(codes({ peers: [...dialsFoo.peers, backend('tcp-peer', 'example.org:1')] }, { foo: 1, other: 1 })).toEqual([]);
});
test('a link of another cost', () =>
  expect(codes({ peers: [backend('tcp-peer', 'localhost:2222', 2)] }, { foo: 1 })).toEqual(['unexpected-cost']));
describe('a link that a listener lets in', () => {
  const listener = (more: Partial<BackendSummary>) => ({ ...backend('tcp-listener', '0.0.0.0:3333'), ...more });
  const listens = (more: Partial<BackendSummary>) => ({ peers: [], listeners: [listener(more)] });

  test('has the cost of the listener', () => {
    expect(codes(listens({ cost: 2 }), { other: 2 })).toEqual([]);
    expect(codes(listens({ cost: 2 }), { other: 1 })).toEqual(['unexpected-cost']);
  });
  test('or the one that is written for its node', () => {
    expect(codes(listens({ nodeCost: { other: 3 } }), { other: 3 })).toEqual([]);
    expect(codes(listens({ nodeCost: { other: 3 } }), { other: 1 })).toEqual(['unexpected-cost']);
    expect(codes(listens({ nodeCost: { somebody: 3 } }), { other: 1 })).toEqual([]);
  });
  test('may be that of any listener that lets the node in', () => {
    const two = { peers: [], listeners: [listener({ cost: 2 }), listener({ cost: 3, allowedPeers: ['other'] })] };
    expect(codes(two, { other: 3 })).toEqual([]);
    expect(codes(two, { other: 4 })).toEqual(['unexpected-cost']);
    expect(codes(two, { another: 3 })).toEqual(['unexpected-cost']);
  });
  test('is no excuse for the cost of a peer, when the other node does not dial', () => {
    const both = { peers: [backend('tcp-peer', 'localhost:2222', 2)], listeners: [listener({})] };
    expect(codes(both, { foo: 1 })).toEqual(['unexpected-cost']);
    const dialling = { ...foo, peers: [backend('tcp-peer', 'localhost:3333')] };
    expect(findDrift({ summary: summary(both), snapshot: status({ foo: 1 }), others: [dialling], expectedVersion: 'auto' })).toEqual([
      expect.objectContaining({ code: 'unconfigured-work-type' }),
    ]);
  });
});
test('a peer elsewhere is known only to be absent when there is no link at all', () => {
  const peers = [backend('tcp-peer', 'example.org:2222')];
  expect(codes({ peers }, { foo: 1 })).toEqual([]);
  expect(codes({ peers }, {})).toEqual(['no-link']);
});
test('another transport at the same port is another listener', () => {
  expect(codes({ peers: [backend('ws-peer', 'ws://localhost:2222')] }, { other: 1 })).toEqual([]);
});
test('work types and services', () => {
  expect(codes({ workTypes: [{ name: 'new', signed: false, range }] }, { foo: 1 })).toEqual([
    'missing-work-type',
    'unconfigured-work-type',
  ]);
  expect(codes({ controlServices: [{ service: 'ctl2', range }] }, { foo: 1 })).toEqual(['missing-service']);
});
test('whatever else offers a service, by its name', () => {
  const item = (action: string, offers?: string) => ({ action, names: [], fields: [], range, ...(offers === undefined ? {} : { offers }) });
  expect(codes({ items: [item('command-service', 'shell'), item('tcp-client', 'web')] }, { foo: 1 })).toEqual([
    'missing-service',
    'missing-service',
  ]);
  // The outer end of a proxy offers nothing, one without a name gets one at random, and control services have a list of their own.
  expect(codes({ items: [item('tcp-server'), item('udp-client', ''), item('control-service', 'ctl')] }, { foo: 1 })).toEqual([]);
});
test('nothing is said of work types before anything is advertised', () => {
  expect(codes({}, { foo: 1 }, 'auto', { Advertisements: [] })).toEqual([]);
});
test('the version, when one is expected', () => {
  expect(codes({}, { foo: 1 }, '1.6')).toEqual([]);
  expect(codes({}, { foo: 1 }, '1.5.5')).toEqual(['other-version']);
});
