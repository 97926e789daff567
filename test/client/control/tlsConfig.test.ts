import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { tlsOptionsFromConfig } from '../../../client/src/control/index.ts';

const v1 = parse(`
- node: {id: foo}
- tls-client:
    name: me
    rootcas: ca.crt
    cert: /etc/me.crt
    key: /etc/me.key
    insecureSkipVerify: yes
- tls-client: {name: other, mintls13: true, pinnedservercert: [AA, BB]}
`) as unknown;
const v2 = parse('version: 2\ntls-clients:\n  - name: me\n    RootCAs: ca.crt\n') as unknown;

describe('tlsOptionsFromConfig', () => {
  it('reads the tls-client of that name from a v1 list, with paths from where the daemon was started', () => {
    expect(tlsOptionsFromConfig(v1, 'me', '/srv')).toEqual({
      rootCas: '/srv/ca.crt',
      cert: '/etc/me.crt',
      key: '/etc/me.key',
      insecureSkipVerify: true,
    });
    expect(tlsOptionsFromConfig(v1, 'other', '/srv')).toMatchObject({
      insecureSkipVerify: false,
      minVersion: 'TLSv1.3',
      pinnedServerCert: ['AA', 'BB'],
    });
  });

  it('reads it from a v2 mapping', () => {
    expect(tlsOptionsFromConfig(v2, 'me', '/srv')).toMatchObject({ rootCas: '/srv/ca.crt', cert: undefined });
  });

  it.each<[string, string, string[] | undefined]>([
    ['a list in v2', 'tls-clients: [{name: me, pinnedservercert: [AA, BB]}]', ['AA', 'BB']],
    ['a text in v2', 'tls-clients: [{name: me, pinnedservercert: "AA,BB"}]', ['AA', 'BB']],
    ['an empty text in v2', 'tls-clients: [{name: me, pinnedservercert: ""}]', undefined],
    ['a text in v1', '- tls-client: {name: me, pinnedservercert: "AA,BB"}', ['AA,BB']],
    ['an empty text in v1, which the daemon refuses', '- tls-client: {name: me, pinnedservercert: ""}', ['']],
    ['null', '- tls-client: {name: me, pinnedservercert: }', undefined],
  ])('leaves out no pin: %s', (_how, config, pins) => {
    expect(tlsOptionsFromConfig(parse(config), 'me').pinnedServerCert).toEqual(pins);
  });

  it.each(['tls-clients: [{name: me, pinnedservercert: 12}]', '- tls-client: {name: me, pinnedservercert: {a: b}}'])(
    'refuses pins that are no text: %s',
    (config) => {
      expect(() => tlsOptionsFromConfig(parse(config), 'me')).toThrow(
        expect.objectContaining({
          code: 'invalid-argument',
          message: expect.stringContaining('pinnedservercert') as string,
        }) as Error,
      );
    },
  );

  it.each([v1, v2, null, 'text', [], {}, [null, { 'tls-client': null }]])(
    'says which there are when there is none of that name',
    (config) => {
      expect(() => tlsOptionsFromConfig(config, 'nobody')).toThrow(
        expect.objectContaining({
          code: 'invalid-argument',
          nextStep: expect.stringMatching(/^(?:It has "me"|Add a tls-client)/) as string,
        }) as Error,
      );
    },
  );
});
