import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { hand } from '../hand.ts';
import { fileUri, findings, meshNodes, openFile, screen, setText, until } from '../support.ts';
import { Foo, run, submission, ticker, type Sent } from '../work.ts';

describe('work', () => {
  const foo = Foo.forTests();

  it('submits a submission and opens its results', async () => {
    const sent = await run<Sent>('submit', submission());
    assert.equal(sent.bytes, 22);
    await foo.ended(sent.unitId);
    await run('openResults', sent.unitId);
    const editor = vscode.window.activeTextEditor!;
    assert.equal(editor.document.uri.scheme, 'receptor-results');
    assert.equal(editor.document.getText(), 'hello from the editor\n');
  });

  it('saves results byte for byte', async () => {
    const text = 'zeile äöü\n'.repeat(100_000);
    const sent = await run<Sent>('submit', submission({ payload: { kind: 'text', text, label: 'test' } }));
    const target = fileUri('saved.out');
    const saved = await run<{ bytes: number; reason: string }>('saveResults', sent.unitId, target);
    assert.deepEqual(saved, { bytes: Buffer.byteLength(text), reason: 'ended' });
    assert.equal(readFileSync(target.fsPath, 'utf8'), text);
    await vscode.workspace.fs.delete(target);
  });

  it('shows the end of long results and says what was cut', async () => {
    const text = '0123456789abcde\n'.repeat(400_000);
    const sent = await run<Sent>('submit', submission({ payload: { kind: 'text', text, label: 'test' } }));
    await foo.ended(sent.unitId);
    await run('openResults', sent.unitId);
    const shown = vscode.window.activeTextEditor!.document.getText();
    assert.match(shown, /^\[The first .* \(\d+ bytes\) are left out here\./);
    assert.ok(shown.endsWith('0123456789abcde\n'));
    assert.ok(shown.length <= 4 * 1024 * 1024 + 200);
  }).timeout(60_000);

  describe('in a terminal', () => {
    let unitId: string;
    let terminal: vscode.Terminal;
    const shows = async (text: string): Promise<void> => {
      let last = '';
      await until(async () => (last = await screen(terminal)).includes(text), `"${text}" is on the screen`, 30_000).catch(
        (error: Error) => {
          throw new Error(`${error.message}\n${last}`);
        },
      );
    };
    const ticks = async (): Promise<number[]> => [...(await screen(terminal)).matchAll(/tick (\d+)/g)].map(([, number]) => Number(number));

    beforeEach(async () => {
      ({ unitId } = await run<Sent>('submit', ticker()));
      await run('results', unitId);
      terminal = await until(() => vscode.window.terminals.find(({ name }) => name === `Results of ${unitId}`), 'a terminal opens');
      await shows('tick 2');
    });
    afterEach(async () => {
      terminal.dispose();
      await foo.control.releaseWork(unitId, { force: true });
    });

    it('a key and a command pause and resume, and nothing is lost; a cancel ends it', async () => {
      terminal.sendText(' ', false);
      await shows('Paused. Space goes on.');
      const before = await ticks();
      const { StdoutSize } = await foo.control.workStatus(unitId);
      await foo.status(unitId, (status) => status.StdoutSize > StdoutSize + 20, 'writes on');
      assert.deepEqual(await ticks(), before);
      terminal.show();
      await until(() => vscode.window.activeTerminal === terminal, 'it is the active terminal');
      await run('pauseResults');
      await shows(`tick ${before.length + 3}`);
      await run('cancel', unitId);
      await shows('Canceled');
      const all = await ticks();
      assert.deepEqual(
        all,
        all.map((_, i) => i + 1),
      );
    }).timeout(120_000);

    it('Ctrl+C stops following, and the work goes on', async () => {
      terminal.sendText('\u0003', false);
      await shows('the work itself goes on');
      await foo.runs(unitId);
    }).timeout(60_000);
  });

  it('tells a document that grows', async () => {
    const sent = await run<Sent>('submit', ticker());
    await run('openResults', sent.unitId);
    const { document } = vscode.window.activeTextEditor!;
    await until(() => document.getText().includes('tick 2'), 'tick 2 is in the document', 30_000);
    assert.match(document.getText(), /\[The work goes on/);
    await run('cancel', sent.unitId);
    await until(() => document.getText().includes('Canceled'), 'the document says how it ended', 30_000);
    const lines = document
      .getText()
      .split('\n')
      .filter((line) => line.startsWith('tick'));
    assert.deepEqual(
      lines,
      Array.from({ length: lines.length }, (_, i) => `tick ${i + 1}`),
    );
  }).timeout(150_000);

  describe('work files', () => {
    const file = 'job.receptor-work.yml';
    const good = 'name: greet\nnode: localhost\nworktype: cat\npayload: |\n  hi\n---\nworktype: echo-params\nparams: one two\n';
    const lenses = async (): Promise<string[]> => {
      const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', fileUri(file));
      // VS Code forgets the command of a lens 100 ms after it handed it over; a busy machine may be slower than that.
      return found.flatMap(({ command }) => (command === undefined ? [] : [command.title]));
    };

    it('have links to submit each of their documents, and the last result', async () => {
      await openFile(file, good);
      const shown = await until(async () => {
        const titles = await lenses();
        return titles.length >= 4 ? titles : undefined;
      }, 'lenses');
      assert.equal(shown.filter((title) => title.endsWith('Submit')).length, 2);
      assert.equal(shown.filter((title) => title === 'Submit and Follow').length, 2);
      const sent = await run<Sent>('submitEntry', fileUri(file), 0);
      assert.equal(sent.bytes, 3);
      await foo.ended(sent.unitId);
      await run('saveResults', sent.unitId, fileUri('x.out')); // its end is noted
      await until(async () => (await lenses()).some((title) => /Succeeded/.test(title)), 'the result is a lens');
      await vscode.workspace.fs.delete(fileUri('x.out'));
    });

    it('have a link to cancel what runs, and say then that it was', async () => {
      await openFile(file, 'name: tick\nnode: bar\nworktype: ticker\n');
      const { unitId } = await run<Sent>('submitEntryAndFollow', fileUri(file), 0);
      await until(() => vscode.window.terminals.some(({ name }) => name === `Results of ${unitId}`), 'a terminal follows');
      await foo.runs(unitId);
      await until(async () => (await lenses()).includes('Cancel'), 'a link to cancel', 30_000);
      await run('cancel', unitId); // what the link does; its own command is forgotten too soon to be run here, see above
      await foo.status(unitId, ({ State }) => State === 4, 'is cancelled');
      await until(async () => (await lenses()).some((title) => /Canceled/.test(title)), 'the result is a lens', 30_000);
      assert.ok(!(await lenses()).includes('Cancel'));
      const again = await run<Sent>('submitAgain');
      await until(async () => (await lenses()).some((title) => title.includes(again.unitId)), 'the link leads to the new unit', 30_000);
      assert.ok((await lenses()).includes('Cancel'));
      await run('cancel', again.unitId);
      for (const terminal of vscode.window.terminals) terminal.dispose();
    }).timeout(120_000);

    it('take variables, whose values are in no log, no message and no history', async () => {
      process.env['RECEPTOR_TEST_TOKEN'] = 'geheim-4711';
      await vscode.workspace.fs.writeFile(fileUri('payload.txt'), Buffer.from('from the workspace\n'));
      await openFile(
        file,
        'worktype: echo-params\nparams: ${env:RECEPTOR_TEST_TOKEN} ${fileBasenameNoExtension}\n---\nworktype: cat\npayload:\n  file: ${workspaceFolder}/payload.txt\n---\nworktype: cat\nparams:\n  secret_x: ${env:RECEPTOR_TEST_TOKEN}\n---\nworktype: cat\npayload: ${env:HOME} stays\n---\nworktype: cat\nttl: 1h\nparams: ${env:RECEPTOR_TEST_NOSUCH}\n',
      );
      const results: string[] = [];
      for (const index of [0, 1, 2, 3]) {
        const { unitId } = await run<Sent>('submitEntry', fileUri(file), index);
        results.push(await foo.resultsOf(unitId));
      }
      assert.deepEqual(results, ['geheim-4711 job.receptor-work\n', 'from the workspace\n', '', '${env:HOME} stays']);
      assert.equal(await run('submitEntry', fileUri(file), 4), undefined);
      const log = await hand.log();
      assert.match(log, /RECEPTOR_TEST_NOSUCH/);
      assert.doesNotMatch(log, /geheim/);
      const history = run('history');
      assert.doesNotMatch((await hand.rows('Work history')).join('\n'), /geheim/);
      await hand.leave('Work history');
      await history;
      delete process.env['RECEPTOR_TEST_TOKEN'];
      await vscode.workspace.fs.delete(fileUri('payload.txt'));
    }).timeout(60_000);

    it('are begun by a command, with what a submission needs', async () => {
      await openFile(file, good); // its name is taken
      await run('newFile');
      const { document } = await until(() => {
        const editor = vscode.window.activeTextEditor;
        return editor?.document.isUntitled === true && editor.document.getText() !== '' ? editor : undefined;
      }, 'the new file is in the editor');
      assert.match(document.uri.path, /job-2\.receptor-work\.yml$/);
      assert.match(document.getText(), /^#.*\nname: my job\nnode: localhost\nworktype: *\npayload: \|\n {2}hello\n$/);
      await until(() => findings(document.uri).some(({ message }) => /worktype is missing/.test(message)), 'what is still missing is told');
    });

    it('submit the document at the cursor', async () => {
      const editor = await openFile(file, good);
      editor.selection = new vscode.Selection(7, 0, 7, 0);
      const sent = await run<Sent>('submitEntry');
      await foo.ended(sent.unitId);
      await run('openResults', sent.unitId);
      assert.equal(vscode.window.activeTextEditor!.document.getText(), 'one two\n');
    });

    it('are checked by their schema and by the mesh, and mended', async () => {
      const { document } = await openFile(file, 'node: localhost\nworktype: cta\nttl: 5m\nsignwork: 7\n');
      await until(() => findings(document.uri).some(({ message }) => /true or false/.test(message)), 'the flag is wrong');
      await setText(document, 'node: localhost\nworktype: cta\nttl: 5m\n');
      const found = await until(() => {
        const now = findings(document.uri);
        return now.length === 2 ? now : undefined;
      }, 'two findings');
      assert.deepEqual(
        found.map(({ code, severity }) => [code, severity]),
        [
          ['work-type-unknown', vscode.DiagnosticSeverity.Warning],
          ['ttl-local', vscode.DiagnosticSeverity.Error],
        ],
      );
      for (const one of ['Use cat', 'Remove ttl']) {
        const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
          'vscode.executeCodeActionProvider',
          document.uri,
          new vscode.Range(0, 0, document.lineCount, 0),
        );
        const action = actions.find(({ title }) => title === one);
        assert.ok(action?.edit, `${one} is offered`);
        await vscode.workspace.applyEdit(action.edit);
        await until(() => !findings(document.uri).some(({ message }) => one === 'Use cat' && /cta/.test(message)), 'it is mended');
      }
      await until(() => findings(document.uri).length === 0, 'nothing is left');
      assert.equal(document.getText(), 'node: localhost\nworktype: cat\n');
    });

    it('complete keys, nodes, work types and variables', async () => {
      const labels = async (text: string, line: number): Promise<string[]> => {
        const { document } = await openFile(file, text);
        await setText(document, text);
        const list = await vscode.commands.executeCommand<vscode.CompletionList>(
          'vscode.executeCompletionItemProvider',
          document.uri,
          document.lineAt(line).range.end,
        );
        return list.items.map((item) => (typeof item.label === 'string' ? item.label : item.label.label));
      };
      assert.ok((await labels('worktype: cat\n', 1)).includes('payload'));
      assert.ok(!(await labels('worktype: cat\nt', 1)).includes('worktype'));
      const nodes = await labels('worktype: cat\nnode: ', 1);
      assert.ok(nodes.includes('bar') && nodes.includes('localhost'), nodes.join());
      const types = await labels('node: localhost\nworktype: ', 1);
      assert.ok(types.includes('cat') && types.includes('echo-params') && !types.includes('ticker'), types.join());
      assert.ok((await labels('worktype: cat\npayload:\n  file: ${', 2)).includes('workspaceFolder'));
      assert.ok((await labels('worktype: cat\nparams:\n  ', 2)).includes('secret_kube_config'));
    });

    it('are checked and completed without a mesh, by what holds for every one', async () => {
      for (const { name } of foo.api.connections) await vscode.commands.executeCommand('receptor.disconnect', name);
      const { document } = await openFile(file, 'node: nosuch\nworktype: cta\nttl: 5\n---\nnode: \n');
      await until(() => findings(document.uri).length === 2, 'two findings');
      assert.deepEqual(
        findings(document.uri).map(({ message }) => message.replace(/:.*/, '')),
        ['"5" is not a duration as Go reads it', 'worktype is missing'],
      );
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        document.lineAt(4).range.end,
      );
      assert.deepEqual(
        list.items.map(({ label }) => (typeof label === 'string' ? label : label.label)),
        ['localhost'],
      );
      assert.equal(await run('submitEntry', document.uri, 0), undefined);
      assert.match(await hand.log(), /There is no connection/);
      await foo.connect(meshNodes()['foo']!.socket);
      await foo.api.refresh();
      await until(
        () => findings(document.uri).some(({ message }) => /has never heard of a node nosuch/.test(message)),
        'the mesh is heard',
      );
    }).timeout(60_000);

    it('are no configs: the language server says nothing of them', async () => {
      const { document } = await openFile(file, 'node: {id: foo}\nworktype: cat\n');
      // What stood there for the text before may still be shown for a moment.
      await until(() => {
        const messages = findings(document.uri).map(({ message }) => message);
        return messages.length === 1 && messages[0] === 'It must be a text.';
      }, 'our own finding, and no other');
    });
  });

  describe('tasks', () => {
    it('are found in work files', async () => {
      await openFile(
        'tasks.receptor-work.yml',
        'name: passes\nworktype: cat\npayload: x\n---\nname: fails\nworktype: nosuch\n---\nname: ticks\nnode: bar\nworktype: ticker\n---\nworktype: cat\npayload: one\n---\nworktype: cat\npayload: the other\n',
      );
      const tasks = await vscode.tasks.fetchTasks({ type: 'receptor' });
      for (const title of ['passes', 'cat on localhost', 'cat on localhost (2)']) {
        assert.ok(
          tasks.some(({ name }) => name === `tasks.receptor-work.yml: ${title}`),
          tasks.map(({ name }) => name).join(),
        );
      }
    });

    /** Runs a task; resolves with its exit code, after `meanwhile`. */
    const code = async (task: vscode.Task, meanwhile?: (execution: vscode.TaskExecution) => Promise<void>): Promise<number | undefined> => {
      const ended = new Promise<number | undefined>((resolve) => {
        const listener = vscode.tasks.onDidEndTaskProcess((event) => {
          if (event.execution.task.name !== task.name) return;
          listener.dispose();
          resolve(event.exitCode);
        });
      });
      const execution = await vscode.tasks.executeTask(task);
      await meanwhile?.(execution);
      return ended;
    };
    /** The unit that a task makes, after its end. */
    const unitOf = async (task: vscode.Task): Promise<string> => {
      const before = await foo.units();
      assert.equal(await code(task), 0);
      const unitId = (await foo.units()).find((id) => !before.includes(id));
      assert.ok(unitId);
      return unitId;
    };

    it('run the one of several documents that are alike', async () => {
      const tasks = await vscode.tasks.fetchTasks({ type: 'receptor' });
      const task = tasks.find(({ name }) => name === 'tasks.receptor-work.yml: cat on localhost (2)')!;
      assert.equal(await foo.resultsOf(await unitOf(task)), 'the other');
    }).timeout(60_000);

    it('take the keys of a work file in tasks.json', async () => {
      const inline = { type: 'receptor', label: 'inline', node: '${env:RECEPTOR_TEST_NODE}', worktype: 'echo-params' };
      const task = { ...inline, params: { params: { file: 'words.txt' } }, payload: { text: 'x' } };
      process.env['RECEPTOR_TEST_NODE'] = 'foo';
      await vscode.workspace.fs.writeFile(fileUri('words.txt'), Buffer.from('from a file'));
      await vscode.workspace.fs.writeFile(fileUri('.vscode/tasks.json'), Buffer.from(JSON.stringify({ version: '2.0.0', tasks: [task] })));
      const found = await until(
        async () => (await vscode.tasks.fetchTasks({ type: 'receptor' })).find(({ name }) => name === 'inline'),
        'the task is read',
      );
      assert.equal(await foo.resultsOf(await unitOf(found)), 'from a file\n');
      delete process.env['RECEPTOR_TEST_NODE'];
      for (const name of ['words.txt', '.vscode/tasks.json']) await vscode.workspace.fs.delete(fileUri(name));
    }).timeout(60_000);

    it('end by the state of their unit', async () => {
      const tasks = await vscode.tasks.fetchTasks({ type: 'receptor' });
      const codes: (number | undefined)[] = [];
      for (const name of ['passes', 'fails']) codes.push(await code(tasks.find((one) => one.name === `tasks.receptor-work.yml: ${name}`)!));
      assert.deepEqual(codes, [0, 3]);
    }).timeout(60_000);

    it('cancel their unit when they are terminated', async () => {
      const before = await foo.units();
      const newUnit = async (): Promise<string | undefined> => (await foo.units()).find((id) => !before.includes(id));
      const task = (await vscode.tasks.fetchTasks({ type: 'receptor' })).find(({ name }) => name.endsWith(': ticks'))!;
      let unitId = '';
      const ended = await code(task, async (execution) => {
        unitId = await until(newUnit, 'its unit is there');
        await foo.runs(unitId);
        execution.terminate();
        await foo.status(unitId, ({ State }) => State === 4, 'is cancelled');
      }).catch((error: unknown) => error);
      assert.ok(ended === undefined || ended === 130, String(ended));
    }).timeout(120_000);
  });
});
