import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ReceptorControl } from '../../client/src/control/index.ts';
import { findReceptorBinary, NoReceptorError } from '../../client/src/runner/find.ts';
import { NodeProcess, type NodeOptions } from '../../client/src/runner/node.ts';
import { causeOf } from '../../client/src/runner/log.ts';
import { findReceptor, hasReceptor, receptorVersions } from '../harness/receptor.ts';

let dir: string;
const started: NodeProcess[] = [];
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'receptor-runner-'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((n) => n.stop()));
  rmSync(dir, { recursive: true, force: true });
});

describe.each(receptorVersions)('receptor %s', (version) => {
  describe.skipIf(!hasReceptor(version))('run by us', () => {
    const start = (name: string, text: string, options: Partial<NodeOptions> = {}): NodeProcess => {
      const configPath = path.join(dir, name);
      writeFileSync(configPath, text.replaceAll('DIR', dir));
      const node = new NodeProcess({ binary: findReceptor(version), configPath, format: 'v1', ...options });
      started.push(node);
      return node;
    };
    const running = (node: NodeProcess): Promise<void> =>
      new Promise((resolve, reject) => {
        node.on('state', (s) => (s === 'running' ? resolve() : s === 'ended' ? reject(new Error(node.lines.join('\n'))) : undefined));
      });

    test('starts, says when it is ready, and stops', async () => {
      const node = start('a.yml', '- node: {id: a, datadir: DIR/data}\n- log-level: info\n- local-only: null\n');
      await running(node);
      expect(node.state).toBe('running');
      expect(await node.stop()).toMatchObject({ signal: 'SIGTERM', wanted: true });
      expect(node.state).toBe('ended');
    });

    test('a v2 file, although NODE is set', async () => {
      const node = start('a.yml', 'node: {id: a, datadir: DIR/data}\nlog-level: {level: info}\nlocal-only: {local: true}\n', {
        format: 'v2',
      });
      await running(node);
      expect((await node.stop()).wanted).toBe(true);
    });

    test.each(['error', 'warning'])('log-level %s hides that it is ready: its control service tells', async (level) => {
      const socket = path.join(dir, 'a.sock');
      const text = `- node: {id: a, datadir: DIR/data}\n- log-level: ${level}\n- local-only: null\n- control-service: {filename: DIR/a.sock}\n`;
      let answered: string | undefined;
      const answers = async (): Promise<boolean> => {
        const control = await ReceptorControl.connect(`unix:${socket}`);
        answered = control.nodeId;
        await control.close();
        return true;
      };
      const node = start('a.yml', text, { answers, grace: 55_000 });
      await running(node);
      expect(answered).toBe('a');
      expect(node.lines.join('\n')).not.toContain('Initialization complete');
    });

    test('without a line and without a control service, it runs when it has not ended for long', async () => {
      const refuses = async (): Promise<boolean> => Promise.reject(new Error('nobody'));
      const node = start('a.yml', '- node: {id: a, datadir: DIR/data}\n- log-level: error\n- local-only: null\n', {
        answers: refuses,
        grace: 1_500,
      });
      await running(node);
      expect(node.exit).toBeUndefined();
      expect(await node.stop()).toMatchObject({ wanted: true });
    });

    test('one that ends was not running', async () => {
      const states: string[] = [];
      const node = start('a.yml', '- node: {id: a, datadir: DIR/data}\n- log-level: error\n- tcp-listener: {port: 0, tls: nope}\n', {
        answers: async () => false,
        grace: 55_000,
      });
      node.on('state', (state) => states.push(state));
      await node.exited;
      expect(states).toEqual(['ended']);
    });

    test('with a log file: it is followed, and the node can be left running', async () => {
      const configPath = path.join(dir, 'a.yml');
      writeFileSync(configPath, `- node: {id: a, datadir: ${dir}/data}\n- log-level: info\n- local-only: null\n`);
      const node = new NodeProcess({ binary: findReceptor(version), configPath, format: 'v1', logFile: path.join(dir, 'logs/a.log') });
      started.push(node);
      await running(node);
      node.leave();
      void node.stop('SIGKILL'); // it is not ours any more
      expect(process.kill(node.pid!, 0)).toBe(true);
      process.kill(node.pid!, 'SIGTERM');
      expect((await node.exited).signal).toBe('SIGTERM');
      expect(readFileSync(path.join(dir, 'logs/a.log'), 'utf8')).toContain('Initialization complete');
    });

    test('tells why it did not start', async () => {
      const node = start('a.yml', '- node: {id: a, datadir: DIR/data}\n- tcp-listener: {port: 0, tls: nope}\n');
      expect(await node.exited).toMatchObject({ code: 1, wanted: false, reason: 'unknown TLS config nope' });
    });

    test('tells that there is no backend', async () => {
      const node = start('a.yml', '- node: {id: a, datadir: DIR/data}\n');
      const { code, reason } = await node.exited;
      expect([code, causeOf(reason ?? '')?.code]).toEqual([1, 'no-backend']);
    });

    test('tells that another process has the port', async () => {
      const server = createServer().listen(0, '0.0.0.0');
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = server.address() as { port: number };
      const node = start('a.yml', `- node: {id: a, datadir: DIR/data}\n- tcp-listener: {port: ${port}}\n`);
      const { reason } = await node.exited;
      server.close();
      expect(causeOf(reason ?? '')).toMatchObject({ code: 'address-in-use', actions: expect.arrayContaining(['tcp-listener']) });
    });
  });

  test.skipIf(!hasReceptor(version))('is found by its path, with its version', async () => {
    const found = await findReceptorBinary({ configured: findReceptor(version) });
    expect(found.version.startsWith(version)).toBe(true);
  });
});

describe('without a receptor', () => {
  test('a binary that cannot be started ends with a reason', async () => {
    const node = new NodeProcess({ binary: path.join(dir, 'none'), configPath: path.join(dir, 'a.yml'), format: 'v1' });
    const exit = await node.exited;
    expect(exit.reason).toContain('ENOENT');
    expect(node.state).toBe('ended');
  });

  test.each([
    ['nothing on PATH', { env: { PATH: '' } }, /no receptor on PATH/],
    ['a relative entry of PATH', { env: { PATH: '.' } }, /no receptor on PATH/],
    ['a relative setting', { configured: 'bin/receptor' }, /not an absolute path/],
    ['a missing file', { configured: '/nonexistent/receptor' }, /not a program that can be run/],
    ['another program', { configured: '/bin/false' }, /did not answer --version/],
  ])('%s', async (_, options, message) => {
    await expect(findReceptorBinary(options)).rejects.toThrow(message);
    await expect(findReceptorBinary(options)).rejects.toBeInstanceOf(NoReceptorError);
  });
});
