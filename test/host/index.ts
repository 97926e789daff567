// Entry that the extension host calls. Source maps have to be on before the bundle of tests is loaded.
import { createRequire } from 'node:module';
import path from 'node:path';

export async function run(): Promise<void> {
  process.setSourceMapsEnabled(true);
  const suite = createRequire(path.join(__dirname, 'index.js'))('./suite.js') as { run(): Promise<void> };
  await suite.run();
}
