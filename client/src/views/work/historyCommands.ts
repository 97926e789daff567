/** What was submitted from this workspace: open, run again, compare. */
import * as vscode from 'vscode';
import { ageText } from '../../mesh/age.ts';
import { lastOf, type HistoryRecord } from '../../work/history.ts';
import type { Submission } from '../../work/submission.ts';
import type { App } from '../app.ts';
import { label, plain } from '../hostile.ts';
import { pickNodeId, pickPayloadFile } from './asking.ts';
import { runIcon } from './endText.ts';
import { followInTerminal, openResults } from './following.ts';
import type { WorkHost } from './hosts.ts';
import { unitShownBy } from './resultsDocuments.ts';
import { connectionFor, send, type Sent } from './sending.ts';
import { sizeText } from './sizes.ts';

const buttons = {
  rerun: { iconPath: new vscode.ThemeIcon('debug-rerun'), tooltip: 'Submit Again' },
  follow: { iconPath: new vscode.ThemeIcon('output'), tooltip: 'Follow Results' },
};

/** Shows the history; Enter opens the results of a run. */
export async function showHistory(app: App): Promise<void> {
  await refreshEnds(app);
  const picked = await pickRecord(app, 'Work history', 'Enter opens the results', true);
  if (picked === undefined) return;
  const { record, button } = picked;
  if (button === buttons.rerun) await rerun(app, record);
  else if (button === buttons.follow) followInTerminal(app, await hostOf(app, record), record.unitId, plain(record.title));
  else await openResults(app, await hostOf(app, record), record.unitId);
}

/** Submits once more: what the active editor shows the results of, else the newest of its file, else of the workspace. */
export async function submitAgain(app: App, how: 'same' | 'another node'): Promise<Sent | undefined> {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const newest = lastOf(app.work.history.records, uri?.toString(), uri === undefined ? undefined : unitShownBy(uri));
  if (newest === undefined) throw new Error('Nothing was submitted from this workspace yet. Use the command "Receptor: Submit Work".');
  return rerun(app, newest, how);
}

export async function rerun(app: App, record: HistoryRecord, how: 'same' | 'another node' = 'same'): Promise<Sent | undefined> {
  let submission: Submission = record.submission;
  if (record.payloadDropped === true) {
    const payload = await pickPayloadFile();
    if (payload === undefined) return undefined;
    submission = { ...submission, payload };
  }
  for (const name of record.secrets ?? []) {
    const value = await vscode.window.showInputBox({
      title: `Value of ${plain(name)}`,
      prompt: 'What is secret, or came from a file or the environment, is not kept in the history.',
      password: true,
      ignoreFocusOut: true,
    });
    if (value === undefined) return undefined;
    submission = { ...submission, params: { ...submission.params, [name]: value } };
  }
  if (how === 'another node') {
    const node = await pickNodeId(await connectionFor(app, submission.connection), submission.node);
    if (node === undefined) return undefined;
    submission = { ...submission, node };
  }
  const about = record.file === undefined ? undefined : vscode.Uri.parse(record.file);
  return send(app, submission, how === 'same' ? { title: record.title, about } : { about });
}

/** Two runs side by side in the diff editor. */
export async function compareResults(app: App): Promise<void> {
  await refreshEnds(app);
  const first = await pickRecord(app, 'Compare results', 'Choose the older run');
  if (first === undefined) return;
  const second = await pickRecord(
    app,
    'Compare results',
    `Choose the run to compare with ${plain(first.record.title)}`,
    false,
    first.record,
  );
  if (second === undefined) return;
  const [left, right] = await Promise.all(
    [first.record, second.record].map(async (record) => ({ host: await hostOf(app, record), unitId: record.unitId })),
  );
  await compareUnits(app, left!, right!);
}

export async function compareUnits(
  app: App,
  left: { host: WorkHost; unitId: string },
  right: { host: WorkHost; unitId: string },
): Promise<void> {
  const uris = [left, right].map(({ host, unitId }) => app.work.results.uriOf(host, unitId));
  await Promise.all(uris.map((uri) => app.work.results.renew(uri)));
  await vscode.commands.executeCommand('vscode.diff', uris[0], uris[1], `Results of ${plain(left.unitId)} and ${plain(right.unitId)}`);
}

const hostOf = async (app: App, record: HistoryRecord): Promise<WorkHost> => app.work.hostOf(await connectionFor(app, record.connection));

/** One list per connected node that has runs without a known end; nothing is asked about units that are known to be over. */
async function refreshEnds(app: App): Promise<void> {
  const open = new Set(app.work.history.records.filter(({ end }) => end === undefined).map(({ nodeId }) => nodeId));
  const feeds = app.work.units.feeds.filter(({ host }) => host.remote === undefined && open.has(host.nodeId ?? ''));
  await Promise.allSettled(feeds.map(async (feed) => feed.refresh()));
}

type RecordItem = vscode.QuickPickItem & { record: HistoryRecord };

async function pickRecord(
  app: App,
  title: string,
  placeholder: string,
  withButtons = false,
  without?: HistoryRecord,
): Promise<{ record: HistoryRecord; button: vscode.QuickInputButton | undefined } | undefined> {
  const records = app.work.history.records.filter((record) => record !== without);
  if (records.length === 0) {
    app.notices.information(
      without === undefined ? 'Nothing was submitted from this workspace yet.' : 'There is no other run to compare with.',
    );
    return undefined;
  }
  const pick = vscode.window.createQuickPick<RecordItem>();
  pick.title = title;
  pick.placeholder = placeholder;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.items = records.map((record) => ({
    label: `$(${runIcon(record)}) ${label(record.title)}`,
    description: label(`${ageText(Date.now() - record.at)} · ${record.unitId} at ${record.nodeId}`),
    detail: label(
      `${record.end === undefined ? 'no end seen yet' : `${record.end.stateName} ${record.end.detail} · ${sizeText(record.end.size)} of output`} · ${sizeText(record.bytes)} of payload`,
    ),
    buttons: withButtons ? Object.values(buttons) : [],
    record,
  }));
  try {
    return await new Promise((resolve) => {
      pick.onDidAccept(() => {
        const [item] = pick.selectedItems;
        if (item !== undefined) resolve({ record: item.record, button: undefined });
      });
      pick.onDidTriggerItemButton(({ item, button }) => resolve({ record: item.record, button }));
      pick.onDidHide(() => resolve(undefined));
      pick.show();
    });
  } finally {
    pick.dispose();
  }
}
