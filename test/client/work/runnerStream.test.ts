import { describe, expect, it } from 'vitest';
import { ArchiveDecoder, RunnerStream } from '../../../client/src/work/runnerStream.ts';
import { seeded } from '../../harness/random.ts';

const zip = Buffer.from('PK\u0003\u0004 pretend that this is an archive\n{"eof": true}\n');
const stream = Buffer.from(
  [
    '{"status": "starting", "command": ["ansible-playbook"], "env": {"SECRET": "x"}}\n',
    '{"uuid": "1", "counter": 1, "stdout": "", "event": "playbook_on_start"}\n',
    '{"uuid": "2", "counter": 2, "stdout": "\\r\\nPLAY [all] ***", "event": "playbook_on_play_start"}\n',
    '{"uuid": "3", "counter": 3, "stdout": "ok: [ä]", "event": "runner_on_ok"}\n',
    'something on stderr\n',
    '{"status": "failed", "job_explanation": "it broke"}\n',
    `{"zipfile": ${zip.length}}\n${zip.toString('base64')}`,
    '{"eof": true}\n',
  ].join(''),
);
const shown = '\nPLAY [all] ***\nok: [ä]\nsomething on stderr\nfailed: it broke\n';

/** The stream in pieces of `sizes()` bytes. */
function read(data: Buffer, size: () => number): { text: string; runner: RunnerStream } {
  const runner = new RunnerStream();
  let text = '';
  for (let at = 0; at < data.length;) {
    const next = at + Math.max(1, size());
    text += runner.push(data.subarray(at, next));
    at = next;
  }
  return { text: text + runner.end(), runner };
}

describe('RunnerStream', () => {
  it.each([1, 7, 100, 100_000])('shows the output of the play, in pieces of %i bytes', (size) => {
    const { text, runner } = read(stream, () => size);
    expect(text).toBe(shown);
    expect(runner).toMatchObject({ kind: 'runner', status: 'failed' });
    const [archive] = runner.archives;
    expect(archive).toMatchObject({ size: zip.length, complete: true });
    const decoded = new ArchiveDecoder().write(stream.subarray(archive!.offset, archive!.offset + archive!.encoded));
    expect(decoded.equals(zip)).toBe(true);
  });

  it('is the same however the stream is cut', () => {
    for (let seed = 0; seed < 50; seed++) {
      const random = seeded(seed);
      expect(read(stream, () => Math.floor(random() * 60)).text).toBe(shown);
    }
  });

  it.each([
    'plain text\nmore\n',
    '{"level": "info", "msg": "x"}\n{"level": "info"}\n',
    '{"status": 200}\n',
    '[1]\n',
    '',
    'no newline',
    '{"status": "ok"}',
  ])('leaves %j as it is', (text) => {
    const read1 = read(Buffer.from(text), () => 3);
    expect(read1.text).toBe(text);
    expect(read1.runner.kind).not.toBe('runner');
  });

  it.each([
    ['a progress bar', ['10%\r', '20%\r', '100%\n']],
    ['a prompt', ['\n', 'Password: ', 'ok\n']],
    ['output that redraws its line', ['\r', '\u001b[2Kworking', '\rdone']],
  ])('holds nothing of %s back', (_, chunks) => {
    const runner = new RunnerStream();
    for (const chunk of chunks) expect(runner.push(Buffer.from(chunk))).toBe(chunk);
    expect(runner.kind).toBe('plain');
    expect(runner.end()).toBe('');
  });

  it.each(['\n', '\r\n\r\n'])('knows a stream with %j before it', (blank) => {
    const { text, runner } = read(Buffer.concat([Buffer.from(blank), stream]), () => 3);
    expect(text).toBe(blank + shown);
    expect(runner.archives).toMatchObject([{ complete: true, offset: blank.length + stream.indexOf(zip.toString('base64')) }]);
  });

  it('shows what is left of a character that was cut off', () => {
    expect(read(Buffer.from('ü').subarray(0, 1), () => 1).text).toBe('\ufffd');
  });

  it('shows a first line that never ends', () => {
    const text = `{${'x'.repeat(400_000)}`;
    expect(read(Buffer.from(text), () => 10_000).text).toBe(text);
  });

  it('tells an archive that is not whole', () => {
    const { runner } = read(stream.subarray(0, stream.indexOf('{"eof": true}\n') - 10), () => 50);
    expect(runner.archives).toMatchObject([{ complete: false }]);
  });

  it('decodes an archive in any pieces', () => {
    const encoded = Buffer.from(zip.toString('base64'));
    const decoder = new ArchiveDecoder();
    const parts: Buffer[] = [];
    for (let at = 0; at < encoded.length; at += 5) parts.push(decoder.write(encoded.subarray(at, at + 5)));
    expect(Buffer.concat(parts).equals(zip)).toBe(true);
  });
});
