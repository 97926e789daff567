import { describe, expect, test } from 'vitest';
import { ageText, spanText } from '../../../client/src/mesh/age.ts';
import { buildSnapshot } from '../../../client/src/mesh/model.ts';
import { statusText } from '../../../client/src/mesh/statusText.ts';
import { costText, countsText, serviceTypeText, stateText, tagsText } from '../../../client/src/mesh/wording.ts';

describe("receptorctl's text of a status", () => {
  test('has its blocks, columns and quotes', () => {
    const ad = { ConnType: 1, Tags: null, WorkCommands: null, Time: '2024-10-25T12:34:56.5+02:00' };
    const text = statusText({
      NodeID: 'foo',
      Version: '1.4.9',
      SystemCPUCount: 4,
      SystemMemoryMiB: 7936,
      Connections: [
        { NodeID: 'bar', Cost: 1 },
        { NodeID: 'a-rather-long-node-name', Cost: 2.5 },
      ],
      KnownConnectionCosts: { bar: { foo: 1 }, ghost: {}, foo: { bar: 1, 'a-rather-long-node-name': 2.5 } },
      RoutingTable: { bar: 'bar' },
      Advertisements: [
        {
          ...ad,
          NodeID: 'foo',
          Service: 'control',
          Tags: { type: 'Control Service' },
          WorkCommands: [
            { WorkType: 'echo', Secure: false },
            { WorkType: 'sec', Secure: true },
          ],
        },
        { ...ad, NodeID: 'bar', Service: 'dgram', ConnType: 0, Time: '2024-10-25T10:34:56Z' },
      ],
    });
    expect(text).toBe(
      [
        'Node ID: foo',
        'Version: 1.4.9',
        'System CPU Count: 4',
        'System Memory MiB: 7936',
        '',
        'Connection              Cost',
        'bar                     1',
        'a-rather-long-node-name 2.5',
        '',
        'Known Node              Known Connections',
        'bar                     foo: 1 ',
        'ghost                   ',
        'foo                     bar: 1 a-rather-long-node-name: 2.5 ',
        '',
        'Route                   Via',
        'bar                     bar',
        '',
        'Node                    Service   Type       Last Seen             Tags',
        "foo                     control   Stream     2024-10-25 12:34:56   {'type': 'Control Service'}",
        'bar                     dgram     Datagram   2024-10-25 10:34:56   -               ',
        '',
        'Node                    Work Types',
        'foo                     echo',
        '',
        'Node                    Secure Work Types',
        'foo                     sec',
        '',
      ].join('\n'),
    );
  });

  test('leaves empty blocks out', () => {
    expect(statusText({ NodeID: 'a', Version: '', SystemCPUCount: 1, SystemMemoryMiB: 2 }).split('\n')).toHaveLength(5);
  });
});

test('ages in words that seldom change', () => {
  expect([-60_000, 0, 59_000, 61_000, 3_600_000, 50 * 3_600_000].map((ms) => ageText(ms))).toEqual([
    'in the future (its clock is ahead)',
    'less than a minute ago',
    'less than a minute ago',
    '1 min ago',
    '1 h ago',
    '2 days ago',
  ]);
  expect([400, 99_000, 120_000, 7_200_000].map((ms) => spanText(ms))).toEqual(['0 s', '99 s', '2 min', '2 h']);
});

test('states, costs and tags in words', () => {
  const { nodes, links, ...rest } = buildSnapshot(
    {
      NodeID: 'a',
      RoutingTable: { b: 'b', c: 'b' },
      Connections: [{ NodeID: 'b', Cost: 1 }],
      KnownConnectionCosts: { a: { b: 1 }, b: { a: 2, c: 1 }, c: {}, old: {}, dead: { b: 1 } },
    },
    0,
  );
  void rest;
  expect([...nodes.values()].map((node) => stateText(node))).toEqual([
    'this node',
    'direct',
    'reachable via b',
    'unreachable, no links known',
    'unreachable',
  ]);
  expect(costText(links.get('a\nb')!, 'a')).toBe('cost 1, but 2 from the other end');
  expect(costText(links.get('b\nc')!, 'b')).toBe('cost 1, not told by c');
  expect(costText(links.get('b\nc')!, 'c')).toBe('cost 1, told by b only');
  expect(tagsText({ type: 'TCP Proxy', address: 'x:1' })).toBe('TCP Proxy, address x:1');
  expect(serviceTypeText({ id: '', node: '', name: '', connType: 7, tls: false, tags: {}, stale: false })).toBe('type 7');
  expect(countsText(buildSnapshot({ NodeID: 'a', KnownConnectionCosts: { b: {} } }, 0))).toBe('2 nodes, 1 unreachable');
});
