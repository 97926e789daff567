// The mesh that every other daemon test stands on: it links, it is moved out of harm's way, it ends whatever happens.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { examplesFolder, line, startMesh } from '../harness/mesh.ts';
import { root } from '../harness/paths.ts';
import { hasReceptor, newestReceptor, receptorVersions } from '../harness/receptor.ts';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe.each(receptorVersions)('a mesh of receptor %s', (version) => {
  test.skipIf(!hasReceptor(version))('links foo and bar of the examples, and knows all their services', async () => {
    await using mesh = await startMesh(examplesFolder, { version, advertised: true });
    const status = await mesh.node('foo').status();
    expect(status).toMatchObject({ NodeID: 'foo', Version: expect.stringContaining(version), RoutingTable: { bar: 'bar' } });
    expect(status.Connections).toEqual([{ NodeID: 'bar', Cost: 1 }]);
    expect(status.Advertisements?.map(({ NodeID }) => NodeID).sort()).toEqual(['bar', 'foo']);
  });

  test.skipIf(!hasReceptor(version))('takes v2 configs, and survives a restart in its middle', async () => {
    const v2 = {
      'a.yml': 'node: {id: a}\ntcp-listeners:\n  - port: 2222\n',
      'b.yml': 'node: {id: b}\ntcp-peers:\n  - address: localhost:2222\nws-listeners:\n  - {port: 2223, path: /}\n',
      'c.yml': 'node: {id: c}\nws-peers:\n  - address: ws://localhost:2223/\n',
    };
    await using mesh = await startMesh(v2, { version });
    expect((await mesh.node('a').status()).RoutingTable).toEqual({ b: 'b', c: 'b' });
    const before = mesh.node('c').pid;
    await mesh.node('c').restart('SIGKILL');
    await mesh.untilLinked();
    expect(mesh.node('c').pid).not.toBe(before);
  });
});

describe.skipIf(!hasReceptor(newestReceptor))('a mesh', () => {
  test('keeps comments, binds to loopback and puts everything into its folder', async () => {
    await using mesh = await startMesh(examplesFolder);
    const [foo, bar] = ['foo', 'bar'].map((id) => readFileSync(mesh.node(id).configPath, 'utf8'));
    const port = /port: (\d+)\n/.exec(foo!)?.[1];
    expect(port).not.toBe('2222');
    expect(foo).toContain('bindaddr: 127.0.0.1');
    expect(foo).toContain('# foo listens on port 2222');
    expect(bar).toContain(`address: localhost:${port}`);
    expect([mesh.node('foo').socket, mesh.node('bar').socket, mesh.node('foo').unitsDir].every((file) => file.startsWith(mesh.dir))).toBe(
      true,
    );
  });

  test('says what the daemon said when a config is refused', async () => {
    await expect(startMesh({ bad: '- node: {id: bad}\n- tcp-listener: {port: 2222, prot: 1}\n' })).rejects.toThrow(
      /bad ended at once: [^]*prot/,
    );
  });

  test('refuses two configs that want one port', async () => {
    await expect(startMesh({ a: '- tcp-listener: {port: 2222}\n', b: '- tcp-listener: {port: 2222}\n' })).rejects.toThrow(
      'a.yml and b.yml both listen on tcp:2222',
    );
  });

  test('ends its nodes, their work and its folder', async () => {
    const mesh = await startMesh({
      solo: `${line('solo')['solo.yml']}- work-command: {worktype: sleep, command: sleep, params: '1000'}\n`,
    });
    const reply = await new Promise<string>((resolve, reject) => {
      let text = '';
      const stream = connect(mesh.node('solo').socket, () => stream.end('work submit localhost sleep\n'));
      stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      stream.once('close', () => resolve(text)).once('error', reject);
    });
    expect(reply).toContain('Job Started');
    const unit = /ID (\w+)/.exec(reply)![1]!;
    const status = path.join(mesh.node('solo').unitsDir, unit, 'status');
    await expect
      .poll(() => JSON.parse(readFileSync(status, 'utf8')) as object, { timeout: 10_000 })
      .toMatchObject({ Detail: expect.stringMatching(/^Running: PID \d+/) });
    const sleeper = Number(/PID (\d+)/.exec(readFileSync(status, 'utf8'))![1]);
    const daemon = mesh.node('solo').pid!;
    expect([daemon, sleeper].filter(isAlive)).toHaveLength(2);
    await mesh.stop();
    await expect.poll(() => [daemon, sleeper].filter(isAlive), { timeout: 5000 }).toEqual([]);
    expect(existsSync(mesh.dir)).toBe(false);
  });

  test('ends with the process that started it, however that ends', async () => {
    const script = `import { startMesh, line } from ${JSON.stringify(path.join(root, 'test/harness/mesh.ts'))};
      const mesh = await startMesh(line('orphan'));
      console.log(mesh.node('orphan').pid);
      process.kill(process.pid, 'SIGKILL');`;
    const dir = mkdtempSync(path.join(tmpdir(), 'orphan-'));
    writeFileSync(path.join(dir, 'orphan.mts'), script);
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', path.join(dir, 'orphan.mts')], {
      cwd: root,
      encoding: 'utf8',
    });
    rmSync(dir, { recursive: true });
    expect(stderr).toBe('');
    const pid = Number(stdout);
    expect(pid).toBeGreaterThan(0);
    if (process.platform === 'linux') await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false);
  });
});
