/** The commands of work, as data. */
import * as vscode from 'vscode';
import type { Submission } from '../../work/submission.ts';
import { canCancel, isFinished } from '../../work/units.ts';
import type { App } from '../app.ts';
import { fileOf, type Command } from '../command.ts';
import { NodeRow } from '../meshRows.ts';
import { askTlsClient, connectionOf, controlServiceOf, pickNode } from '../pick.ts';
import { label, plain } from '../hostile.ts';
import { filePayload } from './asking.ts';
import { endText } from './endText.ts';
import { followInTerminal, openResults } from './following.ts';
import { compareResults, compareUnits, showHistory, submitAgain } from './historyCommands.ts';
import { setLanguage } from './resultsDocuments.ts';
import { findArchives, saveArchive, saveResults } from './saveResults.ts';
import { send } from './sending.ts';
import { sizeText } from './sizes.ts';
import { documentOf, selectionOf, submitFlow } from './submitFlow.ts';
import type { UnitFeed } from './unitFeed.ts';
import { HostRow, UnitRow, type Grouping } from './unitRows.ts';
import { cancel, oneTarget, release, releaseFinished, targets } from './units.ts';
import { newWorkFile, submitEntry } from './workFileCommands.ts';

const live = ['trust', 'connection'] as const;

export const workCommands: readonly Command[] = [
  {
    id: 'receptor.work.submit',
    title: 'Submit Work…',
    needs: live,
    run: (app, target) => {
      // A whole submission, from a keybinding or another extension, is sent as it is.
      if (isSubmission(target)) return send(app, target).then(withoutHost);
      return submitFlow(app, startAt(app, target)).then(withoutHost);
    },
  },
  {
    id: 'receptor.work.submitSelection',
    title: 'Submit Selection',
    needs: [...live, 'editor'],
    run: (app) => {
      const editor = vscode.window.activeTextEditor;
      const payload = selectionOf(editor);
      if (payload === undefined)
        throw new Error('Nothing is selected. Select what the work shall read, or use "Receptor: Submit Document".');
      return submitFlow(app, { payload, about: editor?.document.uri }).then(withoutHost);
    },
  },
  {
    id: 'receptor.work.submitDocument',
    title: 'Submit Document',
    needs: [...live, 'editor'],
    run: async (app, target) => {
      const uri = fileOf([target]);
      if (uri === undefined) return undefined;
      const document = await vscode.workspace.openTextDocument(uri);
      return submitFlow(app, { payload: documentOf(document)!, about: uri }).then(withoutHost);
    },
  },
  {
    id: 'receptor.work.submitFile',
    title: 'Submit File…',
    needs: live,
    run: async (app, target) => {
      const uri =
        target instanceof vscode.Uri ? target : (await vscode.window.showOpenDialog({ title: 'Payload', openLabel: 'Submit' }))?.[0];
      if (uri === undefined) return undefined;
      return submitFlow(app, { payload: filePayload(uri), about: uri }).then(withoutHost);
    },
  },
  { id: 'receptor.work.submitAgain', title: 'Submit Again', needs: live, run: (app) => submitAgain(app, 'same').then(withoutHost) },
  {
    id: 'receptor.work.submitToAnotherNode',
    title: 'Submit Again to Another Node',
    needs: live,
    run: (app) => submitAgain(app, 'another node').then(withoutHost),
  },
  {
    id: 'receptor.work.submitEntry',
    title: 'Submit This Submission',
    needs: ['trust', 'editor'],
    run: (app, ...args) => submitEntry(app, args, 'submit').then(withoutHost),
  },
  {
    id: 'receptor.work.submitEntryAndFollow',
    title: 'Submit This Submission and Follow',
    needs: ['trust', 'editor'],
    run: (app, ...args) => submitEntry(app, args, 'follow').then(withoutHost),
  },
  { id: 'receptor.work.newFile', title: 'New Work File', run: () => newWorkFile() },
  {
    id: 'receptor.work.list',
    title: 'List Work Units',
    needs: live,
    run: async (app, target) => {
      const connection = connectionOf(app, target);
      const units = await connection.use((control) => control.workList());
      await app.reports.show(`Work units of ${connection.nodeId ?? ''}`, `${JSON.stringify(units, undefined, 2)}\n`, 'json');
      return units;
    },
  },
  {
    id: 'receptor.work.status',
    title: 'Show Unit Status',
    needs: live,
    run: async (app, target) => {
      const unit = await oneTarget(app, target, 'Status of');
      if (unit === undefined) return undefined;
      const status = await unit.host.use((control) => control.workStatus(unit.unitId));
      await app.reports.show(`Work unit ${unit.unitId}`, `${JSON.stringify(status, undefined, 2)}\n`, 'json');
      return status;
    },
  },
  {
    id: 'receptor.work.results',
    title: 'Follow Results',
    needs: live,
    run: async (app, target, selected) => {
      for (const { host, unitId } of await targets(app, target, selected, 'Follow the results of')) followInTerminal(app, host, unitId);
    },
  },
  {
    id: 'receptor.work.openResults',
    title: 'Open Results',
    needs: live,
    run: async (app, target) => {
      const unit = await oneTarget(app, target, 'Open the results of');
      if (unit !== undefined) await openResults(app, unit.host, unit.unitId, { preserveFocus: target instanceof UnitRow });
    },
  },
  {
    id: 'receptor.work.openRawResults',
    title: 'Open Raw Results',
    needs: live,
    run: async (app, target) => {
      const unit = await oneTarget(app, target, 'Open the raw results of');
      if (unit !== undefined) await openResults(app, unit.host, unit.unitId, { raw: true });
    },
  },
  { id: 'receptor.work.resultsToEditor', title: 'Copy Results to New Editor', needs: live, run: resultsToEditor },
  { id: 'receptor.work.saveResults', title: 'Save Results…', needs: live, run: save },
  { id: 'receptor.work.saveArtifacts', title: 'Save Artifacts of Runner…', needs: live, run: saveArtifacts },
  {
    id: 'receptor.work.pauseResults',
    title: 'Pause or Resume Results',
    run: (app) => {
      const active = vscode.window.activeTerminal;
      const pty = active === undefined ? undefined : app.work.terminals.get(active);
      if (pty === undefined) throw new Error('The active terminal follows no results. Use the command "Receptor: Follow Results".');
      pty.toggle();
    },
  },
  {
    id: 'receptor.work.cancel',
    title: 'Cancel Unit',
    needs: live,
    run: async (app, target, selected) => cancel(app, await targets(app, target, selected, 'Cancel', canCancel)),
  },
  {
    id: 'receptor.work.release',
    title: 'Release Unit',
    needs: live,
    run: async (app, target, selected) => release(app, await targets(app, target, selected, 'Release'), 'release'),
  },
  {
    id: 'receptor.work.forceRelease',
    title: 'Force Release Unit',
    needs: live,
    run: async (app, target, selected) => release(app, await targets(app, target, selected, 'Force the release of'), 'force'),
  },
  {
    id: 'receptor.work.releaseFinished',
    title: 'Release Finished Units…',
    needs: live,
    run: (app, target) => releaseFinished(app, target instanceof HostRow ? target.feed.host : undefined),
  },
  {
    id: 'receptor.work.copyUnitId',
    title: 'Copy Unit ID',
    needs: live,
    run: async (app, target, selected) => {
      const ids = (await targets(app, target, selected, 'Copy the id of')).map(({ unitId }) => unitId);
      if (ids.length > 0) await vscode.env.clipboard.writeText(ids.join('\n'));
      return ids;
    },
  },
  { id: 'receptor.work.refresh', title: 'Refresh Work Units', needs: live, run: (app) => app.work.units.refresh() },
  { id: 'receptor.work.filter', title: 'Filter Work Units', run: filterUnits },
  { id: 'receptor.work.clearFilter', title: 'Clear Filter of Work Units', run: (app) => app.work.units.setFilter('') },
  { id: 'receptor.work.group', title: 'Group Work Units…', run: groupUnits },
  { id: 'receptor.work.showNode', title: 'Show Work Units of Another Node…', needs: live, run: showNode },
  {
    id: 'receptor.work.hideNode',
    title: 'Hide Work Units of Node',
    run: async (app, target) => {
      const feed = target instanceof HostRow ? target.feed : await otherNode(app);
      if (feed === undefined) return;
      app.work.units.hideNode(feed);
      app.work.followings.stopClosed();
    },
  },
  { id: 'receptor.work.history', title: 'Work History', run: (app) => showHistory(app) },
  { id: 'receptor.work.compareResults', title: 'Compare Results…', needs: live, run: compare },
];

/** What other extensions and tests get: plain data. */
const withoutHost = (sent: { unitId: string; result: string; bytes: number } | undefined): object | undefined =>
  sent === undefined ? undefined : { unitId: sent.unitId, result: sent.result, bytes: sent.bytes };

const isSubmission = (value: unknown): value is Submission =>
  typeof value === 'object' &&
  value !== null &&
  'workType' in value &&
  typeof value.workType === 'string' &&
  'payload' in value &&
  'params' in value &&
  'node' in value;

const startAt = (app: App, target: unknown): Parameters<typeof submitFlow>[1] =>
  target instanceof NodeRow
    ? { connection: connectionOf(app, target), node: target.nodeId }
    : { about: vscode.window.activeTextEditor?.document.uri, ...(typeof target === 'string' ? { node: target } : {}) };

async function resultsToEditor(app: App, target: unknown): Promise<void> {
  const unit = await oneTarget(app, target, 'Copy the results of');
  if (unit === undefined) return;
  const { text, notes } = await app.work.results.copy(unit.host, unit.unitId);
  const document = await vscode.workspace.openTextDocument({ content: text });
  await setLanguage(document);
  await vscode.window.showTextDocument(document);
  if (notes.length > 0) app.notices.information(`${unit.unitId}: ${notes.join(' ')}`);
}

async function save(app: App, target: unknown, to: unknown): Promise<unknown> {
  const unit = await oneTarget(app, target, 'Save the results of');
  if (unit === undefined) return undefined;
  const { host, unitId } = unit;
  const file = to instanceof vscode.Uri ? to : await askTarget(`${unitId}.out`, 'Save Results');
  if (file === undefined) return undefined;
  const { end, bytes, file: written } = await saveResults(app.work.followings, host, unitId, file);
  app.work.shown(host, unitId, end);
  const where = written === undefined || written === file.fsPath ? file : vscode.Uri.file(written);
  const has = written === undefined ? 'Nothing came' : `${where.fsPath} has ${bytes} bytes`;
  const kept = written === file.fsPath ? '' : `; ${file.fsPath} is as it was`;
  app.notices.information(`${has}${kept}. ${endText(end)}`, {
    title: 'Open File',
    run: () => vscode.commands.executeCommand('vscode.open', where),
  });
  return { bytes, reason: end.reason };
}

async function saveArtifacts(app: App, target: unknown, to: unknown): Promise<unknown> {
  const unit = await oneTarget(app, target, 'Save the artifacts of', ({ size }) => size > 0);
  if (unit === undefined) return undefined;
  const archives = await findArchives(app.work.followings, unit.host, unit.unitId);
  if (archives === undefined) return undefined;
  const archive = archives.at(-1);
  if (archive === undefined)
    throw new Error(`The output of ${unit.unitId} has no artifacts: it is no event stream of ansible-runner, or not whole yet.`);
  const file = to instanceof vscode.Uri ? to : await askTarget(`${unit.unitId}-artifacts.zip`, 'Save Artifacts');
  if (file === undefined) return undefined;
  const bytes = await saveArchive(app.work.followings, unit.host, unit.unitId, archive, file);
  if (bytes === undefined) return undefined;
  app.notices.information(`${file.fsPath} has the artifacts, ${sizeText(bytes)}.`);
  return { bytes };
}

async function askTarget(name: string, saveLabel: string): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri;
  return vscode.window.showSaveDialog({ saveLabel, ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }) });
}

async function filterUnits(app: App, given: unknown): Promise<void> {
  const filter =
    typeof given === 'string'
      ? given
      : await vscode.window.showInputBox({
          title: 'Filter work units',
          value: app.work.units.filter,
          prompt: 'Part of an id, a work type, a node, a state or a detail. Empty shows all.',
        });
  if (filter !== undefined) app.work.units.setFilter(filter);
}

const groupings: readonly { label: string; grouping: Grouping }[] = [
  { label: 'One List, Newest First', grouping: 'none' },
  { label: 'By State', grouping: 'state' },
  { label: 'By Work Type', grouping: 'type' },
  { label: 'By Node', grouping: 'node' },
];

async function groupUnits(app: App, given: unknown): Promise<void> {
  const named = groupings.find(({ grouping }) => grouping === given);
  const picked = named ?? (await vscode.window.showQuickPick(groupings, { title: 'Group work units' }));
  if (picked !== undefined) await app.work.units.setGrouping(picked.grouping);
}

async function showNode(app: App, target: unknown): Promise<void> {
  const picked = await pickNode(app, target, 'Show the work units of', ({ state }) => state === 'direct' || state === 'reachable');
  if (picked === undefined) return;
  const { connection, nodeId } = picked;
  const tlsClient = await askTlsClient(controlServiceOf(picked));
  if (tlsClient === undefined) return;
  app.work.units.showNode(connection, nodeId, tlsClient === '' ? undefined : tlsClient);
  app.work.followings.stopClosed(); // what went by the way of before, when there is another now
  await vscode.commands.executeCommand('receptor.units.focus', { preserveFocus: true });
}

/** The node that is shown beside those that are connected, or the one of several that the user picks. */
async function otherNode(app: App): Promise<UnitFeed | undefined> {
  const others = app.work.units.feeds.filter(({ host }) => host.remote !== undefined);
  if (others.length < 2) return others[0];
  const picked = await vscode.window.showQuickPick(
    others.map((feed) => ({ label: label(feed.host.title), feed })),
    { title: 'Hide the work units of' },
  );
  return picked?.feed;
}

async function compare(app: App, target: unknown, selected: unknown): Promise<void> {
  const rows = Array.isArray(selected) ? selected.filter((row) => row instanceof UnitRow) : [];
  if (target instanceof UnitRow && rows.length === 2) {
    const [left, right] = rows.map(({ feed, unit }) => ({ host: feed.host, unitId: unit.id }));
    return compareUnits(app, left!, right!);
  }
  if (target instanceof UnitRow) {
    const { id } = target.unit;
    const other = await oneTarget(app, undefined, `Compare the results of ${plain(id)} with`, (unit) => unit.id !== id && isFinished(unit));
    return other === undefined ? undefined : compareUnits(app, { host: target.feed.host, unitId: id }, other);
  }
  return compareResults(app);
}
