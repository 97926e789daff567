import { lstat, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { formatAddress } from './address.ts';
import type { Address } from './address.ts';
import { ControlError } from './errors.ts';
import { StreamEnded } from './lines.ts';
import { tlsFailure } from './tls-failures.ts';

type NodeError = Error & { code?: string; errors?: NodeError[] };

/** Node's code of an error, or of the first of several that it stands for; empty when there is none. */
export const codeOf = (error: unknown): string => {
  const { code, errors } = error as NodeError;
  return code ?? errors?.[0]?.code ?? '';
};

/**
 * The end of a stream on which more was expected, as an error.
 * @param command what was in flight, undefined when nothing was
 * @param where given when not even the banner had come
 * @param known whether it is certain all the same that a control service is there
 */
export function streamFailure(command: string | undefined, ended: StreamEnded, where?: string, known = false): ControlError {
  const cause = ended.cause;
  const tls = cause === undefined ? undefined : tlsFailure(cause, where ?? 'receptor');
  if (tls !== undefined) return tls;
  const how = cause === undefined ? 'closed the connection' : `broke the connection (${codeOf(cause) || (cause as Error).message})`;
  if (where !== undefined && !known && ended.partial.length === 0) {
    return new ControlError(
      'not-control-service',
      `${where} ${how} before its banner: it may be another service, one that wants TLS, or a daemon that is going down.`,
      {
        nextStep: 'Check the address; use tls:// with a client certificate if the service demands one; see the log of the daemon.',
        cause,
      },
    );
  }
  const when =
    where !== undefined
      ? ended.partial.length > 0
        ? 'in the middle of its banner'
        : 'before its banner'
      : command === undefined
        ? 'while nothing was asked'
        : ended.partial.length > 0
          ? `in the middle of its answer to "${command}"`
          : `before it answered "${command}"`;
  return new ControlError('daemon-gone', `${where ?? 'receptor'} ${how} ${when}.`, {
    nextStep:
      command?.startsWith('work submit') === true
        ? 'See workList() once the daemon is back: whether a unit was made is not known.'
        : 'See whether the daemon still runs; the next call connects anew.',
    cause,
  });
}

/** Why no connection could be made to `address`. Looks at the socket file to tell what Node's code alone does not. */
export async function connectFailure(address: Address, error: unknown): Promise<ControlError> {
  if (error instanceof ControlError) return error;
  const where = formatAddress(address);
  const code = codeOf(error);
  if (address.kind === 'unix') return await socketFailure(address.path, code, error);
  const { host, port } = address;
  switch (code) {
    case 'ECONNREFUSED':
      return new ControlError('refused', `${where} refused the connection: nothing listens on port ${port} there.`, {
        nextStep: 'Start receptor there, or check `tcplisten` of its control-service.',
        cause: error,
      });
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
    case 'EAI_FAIL':
    case 'EAI_NONAME':
    case 'ENODATA':
      return new ControlError('dns', `The name ${JSON.stringify(host)} does not resolve (${code}).`, {
        nextStep: 'Check the host name and the name server, or give an IP address.',
        cause: error,
      });
    case 'ECONNRESET':
    case 'EPIPE':
      return streamFailure(undefined, new StreamEnded(Buffer.alloc(0), error as Error), where);
    default:
      return (
        tlsFailure(error, where) ??
        new ControlError('unreachable', `${where} can't be reached (${code || (error as Error).message}).`, {
          nextStep: 'Check the address, the network and firewalls on the way.',
          cause: error,
        })
      );
  }
}

/** The error of a connection attempt that nobody answered. */
export const unanswered = (address: Address, ms: string, cause: unknown): ControlError =>
  new ControlError('unreachable', `${formatAddress(address)} did not answer${ms}.`, {
    nextStep: 'Check the address, the network and firewalls on the way; allow more time with `timeout`.',
    cause,
  });

async function socketFailure(file: string, code: string, cause: unknown): Promise<ControlError> {
  const quoted = JSON.stringify(file);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR': {
      const folder = path.dirname(file);
      const missing = await stat(folder).then(
        (s) => (s.isDirectory() ? '' : ` (${JSON.stringify(folder)} is not a folder)`),
        () => ` (not even its folder ${JSON.stringify(folder)})`,
      );
      return new ControlError('absent-socket', `The socket ${quoted} does not exist${missing}.`, {
        nextStep: 'Start receptor, or check `filename` of its control-service.',
        cause,
      });
    }
    case 'ECONNREFUSED':
    case 'ENOTSOCK':
    case 'EPROTOTYPE': {
      const stats = await stat(file).catch(() => undefined);
      if (stats !== undefined && !stats.isSocket()) {
        return new ControlError('not-a-socket', `${quoted} is ${stats.isDirectory() ? 'a folder' : 'a file'}, not a socket.`, {
          nextStep: 'Give the `filename` of a control-service.',
          cause,
        });
      }
      return new ControlError('stale-socket', `The socket ${quoted} is stale: it is left from a daemon that does not run any more.`, {
        nextStep: 'Start receptor: it replaces the file.',
        cause,
      });
    }
    case 'EACCES':
    case 'EPERM':
      return new ControlError('permission-denied', `You may not use the socket ${quoted}: ${await permissions(file)}`, {
        nextStep: 'Run as its owner, or set `permissions` of the control-service (0660 with a shared group) and restart receptor.',
        cause,
      });
    case 'ENAMETOOLONG':
      return pathTooLong(file, cause);
    case 'ECONNRESET':
    case 'EPIPE': // the daemon went while the connection waited to be taken
      return streamFailure(undefined, new StreamEnded(Buffer.alloc(0), cause as Error), formatAddress({ kind: 'unix', path: file }));
    case 'EAGAIN':
      return new ControlError('refused', `The daemon behind ${quoted} accepts no more connections now.`, {
        nextStep: 'Try again; if it stays so, restart the daemon.',
        cause,
      });
    default:
      return new ControlError('unreachable', `The socket ${quoted} can't be connected to (${code || (cause as Error).message}).`, {
        nextStep: 'Check the path.',
        cause,
      });
  }
}

/** Owner and mode of the socket, or of the folder that hides it, and who asks. */
async function permissions(file: string): Promise<string> {
  const who = `you are ${asker()}.`;
  for (let at = path.resolve(file); ; at = path.dirname(at)) {
    const stats = await lstat(at).catch(() => undefined);
    if (stats !== undefined) {
      const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0');
      const what = at === path.resolve(file) ? 'it' : `its folder ${JSON.stringify(at)}`;
      return `${what} belongs to uid ${stats.uid}, gid ${stats.gid}, with mode ${mode}; ${who}`;
    }
    if (at === path.dirname(at)) return who;
  }
}

/** The user of this process. */
function asker(): string {
  try {
    const { username, uid, gid } = userInfo();
    return `${username} (uid ${uid}, gid ${process.getgid?.() ?? gid})`;
  } catch {
    // In a container the uid may have no entry in passwd, and so no name.
    return `uid ${process.getuid?.()}, gid ${process.getgid?.()}`;
  }
}

/** Bytes that a socket path may have: `sun_path` less its NUL. */
const longestPath = process.platform === 'darwin' ? 103 : 107;

/** The error for a path that the kernel would cut. */
export const pathTooLong = (file: string, cause?: unknown): ControlError =>
  new ControlError(
    'path-too-long',
    `The socket path ${JSON.stringify(file)} has ${Buffer.byteLength(file)} bytes; a socket path has at most ${longestPath} here.`,
    {
      nextStep: 'Use a shorter path for `filename` of the control-service, or reach it by a symbolic link to its folder.',
      cause,
    },
  );

/** Whether the kernel takes the whole path. */
export const fitsSocketPath = (file: string): boolean => Buffer.byteLength(file) <= longestPath;
