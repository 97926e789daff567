// The topology's page in a real Chromium, with the built script and the policy that VS Code sets.
import type { Browser, Locator } from 'playwright-core';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeChanges, describeGraph, describeNode, describeTrace } from '../../client/src/topology/describe.ts';
import type { HostMessage } from '../../client/src/topology/messages.ts';
import { readWebviewMessage } from '../../client/src/topology/messages.ts';
import type { StatusReply } from '../../client/src/mesh/types.ts';
import { everyState, FakeSource, snapshotOf, treeReply } from '../client/topology/meshes.ts';
import { root } from '../harness/paths.ts';
import { hasChromium, launchBrowser } from '../harness/vscode-host/browser.ts';
import { themes, type ThemeName } from './themes.ts';
import { TopologyPage, type PageOptions } from './topologyPage.ts';

const shots = path.join(root, 'test/ui/shots');
const picture = (reply: StatusReply): HostMessage => describeGraph(new FakeSource(), snapshotOf(reply));
const changes = (before: StatusReply, after: StatusReply): HostMessage => describeChanges(snapshotOf(before), snapshotOf(after))!;
const details = (reply: StatusReply, id: string): HostMessage => ({ type: 'details', details: describeNode(snapshotOf(reply), id)! });

describe.skipIf(!hasChromium())('the topology', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
    mkdirSync(shots, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
  });

  /** A page that shows a mesh; it must end without an exception, a refusal by the policy or a request to elsewhere. */
  async function showing(reply: StatusReply, options: PageOptions, check: (topology: TopologyPage) => Promise<void>): Promise<void> {
    await using topology = await TopologyPage.open(browser, options);
    const source = new FakeSource(reply);
    await topology.show(describeGraph(source, source.current()));
    await topology.send({ type: 'status', state: 'live', text: '', takenAt: Date.now() });
    await check(topology);
    expect(await topology.sent('problem')).toEqual([]);
    expect(topology.faults).toEqual([]);
    expect(topology.outside).toEqual([]);
  }

  const items = (topology: TopologyPage): Locator => topology.page.locator('#tree > [role=treeitem]');
  const live = async (topology: TopologyPage): Promise<string> => (await topology.page.textContent('#live')) ?? '';
  const focused = async (topology: TopologyPage): Promise<string> =>
    topology.page.evaluate(
      "document.activeElement.id || document.activeElement.querySelector(':scope > .row')?.textContent || document.activeElement.getAttribute('aria-label')",
    );

  describe('the policy', () => {
    test('forbids inline code, inline style, eval and everything from elsewhere', async () => {
      await using topology = await TopologyPage.open(browser);
      const refused = await topology.page.evaluate(`(async () => {
        const refused = [];
        document.addEventListener('securitypolicyviolation', (event) => refused.push(event.effectiveDirective));
        const script = document.createElement('script');
        script.textContent = 'globalThis.ran = true';
        document.body.append(script);
        document.body.insertAdjacentHTML('beforeend', '<p style="color: red">styled</p><img src="/picture.png" onerror="globalThis.ran = true">');
        await fetch('/anything').catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 200));
        return { refused: refused.sort(), ran: globalThis.ran === true };
      })()`);
      expect(refused).toEqual({
        refused: expect.arrayContaining(['connect-src', 'img-src', 'script-src-elem', 'style-src-attr']),
        ran: false,
      });
    });
  });

  describe('the list', () => {
    test('has every node with its state, and opens to its links', () =>
      showing(everyState, {}, async (topology) => {
        await expect.poll(() => items(topology).count()).toBe(6);
        expect(await items(topology).allTextContents()).toEqual([
          'hub, this node, 2 links',
          'east, direct, 3 links',
          'west, direct, nothing heard of it lately, 2 links',
          'far, reachable via east, 2 links',
          'gone, unreachable, 1 link',
          'phantom, ghost: unreachable, no links known, nothing heard of it lately, no links',
        ]);
        await items(topology).nth(3).focus();
        await topology.page.keyboard.press('ArrowRight');
        expect(await items(topology).nth(3).locator('[role=treeitem]').allTextContents()).toEqual([
          'link to east, cost 3 there, 1 back, the ends disagree about the cost',
          'link to west, cost 5, converging: only one end tells of it',
        ]);
        await topology.page.keyboard.press('ArrowDown');
        expect(await focused(topology)).toContain('link to east');
        await topology.page.keyboard.press('ArrowLeft');
        expect(await focused(topology)).toContain('far');
        await topology.page.keyboard.press('ArrowLeft');
        expect(await items(topology).nth(3).locator('[role=treeitem]').count()).toBe(0);
      }));

    test('is what the accessibility tree has, also while it cannot be seen', () =>
      showing(everyState, {}, async (topology) => {
        await expect.poll(() => items(topology).count()).toBe(6);
        const tree = topology.page.getByRole('tree', { name: 'Nodes' });
        expect(await tree.getByRole('treeitem', { name: 'gone, unreachable' }).count()).toBe(1);
        expect(await topology.page.getByRole('application', { name: 'Mesh graph of fake mesh' }).count()).toBe(1);
      }));

    test('is shown while the keyboard is in it, and when it is asked for', () =>
      showing(everyState, {}, async (topology) => {
        const width = async (): Promise<number> => (await topology.page.locator('#outline').boundingBox())!.width;
        expect(await width()).toBeLessThan(2);
        await items(topology).first().focus();
        expect(await width()).toBeGreaterThan(100);
        await topology.page.focus('#search');
        expect(await width()).toBeLessThan(2);
        await topology.page.click('#list');
        expect(await width()).toBeGreaterThan(100);
      }));

    test('keeps the keyboard where it is when the mesh changes', () =>
      showing(treeReply(4), {}, async (topology) => {
        await items(topology).nth(2).focus();
        await topology.send(changes(treeReply(4), treeReply(8)));
        await expect.poll(() => items(topology).count()).toBe(8);
        expect(await focused(topology)).toContain('n002');
      }));

    test('keeps the keyboard in it when its node changes its place, its links or goes', () =>
      showing(everyState, {}, async (topology) => {
        await expect.poll(() => items(topology).count()).toBe(6);
        const farDirect: StatusReply = {
          ...everyState,
          Connections: [...everyState.Connections!, { NodeID: 'far', Cost: 1 }],
          RoutingTable: { ...everyState.RoutingTable, far: 'far' },
          KnownConnectionCosts: { ...everyState.KnownConnectionCosts, hub: { east: 1, west: 2, far: 1 }, far: { east: 3, hub: 1 } },
        };
        await items(topology).nth(3).focus();
        await topology.send(changes(everyState, farDirect));
        await expect.poll(() => items(topology).nth(2).textContent()).toContain('far, direct');
        expect(await focused(topology)).toContain('far, direct');

        await topology.page.keyboard.press('ArrowRight');
        await topology.page.keyboard.press('ArrowRight');
        expect(await focused(topology)).toContain('link to');
        await topology.send(changes(farDirect, everyState));
        await expect.poll(() => items(topology).nth(3).textContent()).toContain('far, reachable');
        expect(await focused(topology)).toContain('far, reachable');

        await items(topology).nth(5).focus();
        const noPhantom: StatusReply = {
          ...everyState,
          Advertisements: everyState.Advertisements!.filter(({ NodeID }) => NodeID !== 'phantom'),
        };
        await topology.send(changes(everyState, noPhantom));
        await expect.poll(() => items(topology).count()).toBe(5);
        expect(await focused(topology)).toContain('hub, this node');
      }));

    test('finds a node by its first letters', () =>
      showing(everyState, {}, async (topology) => {
        await items(topology).first().focus();
        await topology.page.keyboard.type('ph');
        expect(await focused(topology)).toContain('phantom');
      }));
  });

  describe('the keyboard', () => {
    test('walks through every node, and says each', () =>
      showing(treeReply(40), {}, async (topology) => {
        await topology.page.focus('#graph');
        const said = new Set<string>();
        for (let i = 0; i < 40; i++) {
          await topology.page.keyboard.press(i === 0 ? 'Home' : 'PageDown');
          said.add(await live(topology));
        }
        expect(said.size).toBe(40);
        expect([...said].every((text) => /^n\d{3}, (?:this node|direct|reachable via n\d{3}), \d+ links?$/.test(text))).toBe(true);
      }));

    test('goes to neighbours, selects, and takes it back', () =>
      showing(everyState, {}, async (topology) => {
        const { page } = topology;
        await page.focus('#graph');
        await page.keyboard.press('End');
        expect(await live(topology)).toContain('phantom');
        await page.keyboard.press('Home');
        await page.keyboard.press('Enter');
        await page.locator('#side h2', { hasText: 'hub' }).waitFor();
        expect(await topology.sent('select')).toEqual([{ type: 'select', node: 'hub' }]);
        expect(await items(topology).first().getAttribute('aria-selected')).toBe('true');
        await page.keyboard.press('Escape');
        expect(await page.locator('#side').isHidden()).toBe(true);
        expect((await topology.sent('select')).at(-1)?.['node']).toBeUndefined();
        // To each neighbour and back: the four arrows of a node with two links reach both of them.
        const reached = new Set<string>();
        for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']) {
          await page.keyboard.press('Home');
          await page.keyboard.press(key);
          reached.add((await live(topology)).split(',')[0]!);
        }
        expect([...reached]).toEqual(expect.arrayContaining(['east', 'west']));
      }));

    test('comes by Tab to toolbar, list, graph and side panel', () =>
      showing(everyState, {}, async (topology) => {
        await expect.poll(() => items(topology).count()).toBe(6);
        await topology.send({ type: 'reveal', node: 'east' });
        await topology.page.locator('#side h2').waitFor();
        await topology.page.focus('#search');
        const stops: string[] = [];
        for (let i = 0; i < 14; i++) {
          stops.push(await focused(topology));
          await topology.page.keyboard.press('Tab');
        }
        const toolbar = ['search', 'force', 'layered', 'arrange', 'zoom-out', 'zoom-in', 'fit', 'svg', 'png', 'list', 'help'];
        expect(stops).toEqual([...toolbar, 'east, direct, 3 links', 'graph', 'Close']);
      }));

    test('searches with a slash, goes through the matches, and comes back with Escape', () =>
      showing(everyState, {}, async (topology) => {
        const { page } = topology;
        await page.focus('#graph');
        await page.keyboard.press('/');
        await page.keyboard.type('control');
        expect(await page.textContent('#matches')).toBe('4 matches');
        await page.keyboard.press('Enter');
        expect(await page.textContent('#matches')).toBe('1 of 4');
        await page.keyboard.press('Enter');
        await page.locator('#side h2', { hasText: 'east' }).waitFor();
        await page.keyboard.press('Escape');
        expect([await focused(topology), await page.inputValue('#search'), await page.textContent('#matches')]).toEqual(['graph', '', '']);
      }));

    test('zooms, moves the view, and shows everything again', () =>
      showing(everyState, {}, async (topology) => {
        const { page } = topology;
        const viewport = async (): Promise<{ scale: number; x: number } | undefined> => {
          await topology.positions();
          return page.evaluate('fakeApi.state.viewport');
        };
        expect(await viewport()).toBeUndefined();
        await page.focus('#graph');
        await page.keyboard.press('+');
        const near = (await viewport())!;
        await page.keyboard.press('-');
        await page.keyboard.press('-');
        expect((await viewport())!.scale).toBeLessThan(near.scale);
        const before = (await viewport())!.x;
        await page.keyboard.press('Shift+ArrowRight');
        expect((await viewport())!.x).toBeLessThan(before);
        await page.keyboard.press('0');
        expect(await viewport()).toBeUndefined();
      }));
  });

  describe('the pointer', () => {
    test('selects a node, drags it, and drags the view', () =>
      showing(everyState, {}, async (topology) => {
        const { page } = topology;
        const places = await topology.positions();
        const canvas = (await page.locator('#canvas').boundingBox())!;
        // While everything is shown, the view follows from the places.
        const xs = [...places.values()].map(([x]) => x);
        const ys = [...places.values()].map(([, y]) => y);
        const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
        const scale = Math.min(1.4, (canvas.width - 96) / (right - left), (canvas.height - 96) / (bottom - top));
        const [x, y] = places.get('west')!;
        const at = {
          x: canvas.x + canvas.width / 2 + (x - (left + right) / 2) * scale,
          y: canvas.y + canvas.height / 2 + (y - (top + bottom) / 2) * scale,
        };
        await page.mouse.click(at.x, at.y);
        await page.locator('#side h2', { hasText: 'west' }).waitFor();
        await page.keyboard.press('Escape');
        await page.locator('#side').waitFor({ state: 'hidden' });
        await page.mouse.move(at.x, at.y);
        await page.mouse.down();
        await page.mouse.move(at.x + 40, at.y - 30, { steps: 4 });
        await page.mouse.up();
        const moved = await topology.positions();
        expect(moved.get('west')![0] - x).toBeCloseTo(40 / scale, -1);
        expect(moved.get('west')![1] - y).toBeCloseTo(-30 / scale, -1);
        for (const id of ['hub', 'east', 'far', 'gone', 'phantom']) expect(moved.get(id)).toEqual(places.get(id));
      }));
  });

  describe('a mesh that changes', () => {
    test.each(['force', 'layered'] as const)('keeps the places of the %s layout, and says what changed', (layout) =>
      showing(treeReply(12), {}, async (topology) => {
        await topology.page.click(`#${layout}`);
        await topology.page.waitForTimeout(300);
        await topology.rest();
        const before = await topology.positions();
        await topology.show(changes(treeReply(12), treeReply(15)));
        expect(await live(topology)).toBe('3 new nodes: n012, n013, n014.');
        const after = await topology.positions();
        expect(after.size).toBe(15);
        for (const [id, place] of before) expect(after.get(id), id).toEqual(place);
        const reply = treeReply(15);
        const { n014: _lost, ...table } = reply.RoutingTable!;
        await topology.send(changes(reply, { ...reply, RoutingTable: table }));
        await expect.poll(() => live(topology)).toBe('Now unreachable: n014.');
        expect(await topology.positions()).toEqual(after);
      }),
    );

    test('is found again as it was left, with places, view, selection and panes', async () => {
      let state: unknown;
      await showing(everyState, {}, async (topology) => {
        const { page } = topology;
        await page.click('#layered');
        await topology.send({ type: 'reveal', node: 'far' });
        await page.click('#list');
        await page.click('#help');
        await page.click('#zoom-in');
        await topology.positions();
        state = await page.evaluate('fakeApi.state');
      });
      await showing(everyState, { state }, async (topology) => {
        await topology.page.locator('#side h2', { hasText: 'far' }).waitFor();
        expect(await topology.page.locator('#legend').isVisible()).toBe(true);
        await topology.positions();
        expect(await topology.page.evaluate('fakeApi.state')).toEqual(state);
      });
      // After a reload of the window the connection comes later than the page.
      await using later = await TopologyPage.open(browser, { state });
      await later.show(describeGraph(new FakeSource(), undefined));
      await later.positions();
      await later.show(picture(everyState));
      await later.page.locator('#side h2', { hasText: 'far' }).waitFor();
      await later.positions();
      expect(await later.page.evaluate('fakeApi.state')).toEqual(state);
      expect(await live(later)).toBe('Selected far.');
    });

    test('keeps its last picture when the connection is down, and says so', () =>
      showing(everyState, {}, async (topology) => {
        await topology.send({ type: 'status', state: 'down', text: 'Down since 12:04: refused', takenAt: Date.now() - 60_000 });
        await expect.poll(() => topology.page.textContent('#status')).toBe('Down since 12:04: refused');
        expect(await topology.page.textContent('#age')).toMatch(/^6\d s ago$/);
        expect(await topology.page.textContent('#counts')).toBe('6 nodes, 1 unreachable, 1 ghost, 5 links');
      }));

    test('moves nothing step by step for those who want no motion', () =>
      showing(treeReply(40), { reducedMotion: true }, async (topology) => {
        expect((await topology.positions()).size).toBe(40);
      }));
  });

  describe('the side panel', () => {
    test('has route, services, work types, links and what can be asked', () =>
      showing(everyState, {}, async (topology) => {
        await topology.send({ type: 'reveal', node: 'east' });
        await topology.send(details(everyState, 'east'));
        const side = topology.page.locator('#side');
        await side.locator('dd', { hasText: 'hub → east' }).waitFor();
        const text = (await side.textContent()) ?? '';
        for (const part of [
          'Direct.',
          'controlstream',
          'type: Control Service',
          'ansible-runner signed',
          'far cost 1 there, 3 back'.slice(3),
        ].map((part) => part.replace('control', 'control ')))
          expect(text).toContain(part);
        await side.getByRole('button', { name: 'Traceroute' }).click();
        expect(await topology.sent('action')).toEqual([{ type: 'action', action: 'traceroute', node: 'east' }]);
        await side.getByRole('button', { name: 'gone' }).click();
        await side.locator('h2', { hasText: 'gone' }).waitFor();
      }));

    test('has version and size of the answering node', () =>
      showing(everyState, {}, async (topology) => {
        await topology.send({ type: 'reveal', node: 'hub' });
        await topology.send(details(everyState, 'hub'));
        await topology.page.locator('#side dd', { hasText: '1.6.9' }).waitFor();
        expect(await topology.page.textContent('#side dl')).toContain('16,000 MiB');
      }));

    test('has the hops of a traceroute until it is removed', () =>
      showing(everyState, {}, async (topology) => {
        const trace = describeTrace('far', [
          { From: 'hub', Time: 90_000 },
          { From: 'west', Time: 400_000 },
          { From: 'far', Time: 900_000, Error: 'timeout' },
        ]);
        await topology.send({ type: 'trace', trace });
        await expect
          .poll(() => topology.page.locator('#side .trace li').allTextContents())
          .toEqual(['hub 0.1 ms', 'west 0.4 ms', 'far 0.9 ms timeout']);
        expect(await live(topology)).toContain('Traceroute to far: hub 0.1 ms');
        await topology.page.getByRole('button', { name: 'Remove the traceroute' }).click();
        expect(await topology.page.locator('#side').isHidden()).toBe(true);
        expect(await topology.sent('clearTrace')).toHaveLength(1);
      }));
  });

  describe('exports', () => {
    test('SVG: a picture by itself that Chromium draws', () =>
      showing(everyState, {}, async (topology) => {
        await topology.page.click('#svg');
        const [message] = await topology.sent('export');
        const svg = String(message?.['text']);
        expect(svg).toMatch(/^<\?xml version="1.0"/);
        for (const id of ['hub', 'east', 'west', 'far', 'gone', 'phantom']) expect(svg).toContain(`>${id}</text>`);
        const error = await topology.page.evaluate(`(() => {
          const parsed = new DOMParser().parseFromString(fakeApi.sent.find(({ type }) => type === 'export').text, 'image/svg+xml');
          return parsed.querySelector('parsererror')?.textContent ?? '';
        })()`);
        expect(error).toBe('');
        const viewer = await browser.newPage({ viewport: { width: 900, height: 800 } });
        await viewer.goto(`data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`);
        await viewer.screenshot({ path: path.join(shots, 'topology-export.png') });
        await viewer.close();
      }));

    test('PNG: bytes that the panel takes, larger than the screen shows it', () =>
      showing(everyState, {}, async (topology) => {
        await topology.page.click('#png');
        await expect.poll(async () => (await topology.sent('export')).length).toBe(1);
        const bytes = await topology.page.evaluate<number[]>('Array.from(fakeApi.sent.find(({ type }) => type === "export").bytes)');
        expect(bytes.slice(0, 8)).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
        expect(readWebviewMessage({ type: 'export', format: 'png', bytes: new Uint8Array(bytes) })).toBeDefined();
        expect(Buffer.from(bytes).readUInt32BE(16)).toBeGreaterThan(400);
      }));
  });

  describe('hostile names', () => {
    const bad = '<img src=x onerror="globalThis.ran=1">';
    const turned = 'admin\u202egnp.\u0000\u001b[31m';
    const hostile: StatusReply = {
      NodeID: bad,
      Connections: [
        { NodeID: turned, Cost: 1 },
        { NodeID: '__proto__', Cost: 1 },
        { NodeID: `</script><svg onload=globalThis.ran=1>${'x'.repeat(5000)}`, Cost: 1 },
      ],
      RoutingTable: { [turned]: turned, constructor: turned },
      Advertisements: [
        {
          NodeID: turned,
          Service: '<b>bold</b>\u200b',
          Time: 'not a time',
          ConnType: 99,
          Tags: { '<i>': '<script>globalThis.ran=1</script>\n' },
          WorkCommands: [{ WorkType: '"><img src=y>', Secure: true }],
        },
      ],
    };

    test('are text everywhere, with what is unseen made visible', () =>
      showing(hostile, {}, async (topology) => {
        const { page } = topology;
        await expect.poll(() => items(topology).count()).toBe(5);
        await topology.send({ type: 'reveal', node: turned });
        await topology.send(details(hostile, turned));
        await page.locator('#side h2', { hasText: 'admin<U+202E>gnp.<U+0000><U+001B>[31m' }).waitFor();
        const text = (await page.textContent('#side')) ?? '';
        for (const part of ['<b>bold</b><U+200B>', 'type 99', '<i>: <script>globalThis.ran=1</script><U+000A>', '"><img src=y> signed'])
          expect(text).toContain(part);
        await topology.send({
          type: 'trace',
          trace: describeTrace(bad, [{ From: bad, Time: 1, Error: '<img src=z onerror=globalThis.ran=1>' }]),
        });
        await page.locator('.trace').waitFor();
        await topology.send({ type: 'status', state: 'down', text: '<img src=q>\u202e' });
        await expect.poll(() => page.textContent('#status')).toBe('<img src=q><U+202E>');
        await page.click('#svg');
        await page.screenshot({ path: path.join(shots, 'topology-hostile.png') });
        expect(await page.evaluate("[document.querySelectorAll('img, svg, b, i, script:not([src])').length, globalThis.ran]")).toEqual([
          0,
          undefined,
        ]);
        expect(await page.evaluate('document.documentElement.outerHTML')).not.toMatch(/[\u0000\u001b\u200b\u202e]/);
        const parsed = await page.evaluate(`(() => {
          const svg = new DOMParser().parseFromString(fakeApi.sent.find(({ type }) => type === 'export').text, 'image/svg+xml');
          return [...new Set([...svg.querySelectorAll('*')].map(({ localName }) => localName))];
        })()`);
        expect(['svg', 'title', 'rect', 'g', 'path', 'circle', 'polygon', 'text']).toEqual(expect.arrayContaining(parsed as string[]));
      }));

    test('a message that is none is ignored and reported', async () => {
      await using topology = await TopologyPage.open(browser);
      await topology.show(picture(everyState));
      await topology.page.evaluate('window.postMessage({ type: "graph", nodes: [{ id: 7 }] }, "*")');
      await expect.poll(async () => (await topology.sent('problem')).length).toBe(1);
      expect(await topology.page.textContent('#counts')).toContain('6 nodes');
    });
  });

  describe.each(Object.keys(themes) as ThemeName[])('in %s', (theme) => {
    test('uses the colours of the theme, and follows when it changes', () =>
      showing(everyState, { theme, width: 1100, height: 700 }, async (topology) => {
        const { page } = topology;
        await topology.send({ type: 'reveal', node: 'far' });
        await topology.send(details(everyState, 'far'));
        await topology.send({
          type: 'trace',
          trace: describeTrace('far', [
            { From: 'hub', Time: 90_000 },
            { From: 'west', Time: 400_000 },
            { From: 'far', Time: 900_000 },
          ]),
        });
        await page.click('#help');
        await page.focus('#graph');
        await page.locator('.trace').waitFor();
        await page.screenshot({ path: path.join(shots, `topology-${theme}.png`) });
        const corner = async (): Promise<string> => {
          await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
          return page.evaluate<string>(
            `'#' + [...document.querySelector('#canvas').getContext('2d').getImageData(3, 3, 1, 1).data.slice(0, 3)].map((part) => part.toString(16).padStart(2, '0')).join('')`,
          );
        };
        expect(await corner()).toBe(themes[theme].variables['editor-background']);
        await page.evaluate(`document.documentElement.style.setProperty('--vscode-editor-background', '#123456')`);
        await expect.poll(corner).toBe('#123456');
      }));
  });
});
