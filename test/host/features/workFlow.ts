// From a command to a unit: what is asked, what is said before it is sent, what becomes of the answers.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { hand } from '../hand.ts';
import { fileUri, openFile, setText, until } from '../support.ts';
import { Foo, run, submission, ticker, type Sent } from '../work.ts';

const problems = 'before it is sent';

describe('submitting work', () => {
  const foo = Foo.forTests('advertised');

  /** Answers the questions of the quick flow up to the look at the whole. */
  const answer = async (node: string, workType: string, params = ''): Promise<void> => {
    await hand.pick('Submit work: node', node);
    await hand.pick(': work type', workType);
    await hand.answer(': parameters', params);
  };

  it('asks for node, work type, parameters and payload, and takes typed text', async () => {
    const sent = run<Sent>('submit');
    await answer('foo', 'cat');
    await hand.pick('Payload', 'Typed Text');
    await hand.answer('Payload', 'typed here');
    await hand.pick('Submit cat to localhost', 'Submit');
    assert.equal(await foo.resultsOf((await sent).unitId), 'typed here');
  });

  it('takes nothing as payload, and parameters', async () => {
    const sent = run<Sent>('submit');
    await answer('foo', 'echo-params', 'one "two three"');
    await hand.pick('Payload', 'Nothing');
    await hand.pick('Submit echo-params to localhost', 'Submit');
    const { unitId, bytes } = await sent;
    assert.equal(bytes, 0);
    assert.equal(await foo.resultsOf(unitId), 'one two three\n');
  });

  it('takes the open document with what is not saved, and remembers the answers for it', async () => {
    const { document } = await openFile('unsaved.txt', 'on disk\n');
    await setText(document, 'in the editor ä\n');
    const first = run<Sent>('submitDocument');
    await answer('foo', 'cat');
    await hand.pick('Submit cat to localhost', 'Submit');
    assert.equal(await foo.resultsOf((await first).unitId), 'in the editor ä\n');
    await vscode.window.showTextDocument(document);
    const second = run<Sent>('submitDocument');
    assert.match((await hand.rows('Submit work: node'))[0]!, /^foo/);
    await hand.pick('Submit work: node', 'foo');
    assert.match((await hand.rows(': work type'))[0]!, /^cat/);
    await hand.leave(': work type');
    assert.equal(await second, undefined);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await vscode.workspace.fs.delete(document.uri);
  });

  it('remembers the answers of each file', async () => {
    const documents: vscode.TextDocument[] = [];
    for (const [name, workType] of [
      ['one.txt', 'echo-params'],
      ['two.txt', 'cat'],
    ] as const) {
      const { document } = await openFile(name, `${name}\n`);
      documents.push(document);
      const sent = run<Sent>('submitDocument');
      await answer('foo', workType);
      await hand.pick(`Submit ${workType} to localhost`, 'Submit');
      await foo.ended((await sent).unitId);
    }
    // The last answers of all were those for the other file.
    await vscode.window.showTextDocument(documents[0]!);
    const again = run<Sent>('submitDocument');
    await hand.pick('Submit work: node', 'foo');
    assert.match((await hand.rows(': work type'))[0]!, /^echo-params/);
    await hand.leave(': work type');
    assert.equal(await again, undefined);
    for (const { uri } of documents) await vscode.workspace.fs.delete(uri);
  }).timeout(60_000);

  it('takes a file, and lets each line of the whole be changed', async () => {
    await vscode.workspace.fs.writeFile(fileUri('payload.bin'), Buffer.from([0, 1, 0xff, 0x0a]));
    const sent = run<Sent>('submitFile', fileUri('payload.bin'));
    await answer('bar', 'uptime');
    await hand.pick('Submit uptime to bar', 'ttl');
    await hand.answer('ttl', '5m');
    assert.match((await hand.rows('Submit uptime to bar')).join('\n'), /^ttl.*5m$/m);
    await hand.pick('Submit uptime to bar', 'Submit');
    const { unitId, bytes } = await sent;
    assert.equal(bytes, 4);
    const { ExtraData } = await foo.ended(unitId);
    assert.doesNotMatch(String((ExtraData as Record<string, unknown>)['Expiration']), /^0001/);
    await vscode.workspace.fs.delete(fileUri('payload.bin'));
  });

  describe('again', () => {
    it('repeats what the editor shows the results of, else the last of its file, else the last', async () => {
      const { document } = await openFile('again.receptor-work.yml', 'worktype: echo-params\nparams: from the file\n');
      const one = await run<Sent>('submitEntry', document.uri, 0);
      const two = await run<Sent>('submit', submission({ payload: { kind: 'text', text: 'the last', label: '-' } }));
      await vscode.window.showTextDocument(document);
      const ofFile = await run<Sent>('submitAgain');
      assert.equal(await foo.resultsOf(ofFile.unitId), 'from the file\n');
      assert.equal(await foo.resultsOf(two.unitId), 'the last');
      const ofResults = await run<Sent>('submitAgain');
      assert.equal(await foo.resultsOf(ofResults.unitId), 'the last');
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      const ofAll = await run<Sent>('submitAgain');
      assert.equal(await foo.resultsOf(ofAll.unitId), 'the last');
      assert.equal(new Set([one, two, ofFile, ofResults, ofAll].map(({ unitId }) => unitId)).size, 5);
      await vscode.workspace.fs.delete(document.uri);
    }).timeout(120_000);

    it('goes to another node, whose work types are looked at', async () => {
      await run<Sent>('submit', submission());
      const sent = run<Sent>('submitToAnotherNode');
      await hand.pick('Node that shall run the work', 'bar');
      assert.ok((await hand.rows(problems)).some((row) => row.includes('bar does not advertise the work type cat')));
      await hand.pick(problems, 'Choose a Work Type');
      await hand.pick('Work type', 'uptime');
      assert.match(await foo.resultsOf((await sent).unitId), /load average/);
    });
  });

  describe('with a problem', () => {
    const fixes = async (): Promise<string[]> => hand.rows(problems);
    const has = (rows: readonly string[], ...texts: string[]): void => {
      for (const text of texts)
        assert.ok(
          rows.some((row) => row.includes(text)),
          `${text}\n${rows.join('\n')}`,
        );
    };

    it('offers a ttl for a node that nobody knows, and lets the user go on', async () => {
      const sent = run<Sent>('submit', submission({ node: 'ghost' }));
      has(await fixes(), 'foo has never heard of a node ghost', 'Without ttl the work waits for ghost for ever', 'Submit Anyway');
      await hand.pick(problems, 'Set ttl to 10m');
      assert.ok(!(await fixes()).some((row) => row.includes('Without ttl')));
      await hand.pick(problems, 'Submit Anyway');
      const { unitId } = await sent;
      const { State, ExtraData } = await foo.control.workStatus(unitId);
      assert.equal(State, 0);
      assert.doesNotMatch(String((ExtraData as Record<string, unknown>)['Expiration']), /^0001/);
    });

    it('offers other nodes', async () => {
      const sent = run<Sent>('submit', submission({ node: 'ghost', workType: 'uptime', ttl: '1h' }));
      await hand.pick(problems, 'Choose Another Node');
      await hand.pick('Node that shall run the work', 'bar');
      assert.match(await foo.resultsOf((await sent).unitId), /load average/);
    });

    it('is left without a unit', async () => {
      const before = await foo.units();
      const sent = run<Sent>('submit', submission({ node: 'ghost' }));
      await hand.leave(problems);
      assert.equal(await sent, undefined);
      assert.deepEqual(await foo.units(), before);
    });

    it('offers the work type that was meant', async () => {
      const sent = run<Sent>('submit', submission({ workType: 'catt' }));
      has(await fixes(), 'foo does not advertise the work type catt');
      await hand.pick(problems, 'Use cat');
      assert.equal(await foo.resultsOf((await sent).unitId), 'hello from the editor\n');
    });

    for (const [what, more, text, fix] of [
      ['a ttl on the node itself', { ttl: '5m' }, 'remote work only', 'Remove ttl'],
      ['a ttl without a unit', { node: 'bar', workType: 'uptime', ttl: '90' }, 'is not a duration as Go reads it', 'Set ttl to 90s'],
      ['a signature that is not expected', { node: 'bar', workType: 'uptime', signWork: true }, 'expects no signature', 'Do Not Sign'],
      ['a parameter with a reserved name', { params: { node: 'x' } }, "can't be named node", 'Remove the Parameter'],
    ] as const) {
      it(`mends ${what}`, async () => {
        const sent = run<Sent>('submit', submission(more));
        has(await fixes(), text, 'receptor will refuse it.');
        await hand.pick(problems, fix);
        assert.equal((await foo.ended((await sent).unitId)).StateName, 'Succeeded');
      });
    }

    it('asks for a TLS client when secrets travel, and passes on what the daemon says of it', async () => {
      const before = await foo.units();
      const sent = run<Sent>('submit', submission({ node: 'bar', workType: 'uptime', params: { secret_x: 'geheim' } }));
      has(await fixes(), 'cannot send secrets over a non-TLS connection');
      await hand.pick(problems, 'Choose a TLS Client');
      await hand.answer('TLS client', 'nosuch');
      assert.equal(await sent, undefined);
      const log = await hand.log();
      assert.match(log, /unknown TLS config nosuch/);
      assert.doesNotMatch(log, /geheim/);
      for (const unitId of await foo.units()) if (!before.includes(unitId)) await foo.control.releaseWork(unitId, { force: true });
    });

    it('says of a file that it is not there, or empty, before anything is submitted', async () => {
      const before = await foo.units();
      const missing = run<Sent>('submit', submission({ payload: { kind: 'file', path: fileUri('nosuch.bin').fsPath } }));
      has(await fixes(), 'nosuch.bin does not exist');
      await hand.leave(problems);
      assert.equal(await missing, undefined);
      assert.deepEqual(await foo.units(), before);
      await vscode.workspace.fs.writeFile(fileUri('empty.bin'), new Uint8Array());
      const empty = run<Sent>('submit', submission({ payload: { kind: 'file', path: fileUri('empty.bin').fsPath } }));
      has(await fixes(), 'empty');
      await hand.pick(problems, 'Submit Anyway');
      assert.equal(await foo.resultsOf((await empty).unitId), '');
      await vscode.workspace.fs.delete(fileUri('empty.bin'));
    });

    it("refuses what can't be mended in the daemon's own words", async () => {
      const sent = run<Sent>('submit', submission({ workType: 'nosuch' }));
      await hand.pick(problems, 'Submit Anyway');
      assert.equal(await sent, undefined);
      assert.match(await hand.log(), /unknown work type nosuch/);
    });
  });

  it('tells the end of what was submitted and is not followed, once', async () => {
    const sent = await run<Sent>('submit', ticker());
    await foo.runs(sent.unitId);
    assert.doesNotMatch(await hand.log(), new RegExp(`${sent.unitId}: `));
    await foo.control.cancelWork(sent.unitId); // as if from elsewhere
    await foo.ended(sent.unitId);
    const short = await run<Sent>('submit', submission());
    await foo.ended(short.unitId);
    const told = async (unitId: string): Promise<number> => (await hand.log()).split(`${unitId}: `).length - 1;
    await until(async () => (await told(sent.unitId)) === 1 && (await told(short.unitId)) === 1, 'both ends are told', 40_000);
    assert.match(await hand.log(), new RegExp(`unit ${sent.unitId}: Canceled`));
    assert.match(await hand.log(), new RegExp(`unit ${short.unitId}: Succeeded: exit status 0. 22 B of output`));
  }).timeout(120_000);
});
