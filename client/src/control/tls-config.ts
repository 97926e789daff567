import path from 'node:path';
import { ControlError } from './errors.ts';
import type { TlsOptions } from './types.ts';

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Field names are found in any case, as the daemon finds them. */
const field = (item: Fields, name: string): unknown => Object.entries(item).find(([key]) => key.toLowerCase() === name)?.[1];

/** Go's yaml takes more words for a bool than JSON; a parser of YAML 1.2 leaves them as strings. */
const isTrue = (value: unknown): boolean => value === true || (typeof value === 'string' && /^(?:true|yes|on|y|t|1)$/i.test(value));

/**
 * TLS options from the `tls-client` named `name` of a receptor config, parsed already by whatever reads YAML: a v1 list
 * of `- tls-client: {...}`, or a v2 mapping with `tls-clients: [...]`.
 * @param config the parsed config
 * @param baseDir folder that relative paths count from: the one that the daemon was started in
 * @throws ControlError `invalid-argument` when the config has no such tls-client, or its pins are no text
 */
export function tlsOptionsFromConfig(config: unknown, name: string, baseDir = process.cwd()): TlsOptions {
  const clients = tlsClients(config);
  const item = clients.find((client) => field(client, 'name') === name);
  if (item === undefined) {
    const known = clients.map((client) => String(field(client, 'name')));
    throw new ControlError('invalid-argument', `The config has no tls-client named ${JSON.stringify(name)}.`, {
      nextStep: known.length === 0 ? 'Add a tls-client to it.' : `It has ${known.map((n) => JSON.stringify(n)).join(', ')}.`,
    });
  }
  const file = (key: string): string | undefined => {
    const value = field(item, key);
    return typeof value === 'string' && value !== '' ? path.resolve(baseDir, value) : undefined;
  };
  const pins = pinsOf(field(item, 'pinnedservercert'), Array.isArray(config));
  const minTls13 = field(item, 'mintls13');
  return {
    rootCas: file('rootcas'),
    cert: file('cert'),
    key: file('key'),
    insecureSkipVerify: isTrue(field(item, 'insecureskipverify')),
    ...(pins.length > 0 ? { pinnedServerCert: pins } : {}),
    ...(isTrue(minTls13) ? { minVersion: 'TLSv1.3' as const } : {}),
  };
}

/**
 * Pins that are given are never left out: without them any server with a good certificate would do. A text is one pin
 * in v1 and has commas between them in v2, as the daemon reads it; whether each is a fingerprint is seen when it is used.
 */
function pinsOf(pins: unknown, v1: boolean): string[] {
  if (Array.isArray(pins)) return pins.map(String);
  if (pins === undefined || pins === null || (pins === '' && !v1)) return [];
  if (typeof pins === 'string') return v1 ? [pins] : pins.split(',');
  throw new ControlError('invalid-argument', '`pinnedservercert` of the tls-client is neither a list nor a text.', {
    nextStep: 'Write the fingerprints as a list, each in quotes.',
  });
}

function tlsClients(config: unknown): Fields[] {
  const v2 = isFields(config) ? field(config, 'tls-clients') : undefined;
  if (Array.isArray(v2)) return v2.filter(isFields);
  if (!Array.isArray(config)) return [];
  return config.filter(isFields).flatMap((item) => [item['tls-client']].filter(isFields));
}
