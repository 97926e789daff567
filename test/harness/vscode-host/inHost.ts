// Runs tests inside a real extension host: VS Code's server with the packed extension, its workbench in Chromium.
import { EventEmitter, once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hasReceptor, newestReceptor } from '../receptor.ts';
import { packedVsix } from '../packed.ts';
import { root } from '../paths.ts';
import { workspaceWithMesh } from '../workspace.ts';
import { Workbench } from '../../ui/workbench.ts';
import { launchBrowser } from './browser.ts';
import { Hand, serveHand } from './hand.ts';
import type { Flavour } from './install.ts';
import { startServer } from './server.ts';

/** A line of the report that `test/host/suite.ts` writes. */
export type HostReportLine =
  | { kind: 'test'; title: string; state: 'passed' | 'failed' | 'skipped'; error?: string }
  | { kind: 'retry'; title: string; error: string }
  | { kind: 'end' };
export type HostTest = Extract<HostReportLine, { kind: 'test' }>;

/** Folders of `test/host`, each with a host of its own. */
export const hostFolders = ['features', 'untrusted', 'besideYaml'] as const;
export type HostFolder = (typeof hostFolders)[number];

export interface InHostOptions {
  flavour: Flavour;
  /** `untrusted` runs in a workspace that nobody has trusted, `besideYaml` beside a stand-in for the YAML extension. */
  folder: HostFolder;
  /** Most to wait for the next test to end, in ms; each has a shorter time limit of its own. */
  patience: number;
}

const linesOf = (report: string): HostReportLine[] =>
  existsSync(report)
    ? readFileSync(report, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as HostReportLine)
    : [];

/** Calls `stuck` when a file has not grown for `patience` ms. */
function watchGrowth(file: string, patience: number, stuck: () => void): NodeJS.Timeout {
  let [size, since] = [0, Date.now()];
  return setInterval(() => {
    const now = existsSync(file) ? statSync(file).size : 0;
    if (now !== size) [size, since] = [now, Date.now()];
    else if (Date.now() - since > patience) stuck();
  }, 500);
}

/** Test files of a folder, without their ending; `HOST_FILES`, a regular expression, chooses among them. */
export const hostTestFiles = (folder: string): string[] => {
  const dir = path.join(root, 'test/host', folder);
  const wanted = new RegExp(process.env['HOST_FILES'] ?? '');
  return existsSync(dir)
    ? readdirSync(dir)
        .filter((file) => file.endsWith('.ts'))
        .map((file) => path.basename(file, '.ts'))
        .filter((name) => wanted.test(name))
    : [];
};

/**
 * Runs every test of a folder in one extension host; `HOST_GREP` chooses by title.
 * @returns each test that came to an end; a host that ends before its tests adds a failed one that says so
 * @throws Error when no host comes up at all
 */
export async function runInHost({ flavour, folder, patience }: InHostOptions): Promise<HostTest[]> {
  const out = mkdtempSync(path.join(tmpdir(), 'host-report-'));
  const report = path.join(out, 'report.jsonl');
  const trusted = folder !== 'untrusted';
  const useMesh = hasReceptor(newestReceptor);
  await using workspace = await workspaceWithMesh({ mesh: useMesh, sockets: true, fixture: path.join(root, 'test/host/workspace') });
  let hand: Hand | undefined;
  const hands = await serveHand(() => hand!);
  try {
    await using server = await startServer({
      flavour,
      driver: true,
      trust: !trusted,
      vsix: [packedVsix()],
      env: {
        ...workspace.env,
        RECEPTOR_MESH_ROOT: root,
        RECEPTOR_TEST_HAND: hands.url,
        HOST_TEST_REPORT: report,
        HOST_TEST_FOLDER: folder,
        HOST_TEST_FILES: hostTestFiles(folder).join(','),
        HOST_TEST_GREP: process.env['HOST_GREP'] ?? '',
      },
    });
    await using browser = await launchBrowser();
    const page = await browser.newPage({ viewport: { width: 1280, height: 1400 } }); // high: views render what is in sight only
    hand = new Hand(Workbench.of(page), server);
    const ended = new EventEmitter();
    const end = once(ended, 'end').then(([trouble]) => String(trouble));
    page.on('crash', () => ended.emit('end', 'the browser page crashed'));
    await page.exposeFunction('codeAutomationExit', () => ended.emit('end', ''));
    await page.exposeFunction('codeAutomationLog', () => {}); // the workbench's own console
    const developmentPaths = [
      path.join(root, 'test/host/driver'),
      ...(folder === 'besideYaml' ? [path.join(root, 'dist-test/vscode-yaml')] : []),
    ];
    await page.goto(server.url(workspace.dir, { developmentPaths, testsPath: path.join(root, 'dist-test/index.js') }), {
      waitUntil: 'commit', // the test run says when it is over; a busy machine takes its time to load the page
    });
    const watch = watchGrowth(report, patience, () => ended.emit('end', `no test ended in ${patience} ms`));
    const trouble = await end;
    clearInterval(watch);
    const lines = linesOf(report);
    for (const line of lines) if (line.kind === 'retry') console.warn(`Tried again: ${line.title}\n${line.error}`);
    const tests = lines.filter((line) => line.kind === 'test');
    if (lines.some((line) => line.kind === 'end') && tests.length > 0) return tests;
    const log = server
      .log(/exthost\d*\/remoteexthost|remoteexthost/)
      .split('\n')
      .slice(-30)
      .join('\n');
    const error = [
      trouble || 'the extension host ended early',
      ...(tests.at(-1) ? [`last: ${tests.at(-1)!.title}`] : ['no test ran']),
      log,
    ].join('\n');
    return [...tests, { kind: 'test', title: 'the run comes to its end', state: 'failed', error }];
  } finally {
    hands.close();
    rmSync(out, { recursive: true, force: true });
  }
}
