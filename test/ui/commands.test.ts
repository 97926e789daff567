// Every command of the control service, from the palette, by keyboard alone: what is typed, and what the user sees then.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMesh } from '../harness/mesh.ts';
import type { Mesh } from '../harness/mesh.ts';
import { packedVsix } from '../harness/packed.ts';
import { hasReceptor, newestReceptor } from '../harness/receptor.ts';
import { hasChromium, launchBrowser } from '../harness/vscode-host/browser.ts';
import { startServer } from '../harness/vscode-host/server.ts';
import type { VSCodeServer } from '../harness/vscode-host/server.ts';
import { shotOnFailure } from './failures.ts';
import { Workbench } from './workbench.ts';

const patience = { timeout: 30_000 };

/** foo is connected to; work of type `long` runs until it is cancelled. */
const configs = {
  'foo.yml': [
    '- node: {id: foo}',
    '- tcp-listener: {port: 2222}',
    '- control-service: {service: control, filename: /tmp/foo.sock}',
    '- work-command: {worktype: cat, command: cat}',
  ].join('\n'),
  'bar.yml': [
    '- node: {id: bar}',
    "- tcp-peer: {address: 'localhost:2222'}",
    '- control-service: {service: control}',
    '- work-command: {worktype: long, command: sleep, params: "3600"}',
  ].join('\n'),
};

/** One step after the command: in the quick pick or input box with this title (a dialog's: its message), this is typed. */
type Step =
  | { readonly pick: RegExp; readonly row: string | RegExp }
  | { readonly box: RegExp; readonly text: string }
  | { readonly confirm: RegExp };

interface Case {
  /** As the control service calls it. */
  readonly command: string;
  readonly title: string;
  readonly steps?: readonly Step[];
  /** What is on the screen afterwards. */
  readonly sees:
    | { readonly notification: RegExp }
    | { readonly report: RegExp }
    | { readonly terminal: RegExp }
    | { readonly mesh: RegExp };
}

const submit = (node: string, workType: string): readonly Step[] => [
  { pick: /Submit work: node/, row: node },
  { pick: /work type/, row: workType },
  { box: /parameters/, text: '' },
  { pick: /Payload/, row: 'Typed Text' },
  { box: /Payload/, text: 'typed by hand' },
  { pick: new RegExp(`Submit ${workType} to`), row: 'Submit' },
];

const table: readonly Case[] = [
  { command: 'status', title: 'Show Status', sees: { report: /Node ID: foo\nVersion: \d[^]*bar/ } },
  { command: 'ping', title: 'Ping Node', steps: [{ pick: /Ping/, row: 'bar' }], sees: { notification: /bar answered in \d/ } },
  {
    command: 'traceroute',
    title: 'Traceroute to Node',
    steps: [{ pick: /Traceroute/, row: 'bar' }],
    sees: { notification: /Way to bar: foo \(.*\) → bar \(.*\)/ },
  },
  {
    command: 'connect (a control session)',
    title: 'Open Control Session',
    steps: [{ pick: /Open a control session/, row: 'bar' }],
    sees: { terminal: /bar>/ },
  },
  {
    command: 'connect (a stream)',
    title: 'Open Stream Service',
    steps: [{ pick: /Open a stream/, row: 'bar control' }],
    sees: { terminal: /Receptor Control, node bar/ },
  },
  {
    command: 'work submit',
    title: 'Submit Work…',
    steps: submit('foo', 'cat'),
    sees: { notification: /cat.*Succeeded: exit status 0/ },
  },
  { command: 'work list', title: 'List Work Units', sees: { report: /"WorkType": "cat"/ } },
  {
    command: 'work status',
    title: 'Show Unit Status',
    steps: [{ pick: /Status of/, row: /^cat \w+$/ }],
    sees: { report: /^\{\s+"Detail": "exit status 0"/ }, // of the list that the tab showed before, the first line is an id
  },
  {
    command: 'work results',
    title: 'Follow Results',
    steps: [{ pick: /Follow the results of/, row: /^cat \w+$/ }],
    sees: { terminal: /typed by hand/ },
  },
  {
    command: 'work submit (to another node)',
    title: 'Submit Work…',
    steps: submit('bar', 'long'),
    sees: { notification: /long.*unit \w+/ },
  },
  {
    command: 'work cancel',
    title: 'Cancel Unit',
    steps: [{ pick: /Cancel/, row: /^long \w+$/ }],
    sees: { notification: /was cancelled/ },
  },
  {
    command: 'work release',
    title: 'Release Unit',
    steps: [{ pick: /Release/, row: /^cat \w+$/ }, { confirm: /Release \w+\?/ }],
    sees: { notification: /was released/ },
  },
  {
    command: 'work force-release',
    title: 'Force Release Unit',
    steps: [{ pick: /Force the release of/, row: /^long \w+$/ }, { confirm: /Force Release \w+\?/ }],
    sees: { notification: /was released/ },
  },
  {
    command: 'connect (as that node)',
    title: 'Connect as This Node',
    steps: [{ pick: /Connect as/, row: 'bar' }],
    sees: { mesh: /^bar via foo bar · active · / },
  },
  {
    command: 'reload',
    title: 'Reload Node',
    steps: [{ confirm: /Reload node bar\?/ }],
    // Through the mesh: the reload drops the link by which its answer would come, which may be in time or not.
    sees: { notification: /bar (?:was reloaded|dropped its links, and its answer with them); the link with foo is back/ },
  },
];

describe.skipIf(!hasChromium() || !hasReceptor(newestReceptor))('from the palette, by keyboard alone', () => {
  let dir: string;
  let mesh: Mesh;
  let server: VSCodeServer;
  let browser: Browser;
  let workbench: Workbench;

  shotOnFailure(() => workbench);

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'commands-'));
    [mesh, browser] = await Promise.all([startMesh(configs, { configDir: dir, advertised: true, sockets: false }), launchBrowser()]);
    const connection = { name: 'foo', address: `unix:${mesh.node('foo').socket}`, autoConnect: true };
    server = await startServer({
      vsix: [packedVsix()],
      settings: { 'receptor.connections': [connection], 'receptor.offerToConnect': false },
    });
    workbench = await Workbench.open(browser, server, dir);
    await workbench.openContainer('Receptor');
    await workbench.treeRow('Mesh', 'bar').waitFor(patience);
    await workbench.run('Receptor: Refresh Mesh');
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await mesh?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const take = async (step: Step): Promise<void> => {
    if ('confirm' in step) {
      await workbench.dialog.filter({ hasText: step.confirm }).waitFor();
      await workbench.page.keyboard.press('Enter');
      return workbench.dialog.waitFor({ state: 'hidden' });
    }
    await workbench.quickTitle('pick' in step ? step.pick : step.box).waitFor();
    if ('pick' in step) return workbench.choose(step.row);
    await workbench.page.keyboard.type(step.text);
    await workbench.page.keyboard.press('Enter');
  };

  test.each(table)('$command', { timeout: 180_000 }, async ({ title, steps = [], sees }) => {
    await workbench.run('Notifications: Clear All Notifications');
    await workbench.run(`Receptor: ${title}`);
    for (const step of steps) await take(step);
    if ('notification' in sees) await workbench.told(sees.notification);
    else if ('report' in sees) await expect.poll(async () => workbench.report(), patience).toMatch(sees.report);
    else if ('terminal' in sees) await expect.poll(async () => workbench.terminal(), patience).toMatch(sees.terminal);
    else await expect.poll(async () => workbench.treeTexts('Mesh'), patience).toContainEqual(expect.stringMatching(sees.mesh));
  });

  test('broke nothing, and asked no other machine', () => {
    expect(workbench.errors).toEqual([]);
    expect(workbench.outside).toEqual([]);
  });
});
