import { expect, it } from 'vitest';
import type { Connection } from '../../../client/src/views/connection.ts';
import { PerConnection } from '../../../client/src/views/perConnection.ts';

it('holds something for each open connection, once, until it goes', () => {
  const told: string[] = [];
  const [foo, bar] = ['foo', 'bar'].map((name) => ({ name }) as Connection) as [Connection, Connection];
  const held = new PerConnection(({ name }) => {
    told.push(`+${name}`);
    return { dispose: () => void told.push(`-${name}`) };
  });
  held.follow([foo]);
  held.follow([foo, bar]);
  held.follow([bar]);
  held.follow([foo, bar]);
  held.dispose();
  expect(told).toEqual(['+foo', '+bar', '-foo', '+foo', '-bar', '-foo']);
});
