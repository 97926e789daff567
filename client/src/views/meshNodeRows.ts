/** What the Mesh view shows below a node: one small class per kind. */
import * as vscode from 'vscode';
import { ageText } from '../mesh/age.ts';
import { peerOf, type MeshLink, type MeshService, type MeshWorkType } from '../mesh/model.ts';
import { costText, linkStateText, serviceTypeText, tagsText } from '../mesh/wording.ts';
import { driftTitles, type Drift } from '../reload/drift.ts';
import { plain } from './hostile.ts';
import type { NodeRow } from './meshRows.ts';
import { toRange } from './nodes/place.ts';
import { icon, makeItem, Row } from './row.ts';

const { Expanded } = vscode.TreeItemCollapsibleState;

/** A row below a node; `names` tell it from the others there. */
abstract class NodePart extends Row {
  readonly id: string;
  readonly parent: NodeRow;

  constructor(parent: NodeRow, ...names: readonly string[]) {
    super();
    this.parent = parent;
    this.id = [parent.id, ...names].join('\u0000');
  }
}

export class FactRow extends NodePart {
  readonly #name: string;
  readonly #value: string;
  readonly #icon: string;

  constructor(parent: NodeRow, name: string, value: string, iconName: string) {
    super(parent, 'fact', name);
    this.#name = name;
    this.#value = value;
    this.#icon = iconName;
  }

  item(): vscode.TreeItem {
    return makeItem(this, this.#name, { description: plain(this.#value), iconPath: icon(this.#icon), contextValue: 'fact' });
  }
}

export class SeenRow extends NodePart {
  /** As it was drawn last. */
  text = '';

  constructor(parent: NodeRow) {
    super(parent, 'seen');
    this.text = this.now();
  }

  now(): string {
    const seenAt = this.parent.root.snapshot?.nodeSeenAt.get(this.parent.nodeId);
    return seenAt === undefined ? 'never' : ageText(Date.now() - seenAt);
  }

  item(): vscode.TreeItem {
    this.text = this.now();
    const stale = this.parent.node?.stale === true;
    return makeItem(this, 'Last seen', {
      description: this.text,
      iconPath: icon(stale ? 'warning' : 'history', stale ? 'charts.yellow' : undefined),
      contextValue: 'fact',
    });
  }

  override tooltip(): string | undefined {
    const seenAt = this.parent.root.snapshot?.nodeSeenAt.get(this.parent.nodeId);
    return seenAt === undefined ? undefined : `${new Date(seenAt).toLocaleString()}, by the clock of ${plain(this.parent.nodeId)}`;
  }
}

export class SectionRow extends NodePart {
  readonly #name: string;
  readonly #rows: Row[];

  constructor(parent: NodeRow, name: string, rows: Row[]) {
    super(parent, 'section', name);
    this.#name = name;
    this.#rows = rows;
  }

  item(): vscode.TreeItem {
    return makeItem(this, this.#name, { open: Expanded, description: String(this.#rows.length), contextValue: 'section' });
  }

  override children(): Row[] {
    return this.#rows;
  }
}

/** One difference between the node and its file; a click opens the item. */
export class DriftRow extends NodePart {
  readonly #uri: vscode.Uri;
  readonly #drift: Drift;

  constructor(parent: NodeRow, uri: vscode.Uri, drift: Drift, at: number) {
    super(parent, 'drift', String(at));
    this.#uri = uri;
    this.#drift = drift;
  }

  item(): vscode.TreeItem {
    const { code, message, range } = this.#drift;
    const selection = range === undefined ? {} : { selection: toRange(range) };
    return makeItem(this, driftTitles[code], {
      description: plain(message, 300),
      iconPath: icon('diff', 'charts.yellow'),
      contextValue: 'drift',
      command: { command: 'vscode.open', title: 'Open the Item', arguments: [this.#uri, selection] },
    });
  }

  override tooltip(): string {
    return plain(this.#drift.message, 600);
  }
}

export class LinkRow extends NodePart {
  readonly link: MeshLink;

  constructor(parent: NodeRow, link: MeshLink) {
    super(parent, 'link', link.id);
    this.link = link;
  }

  item(): vscode.TreeItem {
    const { link } = this;
    const bad = link.state === 'disagreed' || link.state === 'stale';
    return makeItem(this, peerOf(link, this.parent.nodeId), {
      description: plain(costText(link, this.parent.nodeId)) + (link.state === 'stale' ? ' · stale' : ''),
      iconPath: icon(bad ? 'warning' : 'arrow-swap', bad ? 'charts.yellow' : undefined),
      contextValue: `link ${link.state}`,
    });
  }

  override tooltip(): string {
    return linkStateText[this.link.state];
  }
}

export class ServiceRow extends NodePart {
  readonly service: MeshService;

  constructor(parent: NodeRow, service: MeshService) {
    super(parent, 'service', service.name);
    this.service = service;
  }

  item(): vscode.TreeItem {
    const { service } = this;
    const parts = [serviceTypeText(service), tagsText(service.tags), ...(service.stale ? ['stale'] : [])].filter((part) => part !== '');
    return makeItem(this, service.name, {
      description: plain(parts.join(' · ')),
      iconPath: icon(service.stale ? 'warning' : service.tls ? 'lock' : 'broadcast', service.stale ? 'charts.yellow' : undefined),
      contextValue: service.connType === 0 ? 'service datagram' : 'service stream',
    });
  }

  override tooltip(): string | undefined {
    const seenAt = this.parent.root.snapshot?.serviceSeenAt.get(this.service.id);
    return seenAt === undefined || this.parent.node?.state === 'self' ? undefined : `Advertised ${ageText(Date.now() - seenAt)}`;
  }
}

export class WorkTypeRow extends NodePart {
  readonly workType: MeshWorkType;

  constructor(parent: NodeRow, workType: MeshWorkType) {
    super(parent, 'work', workType.name, String(workType.signed));
    this.workType = workType;
  }

  item(): vscode.TreeItem {
    const { signed, name } = this.workType;
    return makeItem(this, name, {
      description: signed ? 'signed' : 'plain',
      iconPath: icon(signed ? 'verified' : 'gear'),
      contextValue: 'workType',
    });
  }

  override tooltip(): string | undefined {
    return this.workType.signed ? 'Submissions need a signature' : undefined;
  }
}
