/** The questions of a submission, one function each. All resolve to undefined when the user leaves. */
import * as vscode from 'vscode';
import { stateText } from '../../mesh/wording.ts';
import { isLocalNode, type PayloadSource } from '../../work/submission.ts';
import type { Connection } from '../connection.ts';
import { diskPath } from '../command.ts';
import { label } from '../hostile.ts';
import { recentSnapshot } from './freshSnapshot.ts';

/** A node of the mesh, or any that is typed. `before` comes first. */
export async function pickNodeId(connection: Connection, before: string | undefined, step?: string): Promise<string | undefined> {
  const snapshot = await recentSnapshot(connection.feed);
  const nodes = [...snapshot.nodes.values()].filter(({ ghost }) => !ghost);
  const isBefore = (id: string): boolean =>
    before !== undefined && (id === before || (id === snapshot.self && isLocalNode(before, snapshot.self)));
  nodes.sort((a, b) => Number(isBefore(b.id)) - Number(isBefore(a.id)) || Number(b.state === 'self') - Number(a.state === 'self'));
  const items = nodes.map((node) => ({
    label: label(node.id),
    description: label(stateText(node)),
    detail:
      node.workTypes.length === 0
        ? 'advertises no work types'
        : label(node.workTypes.map(({ name, signed }) => (signed ? `${name} (signed)` : name)).join(', ')),
    id: node.id === snapshot.self ? 'localhost' : node.id,
  }));
  return pickOrType(
    items,
    { title: step ?? 'Node that shall run the work', placeHolder: 'Choose a node, or type the id of another' },
    (id) => ({
      label: label(id),
      description: 'not in the mesh now',
      id,
    }),
  );
}

/** A work type that the node offers, or any that is typed; signed ones are marked, and signed. */
export async function pickWorkType(
  connection: Connection,
  node: string,
  before: string | undefined,
  step?: string,
): Promise<{ workType: string; signWork: boolean | undefined } | undefined> {
  const snapshot = await recentSnapshot(connection.feed);
  const local = isLocalNode(node, snapshot.self);
  const types = [...(snapshot.nodes.get(local ? snapshot.self : node)?.workTypes ?? [])];
  types.sort((a, b) => Number(b.name === before) - Number(a.name === before));
  const items = types.map(({ name, signed }) => ({
    label: label(name),
    description: signed ? '$(lock) signed' : '',
    id: name,
    signed,
  }));
  const title = step ?? 'Work type';
  const picked = await pickOrType(
    items,
    { title, placeHolder: items.length === 0 ? 'The node advertises none: type one' : 'Choose a work type, or type another' },
    (id) => ({ label: label(id), description: 'not advertised', id, signed: false }),
  );
  if (picked === undefined) return undefined;
  const found = types.filter(({ name }) => name === picked);
  return { workType: picked, signWork: !local && found.length > 0 && found.every(({ signed }) => signed) ? true : undefined };
}

export async function askParams(before: string | undefined, step: string): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: step,
    value: before ?? '',
    prompt: 'Command line that is appended to the one of the work type. Empty for none.',
    ignoreFocusOut: true,
  });
}

/** The daemon tells nobody the names of its tls-clients. */
export async function askTlsClientName(before: string | undefined): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: 'TLS client',
    value: before ?? '',
    prompt: 'Name of a tls-client in the config of the node that we are connected to. Empty for none.',
    ignoreFocusOut: true,
  });
}

export async function pickPayloadFile(): Promise<PayloadSource | undefined> {
  const [file] = (await vscode.window.showOpenDialog({ title: 'Payload', openLabel: 'Use as Payload', canSelectMany: false })) ?? [];
  return file === undefined ? undefined : filePayload(file);
}

export const filePayload = (file: vscode.Uri): PayloadSource => ({
  kind: 'file',
  path: diskPath(file, 'open it, and submit the document'),
});

interface Choice extends vscode.QuickPickItem {
  readonly id: string;
}

/** A quick pick that also takes what is typed. */
async function pickOrType<T extends Choice>(
  items: readonly T[],
  texts: { title: string; placeHolder: string },
  typed: (value: string) => T,
): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick<Choice>();
  pick.title = texts.title;
  pick.placeholder = texts.placeHolder;
  pick.matchOnDetail = true;
  pick.ignoreFocusOut = true;
  pick.items = items;
  try {
    return await new Promise<string | undefined>((resolve) => {
      pick.onDidChangeValue((value) => {
        const known = value.trim() === '' || items.some(({ id, label: text }) => id === value.trim() || text === value.trim());
        pick.items = known ? items : [...items, typed(value.trim())];
      });
      pick.onDidAccept(() => {
        const [chosen] = pick.selectedItems;
        if (chosen !== undefined) resolve(chosen.id);
      });
      pick.onDidHide(() => resolve(undefined));
      pick.show();
    });
  } finally {
    pick.dispose();
  }
}
