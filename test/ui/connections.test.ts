// Connections as a user makes them: by the form, from an open config, several at once; and what every failure looks like.
import { createPrivateKey } from 'node:crypto';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bigStatus } from '../client/mesh/big.ts';
import { CertificateAuthority } from '../harness/certificates.ts';
import { answering, fakeService } from '../harness/hostile.ts';
import { startMesh } from '../harness/mesh.ts';
import type { Mesh } from '../harness/mesh.ts';
import { packedVsix } from '../harness/packed.ts';
import { withoutOverride } from '../harness/processes.ts';
import { hasReceptor, newestReceptor } from '../harness/receptor.ts';
import { hasChromium, launchBrowser } from '../harness/vscode-host/browser.ts';
import { startServer } from '../harness/vscode-host/server.ts';
import type { VSCodeServer } from '../harness/vscode-host/server.ts';
import { shotOnFailure } from './failures.ts';
import { Workbench } from './workbench.ts';

const patience = { timeout: 60_000 };
const passphrase = 'correct horse';
const day = 86_400_000;
/** The user `nobody`. */
const nobody = 65_534;
/** The editor of a root that opens what belongs to others shows no refusal. */
const refusing = withoutOverride();

describe.skipIf(!hasChromium() || !hasReceptor(newestReceptor))('connections', () => {
  let dir: string;
  let mesh: Mesh;
  let server: VSCodeServer;
  let browser: Browser;
  let workbench: Workbench;
  let files: { ca: string; cert: string; key: string; locked: string };
  const servers: Server[] = [];

  shotOnFailure(() => workbench);

  /** Listens on a port of loopback, or on a socket file; resolves to its address. */
  const listen = async (onSocket: Parameters<typeof createServer>[1], file?: string): Promise<string> => {
    const listening = createServer((socket) => {
      socket.on('error', () => {});
      onSocket?.(socket);
    });
    servers.push(listening);
    const ready = new Promise<void>((resolve) => listening.once('listening', resolve));
    listening.listen(file ?? { port: 0, host: '127.0.0.1' });
    await ready;
    if (file !== undefined) return `unix:${file}`;
    return `tcp://127.0.0.1:${(listening.address() as { port: number }).port}`;
  };
  /** A TLS server that turns everybody down, with this alert. */
  const tlsAlert = async (alert: number): Promise<string> => {
    const address = await listen((socket) => void socket.once('data', () => socket.end(Uint8Array.of(0x15, 3, 3, 0, 2, 2, alert))));
    return address.replace('tcp', 'tls');
  };
  const inDir = (name: string): string => path.join(dir, name);
  const portOf = (pattern: RegExp): string => pattern.exec(readFileSync(inDir('secure.yml'), 'utf8'))![1]!;
  const servicePort = (service: string): string => portOf(new RegExp(`service: ${service}\\b[^]*?tcplisten: "?127\\.0\\.0\\.1:(\\d+)`));
  const tlsPort = (): string => servicePort('mutual');
  const plainPort = (): string => servicePort('plain');

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'connections-'));
    const ca = new CertificateAuthority(dir);
    const here = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], nodeIds: ['secure'] };
    const served = ca.issue('served', here);
    const named = ca.issue('named', { dnsNames: ['elsewhere.example'], nodeIds: ['secure'] });
    const old = ca.issue('old', { ...here, notBefore: new Date(Date.now() - 3 * day), notAfter: new Date(Date.now() - day) });
    const { cert, key } = ca.issue('client', { nodeIds: ['me'] });
    files = { ca: ca.cert, cert, key, locked: inDir('locked.key') };
    const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase } as const;
    writeFileSync(files.locked, createPrivateKey(readFileSync(key)).export(options));
    const config = [
      '- node: {id: secure}',
      '- tcp-listener: {port: 3000}',
      `- tls-server: {name: served, cert: ${served.cert}, key: ${served.key}, requireclientcert: true, clientcas: ${ca.cert}, skipreceptornamescheck: true}`,
      `- tls-client: {name: me, rootcas: ${ca.cert}, cert: ${cert}, key: ${key}, skipreceptornamescheck: true}`,
      `- tls-server: {name: named, cert: ${named.cert}, key: ${named.key}, skipreceptornamescheck: true}`,
      `- tls-server: {name: old, cert: ${old.cert}, key: ${old.key}, skipreceptornamescheck: true}`,
      '- control-service: {service: mutual, tcplisten: "127.0.0.1:3001", tcptls: served}',
      '- control-service: {service: plain, tcplisten: "127.0.0.1:3002"}',
      '- control-service: {service: named, tcplisten: "127.0.0.1:3003", tcptls: named}',
      '- control-service: {service: old, tcplisten: "127.0.0.1:3004", tcptls: old}',
      '',
    ].join('\n');
    const other = '- node: {id: other}\n- tcp-listener: {port: 3100}\n- control-service: {service: control, filename: /tmp/other.sock}\n';
    [mesh, browser] = await Promise.all([
      startMesh({ 'secure.yml': config, 'other.yml': other }, { configDir: dir, linked: false, sockets: false }),
      launchBrowser(),
    ]);
    const at = (name: string, service: string, more: object = {}): object => ({
      name,
      address: `tls://127.0.0.1:${servicePort(service)}`,
      tls: { rootcas: ca.cert, ...more },
    });
    const profiles = [
      at('no-certificate', 'mutual'),
      at('strange-certificate', 'mutual', new CertificateAuthority(dir, 'stranger').issue('strange', { nodeIds: ['me'] })),
      at('other-name', 'named'),
      at('expired', 'old'),
      at('no-file', 'mutual', { cert: inDir('gone.crt'), key }),
    ];
    server = await startServer({
      vsix: [packedVsix()],
      settings: { 'receptor.offerToConnect': false, 'receptor.connections': profiles },
      ...(refusing === undefined ? {} : { through: refusing }),
    });
    workbench = await Workbench.open(browser, server, dir);
    await workbench.openContainer('Receptor');
  }, 300_000);

  afterAll(async () => {
    for (const one of servers) one.close();
    await browser?.close();
    await server?.stop();
    await mesh?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const dismiss = async (): Promise<void> => workbench.run('Notifications: Clear All Notifications');
  const answer = async (title: RegExp, text: string): Promise<void> => {
    await workbench.quickTitle(title).waitFor();
    await workbench.quickBox.fill(text);
    await workbench.page.keyboard.press('Enter');
  };
  /** To an address that is typed, or to a saved connection that is chosen by its name. */
  const connectTo = async (address: string): Promise<void> => {
    await workbench.run('Receptor: Connect');
    await workbench.quickTitle(/Connect to a control service/).waitFor();
    if (address.includes(':')) await workbench.quickBox.fill(address);
    await workbench.choose(address);
  };
  const rows = async (): Promise<string[]> => workbench.treeTexts('Mesh');

  test('a command that cannot run says what is missing, and shows the way there', async () => {
    await workbench.run('Receptor: Show Status');
    await workbench.told('Receptor: Show Status needs a connection to a node.');
    await workbench.answer('needs a connection to a node.', 'Connect');
    await workbench.quickTitle(/Connect to a control service/).waitFor();
    await workbench.page.keyboard.press('Escape');
  });

  test('of a large mesh a thousand rows are listed, and below them the rest', async () => {
    const service = await fakeService(
      answering((line) => `${line.includes('"work"') ? '{}' : JSON.stringify(bigStatus(2500, { now: Date.now() }))}\n`),
    );
    try {
      await connectTo(service.address);
      const home = workbench.treeRow('Mesh', 'node-00000.example.org');
      await home.waitFor(patience);
      await home.click();
      await workbench.page.keyboard.press('End');
      const more = workbench.treeRow('Mesh', '1500 more nodes');
      await more.waitFor(patience);
      await workbench.shot('mesh-large');
      await workbench.page.keyboard.press('ArrowRight');
      const rest = workbench.treeRow('Mesh', '500 more nodes');
      const toEnd = async (): Promise<boolean> => {
        await workbench.page.keyboard.press('End'); // the end moves away once the rows came
        return rest.isVisible();
      };
      await expect.poll(toEnd, patience).toBe(true);
    } finally {
      await workbench.run('Receptor: Disconnect');
      await workbench.pane('Mesh').locator('text=Not connected to a receptor node').waitFor(patience);
      await service.stop();
    }
  });

  test('a form asks for address, TLS files and name, and for the passphrase of an encrypted key', async () => {
    await workbench.run('Receptor: Add Connection');
    await answer(/Add a connection \(1\/4\)/, `tls://127.0.0.1:${tlsPort()}`);
    await workbench.quickTitle(/Add a connection/).waitFor();
    await workbench.choose('Certificates in files');
    await workbench.quickInput.filter({ hasText: /File of root CAs/ }).waitFor();
    await answer(/Add a connection/, files.ca);
    await workbench.quickInput.filter({ hasText: /Client certificate/ }).waitFor();
    await answer(/Add a connection/, files.cert);
    await workbench.quickInput.filter({ hasText: /Its private key/ }).waitFor();
    await answer(/Add a connection/, files.locked);
    await answer(/Add a connection \(2\/4\)/, 'locked');
    await workbench.quickTitle(/Add a connection \(3\/4\)/).waitFor();
    await workbench.choose('purple');
    await workbench.quickTitle(/Add a connection \(4\/4\)/).waitFor();
    await workbench.choose('Save in the user settings');
    await workbench.quickTitle(/Passphrase of the private key for locked/).waitFor();
    await workbench.shot('connection-passphrase');
    await answer(/Passphrase of the private key/, passphrase);
    await expect.poll(rows, patience).toContainEqual(expect.stringMatching(/^secure this node/));
    await workbench.shot('connection-tls');
  });

  test('the passphrase is kept as a secret: it is asked once, and is in no settings', async () => {
    const settings = readFileSync(path.join(server.dir, 'data/User/settings.json'), 'utf8');
    expect(settings).toContain('locked.key');
    expect(settings).not.toContain(passphrase);
    await workbench.run('Receptor: Disconnect');
    await workbench.pane('Mesh').locator('text=Not connected to a receptor node').waitFor();
    await workbench.run('Receptor: Connect');
    await workbench.quickTitle(/Connect to a control service/).waitFor();
    await workbench.choose('locked');
    await expect.poll(rows, patience).toContainEqual(expect.stringMatching(/^secure this node/));
    await workbench.run('Receptor: Disconnect');
    await workbench.pane('Mesh').locator('text=Not connected to a receptor node').waitFor();
  });

  test('an open config is connected to with its own tls-client', async () => {
    await workbench.openFile('secure.yml');
    await workbench.run('Receptor: Connect to the Node of This Config');
    await workbench.quickTitle(/Control services of secure\.yml/).waitFor();
    await workbench.choose(`tls://127.0.0.1:${tlsPort()}`);
    await expect.poll(rows, patience).toContainEqual(expect.stringMatching(/^secure this node/));
  });

  test('several at once each have a row; commands mean the active one', async () => {
    await connectTo(`unix:${mesh.node('other').socket}`);
    await expect.poll(rows, patience).toContainEqual(expect.stringMatching(/^other active · 1 node/));
    expect(await rows()).toContainEqual(expect.stringMatching(/^secure 1 node/));
    await workbench.shot('connections-several');
  });

  test('one that is lost says so, since when, and when it is tried again; and comes back by itself', async () => {
    await mesh.node('other').kill();
    const message = workbench.pane('Mesh').locator('text=/Not connected since .* Next try (?:now|in \\d+ s)/');
    await message.waitFor();
    await workbench.told(/was lost, and is tried again/);
    expect(await rows()).toContainEqual(expect.stringMatching(/^other this node/)); // the last good picture
    await workbench.shot('connection-lost');
    await mesh.node('other').start();
    await message.waitFor({ state: 'hidden', timeout: 60_000 });
    await expect.poll(rows, patience).toContainEqual(expect.stringMatching(/^other active · 1 node/));
    await dismiss();
  });

  const failures: [name: string, address: () => Promise<string> | string, words: RegExp][] = [
    ['absent', () => `unix:${inDir('absent.sock')}`, /absent\.sock" does not exist\. Start receptor/],
    ['no-folder', () => `unix:${inDir('no/such/receptor.sock')}`, /not even its folder/],
    [
      'no-socket',
      () => {
        writeFileSync(inDir('file.sock'), '');
        return `unix:${inDir('file.sock')}`;
      },
      /file\.sock" is a file, not a socket/,
    ],
    [
      'stale',
      async () => {
        await mesh.node('other').kill();
        return `unix:${mesh.node('other').socket}`;
      },
      /is stale: it is left from a daemon/,
    ],
    [
      'permission-denied',
      async () => {
        const file = inDir('theirs.sock');
        const address = await listen(() => {}, file);
        if (process.getuid?.() === 0) chownSync(file, nobody, nobody);
        chmodSync(file, process.getuid?.() === 0 ? 0o600 : 0);
        return address;
      },
      /You may not use the socket .*it belongs to uid \d+, gid \d+, with mode 0\d00; you are /,
    ],
    ['path-too-long', () => `unix:${inDir(`${'long-'.repeat(30)}.sock`)}`, /a socket path has at most 107/],
    ['refused', () => 'tcp://127.0.0.1:1', /nothing listens on port 1/],
    ['unreachable', () => 'tcp://255.255.255.255:1', /can't be reached \(/], // no TCP to everybody
    ['dns', () => 'tcp://no-such-host.invalid:2222', /no-such-host\.invalid" does not resolve/],
    ['broken-off', () => listen((socket) => socket.end('Receptor Control, no')), /in the middle of its banner/],
    ['http', () => listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')), /it is an HTTP server/],
    ['tls-on-plain', () => `tls://127.0.0.1:${plainPort()}`, /does not answer in TLS/],
    ['plain-on-tls', () => `tcp://127.0.0.1:${tlsPort()}`, /speaks TLS/],
    ['untrusted', () => `tls://127.0.0.1:${tlsPort()}`, /not signed by a CA that is trusted here/],
    ['client-certificate-required', () => 'no-certificate', /demands a client certificate/],
    ['client-certificate-rejected', () => 'strange-certificate', /does not accept our client certificate/],
    ['name-mismatch', () => 'other-name', /is not for the name "127\.0\.0\.1" \(it has .*elsewhere\.example/],
    ['expired', () => 'expired', /The certificate of .* has expired/],
    ['tls-files', () => 'no-file', /`cert` can't be read: ENOENT.*gone\.crt/],
    ['tls-version', () => tlsAlert(70), /no TLS version in common/],
    ['tls-failed', () => tlsAlert(80), /TLS with .* failed: .*internal error/],
    ['mesh-listener', () => `tcp://127.0.0.1:${portOf(/tcp-listener:[^]*?port: (\d+)/)}`, /not a receptor control service/],
    ['silent', () => listen(() => {}), /accepted the connection and then said nothing/],
  ];
  const possible = failures.filter(([name]) => name !== 'permission-denied' || refusing !== undefined);
  test.each(possible)('the cause of a connection that fails is told: %s', async (name, address, words) => {
    await connectTo(await address());
    const shown = await workbench.told(/Not connected(?: to [\w-]+)?: /, patience.timeout);
    await workbench.shot(`connection-error-${name}`);
    expect(await shown.innerText()).toMatch(words);
    await dismiss();
  });

  test('broke nothing', () => {
    expect(workbench.errors).toEqual([]);
  });
});
