import { ControlError } from './errors.ts';
import { streamFailure } from './failures.ts';
import { limited } from './limit.ts';
import { StreamEnded, UnexpectedBytes } from './lines.ts';
import type { LineReader } from './lines.ts';
import { describePeer, looksLikeTls } from './peer.ts';
import type { StreamFactory } from './types.ts';

const bannerStart = Buffer.from('Receptor Control, node ');
/** A banner is some ten bytes and a node id; a peer that sends more without a newline is something else. */
const longestBanner = 1024;

export interface BannerSettings {
  /** Milliseconds from the open stream to its banner; 0 when the caller's own limit is the only one. */
  bannerTimeout: number;
  /** A control service was here before: when nothing comes now, it is going down. */
  known: boolean;
  /** Milliseconds of silence after which it is looked into what the peer may be. */
  probeAfter: number;
}

/**
 * Waits for the banner: the first line of every session, and all that tells a control service from anything else.
 * @returns the id of the node
 * @throws ControlError `not-control-service`, `banner-timeout`, `tls-required` and those of a broken stream; the reason of `signal`
 */
export async function readBanner(
  factory: StreamFactory,
  reader: LineReader,
  settings: BannerSettings,
  signal: AbortSignal,
): Promise<string> {
  const stranger = new AbortController();
  const silence = setTimeout(() => void probe(factory, stranger), settings.probeAfter);
  const waiting = AbortSignal.any([signal, stranger.signal]);
  try {
    const banner = await limited('The banner', { signal: waiting, timeout: settings.bannerTimeout }, 0, (limit) =>
      reader.line(limit.signal, { maxLength: longestBanner, prefix: bannerStart }),
    );
    const nodeId = banner.subarray(bannerStart.length).toString('utf8').replace(/\r$/, '');
    if (nodeId === '') throw new UnexpectedBytes(banner);
    return nodeId;
  } catch (error) {
    throw signal.aborted && settings.known ? error : failure(error, factory.description, settings.known);
  } finally {
    clearTimeout(silence);
    stranger.abort();
  }
}

/** A control service speaks at once; a server that waits for a greeting is something else, and may say what. */
async function probe(factory: StreamFactory, stranger: AbortController): Promise<void> {
  const bytes = await factory.greet?.(stranger.signal).catch(() => undefined);
  if (bytes === undefined) return;
  const known = Math.min(bytes.length, bannerStart.length);
  if (!bytes.subarray(0, known).equals(bannerStart.subarray(0, known))) stranger.abort(strange(bytes, factory.description));
}

const strange = (bytes: Buffer, where: string): ControlError =>
  looksLikeTls(bytes)
    ? new ControlError('tls-required', `${where} speaks TLS: a plain connection gets no answer there.`, {
        nextStep: 'Use a tls:// address, with the CA of the server and a client certificate if it demands one.',
      })
    : new ControlError('not-control-service', `${where} is not a receptor control service: it ${describePeer(bytes)}.`, {
        nextStep: 'Give the `filename` or `tcplisten` of a control-service, not the port of a listener or of another program.',
      });

function failure(error: unknown, where: string, known: boolean): unknown {
  if (error instanceof UnexpectedBytes) return strange(error.bytes, where);
  if (error instanceof StreamEnded) return streamFailure(undefined, error, where, known);
  if (error instanceof ControlError && error.code === 'timeout') {
    return new ControlError('banner-timeout', `${where} accepted the connection and then said nothing.`, {
      nextStep:
        'Check that this is a control service and that the daemon is not stuck; a port that expects TLS is silent too (use tls://).',
      cause: error,
    });
  }
  return error;
}
