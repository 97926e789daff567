// Before `npm start`, so that it works in a fresh clone: installs what the other scripts are run by.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

if (!existsSync('node_modules/.package-lock.json')) {
  console.log('Installing packages (npm ci) …');
  process.exitCode = spawnSync('npm', ['ci', '--silent'], { stdio: 'inherit', shell: process.platform === 'win32' }).status ?? 1;
}
