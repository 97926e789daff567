/** The rows of the view "Work Units". */
import * as vscode from 'vscode';
import { ageText } from '../../mesh/age.ts';
import type { UnitTime } from '../../work/times.ts';
import { canCancel, explainDetail, explainPending, isFinished, type Unit } from '../../work/units.ts';
import { markdown, plain } from '../hostile.ts';
import { describe } from '../notify.ts';
import { icon } from '../row.ts';
import type { WorkHost } from './hosts.ts';
import { sizeText } from './sizes.ts';
import type { UnitFeed } from './unitFeed.ts';

const { None, Expanded } = vscode.TreeItemCollapsibleState;

export type Grouping = 'none' | 'state' | 'type' | 'node';

/** What the view shows beyond the units themselves. */
export interface UnitOptions {
  readonly grouping: Grouping;
  /** Lower case; empty for everything. */
  readonly filter: string;
  timeOf(host: WorkHost, unitId: string): UnitTime | undefined;
}

export type UnitViewRow = HostRow | GroupRow | UnitRow | NoteRow;

/** The units of one node. Its rows are the view's own when it is the only one. */
export class HostRow {
  readonly id: string;
  readonly parent = undefined;
  readonly feed: UnitFeed;
  readonly #options: UnitOptions;

  constructor(feed: UnitFeed, options: UnitOptions) {
    this.feed = feed;
    this.#options = options;
    this.id = `host ${feed.host.connection.name}\n${feed.host.remote?.node ?? ''}`;
  }

  children(): UnitViewRow[] {
    const { feed } = this;
    const note = feed.error !== undefined ? [new NoteRow(this, describe(feed.error), 'warning')] : [];
    if (feed.takenAt === undefined) return note.length > 0 ? note : [new NoteRow(this, 'Asking…', 'loading~spin')];
    const units = feed.units.filter((unit) => matches(unit, this.#options.filter));
    if (units.length === 0) {
      if (feed.units.length === 0 && note.length > 0) return note;
      const text = feed.units.length === 0 ? 'No work units.' : `None of ${feed.units.length} work units fits the filter.`;
      return [...note, new NoteRow(this, text, 'info')];
    }
    const { grouping } = this.#options;
    if (grouping === 'none') return [...note, ...this.rows(units, this)];
    const groups = new Map<string, Unit[]>();
    for (const unit of units) {
      const name = groupOf(unit, grouping, feed.host);
      groups.set(name, [...(groups.get(name) ?? []), unit]);
    }
    const names = [...groups.keys()].sort((a, b) => (grouping === 'state' ? stateOrder(a) - stateOrder(b) : 0) || (a < b ? -1 : 1));
    return [...note, ...names.map((name) => new GroupRow(this, name, groups.get(name)!))];
  }

  /** Newest first, as far as we know when each was first seen. */
  rows(units: readonly Unit[], parent: HostRow | GroupRow): UnitRow[] {
    const { host } = this.feed;
    const firstOf = (unit: Unit): number => this.#options.timeOf(host, unit.id)?.first ?? 0;
    return units
      .map((unit) => new UnitRow(parent, this.feed, unit, this.#options.timeOf(host, unit.id)))
      .sort((a, b) => firstOf(b.unit) - firstOf(a.unit) || (a.unit.id < b.unit.id ? -1 : 1));
  }

  item(): vscode.TreeItem {
    const item = new vscode.TreeItem(plain(this.feed.host.title), Expanded);
    item.id = this.id;
    item.contextValue = this.feed.host.remote === undefined ? 'workNode own' : 'workNode other';
    item.iconPath = icon('server');
    const count = this.feed.units.length;
    item.description = this.feed.takenAt === undefined ? '' : `${count} ${count === 1 ? 'unit' : 'units'}`;
    return item;
  }
}

export class GroupRow {
  readonly id: string;
  readonly parent: HostRow;
  readonly units: readonly Unit[];
  readonly #name: string;

  constructor(parent: HostRow, name: string, units: readonly Unit[]) {
    this.parent = parent;
    this.units = units;
    this.#name = name;
    this.id = `${parent.id}\ngroup ${name}`;
  }

  children(): UnitRow[] {
    return this.parent.rows(this.units, this);
  }

  item(): vscode.TreeItem {
    const item = new vscode.TreeItem(plain(this.#name), Expanded);
    item.id = this.id;
    item.contextValue = 'workGroup';
    item.description = String(this.units.length);
    return item;
  }
}

export class UnitRow {
  readonly id: string;
  readonly parent: HostRow | GroupRow;
  readonly feed: UnitFeed;
  readonly unit: Unit;
  readonly #time: UnitTime | undefined;

  constructor(parent: HostRow | GroupRow, feed: UnitFeed, unit: Unit, time: UnitTime | undefined) {
    this.parent = parent;
    this.feed = feed;
    this.unit = unit;
    this.#time = time;
    this.id = `${feed.host.connection.name}\n${feed.host.remote?.node ?? ''}\nunit ${unit.id}`;
  }

  children(): never[] {
    return [];
  }

  item(): vscode.TreeItem {
    const { unit } = this;
    const item = new vscode.TreeItem(plain(unit.workType === '' ? unit.id : `${unit.workType} ${unit.id}`), None);
    item.id = this.id;
    item.iconPath =
      unit.orphan !== undefined ? icon('question', 'list.warningForeground') : icon(...(stateIcons[unit.state] ?? unknownIcon));
    const description = plain(
      [
        unit.stateName,
        ...flagsOf(unit),
        unit.remoteNode === undefined ? undefined : `on ${unit.remoteNode}`,
        unit.size > 0 ? sizeText(unit.size) : undefined,
        this.#time?.endedBefore === true || this.#time === undefined
          ? undefined
          : ageText(Date.now() - (this.#time.ended ?? this.#time.first)),
      ]
        .filter((part) => part !== undefined)
        .join(' · '),
    );
    item.description = description;
    item.contextValue = ['unit', canCancel(unit) ? 'cancellable' : '', isFinished(unit) ? 'finished' : ''].filter(Boolean).join(' ');
    item.command = { command: 'receptor.work.openResults', title: 'Open Results', arguments: [this] };
    item.accessibilityInformation = { label: `${plain(unit.workType)} ${plain(unit.id)}, ${description}` };
    return item;
  }

  tooltip(): vscode.MarkdownString {
    const { unit } = this;
    const time = this.#time;
    const told = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'medium' });
    const lines: [string, string | undefined][] = [
      ['State', [unit.stateName, ...flagsOf(unit)].join(', ')],
      ['Detail', unit.detail === '' ? undefined : unit.detail],
      ['Runs on', unit.remoteNode ?? this.feed.host.nodeId],
      ['Unit there', unit.remoteUnitId],
      ['Parameters', unit.params],
      ['TLS client', unit.tlsClient],
      ['Signed', unit.signed ? 'yes' : undefined],
      ['Expires', unit.expires],
      ['Output', `${unit.size} bytes`],
      ['First seen', time === undefined ? undefined : told.format(time.first)],
      ['Ended', time?.ended !== undefined ? told.format(time.ended) : time?.endedBefore === true ? 'before it was first seen' : undefined],
    ];
    const notes = [
      orphanText(unit),
      explainPending(unit),
      explainDetail(unit.detail),
      unit.unknownType ? 'Its work type is not in the config of the node any more.' : undefined,
    ];
    const text = [
      `**${markdown(`${unit.workType} ${unit.id}`)}**`,
      lines.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${markdown(value)}`])).join('  \n'),
      ...notes.flatMap((note) => (note === undefined ? [] : [markdown(note)])),
    ];
    return new vscode.MarkdownString(text.join('\n\n'));
  }
}

/** A sentence in place of units. */
export class NoteRow {
  readonly id: string;
  readonly parent: HostRow;
  readonly #text: string;
  readonly #icon: string;

  constructor(parent: HostRow, text: string, iconName: string) {
    this.parent = parent;
    this.#text = text;
    this.#icon = iconName;
    this.id = `${parent.id}\nnote ${iconName}`;
  }

  children(): never[] {
    return [];
  }

  item(): vscode.TreeItem {
    const item = new vscode.TreeItem(plain(this.#text), None);
    item.id = this.id;
    item.iconPath = icon(this.#icon);
    item.tooltip = plain(this.#text, 1000);
    return item;
  }
}

const unknownIcon: [string, string?] = ['question'];
const stateIcons: readonly [string, string?][] = [
  ['watch'],
  ['sync~spin', 'charts.blue'],
  ['pass', 'testing.iconPassed'],
  ['error', 'testing.iconFailed'],
  ['circle-slash', 'testing.iconSkipped'],
];

const states = ['Running', 'Pending', 'Failed', 'Canceled', 'Succeeded'];
const stateOrder = (name: string): number => {
  const at = states.indexOf(name);
  return at < 0 ? states.length : at;
};

const flagsOf = (unit: Unit): string[] => [
  ...(unit.cancelPending ? ['cancel pending'] : []),
  ...(unit.releasePending ? ['release pending'] : []),
  ...(unit.orphan === undefined ? [] : ['orphan?']),
];

const orphanText = (unit: Unit): string | undefined =>
  unit.orphan === 'node-gone'
    ? `There is no route to ${unit.remoteNode ?? ''}: the daemon tries on for ever, unless the unit is released.`
    : unit.orphan === 'retry-dead'
      ? `${unit.remoteNode ?? ''} can be reached, yet nothing happens: it probably refused the work in the background, which the daemon only logs. Release it and submit anew.`
      : undefined;

const groupOf = (unit: Unit, grouping: Grouping, host: WorkHost): string =>
  grouping === 'state' ? unit.stateName : grouping === 'type' ? unit.workType : (unit.remoteNode ?? host.nodeId ?? 'this node');

const matches = (unit: Unit, filter: string): boolean =>
  filter === '' ||
  [unit.id, unit.workType, unit.remoteNode ?? '', unit.stateName, unit.detail, ...flagsOf(unit)].join('\n').toLowerCase().includes(filter);
