import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { App } from '../../../client/src/views/app.ts';
import { Pace } from '../../../client/src/views/pace.ts';
import { openSession } from '../../../client/src/views/session.ts';
import { answering, banner, fakeService, type FakeConnection, type FakeService } from '../../harness/hostile.ts';
import { eventually, testApp } from './app.ts';
import { editor } from './vscode.ts';

const created = 'Work unit created with ID abcd1234. Send stdin data and EOF.\n';
const ctrlC = '\u0003';
const ctrlD = '\u0004';

describe('a control session', () => {
  let app: App;
  let service: FakeService;
  /** Answers what is no `status`, and takes the connection by giving undefined. */
  let answer: (line: string, connection: FakeConnection) => Promise<string | undefined> | string | undefined;

  beforeEach(async () => {
    editor.reset();
    ({ app } = testApp());
    service = await fakeService(
      answering((line, connection) =>
        line.includes('"status"') && !line.includes('work') ? '{"NodeID":"fake"}\n' : answer(line, connection),
      ),
    );
    const connection = await app.connections.connect({ name: 'x', address: service.address });
    await openSession(app, { connection, nodeId: 'fake' });
    await prompts(1);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    for (const { pty } of editor.terminals) pty.close();
    app.connections.dispose();
    await service.stop();
  });

  const shown = (): string => editor.terminals[0]!.text.replaceAll(/\u001b\[[\d;]*[A-Za-z]/g, '');
  const type = (text: string): void => editor.terminals[0]!.pty.handleInput(text);
  /** The prompt of this node stands so often at a beginning, after what was answered. */
  const prompts = (count: number): Promise<void> =>
    eventually(() => expect(shown().match(/(?:^|\n)\r?fake> (?=\r|$)/g) ?? []).toHaveLength(count));
  const asked = (part: string): Promise<void> => eventually(() => expect(service.lines.some((line) => line.includes(part))).toBe(true));

  test('Ctrl+C ends the way to a node that does not answer, which is not entered when it answers late', async () => {
    let late: FakeConnection | undefined;
    answer = (_line, connection) => {
      late = connection;
      return undefined;
    };
    type('connect bar control\r');
    await asked('"bar"');
    type(ctrlC);
    await prompts(2);
    expect(shown()).toContain('Stopped.');
    await late!.send(`Connecting\n${banner.replace('fake', 'bar')}`);
    answer = () => '{"here":1}\n';
    type('work list\r');
    await prompts(3);
    expect(shown()).toContain('"here"');
    expect(shown()).not.toContain('bar> ');
  });

  test('Ctrl+C ends a submission whose payload was given and whose answer is awaited', async () => {
    answer = async (line, connection) => {
      if (!line.includes('submit')) return '{}\n';
      await connection.send(created);
      return undefined;
    };
    type('work submit localhost cat\r');
    type('typed here\r');
    type(ctrlD);
    await asked('submit');
    await eventually(async () => expect((await service.connections.at(-1)!.rest()).toString()).toBe('typed here\n'));
    type(ctrlC);
    await prompts(2);
    expect(shown()).toContain('Stopped.');
  });

  test('a command that takes long does not keep the views waiting', async () => {
    answer = () => new Promise(() => {});
    type('traceroute bar\r');
    await asked('traceroute bar');
    expect(await app.connections.active!.use((control) => control.status())).toEqual({ NodeID: 'fake' });
  });

  test('lines that hold a secret can be recalled, and are not kept when the session ends', async () => {
    answer = () => '{"done":true}\n';
    type('work list\r');
    await prompts(2);
    type('{"command":"work","subcommand":"cancel","unitid":"abcd1234","signature":"eyJ"}\r');
    await prompts(3);
    type('\u001b[A');
    expect(shown().match(/eyJ/g)).toHaveLength(2);
    editor.terminals[0]!.pty.close();
    expect(app.context.workspaceState.get('receptor.session.history')).toEqual(['work list']);
  });

  test('a payload is typed in as many columns as the terminal has, also when they change', () => {
    editor.terminals[0]!.pty.setDimensions({ columns: 200 });
    type('work submit localhost cat\r');
    const typed = 'x'.repeat(150);
    type(typed);
    expect(shown()).toContain(typed);
    editor.terminals[0]!.pty.setDimensions({ columns: 30 });
    expect(shown().split('\r').at(-1)).toBe('x'.repeat(29));
  });

  test('the signature of a request for results is sent', async () => {
    answer = () => new Promise(() => {});
    type('{"command":"work","subcommand":"results","unitid":"abcd1234","signature":"eyJ"}\r');
    await asked('"signature":"eyJ"');
  });

  test('Ctrl+C while the payload is typed drops the submission', async () => {
    answer = async (line, connection) => {
      if (!line.includes('submit')) return '{}\n';
      await connection.send(created);
      return undefined;
    };
    type('work submit localhost cat\r');
    type(`typed\rmore${ctrlC}`);
    await prompts(2);
    expect(shown()).toContain('Stopped.');
    expect(shown()).not.toContain('Job Started');
  });

  test('what is typed while the answer is awaited is for the next line', async () => {
    answer = async (line, connection) => {
      if (!line.includes('submit')) return '{"listed":true}\n';
      await connection.send(created);
      await connection.rest();
      await connection.send('{"result":"Job Started","unitid":"abcd1234"}\n');
      connection.socket.end();
      return undefined;
    };
    type('work submit localhost cat\r');
    type(`typed\r${ctrlD}work list\r`);
    await eventually(() => expect(shown()).toContain('"listed"'));
    expect(shown()).toContain('Job Started: unit abcd1234');
  });

  test('results wait at their source while the terminal is busy', async () => {
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    const wrote = vi.spyOn(Pace.prototype, 'wrote').mockReturnValueOnce(held);
    let results: FakeConnection | undefined;
    answer = async (line, connection) => {
      if (!line.includes('results')) return '{"State":2,"StateName":"Succeeded","StdoutSize":11}\n';
      results = connection;
      await connection.send('Streaming results for work unit abcd1234\n');
      await connection.send('first');
      return undefined;
    };
    type('work results abcd1234\r');
    await eventually(() => expect(shown()).toContain('first'));
    expect(wrote).toHaveBeenCalledWith(5);
    await results!.send('second');
    results!.socket.end();
    await app.connections.active!.use((control) => control.status()); // what came before this is here too
    expect(shown()).not.toContain('second');
    go();
    await eventually(() => expect(shown()).toContain('second'));
    await prompts(2);
  });
});

test('a terminal is left to breathe after so much, and not before', async () => {
  const pace = new Pace();
  expect(pace.wrote(500 * 1024)).toBeUndefined();
  const pause = pace.wrote(500 * 1024);
  expect(pause).toBeInstanceOf(Promise);
  await pause;
  expect(pace.wrote(500 * 1024)).toBeUndefined();
});
