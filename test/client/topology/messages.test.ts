// Both ends of the wire between panel and webview look at what arrives.
import { describe, expect, test } from 'vitest';
import { describeChanges, describeGraph, describeNode, describeTrace } from '../../../client/src/topology/describe.ts';
import { readHostMessage, readWebviewMessage, type HostMessage, type WebviewMessage } from '../../../client/src/topology/messages.ts';
import { everyState, FakeSource, snapshotOf, treeReply } from './meshes.ts';
import { fc } from '../../harness/fastCheck.ts';

const source = new FakeSource(everyState);
const snapshot = source.current()!;
const hostMessages: HostMessage[] = [
  describeGraph(source, snapshot),
  describeChanges(snapshotOf(treeReply(3)), snapshotOf(treeReply(5)))!,
  { type: 'status', state: 'down', text: 'refused', takenAt: 1 },
  { type: 'status', state: 'waiting', text: '' },
  { type: 'details', details: describeNode(snapshot, 'hub')! },
  {
    type: 'trace',
    trace: describeTrace('far', [
      { From: 'east', Time: 1_000_000 },
      { From: '', Time: 2, Error: 'timeout' },
    ]),
  },
  { type: 'trace' },
  { type: 'reveal', node: 'far' },
  { type: 'exported', text: 'done' },
];
const webviewMessages: WebviewMessage[] = [
  { type: 'ready' },
  { type: 'select', node: 'far' },
  { type: 'select' },
  { type: 'export', format: 'svg', text: '<svg/>' },
  { type: 'export', format: 'png', bytes: new Uint8Array([1, 2]) },
  { type: 'action', action: 'ping', node: 'far' },
  { type: 'clearTrace' },
  { type: 'problem', text: 'oops' },
];

describe('what the panel sends', () => {
  test.each(hostMessages.map((message) => [message.type, message] as const))('%s is understood after its way as JSON', (_type, message) => {
    const arrived: unknown = JSON.parse(JSON.stringify(message));
    expect(readHostMessage(arrived)).toEqual(arrived);
  });

  test('is refused with any one field of another type', () => {
    for (const message of hostMessages) {
      const whole = JSON.parse(JSON.stringify(message)) as Record<string, unknown>;
      for (const key of Object.keys(whole))
        expect(readHostMessage({ ...whole, [key]: Symbol('wrong') }), `${message.type}.${key}`).toBeUndefined();
    }
  });

  test('is refused when a node has a state that does not exist', () => {
    const graph = JSON.parse(JSON.stringify(hostMessages[0])) as { nodes: { state: string }[] };
    graph.nodes[0]!.state = 'haunted';
    expect(readHostMessage(graph)).toBeUndefined();
  });
});

describe('what the webview sends', () => {
  test.each(webviewMessages.map((message) => [JSON.stringify(message), message] as const))('%s is understood', (_text, message) => {
    expect(readWebviewMessage(message)).toEqual(message);
  });

  test.each([
    [{ type: 'action', action: 'reload', node: 'far' }],
    [{ type: 'action', action: 'constructor', node: 'far' }],
    [{ type: 'action', action: 'ping' }],
    [{ type: 'export', format: 'svg', text: 7 }],
    [{ type: 'export', format: 'png', bytes: 'text' }],
    [{ type: 'toString' }],
    [{ type: '__proto__' }],
    [{}],
    [null],
    ['ready'],
  ])('%j is not', (message) => {
    expect(readWebviewMessage(message)).toBeUndefined();
  });
});

test('anything at all is read without a throw', () => {
  fc.assert(
    fc.property(fc.anything(), fc.constantFrom(...hostMessages, ...webviewMessages), (value, message) => {
      readHostMessage(value);
      readWebviewMessage(value);
      expect(readHostMessage({ type: message.type, ...(typeof value === 'object' ? value : {}) })).toSatisfy(
        (read: unknown) => read === undefined || typeof read === 'object',
      );
    }),
  );
});
