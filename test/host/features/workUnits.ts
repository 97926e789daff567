// Units that are there: the view, other nodes through the mesh, the history, results in files and side by side.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import * as vscode from 'vscode';
import { hand } from '../hand.ts';
import { fileUri, screen, until } from '../support.ts';
import { Foo, run, submission, textOf, ticker, type Sent } from '../work.ts';

const said = (text: string): object => submission({ payload: { kind: 'text', text, label: '-' } });

describe('work units', () => {
  const foo = Foo.forTests();

  beforeEach(async function () {
    this.timeout(60_000);
    await foo.clean();
    await run('hideNode');
    await run('group', 'none');
    await vscode.commands.executeCommand('receptor.units.focus');
  });

  const shows = async (what: (rows: readonly string[]) => boolean, message: string): Promise<readonly string[]> => {
    let rows: readonly string[] = [];
    await until(async () => what((rows = await hand.tree('Work Units'))), message, 30_000).catch((error: Error) => {
      throw new Error(`${error.message}\n${rows.join('\n')}`);
    });
    return rows;
  };

  it('of other nodes are seen and cancelled through the mesh', async () => {
    // First the slow steps: the unit runs for 30 s only.
    await run('showNode', 'bar');
    await shows((all) => all.some((row) => row.startsWith('bar via ')), 'the node bar');
    const { unitId } = await run<Sent>('submit', ticker());
    await foo.runs(unitId);
    const rows = await shows((all) => all.filter((row) => /^ticker \w+ Running/.test(row)).length === 2, 'the unit at both nodes');
    const at = rows.findIndex((row) => row.startsWith('bar via '));
    assert.ok(at > 0 && rows[0]!.startsWith('foo '), rows.join('\n'));
    assert.match(rows[at + 1]!, /^ticker \w+ Running · /);
    const cancelled = run('cancel');
    const choices = await hand.rows('Cancel');
    const bars = choices.find((row) => row.includes('bar via'))!;
    await hand.pick('Cancel', /^ticker \w+/.exec(bars)![0]);
    await cancelled;
    await foo.status(unitId, ({ State }) => State === 4, 'is cancelled, as bar tells');
    await run('hideNode');
    await shows((all) => !all.some((row) => row.startsWith('bar via')), 'bar is hidden');
  }).timeout(120_000);

  it('of a node that is hidden are followed no more, and their document says so', async () => {
    await run('showNode', 'bar');
    const { unitId } = await run<Sent>('submit', ticker());
    await foo.runs(unitId);
    await shows((all) => all.filter((row) => /^ticker \w+ Running/.test(row)).length === 2, 'the unit at both nodes');
    const opened = run('openResults');
    const bars = (await hand.rows('Open the results of')).find((row) => row.includes('bar via'))!;
    await hand.pick('Open the results of', /^ticker \w+/.exec(bars)![0]);
    await opened;
    const { document } = vscode.window.activeTextEditor!;
    await until(() => document.getText().includes('tick 1'), 'its output is shown', 15_000);
    await run('hideNode');
    await until(() => /\[Stopped at byte \d+; the work itself goes on\./.test(document.getText()), 'it says that it stopped', 15_000);
    assert.match(document.getText(), /^tick 1\n/);
    await run('cancel', unitId);
  }).timeout(120_000);

  it('are grouped and filtered', async () => {
    for (const text of ['one', 'two']) await foo.ended((await run<Sent>('submit', said(text))).unitId);
    const { unitId } = await run<Sent>('submit', ticker());
    await foo.runs(unitId);
    await run('group', 'state');
    await shows((all) => all.includes('Succeeded 2') && all.includes('Running 1'), 'groups by state');
    await run('group', 'type');
    await shows((all) => all.includes('cat 2') && all.includes('ticker 1'), 'groups by type');
    await run('group', 'node');
    await shows((all) => all.includes('foo 2') && all.includes('bar 1'), 'groups by node');
    const grouping = run('group');
    await hand.pick('Group work units', 'One List, Newest First');
    await grouping;
    await shows((all) => all[0]!.startsWith(`ticker ${unitId} Running`), 'one list, the newest first');
    await run('filter', 'CAT');
    await shows((all) => all.length === 2 && all.every((row) => row.startsWith('cat ')), 'only those that fit');
    await run('filter', 'nothing has this');
    await shows((all) => all.length === 1 && /^None of \d work units fits the filter\.$/.test(all[0]!), 'a word in place of nothing');
    await run('clearFilter');
    await shows((all) => all.length >= 3, 'all of them');
    await run('cancel', unitId);
  }).timeout(120_000);

  describe('in the history', () => {
    let older: string;
    let newer: string;

    beforeEach(async function () {
      this.timeout(60_000);
      ({ unitId: older } = await run<Sent>('submit', said('the older run\n')));
      ({ unitId: newer } = await run<Sent>('submit', said('the newer run\n')));
      for (const unitId of [older, newer]) await foo.ended(unitId);
    });

    it('say where, what, how much and how it ended, and open their results', async () => {
      const history = run('history');
      const rows = await hand.rows('Work history');
      assert.match(rows[0]!, new RegExp(`cat on this node .*${newer} at foo Succeeded exit status 0 · 14 B of output · 14 B of payload`));
      assert.ok(rows.some((row) => row.includes(`${older} at foo Succeeded`)));
      await hand.pick('Work history', 'cat on this node');
      await history;
      assert.equal(textOf(), 'the newer run\n');
    });

    it('run again', async () => {
      const history = run('history');
      await hand.pickButton('Work history', older, 'Submit Again');
      await history;
      const again = (await foo.units()).filter((unitId) => unitId !== older && unitId !== newer);
      assert.equal(again.length, 1);
      assert.equal(await foo.resultsOf(again[0]!), 'the older run\n');
    });

    it('are compared in the diff editor', async () => {
      const compared = run('compareResults');
      await hand.pickRow('Compare results', older);
      await hand.pickRow('Compare results', newer);
      await compared;
      const input = await until(() => {
        const found = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
        return found instanceof vscode.TabInputTextDiff ? found : undefined;
      }, 'a diff is open');
      const texts = await Promise.all(
        [input.original, input.modified].map(async (uri) => (await vscode.workspace.openTextDocument(uri)).getText()),
      );
      assert.deepEqual(texts, ['the older run\n', 'the newer run\n']);
    });
  });

  it("of ansible-runner show the play's own output, the stream on request, and their artifacts as a file", async () => {
    const zip = Buffer.from('PK\u0003\u0004 stands for an archive\n'.repeat(5_000));
    const stream = [
      '{"status": "starting", "command": ["ansible-playbook"]}\n',
      '{"uuid": "1", "counter": 1, "stdout": "PLAY [all] ***", "event": "playbook_on_play_start"}\n',
      '{"status": "successful"}\n',
      `{"zipfile": ${zip.length}}\n${zip.toString('base64')}`,
      '{"eof": true}\n',
    ].join('');
    const { unitId } = await run<Sent>('submit', said(stream));
    await foo.ended(unitId);
    await run('openResults', unitId);
    assert.match(textOf(), /^\[Output of the play .*\]\nPLAY \[all\] \*\*\*\n/);
    assert.doesNotMatch(textOf(), /counter/);
    await run('openRawResults', unitId);
    assert.equal(textOf(), stream);
    const target = fileUri('artifacts.zip');
    assert.deepEqual(await run('saveArtifacts', unitId, target), { bytes: zip.length });
    assert.ok(readFileSync(target.fsPath).equals(zip));
    await vscode.workspace.fs.delete(target);
    const plain = await run<Sent>('submit', said('no stream of events\n'));
    await foo.ended(plain.unitId);
    assert.equal(await run('saveArtifacts', plain.unitId, target), undefined);
    assert.match(await hand.log(), new RegExp(`The output of ${plain.unitId} has no artifacts`));
  }).timeout(60_000);

  it('of ansible-runner are known for what they are when their document was there before any output', async () => {
    const payload = new PassThrough();
    payload.write('{"status": "starting", "command": ["ansible-playbook"]}\n'); // the work begins when all is there
    const sent = foo.control.submitWork({ workType: 'cat', payload });
    const unitId = await until(async () => (await foo.units())[0], 'the unit waits for its payload');
    await run('openResults', unitId);
    const { document } = vscode.window.activeTextEditor!;
    assert.match(document.getText(), /^\[The work goes on/);
    payload.end('{"uuid": "1", "counter": 1, "stdout": "PLAY [all] ***", "event": "playbook_on_play_start"}\n');
    await sent;
    await until(() => /^\[Output of the play .*\]\nPLAY \[all\] \*\*\*\n$/.test(document.getText()), 'the output of the play', 30_000);
  }).timeout(60_000);

  it('grow in their document while the work runs, whatever language it is in', async () => {
    const { unitId } = await run<Sent>('submit', ticker());
    await foo.runs(unitId);
    await run('openResults', unitId);
    const { document } = vscode.window.activeTextEditor!;
    await vscode.languages.setTextDocumentLanguage(document, 'yaml');
    const before = document.getText().length;
    await until(() => document.getText().length > before, 'more output', 15_000);
    await run('cancel', unitId);
  }).timeout(60_000);

  it('open in an editor of its own, in the language that they seem to be', async () => {
    const { unitId } = await run<Sent>('submit', said('{"a": 1}\n'));
    await foo.ended(unitId);
    await run('resultsToEditor', unitId);
    const { document } = vscode.window.activeTextEditor!;
    assert.deepEqual([document.getText(), document.languageId, document.isUntitled], ['{"a": 1}\n', 'json', true]);
  });

  it('have only their own bytes in an editor of their own, however they ended', async () => {
    const { unitId } = await run<Sent>('submit', ticker());
    await foo.runs(unitId);
    await run('cancel', unitId);
    await foo.ended(unitId);
    await run('resultsToEditor', unitId);
    assert.match(textOf(), /^(?:tick \d+\n)+$/);
    // How it ended; or that more may come, when its end was not read yet.
    const told = new RegExp(`${unitId}: (?:Canceled|The copy has what came so far)`);
    await until(async () => told.test(await hand.log()), 'what is told beside the bytes');
  }).timeout(60_000);

  it('have ids to copy', async () => {
    const { unitId } = await run<Sent>('submit', said('one'));
    assert.deepEqual(await run('copyUnitId', unitId), [unitId]);
    assert.equal(await vscode.env.clipboard.readText(), unitId);
  });

  it('that are followed and end are told of, once, whoever submitted them', async () => {
    const { unitId } = await foo.control.submitWork({ node: 'bar', workType: 'ticker' });
    await foo.runs(unitId);
    await run('results', unitId);
    const name = `Results of ${unitId}`;
    const terminal = await until(() => vscode.window.terminals.find((one) => one.name === name), 'a terminal opens');
    await until(async () => (await screen(terminal)).includes('tick 1'), 'it follows', 30_000);
    await foo.control.cancelWork(unitId); // as if from elsewhere
    const told = async (): Promise<number> => (await hand.log()).split(`Unit ${unitId}: Canceled`).length - 1;
    await until(async () => (await told()) > 0, 'its end is told', 30_000);
    await run('refresh'); // a list that has its end too
    assert.equal(await told(), 1);
    terminal.dispose();
  }).timeout(120_000);
});
