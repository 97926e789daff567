import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Ajv from 'ajv';
import { parseAllDocuments } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { submissionOf } from '../../../client/src/work/fromWorkFile.ts';
import { isWorkFile } from '../../../client/src/work/workFileName.ts';
import { readTask, readWorkFile, workFileKeys } from '../../../client/src/work/workFile.ts';
import type { VariableContext } from '../../../client/src/work/variables.ts';

const schema = JSON.parse(readFileSync('schemas/receptor-work.schema.json', 'utf8')) as { properties: Record<string, unknown> };
const validate = new Ajv({ strict: true, strictTypes: false }).compile(schema);

let dir: string;
let context: VariableContext;
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'workfile-'));
  writeFileSync(path.join(dir, 'kubeconfig'), 'apiVersion: v1\n');
  context = {
    file: path.join(dir, 'nightly.receptor-work.yml'),
    workspaceFolder: dir,
    home: '/home/someone',
    env: (name) => ({ TOKEN: 'geheim', EMPTY: '' })[name],
  };
});
afterAll(() => rmSync(dir, { recursive: true }));

const good: Record<string, string> = {
  'a node and a type': 'node: bar\nworktype: cat\n',
  'only a type': 'worktype: cat\n',
  'a command line': 'worktype: echo\nparams: -n hello\n',
  'a number as command line': 'worktype: echo\nparams: 007\n',
  'named parameters': 'worktype: pod\ntlsclient: tc\nnode: bar\nparams:\n  kube_image: busybox\n  secret_kube_config: {file: kubeconfig}\n',
  'an inline payload': 'worktype: cat\npayload: |\n  one\n  two ${file} ${x}\n',
  'an explicit text': 'worktype: cat\npayload: {text: "x"}\n',
  'a file': 'worktype: cat\npayload:\n  file: ${workspaceFolder}/play.yml\n',
  'no payload': 'worktype: cat\npayload:\n',
  everything: 'name: n\nconnection: c\nnode: bar\nworktype: w\nparams: {}\ntlsclient: t\nttl: 30m\nsignwork: true\npayload: x\n',
};

const bad: Record<string, [string, RegExp]> = {
  'no type': ['node: bar\n', /worktype is missing/],
  'an unknown key': ['worktype: cat\nworktyp: x\n', /worktyp is not a key.*Did you mean worktype\?/],
  'a list': ['- worktype: cat\n', /is a map with the keys/],
  'a sign that is no flag': ['worktype: cat\nsignwork: maybe\n', /true or false/],
  'a payload of two': ['worktype: cat\npayload: {file: a, text: b}\n', /a text, or \{ file: PATH \}/],
  'a payload of a list': ['worktype: cat\npayload: [a]\n', /a text, or \{ file: PATH \}/],
  'a parameter that is a map': ['worktype: cat\nparams: {a: {b: c}}\n', /must be a text or \{ file: PATH \}/],
  'params as a list': ['worktype: cat\nparams: [a]\n', /command line, or a map/],
  'a node that is a map': ['worktype: cat\nnode: {}\n', /must be a text/],
  'an empty type': ['worktype: ""\n', /It is empty/],
};

describe('readWorkFile', () => {
  it.each(Object.entries(good))('takes %s, as the schema does', (_, text) => {
    const { entries, problems } = readWorkFile(text);
    expect(problems).toEqual([]);
    expect(entries).toHaveLength(1);
    expect(entries[0]!.complete).toBe(true);
    for (const document of parseAllDocuments(text))
      if ('toJS' in document) expect(validate(document.toJS()), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each(Object.entries(bad))('refuses %s, as the schema does', (_, [text, message]) => {
    const { entries, problems } = readWorkFile(text);
    expect(
      problems
        .filter(({ severity }) => severity === 'error')
        .map((problem) => problem.message)
        .join('\n'),
    ).toMatch(message);
    expect(entries.every(({ complete }) => !complete)).toBe(true);
    for (const document of parseAllDocuments(text)) if ('toJS' in document) expect(validate(document.toJS())).toBe(false);
  });

  it('has the keys of the schema', () => expect([...workFileKeys].sort()).toEqual(Object.keys(schema.properties).sort()));

  it('reads several documents and skips empty ones', () => {
    const { entries } = readWorkFile('---\n# nothing\n---\nworktype: a\n---\nworktype: b\nname: second\n...\n');
    expect(entries.map(({ index, title }) => [index, title])).toEqual([
      [0, 'a on localhost'],
      [1, 'second'],
    ]);
  });

  it('tells documents that are alike by a number, and leaves a name to whoever has it', () => {
    const titles = (...documents: string[]): string[] => readWorkFile(documents.join('---\n')).entries.map(({ title }) => title);
    const cat = 'worktype: cat\nnode: bar\n';
    expect(titles(cat, 'worktype: cat\n', cat, cat)).toEqual(['cat on bar', 'cat on localhost', 'cat on bar (2)', 'cat on bar (3)']);
    expect(titles(cat, cat, `${cat}name: cat on bar (2)\n`, cat)).toEqual([
      'cat on bar',
      'cat on bar (3)',
      'cat on bar (2)',
      'cat on bar (4)',
    ]);
    expect(titles(`${cat}name: x\n`, `${cat}name: x\n`)).toEqual(['x', 'x (2)']);
  });

  it('takes a name as it is', () =>
    expect(readWorkFile('name: ${nosuch}\nworktype: x\n')).toMatchObject({ entries: [{ title: '${nosuch}' }], problems: [] }));

  it('marks the place', () => {
    const text = 'worktype: cat\nsignwork: maybe\n';
    const [problem] = readWorkFile(text).problems;
    expect(text.slice(problem!.start, problem!.end)).toBe('maybe');
  });

  it('reports broken YAML and does not let it be submitted', () => {
    const { entries, problems } = readWorkFile('worktype: cat\nparams: "open\n');
    expect(problems.length).toBeGreaterThan(0);
    expect(entries.every(({ complete }) => !complete)).toBe(true);
    expect(readWorkFile('worktype: a\nworktype: b\n').problems).toHaveLength(1);
  });

  it.each(['', '\n', '# only a comment\n', '---\n---\n'])('has nothing in %j', (text) =>
    expect(readWorkFile(text)).toEqual({ entries: [], problems: [] }),
  );

  it('warns of a variable that does not exist, and of a secret in the open', () => {
    expect(readWorkFile('worktype: ${nosuch}\n').problems[0]!.message).toMatch(/\$\{nosuch\} is not a variable/);
    const secret = readWorkFile('worktype: x\nparams: {secret_token: abcdef}\n').problems;
    expect(secret).toMatchObject([{ severity: 'warning', message: expect.not.stringContaining('abcdef') as unknown }]);
    expect(readWorkFile('worktype: x\nparams: {secret_token: "${env:TOKEN}"}\n').problems).toEqual([]);
  });

  it('knows its files by name', () => {
    expect(['a.receptor-work.yml', 'A.Receptor-Work.YAML'].every(isWorkFile)).toBe(true);
    expect(['a.receptor.yml', 'receptor-work.yml.bak', 'work.yml'].some(isWorkFile)).toBe(false);
  });
});

describe('submissionOf', () => {
  const from = async (text: string): Promise<unknown> => submissionOf(readWorkFile(text).entries[0]!, context);

  it('replaces variables and reads files of parameters', async () => {
    expect(
      await from(
        'node: ${env:TOKEN}-x\nworktype: pod\nttl: 5m\nparams: {secret_kube_config: {file: kubeconfig}, a: "${fileBasenameNoExtension}", n: 007}\npayload: {file: "${workspaceFolder}/x"}\n',
      ),
    ).toMatchObject({
      node: 'geheim-x',
      workType: 'pod',
      ttl: '5m',
      params: { secret_kube_config: 'apiVersion: v1\n', a: 'nightly.receptor-work', n: '007' },
      payload: { kind: 'file', path: path.join(dir, 'x') },
    });
  });

  it('names the parameters that came out of the environment or a file', async () => {
    const text = 'worktype: pod\nparams: {a: "x ${env:TOKEN}", b: {file: kubeconfig}, c: "${fileBasename}", d: plain}\n';
    expect(await from(text)).toMatchObject({ borrowed: ['a', 'b'] });
  });

  it('sends an inline payload as it stands', async () => {
    expect(await from('worktype: cat\npayload: |\n  echo ${HOME} ${env:TOKEN}\n')).toMatchObject({
      node: 'localhost',
      payload: { kind: 'text', text: 'echo ${HOME} ${env:TOKEN}\n', label: 'nightly.receptor-work.yml' },
    });
  });

  it('replaces variables in ttl, connection and TLS client', async () => {
    expect(await from('worktype: cat\nttl: ${env:TOKEN}\nconnection: a-${env:TOKEN}\ntlsclient: b-${env:TOKEN}\n')).toMatchObject({
      ttl: 'geheim',
      connection: 'a-geheim',
      tlsClient: 'b-geheim',
    });
    expect(readWorkFile('worktype: cat\nttl: ${nosuch}\n').problems[0]!.message).toMatch(/\$\{nosuch\} is not a variable/);
  });

  it('opens no file of a workspace that is not trusted', async () => {
    const [entry] = readWorkFile('worktype: pod\nparams: {a: {file: nosuch}, b: x}\npayload: {file: nosuch}\n').entries;
    expect(await submissionOf(entry!, context, 'untouched')).toMatchObject({ params: { b: 'x' }, payload: { kind: 'file' } });
  });

  it('finds files beside the work file and in the home folder', async () => {
    expect(await from('worktype: cat\npayload: {file: sub/x}\n')).toMatchObject({ payload: { path: path.join(dir, 'sub/x') } });
    expect(await from('worktype: cat\npayload: {file: ~/x}\n')).toMatchObject({ payload: { path: '/home/someone/x' } });
  });

  it('names what has no value, never a value', async () => {
    await expect(from('worktype: ${env:NOSUCH}\n')).rejects.toThrow('${env:NOSUCH} is not set in the environment of VS Code.');
    await expect(from('worktype: x\nparams: {a: {file: nosuch}}\n')).rejects.toThrow(/nosuch does not exist/);
    await expect(from('node: bar\n')).rejects.toThrow(/has errors/);
  });
});

describe('readTask', () => {
  const from = async (definition: object): Promise<unknown> => submissionOf(readTask(definition).entries[0]!, context);

  it('reads the keys of a work file, and leaves those of the task', async () => {
    const task = {
      type: 'receptor',
      label: 'x',
      release: true,
      $x: 1,
      name: 'n',
      connection: 'c-${env:TOKEN}',
      node: 'bar',
      worktype: 'cat',
      ttl: '${env:TOKEN}',
      tlsclient: '${env:TOKEN}',
      signwork: true,
    };
    expect(readTask(task)).toMatchObject({ problems: [], entries: [{ title: 'n', complete: true }] });
    expect(await from(task)).toMatchObject({
      connection: 'c-geheim',
      node: 'bar',
      workType: 'cat',
      ttl: 'geheim',
      tlsClient: 'geheim',
      signWork: true,
    });
  });

  it('takes parameters and payloads in each of their forms', async () => {
    const params = { a: { file: 'kubeconfig' }, b: 7, c: '${env:TOKEN}' };
    expect(await from({ worktype: 'x', params, payload: { text: '${x}\n\u2028' } })).toMatchObject({
      params: { a: 'apiVersion: v1\n', b: '7', c: 'geheim' },
      borrowed: ['a', 'c'],
      payload: { kind: 'text', text: '${x}\n\u2028' },
    });
    expect(await from({ worktype: 'x', params: '-n', payload: 'y' })).toMatchObject({ params: { params: '-n' }, payload: { text: 'y' } });
    expect(await from({ worktype: 'x', payload: { file: '~/y' } })).toMatchObject({ payload: { kind: 'file', path: '/home/someone/y' } });
  });

  it('says what is wrong', () => {
    const { entries, problems } = readTask({ worktype: 'x', payload: ['y'], signwork: 'yes' });
    expect(entries[0]!.complete).toBe(false);
    expect(problems.map(({ message }) => message)).toEqual(['It must be true or false.', 'The payload is a text, or { file: PATH }.']);
  });
});
