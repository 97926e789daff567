/** Tasks of type `receptor`: a submission as a build step. Its exit code tells how the unit ended. */
import path from 'node:path';
import * as vscode from 'vscode';
import { isControlError } from '../../control/index.ts';
import type { FollowEnd, Following } from '../../work/follow.ts';
import { submissionOf } from '../../work/fromWorkFile.ts';
import { RunnerStream } from '../../work/runnerStream.ts';
import type { Submission } from '../../work/submission.ts';
import type { App } from '../app.ts';
import { plain, terminal } from '../hostile.ts';
import { describe } from '../notify.ts';
import { Pace } from '../pace.ts';
import { endText, exitCode } from './endText.ts';
import { connectionFor, findProblems, send, type Sent } from './sending.ts';
import { TerminalFilter } from './terminalFilter.ts';
import { variableContext } from './workFiles.ts';

/** As `contributes.taskDefinitions` has it. */
interface ReceptorTask extends vscode.TaskDefinition {
  /** A work file, relative to the workspace folder, and the name of the submission in it (its first one otherwise). */
  readonly file?: string;
  readonly submission?: string;
  /** Without a file: the submission itself, by the keys of a work file. */
  readonly worktype?: string;
  readonly node?: string;
  /** Release the unit when it has ended. */
  readonly release?: boolean;
}

const mostFiles = 50;

export function registerTasks(app: App): vscode.Disposable {
  return vscode.tasks.registerTaskProvider('receptor', {
    provideTasks: async () => (vscode.workspace.isTrusted ? found(app) : []),
    resolveTask: (task) => {
      const definition = task.definition as ReceptorTask;
      // The object itself must stay: VS Code finds the resolved task by its definition.
      return make(app, definition, task.scope ?? vscode.TaskScope.Workspace, task.name);
    },
  });
}

/** One task for each submission in the work files of the workspace. */
async function found(app: App): Promise<vscode.Task[]> {
  const files = await vscode.workspace.findFiles('**/*.receptor-work.{yml,yaml}', '**/node_modules/**', mostFiles);
  return (await Promise.all(files.map((uri) => tasksOf(app, uri)))).flat();
}

/** A file that can't be read has no tasks, and takes none from the others. */
async function tasksOf(app: App, uri: vscode.Uri): Promise<vscode.Task[]> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (folder === undefined) return [];
  try {
    const { entries } = await app.workFiles.read(await vscode.workspace.openTextDocument(uri));
    const file = path.relative(folder.uri.fsPath, uri.fsPath).split(path.sep).join('/');
    return entries.map((entry) => make(app, { type: 'receptor', file, submission: entry.title }, folder, `${file}: ${entry.title}`));
  } catch (error) {
    app.log.warn(`No tasks of ${plain(uri.fsPath)}: ${plain(describe(error), 600)}`);
    return [];
  }
}

function make(app: App, definition: ReceptorTask, scope: vscode.WorkspaceFolder | vscode.TaskScope, name: string): vscode.Task {
  const folder = typeof scope === 'object' ? scope.uri : vscode.workspace.workspaceFolders?.[0]?.uri;
  const execution = new vscode.CustomExecution(async () => Promise.resolve(new TaskTerminal(app, definition, folder)));
  const task = new vscode.Task(definition, scope, name, 'receptor', execution);
  task.detail =
    definition.worktype === undefined ? 'Submits work and follows it' : `${definition.worktype} on ${definition.node ?? 'localhost'}`;
  return task;
}

class TaskTerminal implements vscode.Pseudoterminal {
  readonly #app: App;
  readonly #definition: ReceptorTask;
  readonly #folder: vscode.Uri | undefined;
  readonly #writes = new vscode.EventEmitter<string>();
  readonly #closes = new vscode.EventEmitter<number>();
  readonly #abort = new AbortController();
  #sent: Sent | undefined;
  #following: Following | undefined;
  #closed = false;
  #ended = false;

  readonly onDidWrite = this.#writes.event;
  readonly onDidClose = this.#closes.event;

  constructor(app: App, definition: ReceptorTask, folder: vscode.Uri | undefined) {
    this.#app = app;
    this.#definition = definition;
    this.#folder = folder;
  }

  open(): void {
    void this.#run();
  }

  /** The task was terminated: so is its work, and nobody looks any more. */
  close(): void {
    this.#closed = true;
    if (this.#ended) return;
    void this.#cancel();
    this.#following?.stop();
  }

  handleInput(data: string): void {
    if (data === '\u0003' && !this.#ended) void this.#cancel();
  }

  /** What was not sent yet is not sent; the unit is cancelled as soon as there is one. */
  async #cancel(): Promise<void> {
    this.#abort.abort();
    if (this.#sent !== undefined) await this.#cancelUnit(this.#sent);
  }

  async #cancelUnit(sent: Sent): Promise<void> {
    const { notices } = this.#app;
    try {
      const reply = await sent.host.use((control) => control.cancelWork(sent.unitId, { ownConnection: true }));
      if (reply['cancel pending'] !== undefined)
        notices.information(`${sent.unitId}: cancel pending. The remote node does not answer; the daemon keeps asking it.`);
    } catch (error) {
      notices.failure(`cancel ${sent.unitId}`, `Unit ${sent.unitId} of the task was not cancelled`, error);
    }
  }

  async #run(): Promise<void> {
    let code = 3;
    try {
      const { submission, title, file } = await this.#submission();
      const connection = await connectionFor(this.#app, submission.connection);
      for (const { severity, message } of await findProblems(connection, submission)) this.#say(`${severity}: ${message}`);
      const sent = await send(this.#app, submission, {
        silent: true,
        title,
        signal: this.#abort.signal,
        about: file,
      });
      if (sent === undefined) throw new Error('Nothing was submitted.');
      this.#sent = sent;
      // Given up between the daemon's reply and now, when no unit was known here.
      if (this.#abort.signal.aborted) await this.#cancelUnit(sent);
      this.#say(`${sent.result}: ${title}, unit ${sent.unitId}, ${sent.bytes} bytes of payload.`);
      code = await this.#follow(sent);
    } catch (error) {
      if (isControlError(error) && error.code === 'aborted') code = 130;
      else this.#say(describe(error));
    }
    this.#ended = true;
    this.#closes.fire(code);
  }

  async #follow(sent: Sent): Promise<number> {
    const { work } = this.#app;
    const runner = new RunnerStream();
    const filter = new TerminalFilter();
    const pace = new Pace();
    this.#following = work.followings.start(sent.host, sent.unitId, {
      write: (chunk) => {
        const text = runner.push(chunk);
        if (text !== '') this.#writes.fire(filter.write(text));
        return pace.wrote(chunk.length);
      },
    });
    if (this.#closed) this.#following.stop(); // nobody looks
    const end = await this.#following.done;
    this.#writes.fire(filter.write(runner.end()) + filter.end());
    work.shown(sent.host, sent.unitId, end);
    this.#say(endText(end));
    if (this.#definition.release === true) {
      // What the work came to does not hang on that.
      await this.#release(sent, end).catch((error: unknown) => this.#say(`Unit ${sent.unitId} was not released: ${describe(error)}`));
    }
    return exitCode(end);
  }

  /** Only what was delivered whole is given up. */
  async #release({ host, unitId }: Sent, { reason }: FollowEnd): Promise<void> {
    if (reason === 'incomplete') this.#say(`Unit ${unitId} was not released: the rest of its output may still come.`);
    if (reason !== 'ended') return;
    const reply = await host.use((control) => control.releaseWork(unitId, { ownConnection: true }));
    if (reply['release pending'] !== undefined)
      return this.#say(`Unit ${unitId}: release pending. The remote node does not answer; the daemon keeps asking it.`);
    this.#app.work.forget(host, unitId);
    this.#say(`Unit ${unitId} was released.`);
  }

  async #submission(): Promise<{ submission: Submission; title: string; file: vscode.Uri | undefined }> {
    const { file, submission: name } = this.#definition;
    if (file === undefined) return this.#inline();
    const uri = path.isAbsolute(file) || this.#folder === undefined ? vscode.Uri.file(file) : vscode.Uri.joinPath(this.#folder, file);
    const { entries } = await this.#app.workFiles.read(await vscode.workspace.openTextDocument(uri));
    const entry = name === undefined ? entries[0] : entries.find(({ title }) => title === name);
    if (entry === undefined) throw new Error(`${file} has no submission${name === undefined ? '' : ` named ${JSON.stringify(name)}`}.`);
    return { submission: await submissionOf(entry, variableContext(uri)), title: entry.title, file: uri };
  }

  /** The task itself is read like a work file that stands in the workspace folder. */
  async #inline(): Promise<{ submission: Submission; title: string; file: undefined }> {
    if (this.#definition.worktype === undefined)
      throw new Error('The task names neither a work file ("file") nor a work type ("worktype").');
    const { readTask } = await import('../../work/workFile.ts');
    const { entries, problems } = readTask(this.#definition);
    const [entry] = entries;
    if (entry?.complete !== true) {
      const wrong = problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
      throw new Error(`The task is no submission: ${wrong.join(' ')}`);
    }
    const file = vscode.Uri.file(path.join(this.#folder?.fsPath ?? '', 'tasks.json'));
    return { submission: await submissionOf(entry, variableContext(file)), title: entry.title, file: undefined };
  }

  #say(text: string): void {
    this.#writes.fire(`\u001b[2m${terminal(text)}\u001b[0m\r\n`);
  }
}
