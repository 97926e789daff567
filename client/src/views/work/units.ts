/** Which units a command means: rows, an id, or those that the user picks; and what may be done with them. */
import * as vscode from 'vscode';
import type { CancelResult, ReleaseResult } from '../../control/types.ts';
import { isFinished, type Unit } from '../../work/units.ts';
import type { App } from '../app.ts';
import { label, notice, plain } from '../hostile.ts';
import { describe } from '../notify.ts';
import { connectionOf } from '../pick.ts';
import { WorkHost } from './hosts.ts';
import { sizeText } from './sizes.ts';
import type { UnitFeed } from './unitFeed.ts';
import { UnitRow } from './unitRows.ts';

export interface UnitTarget {
  readonly host: WorkHost;
  readonly unitId: string;
}

/**
 * The units that a command means.
 * @param target a row, an id of the active connection's node, a {@link UnitTarget}; undefined to ask
 * @param selected the rows that are selected, when several are
 * @param takes which units are offered, and meant among several rows
 */
export async function targets(
  app: App,
  target: unknown,
  selected: unknown,
  title: string,
  takes: (unit: Unit) => boolean = () => true,
): Promise<UnitTarget[]> {
  const rows = Array.isArray(selected) ? selected.filter((row) => row instanceof UnitRow) : [];
  if (target instanceof UnitRow) {
    const meant = rows.includes(target) ? rows.filter((row) => row === target || takes(row.unit)) : [target];
    return meant.map(({ feed, unit }) => ({ host: feed.host, unitId: unit.id }));
  }
  if (isTarget(target)) return [target];
  if (typeof target === 'string') return [{ host: app.work.hostOf(connectionOf(app, undefined)), unitId: target }];
  return pickUnits(app, title, takes);
}

/** The one unit that a command means. */
export async function oneTarget(
  app: App,
  target: unknown,
  title: string,
  takes?: (unit: Unit) => boolean,
): Promise<UnitTarget | undefined> {
  return (await targets(app, target, undefined, title, takes))[0];
}

const isTarget = (value: unknown): value is UnitTarget =>
  typeof value === 'object' && value !== null && 'host' in value && value.host instanceof WorkHost && 'unitId' in value;

async function pickUnits(app: App, title: string, takes: (unit: Unit) => boolean): Promise<UnitTarget[]> {
  connectionOf(app, undefined); // says what is missing
  await app.work.units.refresh();
  const { feeds } = app.work.units;
  const several = feeds.length > 1;
  const found = unitsOf(feeds, takes);
  if (found.length === 0) {
    const error = feeds.map((feed) => feed.error).find((one) => one !== undefined);
    if (error !== undefined) throw error;
    app.notices.information(feeds.some((feed) => feed.units.length > 0) ? 'There is no such work unit now.' : 'There are no work units.');
    return [];
  }
  const firstSeen = ({ host, unitId }: UnitTarget): number => app.work.times.times.of(host.nodeId ?? '', unitId)?.first ?? 0;
  found.sort((a, b) => firstSeen(b) - firstSeen(a));
  const picked = await vscode.window.showQuickPick(
    found.map(({ unit, host }) => ({
      label: label(`${unit.workType} ${unit.id}`),
      description: label(
        [
          unit.stateName,
          unit.remoteNode === undefined ? undefined : `on ${unit.remoteNode}`,
          sizeText(unit.size),
          several ? host.title : undefined,
        ]
          .filter((part) => part !== undefined)
          .join(' · '),
      ),
      detail: label(unit.detail),
      target: { host, unitId: unit.id },
    })),
    { title, placeHolder: 'Choose a work unit', matchOnDescription: true, matchOnDetail: true },
  );
  return picked === undefined ? [] : [picked.target];
}

/** The units that feeds have, each once: one node may be shown by several connections, and one of them may be down. */
function unitsOf(feeds: readonly UnitFeed[], takes: (unit: Unit) => boolean): (UnitTarget & { readonly unit: Unit })[] {
  const seen = new Set<string>();
  const isNew = (key: string): boolean => seen.size < seen.add(key).size;
  const answering = feeds.toSorted((a, b) => Number(a.error !== undefined) - Number(b.error !== undefined));
  return answering.flatMap(({ host, units }) =>
    units.filter((unit) => takes(unit) && isNew(`${host.nodeId}\n${unit.id}`)).map((unit) => ({ host, unit, unitId: unit.id })),
  );
}

/** Cancels units; each gets its answer. Resolves to the reply for the last. */
export async function cancel(app: App, units: readonly UnitTarget[]): Promise<CancelResult | undefined> {
  const { done, failure } = await each(units, 'Cancelling', async ({ host, unitId }) => {
    const reply = await host.use((control) => control.cancelWork(unitId, { ownConnection: true }));
    if (reply.cancelled !== undefined) app.work.endings.hush(host, unitId);
    return reply;
  });
  const pending = done.filter(({ reply }) => reply['cancel pending'] !== undefined);
  const cancelled = done.filter(({ reply }) => reply['cancel pending'] === undefined);
  if (cancelled.length > 0) app.notices.information(`${namesOf(cancelled)} ${cancelled.length === 1 ? 'was' : 'were'} cancelled.`);
  if (pending.length > 0) {
    app.notices.information(`${namesOf(pending)}: cancel pending. The remote node does not answer; the daemon keeps asking it.`);
  }
  await app.work.units.refresh();
  if (failure !== undefined) throw failure; // told last: what was done is told all the same
  return done.at(-1)?.reply;
}

/** Releasing deletes the output, so it is asked for once more; `confirmed` when it was. */
export async function release(
  app: App,
  units: readonly UnitTarget[],
  how: 'release' | 'force',
  confirmed: 'ask' | 'confirmed' = 'ask',
): Promise<ReleaseResult | undefined> {
  if (units.length === 0) return undefined;
  const force = how === 'force';
  const verb = force ? 'Force Release' : 'Release';
  if (confirmed === 'ask') {
    const what = units.length === 1 ? plain(units[0]!.unitId) : `${units.length} units`;
    const detail = force
      ? 'The unit and its output are deleted here, even when its remote node cannot be told. What runs there may run on.'
      : 'The unit is cancelled if it still runs, and deleted with its output.';
    if ((await vscode.window.showWarningMessage(`${verb} ${what}?`, { modal: true, detail }, verb)) !== verb) return undefined;
  }
  const { done, failure } = await each(units, 'Releasing', async ({ host, unitId }) => {
    const reply = await host.use((control) => control.releaseWork(unitId, { force, ownConnection: true }));
    if (reply.released !== undefined) app.work.forget(host, unitId);
    return reply;
  });
  const pending = done.filter(({ reply }) => reply['release pending'] !== undefined);
  const released = done.filter(({ reply }) => reply['release pending'] === undefined);
  if (released.length > 0) app.notices.information(`${namesOf(released)} ${released.length === 1 ? 'was' : 'were'} released.`);
  if (pending.length > 0) {
    app.notices.information(`${namesOf(pending)}: release pending. The remote node does not answer; the daemon keeps asking it.`, {
      title: 'Force Release',
      run: () => release(app, pending, 'force'),
    });
  }
  await app.work.units.refresh();
  if (failure !== undefined) throw failure; // told last: what was done is told all the same
  return done.at(-1)?.reply;
}

/** Releases what is finished, after naming how many and how much; units of `host` only, when given. */
export async function releaseFinished(app: App, host?: WorkHost): Promise<number> {
  await app.work.units.refresh();
  const feeds = app.work.units.feeds.filter((feed) => host === undefined || feed.host === host);
  const found = unitsOf(feeds, isFinished);
  if (found.length === 0) {
    app.notices.information('There are no finished work units.');
    return 0;
  }
  const bytes = found.reduce((sum, { unit }) => sum + unit.size, 0);
  const count = (state: number): number => found.filter(({ unit }) => unit.state === state).length;
  const parts = [
    [count(2), 'succeeded'],
    [count(3), 'failed'],
    [count(4), 'cancelled'],
  ].flatMap(([number, name]) => (number === 0 ? [] : [`${number} ${name}`]));
  const nodes = [...new Set(found.map((one) => plain(one.host.title)))].join(', ');
  const verb = `Release ${found.length}`;
  const detail = `${parts.join(', ')}, at ${nodes}. Their output, ${sizeText(bytes)}, is deleted.`;
  const question = `Release ${found.length} finished work ${found.length === 1 ? 'unit' : 'units'}?`;
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, verb)) !== verb) return 0;
  await release(app, found, 'release', 'confirmed');
  return found.length;
}

/** One after the other, since the daemon serves them so; cancelling stops before the next. Failures do not stop the rest. */
async function each<T>(
  units: readonly UnitTarget[],
  verb: string,
  run: (unit: UnitTarget) => Promise<T>,
): Promise<{ readonly done: readonly (UnitTarget & { reply: T })[]; readonly failure: unknown }> {
  const done: (UnitTarget & { reply: T })[] = [];
  const failures: { unit: UnitTarget; error: unknown }[] = [];
  const title = units.length === 1 ? `${verb} ${units[0]!.unitId}…` : `${verb} ${units.length} units…`;
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: notice(title), cancellable: units.length > 1 },
    async (bar, token) => {
      for (const unit of units) {
        if (token.isCancellationRequested) break;
        try {
          done.push({ ...unit, reply: await run(unit) });
        } catch (error) {
          failures.push({ unit, error });
        }
        bar.report({
          increment: 100 / units.length,
          message: units.length > 1 ? `${done.length + failures.length} of ${units.length}` : '',
        });
      }
    },
  );
  return { done, failure: failureOf(failures, units.length) };
}

/** One error for all; undefined for none. */
function failureOf(failures: readonly { unit: UnitTarget; error: unknown }[], of: number): unknown {
  const [first] = failures;
  if (first === undefined || of === 1) return first?.error;
  const which = failures.length === 1 ? first.unit.unitId : `the first, ${first.unit.unitId}`;
  return new Error(`${failures.length} of ${of} failed, ${which}: ${describe(first.error)}`);
}

const namesOf = (units: readonly UnitTarget[]): string =>
  units.length <= 3 ? units.map(({ unitId }) => unitId).join(', ') : `${units.length} units`;
