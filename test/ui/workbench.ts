// What UI tests know of the VS Code workbench: every selector they use is here. The same on 1.100 and 1.139.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Frame, Locator, Page } from 'playwright-core';
import { root } from '../harness/paths.ts';
import type { PageOptions, VSCodeServer } from '../harness/vscode-host/server.ts';

/** Most to wait for something to show up; the machine may be busy. */
const patience = 30_000;
const shots = path.join(root, 'test/ui/shots');

/** `exact`: the whole label of a row, not a part of it. */
const exactly = (text: string): RegExp => new RegExp(`^\\s*${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);

const labelled = (label: string | RegExp): RegExp => (typeof label === 'string' ? exactly(label) : label);

/** Number of the first line that has `part`, from 1. */
export const lineOf = (text: string, part: string): number => text.split('\n').findIndex((line) => line.includes(part)) + 1;

const appears = async (what: Locator, timeout: number): Promise<boolean> =>
  what
    .waitFor({ timeout })
    .then(() => true)
    .catch(() => false);

/** One workbench in one page. */
export class Workbench implements AsyncDisposable {
  readonly page: Page;
  /** Requests to any other machine: there must be none. */
  readonly outside: string[] = [];
  /** Exceptions that nobody caught in the page. */
  readonly errors: string[] = [];

  private constructor(page: Page) {
    this.page = page;
  }

  /** The workbench of a page that is opened elsewhere. */
  static of(page: Page): Workbench {
    page.setDefaultTimeout(patience);
    return new Workbench(page);
  }

  /** Opens `folder` and waits until the workbench has its extensions. */
  static async open(
    browser: Browser,
    server: VSCodeServer,
    folder: string,
    options: PageOptions & { width?: number; height?: number } = {},
  ): Promise<Workbench> {
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    context.setDefaultTimeout(patience);
    const page = await context.newPage();
    const workbench = new Workbench(page);
    page.on('pageerror', (error) => workbench.errors.push(String(error)));
    page.on('request', (request) => {
      const url = request.url();
      // A webview's service worker answers *.vscode-resource.vscode-cdn.net: those requests never leave the page.
      const local =
        url.startsWith(`http://${server.authority}/`) || /^(?:blob:|data:|https:\/\/[^/]+\.vscode-resource\.vscode-cdn\.net\/)/.test(url);
      if (!local) workbench.outside.push(url);
    });
    await page.goto(server.url(folder, options), { waitUntil: 'commit' });
    await page.waitForFunction(
      "['code/didStartWorkbench', 'code/didLoadExtensions'].every((mark) => performance.getEntriesByName(mark).length > 0)",
      undefined,
      { timeout: 90_000 },
    );
    return workbench;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
  }

  /** Saves what is on the screen as `test/ui/shots/<name>.png`; `npm run docs:images` copies the chosen ones into the docs. */
  async shot(name: string): Promise<void> {
    mkdirSync(shots, { recursive: true });
    await this.page.screenshot({ path: path.join(shots, `${name}.png`) });
  }

  // Commands and quick input

  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }

  get quickBox(): Locator {
    return this.quickInput.locator('.quick-input-box input');
  }

  quickRows(): Locator {
    return this.quickInput.locator('.quick-input-list .monaco-list-row');
  }

  /** Runs a command by its whole title, as a user would from the palette. */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.quickBox.fill(`>${title}`);
    await this.click(this.quickRow(title)); // Enter would take whatever is first while the list still fills
  }

  /** The row whose label is `label`, and not the beginning of another. */
  quickRow(label: string | RegExp): Locator {
    return this.quickRows()
      .filter({ has: this.page.locator('.label-name', { hasText: labelled(label) }) })
      .first();
  }

  /** Runs a command by its whole title with the keyboard alone. */
  async run(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.quickBox.and(this.page.locator(':focus')).waitFor();
    await this.page.keyboard.insertText(title); // at once: the list is filtered anew for each key
    await this.choose(title);
  }

  /** The title above a quick pick or an input box. */
  quickTitle(text: RegExp): Locator {
    return this.quickInput.locator('.quick-input-title').filter({ hasText: text });
  }

  /** Goes down to the row with this label, and takes it; resolves when the row is gone: what comes next is the next input's. */
  async choose(label: string | RegExp): Promise<void> {
    const focused = this.quickRow(label).and(this.page.locator('.focused'));
    await this.quickRow(label).waitFor();
    for (let left = 50; left > 0 && (await focused.count()) === 0; left--) await this.page.keyboard.press('ArrowDown');
    await this.#take(focused, async () => this.page.keyboard.press('Enter'));
  }

  async pick(text: string | RegExp): Promise<void> {
    await this.click(this.quickRows().filter({ hasText: text }).first());
  }

  /** Clicks with a pointer that comes from outside: where it rested, VS Code shows a hover that lies above rows. */
  async click(row: Locator): Promise<void> {
    await this.page.mouse.move(0, 0);
    await row.click();
  }

  /**
   * Takes a row, and waits until the input that it is in was left: keys and clicks that come before go to that one, or to
   * the editor behind it. Rows are used again by the next input, which tells them by its title and their text.
   */
  async #take(row: Locator, how: () => Promise<void>): Promise<void> {
    const element = await row.elementHandle();
    const read = `(row) => {
      if (!row.isConnected || row.offsetParent === null) return 'left';
      return (row.closest('.quick-input-widget')?.querySelector('.quick-input-title')?.textContent ?? '') + row.textContent;
    }`;
    const before = await this.page.evaluate<string, unknown>(`(${read})`, element).catch(() => 'left');
    await how();
    await this.page.waitForFunction(`([row, before]) => (${read})(row) !== before`, [element, before]);
  }

  // Editors

  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    await this.quickBox.fill(name);
    await this.click(this.quickRow(path.basename(name)));
    await this.editor(name).waitFor();
  }

  editor(name: string): Locator {
    return this.page.locator(`.editor-instance .monaco-editor[data-uri$="/${path.basename(name)}"]`);
  }

  /** Puts the focus into the editor of the first group; by keyboard, as in 1.100 the layer of a hover may swallow clicks. */
  async focusEditor(name: string): Promise<void> {
    await this.page.keyboard.press('Control+1');
    await this.editor(name).and(this.page.locator('.focused')).waitFor();
  }

  async goTo(line: number, column = 1): Promise<void> {
    await this.page.keyboard.press('Control+G');
    await this.quickBox.fill(`:${line}:${column}`);
    await this.quickRows()
      .filter({ hasText: String(line) })
      .first()
      .waitFor(); // before that, Enter does nothing
    await this.page.keyboard.press('Enter');
    await this.quickInput.waitFor({ state: 'hidden' });
    await this.page.locator('.monaco-editor.focused').first().waitFor(); // a key that comes sooner is lost
  }

  /** Types as fast as people do: keys that come all at once meet an editor that has not seen the one before. */
  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text, { delay: 30 });
  }

  /** The lines that are on the screen: the editor renders no others. */
  async text(name: string): Promise<string> {
    const lines = await this.editor(name)
      .locator('.view-line')
      .evaluateAll((elements) =>
        (elements as unknown as { style: { top: string }; textContent: string }[]).map(({ style, textContent }) => ({
          top: Number.parseInt(style.top, 10),
          text: textContent,
        })),
      );
    return lines
      .sort((a, b) => a.top - b.top)
      .map(({ text }) => text.replaceAll('\u00A0', ' '))
      .join('\n');
  }

  /** The editor that shows the results of a unit. */
  results(unitId: string): Locator {
    return this.page.locator(`.editor-instance .monaco-editor[data-uri*="results%20of%20${unitId}"]`);
  }

  squiggles(name: string, severity: 'error' | 'warning' | 'info' | 'hint' = 'error'): Locator {
    return this.editor(name).locator(`.squiggly-${severity}`);
  }

  /** Labels that completion offers at the cursor. */
  async suggestions(): Promise<string[]> {
    await this.page.keyboard.press('Control+Space');
    const rows = this.page.locator('.suggest-widget.visible .monaco-list-row');
    await rows.first().waitFor();
    return rows.locator('.label-name').allInnerTexts();
  }

  /** Takes the suggestion with this label. */
  async accept(label: string): Promise<void> {
    const rows = this.page.locator('.suggest-widget.visible .monaco-list-row');
    const wanted = rows.filter({ has: this.page.locator('.label-name', { hasText: exactly(label) }) });
    const focused = wanted.and(this.page.locator('.focused'));
    for (let left = 100; left > 0 && (await focused.count()) === 0; left--) await this.page.keyboard.press('ArrowDown');
    await this.page.keyboard.press('Enter');
    await this.page.locator('.suggest-widget.visible').waitFor({ state: 'hidden' });
  }

  /** The text of the hover at the cursor. */
  async hoverText(): Promise<string> {
    const hover = this.page
      .locator('.monaco-editor .monaco-hover:not(.hidden) .hover-contents, .monaco-resizable-hover .monaco-hover .hover-contents')
      .first();
    for (let left = 4; left > 0; left--) {
      await this.page.keyboard.press('Control+K');
      await this.page.keyboard.press('Control+I');
      // A server that is still starting has nothing to say, and is not asked again by itself.
      if (await appears(hover, patience / 4)) return hover.innerText();
    }
    throw new Error('No hover opened.');
  }

  /** Chooses a code action by keyboard: in 1.100 a layer above the menu swallows clicks. */
  async codeAction(title: string): Promise<void> {
    const rows = await this.#openCodeActions();
    const wanted = rows.filter({ hasText: title });
    await wanted.first().waitFor();
    for (let left = await rows.count(); left > 0 && (await wanted.and(this.page.locator('.focused')).count()) === 0; left--) {
      await this.page.keyboard.press('ArrowDown');
    }
    await this.page.keyboard.press('Enter');
  }

  /** Titles of the actions that the light bulb offers at the cursor; the menu is closed again. */
  async codeActions(): Promise<string[]> {
    const rows = await this.#openCodeActions();
    const titles = await rows.allInnerTexts();
    await this.page.keyboard.press('Escape');
    return titles.map((title) => title.trim());
  }

  /** Asked once more while nothing opens: suggestions that come at the same time take the keys for themselves. */
  async #openCodeActions(): Promise<Locator> {
    const rows = this.page.locator('.action-widget .monaco-list-row.action');
    for (let left = 6; left > 0; left--) {
      await this.page.keyboard.press('Control+.');
      if (await appears(rows.first(), patience / 6)) return rows;
      await this.page.keyboard.press('Escape');
    }
    throw new Error('No code actions opened.');
  }

  /** Line and column of the cursor, from 1, as the status bar says them. */
  async cursor(): Promise<{ line: number; column: number }> {
    const text = await this.page.locator('.statusbar-item[id="status.editor.selection"]').innerText();
    const [, line, column] = /Ln (\d+), Col (\d+)/.exec(text) ?? [];
    return { line: Number(line), column: Number(column) };
  }

  /** The path above the editor, file first. */
  async breadcrumbs(): Promise<string[]> {
    const items = this.page.locator('.breadcrumbs-control .monaco-breadcrumb-item');
    return (await items.allInnerTexts()).map((text) => text.trim());
  }

  get lenses(): Locator {
    return this.page.locator('.monaco-editor .codelens-decoration');
  }

  /** Places that the peek view lists. */
  get peekedPlaces(): Locator {
    return this.page.locator('.zone-widget .ref-tree .monaco-list-row:has(.referenceMatch)');
  }

  get signatureHelp(): Locator {
    return this.page.locator('.parameter-hints-widget.visible .signature');
  }

  /** What the language status item of the active editor says. */
  async languageStatus(): Promise<string> {
    await this.page.locator('.statusbar-item[id="status.languageStatus"]').click();
    const hover = this.page.locator('.hover-language-status').first();
    await hover.waitFor();
    return (await this.page.locator('.hover-language-status').allInnerTexts()).join('\n');
  }

  // Views and panels

  /** Rows of the Problems panel, as a screen reader hears them. */
  async problems(): Promise<string[]> {
    await this.command('Problems: Focus on Problems View');
    const rows = this.page.locator('.markers-panel .monaco-list-row');
    await rows.first().waitFor();
    return Promise.all((await rows.all()).map(async (row) => (await row.getAttribute('aria-label')) ?? ''));
  }

  /** Opens a view container from the activity bar, unless it is open already. */
  async openContainer(title: string): Promise<void> {
    const item = this.page
      .locator('.activitybar .action-item')
      .filter({ has: this.page.locator(`a.action-label[aria-label^="${title}"]`) });
    await item.waitFor();
    if (!((await item.getAttribute('class')) ?? '').includes('checked')) await item.locator('a.action-label').click();
  }

  pane(view: string): Locator {
    return this.page.locator(`.pane:has(> .pane-header[aria-label^="${view}"])`);
  }

  tree(view: string): Locator {
    return this.pane(view).locator('.monaco-list-row[role="treeitem"]');
  }

  /** The row of a view whose label begins with `label`. */
  treeRow(view: string, label: string): Locator {
    return this.tree(view)
      .filter({ has: this.page.locator('.label-name', { hasText: exactly(label) }) })
      .first();
  }

  /** Label and description of each row that is on the screen, as one text. The aria-label is the tooltip. */
  async treeTexts(view: string): Promise<string[]> {
    const rows = this.tree(view).locator('.monaco-icon-label-container');
    return Promise.all(
      (await rows.all()).map(async (row) => (await row.locator('.label-name, .label-description').allInnerTexts()).join(' ').trim()),
    );
  }

  async expand(row: Locator): Promise<void> {
    if ((await row.getAttribute('aria-expanded')) === 'false') await row.locator('.monaco-tl-twistie').click();
  }

  /** Opens the context menu of a row; resolves to what stands in it. */
  async openMenu(row: Locator): Promise<string[]> {
    await row.click({ button: 'right' });
    const commands = this.page.locator('.monaco-menu .action-label:not(.separator)');
    await commands.first().waitFor();
    return commands.allInnerTexts();
  }

  async chooseInMenu(title: string): Promise<void> {
    await this.page
      .locator('.monaco-menu .action-label')
      .filter({ hasText: exactly(title) })
      .click();
  }

  // The rest of the window

  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  statusItem(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item').filter({ hasText: text });
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item').filter({ hasText: text }).first();
  }

  /**
   * Waits for a notification, at most `timeout` ms, and gives it: its toast, or where VS Code keeps it. No toast is shown of
   * the fourth within 800 ms, and one is taken away after 15 s, which may pass while a busy page looks.
   */
  async told(text: string | RegExp, timeout = patience): Promise<Locator> {
    const toast = this.notification(text);
    return (await appears(toast, patience / 3)) ? toast : this.#kept(text, timeout);
  }

  /** Presses a button of a notification. */
  async answer(text: string | RegExp, button: string): Promise<void> {
    const press = async (notification: Locator): Promise<void> =>
      notification.locator('.monaco-button', { hasText: exactly(button) }).click({ timeout: patience / 3 });
    await press(await this.told(text)).catch(async () => press(await this.#kept(text, patience)));
  }

  async #kept(text: string | RegExp, timeout: number): Promise<Locator> {
    await this.run('Notifications: Show Notifications');
    const kept = this.page.locator('.notifications-center .notification-list-item').filter({ hasText: text }).first();
    await kept.waitFor({ timeout });
    return kept;
  }

  /** What is on the screen of the active terminal. */
  async terminal(): Promise<string> {
    const rows = this.page.locator('.terminal-wrapper.active .xterm-rows > div');
    return (await rows.allInnerTexts()).join('\n').replaceAll('\u00A0', ' ');
  }

  /** The visible lines of the report that a command opened. */
  async report(): Promise<string> {
    const lines = this.page.locator('.editor-instance .monaco-editor[data-uri^="receptor-report"] .view-line');
    return (await lines.allInnerTexts()).join('\n').replaceAll('\u00A0', ' ');
  }

  /** The visible end of an output channel. */
  async output(channel: string): Promise<string> {
    await this.command('Output: Show Output Channels...');
    await this.pick(channel);
    const lines = this.page.locator('.output-view-container .view-line, .panel .monaco-editor .view-line');
    await lines.first().waitFor();
    return (await lines.allInnerTexts()).join('\n').replaceAll('\u00A0', ' ');
  }

  /** The webview whose page has `selector`: their frames lie in an overlay without a title, so only their content tells them apart. */
  async webview(selector: string): Promise<Frame> {
    for (const end = Date.now() + patience; Date.now() < end; await this.page.waitForTimeout(50)) {
      for (const outer of await this.page.locator('iframe.webview.ready').elementHandles()) {
        const frame = await outer
          .contentFrame()
          .then(async (content) => content?.$('iframe#active-frame'))
          .then(async (inner) => inner?.contentFrame())
          .catch(() => undefined);
        if (frame && (await frame.$(selector).catch(() => null))) return frame;
      }
    }
    throw new Error(`no webview shows ${selector}`);
  }

  /** Sets a colour theme by its label: "Dark Modern", "Light Modern", "Dark High Contrast". */
  async theme(label: string): Promise<void> {
    await this.command('Preferences: Color Theme');
    await this.quickBox.fill(label);
    await this.pick(label);
    await this.quickInput.waitFor({ state: 'hidden' });
  }
}
