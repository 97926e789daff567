/** Results as documents of an editor, which keeps the text of those that are open. */
import { beforeEach, describe, expect, test } from 'vitest';
import { ResultsDocuments } from '../../../../client/src/views/work/resultsDocuments.ts';
import type { Endings } from '../../../../client/src/views/work/endings.ts';
import { Followings } from '../../../../client/src/views/work/followings.ts';
import type { WorkHost } from '../../../../client/src/views/work/hosts.ts';
import { eventually } from '../app.ts';
import { lost, SimulatedUnit } from '../../work/simulated.ts';
import { editor } from '../vscode.ts';

describe('the results of a unit', () => {
  let unit: SimulatedUnit;
  let connected: boolean;
  let closed: boolean;
  let host: WorkHost;
  let followings: Followings;
  let documents: ResultsDocuments;

  beforeEach(() => {
    editor.reset();
    unit = new SimulatedUnit(Buffer.from('first\nsecond\n'));
    connected = true;
    closed = false;
    host = {
      connection: { name: 'foo' },
      remote: undefined,
      get closed() {
        return closed;
      },
      use: (work: (control: object) => Promise<unknown>) => work({ workStatus: () => unit.status() }),
      results: () => unit,
    } as unknown as WorkHost;
    followings = new Followings();
    documents = new ResultsDocuments(followings, { follow: () => undefined } as unknown as Endings, () => (connected ? host : undefined));
  });

  const opened = async (): Promise<string> => (await documents.open(host, 'fooX')).getText();

  test('are read again when they could not be read', async () => {
    unit.finish();
    unit.refuseStatus = lost;
    expect(await opened()).toContain("can't be read");
    unit.refuseStatus = () => undefined;
    expect(await opened()).toBe('first\nsecond\n');
  });

  test('are read again when the node was not connected', async () => {
    unit.finish();
    connected = false;
    expect(await opened()).toContain('connect and open the results again');
    connected = true;
    expect(await documents.copy(host, 'fooX')).toEqual({ text: 'first\nsecond\n', notes: [] });
    expect(await opened()).toBe('first\nsecond\n');
  });

  test('are read on when a disconnect broke them off', async () => {
    unit.written = 6;
    const document = await documents.open(host, 'fooX');
    expect(document.getText()).toContain('first\n');
    closed = true;
    followings.stopClosed();
    await eventually(() => expect(document.getText()).toContain('Open the results again to read on.'));
    closed = false;
    unit.finish();
    expect(await opened()).toBe('first\nsecond\n');
  });

  test('keep what came of them as long as they cannot be read on', async () => {
    unit.written = 6;
    const document = await documents.open(host, 'fooX');
    closed = true;
    followings.stopClosed();
    await eventually(() => expect(document.getText()).toContain('Open the results again to read on.'));
    const text = document.getText();
    unit.refuseStatus = lost;
    expect(await opened()).toBe(text);
    expect(await documents.copy(host, 'fooX')).toMatchObject({ text: 'first\n' });
    unit.refuseStatus = () => undefined;
    closed = false;
    unit.finish();
    expect(await opened()).toBe('first\nsecond\n');
  });

  test('say that bytes which are no text are not in them as they are', async () => {
    unit = new SimulatedUnit(Buffer.from([0x66, 0xe4, 0x66, 0xc3]));
    unit.written = 1;
    const document = await documents.open(host, 'fooX');
    unit.finish();
    const note = 'Some of the output is no UTF-8 text: its bytes stand as \ufffd here. "Receptor: Save Results" has them as they are.';
    await eventually(() => expect(document.getText()).toBe(`f\ufffdf\ufffd\n[${note}]\n`));
    expect(await documents.copy(host, 'fooX')).toEqual({ text: 'f\ufffdf\ufffd', notes: [note] });
  });

  test('are not read twice when they are whole, and outlast their unit', async () => {
    unit.finish();
    await opened();
    const streams = unit.opened.length;
    unit.released = true;
    expect(await opened()).toBe('first\nsecond\n');
    expect(unit.opened.length).toBe(streams);
  });
});
