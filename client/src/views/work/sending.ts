/** From a submission to a unit: the connection, the payload, the checks, the upload, the history. */
import * as vscode from 'vscode';
import { isControlError } from '../../control/index.ts';
import { checkSubmission, type Fix, type PayloadFacts, type Problem } from '../../work/checks.ts';
import { openPayload, PayloadError, type OpenPayload } from '../../work/payload.ts';
import { describeSubmission, type Submission } from '../../work/submission.ts';
import { sendSubmission, type Submitted } from '../../work/submit.ts';
import type { App } from '../app.ts';
import type { Connection } from '../connection.ts';
import { label, notice, plain } from '../hostile.ts';
import { askTlsClientName, pickNodeId, pickPayloadFile, pickWorkType } from './asking.ts';
import { followInTerminal, openResults } from './following.ts';
import { freshSnapshot } from './freshSnapshot.ts';
import type { WorkHost } from './hosts.ts';
import { meshFacts } from './meshFacts.ts';
import { sizeText } from './sizes.ts';

/** Work that ends within this time is told of once, by its end; the daemon itself looks each second. */
const shortMs = 1_500;

export interface SendOptions {
  readonly follow?: boolean;
  /** Shown in the history; made from the submission otherwise. */
  readonly title?: string;
  /** The file that the submission is about: the work file that it stands in, or the one whose text is sent. */
  readonly about?: vscode.Uri | undefined;
  /** Do not ask and do not tell: problems are thrown. For tasks. */
  readonly silent?: boolean;
  readonly signal?: AbortSignal;
}

export interface Sent extends Submitted {
  readonly host: WorkHost;
}

/**
 * Checks a submission, lets the user mend it or go on, and submits it.
 * @returns undefined when the user left
 * @throws what the client says; Error for a connection that does not exist
 */
export async function send(app: App, given: Submission, options: SendOptions = {}): Promise<Sent | undefined> {
  const connection = await connectionFor(app, given.connection);
  const mended = options.silent === true ? given : await mend(connection, given);
  if (mended === undefined) return undefined;
  const payload = await openPayload(mended.payload);
  const title = options.title ?? describeSubmission(mended);
  const submitted = await upload(app, connection, mended, payload, title, options);
  const host = app.work.hostOf(connection);
  const nodeId = connection.nodeId ?? '';
  app.work.times.noteSubmitted(nodeId, submitted.unitId);
  await app.work.history.add({
    at: Date.now(),
    connection: connection.name,
    nodeId,
    unitId: submitted.unitId,
    title,
    file: options.about?.toString(),
    submission: { ...mended, connection: connection.name },
    bytes: submitted.bytes,
  });
  await app.work.choices.remember(options.about, mended);
  void app.work.units
    .feedOf(connection)
    ?.refresh()
    .catch(() => undefined); // its row shows why
  app.work.endings.watch(host, submitted.unitId, options.silent === true ? 'quiet' : 'loud');
  if (options.silent !== true) void tell(app, host, submitted, title, options);
  return { ...submitted, host };
}

/** The connection of that name, opened when it is a saved one; the active one without a name. */
export async function connectionFor(app: App, name: string | undefined): Promise<Connection> {
  const { connections } = app;
  if (name === undefined) {
    if (connections.active === undefined) throw new Error('There is no connection. Use the command "Receptor: Connect".');
    return connections.active;
  }
  const open = connections.find(name);
  if (open !== undefined) return open;
  const profile = connections.profiles.find((one) => one.name === name);
  if (profile === undefined) throw new Error(`There is no connection named ${JSON.stringify(name)}: see the setting receptor.connections.`);
  return connections.connect(profile);
}

async function tell(
  app: App,
  host: WorkHost,
  { unitId, result, reconciled }: Submitted,
  title: string,
  { follow }: SendOptions,
): Promise<void> {
  if (follow === true) {
    followInTerminal(app, host, unitId, `Results of ${plain(unitId)}: ${plain(title)}`);
    return;
  }
  // Most work is short: one message says all, then.
  if (reconciled === undefined && (await app.work.endings.within(host, unitId, shortMs))) return;
  const text =
    reconciled === undefined
      ? `${result}: ${title}, unit ${unitId}.`
      : `The reply to the submission was lost, but unit ${unitId} exists: ${reconciled.StateName} ${reconciled.Detail}.`;
  app.notices.information(
    text,
    { title: 'Follow Results', run: () => followInTerminal(app, host, unitId) },
    { title: 'Open Results', run: () => openResults(app, host, unitId) },
  );
}

/** Uploads with progress; cancelling leaves no unit behind. */
async function upload(
  app: App,
  connection: Connection,
  submission: Submission,
  payload: OpenPayload,
  title: string,
  options: SendOptions,
): Promise<Submitted> {
  const abort = new AbortController();
  // Aborted already or later: what the caller gave up is not sent.
  const signal = options.signal === undefined ? abort.signal : AbortSignal.any([options.signal, abort.signal]);
  const run = async (onProgress?: (sent: number) => void): Promise<Submitted> =>
    connection.use((control) =>
      sendSubmission(control, submission, payload, {
        signal,
        // A connection that is down comes back by itself: to knock in between would make it wait longer.
        ask: async (question) => {
          if (connection.state.kind === 'down') throw connection.state.error;
          return connection.use(question, signal);
        },
        ...(onProgress === undefined ? {} : { onProgress }),
      }),
    );
  try {
    if (options.silent === true) return await run();
    return await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: notice(`Submitting ${title}`), cancellable: true },
      async (bar, token) => {
        token.onCancellationRequested(() => abort.abort());
        let done = 0;
        let last = 0;
        return run((sent) => {
          if (Date.now() - last < 100 && sent < payload.size) return;
          last = Date.now();
          const percent = payload.size === 0 ? 100 : (sent / payload.size) * 100;
          bar.report({ message: `${sizeText(sent)} of ${sizeText(payload.size)}`, increment: percent - done });
          done = percent;
        });
      },
    );
  } catch (error) {
    if (isControlError(error)) {
      // The client released the unit, or says that it could not: either way the user wants to know.
      if (error.code === 'aborted') app.notices.information(`${title}: ${error.message}`);
      if (error.unitId !== undefined && !error.released) offerUnit(app, connection, error.unitId);
    }
    throw error;
  } finally {
    await payload.close();
  }
}

/** A refused submission may leave a failed unit, which stays until it is released. */
function offerUnit(app: App, connection: Connection, unitId: string): void {
  const host = app.work.hostOf(connection);
  app.notices.information(
    `Unit ${unitId} may be left of this submission.`,
    { title: 'Show Its Status', run: () => vscode.commands.executeCommand('receptor.work.status', { host, unitId }) },
    { title: 'Release Unit', run: () => vscode.commands.executeCommand('receptor.work.release', { host, unitId }) },
  );
}

/** Shows what would go wrong, as long as something would; undefined when the user leaves. */
async function mend(connection: Connection, given: Submission): Promise<Submission | undefined> {
  let submission = given;
  for (;;) {
    const problems = (await findProblems(connection, submission)).filter(({ severity }) => severity !== 'information');
    if (problems.length === 0) return submission;
    const choice = await askAbout(submission, problems);
    if (choice === undefined) return undefined;
    if (choice === 'go on') return submission;
    const fixed = await applyFix(connection, submission, choice);
    if (fixed !== undefined) submission = fixed;
  }
}

/** The problems of a submission, by a fresh picture of the mesh and the payload as it is now. */
export async function findProblems(connection: Connection, submission: Submission): Promise<Problem[]> {
  const snapshot = freshSnapshot(connection.feed) ?? (await connection.feed.refresh());
  return checkSubmission(submission, meshFacts(snapshot, usesUnixSocket(connection)), await payloadFacts(submission));
}

export const usesUnixSocket = (connection: Connection): boolean =>
  connection.via === undefined && !/^\s*(?:tcp|tls):/i.test(connection.profile.address);

/** The size of a payload, which is opened for it, or why it can't be read. */
export async function payloadFacts(submission: Submission): Promise<PayloadFacts> {
  try {
    const payload = await openPayload(submission.payload);
    await payload.close();
    return { size: payload.size };
  } catch (error) {
    if (error instanceof PayloadError) return { error: error.message };
    throw error;
  }
}

async function askAbout(submission: Submission, problems: readonly Problem[]): Promise<Fix | 'go on' | undefined> {
  const refused = problems.some(({ severity }) => severity === 'error');
  const items: (vscode.QuickPickItem & { value: Fix | 'go on' | undefined })[] = [
    ...problems.flatMap((problem) =>
      problem.fixes.map((fix) => ({
        label: `$(lightbulb) ${label(fix.title)}`,
        detail: `$(${problem.severity === 'error' ? 'error' : 'warning'}) ${label(problem.message, 500)}`,
        value: fix,
      })),
    ),
    { label: '', kind: vscode.QuickPickItemKind.Separator, value: undefined },
    {
      label: '$(cloud-upload) Submit Anyway',
      detail: label([...(refused ? ['receptor will refuse it.'] : []), ...problems.map(({ message }) => message)].join(' '), 500),
      value: 'go on' as const,
    },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: `${plain(describeSubmission(submission))}: ${problems.length === 1 ? 'a problem' : `${problems.length} problems`} before it is sent`,
    placeHolder: 'Choose a fix, or submit anyway',
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  return picked?.value;
}

/** Undefined when the user left a question open: then the problem stands. */
async function applyFix(connection: Connection, submission: Submission, fix: Fix): Promise<Submission | undefined> {
  if ('change' in fix) return { ...submission, ...fix.change };
  switch (fix.ask) {
    case 'node': {
      const node = await pickNodeId(connection, submission.node);
      return node === undefined ? undefined : { ...submission, node };
    }
    case 'workType': {
      const picked = await pickWorkType(connection, submission.node, submission.workType);
      return picked === undefined ? undefined : { ...submission, workType: picked.workType, signWork: picked.signWork };
    }
    case 'tlsClient': {
      const tlsClient = await askTlsClientName(submission.tlsClient);
      return tlsClient === undefined || tlsClient === '' ? undefined : { ...submission, tlsClient };
    }
    case 'payload': {
      const payload = await pickPayloadFile();
      return payload === undefined ? undefined : { ...submission, payload };
    }
  }
}
