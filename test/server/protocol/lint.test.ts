import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lint } from '../../../server/src/protocol/lint.ts';

let folder: string;
const file = (name: string, text: string | Buffer): string => {
  const at = path.join(folder, name);
  writeFileSync(at, text);
  return at;
};

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'receptor-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(args: readonly string[], stdin = ''): { status: number; out: string; err: string } {
  let out = '';
  let err = '';
  const status = lint(args, {
    version: '0.0.1',
    cwd: folder,
    out: (text) => (out += text),
    err: (text) => (err += text),
    read: (name) => (name === undefined ? Buffer.from(stdin) : readFileSync(name)),
  });
  return { status, out, err };
}

const good = '- node: {id: a}\n- local-only: null\n';
const bad = '- node: {id: a}\n- tcp-listner:\n    port: 1\n- local-only: null\n';
const warned = '- node: {id: a}\n- control-service: {service: c, filename: /tmp/c, permissions: 660}\n- local-only: null\n';

describe('exit status', () => {
  it('is 0 without an error, warnings or not', () => {
    expect(run([file('good.yml', good)]).status).toBe(0);
    const { status, out } = run([file('warned.yml', warned)]);
    expect(status).toBe(0);
    expect(out).toContain('1 warning');
  });

  it('is 1 with an error, in any of the files', () => {
    const { status, out } = run([file('good.yml', good), file('bad.yml', bad)]);
    expect(status).toBe(1);
    expect(out).toMatch(/bad\.yml:2:3: error: .*tcp-listener.* \[unknown-action\]\n2 files: 1 error\n$/);
  });

  it('is 2 for a file that cannot be read; the others are checked all the same', () => {
    const { status, out, err } = run([path.join(folder, 'none.yml'), folder, file('bad.yml', bad)]);
    expect(status).toBe(2);
    expect(err).toContain('none.yml: there is no such file');
    expect(err).toContain('it is a folder');
    expect(out).toContain('1 error');
  });

  it.each([
    [[], 'name a file'],
    [['--format', 'xml', 'a'], '--format is one of'],
    [['--format'], "'--format <value>' argument missing"],
    [['--files=maybe', 'a'], '--files is one of'],
    [['--receptor-version', 'new', 'a'], 'wants a version'],
    [['--bogus', 'a'], "Unknown option '--bogus'"],
  ])('is 2 for %j', (args, message) => {
    const { status, err } = run(args);
    expect(status).toBe(2);
    expect(err).toContain(message);
    expect(err).toContain('usage: receptor-lint');
  });
});

it('reads standard input', () => {
  expect(run(['--stdin'], good).status).toBe(0);
  expect(run(['-', '--stdin-name', 'mine.yml'], bad).out).toContain('mine.yml:2:3');
});

it('asks for no ending of a name that it was not told', () => {
  const v2 = 'node: {id: a}\nlocal-only: {local: true}\n';
  expect(run(['--stdin'], v2).out).toBe('1 file: nothing to say\n');
  expect(run(['--stdin', '--stdin-name', 'receptor.conf'], v2).out).toMatch(/^receptor\.conf:1:1: error: .* \[v2-extension\]/);
});

it('tells of bytes that are no text, in the words of the daemon', () => {
  const latin = Buffer.from(`${good}# caf\u00e9 au lait\n`, 'latin1');
  expect(run([file('latin.yml', latin)]).out).toMatch(
    /latin\.yml:3:6: error: Save the file as UTF-8: .* \(receptor: yaml: invalid trailing UTF-8 octet\) \[yaml\]\n1 file: 1 error\n$/,
  );
  const v2 = Buffer.from('node: {id: caf\u00e9 au lait}\nlocal-only: {local: true}\n', 'latin1');
  expect(run([file('latin2.yml', v2)]).out).toMatch(/:1:15: error: .* invalid trailing UTF-8 octet\. .*\(receptor: empty receptor config/);
  expect(run([file('utf16.yml', Buffer.from(`\uFEFF${bad}`, 'utf16le'))]).out).toMatch(/utf16\.yml:2:3: .*\n1 file: 1 error\n$/);
});

it('goes by the rules of a version', () => {
  const text = '- node: {id: a, datadir: ""}\n- local-only: null\n';
  expect(run(['--stdin', '--receptor-version', '1.5.5'], text).status).toBe(0);
  expect(run(['--stdin', '--receptor-version=1.6.9'], text).status).toBe(1);
});

it('looks at the disk as it is told', () => {
  const text = '- tls-client: {name: a, cert: none.crt, key: none.key, mintls13: false}\n- local-only: null\n';
  expect(run(['--stdin', '--files', 'off'], text).status).toBe(0);
  expect(run(['--stdin', '--files', 'on'], text).status).toBe(1);
});

describe('formats', () => {
  it('json', () => {
    const [report] = JSON.parse(run(['--format', 'json', '--stdin'], bad).out) as { findings: object[] }[];
    expect(report).toMatchObject({
      file: 'stdin',
      format: 'v1',
      receptorVersion: '1.6.9',
      findings: [{ severity: 'error', code: 'unknown-action', phase: 'load', line: 2, column: 3, endLine: 2, endColumn: 14 }],
    });
  });

  it('sarif', () => {
    const log = JSON.parse(run(['--format', 'sarif', file('my bad.yml', bad)]).out) as {
      version: string;
      runs: { tool: { driver: { rules: object[] } }; results: object[] }[];
    };
    expect(log.version).toBe('2.1.0');
    expect(log.runs[0]!.tool.driver.rules).toEqual([
      { id: 'unknown-action', helpUri: expect.stringMatching(/rules\.md#unknown-action$/) as string },
    ]);
    expect(log.runs[0]!.results[0]).toMatchObject({
      ruleId: 'unknown-action',
      ruleIndex: 0,
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: expect.stringMatching(/my%20bad\.yml$/) as string },
            region: { startLine: 2, startColumn: 3 },
          },
        },
      ],
    });
  });

  it.each([
    ['C:\\my configs\\bad.yml', 'file:///C:/my%20configs/bad.yml'],
    ['configs\\bad.yml', 'configs/bad.yml'],
    ['configs/#1?.yml', 'configs/%231%3F.yml'],
  ])('sarif, with the URI of %s', (name, uri) => {
    const { out } = run(['--format', 'sarif', '--stdin', '--stdin-name', name], bad);
    expect(/"uri": "(.*)"/.exec(out)?.[1]).toBe(uri);
  });

  it('github, with its syntax escaped', () => {
    const { out } = run(['--format', 'github', '--stdin', '--stdin-name', 'a,b:c.yml'], bad);
    expect(out).toMatch(
      /^::error file=a%2Cb%3Ac\.yml,line=2,endLine=2,col=3,endColumn=14,title=receptor%3A unknown-action::There is no action/,
    );
  });

  it('text, without control characters of the file', () => {
    const { out } = run(['--stdin'], '- "\\u001b[31mred": {}\n- local-only: null\n');
    expect(out).not.toContain('\u001b');
    expect(out).toContain('error');
  });
});

describe('--reload-from', () => {
  const base = '- node: {id: a}\n- tcp-listener: {port: 1}\n- log-level: info\n';
  const predicted = (text: string) => {
    const files: Record<string, string> = { old: base, new: text };
    let out = '';
    const status = lint(['--reload-from', 'old', 'new'], {
      version: '1',
      cwd: '/',
      out: (more) => void (out += more),
      err: () => undefined,
      read: (file) => Buffer.from(files[file ?? '']!),
    });
    return {
      status,
      ...(JSON.parse(out) as { accepted: boolean; code?: number; items: { action: string; verdict: string; line?: number }[] }),
    };
  };

  it('tells what each item does, and whether it is taken', () => {
    expect(predicted(base.replace('port: 1', 'port: 2'))).toMatchObject({
      status: 0,
      accepted: true,
      items: [
        { action: 'node', verdict: 'unchanged', line: 1 },
        { action: 'tcp-listener', verdict: 'reloads', line: 2 },
        { action: 'log-level', verdict: 'unchanged', line: 3 },
        { action: 'tcp-listener', verdict: 'reloads' },
      ],
    });
    expect(predicted(base.replace('info', 'debug'))).toMatchObject({ status: 1, accepted: false, code: 3 });
    expect(predicted('- [')).toMatchObject({ status: 1, accepted: false, code: 4 });
  });

  it('wants exactly one file', () => {
    const io = { version: '1', cwd: '/', out: () => undefined, err: () => undefined, read: () => Buffer.from(base) };
    expect(lint(['--reload-from', 'old'], io)).toBe(2);
    expect(lint(['--reload-from', 'old', 'a', 'b'], io)).toBe(2);
  });
});
