/** True when `bytes` begin as a TLS record does: an alert or a handshake of any version. */
export const looksLikeTls = (bytes: Buffer): boolean => (bytes[0] === 0x15 || bytes[0] === 0x16) && bytes[1] === 0x03;

/**
 * What a peer seems to be that is no control service, as the end of a sentence that begins with its address.
 * @param bytes the first that it sent
 */
export function describePeer(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  if (looksLikeTls(bytes)) return 'speaks TLS';
  if (text.startsWith('HTTP/')) return 'is an HTTP server';
  if (text.startsWith('SSH-')) return 'is an SSH server';
  if (/^(?:220|\+OK|\* OK)[ -]/.test(text)) return 'is a mail or FTP server';
  // A listener speaks first, in frames that begin with their length: routing updates as JSON.
  if (/^[^]{1,8}\{"(?:NodeID|UpdateID|ForwardingNode)"/.test(text))
    return "is a listener for other nodes (tcp-listener), not a node's control service";
  return `says ${JSON.stringify(printable(text))}`;
}

/** At most 60 characters, without anything that a terminal or a log would act on. */
const printable = (latin1: string): string => {
  const shown = latin1.slice(0, 60).replace(/[^\x20-\x7e]/g, '.');
  return latin1.length > 60 ? `${shown}...` : shown;
};
