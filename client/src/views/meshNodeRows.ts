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

export class FactRow extends Row {
  readonly id: string;
  readonly parent: NodeRow;
  readonly #name: string;
  readonly #value: string;
  readonly #icon: string;

  constructor(parent: NodeRow, name: string, value: string, iconName: string) {
    super();
    this.parent = parent;
    this.#name = name;
    this.#value = value;
    this.#icon = iconName;
    this.id = `${parent.id}\u0000fact\u0000${name}`;
  }

  item(): vscode.TreeItem {
    return makeItem(this, this.#name, { description: plain(this.#value), iconPath: icon(this.#icon), contextValue: 'fact' });
  }
}

export class SeenRow extends Row {
  readonly id: string;
  readonly parent: NodeRow;
  /** As it was drawn last. */
  text = '';

  constructor(parent: NodeRow) {
    super();
    this.parent = parent;
    this.id = `${parent.id}\u0000seen`;
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

export class SectionRow extends Row {
  readonly id: string;
  readonly parent: NodeRow;
  readonly #name: string;
  readonly #rows: Row[];

  constructor(parent: NodeRow, name: string, rows: Row[]) {
    super();
    this.parent = parent;
    this.#name = name;
    this.#rows = rows;
    this.id = `${parent.id}\u0000section\u0000${name}`;
  }

  item(): vscode.TreeItem {
    return makeItem(this, this.#name, { open: Expanded, description: String(this.#rows.length), contextValue: 'section' });
  }

  override children(): Row[] {
    return this.#rows;
  }
}

/** One difference between the node and its file; a click opens the item. */
export class DriftRow extends Row {
  readonly id: string;
  readonly parent: NodeRow;
  readonly #uri: vscode.Uri;
  readonly #drift: Drift;

  constructor(parent: NodeRow, uri: vscode.Uri, drift: Drift, at: number) {
    super();
    this.parent = parent;
    this.#uri = uri;
    this.#drift = drift;
    this.id = `${parent.id}\u0000drift\u0000${at}`;
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

export class LinkRow extends Row {
  readonly id: string;
  readonly parent: NodeRow;
  readonly link: MeshLink;

  constructor(parent: NodeRow, link: MeshLink) {
    super();
    this.parent = parent;
    this.link = link;
    this.id = `${parent.id}\u0000link\u0000${link.id}`;
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

export class ServiceRow extends Row {
  readonly id: string;
  readonly parent: NodeRow;
  readonly service: MeshService;

  constructor(parent: NodeRow, service: MeshService) {
    super();
    this.parent = parent;
    this.service = service;
    this.id = `${parent.id}\u0000service\u0000${service.name}`;
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

export class WorkTypeRow extends Row {
  readonly id: string;
  readonly parent: NodeRow;
  readonly workType: MeshWorkType;

  constructor(parent: NodeRow, workType: MeshWorkType) {
    super();
    this.parent = parent;
    this.workType = workType;
    this.id = `${parent.id}\u0000work\u0000${workType.name}\u0000${workType.signed}`;
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
