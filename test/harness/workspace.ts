// The folder that tests and the demo open: the example configs as copies that a running mesh uses.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { examplesFolder, startMesh } from './mesh.ts';
import type { Mesh } from './mesh.ts';
import { findReceptor } from './receptor.ts';

export interface Workspace extends AsyncDisposable {
  dir: string;
  /** Undefined when there is no receptor. */
  mesh: Mesh | undefined;
  /**
   * Tells an extension host where the nodes of the mesh are: `RECEPTOR_TEST_MESH`, JSON of id to {@link HostNode}; and
   * `RECEPTOR_TEST_BIN`, a receptor to run nodes with.
   */
  env: Record<string, string>;
  /** Settings by which the extension connects to foo as soon as it is active. */
  settings: Record<string, unknown>;
}

export interface WorkspaceOptions {
  /** False copies the configs as they are, port 2222 and all. */
  mesh: boolean;
  /** Give bar a control-service socket too, which its config does not have. */
  sockets?: boolean;
  /** Files to copy beside the configs. */
  fixture?: string;
}

/** What tests inside the extension host know of a node that runs outside. */
export interface HostNode {
  socket: string;
  configPath: string;
  pid: number;
}

/**
 * A folder with foo.yml and bar.yml and whatever `fixture` holds, and the mesh of those two configs.
 */
export async function workspaceWithMesh(options: WorkspaceOptions): Promise<Workspace> {
  const dir = mkdtempSync(path.join(tmpdir(), 'workspace-'));
  const remove = (): void => rmSync(dir, { recursive: true, force: true });
  process.once('exit', remove);
  if (options.fixture !== undefined) cpSync(options.fixture, dir, { recursive: true });
  if (!options.mesh) cpSync(examplesFolder, dir, { recursive: true });
  const mesh = options.mesh ? await startMesh(examplesFolder, { configDir: dir, sockets: options.sockets ?? false }) : undefined;
  const nodes = mesh?.nodes
    .filter((node) => node.hasSocket)
    .map((node): [string, HostNode] => [node.id, { socket: node.socket, configPath: node.configPath, pid: node.pid! }]);
  return {
    dir,
    mesh,
    env: nodes === undefined ? {} : { RECEPTOR_TEST_MESH: JSON.stringify(Object.fromEntries(nodes)), RECEPTOR_TEST_BIN: findReceptor() },
    settings:
      mesh === undefined
        ? {}
        : { 'receptor.connections': [{ name: 'foo', address: `unix:${mesh.node('foo').socket}`, autoConnect: true }] },
    [Symbol.asyncDispose]: async () => {
      await mesh?.stop();
      process.off('exit', remove);
      remove();
    },
  };
}
