import { Socket, connect as connectSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import { formatAddress } from './address.ts';
import type { Address } from './address.ts';
import { ControlError } from './errors.ts';
import { connectFailure, fitsSocketPath, pathTooLong, unanswered } from './failures.ts';
import { limited } from './limit.ts';
import { greetInTls } from './probe.ts';
import { checkTlsOptions, secure } from './tls.ts';
import type { StreamFactory, TlsOptions } from './types.ts';

/**
 * Streams to an address: a Unix socket, TCP, or TLS over TCP.
 * @param connectTimeout milliseconds for the connection alone, 0 for no limit of its own
 * @param handshakeTimeout milliseconds for the TLS handshake, likewise
 * @throws ControlError `unsupported`, `path-too-long`, `invalid-argument`, before anything is opened
 */
export function socketFactory(address: Address, tls: TlsOptions, connectTimeout: number, handshakeTimeout: number): StreamFactory {
  const description = formatAddress(address);
  if (address.kind === 'unix') {
    if (process.platform === 'win32') {
      throw new ControlError('unsupported', "receptor's Unix sockets can't be reached from Windows.", {
        nextStep: 'Give the control-service a `tcplisten` with `tcptls`, and use tls://host:port.',
      });
    }
    if (!fitsSocketPath(address.path)) throw pathTooLong(address.path);
    return { description, open: (signal) => openSocket(address, connectTimeout, signal) };
  }
  if (address.kind === 'tcp') {
    return {
      description,
      open: (signal) => openSocket(address, connectTimeout, signal),
      greet: async (signal) => greetInTls(await openSocket(address, connectTimeout, signal), signal),
    };
  }
  checkTlsOptions(tls);
  return {
    description,
    open: async (signal): Promise<Duplex> => {
      const socket = await openSocket(address, connectTimeout, signal);
      socket.on('error', () => {}); // the TLS stream tells it
      try {
        const stream = await limited(`TLS with ${description}`, { signal, timeout: handshakeTimeout }, 0, (limit) =>
          secure(socket, address.host, description, tls, limit.signal),
        );
        underTls.set(stream, socket);
        return stream;
      } catch (error) {
        socket.destroy();
        if (!(error instanceof ControlError && error.code === 'timeout')) throw error;
        throw new ControlError('banner-timeout', `${description} accepted the connection and then did not answer in TLS.`, {
          nextStep: 'Check that this port speaks TLS and that the daemon is not stuck; use tcp:// if it does not.',
          cause: error,
        });
      }
    },
  };
}

const underTls = new WeakMap<Duplex, Socket>();

/**
 * Breaks a connection so that the daemon takes it for an error, not for the end of a payload, where that is possible:
 * over TCP by a reset. A Unix socket can't be reset.
 */
export function abandon(stream: Duplex): void {
  const socket = underTls.get(stream) ?? stream;
  // While its end is under way Node can't reset it, and leaves it open for good.
  const ending = stream.writableEnded && !stream.writableFinished;
  if (socket instanceof Socket && socket.remoteAddress !== undefined && !ending) socket.resetAndDestroy();
  stream.destroy();
}

/**
 * Ends our side of a stream of results. Over TLS by the bare end of TCP, without a closing record: a daemon that ends
 * the connection by itself does not read that record, and what is unread at a close makes TCP drop what is under way.
 */
export function halfClose(stream: Duplex): void {
  (underTls.get(stream) ?? stream).end();
}

/** Long enough for a quiet session, short enough to notice a machine that vanished. */
const keepAliveDelay = 30_000;

async function openSocket(address: Address, connectTimeout: number, outer: AbortSignal): Promise<Socket> {
  try {
    return await limited(`Connecting to ${formatAddress(address)}`, { signal: outer, timeout: connectTimeout }, 0, ({ signal }) => {
      signal.throwIfAborted();
      return new Promise<Socket>((resolve, reject) => {
        const socket =
          address.kind === 'unix'
            ? connectSocket({ path: address.path })
            : connectSocket({
                host: address.host,
                port: address.port,
                noDelay: true,
                keepAlive: true,
                keepAliveInitialDelay: keepAliveDelay,
              });
        const settle = (how: () => void): void => {
          signal.removeEventListener('abort', onAbort);
          socket.off('connect', onConnect).off('error', onError);
          how();
        };
        const onConnect = (): void => settle(() => resolve(socket));
        const onError = (error: Error): void => settle(() => reject(error));
        const onAbort = (): void =>
          settle(() => {
            socket.on('error', () => {}); // a connection given up may still fail
            socket.destroy();
            reject(signal.reason as Error);
          });
        socket.on('connect', onConnect).on('error', onError);
        signal.addEventListener('abort', onAbort, { once: true });
      });
    });
  } catch (error) {
    if (error instanceof ControlError && error.code === 'timeout')
      throw unanswered(address, connectTimeout > 0 ? ` within ${connectTimeout} ms` : '', error);
    throw await connectFailure(address, error);
  }
}
