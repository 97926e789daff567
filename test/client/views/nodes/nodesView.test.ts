import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import * as vscode from 'vscode';
import type { LocalNode } from '../../../../client/src/views/nodes/nodes.ts';
import { NodesView } from '../../../../client/src/views/nodes/nodesView.ts';
import { root } from '../../../harness/paths.ts';
import { editor, EventEmitter } from '../vscode.ts';

const readFiles = vi.hoisted(() => vi.fn<() => Promise<object[]>>());
vi.mock('../../../../client/src/language/files.ts', () => ({ findReceptorFiles: readFiles }));

interface Entry {
  readonly command: string;
  readonly when: string;
}
const manifest = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as {
  contributes: { menus: { 'view/item/context': Entry[] } };
};

describe('the view of local nodes', () => {
  const uriOf = (name: string): vscode.Uri => vscode.Uri.file(`/w/${name}`);
  const added = new EventEmitter<vscode.TextDocument>();
  const removed = new EventEmitter<vscode.TextDocument>();
  let open: vscode.TextDocument[];
  let strangers: vscode.Uri[];
  let node: LocalNode | undefined;
  let view: NodesView;
  let redrawn: number;

  beforeEach(() => {
    editor.reset();
    editor.folders = ['/w'];
    for (const event of [added, removed]) event.dispose();
    readFiles.mockResolvedValue([uriOf('foo.yml')]);
    [open, strangers, node, redrawn] = [[], [], undefined, 0];
    const nodes = { all: [], get: () => node, onDidChange: new EventEmitter<vscode.Uri>().event };
    const knows = (uri: vscode.Uri): boolean | undefined => (strangers.some(({ path }) => path === uri.path) ? false : undefined);
    view = new NodesView(nodes, {
      get all() {
        return open;
      },
      knows,
      onDidAdd: added.event as never,
      onDidRemove: removed.event as never,
    });
    view.onDidChangeTreeData(() => redrawn++);
  });
  const rows = async (): Promise<string[]> => (await view.getChildren()).map(({ fsPath }) => fsPath);

  test('has a file as soon as it is written like a config, and no other that is merely open', async () => {
    expect(await rows()).toEqual(['/w/foo.yml']);
    for (const name of ['foo.yml', 'new.yml']) {
      open.push({ uri: uriOf(name) } as vscode.TextDocument);
      added.fire(open.at(-1)!);
    }
    open.push({ uri: vscode.Uri.file('/etc/receptor.conf') } as vscode.TextDocument);
    expect(redrawn).toBe(1); // foo.yml was there
    expect(await rows()).toEqual(['/w/foo.yml', '/w/new.yml']);
  });

  test('loses a file that is no config by the word of the user', async () => {
    strangers.push(uriOf('foo.yml'));
    removed.fire({ uri: uriOf('foo.yml') } as vscode.TextDocument);
    expect(redrawn).toBe(1);
    expect(await rows()).toEqual([]);
  });

  test('tells files of one name apart, by eye and by ear', async () => {
    vi.spyOn(vscode.workspace, 'asRelativePath').mockImplementation((uri) => (uri as vscode.Uri).path.slice('/w/'.length));
    readFiles.mockResolvedValue(['receptor.conf', 'hosts/a/receptor.conf', 'hosts/b/receptor.conf', 'foo.yml'].map(uriOf));
    const items = (await view.getChildren()).map((uri) => view.getTreeItem(uri));
    expect(items.map(({ description }) => description)).toEqual([
      'not started here',
      'hosts/a · not started here',
      'hosts/b · not started here',
      'not started here',
    ]);
    expect(items[1]?.accessibilityInformation?.label).toBe('receptor.conf, hosts/a, not started here');
  });

  test.each([
    ['that was not started', undefined, ['receptor.node.run']],
    ['that runs', { state: 'running', pid: 1 }, ['receptor.node.restart', 'receptor.node.stop', 'receptor.node.showLog']],
    ['that was stopped', { state: 'ended', exit: { wanted: true } }, ['receptor.node.run', 'receptor.node.showLog']],
    ['that ended by itself', { state: 'ended', exit: { reason: 'no' } }, ['receptor.node.run', 'receptor.node.showLog']],
  ])('offers for a node %s what can be done with it', (_how, process, expected) => {
    node = process === undefined ? undefined : ({ process, summary: {} } as unknown as LocalNode);
    const { contextValue = '' } = view.getTreeItem(uriOf('foo.yml'));
    const offered = manifest.contributes.menus['view/item/context'].filter(({ when }) => {
      const [, text, pattern] = /^view == receptor\.nodes && viewItem (?:== '(.*?)'|=~ \/(.*?)\/)/.exec(when) ?? [];
      return text === undefined ? pattern !== undefined && new RegExp(pattern).test(contextValue) : text === contextValue;
    });
    expect([...new Set(offered.map(({ command }) => command))].sort()).toEqual(expected.toSorted());
  });
});
