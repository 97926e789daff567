/** The problem matchers of the manifest, on what the programs really print. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lint } from '../../server/src/protocol/lint.ts';
import { findAnsibleRunner } from '../harness/ansibleRunner.ts';
import { root } from '../harness/paths.ts';
import { findReceptor, hasReceptor, receptorVersions } from '../harness/receptor.ts';

type Field = 'file' | 'line' | 'column' | 'severity' | 'message' | 'code';
type Pattern = { readonly regexp: string } & { readonly [K in Field]?: number };
interface Named {
  readonly name: string;
  readonly patterns?: readonly Pattern[];
}

const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  contributes: { problemPatterns: readonly (Named & Pattern)[]; problemMatchers: readonly { name: string; pattern: string }[] };
};

/** What VS Code makes of an output: each run of lines that match the patterns, one after the other. */
function problems(matcher: string, output: string): Partial<Record<Field, string>>[] {
  const { problemPatterns, problemMatchers } = manifest.contributes;
  const { pattern } = problemMatchers.find(({ name }) => name === matcher)!;
  const named = problemPatterns.find(({ name }) => `$${name}` === pattern)!;
  const patterns: readonly Pattern[] = named.patterns ?? [named];
  const lines = output.split(/\r?\n/);
  return lines.flatMap((_, at) => {
    const problem: Partial<Record<Field, string>> = {};
    for (const [n, each] of patterns.entries()) {
      const found = new RegExp(each.regexp).exec(lines[at + n] ?? '');
      if (found === null) return [];
      for (const field of ['file', 'line', 'column', 'severity', 'message', 'code'] as const) {
        const group = each[field];
        if (group !== undefined && found[group] !== undefined) problem[field] = found[group];
      }
    }
    return [problem];
  });
}

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'my matcher-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const node = (more: string): string => `- node: {id: a, datadir: DIR/data}\n${more}`;

describe.each(receptorVersions)('receptor %s', (version) => {
  test.skipIf(!hasReceptor(version)).each([
    ['an unknown TLS config', '--config', node('- tcp-listener: {port: 0, tls: nope}\n'), 'unknown TLS config nope'],
    ['an unknown action', '-c', node('- bogus: {}\n'), /unknown config type bogus/],
    ['a missing parameter', '--config', node('- tcp-listener: {}\n'), /required parameter missing: port/],
    ['broken YAML', '--config', '- [\n', /yaml: /],
    ['no such socket folder', '--config', node('- local-only\n- control-service: {filename: DIR/none/a.sock}\n'), /could not acquire lock/],
    [
      'v2: an unknown TLS config',
      '--config-v2 --config',
      'node: {id: a, datadir: DIR/data}\nlog-level: {level: error}\ntcp-listeners: [{port: 0, tls: nope}]\n',
      /unknown TLS config nope/,
    ],
    [
      'v2: a value of another type',
      '--config-v2 --config',
      'node: {id: a, datadir: DIR/data}\nlog-level: {level: error}\ntcp-listeners: [{port: x}]\n',
      /unable to decode into struct/,
    ],
  ])('$receptor: %s, in a task that prints its command', (_, flags, text, message) => {
    const file = path.join(dir, 'a.yml');
    writeFileSync(file, text.replaceAll('DIR', dir));
    const { stdout } = spawnSync('bash', ['-c', `exec 2>&1; set -x; exec ${findReceptor(version)} ${flags} "${file}"`], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
      timeout: 20_000,
    });
    const [problem] = problems('receptor', stdout);
    expect(problem, stdout).toMatchObject({ file });
    expect(problem?.message).toMatch(message);
  });
});

test.each([
  ['receptor --config=/w/a.yml', '/w/a.yml'],
  ['receptor -c "C:\\My Mesh\\a.yml" --log-level debug', 'C:\\My Mesh\\a.yml'],
  ["'/opt/my tools/receptor' --config '/w/my mesh/a.yml'", '/w/my mesh/a.yml'],
  ['Using config file: /w/my mesh/a.yml', '/w/my mesh/a.yml'],
])('$receptor: the file in %s', (line, file) => {
  expect(problems('receptor', `${line}\r\nError: x`)).toEqual([{ file, severity: 'Error', message: 'x' }]);
});

test('$receptor-lint: each finding with its place', () => {
  const file = path.join(dir, 'lint.yml');
  writeFileSync(file, '- node: {id: a}\n- tcp-listener: {port: x}\n');
  let output = '';
  lint([file], { version: '0', cwd: dir, out: (text) => (output += text), err: () => undefined, read: () => readFileSync(file) });
  expect(problems('receptor-lint', output)).toEqual([
    { file, line: '2', column: expect.any(String), severity: 'error', message: expect.stringContaining('port'), code: expect.any(String) },
  ]);
});

describe('$receptor-ansible-2.18', () => {
  const ansible = findAnsibleRunner();
  test.skipIf(ansible === undefined).each([
    ['a play that is wrong', '- hosts: localhost\n  tasks:\n    - ping:\n      command: ls\n', '3', /^conflicting action statements/],
    ['a file that is no YAML', '- hosts: localhost\n  tasks:\n   - ping:\n  - x\n', '4', /^did not find expected key/],
  ])('%s, as Ansible tells it', (_, text, line, message) => {
    const file = path.join(dir, 'play.yml');
    writeFileSync(file, text);
    const { command, env } = ansible!;
    const main = 'import sys; sys.argv[0] = "ansible-playbook"; from ansible.cli.playbook import main; main()';
    const { stdout, stderr } = spawnSync(command, ['-c', main, file], { encoding: 'utf8', env: { ...process.env, ...env } });
    const [problem] = problems('receptor-ansible-2.18', stdout + stderr);
    expect(problem, stdout + stderr).toMatchObject({ file, line });
    expect(problem?.message).toMatch(message);
  });
});

test('$receptor-ansible: what ansible-core 2.19.11 prints, each cause with its place', () => {
  const output = [
    'TASK [debug] *******************************************************************',
    "[ERROR]: Task failed: Finalization of task args for 'ansible.builtin.debug' failed: Error while resolving value for 'msg': 'nope' is undefined",
    '',
    "Task failed: Finalization of task args for 'ansible.builtin.debug' failed.",
    'Origin: /runner/project/play.yml:5:7',
    '',
    '3   tasks:',
    '        ^ column 7',
    '',
    '<<< caused by >>>',
    '',
    "Error while resolving value for 'msg': 'nope' is undefined",
    'Origin: /runner/project/play.yml:5:20',
    '',
    '[WARNING]: Deprecated in a way',
    'Origin: /runner/project/other.yml:1:3',
  ].join('\r\n');
  const file = '/runner/project/play.yml';
  expect(problems('receptor-ansible', output)).toEqual([
    { file, line: '5', column: '7', message: "Task failed: Finalization of task args for 'ansible.builtin.debug' failed." },
    { file, line: '5', column: '20', message: "Error while resolving value for 'msg': 'nope' is undefined" },
    { file: '/runner/project/other.yml', line: '1', column: '3', severity: 'WARNING', message: 'Deprecated in a way' },
  ]);
});
