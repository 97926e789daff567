import { describe, expect, it } from 'vitest';
import { compareVersions, defaultOf, hasSince, knowledgeOf } from '../../../server/src/schema/knowledge.ts';
import { mostSimilar } from '../../../server/src/schema/similar.ts';

describe('knowledge', () => {
  it('knows defaults by version and format', () => {
    const v1 = knowledgeOf('v1').actions.get('tls-server')!.fields.get('mintls13')!;
    expect([defaultOf(v1, '1.5.5'), defaultOf(v1, '1.6.9')]).toEqual([false, true]);
    const v2 = knowledgeOf('v2').actions.get('tls-servers')!.fields.get('mintls13')!;
    expect(defaultOf(v2, '1.6.9')).toBe(false);
    expect(v2.defaultNote).toContain('v2');
    expect(defaultOf(knowledgeOf('v1').actions.get('control-service')!.fields.get('permissions')!, '1.6.9')).toBe(0o600);
  });

  it('knows what a name refers to', () => {
    const { actions } = knowledgeOf('v1');
    expect(actions.get('tcp-listener')!.fields.get('tls')!.refers).toBe('tls-server');
    expect(actions.get('tcp-peer')!.fields.get('tls')!.refers).toBe('tls-client');
    expect(actions.get('unix-socket-server')!.fields.get('tls')!.refers).toBe('tls-client');
    expect(actions.get('work-command')!.fields.get('worktype')!.defines).toBe('work-type');
  });

  it('maps the formats onto each other', () => {
    const v1 = knowledgeOf('v1').actions;
    const v2 = knowledgeOf('v2').actions;
    for (const section of v2.values()) expect(v1.get(section.otherKey!)?.otherKey).toBe(section.key);
    expect(v1.get('ip-router')?.otherKey).toBe('iprouters');
    expect(v1.get('command-service')?.otherKey).toBeUndefined();
  });

  it('compares versions by their numbers', () => {
    expect(compareVersions('1.10.0', '1.9.9')).toBeGreaterThan(0);
    expect(compareVersions('1.6', '1.6.0')).toBe(0);
    expect(hasSince('1.6', '1.5.5')).toBe(false);
    expect(hasSince(undefined, '1.0')).toBe(true);
  });
});

describe('mostSimilar', () => {
  it.each([
    ['tcp-listner', 'tcp-listener'],
    ['TCPPeer', 'tcp-peer'],
    ['contorl-service', 'control-service'],
    ['zzz', undefined],
    ['', undefined],
  ])('%j means %j', (word, meant) => {
    expect(mostSimilar(word, knowledgeOf('v1').actions.keys())).toBe(meant);
  });

  it.each([
    ['prot', 'port'],
    ['ost', 'cost'],
    ['hosts', undefined],
    ['cert', undefined],
    ['tags', undefined],
  ])('%j as a field means %j', (word, meant) => expect(mostSimilar(word, ['port', 'cost', 'tls', 'nodecost'])).toBe(meant));
});
