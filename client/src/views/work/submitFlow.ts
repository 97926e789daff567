/** The quick way to a submission: node, work type, parameters, then a look at the whole, where Enter submits. */
import * as vscode from 'vscode';
import { parseGoDuration } from '../../work/duration.ts';
import { isLocalNode, type PayloadSource, type Submission } from '../../work/submission.ts';
import type { App } from '../app.ts';
import type { Connection } from '../connection.ts';
import { label, plain } from '../hostile.ts';
import { controlServiceOf } from '../pick.ts';
import { askParams, askTlsClientName, pickNodeId, pickPayloadFile, pickWorkType } from './asking.ts';
import { connectionFor, send, type Sent, type SendOptions } from './sending.ts';
import { sizeText } from './sizes.ts';

/** What is decided already; the rest is asked. */
export interface FlowStart {
  readonly payload?: PayloadSource;
  readonly node?: string;
  readonly about?: vscode.Uri | undefined;
  readonly connection?: Connection;
  /** Offered as the answers that come first. */
  readonly before?: Submission | undefined;
}

/** Asks for what is missing, and submits. */
export async function submitFlow(app: App, start: FlowStart): Promise<Sent | undefined> {
  const connection = start.connection ?? (await connectionFor(app, undefined));
  const before = start.before ?? app.work.choices.of(start.about);
  const node = start.node ?? (await pickNodeId(connection, before?.node, 'Submit work: node'));
  if (node === undefined) return undefined;
  const same = before !== undefined && before.node === node;
  const type = await pickWorkType(connection, node, before?.workType, `Submit work to ${plain(node)}: work type`);
  if (type === undefined) return undefined;
  const again = before?.workType === type.workType;
  const params = await askParams(
    again ? before.params['params'] : undefined,
    `Submit ${plain(type.workType)} to ${plain(node)}: parameters`,
  );
  if (params === undefined) return undefined;
  const payload = start.payload ?? (await askPayload());
  if (payload === undefined) return undefined;
  const others = again ? Object.fromEntries(Object.entries(before.params).filter(([name]) => name !== 'params')) : {};
  const local = isLocalNode(node, connection.feed.snapshot?.self);
  const control = controlServiceOf({ connection, nodeId: node });
  const submission: Submission = {
    connection: connection.name,
    node,
    workType: type.workType,
    params: { ...others, ...(params === '' ? {} : { params }) },
    signWork: type.signWork,
    tlsClient: local ? undefined : same ? before.tlsClient : control?.tls === true ? '' : undefined,
    ttl: local || !same ? undefined : before.ttl,
    payload,
  };
  return review(app, connection, submission, start.about);
}

interface ReviewItem extends vscode.QuickPickItem {
  readonly run: () => Promise<Submission | 'submit' | 'follow' | undefined>;
}

/** Shows the whole; each line can be changed. */
async function review(app: App, connection: Connection, given: Submission, about: vscode.Uri | undefined): Promise<Sent | undefined> {
  let submission = given;
  for (;;) {
    const picked = await vscode.window.showQuickPick(reviewItems(connection, submission), {
      title: `Submit ${plain(submission.workType)} to ${plain(submission.node)}`,
      placeHolder: 'Enter submits; choose a line to change it',
      ignoreFocusOut: true,
    });
    if (picked === undefined) return undefined;
    const outcome = await picked.run();
    if (outcome === 'submit' || outcome === 'follow') {
      const options: SendOptions = { about, follow: outcome === 'follow' };
      return send(app, submission, options);
    }
    if (outcome !== undefined) submission = outcome;
  }
}

function reviewItems(connection: Connection, submission: Submission): ReviewItem[] {
  const local = isLocalNode(submission.node, connection.feed.snapshot?.self);
  const changed = (change: Partial<Submission> | undefined): Submission | undefined =>
    change === undefined ? undefined : { ...submission, ...change };
  const line = (name: string, value: string, run: ReviewItem['run']): ReviewItem => ({
    label: `$(edit) ${name}`,
    description: label(value),
    run,
  });
  const { params, payload, ttl, tlsClient, signWork } = submission;
  return [
    {
      label: '$(cloud-upload) Submit and Follow',
      description: 'results in a terminal',
      run: async () => Promise.resolve('follow' as const),
    },
    { label: '$(cloud-upload) Submit', run: async () => Promise.resolve('submit' as const) },
    { label: '', kind: vscode.QuickPickItemKind.Separator, run: async () => Promise.resolve(undefined) },
    line('Payload', payloadText(payload), async () => {
      const chosen = await askPayload();
      return changed(chosen === undefined ? undefined : { payload: chosen });
    }),
    line(
      'Parameters',
      Object.keys(params).length === 0
        ? 'none'
        : Object.keys(params)
            .map((name) => (name === 'params' ? params[name]! : name))
            .join(', '),
      async () => {
        const asked = await askParams(params['params'], 'Parameters');
        const { params: _, ...others } = params;
        return changed(asked === undefined ? undefined : { params: asked === '' ? others : { ...others, params: asked } });
      },
    ),
    ...(local
      ? []
      : [
          line('ttl', ttl ?? 'none: the work waits for its node for ever', async () => {
            const asked = await askTtl(ttl);
            return changed(asked === undefined ? undefined : { ttl: asked === '' ? undefined : asked });
          }),
          line(
            'TLS client',
            tlsClient === undefined ? 'none' : tlsClient === '' ? 'none, though the node wants TLS' : tlsClient,
            async () => {
              const asked = await askTlsClientName(tlsClient);
              return changed(asked === undefined ? undefined : { tlsClient: asked === '' ? undefined : asked });
            },
          ),
          line('Sign', signWork === true ? 'yes, with the key of the connected node' : 'no', async () =>
            Promise.resolve(changed({ signWork: signWork === true ? undefined : true })),
          ),
        ]),
  ];
}

const askTtl = async (before: string | undefined): Promise<string | undefined> =>
  vscode.window.showInputBox({
    title: 'ttl',
    value: before ?? '10m',
    prompt: 'How long the work may wait for its node, e.g. 30m or 1h30m. Empty for ever.',
    ignoreFocusOut: true,
    validateInput: (value) => (value === '' || parseGoDuration(value) !== undefined ? undefined : 'A number with a unit: 30s, 10m, 1h30m.'),
  });

const payloadText = (payload: PayloadSource): string =>
  payload.kind === 'none'
    ? 'none'
    : payload.kind === 'file'
      ? payload.path
      : `${payload.label}, ${sizeText(Buffer.byteLength(payload.text))}`;

/** What can be a payload right now. */
async function askPayload(): Promise<PayloadSource | undefined> {
  const editor = vscode.window.activeTextEditor;
  const selected = selectionOf(editor);
  const document = documentOf(editor?.document);
  const items: (vscode.QuickPickItem & { run: () => Promise<PayloadSource | undefined> })[] = [
    ...(selected === undefined
      ? []
      : [{ label: '$(selection) Selection', description: label(payloadText(selected)), run: async () => Promise.resolve(selected) }]),
    ...(document === undefined
      ? []
      : [{ label: '$(file) Open Document', description: label(payloadText(document)), run: async () => Promise.resolve(document) }]),
    { label: '$(circle-slash) Nothing', description: 'no input', run: async () => Promise.resolve({ kind: 'none' as const }) },
    {
      label: '$(pencil) Typed Text',
      run: async () => {
        const text = await vscode.window.showInputBox({ title: 'Payload', prompt: 'The text that the work reads', ignoreFocusOut: true });
        return text === undefined ? undefined : { kind: 'text' as const, text, label: 'typed text' };
      },
    },
    { label: '$(folder-opened) File…', run: pickPayloadFile },
  ];
  const picked = await vscode.window.showQuickPick(items, { title: 'Payload', placeHolder: 'What the work reads', ignoreFocusOut: true });
  return picked?.run();
}

/** Undefined when nothing is selected. Several selections follow each other as they stand, like when they are copied. */
export function selectionOf(editor: vscode.TextEditor | undefined): PayloadSource | undefined {
  if (editor === undefined) return undefined;
  const selections = editor.selections.filter(({ isEmpty }) => !isEmpty).sort((a, b) => a.start.compareTo(b.start));
  const parts = selections.map((selection) => editor.document.getText(selection));
  if (parts.length === 0) return undefined;
  return {
    kind: 'text',
    text: parts.join(editor.document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n'),
    label: `selection of ${nameOf(editor.document)}`,
  };
}

/** The document as it is in the editor, saved or not. */
export function documentOf(document: vscode.TextDocument | undefined): PayloadSource | undefined {
  if (document === undefined) return undefined;
  // What is on disk is what is in the editor: then the bytes themselves are sent, whatever their encoding.
  if (!document.isDirty && document.uri.scheme === 'file') return { kind: 'file', path: document.uri.fsPath };
  return { kind: 'text', text: document.getText(), label: nameOf(document) };
}

const nameOf = (document: vscode.TextDocument): string => document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1);
