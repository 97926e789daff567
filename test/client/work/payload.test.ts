import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPayload, PayloadError, readParameter } from '../../../client/src/work/payload.ts';

let dir: string;
beforeAll(() => void (dir = mkdtempSync(path.join(tmpdir(), 'payload-'))));
afterAll(() => rmSync(dir, { recursive: true }));

const file = (name: string, content: Uint8Array | string): string => {
  const target = path.join(dir, name);
  writeFileSync(target, content);
  return target;
};

describe('openPayload', () => {
  it('sizes text in bytes', async () => {
    const payload = await openPayload({ kind: 'text', text: 'grüße', label: 'selection of a.txt' });
    expect(payload).toMatchObject({ size: 7, label: 'selection of a.txt' });
    expect((await buffer(payload.stream())).toString()).toBe('grüße');
  });

  it('is nothing for nothing', async () => {
    const payload = await openPayload({ kind: 'none' });
    expect(payload.size).toBe(0);
    expect(await buffer(payload.stream())).toHaveLength(0);
  });

  it.each([0, 1, 65_536, 65_537, 1_000_003])('streams a file of %i bytes and tells how far it is', async (size) => {
    const content = randomBytes(size);
    const payload = await openPayload({ kind: 'file', path: file(`f${size}`, content) });
    expect(payload.size).toBe(size);
    const steps: number[] = [];
    expect((await buffer(payload.stream((bytes) => steps.push(bytes)))).equals(content)).toBe(true);
    expect(steps.at(-1) ?? 0).toBe(size);
    await payload.close();
  });

  it('sends a file that grows as it was sized', async () => {
    const target = file('log', 'one\n');
    const payload = await openPayload({ kind: 'file', path: target });
    appendFileSync(target, 'two\n');
    expect((await buffer(payload.stream())).toString()).toBe('one\n');
  });

  it('fails for a file that shrinks', async () => {
    const target = file('shrinks', randomBytes(300_000));
    const payload = await openPayload({ kind: 'file', path: target });
    truncateSync(target, 70_000);
    await expect(buffer(payload.stream())).rejects.toThrow(/became shorter while it was sent: 70000 of 300000 bytes/);
  });

  it('says why it can not be read', async () => {
    mkdirSync(path.join(dir, 'folder'));
    execFileSync('mkfifo', [path.join(dir, 'pipe')]);
    const message = async (name: string): Promise<string> =>
      openPayload({ kind: 'file', path: path.join(dir, name) }).then(
        () => 'readable',
        (error: unknown) => (error instanceof PayloadError ? error.message.replace(`${dir}/`, '') : String(error)),
      );
    expect(await message('nosuch')).toBe('nosuch does not exist.');
    expect(await message('folder')).toBe('folder is a folder: name a single file.');
    expect(await message('pipe')).toMatch(/^pipe is not a regular file/);
  });

  it('closes a file that is never streamed', async () => {
    const payload = await openPayload({ kind: 'file', path: file('unused', 'x') });
    await payload.close();
    await payload.close();
    await expect(buffer(payload.stream())).rejects.toThrow();
  });
});

describe('readParameter', () => {
  const longest = 1024 * 1024;

  it.each([0, 1, 65_536, longest])('reads a file of %i bytes', async (size) => {
    expect(await readParameter(file(`p${size}`, 'ä'.repeat(size / 2) + 'x'.repeat(size % 2)))).toHaveLength(Math.ceil(size / 2));
  });

  it('changes no byte: what is no UTF-8 is refused', async () => {
    expect(await readParameter(file('bom', '\ufeffpa\u00df\r\n'))).toBe('\ufeffpa\u00df\r\n');
    await expect(readParameter(file('latin1', Buffer.from('pa\u00df', 'latin1')))).rejects.toThrow(/latin1 is no UTF-8 text/);
  });

  it('reads a file that tells no size', async () => expect(await readParameter('/proc/self/status')).toMatch(/^Name:/));

  it.each(['/dev/zero', '/dev/full'])('does not read %s, which never ends', async (name) =>
    expect(readParameter(name)).rejects.toThrow(`${name} is not a regular file`),
  );

  it('waits for nobody at a named pipe', async () => {
    execFileSync('mkfifo', [path.join(dir, 'parameter-pipe')]);
    await expect(readParameter(path.join(dir, 'parameter-pipe'))).rejects.toThrow(/parameter-pipe is not a regular file/);
  });

  it('reads no file that is too long for a parameter', async () => {
    await expect(readParameter(file('long', Buffer.alloc(longest + 1)))).rejects.toThrow(/long is too long for a parameter/);
    const sparse = file('sparse', '');
    truncateSync(sparse, 2 ** 40);
    await expect(readParameter(sparse)).rejects.toThrow(PayloadError);
  });
});
