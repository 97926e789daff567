import { describe, expect, test } from 'vitest';
import { decideOnSave, describePrediction, type SaveFacts } from '../../../client/src/reload/decide.ts';
import { nodeLinksOf, watchLinks, type NodeLinks, type WatchOptions } from '../../../client/src/reload/links.ts';
import { readReloadReply } from '../../../client/src/reload/outcome.ts';
import type { ReloadPrediction } from '../../../server/src/protocol/requests.ts';

describe('replies to reload', () => {
  const refused = (error: string) => readReloadReply({ Success: false, Error: error });

  test('success', () => expect(readReloadReply({ Success: true })).toEqual({ kind: 'done' }));

  test('code 3 names the action', () => {
    expect(
      refused(
        "a non-reloadable config action 'work-command' was modified or added. Must restart receptor for these changes to take effect ERRORCODE 3",
      ),
    ).toMatchObject({ kind: 'restart-needed', action: 'work-command', change: 'changed' });
    expect(
      refused("a non-reloadable config action 'log-level' was removed. Must restart receptor for changes to take effect ERRORCODE 3"),
    ).toMatchObject({ kind: 'restart-needed', action: 'log-level', change: 'removed' });
  });

  test('a bare item is named without its line feed', () => {
    const text =
      "a non-reloadable config action 'trace\n' was modified or added. Must restart receptor for these changes to take effect ERRORCODE 3";
    expect(refused(text)).toMatchObject({ action: 'trace', message: expect.stringContaining("action 'trace' was") });
  });

  test('a daemon without a file', () => {
    expect(refused('no configuration file was provided, reload function not set ERRORCODE 4').kind).toBe('no-reload');
  });

  test.each([
    [
      'error loading config file: error setting field port in command tcp-listener: strconv.ParseInt',
      { action: 'tcp-listener', field: 'port' },
      false,
    ],
    ['error loading config file: field foo not defined for command node: unknown field name foo', { action: 'node', field: 'foo' }, false],
    [
      'error loading config file: error in tcp-listener: required parameter missing: port',
      { action: 'tcp-listener', field: 'port' },
      false,
    ],
    ['connection cost must be positive', { field: 'cost' }, false],
    ['connection cost must be positive for b', { field: 'nodecost', name: 'b' }, false],
    ['unknown TLS config x', { field: 'tls', name: 'x' }, true],
    [
      'address http://[::1 is not a valid URL: parse "http://[::1": missing \']\' in host',
      { action: 'ws-peer', field: 'address', name: 'http://[::1' },
      false,
    ],
    ['listen tcp 0.0.0.0:2222: bind: address already in use', { field: 'port', name: '0.0.0.0:2222' }, true],
    ['listen tcp: address 70000: invalid port', { field: 'port', name: '70000' }, true],
    ['address foo: missing port in address', { field: 'address', name: 'foo' }, true],
    ['pinned fingerprints missing for default', { field: 'tls', name: 'default' }, true],
    ['lookup nowhere.invalid: no such host', { field: 'address', name: 'nowhere.invalid' }, true],
    ['lookup nowhere.invalid on 127.0.0.53:53: server misbehaving', { field: 'address', name: 'nowhere.invalid' }, true],
    ['lookup udp/nosuch: unknown port', {}, true],
  ])('code 4: %s', (text, part, backendsDown) => {
    expect(refused(`${text} ERRORCODE 4`)).toEqual({
      kind: 'refused',
      message: text,
      part,
      backendsDown,
      retry: text.includes('already in use'),
    });
  });

  test('words never heard', () => expect(refused('something new')).toEqual({ kind: 'unknown', message: 'something new' }));
});

describe('watching links', () => {
  const state = (direct: string[], routed = direct): NodeLinks => ({ direct: new Map(direct.map((d) => [d, 1])), routed: new Set(routed) });
  const watch = (looks: (NodeLinks | Error)[], before: string[], timeout = 5_000, fewer = 0, more: Partial<WatchOptions> = {}) => {
    let at = 0;
    let clock = 0;
    return watchLinks({
      before,
      fewer,
      interval: 1,
      timeout,
      ...more,
      now: () => (clock += 10),
      ask: () => {
        const look = looks[Math.min(at++, looks.length - 1)]!;
        return look instanceof Error ? Promise.reject(look) : Promise.resolve(look);
      },
    });
  };

  test('a link counts when it is routed again', async () => {
    const report = await watch([state([]), state(['b'], []), state(['b'])], ['b']);
    expect(report).toMatchObject({ back: [{ node: 'b' }], missing: [], added: [] });
    expect(report.outage).toBe(report.back[0]!.after);
  });

  test('a link that moved takes the place of the one before', async () => {
    const report = await watch([state([]), state(['c'], []), state(['c'])], ['b']);
    expect(report).toMatchObject({ back: [], missing: ['b'], added: ['c'], outage: expect.any(Number) });
  });

  test('what the change takes away is not waited for', async () => {
    expect(await watch([state([]), state(['b'])], ['b', 'c'], 5_000, 1)).toMatchObject({ missing: ['c'], outage: expect.any(Number) });
  });

  test('a look that fails is no answer', async () => {
    expect((await watch([new Error('gone'), state(['b'])], ['b'])).missing).toEqual([]);
  });

  test('a link that does not return is named', async () => {
    expect(await watch([state(['b'])], ['b', 'c'], 30)).toEqual({
      back: [{ node: 'b', after: expect.any(Number) }],
      missing: ['c'],
      added: [],
      outage: undefined,
      silent: false,
    });
  });

  test('a node that goes away is not asked for ever', async () => {
    expect(await watch([state([]), new Error('gone')], ['b'], 5_000, 0, { patience: 50 })).toMatchObject({
      silent: true,
      outage: undefined,
    });
  });

  test('a watch that is ended in the middle of a look says nothing against the node', async () => {
    const stop = new AbortController();
    const report = await watchLinks({
      before: ['b'],
      signal: stop.signal,
      interval: 1,
      ask: (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')));
          stop.abort();
        }),
    });
    expect(report).toEqual({ back: [], missing: ['b'], added: [], outage: undefined, silent: false, cancelled: true });
  });

  test('a look that the end of the time cuts short is not the silence of the node', async () => {
    let looks = 0;
    const report = await watchLinks({
      before: ['b'],
      timeout: 30,
      interval: 1,
      ask: (signal) =>
        ++looks < 3
          ? Promise.resolve(state([]))
          : new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    });
    expect(report).toEqual({ back: [], missing: ['b'], added: [], outage: undefined, silent: false });
  });

  test('a link that has yet to drop is not taken for one that is back', async () => {
    const report = await watch([state(['b']), state(['b']), state([]), state(['b'])], ['b'], 5_000, 0, { dropWithin: 10_000 });
    expect(report.back).toEqual([{ node: 'b', after: 100 }]); // the clock of these tests goes on by 10 whenever it is looked at
  });

  test('a link that never drops counts when the time to drop is over', async () => {
    expect(await watch([state(['b'])], ['b'], 5_000, 0, { dropWithin: 60 })).toMatchObject({
      back: [{ node: 'b' }],
      outage: expect.any(Number),
    });
  });

  test('nothing to wait for', async () => {
    expect(await watch([state([])], [])).toEqual({ back: [], missing: [], added: [], outage: 0, silent: false });
  });

  test('a status reply with null containers', () => {
    expect(nodeLinksOf({ Connections: null, RoutingTable: null })).toEqual({ direct: new Map(), routed: new Set() });
  });
});

describe('a save', () => {
  const prediction = (more: Partial<ReloadPrediction> = {}): ReloadPrediction => ({ accepted: true, changes: true, items: [], ...more });
  const facts = (more: Partial<SaveFacts> = {}): SaveFacts => ({
    trusted: true,
    manual: true,
    setting: 'ask',
    link: 'running',
    format: 'v1',
    templated: false,
    errors: 0,
    prediction: prediction(),
    linksDown: false,
    ...more,
  });

  test('asks by default, reloads when told to', () => {
    expect(decideOnSave(facts())).toEqual({ do: 'ask' });
    expect(decideOnSave(facts({ setting: 'always' }))).toEqual({ do: 'reload' });
  });

  test.each<[string, Partial<SaveFacts>]>([
    ['in an untrusted workspace', { trusted: false }],
    ['when told never to', { setting: 'never' }],
    ['on auto-save', { manual: false }],
    ['when no node runs the file', { link: 'not-running' }],
    ['when another node answers', { link: 'other-node' }],
    ['when the node was started from another file', { link: 'other-file' }],
    ['when no node is known', { link: 'unknown' }],
    ['for a template', { templated: true }],
    ['when nothing that reloads has changed', { prediction: prediction({ changes: false }) }],
  ])('does nothing %s', (_, more) => {
    expect(decideOnSave(facts({ setting: 'always', ...more })).do).toBe('nothing');
  });

  test.each<[string, Partial<SaveFacts>, string]>([
    ['errors', { errors: 2 }, 'errors'],
    ['a restart is needed', { prediction: prediction({ accepted: false, code: 3, message: 'm' }) }, 'restart'],
    ['it would be refused', { prediction: prediction({ accepted: false, code: 4, message: 'm' }) }, 'refused'],
  ])('explains that %s', (_, more, why) => {
    expect(decideOnSave(facts({ setting: 'always', ...more }))).toMatchObject({ do: 'explain', why });
  });

  describe('while it is unknown what the node runs', () => {
    const unknown = (change: ReloadPrediction | undefined, more: Partial<SaveFacts> = {}) =>
      decideOnSave(facts({ setting: 'always', prediction: undefined, change, ...more }));

    test('does nothing when nothing that reloads was changed', () => {
      expect(unknown(prediction({ changes: false })).do).toBe('nothing');
      expect(unknown(prediction({ changes: false }), { setting: 'ask' }).do).toBe('nothing');
    });
    test('reloads or asks when the change would be taken', () => {
      expect(unknown(prediction())).toEqual({ do: 'reload' });
      expect(unknown(prediction(), { setting: 'ask' })).toEqual({ do: 'ask' });
    });
    test('explains when it would not, and says by what', () => {
      expect(unknown(prediction({ accepted: false, code: 3, message: 'm' }))).toMatchObject({
        do: 'explain',
        why: 'restart',
        message: expect.stringMatching(/^m .*not known here/),
      });
    });
    test('explains and offers when the change is unknown too', () => {
      expect(unknown(undefined)).toMatchObject({ do: 'explain', why: 'unknown' });
      expect(unknown(undefined, { setting: 'ask' })).toEqual({ do: 'ask' });
    });
    test('brings back links that are down', () => {
      expect(unknown(undefined, { linksDown: true })).toEqual({ do: 'reload' });
      expect(unknown(prediction({ changes: false }), { linksDown: true })).toEqual({ do: 'reload' });
    });
  });

  test('a file as it was brings back the links that a refused reload took', () => {
    const rests = prediction({ changes: false });
    expect(decideOnSave(facts({ prediction: rests, linksDown: true }))).toEqual({ do: 'ask' });
    expect(describePrediction(rests, true)).toBe('will bring its links back');
  });

  test('v2 has seen the file itself: its links are watched, whatever the findings', () => {
    const watched = prediction({ accepted: false, code: 4, watch: 'restarts' });
    expect(decideOnSave(facts({ format: 'v2', errors: 1, prediction: watched }))).toEqual({ do: 'watch', prediction: watched });
    const rests = prediction({ accepted: false, code: 4, watch: 'nothing', changes: false });
    expect(decideOnSave(facts({ format: 'v2', prediction: rests })).do).toBe('nothing');
    expect(decideOnSave(facts({ format: 'v2', setting: 'never', prediction: watched })).do).toBe('nothing');
    expect(decideOnSave(facts({ format: 'v2', prediction: undefined })).do).toBe('nothing');
  });

  test.each<[ReloadPrediction['watch'], string[], string]>([
    ['restarts', ['tcp-peers reloads'], 'restarts 1 backend at once'],
    ['restarts', ['tcp-peers reloads', 'work-commands restart'], 'restarts 1 backend at once; work-commands waits for a restart'],
    ['restarts', [], 'restarts its backends at once'],
    ['nothing', ['work-commands restart'], 'needs a restart (work-commands)'],
    ['nothing', [], 'changes nothing'],
    ['ignored', [], 'would be ignored: there is nothing in it that the node can use'],
    ['crash', ['tcp-listeners refused'], 'would end the node: it cannot read tcp-listeners'],
  ])('v2 in a few words: %s %j', (watch, items, words) => {
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
    const told = items.map((item) => {
      const [action = '', verdict] = item.split(' ');
      return { action, verdict: verdict as ReloadPrediction['items'][number]['verdict'], text: '', range };
    });
    expect(describePrediction(prediction({ accepted: false, code: 4, ...(watch === undefined ? {} : { watch }), items: told }))).toBe(
      words,
    );
  });

  test('in a few words', () => {
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
    const item = (action: string, verdict: 'reloads' | 'restart') => ({ action, verdict, text: '', range });
    const { range: _gone, ...gone } = item('tcp-peer', 'reloads');
    expect(describePrediction(prediction({ items: [item('tcp-peer', 'reloads'), item('tcp-listener', 'reloads')] }))).toBe(
      'will reload 2 backends',
    );
    expect(describePrediction(prediction({ items: [item('tcp-peer', 'reloads'), gone] }))).toBe('will reload 1 backend');
    expect(describePrediction(prediction({ changes: false }))).toBe('nothing to reload');
    expect(describePrediction(prediction({ accepted: false, code: 3, items: [item('work-command', 'restart')] }))).toBe(
      'needs a restart (work-command)',
    );
    expect(describePrediction(prediction({ accepted: false, code: 4, message: 'unknown TLS config x' }))).toBe(
      'would fail: unknown TLS config x',
    );
  });
});
