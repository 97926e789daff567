/**
 * Results as read-only documents. A document holds the end of the output, bounded, and says what was cut; while it is open
 * and its unit runs, it grows.
 */
import * as vscode from 'vscode';
import type { UnitStatus } from '../../control/types.ts';
import { orAborted, withResolvers } from '../../control/limit.ts';
import { isFinal } from '../../control/replies.ts';
import type { Following } from '../../work/follow.ts';
import { OutputTail } from '../../work/outputTail.ts';
import { RunnerStream } from '../../work/runnerStream.ts';
import { describe } from '../notify.ts';
import type { Endings } from './endings.ts';
import { endText } from './endText.ts';
import type { Followings } from './followings.ts';
import { guessLanguage } from './guessLanguage.ts';
import type { WorkHost } from './hosts.ts';
import { sizeText } from './sizes.ts';

export const resultsScheme = 'receptor-results';

/** What an editor shows without strain. */
const limitBytes = 4 * 1024 * 1024;
/** A growing document is told anew at most so often. */
const redrawMs = 1_000;
/** The first picture comes after so long, whole or not. */
const firstMs = 3_000;
/** Enough of the beginning to see that it is an event stream. */
const probeBytes = 64 * 1024;

/** The unit whose results a document shows. */
export const unitShownBy = (uri: vscode.Uri): string | undefined =>
  uri.scheme === resultsScheme ? (new URLSearchParams(uri.query).get('unit') ?? undefined) : undefined;

interface Shown {
  readonly output: OutputTail;
  readonly following: Following;
  readonly ready: Promise<void>;
  /** More may come. */
  goesOn: boolean;
  /** It broke off: reading again may give more. */
  broken: boolean;
  /** What stands below the output: empty for all the output of a unit that succeeded. */
  note: string;
  timer: NodeJS.Timeout | undefined;
}

/** What a copy of results holds. */
export interface ResultsCopy {
  /** The unit's own output, without a word of ours. */
  readonly text: string;
  /** Sentences on what is not in it, and on how the unit ended when it did not succeed. */
  readonly notes: readonly string[];
}

export class ResultsDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #followings: Followings;
  readonly #endings: Endings;
  readonly #hosts: (connection: string, node: string) => WorkHost | undefined;
  readonly #shown = new Map<string, Promise<Shown>>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #disposables: vscode.Disposable[];

  readonly onDidChange = this.#changed.event;

  /** @param hosts finds the node again whose unit a document shows */
  constructor(followings: Followings, endings: Endings, hosts: (connection: string, node: string) => WorkHost | undefined) {
    this.#followings = followings;
    this.#endings = endings;
    this.#hosts = hosts;
    this.#disposables = [
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(resultsScheme, this),
      // A document that gets another language is told of as closed too, and goes on.
      vscode.workspace.onDidCloseTextDocument(({ uri, isClosed }) => {
        if (isClosed && uri.scheme === resultsScheme) this.#close(uri);
      }),
    ];
  }

  /** The address of a unit's results. */
  uriOf(host: WorkHost, unitId: string, raw = false): vscode.Uri {
    const query = new URLSearchParams({ connection: host.connection.name, node: host.remote?.node ?? '', unit: unitId });
    if (raw) query.set('raw', '1');
    return vscode.Uri.from({ scheme: resultsScheme, path: `/${raw ? 'raw results' : 'results'} of ${unitId}`, query: query.toString() });
  }

  /** Opens the results of a unit as a document, in the language that they seem to be. */
  async open(host: WorkHost, unitId: string, raw = false): Promise<vscode.TextDocument> {
    const document = await this.#document(this.uriOf(host, unitId, raw));
    await setLanguage(document);
    return document;
  }

  /** The output of a unit as far as its document has it. */
  async copy(host: WorkHost, unitId: string): Promise<ResultsCopy> {
    const uri = this.uriOf(host, unitId);
    await this.#document(uri); // when it is closed, so is what reads for it
    const shown = await this.#open(uri);
    await shown.ready;
    const { output, goesOn, note } = shown;
    const notes = [cutNote(output), bytesNote(shown), goesOn ? 'The copy has what came so far.' : note];
    return { text: output.text(), notes: notes.filter((text) => text !== '') };
  }

  /**
   * Reads the results anew that a document has not, or not to their end: VS Code keeps the text of an open document, an error
   * too. Resolves when the document has the new text.
   */
  async renew(uri: vscode.Uri): Promise<void> {
    const key = uri.toString();
    const opening = this.#shown.get(key);
    const shown = await opening?.catch(() => undefined);
    if (shown?.broken === false || this.#shown.get(key) !== opening) return; // renewed by another meanwhile
    this.#close(uri);
    if (shown !== undefined && !(await this.#reopens(uri))) {
      this.#shown.set(key, opening!); // what came of it is more than an error
      return;
    }
    const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === key);
    if (document === undefined) return; // its text is asked for when it opens
    const { promise: changed, resolve } = withResolvers<void>();
    const subscription = vscode.workspace.onDidChangeTextDocument((change) => {
      if (change.document === document) resolve();
    });
    try {
      if ((await this.provideTextDocumentContent(uri)) === document.getText()) return;
      this.#changed.fire(uri);
      await orAborted(AbortSignal.timeout(firstMs), changed).catch(() => undefined); // VS Code tells nothing when no line is another
    } finally {
      subscription.dispose();
    }
  }

  async provideTextDocumentContent(uri: vscode.Uri, token?: vscode.CancellationToken): Promise<string> {
    try {
      const shown = await this.#open(uri);
      await shown.ready;
      if (token?.isCancellationRequested === true) return '';
      return documentText(shown);
    } catch (error) {
      return `The results of ${unitShownBy(uri) ?? ''} can't be read: ${describe(error)}\n`;
    }
  }

  dispose(): void {
    for (const key of this.#shown.keys()) this.#close(vscode.Uri.parse(key));
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  async #document(uri: vscode.Uri): Promise<vscode.TextDocument> {
    await this.renew(uri);
    return vscode.workspace.openTextDocument(uri);
  }

  async #reopens(uri: vscode.Uri): Promise<boolean> {
    return this.#open(uri).then(
      () => true,
      () => false,
    );
  }

  #close(uri: vscode.Uri): void {
    const key = uri.toString();
    const opening = this.#shown.get(key);
    this.#shown.delete(key);
    void opening?.then(
      ({ following, timer }) => {
        clearTimeout(timer);
        return following.stop();
      },
      () => undefined,
    );
  }

  /** What is shown at `uri`, which is begun when it is not yet. */
  async #open(uri: vscode.Uri): Promise<Shown> {
    const key = uri.toString();
    let opening = this.#shown.get(key);
    if (opening === undefined) {
      opening = this.#start(uri);
      this.#shown.set(key, opening);
    }
    try {
      return await opening;
    } catch (error) {
      if (this.#shown.get(key) === opening) this.#shown.delete(key);
      throw error;
    }
  }

  async #start(uri: vscode.Uri): Promise<Shown> {
    const query = new URLSearchParams(uri.query);
    const connection = query.get('connection') ?? '';
    const host = this.#hosts(connection, query.get('node') ?? '');
    if (host === undefined) throw new Error(`Not connected to ${connection} any more: connect and open the results again.`);
    const unitId = query.get('unit') ?? '';
    const raw = query.get('raw') === '1';
    const status = await host.use((control) => control.workStatus(unitId));
    // Of plain output only the end is read at all; an event stream has to be read from its beginning to be understood.
    const end = Math.max(0, status.StdoutSize - limitBytes);
    const startPos = end > 0 && !raw && (await this.#isRunner(host, unitId)) ? 0 : end;
    const output = new OutputTail(limitBytes, startPos, raw ? 'raw' : 'play');
    let last: UnitStatus = status;
    let caught = (): void => undefined;
    const ready = new Promise<void>((resolve) => {
      caught = resolve;
      setTimeout(resolve, firstMs);
    });
    const following = this.#followings.start(
      host,
      unitId,
      {
        write: (chunk, offset) => {
          output.push(chunk);
          if (offset + chunk.length >= last.StdoutSize && !isFinal(last)) caught();
          redraw();
        },
      },
      { startPos, onStatus: (told) => (last = told) },
    );
    if (!isFinal(status)) this.#endings.follow(host, unitId, following.done);
    const shown: Shown = {
      output,
      following,
      ready,
      goesOn: true,
      broken: false,
      note: isFinal(status) ? '' : 'The work goes on; so does this document while it is open.',
      timer: undefined,
    };
    const redraw = (): void => {
      shown.timer ??= setTimeout(() => {
        shown.timer = undefined;
        this.#changed.fire(uri);
      }, redrawMs);
    };
    const finish = async (): Promise<void> => {
      try {
        const end = await following.done;
        output.end();
        const again = end.reason === 'stopped' ? ' Open the results again to read on.' : '';
        shown.broken = end.reason === 'stopped' || end.reason === 'incomplete'; // there is no more of a unit that is gone
        shown.note = end.reason === 'ended' && end.status?.State === 2 ? '' : `${endText(end)}${again}`;
      } catch (error) {
        shown.note = describe(error);
        shown.broken = true;
      } finally {
        shown.goesOn = false;
        caught();
        if (this.#shown.has(uri.toString())) this.#changed.fire(uri); // else it was closed, which ended it
      }
    };
    void finish();
    if (status.StdoutSize === 0 && !isFinal(status)) caught();
    return shown;
  }

  /** Whether the output begins as an event stream does. */
  async #isRunner(host: WorkHost, unitId: string): Promise<boolean> {
    const probe = new RunnerStream();
    const following = this.#followings.start(host, unitId, {
      write: (chunk, offset) => {
        if (probe.kind === 'undecided') probe.push(chunk);
        if (probe.kind !== 'undecided' || offset + chunk.length > probeBytes) following.stop();
      },
    });
    const late = setTimeout(() => following.stop(), firstMs);
    try {
      await following.done;
    } finally {
      clearTimeout(late);
    }
    return probe.kind === 'runner';
  }
}

const playNote = 'Output of the play in an event stream of ansible-runner. "Receptor: Open Raw Results" shows the stream.';

const cutNote = ({ cut }: OutputTail): string =>
  cut === 0 ? '' : `The first ${sizeText(cut)} (${cut} bytes) are left out here. "Receptor: Save Results" has them all.`;

/** While more comes, the last character may be whole only with it. */
const bytesNote = ({ output, goesOn }: Shown): string =>
  goesOn || output.isUtf8
    ? ''
    : 'Some of the output is no UTF-8 text: its bytes stand as \ufffd here. "Receptor: Save Results" has them as they are.';

/** The output between what we say of it, each in a line with brackets. */
function documentText(shown: Shown): string {
  const { output, note } = shown;
  const line = (words: string): string => (words === '' ? '' : `[${words}]\n`);
  const text = `${line(output.isPlay ? playNote : '')}${line(cutNote(output))}${output.text()}`;
  const below = `${line(bytesNote(shown))}${line(note)}`;
  return `${text}${below === '' || text === '' || text.endsWith('\n') ? '' : '\n'}${below}`;
}

export async function setLanguage(document: vscode.TextDocument): Promise<void> {
  const language = guessLanguage(document.getText());
  if (language === document.languageId) return;
  await vscode.languages.setTextDocumentLanguage(document, language).then(undefined, () => document); // it may not be installed
}
