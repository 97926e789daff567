// What dist/ holds, used as others use it: the control client by a program and its compiler, the language server by an editor.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import type { InitializeResult, PublishDiagnosticsParams } from 'vscode-languageserver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../harness/paths.ts';

const run = promisify(execFile);
const patience = 60_000;

describe('dist/control.js', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'consumer-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test.each(["await import('./dist/control.js')", "require('./dist/control.js')"])(
    '%s gives ReceptorControl',
    async (how) => {
      const script = `(async () => console.log(typeof (${how}).ReceptorControl.connect))()`;
      expect((await run(process.execPath, ['--eval', script], { cwd: root })).stdout).toBe('function\n');
    },
    patience,
  );

  /** What the compiler of the project says of a program that uses the library. */
  async function compiled(lines: readonly string[]): Promise<string> {
    const library = path.relative(dir, path.join(root, 'dist/control.js'));
    writeFileSync(path.join(dir, 'consumer.mts'), [`import { ReceptorControl } from ${JSON.stringify(library)};`, ...lines, ''].join('\n'));
    const options = {
      module: 'nodenext',
      target: 'es2023',
      strict: true,
      noEmit: true,
      types: ['node'],
      typeRoots: [path.join(root, 'node_modules/@types')],
    };
    writeFileSync(path.join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['consumer.mts'] }));
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
    return run(process.execPath, [tsc, '-p', dir]).then(
      () => '',
      (error: unknown) => (error as { stdout: string }).stdout,
    );
  }

  test(
    'has types, which a strict program compiles against',
    async () => {
      const use = [
        "const control = await ReceptorControl.connect('unix:/tmp/foo.sock', { timeout: 1000 });",
        'const costs: number[] = ((await control.status()).Connections ?? []).map(({ Cost }) => Cost);',
        "const { unitId }: { unitId: string } = await control.submitWork({ workType: 'cat', payload: 'hello' });",
        'for await (const chunk of control.getWorkResults(unitId)) console.log(chunk, costs);',
      ];
      expect(await compiled(use)).toBe('');
      expect(await compiled([...use, 'const wrong: string = (await control.ping(1)).Success;'])).toMatch(
        /error TS2322[^]*error TS2345|error TS2345[^]*error TS2322/,
      );
    },
    2 * patience,
  );
});

describe('dist/server.js --stdio', () => {
  test.each(['that waits for each answer', 'that sends everything at once'])(
    'answers initialize, tells a client %s what is wrong with a config, and ends when it is told to',
    async (client) => {
      const child = spawn(process.execPath, ['dist/server.js', '--stdio'], { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
      const ended = once(child, 'exit');
      const connection = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
      try {
        const published = new Promise<PublishDiagnosticsParams>((resolve) => {
          connection.onNotification('textDocument/publishDiagnostics', resolve);
        });
        connection.listen();
        const params = { processId: process.pid, rootUri: null, capabilities: {} };
        const answer = connection.sendRequest<InitializeResult>('initialize', params);
        if (client.includes('waits')) await answer;
        void connection.sendNotification('initialized', {});
        const uri = 'file:///receptor.conf';
        const text = '- node:\n    id: a\n- tcp-listener:\n    prot: 2222\n';
        void connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
        const { uri: about, diagnostics } = await published;
        expect([about, diagnostics.map(({ code }) => code)]).toEqual([uri, expect.arrayContaining(['unknown-field'])]);
        expect((await answer).capabilities).toMatchObject({ hoverProvider: true });
        expect(await connection.sendRequest('shutdown')).toBeNull();
        await connection.sendNotification('exit');
        expect(await ended).toEqual([0, null]);
      } finally {
        connection.dispose();
        child.kill('SIGKILL');
      }
    },
    patience,
  );
});
