import { Server } from './protocol/server.ts';
import { connectionFor, usage } from './protocol/transport.ts';

const connection = connectionFor(process.argv.slice(2));
if (connection === undefined) {
  const help = process.argv.includes('--help');
  (help ? process.stdout : process.stderr).write(usage);
  process.exitCode = help ? 0 : 2;
} else new Server(connection).listen();
