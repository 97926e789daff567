// What a webview is told, when, and what is done with what it says.
import { beforeEach, describe, expect, test } from 'vitest';
import type { HostMessage } from '../../../client/src/topology/messages.ts';
import { GraphSession } from '../../../client/src/topology/session.ts';
import { everyState, FakeSource, throughWest, treeReply } from './meshes.ts';

let source: FakeSource;
let posted: HostMessage[];
let saved: { name: string; text: string }[];
let logged: string[];
let session: GraphSession;

const types = (): string[] => posted.map(({ type }) => type);
const forget = (): void => void (posted.length = 0);

beforeEach(() => {
  source = new FakeSource(everyState);
  posted = [];
  saved = [];
  logged = [];
  session = new GraphSession(source, {
    post: (message) => posted.push(message),
    save: (name, bytes) => {
      saved.push({ name, text: new TextDecoder().decode(bytes) });
      return Promise.resolve('Exported.');
    },
    log: (text) => logged.push(text),
  });
});

async function open(): Promise<void> {
  session.setVisible(true);
  await session.handle({ type: 'ready' });
}

describe('watching', () => {
  test('lasts as long as the panel can be seen', async () => {
    expect(source.watchers).toBe(0);
    await open();
    expect(source.watchers).toBe(1);
    session.setVisible(true);
    expect(source.watchers).toBe(1);
    session.setVisible(false);
    expect(source.watchers).toBe(0);
    session.setVisible(true);
    session.dispose();
    expect([source.watchers, source.listeners]).toEqual([0, 0]);
  });

  test('a hidden panel is told nothing; when it is seen again, what changed meanwhile', async () => {
    await open();
    forget();
    session.setVisible(false);
    source.answer(treeReply(4));
    expect(posted).toEqual([]);
    session.setVisible(true);
    expect(types()).toEqual(['changes']);
  });
});

describe('the picture', () => {
  test('is sent whole when the webview is ready, not before', async () => {
    session.setVisible(true);
    expect(posted).toEqual([]);
    await session.handle({ type: 'ready' });
    expect(types()).toEqual(['graph', 'status']);
  });

  test('is sent whole again to a webview that was thrown away while hidden', async () => {
    await open();
    forget();
    await open();
    expect(types()).toEqual(['graph', 'status']);
  });

  test('is told by its changes from then on; an equal mesh is no change', async () => {
    await open();
    forget();
    source.answer(everyState);
    expect(types()).toEqual([]);
    source.answer({ ...everyState, RoutingTable: { east: 'east', west: 'west' } });
    expect(posted).toMatchObject([
      { type: 'changes', nodes: expect.arrayContaining([expect.objectContaining({ id: 'far', state: 'unreachable' })]) },
    ]);
  });

  test('comes whole when there was none before', async () => {
    source = new FakeSource();
    session = new GraphSession(source, { post: (message) => posted.push(message), save: () => Promise.resolve(''), log: () => undefined });
    await open();
    expect(posted[0]).toMatchObject({ type: 'graph', nodes: [] });
    forget();
    source.answer(treeReply(2));
    expect(types()).toEqual(['graph', 'status']);
  });

  test('says when the connection is down, once', async () => {
    await open();
    forget();
    source.state = { state: 'down', text: 'refused' };
    source.tell();
    source.tell();
    expect(posted).toMatchObject([{ type: 'status', state: 'down', text: 'refused' }]);
  });
});

describe('the selected node', () => {
  test('gets its details, and again when they change', async () => {
    await open();
    forget();
    await session.handle({ type: 'select', node: 'far' });
    expect(posted).toMatchObject([{ type: 'details', details: { id: 'far', route: { nodes: ['hub', 'east', 'far'] } } }]);
    forget();
    source.answer(everyState);
    expect(posted).toEqual([]);
    source.answer(throughWest);
    expect(posted.at(-1)).toMatchObject({ type: 'details', details: { id: 'far', route: { nodes: ['hub', 'west', 'far'] } } });
  });

  test('that does not exist gets none', async () => {
    await open();
    forget();
    await session.handle({ type: 'select', node: 'nobody' });
    expect(posted).toEqual([]);
  });

  test('can be chosen from outside, also before there is a picture', async () => {
    session.reveal('far');
    await open();
    expect(types()).toContain('reveal');
    forget();
    session.reveal('east');
    expect(posted).toEqual([{ type: 'reveal', node: 'east' }]);
  });
});

describe('a traceroute', () => {
  const trace = { target: 'far', hops: [{ node: 'east', ms: 1 }] };

  test('is drawn now, and again in a new page', async () => {
    session.showTrace(trace);
    expect(posted).toEqual([]);
    await open();
    expect(posted).toContainEqual({ type: 'trace', trace });
    await session.handle({ type: 'clearTrace' });
    forget();
    await session.handle({ type: 'ready' });
    expect(types()).not.toContain('trace');
  });
});

describe('requests of the webview', () => {
  test('actions reach the source', async () => {
    await open();
    await session.handle({ type: 'action', action: 'traceroute', node: 'far' });
    await session.handle({ type: 'action', action: 'session', node: 'far' }); // not offered
    expect(source.asked).toEqual([['traceroute', 'far']]);
  });

  test('an export is saved under a name that every file system takes', async () => {
    source.label = 'unix:/run/../re"ceptor<>.sock';
    await session.handle({ type: 'export', format: 'svg', text: '<svg/>' });
    expect(saved).toEqual([{ name: 'topology-unix-run-..-re-ceptor-.sock.svg', text: '<svg/>' }]);
    expect(posted).toEqual([{ type: 'exported', text: 'Exported.' }]);
  });

  test('what is not understood is logged and ignored', async () => {
    await session.handle({ type: 'action', action: 'reload', node: 'hub' });
    await session.handle('nonsense');
    expect(logged).toHaveLength(2);
    expect(source.asked).toEqual([]);
  });
});
