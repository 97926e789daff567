import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const candidates = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Path of a Chromium: `CHROMIUM`, then the usual places. */
export const findChromium = (): string | undefined =>
  [process.env['CHROMIUM'] ?? '', ...candidates].find((file) => file !== '' && existsSync(file));

export const noChromium = 'No Chromium on this machine: install the package `chromium`, or set CHROMIUM to its path.';

/** For `describe.skipIf`. In CI its absence is an error, never a skip. */
export function hasChromium(): boolean {
  if (findChromium() !== undefined) return true;
  if (process.env['CI'] === 'true') throw new Error(noChromium);
  return false;
}

export async function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(noChromium);
  return chromium.launch({
    executablePath,
    chromiumSandbox: false,
    args: ['--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}
