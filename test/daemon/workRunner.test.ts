/** A play transmitted to another node, run there by a real ansible-runner, and processed here. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ReceptorControl } from '../../client/src/control/index.ts';
import { followResults } from '../../client/src/work/follow.ts';
import { openPayload } from '../../client/src/work/payload.ts';
import { ArchiveDecoder, RunnerStream } from '../../client/src/work/runnerStream.ts';
import { resultsOf } from '../../client/src/work/source.ts';
import { sendSubmission } from '../../client/src/work/submit.ts';
import { findAnsibleRunner } from '../harness/ansibleRunner.ts';
import { startMesh } from '../harness/mesh.ts';
import { hasReceptor, newestReceptor } from '../harness/receptor.ts';

const runner = hasReceptor(newestReceptor) ? findAnsibleRunner() : undefined;

const play = `- hosts: all
  gather_facts: false
  tasks:
    - debug: {msg: "hello from the play"}
    - copy: {content: "made", dest: "{{ lookup('env', 'HOME') }}/made-by-the-play"}
      when: false
`;

describe.skipIf(runner === undefined)('ansible-runner over two nodes', () => {
  it('transmits, works and processes', async () => {
    const { command, args, env } = runner!;
    const dir = mkdtempSync(path.join(tmpdir(), 'runner-'));
    const call = (more: string[], input?: Buffer): Buffer => {
      const done = spawnSync(command, [...args, ...more], {
        env: { ...process.env, ...env, HOME: dir },
        input,
        maxBuffer: 64 * 1024 * 1024,
        timeout: 120_000,
      });
      expect(done.status, done.stderr.toString()).toBe(0);
      return done.stdout;
    };
    try {
      for (const folder of ['job/project', 'job/inventory', 'out']) mkdirSync(path.join(dir, folder), { recursive: true });
      writeFileSync(path.join(dir, 'job/project/play.yml'), play);
      writeFileSync(
        path.join(dir, 'job/inventory/hosts'),
        'localhost ansible_connection=local ansible_python_interpreter=/usr/bin/python3\n',
      );
      writeFileSync(path.join(dir, 'payload'), call(['transmit', path.join(dir, 'job'), '-p', 'play.yml']));
      const worker = path.join(dir, 'worker.sh');
      const exports = Object.entries(env).map(([name, value]) => `export ${name}='${value}'`);
      writeFileSync(worker, ['#!/bin/sh', ...exports, `export HOME='${dir}'`, `exec ${command} -c '${args[1]!}' worker`, ''].join('\n'), {
        mode: 0o755,
      });
      await using mesh = await startMesh({
        a: '- node: {id: a}\n- tcp-listener: {port: 2222}\n- control-service: {service: control, filename: /tmp/a.sock}\n',
        b: `- node: {id: b}\n- tcp-peer: {address: "localhost:2222"}\n- control-service: {service: control, filename: /tmp/b.sock}\n- work-command: {worktype: ansible-runner, command: ${worker}}\n`,
      });
      const control = await ReceptorControl.connect(`unix:${mesh.node('a').socket}`);
      const payload = { kind: 'file' as const, path: path.join(dir, 'payload') };
      const sent = await sendSubmission(
        control,
        { node: 'b', workType: 'ansible-runner', params: {}, payload },
        await openPayload(payload),
      );
      const chunks: Buffer[] = [];
      const source = resultsOf(async () => Promise.resolve(control), sent.unitId);
      const end = await followResults(source, { write: (chunk) => void chunks.push(Buffer.from(chunk)) }).done;
      expect(end, Buffer.concat(chunks).toString().slice(-2000)).toMatchObject({ reason: 'ended', status: { State: 2 } });

      const raw = Buffer.concat(chunks);
      const stream = new RunnerStream();
      const shown = stream.push(raw) + stream.end();
      expect(stream).toMatchObject({ kind: 'runner', status: 'successful' });
      expect(shown).toMatch(/PLAY \[all\][^]*"msg": "hello from the play"[^]*PLAY RECAP/);
      expect(shown).not.toContain('"uuid"');
      const archive = stream.archives.at(-1)!;
      const zip = new ArchiveDecoder().write(raw.subarray(archive.offset, archive.offset + archive.encoded));
      writeFileSync(path.join(dir, 'artifacts.zip'), zip);
      const names = spawnSync('python3', ['-m', 'zipfile', '-l', path.join(dir, 'artifacts.zip')], { encoding: 'utf8' });
      expect(names.stdout).toMatch(/^stdout /m);

      call(['process', path.join(dir, 'out')], raw);
      const artifacts = path.join(dir, 'out/artifacts');
      expect(existsSync(artifacts)).toBe(true);
      expect(readFileSync(path.join(artifacts, 'rc'), 'utf8')).toBe('0');
      await control.releaseWork(sent.unitId);
      await control.close();
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }, 240_000);
});
