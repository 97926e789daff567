import { describe, expect, test } from 'vitest';
import { ControlError } from '../../../client/src/control/errors.ts';
import { reloadNode, WrongNodeError, type ReloadControl } from '../../../client/src/reload/perform.ts';

type Reply = { Success: boolean; Error?: string } | Error;

/** A node that gives these answers to `reload`, and has one link. */
function control(replies: Reply[], nodeId = 'a'): ReloadControl & { asked: number } {
  const node = {
    nodeId,
    asked: 0,
    reload: () => {
      const reply = replies[node.asked++]!;
      return reply instanceof Error ? Promise.reject(reply) : Promise.resolve(reply);
    },
    status: () => Promise.resolve({ Connections: [{ NodeID: 'b', Cost: 1 }], RoutingTable: { b: 'b' } }),
  };
  return node as unknown as ReloadControl & { asked: number };
}

const inUse = { Success: false, Error: 'listen tcp 0.0.0.0:2222: bind: address already in use ERRORCODE 4' };

describe('a reload', () => {
  test('tells which links are back', async () => {
    expect(await reloadNode(control([{ Success: true }]), { nodeId: 'a' })).toMatchObject({
      outcome: { kind: 'done' },
      links: { back: [{ node: 'b' }], missing: [] },
    });
  });

  test('waits also for the links that the reload before it dropped', async () => {
    const started: (readonly string[])[] = [];
    const report = await reloadNode(control([{ Success: true }]), {
      nodeId: 'a',
      before: ['b', 'c'],
      onStart: (links) => started.push(links),
      signal: AbortSignal.timeout(50),
    });
    expect(started).toEqual([['b', 'c']]);
    expect(report.links).toMatchObject({ back: [{ node: 'b' }], missing: ['c'], outage: undefined });
  });

  test('is asked for once more when the daemon lost the race for its port', async () => {
    const node = control([inUse, { Success: true }]);
    expect((await reloadNode(node, { nodeId: 'a' })).outcome).toEqual({ kind: 'done' });
    expect(node.asked).toBe(2);
  });

  test('that fails twice is refused: somebody else has the port', async () => {
    const node = control([inUse, inUse, inUse]);
    expect((await reloadNode(node, { nodeId: 'a' })).outcome).toMatchObject({ kind: 'refused', backendsDown: true });
    expect(node.asked).toBe(2);
  });

  test('never reaches another node that answers there now', async () => {
    const node = control([{ Success: true }], 'stranger');
    await expect(reloadNode(node, { nodeId: 'a' })).rejects.toThrow(WrongNodeError);
    expect(node.asked).toBe(0);
  });

  test('of a node that goes away has an unknown end', async () => {
    const gone = new ControlError('daemon-gone', 'the daemon closed the connection', { nextStep: '' });
    expect(await reloadNode(control([gone]), { nodeId: 'a' })).toEqual({
      outcome: { kind: 'lost', message: gone.message },
      links: undefined,
    });
  });

  test('of a node behind its own links is told by them', async () => {
    const gone = new ControlError('daemon-gone', 'the daemon closed the connection', { nextStep: '' });
    let looks = 0;
    const report = await reloadNode(control([gone]), {
      nodeId: 'a',
      before: ['b'],
      lookAgain: async () => {
        if (looks++ === 0) throw gone;
        return { direct: new Map([['b', 1]]), routed: new Set(['b']) };
      },
    });
    expect(report).toMatchObject({ outcome: { kind: 'lost' }, links: { back: [{ node: 'b' }], missing: [], silent: false } });
    expect(looks).toBe(2);
  });
});
