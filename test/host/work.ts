// What the tests of work share: a connection to foo, submissions, and units that have ended.
import * as vscode from 'vscode';
import type { ReceptorMeshApi } from '../../client/src/api.ts';
import type { ReceptorControl } from '../../client/src/control/index.ts';
import type { UnitStatus } from '../../client/src/control/types.ts';
import { activated, closeAll, nodeOrSkip, until } from './support.ts';

export const run = async <T>(command: string, ...args: unknown[]): Promise<T> =>
  vscode.commands.executeCommand<T>(`receptor.work.${command}`, ...args);

export interface Sent {
  readonly unitId: string;
  readonly bytes: number;
}

export const submission = (more: object = {}): object => ({
  node: 'localhost',
  workType: 'cat',
  params: {},
  payload: { kind: 'text', text: 'hello from the editor\n', label: 'test' },
  ...more,
});

/** For long work on bar. */
export const ticker = (): object => submission({ node: 'bar', workType: 'ticker', payload: { kind: 'none' } });

export const textOf = (editor = vscode.window.activeTextEditor): string => editor?.document.getText() ?? '';

export class Foo {
  api!: ReceptorMeshApi;
  #control: ReceptorControl | undefined;

  get control(): ReceptorControl {
    if (this.#control === undefined) throw new Error('not connected to foo');
    return this.#control;
  }

  /**
   * Connects before the tests of this block, and leaves no unit behind after them. Skips where there is no receptor.
   * @param bar what must be known of bar: its work types come up to a minute after its link
   */
  static forTests(bar: 'linked' | 'advertised' = 'linked'): Foo {
    const foo = new Foo();
    before(async function () {
      this.timeout(120_000);
      const { socket } = nodeOrSkip(this, 'foo');
      foo.api = await activated<ReceptorMeshApi>();
      await foo.connect(socket);
      await until(
        async () => {
          const { nodes } = await foo.api.refresh();
          const offered = nodes.get('bar')?.workTypes.length ?? 0;
          return (
            nodes.get('foo')?.workTypes.some(({ name }) => name === 'cat') &&
            nodes.get('bar')?.state === 'direct' &&
            (bar === 'linked' || offered > 0)
          );
        },
        `foo offers its work, and bar is ${bar}`,
        100_000,
      );
    });
    afterEach(closeAll);
    after(async () => {
      await foo.clean();
      for (const { name } of foo.api?.connections ?? []) await vscode.commands.executeCommand('receptor.disconnect', name);
    });
    return foo;
  }

  async connect(socket: string): Promise<void> {
    this.#control = (await this.api.connect(`unix:${socket}`)).control;
  }

  async status(unitId: string, where: (status: UnitStatus) => boolean, what: string): Promise<UnitStatus> {
    return until(
      async () => {
        const status = await this.control.workStatus(unitId);
        return where(status) ? status : undefined;
      },
      `${unitId} ${what}`,
      60_000,
    );
  }

  async ended(unitId: string): Promise<UnitStatus> {
    return this.status(unitId, ({ State }) => State >= 2, 'has ended');
  }

  async runs(unitId: string): Promise<UnitStatus> {
    return this.status(unitId, ({ State, StdoutSize }) => State === 1 && StdoutSize > 0, 'runs');
  }

  async resultsOf(unitId: string): Promise<string> {
    await this.ended(unitId);
    await run('openResults', unitId);
    return textOf();
  }

  async units(): Promise<string[]> {
    return Object.keys(await this.control.workList());
  }

  /** Releases every unit. */
  async clean(): Promise<void> {
    if (this.#control === undefined) return;
    for (const unitId of await this.units()) await this.#control.releaseWork(unitId, { force: true });
  }
}
