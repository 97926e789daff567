// A folder that nobody has trusted: configs are checked, nothing is connected to until it is.
import { expect, test } from 'vitest';
import { packedVsix } from '../harness/packed.ts';
import { hasReceptor, newestReceptor } from '../harness/receptor.ts';
import { hasChromium, launchBrowser } from '../harness/vscode-host/browser.ts';
import { startServer } from '../harness/vscode-host/server.ts';
import { workspaceWithMesh } from '../harness/workspace.ts';
import { lineOf, Workbench } from './workbench.ts';

const runs = hasChromium() && hasReceptor(newestReceptor);

test.skipIf(!runs)(
  'connects to nothing in Restricted Mode, and at once when the folder is trusted',
  async () => {
    await using workspace = await workspaceWithMesh({ mesh: true });
    await using server = await startServer({ vsix: [packedVsix()], settings: workspace.settings, trust: true });
    const foo = workspace.mesh!.node('foo');
    const ours = foo.lines.length; // the harness has asked for its status
    await using browser = await launchBrowser();
    await using workbench = await Workbench.open(browser, server, workspace.dir);
    await workbench.statusItem('Restricted Mode').waitFor();

    await workbench.openFile('foo.yml');
    await workbench.focusEditor('foo.yml');
    await workbench.goTo(lineOf(await workbench.text('foo.yml'), 'port:'), 7);
    await workbench.page.keyboard.press('Delete');
    await workbench.squiggles('foo.yml').first().waitFor();
    await workbench.page.keyboard.press('Control+Z');

    await workbench.openContainer('Receptor');
    await workbench.pane('Mesh').locator('text=not trusted').waitFor();
    await workbench.shot('restricted');
    expect(foo.lines.slice(ours).filter((line) => line.includes('Client connected'))).toEqual([]);

    await workbench.command('Workspaces: Manage Workspace Trust');
    await workbench.page.locator('.workspace-trust-editor .monaco-button', { hasText: /^Trust$/ }).click();
    await workbench.openContainer('Receptor');
    await expect
      .poll(async () => workbench.treeTexts('Mesh'), { timeout: 60_000 })
      .toEqual(expect.arrayContaining([expect.stringMatching(/^bar\b.*direct/)]));
  },
  180_000,
);
