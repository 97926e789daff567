import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReceptorControl, ResultsError, isControlError } from '../../client/src/control/index.ts';
import type { ControlErrorCode } from '../../client/src/control/index.ts';
import { startMesh } from '../harness/mesh.ts';
import type { Mesh, MeshNode } from '../harness/mesh.ts';
import { seeded, testSeed } from '../harness/random.ts';
import { hasReceptor, receptorVersions } from '../harness/receptor.ts';
import { collect, soak } from './control-mesh.ts';

const times = soak ? 100 : 3;
const payload = randomBytes(400_000);
/** When the kill comes: how far the call is by then differs all the same. */
const random = seeded(testSeed());

/** What a call may say of a daemon that was killed: it went meanwhile, or was gone already. */
const gone: ControlErrorCode[] = ['daemon-gone', 'stale-socket', 'absent-socket'];

interface Kind {
  name: string;
  /** Once per daemon, before the kill. */
  prepare?: (control: ReceptorControl) => Promise<string>;
  /** Is done over and over until the kill makes it fail; checks that what succeeds is true. */
  call: (control: ReceptorControl, node: MeshNode, prepared: string) => Promise<void>;
  codes?: ControlErrorCode[];
}

const submit = async (control: ReceptorControl): Promise<string> => (await control.submitWork({ workType: 'cat', payload })).unitId;

const kinds: Kind[] = [
  { name: 'connect', call: async (_control, node) => (await ReceptorControl.connect(node.socket)).close(), codes: ['not-control-service'] },
  {
    name: 'status',
    call: async (control) => expect(await control.status()).toMatchObject({ NodeID: 'foo', Connections: [], RoutingTable: {} }),
  },
  { name: 'simpleCommand', call: async (control) => expect(await control.simpleCommand('status')).toMatchObject({ NodeID: 'foo' }) },
  { name: 'ping', call: async (control) => expect(await control.ping('foo')).toMatchObject({ Success: true, From: 'foo' }) },
  { name: 'traceroute', call: async (control) => expect(await control.traceroute('foo')).toMatchObject([{ From: 'foo' }]) },
  {
    name: 'reload',
    call: async (control) => {
      const { Success, Error: why = '' } = await control.reload();
      // The daemon's own race: a listener's port is not always free again in time.
      expect(Success || /address already in use/.test(why)).toBe(true);
    },
  },
  {
    name: 'workList',
    prepare: submit,
    call: async (control, _node, unit) => expect(Object.keys(await control.workList())).toContain(unit),
  },
  {
    name: 'workStatus',
    prepare: submit,
    call: async (control, _node, unit) => expect((await control.workStatus(unit)).WorkType).toBe('cat'),
  },
  {
    name: 'cancelWork',
    prepare: submit,
    call: async (control, _node, unit) => expect(await control.cancelWork(unit)).toEqual({ cancelled: unit }),
  },
  {
    name: 'releaseWork',
    call: async (control) => {
      const unit = await submit(control);
      expect(await control.releaseWork(unit)).toEqual({ released: unit });
    },
    codes: ['submit-reply-lost'],
  },
  {
    name: 'submitWork',
    call: async (control) => {
      expect(await control.submitWork({ workType: 'cat', payload })).toEqual({
        unitId: expect.stringMatching(/^\w+$/) as string,
        result: 'Job Started',
      });
    },
    codes: ['submit-reply-lost'],
  },
  {
    name: 'getWorkResults',
    prepare: submit,
    call: async (control, _node, unit) => {
      const chunks: Buffer[] = [];
      try {
        for await (const chunk of control.getWorkResults(unit)) chunks.push(chunk as Buffer);
      } catch (error) {
        if (error instanceof ResultsError) expect(error.position).toBe(Buffer.concat(chunks).length);
        expect(Buffer.concat(chunks).equals(payload.subarray(0, Buffer.concat(chunks).length))).toBe(true);
        throw error;
      }
      expect(Buffer.concat(chunks).equals(payload)).toBe(true);
    },
    codes: ['results-cut'],
  },
  {
    name: 'connectToService',
    call: async (control) => {
      const stream = await control.connectToService('localhost', 'control');
      stream.end();
      // A stream of the caller tells of a break as streams do.
      await collect(stream).catch(() => {});
    },
  },
  {
    name: 'connectToNode',
    call: async (control) => {
      const there = await control.connectToNode('localhost');
      try {
        expect(await there.status(['NodeID'])).toEqual({ NodeID: 'foo' });
      } finally {
        await there.close();
      }
    },
  },
];

async function untilItFails(call: () => Promise<void>): Promise<unknown> {
  try {
    for (;;) await call();
  } catch (error) {
    return error;
  }
}

describe.each(receptorVersions)('a daemon %s that is killed', (version) => {
  describe.skipIf(!hasReceptor(version))('', () => {
    let mesh: Mesh;
    beforeAll(async () => {
      const config =
        '- node: {id: foo}\n- log-level: {level: debug}\n- tcp-listener: {port: 2222}\n- control-service: {service: control, filename: /tmp/foo.sock}\n- work-command: {worktype: cat, command: cat}\n';
      mesh = await startMesh({ 'foo.yml': config }, { version });
    });
    afterAll(async () => mesh?.stop());

    it.each(kinds)(
      'while asked for $name: no hang, no false success, the right error',
      async ({ prepare, call, codes = [] }) => {
        const node = mesh.node('foo');
        for (let i = 0; i < times; i++) {
          if (!node.running) await node.start();
          const control = await ReceptorControl.connect(node.socket);
          const prepared = (await prepare?.(control)) ?? '';
          const killed = sleep(random() * 40).then(() => node.kill());
          const error = await untilItFails(() => call(control, node, prepared));
          await killed;
          if (!isControlError(error)) throw error;
          expect([...gone, ...codes]).toContain(error.code);
          if (error.code === 'submit-reply-lost') expect(error.unitId).toMatch(/^\w+$/);
          await control.close();
        }
      },
      soak ? 1_200_000 : 120_000,
    );
  });
});
