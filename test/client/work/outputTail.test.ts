import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { OutputTail } from '../../../client/src/work/outputTail.ts';

const start = '{"status": "starting", "command": ["ansible-playbook"]}\n';
const play = '{"uuid": "1", "counter": 1, "stdout": "PLAY [all] ***", "event": "playbook_on_play_start"}\n';

describe('OutputTail', () => {
  it("shows a play's own output as soon as it is known to be one", () => {
    const output = new OutputTail(1000, 0, 'play');
    const shown = ['{"status": "sta', 'rting"}\n', play].map((part) => {
      output.push(Buffer.from(part));
      return [output.isPlay, output.text()];
    });
    expect(shown).toEqual([
      [false, '{"status": "sta'],
      [true, ''],
      [true, 'PLAY [all] ***\n'],
    ]);
  });

  it('knows a play by a line that the end of the output ends', () => {
    const output = new OutputTail(1000, 0, 'play');
    output.push(Buffer.from('{"status": "failed", "job_explanation": "it broke"}'));
    output.end();
    expect([output.isPlay, output.text()]).toEqual([true, 'failed: it broke\n']);
  });

  it('shows the stream itself on request, and where its beginning is not read', () => {
    for (const output of [new OutputTail(1000, 0, 'raw'), new OutputTail(1000, 7, 'play')]) {
      output.push(Buffer.from(`\n${start}${play}`));
      output.end();
      expect([output.isPlay, output.text().trimStart()]).toEqual([false, start + play]);
    }
  });

  it.each([1, 3, 1000])('keeps the bytes of all else, and the end of them when they are many (in pieces of %i)', (size) => {
    const bytes = Buffer.concat([Buffer.from('{"a": 1'), Buffer.from(randomBytes(3_000).toString('hex'))]);
    const output = new OutputTail(1000, 0, 'play');
    for (let at = 0; at < bytes.length; at += size) output.push(bytes.subarray(at, at + size));
    output.end();
    expect([output.isPlay, output.cut]).toEqual([false, bytes.length - 1000]);
    expect(output.text()).toBe(bytes.subarray(-1000).toString());
  });

  it('counts what is cut of a play by what is shown of it', () => {
    const output = new OutputTail(20, 0, 'play');
    output.push(Buffer.from(start + play + play));
    expect([output.cut, output.text()]).toEqual([10, 'PLAY [all] ***\n']);
  });
});
