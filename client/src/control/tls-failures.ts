import { ControlError } from './errors.ts';

/** Alerts with which a server turns a client down, from Node's codes; the second spelling is that of Electron's TLS library. */
const clientCertificateMissing = new Set(['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'ERR_SSL_TLSV1_ALERT_CERTIFICATE_REQUIRED']);
const clientCertificateBad = new Set([
  'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
  'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
  'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED',
  'ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED',
  'ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN',
  'ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_TLSV1_ALERT_ACCESS_DENIED',
]);
const untrusted = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_CHAIN_TOO_LONG',
  'INVALID_CA',
  'INVALID_PURPOSE',
]);
const notTls = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_UNEXPECTED_MESSAGE',
  'ERR_SSL_RECORD_LAYER_FAILURE',
  'ERR_SSL_HTTP_REQUEST',
  'ERR_SSL_BAD_RECORD_TYPE',
]);
const versions = new Set(['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'ERR_SSL_UNSUPPORTED_PROTOCOL', 'ERR_SSL_NO_PROTOCOLS_AVAILABLE']);

/** Whether we have a client certificate to show; set by the TLS stream on its errors, for a better next step. */
export const clientCertificate = Symbol('client certificate shown');

/**
 * An error of a TLS stream as one of the family, or undefined when it has nothing to do with TLS.
 * @param where the address, for messages
 */
export function tlsFailure(error: unknown, where: string): ControlError | undefined {
  if (error instanceof ControlError) return error;
  const {
    code = '',
    message,
    reason,
    host,
    cert,
  } = error as Error & {
    code?: string;
    /** What the TLS library says, without the places in its sources that are in the message. */
    reason?: string;
    host?: string;
    cert?: { subjectaltname?: string };
  };
  const shown = (error as { [clientCertificate]?: boolean })[clientCertificate] === true;
  const make = (kind: ControlError['code'], text: string, nextStep: string): ControlError =>
    new ControlError(kind, text, { nextStep, cause: error });
  if (clientCertificateMissing.has(code) || (clientCertificateBad.has(code) && !shown)) {
    return make(
      'tls-client-certificate-required',
      `${where} demands a client certificate (${code}).`,
      'Give `cert` and `key` of a client that the `clientcas` of the server signed.',
    );
  }
  if (clientCertificateBad.has(code)) {
    return make(
      'tls-client-certificate-rejected',
      `${where} does not accept our client certificate (${code}).`,
      'Use a certificate that the `clientcas` of the server signed, for client authentication, and that has not expired.',
    );
  }
  if (untrusted.has(code)) {
    return make(
      'tls-untrusted',
      `The certificate of ${where} is not signed by a CA that is trusted here (${code}).`,
      'Give the CA that signed it as `rootCas`.',
    );
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH') {
    return make(
      'tls-name-mismatch',
      `The certificate of ${where} is not for the name ${JSON.stringify(host ?? '')} (it has ${cert?.subjectaltname || 'none'}).`,
      'Connect by a name of the certificate, or say it as `serverName`; a certificate with node ids only (no dnsname) has no name to check.',
    );
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    const which = code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet';
    return make(
      'tls-expired',
      `The certificate of ${where}, or of a CA above it, ${which}.`,
      'Renew it; check the clocks of both machines.',
    );
  }
  if (notTls.has(code)) {
    return make(
      'tls-not-spoken',
      `${where} does not answer in TLS (${code}).`,
      'Use tcp:// if the control service listens without `tcptls`; else check the port.',
    );
  }
  if (versions.has(code))
    return make(
      'tls-version',
      `${where} and this client have no TLS version in common (${code}).`,
      'Both need TLS 1.2 or 1.3; check `mintls13` and `minVersion`.',
    );
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_'))
    return make('tls-failed', `TLS with ${where} failed: ${reason ?? message} (${code}).`, 'See the log of the daemon for its side of it.');
  return undefined;
}
