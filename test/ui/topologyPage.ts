/**
 * The topology's page with the built script, in a plain Chromium: served over loopback with the Content-Security-Policy
 * that VS Code gets, and a stand-in for the API that VS Code gives to webviews.
 */
import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { HostMessage } from '../../client/src/topology/messages.ts';
import { contentSecurityPolicy, topologyPage } from '../../client/src/topology/page.ts';
import { root } from '../harness/paths.ts';
import { themes, type ThemeName } from './themes.ts';

/** What the stand-in keeps in the page. */
export interface FakeApi {
  readonly sent: { readonly type: string; readonly [key: string]: unknown }[];
  state: unknown;
}

// What of the browser's world is used in here; the tests are compiled without it.
declare const window: { postMessage(message: unknown, targetOrigin: string): void };

declare global {
  // oxlint-disable-next-line no-var -- how a global is declared
  var fakeApi: FakeApi;
}

export interface PageOptions {
  readonly theme?: ThemeName;
  /** What an earlier page saved. */
  readonly state?: unknown;
  readonly width?: number;
  readonly height?: number;
  readonly reducedMotion?: boolean;
}

/** Once for all pages, so that a build that runs meanwhile disturbs no test. */
let files: { readonly script: Buffer; readonly style: Buffer } | undefined;
function readFiles(): NonNullable<typeof files> {
  const script = path.join(root, 'dist/topology.js');
  if (!existsSync(script)) throw new Error('dist/topology.js is missing: run `node build.mjs` first');
  return { script: readFileSync(script), style: readFileSync(path.join(root, 'client/media/topology.css')) };
}

const nonce = 'abcdef0123456789';

/** As VS Code does: variables on the root element and classes on the body, before the page's script runs. Text, since it runs in the page. */
const standIn = (theme: (typeof themes)[ThemeName], state: unknown): string => `
  const theme = ${JSON.stringify(theme)};
  const api = { sent: [], state: ${JSON.stringify(state) ?? 'undefined'} };
  globalThis.fakeApi = api;
  globalThis.acquireVsCodeApi = () => {
    for (const [name, value] of Object.entries(theme.variables)) document.documentElement.style.setProperty('--vscode-' + name, value);
    document.body.classList.add(...theme.classes);
    return {
      postMessage: (message) => api.sent.push(message),
      getState: () => api.state,
      setState: (value) => (api.state = structuredClone(value)),
    };
  };`;

export class TopologyPage implements AsyncDisposable {
  readonly page: Page;
  /** Exceptions and refusals by the policy. */
  readonly faults: string[] = [];
  /** Requests to anything but the page's own files. */
  readonly outside: string[] = [];
  readonly #close: () => Promise<void>;

  private constructor(page: Page, close: () => Promise<void>) {
    this.page = page;
    this.#close = close;
  }

  static async open(browser: Browser, options: PageOptions = {}): Promise<TopologyPage> {
    files ??= readFiles();
    const { script, style } = files;
    const server = createServer((request, response) => {
      if (request.url === '/topology.js') return response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
      if (request.url === '/topology.css') return response.writeHead(200, { 'content-type': 'text/css' }).end(style);
      const styleSource = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      response.writeHead(request.url === '/' ? 200 : 404, {
        'content-type': 'text/html',
        'content-security-policy': contentSecurityPolicy({ nonce, styleSource }),
      });
      return response.end(topologyPage({ nonce, styleSource, scriptUri: '/topology.js', styleUri: '/topology.css' }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1200, height: options.height ?? 800 },
      reducedMotion: options.reducedMotion === true ? 'reduce' : 'no-preference',
    });
    const page = await context.newPage();
    const made = new TopologyPage(page, async () => {
      await context.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    page.on('pageerror', (error) => made.faults.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('404')) made.faults.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(`${origin}/`)) made.outside.push(request.url());
    });
    await page.addInitScript({ content: standIn(themes[options.theme ?? 'dark'], options.state) });
    await page.goto(`${origin}/`);
    await page.waitForFunction(() => globalThis.fakeApi.sent.some(({ type }) => type === 'ready'));
    return made;
  }

  /** As the extension host does. */
  async send(message: HostMessage): Promise<void> {
    await this.page.evaluate((message) => window.postMessage(message, '*'), JSON.parse(JSON.stringify(message)) as object);
  }

  /** Sends the picture and waits until the layout rests and the page has remembered it. */
  async show(message: HostMessage): Promise<void> {
    await this.page.evaluate(() => performance.clearMarks('topology:settled'));
    await this.send(message);
    await this.rest();
  }

  async rest(): Promise<void> {
    await this.page.waitForFunction(() => performance.getEntriesByName('topology:settled').length > 0);
  }

  /** What the webview sent of one type. */
  async sent(type: string): Promise<FakeApi['sent']> {
    return this.page.evaluate((type) => globalThis.fakeApi.sent.filter((message) => message.type === type), type);
  }

  /** Positions by node id, as the page remembers them. */
  async positions(): Promise<Map<string, readonly [number, number]>> {
    // The page writes them a moment after they changed.
    await this.page.waitForTimeout(400);
    const state = await this.page.evaluate(() => globalThis.fakeApi.state);
    const { positions } = state as { positions: [string, number, number][] };
    return new Map(positions.map(([id, x, y]) => [id, [x, y]]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}
