import { readFileSync } from 'node:fs';
import path from 'node:path';
import { lint } from './protocol/lint.ts';

function version(): string {
  try {
    return (JSON.parse(readFileSync(path.join(__dirname, '../package.json'), 'utf8')) as { version: string }).version;
  } catch {
    return 'unknown';
  }
}

process.exitCode = lint(process.argv.slice(2), {
  version: version(),
  cwd: process.cwd(),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  read: (file) => readFileSync(file ?? 0),
});
