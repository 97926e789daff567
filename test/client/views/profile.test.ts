import { describe, expect, test } from 'vitest';
import { readProfiles, tlsOptions } from '../../../client/src/views/profile.ts';

describe('the setting receptor.connections', () => {
  test('is read entry by entry', () => {
    const { profiles, problems } = readProfiles([
      { name: 'a', address: 'unix:/a', autoConnect: true, color: 'blue' },
      { name: 'b', address: 'tls://b:1', tls: { rootcas: 'ca.pem', insecureskipverify: true, key: 5 }, color: 'pink' },
    ]);
    expect(problems).toEqual([]);
    expect(profiles).toEqual([
      { name: 'a', address: 'unix:/a', tls: undefined, autoConnect: true, color: 'blue' },
      { name: 'b', address: 'tls://b:1', tls: { rootcas: 'ca.pem', insecureskipverify: true }, autoConnect: false, color: undefined },
    ]);
  });

  test('costs no good entry for a bad one', () => {
    const { profiles, problems } = readProfiles([
      null,
      { name: 'a' },
      { address: 'x' },
      { name: 'ok', address: 'unix:/a' },
      { name: 'ok', address: 'unix:/b' },
    ]);
    expect(profiles.map(({ address }) => address)).toEqual(['unix:/a']);
    expect(problems).toEqual([
      'receptor.connections[0] is no object',
      'receptor.connections[1] has no address',
      'receptor.connections[2] has no name',
      'receptor.connections[4] has the name "ok" of an earlier one',
    ]);
    expect(readProfiles('x').problems).toHaveLength(1);
    expect(readProfiles(undefined)).toEqual({ profiles: [], problems: [] });
  });

  test('becomes options of the client, with paths made whole', () => {
    expect(tlsOptions({ rootcas: 'ca.pem', cert: 'c', key: 'k', servername: 'n' }, (path) => `/ws/${path}`, 'secret')).toMatchObject({
      rootCas: '/ws/ca.pem',
      cert: '/ws/c',
      key: '/ws/k',
      serverName: 'n',
      passphrase: 'secret',
    });
  });
});
