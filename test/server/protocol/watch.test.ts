import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { Watch } from '../../../server/src/protocol/watch.ts';

test('a file that was looked at by its name in another case is told of', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'watch-'));
  const changed = vi.fn<() => void>();
  const watch = new Watch(changed);
  try {
    watch.add(path.join(folder, 'A.crt'));
    writeFileSync(path.join(folder, 'a.crt'), '');
    await vi.waitFor(() => expect(changed).toHaveBeenCalled(), { timeout: 10_000 });
  } finally {
    watch.close();
    rmSync(folder, { recursive: true });
  }
});
