import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReceptorControl } from '../../client/src/control/index.ts';
import type { Status } from '../../client/src/control/index.ts';
import { line, startMesh } from '../harness/mesh.ts';
import type { Mesh } from '../harness/mesh.ts';
import { hasReceptor, receptorctlIfAny, receptorVersions } from '../harness/receptor.ts';
import { collect, until } from './control-mesh.ts';

/** Order is the daemon's whim, and the time of its own services is always now. */
const facts = ({ Connections, Advertisements, ...rest }: Status): unknown => ({
  ...rest,
  Connections: [...(Connections ?? [])].sort((a, b) => (a.NodeID < b.NodeID ? -1 : 1)),
  Advertisements: (Advertisements ?? [])
    .map(({ Time, ...ad }) => (ad.NodeID === rest.NodeID ? ad : Object.assign(ad, { Time })))
    .sort((a, b) => (`${a.NodeID} ${a.Service}` < `${b.NodeID} ${b.Service}` ? -1 : 1)),
});

describe.each(receptorVersions)('beside receptorctl 1.6.9, on receptor %s', { timeout: 180_000 }, (version) => {
  const ctl = hasReceptor(version) ? receptorctlIfAny() : undefined;
  describe.skipIf(ctl === undefined)('', () => {
    let mesh: Mesh;
    let control: ReceptorControl;
    beforeAll(async () => {
      mesh = await startMesh(line('a', 'b', 'c'), { version, advertised: true, timeout: 90_000 });
      control = await ReceptorControl.connect(`unix:${mesh.node('a').socket}`);
    }, 120_000);
    afterAll(async () => {
      await control?.close();
      await mesh?.stop();
    });

    /** Runs receptorctl on node a; what it wrote and how it ended. */
    async function receptorctl(...args: string[]): Promise<{ out: string; err: string; status: number }> {
      const { command, args: first, env } = ctl!;
      const child = spawn(command, [...first, '--socket', mesh.node('a').socket, ...args], {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const [out, err] = [child.stdout, child.stderr].map(async (stream) => (await collect(stream)).toString());
      const [status] = (await once(child, 'close')) as [number];
      return { out: await out!, err: await err!, status };
    }

    it('status tells the same facts', async () => {
      const theirs = JSON.parse((await receptorctl('status', '--json')).out) as Status;
      expect(facts(await control.status())).toEqual(facts(theirs));
      expect(theirs.Advertisements?.length).toBeGreaterThanOrEqual(3);
    });

    it('ping reaches the same node, or fails with the same words', async () => {
      expect(await control.ping('c')).toMatchObject({ Success: true, From: 'c' });
      expect((await receptorctl('ping', 'c', '--count', '1')).out).toContain('Reply from c in ');
      const reply = await control.ping('ghost');
      const theirs = await receptorctl('ping', 'ghost', '--count', '1');
      expect([reply.Success, theirs.status]).toEqual([false, 2]);
      expect(theirs.out + theirs.err).toContain(reply.Success ? '' : reply.Error);
    });

    it.each(['c', 'ghost'])('traceroute to %s has the same hops', async (node) => {
      const theirs = await receptorctl('traceroute', node);
      const hops = [...`${theirs.out}${theirs.err}`.matchAll(/^(?:ERROR: )?(\d+): (?:Error (.*) from )?(\S*) in /gm)].map(
        ([, , error, from]) => [from, error],
      );
      expect((await control.traceroute(node)).map((hop) => [hop.From, hop.Error])).toEqual(hops);
    });

    it('work list has the same units, and results are the same bytes', async () => {
      const local = await control.submitWork({ workType: 'cat', payload: 'hello' });
      const remote = await control.submitWork({ node: 'c', workType: 'echo', params: 'a b' });
      for (const { unitId } of [local, remote]) await until(control, unitId, ({ State }) => State === 2);
      expect(JSON.parse((await receptorctl('work', 'list')).out)).toEqual(await control.workList());
      const ours = (await collect(control.getWorkResults(remote.unitId))).toString();
      expect([ours, (await receptorctl('work', 'results', remote.unitId)).out]).toEqual(['a b\n', 'a b\n']);
      for (const { unitId } of [local, remote]) await control.releaseWork(unitId);
    });
  });
});
